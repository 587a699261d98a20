package blind

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"lineup/compare"
	"lineup/jsoncheck"
	"lineup/providers"
	"lineup/session"
)

// Veil hides who is who in one session. A nil Veil hides nothing. It does not change and is safe
// for concurrent use.
type Veil struct {
	names []string // that are masked, sorted
	mask  *compare.Mask
	live  bool // text is shown as it comes, not in step
}

// Hides reports whether a session is blind and not revealed.
func Hides(s *session.Session) bool { return s != nil && s.Blind && !s.Revealed }

// Of is the veil of a session, nil for one that hides nothing.
func Of(s *session.Session) *Veil {
	if !Hides(s) {
		return nil
	}
	return New(NamesOf(s)...)
}

// New is a veil over some models. It masks their references, their servers' names for them, and
// the names given by a person.
func New(models ...string) *Veil {
	names := slices.Clone(models)
	slices.Sort(names)
	names = slices.DeleteFunc(slices.Compact(names), func(s string) bool { return s == "" })
	return &Veil{names: names, mask: compare.NewMask(names...)}
}

// Same reports whether two veils hide the same.
func (v *Veil) Same(o *Veil) bool {
	if v == nil || o == nil {
		return v == o
	}
	return v.live == o.live && slices.Equal(v.names, o.names)
}

// Live is the veil without holding text back. The speed of the text may then betray a model.
func (v *Veil) Live() *Veil {
	if v == nil {
		return nil
	}
	live := *v
	live.live = true
	return &live
}

// NamesOf lists the names of all models that a session has had, for [New].
func NamesOf(s *session.Session) []string {
	var names []string
	for _, c := range s.Panes {
		names = append(names, NamesOfContender(c)...)
	}
	for _, t := range s.Turns {
		for _, r := range t.All() {
			names = append(names, r.Model, r.ServedBy, r.ServedModel, LongName(r.Name))
			if r.Contender != nil {
				names = append(names, NamesOfContender(*r.Contender)...)
			}
			for _, a := range r.Attempts {
				names = append(names, a.Model)
			}
		}
	}
	return names
}

// NamesOfContender lists the names of one contender.
func NamesOfContender(c providers.Contender) []string {
	names := []string{c.Ref.String(), LongName(c.Name), providerName(c.Ref.Provider)}
	told := c.Settings.Template
	if c.Settings.System != nil {
		told += "\n" + *c.Settings.System
	}
	if said, _ := compare.NewMask(c.Name).Text(told); said != told { // a model may repeat it
		names = append(names, c.Name)
	}
	return names
}

// leastName is from how many characters on a name is hidden wherever it stands: "cold" is a word of
// answers.
const leastName = 5

// LongName is a name that a person gave a pane or a model, "" for a short one.
func LongName(name string) string {
	if utf8.RuneCountInString(name) < leastName {
		return ""
	}
	return name
}

// providerName is a name that a person gave a provider, "" for a short one and for a word that
// answers have. Gateways write theirs into answers. The short ones of public gateways are in the
// table of the mask.
func providerName(name string) string {
	words := []string{"local", "remote", "cloud", "server", "servers", "gateway", "proxy", "office",
		"laptop", "desktop", "machine", "default", "other", "public", "private", "backup",
		"router", "relay", "model", "models", "provider", "personal", "internal", "first",
		"second", "cheap", "large", "small", "direct", "testing", "company", "studio"}
	if slices.Contains(words, strings.ToLower(name)) {
		return ""
	}
	return LongName(name)
}

// Named lists the names that are masked in a reply, as they stand there, each once.
func (v *Veil) Named(r *session.Reply) []string {
	if v == nil || r == nil {
		return nil
	}
	said := []string{r.VisibleText(), r.ReasoningText()}
	for _, c := range r.Calls() {
		said = append(said, c.Arguments) // the names of tools are your own
	}
	var named []string
	for _, s := range said {
		_, more := v.mask.Text(norm.NFC.String(s))
		for _, name := range more {
			if !slices.Contains(named, name) {
				named = append(named, name)
			}
		}
	}
	return named
}

// Session is a session as it may be shown: itself where it hides nothing, else a copy.
func (v *Veil) Session(s *session.Session) *session.Session {
	if v == nil || s == nil {
		return s
	}
	c := *s
	c.System, c.Origin, c.Panes = v.Text(s.System), "", nil
	for slot := range slots(s) {
		c.Panes = append(c.Panes, contender(slot))
	}
	c.Turns = make([]*session.Turn, len(s.Turns))
	for i, t := range s.Turns {
		c.Turns[i] = v.Turn(t)
	}
	return &c
}

// slots is how many panes a session has had.
func slots(s *session.Session) int {
	n := 0
	for _, t := range s.Turns {
		n = max(n, len(t.Replies))
	}
	if n == 0 {
		n = len(s.Panes)
	}
	return n
}

// Turn is a turn as it may be shown.
func (v *Veil) Turn(t *session.Turn) *session.Turn {
	if v == nil || t == nil {
		return t
	}
	c := *t
	c.Replies = make([]*session.Reply, len(t.Replies))
	for i, r := range t.Replies {
		c.Replies[i] = v.InTurn(t, r)
	}
	c.Alternatives, c.Votes, c.Judgements = nil, nil, nil
	for _, r := range t.Alternatives {
		c.Alternatives = append(c.Alternatives, v.InTurn(t, r))
	}
	for _, vote := range t.Votes {
		if shown := v.Vote(t, vote); shown != nil {
			c.Votes = append(c.Votes, shown)
		}
	}
	for _, j := range t.Judgements {
		c.Judgements = append(c.Judgements, v.judgement(j))
	}
	return &c
}

// Checks reports whether a turn may show verdicts on JSON. Where only some panes were asked for it,
// or for JSON of another shape, the verdicts would name them.
func (v *Veil) Checks(t *session.Turn) bool {
	if v == nil {
		return true
	}
	var first *jsoncheck.Schema
	for _, r := range t.Replies {
		switch {
		case r == nil, r.Merge:
		case r.Schema == nil, first != nil && !bytes.Equal(first.Source, r.Schema.Source):
			return false
		default:
			first = r.Schema
		}
	}
	return true
}

// InTurn is a reply of a turn as it may be shown while others of the turn run.
func (v *Veil) InTurn(t *session.Turn, r *session.Reply) *session.Reply {
	if v == nil || r == nil {
		return r
	}
	c := v.Reply(r)
	if !v.Checks(t) {
		c.JSON, c.Schema = nil, nil
	}
	answer, thought := v.Limit(t, r)
	if answer == All {
		return c
	}
	whole := c.Text
	c.Text, c.Reasoning = firstRunes(c.Text, answer), firstRunes(c.Reasoning, thought)
	if _, _, halted := r.Halted(); halted {
		c.JSON, c.ToolCalls = nil, nil
		return c
	}
	if c.Status.Final() && (c.Text != whole || whole == "") {
		c.Status = session.Streaming
	}
	return c
}

// Reply is a reply as it may be shown. What a new field of Reply tells stays hidden until it is
// taken over here.
func (v *Veil) Reply(r *session.Reply) *session.Reply {
	if v == nil || r == nil {
		return r
	}
	name := session.Letter(r.Slot)
	if r.Merge {
		name = "merge"
	}
	who := contender(r.Slot)
	return &session.Reply{Type: "reply", Slot: r.Slot, Take: r.Take, Model: name, ServedBy: name,
		Status: shownStatus(r), Text: v.Text(r.VisibleText()),
		Reasoning: v.Text(r.ReasoningText()), Merge: r.Merge, Merged: r.Merged, Contender: &who,
		Copied:   r.Copied,
		Attempts: []session.Attempt{}, Metrics: session.Metrics{Server: map[string]float64{}},
		Usage: session.Usage{Source: session.Estimated}, Cost: session.Cost{Own: true},
		JSON: v.checked(r.JSON), ToolCalls: v.calls(r.Calls()), Schema: r.Schema, Tools: r.Tools}
}

// shownStatus is how a reply ended, without the reason. The person's own stop is no secret.
func shownStatus(r *session.Reply) session.Status {
	switch _, _, halted := r.Halted(); {
	case halted:
		return session.Cancelled
	case r.Status == session.Length:
		return session.Done
	case !r.Status.Final(), r.Status.Answer(), r.Status == session.Cancelled:
		return r.Status
	case r.VisibleText() != "":
		return session.Truncated
	}
	return session.Empty
}

// State is the end of a reply in words that may be shown; "" while it runs.
func State(r *session.Reply) string {
	switch s := shownStatus(r); {
	case !s.Final():
		return ""
	case s.Answer():
		return "done"
	case s == session.Cancelled:
		return "stopped"
	case s == session.Truncated:
		return "no whole answer"
	}
	return "no answer"
}

func (v *Veil) checked(r *jsoncheck.Result) *jsoncheck.Result {
	if r == nil {
		return nil
	}
	c := *r
	c.Errors = slices.Clone(r.Errors)
	for i, p := range c.Errors {
		c.Errors[i].Path, c.Errors[i].Message = v.Text(p.Path), v.Text(p.Message)
	}
	return &c
}

func (v *Veil) calls(calls []session.ToolCall) []session.ToolCall {
	out := make([]session.ToolCall, len(calls))
	for i, c := range calls { // a dialect has its own form of ids
		out[i] = session.ToolCall{Name: v.Text(c.Name), Arguments: v.Text(c.Arguments)}
	}
	return out
}

// Vote is a vote by the letters of its panes. It is nil if it does not name its panes, or leaves
// some out. A pane left out asks the same as another one, and that is hidden too.
func (v *Veil) Vote(t *session.Turn, vote *session.Vote) *session.Vote {
	if v == nil {
		return vote
	}
	if len(t.Votable()) > len(vote.Contenders) {
		return nil
	}
	c := *vote
	c.Contenders, c.VoteMarks = nil, session.VoteMarks{Blind: vote.Blind, Named: vote.Named}
	for i, who := range vote.Contenders {
		slot := -1
		if i < len(vote.Slots) {
			slot = vote.Slots[i]
		} else {
			slot = slices.IndexFunc(t.Replies, func(r *session.Reply) bool {
				return r != nil && r.Candidate().ID == who.ID
			})
		}
		if slot < 0 {
			return nil
		}
		c.Contenders = append(c.Contenders, candidate(slot))
	}
	return &c
}

// candidate is a pane as votes name it.
func candidate(slot int) session.Candidate {
	name := session.Letter(slot)
	return session.Candidate{ID: strings.ToLower(name), Model: name, Label: name,
		Settings: json.RawMessage(`{}`)}
}

func contender(slot int) providers.Contender {
	return providers.Contender{Ref: providers.Ref{Model: session.Letter(slot)}}
}

// judgement is a judgement without the judge's name and the cost.
func (v *Veil) judgement(j *session.Judgement) *session.Judgement {
	c := *j
	c.Judge, c.Self, c.Reason = "judge", false, v.Text(j.Reason)
	c.Usage, c.Cost = session.Usage{Source: session.Estimated}, session.Cost{Own: true}
	c.Judged = session.Judged{Contenders: []session.Candidate{candidate(j.A), candidate(j.B)},
		Lengths: j.Lengths}
	return &c
}
