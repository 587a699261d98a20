package config

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"lineup/jsoncheck"
)

// Effective is what the settings come to for one model.
type Effective struct {
	Ref           Ref
	Name          string // that the file gives the pane or the model, or ""
	Provider      Provider
	System        *string // of the pane or the model; nil: Config.System holds
	Template      string  // of the pane
	Params        Params
	Price         Price // of the model section alone; Provider.Cost is the machine's
	Fallback      []string
	Vision        *bool // whether the model takes images; nil where the file does not say
	Schema        *jsoncheck.Schema
	Tools         []jsoncheck.Tool
	Deadlines     Deadlines
	Backoff       Backoff
	MaxConcurrent int               // requests at a time to the provider
	Headers       map[string]string // the model's and the pane's, beside the provider's
	Body          map[string]any    // the provider's, the model's and the pane's
}

// Deadlines are the effective Timeouts; zero is off.
type Deadlines struct {
	Connect    time.Duration
	Headers    time.Duration
	FirstToken time.Duration
	Idle       time.Duration
	Total      time.Duration
}

// Backoff is the effective Retry.
type Backoff struct {
	Max  int
	Base time.Duration
	Cap  time.Duration
}

// Resolve gives the effective settings of a model reference, without those of a pane.
func (c Config) Resolve(ref string) (Effective, error) { return c.ResolvePane(Pane{Ref: ref}) }

// ResolvePane gives the effective settings of a pane: the pane's over the model's
// over the provider's over the file's over the built-in ones. The reference needs
// no section of its own, but its provider does; the error is a *RefError.
func (c Config) ResolvePane(pane Pane) (Effective, error) {
	parsed, refErr := checkRef(pane.Ref, c.ProviderNames())
	if refErr != nil {
		return Effective{}, refErr
	}
	p, _ := c.Provider(parsed.Provider)
	m := c.Models[pane.Ref]
	e := Effective{
		Ref:           parsed,
		Name:          cmp.Or(pane.Name, m.Name),
		Provider:      p,
		System:        cmp.Or(pane.System, m.System),
		Template:      pane.Template,
		Params:        mergeParams(pane.Params, m.Params, p.Params, c.Params),
		Price:         m.Price,
		Fallback:      m.Fallback,
		Vision:        cmp.Or(pane.Vision, m.Vision),
		Schema:        cmp.Or(pane.Schema, m.Schema),
		Tools:         m.Tools,
		Deadlines:     deadlines(p.OnSite(), pane.Timeouts, m.Timeouts, p.Timeouts, c.Timeouts),
		Backoff:       backoff(pane.Retry, m.Retry, p.Retry, c.Retry),
		MaxConcurrent: first(new(10), p.MaxConcurrent),
		Headers:       overlay(pane.Headers, m.Headers),
		Body:          overlay(pane.Body, overlay(m.Body, p.Body)),
	}
	if pane.Price.Set() {
		e.Price = pane.Price
	}
	if pane.Fallback != nil {
		e.Fallback = pane.Fallback
	}
	if pane.Tools != nil {
		e.Tools = pane.Tools
	}
	if p.MaxConcurrent == nil && p.OnSite() {
		// A machine that answers several panes at once answers each of them
		// slower, and the comparison would blame the model.
		e.MaxConcurrent = 1
	}
	return e, nil
}

// deadlines folds timeouts, the narrowest section first. A local server may have to load the model
// before it can answer, and gets longer for its first token. Ollama sends its headers with the
// first token. So the headers of a local server get the same time, unless a section sets it.
func deadlines(local bool, sections ...Timeouts) Deadlines {
	firstToken := 30 * time.Second
	if local {
		firstToken = 180 * time.Second
	}
	d := Deadlines{5 * time.Second, 30 * time.Second, firstToken, 45 * time.Second,
		10 * time.Minute}
	for _, s := range slices.Backward(sections) {
		d = Deadlines{
			Connect:    first(&d.Connect, s.Connect),
			Headers:    first(&d.Headers, s.Headers),
			FirstToken: first(&d.FirstToken, s.FirstToken),
			Idle:       first(&d.Idle, s.Idle),
			Total:      first(&d.Total, s.Total),
		}
	}
	if local && !slices.ContainsFunc(sections, func(s Timeouts) bool { return s.Headers != nil }) {
		d.Headers = d.FirstToken
	}
	return d
}

// backoff folds retry sections, the narrowest first.
func backoff(sections ...Retry) Backoff {
	b := Backoff{2, 500 * time.Millisecond, 8 * time.Second}
	for _, s := range slices.Backward(sections) {
		b = Backoff{first(&b.Max, s.Max), first(&b.Base, s.Base), first(&b.Cap, s.Cap)}
	}
	return b
}

// mergeParams folds parameters, the narrowest section first. Options are merged
// by name.
func mergeParams(sections ...Params) Params {
	var out Params
	for _, s := range sections {
		fill(&out.Temperature, s.Temperature)
		fill(&out.TopP, s.TopP)
		fill(&out.MinP, s.MinP)
		fill(&out.TopK, s.TopK)
		fill(&out.MaxTokens, s.MaxTokens)
		fill(&out.Seed, s.Seed)
		fill(&out.NumCtx, s.NumCtx)
		if out.Stop == nil {
			out.Stop = s.Stop
		}
		if out.ReasoningEffort == "" {
			out.ReasoningEffort = s.ReasoningEffort
		}
		out.Options = overlay(out.Options, s.Options)
	}
	return out
}

// first is the narrow value where it is set, else the wide one.
func first[T any](wide, narrow *T) T {
	if narrow != nil {
		return *narrow
	}
	return *wide
}

// fill sets what is unset.
func fill[T any](dst **T, wider *T) {
	if *dst == nil {
		*dst = wider
	}
}

// overlay lays the narrow map over the wide one, into a map of its own.
func overlay[V any](narrow, wide map[string]V) map[string]V {
	if len(narrow)+len(wide) == 0 {
		return nil
	}
	out := make(map[string]V, len(narrow)+len(wide))
	maps.Copy(out, wide)
	maps.Copy(out, narrow)
	return out
}
