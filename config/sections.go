package config

import (
	"maps"
	"math"
	"slices"
	"strings"
)

// root reads the whole file into c.
func (r *reader) root(values map[string]any, c *Config) {
	t := &table{r: r, values: values}
	t.text("system", &c.System)
	r.keyless(path{}.key("system"), c.System)
	r.store(t, &c.Store)
	r.params(t.sub("params"), &c.Params, true)
	r.timeouts(t.sub("timeouts"), &c.Timeouts)
	r.retry(t.sub("retry"), &c.Retry)
	c.Providers = r.providers(t.sub("providers"))
	c.Models = r.models(t.sub("models"), c.ProviderNames())
	c.Templates = r.templates(t.sub("templates"))
	c.Panes = r.panes(t, c)
	c.Lineups = r.lineups(t.sub("lineups"), c)
	r.compare(t.sub("compare"), &c.Compare, c.ProviderNames())
	c.Themes = r.themes(t.sub("themes"))
	screen := t.sub("ui")
	_, c.SaysTheme = screen.values["theme"]
	r.ui(screen, &c.UI, slices.Sorted(maps.Keys(c.Themes)))
	r.budget(t.sub("budget"), &c.Budget)
	r.queue(t.sub("queue"), &c.Queue)
	c.Keys = r.keys(t.sub("keys"))
	t.done()
}

func (r *reader) store(t *table, dst *string) {
	var store string
	if !t.text("store", &store) {
		return
	}
	if problem := notFile(store); problem != "" {
		r.add(path{}.key("store"), atValue, problem)
		return
	}
	*dst = store
}

// timeouts reads a section of deadlines.
func (r *reader) timeouts(t *table, dst *Timeouts) {
	t.duration("connect", &dst.Connect)
	t.duration("headers", &dst.Headers)
	t.duration("first_token", &dst.FirstToken)
	t.duration("idle", &dst.Idle)
	t.duration("total", &dst.Total)
	t.done()
}

func (r *reader) retry(t *table, dst *Retry) {
	t.whole("max", 0, &dst.Max)
	t.duration("base", &dst.Base)
	t.duration("cap", &dst.Cap)
	t.done()
}

// params reads sampling parameters. They stand in a section of their own
// (whole) or among the other keys of a model.
func (r *reader) params(t *table, dst *Params, whole bool) {
	t.number("temperature", 0, unlimited(), &dst.Temperature)
	t.number("top_p", 0, 1, &dst.TopP)
	t.number("min_p", 0, 1, &dst.MinP)
	t.whole("top_k", 0, &dst.TopK)
	t.whole("max_tokens", 1, &dst.MaxTokens)
	t.whole("num_ctx", 1, &dst.NumCtx)
	t.textOrTexts("stop", &dst.Stop)
	for i, s := range dst.Stop {
		r.keyless(t.elemPath("stop", i), s)
	}
	t.text("reasoning_effort", &dst.ReasoningEffort)
	r.seed(t, &dst.Seed)
	r.free(t, "options", &dst.Options)
	if whole {
		t.done()
	}
}

// seed may be any integer: some servers take a negative one for a random seed.
func (r *reader) seed(t *table, dst **int64) {
	v, ok := t.take("seed")
	if !ok {
		return
	}
	n, ok := v.(int64)
	if !ok {
		t.wrongType(t.path.key("seed"), "a whole number", v)
		return
	}
	*dst = &n
}

// price reads a price, which has both directions or is none.
func (r *reader) price(t *table, dst *Price) {
	r.rates(t, dst)
	r.tiers(t, &dst.Tiers)
	_, hasInput := t.values["input"]
	_, hasOutput := t.values["output"]
	misspelt := slices.ContainsFunc(t.names(),
		func(name string) bool { return !slices.Contains(t.known, name) })
	if dst.Set() && !(hasInput && hasOutput) && !misspelt { // one slip is reported once
		r.add(t.path, atKey,
			"needs both input and output, in USD per million tokens; write 0 for what is free")
	}
}

func (r *reader) rates(t *table, dst *Price) {
	for key, target := range map[string]**float64{
		"input": &dst.Input, "output": &dst.Output, "reasoning": &dst.Reasoning,
		"request": &dst.Request, "image": &dst.Image,
		"cache_read": &dst.CacheRead, "cache_write": &dst.CacheWrite,
		"cache_write_1h": &dst.CacheWrite1h,
	} {
		t.number(key, 0, unlimited(), target)
	}
}

// tiers reads what a price becomes for long prompts: tiers = [{ above = 200000, input = 2.5, output
// = 15 }].
func (r *reader) tiers(t *table, dst *[]Tier) {
	for _, sub := range t.tables("tiers") {
		var tier Tier
		var above *int
		if _, given := sub.values["above"]; !given {
			r.add(sub.path, atKey, "needs above, the number of prompt tokens beyond which it holds")
		}
		sub.whole("above", 1, &above)
		r.rates(sub, &tier.Price)
		sub.done()
		if above == nil {
			continue
		}
		tier.Above = *above
		if n := len(*dst); n > 0 && (*dst)[n-1].Above >= tier.Above {
			r.add(sub.path.key("above"), atValue, "must be more than that of the tier before")
		}
		*dst = append(*dst, tier)
	}
}

func (r *reader) ui(t *table, dst *UI, own []string) {
	r.style(t, "theme", &dst.Theme, slices.Concat(builtinThemes(), laterThemes(), own, r.styles)...)
	t.choice("motion", &dst.Motion, "auto", "full", "reduced")
	t.flag("mouse", &dst.Mouse)
	var rate *int
	if t.whole("frame_rate", 1, &rate); rate != nil {
		if *rate > 120 {
			r.add(t.path.key("frame_rate"), atValue, "must be from 1 to 120 frames a second")
		} else {
			dst.FrameRate = *rate
		}
	}
	t.done()
}

func (r *reader) budget(t *table, dst *Budget) {
	t.number("session", 0, unlimited(), &dst.Session)
	t.number("day", 0, unlimited(), &dst.Day)
	t.done()
}

func (r *reader) compare(t *table, dst *Compare, providers []string) {
	t.flag("blind", &dst.Blind)
	t.choice("pace", &dst.Pace, "together", "live")
	for key, ref := range map[string]*string{"judge": &dst.Judge, "merge": &dst.Merge} {
		if t.text(key, ref) {
			r.reference(t.path.key(key), *ref, providers)
		}
	}
	t.text("criteria", &dst.Criteria)
	if t.text("merge_prompt", &dst.MergePrompt) &&
		!strings.Contains(dst.MergePrompt, "{{answers}}") {
		r.add(t.path.key("merge_prompt"), atValue,
			"needs {{answers}}, where the answers go; {{prompt}} is the prompt that they answer")
	}
	t.done()
}

// templates reads [templates]: name = "prompt with {{variables}}".
func (r *reader) templates(t *table) map[string]string {
	templates := map[string]string{}
	for _, name := range t.names() {
		var text string
		if t.text(name, &text) {
			r.keyless(t.path.key(name), text)
			templates[name] = text
		}
	}
	return templates
}

// free reads a table whose keys are the server's business, and makes its values
// fit for JSON. Keys in reserved are lineup's own.
func (r *reader) free(t *table, key string, dst *map[string]any, reserved ...string) {
	sub := t.sub(key)
	if sub.values == nil {
		return
	}
	for _, name := range sub.names() {
		p := sub.path.key(name)
		if slices.Contains(reserved, name) {
			r.add(p, atKey, "lineup writes this field itself")
		}
		if isCredentialKey(name) || looksLikeKey(name) {
			r.add(p, atKey, keyAdvice(variableFor(t.owner())))
		}
	}
	*dst, _ = r.jsonValue(sub.path, sub.values).(map[string]any)
}

// jsonValue copies a TOML value into what encoding/json writes without fail,
// and reports what JSON cannot say or a file should not hold.
func (r *reader) jsonValue(p path, v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, item := range v {
			out[name] = r.jsonValue(p.key(name), item)
		}
		return out
	case []map[string]any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = r.jsonValue(p.elem(i), item)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = r.jsonValue(p.elem(i), item)
		}
		return out
	case string:
		if containsKey(v) && !r.prompts {
			r.add(p, atValue, "looks like a key; "+keyAdvice("NAME_OF_VARIABLE"))
		}
		return v
	case int64, bool, nil: // JSON has null
		return v
	case float64:
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			return v
		}
		r.add(p, atValue, "must be a finite number")
		return nil
	}
	r.add(p, atValue, "must be text, a number, true, false, an array or a table, not "+describe(v))
	return nil
}
