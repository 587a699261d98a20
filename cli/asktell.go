package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/dustin/go-humanize/english"

	"lineup/providers"
	"lineup/session"
)

// teller says on standard error what a pane shows of a reply beside its answer: waits, tries,
// fallbacks, notes, cuts and failures. If somebody watches, each try has a line as it ends;
// otherwise one line at the end sums them up.
type teller struct {
	err   io.Writer
	live  bool                // standard error is a terminal
	faint func(string) string // what stands back from the answers
	parts func([]string) string
	tales map[takeOf]*tale
	lines int // that were printed
}

// takeOf tells the replies of a question from each other.
type takeOf struct{ slot, take int }

// tale is what has happened to one reply so far.
type tale struct {
	model   string    // that is asked at present
	started time.Time // the present try
	failure string    // why the last try failed, until it is known what comes next
	tries   []try     // that failed
	said    map[string]bool
}

// try is a failed model, with the number of times that it failed in a row for one reason.
type try struct {
	model, failure string
	times          int
}

func newTeller(g *globals) *teller {
	t := &teller{err: g.err, live: g.tty(g.err), tales: map[takeOf]*tale{}}
	t.parts = func(parts []string) string { return g.partsOn(g.err, parts) }
	t.faint = func(s string) string { return s }
	if t.live && g.coloursOf(g.err).Profile > colorprofile.ASCII {
		t.faint = func(s string) string {
			return ansi.SGR(ansi.AttrFaint) + s + ansi.ResetStyle
		}
	}
	return t
}

// tale is what has happened to a reply so far.
func (t *teller) tale(r *session.Reply) *tale {
	of := takeOf{r.Slot, r.Take}
	if t.tales[of] == nil {
		t.tales[of] = &tale{}
	}
	return t.tales[of]
}

// line prints one line. What servers said is in it.
func (t *teller) line(format string, args ...any) {
	words := fmt.Sprintf(format, args...)
	said := strings.TrimLeft(words, " ")
	t.lines++
	fmt.Fprintln(t.err, "lineup: "+words[:len(words)-len(said)]+providers.CleanLine(said))
}

// event tells what an event of a reply means for somebody who waits.
func (t *teller) event(r *session.Reply, ev providers.Event) {
	s := t.tale(r)
	switch ev.Type {
	case providers.EventQueued:
		t.once(s, "queued", "%s waits for another request to the same server", r.Model)
	case providers.EventLoading:
		t.once(s, "loading "+s.model, "%s: the server is loading the model", s.model)
	case providers.EventAttemptStart:
		before := s.model
		s.model, s.started = r.Model, ev.At
		if ev.Attempt != nil {
			s.model = ev.Attempt.Ref.String()
		}
		if s.failure != "" {
			next := "asking " + s.model
			if s.model == before {
				next = "asking again"
			}
			t.failed(s, before, next)
		}
	case providers.EventAttemptEnd:
		if ev.Err != nil {
			s.failure = failureWords(ev.Err, ev.At.Sub(s.started))
			s.note(s.model, s.failure)
		}
	case providers.EventWait:
		t.failed(s, s.model, fmt.Sprintf("asking again in %.1f s", ev.Wait.Seconds()))
	}
}

// once prints a line while somebody watches, the first time that it is due.
func (t *teller) once(s *tale, key, format string, args ...any) {
	if !t.live || s.said[key] {
		return
	}
	if s.said == nil {
		s.said = map[string]bool{}
	}
	s.said[key] = true
	t.line(format, args...)
}

// failed tells of a try that failed, and what comes next.
func (t *teller) failed(s *tale, model, next string) {
	if t.live && s.failure != "" {
		t.line("%s: %s; %s", model, s.failure, next)
	}
	s.failure = ""
}

// note keeps a try that failed.
func (s *tale) note(model, failure string) {
	if n := len(s.tries) - 1; n >= 0 && s.tries[n].model == model && s.tries[n].failure == failure {
		s.tries[n].times++
		return
	}
	s.tries = append(s.tries, try{model, failure, 1})
}

// end tells how a reply ended, unless it simply answered.
func (t *teller) end(r *session.Reply) {
	s := t.tale(r)
	if r.Status.Answer() {
		t.answered(s, r)
	}
	for _, name := range r.DroppedParams {
		t.line("%s: the server refuses %s; it was left out", r.ServedBy, name)
	}
	for _, note := range r.Notes {
		t.line("%s: %s", r.Model, note)
	}
	if r.Status == session.Length {
		t.line("%s: cut at max_tokens", r.ServedBy)
	}
	if r.Error != nil {
		t.failure(s, r)
	}
}

// check tells whether an answer fits the JSON Schema, with all its mistakes. Where there are
// several answers it says which one it is about.
func (t *teller) check(r *session.Reply, single bool) {
	if r.JSON == nil {
		return
	}
	of := ""
	if !single {
		of = r.ServedBy + ": "
	}
	if r.JSON.Valid {
		fmt.Fprintln(t.err, providers.CleanLine(of+"✓ JSON"))
	}
	for _, p := range r.JSON.Errors {
		fmt.Fprintln(t.err, providers.CleanLine(of+"✗ "+p.String()))
	}
}

// numbers tells how long an answer took and what it cost. Where there are several it says whose
// they are.
func (t *teller) numbers(r *session.Reply, local, single bool) {
	if !r.Status.Answer() && r.Usage.Output == 0 {
		return
	}
	parts := numbers(r, local)
	if !single {
		parts[0] = providers.CleanLine(r.ServedBy) + ": " + parts[0]
	}
	fmt.Fprintln(t.err, t.faint(t.parts(parts)))
}

// answered tells of the tries that failed before an answer.
func (t *teller) answered(s *tale, r *session.Reply) {
	switch {
	case len(s.tries) == 0 && r.ServedBy == r.Model:
	case r.ServedBy == r.Model && !t.live:
		t.line("%s; answered at try %d", s.summary(), len(r.Attempts))
	case r.ServedBy == r.Model:
	case t.live || len(s.tries) == 0:
		t.line("%s: answered by %s", r.Model, r.ServedBy)
	default:
		t.line("%s; answered by %s", s.summary(), r.ServedBy)
	}
}

// failure tells of a reply that failed, and of everything that was tried.
func (t *teller) failure(s *tale, r *session.Reply) {
	message := r.Error.Message
	if r.ServedBy != r.Model {
		message = r.ServedBy + ": " + message
	}
	if message == string(r.Status) { // "cancelled: cancelled" says it twice
		t.line("%s: %s", r.Model, message)
	} else {
		t.line("%s: %s: %s", r.Model, r.Status, message)
	}
	if r.Error.Hint != "" {
		t.line("  %s", r.Error.Hint)
	}
	if len(r.Attempts) < 2 {
		return
	}
	models := map[string]bool{}
	for _, a := range r.Attempts {
		models[a.Model] = true
	}
	t.line("  %s, %s%s", english.Plural(len(models), "model", ""),
		english.Plural(len(r.Attempts), "attempt", ""),
		t.further(s))
}

// further lists the attempts that were not told at the time.
func (t *teller) further(s *tale) string {
	if t.live || len(s.tries) == 0 {
		return ""
	}
	return ": " + s.summary()
}

// summary lists the tries that failed.
func (s *tale) summary() string {
	var parts []string
	for _, f := range s.tries {
		part := f.model + ": " + f.failure
		if f.times > 1 {
			part += fmt.Sprintf(", %d times", f.times)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "; ")
}

// failureWords says in a few words why a try failed that took so long.
func failureWords(e *providers.Error, took time.Duration) string {
	before := map[providers.Kind]string{
		providers.TimeoutConnect:    "before the connection",
		providers.TimeoutHeaders:    "before the response headers",
		providers.TimeoutFirstToken: "before the first token",
		providers.TimeoutIdle:       "between two tokens",
		providers.TimeoutTotal:      "before the end",
	}[e.Kind]
	if before != "" {
		return fmt.Sprintf("timed out %s after %.1f s", before, took.Seconds())
	}
	alone := *e
	alone.Model = ""
	return alone.Error()
}
