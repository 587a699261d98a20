package exchange

import (
	_ "embed" // the page's style
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize/english"

	"lineup/figures"
	"lineup/htmlpage"
	"lineup/providers"
	"lineup/session"
)

//go:embed page.css
var pageStyle string

// WriteHTML writes a session as one self-contained HTML file: the answers side by side with their
// numbers, in the light or the dark style of the reader's system. Whatever stands in the texts
// stays text: HTML in them is shown, not run, and control characters and marks that reorder text
// become visible ones. A policy in the page forbids scripts, forms and everything from elsewhere;
// the one style that it allows is the page's own, by its hash. Images are those that went with
// prompts, inside the page; where there are none, the policy forbids them too.
func WriteHTML(w io.Writer, s *session.Session) error {
	p := pageOf(s)
	m := markup{htmlpage.New(w)}
	m.page(&p)
	return m.Flush()
}

// The contents of the page, as text without escapes.
type (
	page struct {
		Title, When, Size, Total, ID, System string
		Tags                                 []string
		Simulated, Images                    bool
		Differs                              bool // some answers have a Diff
		Turns                                []pageTurn
	}
	pageTurn struct {
		N            int
		When, Prompt string
		Files        []pageFile
		Replies      []pageReply
		Votes        []string
		Judged       []judged
	}
	pageReply struct {
		N                               int
		Colour, Model, Provider, Served string
		Status, Feel                    string
		Simulated, Promoted             bool
		Merge                           string // what it merges, "" for no merge
		Bar                             []barPart
		Numbers, Details                []named
		Reasoning, Text                 markdownHTML
		Diff                            *pageDiff // from the first answer of the turn, or nil
		ReasoningSize                   string
		Error                           *pageError
		Notes                           []string
		Others                          []pageReply
	}
	pageError struct{ Kind, Message, Hint string }
	pageFile  struct {
		Title, Image, Text string // a data URL, or the text
	}
	named   struct{ Name, Value string }
	barPart struct {
		Class    string
		X, Width int // thousandths of the axis
	}
)

func pageOf(s *session.Session) page {
	p := page{Title: providers.CleanLine(s.Title), When: pageTime(s.CreatedAt),
		ID: providers.CleanLine(s.ID), System: providers.Clean(s.System), Images: hasImages(s)}
	if p.Title == "" {
		p.Title = "untitled"
	}
	for _, t := range s.Tags {
		p.Tags = append(p.Tags, providers.CleanLine(t))
	}
	md := newHTMLRenderer()
	replies := 0
	var spent, simulated session.Spent
	for i, t := range s.Turns {
		pt := pageTurn{N: i + 1, When: pageTime(t.CreatedAt),
			Prompt: strings.TrimRight(providers.Clean(t.Prompt), "\n"), Votes: voteWords(t),
			Judged: judgedIn(t)}
		for i := range t.Attachments {
			pt.Files = append(pt.Files, pageFileOf(&t.Attachments[i]))
		}
		axis := axisOf(t)
		for _, r := range t.All() {
			replies++
			spent.Add(r)
			simulated.AddSimulated(r)
			p.Simulated = p.Simulated || r.Simulated
		}
		spent.AddJudgements(t)
		for slot := range slotsOf(t) {
			takes := t.Answers(slot)
			if len(takes) == 0 {
				continue
			}
			shown := t.Reply(slot)
			if shown == nil {
				shown = takes[len(takes)-1]
			}
			pr := pageReplyOf(md, shown, axis, s.System)
			pr.Promoted = t.Promoted != nil && *t.Promoted == slot
			for _, o := range takes {
				if o != shown {
					pr.Others = append(pr.Others, pageReplyOf(md, o, axis, s.System))
				}
			}
			pt.Replies = append(pt.Replies, pr)
		}
		p.Differs = addDiffs(t, pt.Replies) || p.Differs
		p.Turns = append(p.Turns, pt)
	}
	p.Size = fmt.Sprintf("%s, %s", english.Plural(len(s.Turns), "turn", ""),
		english.Plural(replies, "answer", ""))
	p.Total = session.TotalWords(spent, simulated, figures.Exact)
	return p
}

// slotsOf is how many panes the turn has answers of.
func slotsOf(t *session.Turn) int {
	n := len(t.Replies)
	for _, r := range t.Alternatives {
		n = max(n, r.Slot+1)
	}
	return n
}

func pageTime(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// paneColours is how many colours the panes take in turn.
const paneColours = 6

func pageReplyOf(md *htmlRenderer, r *session.Reply, axis float64, sessionSystem string) pageReply {
	p := pageReply{N: r.Slot + 1, Colour: "c" + strconv.Itoa(r.Slot%paneColours),
		Simulated: r.Simulated, Merge: mergeWords(r), Bar: barOf(r, axis),
		Numbers: numbersOf(r), Details: detailsOf(r, sessionSystem),
		Text: md.render(strings.TrimRight(r.VisibleText(), "\n"))}
	provider, model, ok := strings.Cut(providers.CleanLine(r.Model), "/")
	if !ok {
		provider, model = "", provider
	}
	p.Provider, p.Model = provider, model
	if r.ServedBy != r.Model {
		p.Served = providers.CleanLine(r.ServedBy)
	}
	p.Status, p.Feel = feel(r)
	if thought := r.ReasoningText(); thought != "" {
		p.Reasoning = md.render(thought)
		if r.Usage.Reasoning > 0 {
			p.ReasoningSize = fmt.Sprintf("%s%d tokens", markOf(r.Usage), r.Usage.Reasoning)
		}
	}
	if e := r.Error; e != nil && r.Status != session.Cancelled {
		p.Error = &pageError{Kind: strings.ReplaceAll(providers.CleanLine(string(e.Kind)), "_",
			" "), Message: providers.CleanLine(e.Message), Hint: providers.CleanLine(e.Hint)}
		if e.Status != 0 {
			p.Error.Kind += fmt.Sprintf(" (HTTP %d)", e.Status)
		}
	}
	p.Notes = append(callLines(r), verdictLines(r)...)
	for _, n := range r.Notes {
		p.Notes = append(p.Notes, providers.CleanLine(n))
	}
	for _, d := range r.DroppedParams {
		p.Notes = append(p.Notes, "the server refused "+providers.CleanLine(d)+"; it was left out")
	}
	return p
}

// feel is the status in words, and whether it is good.
func feel(r *session.Reply) (words, class string) {
	switch r.Status {
	case session.Done:
		return "✓ done", "good"
	case session.Length:
		return "✂ cut at max_tokens", "warn"
	case session.Truncated:
		return "✂ truncated", "bad"
	case session.Filtered, session.Empty:
		return "∅ " + string(r.Status), "warn"
	case session.Cancelled:
		return "■ stopped", ""
	case session.Waiting, session.Streaming:
		return "● " + string(r.Status), ""
	}
	return "✗ " + providers.CleanLine(string(r.Status)), "bad"
}

// axisOf is the longest time of a turn's answers in milliseconds, from the prompt.
func axisOf(t *session.Turn) (end float64) {
	for _, r := range t.All() {
		end = max(end, totalOf(r))
	}
	return end
}

// totalOf is the time from the prompt to the end of the reply, in milliseconds; 0 if unknown.
func totalOf(r *session.Reply) float64 {
	total := 0.0
	for _, v := range []*float64{r.Metrics.Duration, r.Metrics.FromEnter} {
		if v != nil {
			total = max(total, *v)
		}
	}
	return total
}

// barOf draws where the time went, on an axis that the answers of the turn share.
func barOf(r *session.Reply, axis float64) []barPart {
	total := totalOf(r)
	if axis <= 0 || total <= 0 {
		return nil
	}
	took := 0.0 // after t0
	if r.Metrics.Duration != nil {
		took = *r.Metrics.Duration
	}
	marks := []named{{"before", ""}, {"wait", ""}, {"think", ""}, {"stream", ""}}
	before := total - took
	at := []float64{0, before, total, total, total}
	if r.Metrics.TTFT != nil {
		at[2] = min(total, before+*r.Metrics.TTFT)
	}
	if v := r.Metrics.VisibleTTFT; v != nil {
		at[3] = min(total, max(at[2], before+*v))
	}
	var parts []barPart
	for i, m := range marks {
		from, to := int(at[i]/axis*1000), int(at[i+1]/axis*1000)
		if to > from {
			parts = append(parts, barPart{m.Name, from, to - from})
		}
	}
	return parts
}

// numbersOf are those that are always shown.
func numbersOf(r *session.Reply) []named {
	mark := markOf(r.Usage)
	ttft := figures.Millis(r.Metrics.TTFT)
	if v := r.Metrics.VisibleTTFT; v != nil && r.Metrics.TTFT != nil && *v-*r.Metrics.TTFT > 50 {
		ttft += " → " + figures.Millis(v)
	}
	speed := "?"
	if v := r.Metrics.TokensPerSecond; v != nil {
		speed = mark + figures.Speed(*v)
	}
	in, out := "?", "?"
	if counted(r) {
		in, out = fmt.Sprintf("%s%d tok", mark, r.Usage.Input),
			fmt.Sprintf("%s%d tok", mark, r.Usage.Output)
	}
	return []named{{"TTFT", ttft}, {"time", figures.Millis(r.Metrics.Duration) + before(r)},
		{"tok/s", speed}, {"in", in}, {"out", out}, {"cost", costWords(r.Cost)}}
}

// costWords shows a cost, with where it is from.
func costWords(c session.Cost) string {
	if c.USD == nil {
		return "?"
	}
	source := strings.TrimPrefix(providers.CleanLine(c.Source), "~")
	return figures.Exact(*c.USD, strings.HasPrefix(c.Source, "~")) + " (" + source + ")"
}

// repeatWords says of a take of a repeat that it is one, "" of any other answer.
func repeatWords(r *session.Reply) string {
	switch {
	case r.Repeat == 0:
		return ""
	case r.Warmup:
		return fmt.Sprintf("one of %d takes; the model was loaded for it", r.Repeat)
	}
	return fmt.Sprintf("one of %d takes", r.Repeat)
}

// detailsOf are what the record holds beside that.
func detailsOf(r *session.Reply, sessionSystem string) []named {
	var rows []named
	add := func(name, value string) {
		if value != "" {
			rows = append(rows, named{name, value})
		}
	}
	add("model", providers.CleanLine(r.Model))
	add("served model", providers.CleanLine(r.ServedModel))
	add("finish reason", providers.CleanLine(r.FinishReason))
	add("repeat", repeatWords(r))
	u := r.Usage
	add("tokens", fmt.Sprintf("%s: %d in (%d from cache, %d written to it), %d out (%d reasoning)",
		providers.CleanLine(u.Source), u.Input, u.CacheRead,
		u.CacheWrite, u.Output, u.Reasoning))
	if p := r.Cost.Price; p != nil {
		add("price", compactJSON(p))
	}
	if v := r.Metrics.Load; v != nil {
		add("model load", figures.Millis(v))
	}
	if r.Metrics.Queue > 0 {
		add("queue", figures.Millis(&r.Metrics.Queue))
	}
	for i, a := range r.Attempts {
		line := fmt.Sprintf("%s: %s, from %s to %s", providers.CleanLine(a.Model),
			providers.CleanLine(a.Outcome), figures.Millis(&a.Started), figures.Millis(&a.Ended))
		if a.Status != 0 {
			line += fmt.Sprintf(", HTTP %d", a.Status)
		}
		if a.Wait > 0 {
			line += ", then waited " + figures.Millis(&a.Wait)
		}
		add(fmt.Sprintf("attempt %d", i+1), line)
	}
	add("server says", serverWords(r.Metrics.Server))
	if hasParams(r.Params) {
		add("parameters", compactJSON(r.Params))
	}
	if r.System != sessionSystem {
		add("system prompt", providers.Clean(r.System))
	}
	if !r.EndedAt.IsZero() {
		add("ended", r.EndedAt.UTC().Format("2006-01-02 15:04:05 UTC"))
	}
	add("lineup", providers.CleanLine(r.Version))
	return rows
}

func compactJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil { // a price that is no number
		return ""
	}
	return providers.CleanLine(string(b))
}

// serverWords lists a server's own measurements by name.
func serverWords(server map[string]float64) string {
	var parts []string
	for name, v := range server {
		parts = append(parts, fmt.Sprintf("%s %s", providers.CleanLine(name),
			strconv.FormatFloat(v, 'f', -1, 64)))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}
