package cli

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"

	"lineup/providers"
	"lineup/registry"
	"lineup/session"
	"lineup/session/exchange"
	"lineup/ui/markdown"
)

// tty is an emulated terminal whose driver begins each line at the left.
type tty struct {
	*vt.Emulator
	all strings.Builder
}

func (t *tty) Write(b []byte) (int, error) {
	t.all.Write(b)
	_, err := t.Emulator.WriteString(strings.ReplaceAll(string(b), "\n", "\r\n"))
	return len(b), err
}

// WriteString is Write, in place of the emulator's.
func (t *tty) WriteString(s string) (int, error) { return t.Write([]byte(s)) }

// rows are the lines on the terminal, without blanks at their ends.
func (t *tty) rows() (rows []string) {
	for line := range strings.SplitSeq(strings.TrimRight(t.String(), "\n "), "\n") {
		rows = append(rows, strings.TrimRight(line, " \r"))
	}
	return rows
}

func rendered(t *testing.T, w, h int) (*rendering, *tty) {
	term := &tty{Emulator: vt.NewEmulator(w, h)}
	t.Cleanup(func() { term.Close() })
	clock := time.Unix(0, 0)
	return &rendering{live: &live{out: term, size: func() (int, int) { return w, h }}, style: markdown.Plain(),
		now: func() time.Time { clock = clock.Add(redrawEvery); return clock }}, term
}

// An answer that comes in pieces stands on the terminal as if it had come at once, at every moment and in the end.
func TestRenderingWhileItComes(t *testing.T) {
	const answer = "## A title\n\nSome **bold words** and `code` that go on over the line.\n\n1. one\n2. two\n\n" +
		"| a | b |\n|---|---|\n| 1 | 한국어 |\n\n```go\nx := 1\n```\n\nThe end\x1b[2J.\n"
	r, term := rendered(t, 30, 40)
	for i, c := range answer {
		if err := r.write(string(c)); err != nil {
			t.Fatal(err)
		}
		if i == 30 && !strings.Contains(term.String(), "Some bold words") {
			t.Errorf("after %q the terminal shows\n%s", answer[:i], term)
		}
	}
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	want := []string{"A title", "Some bold words and `code`", "that go on over the line.", "", "1. one", "2. two", "",
		"a │ b", "──┼───────", "1 │ 한국어", "", "▎ x := 1", "", "The end␛[2J."}
	if got := term.rows(); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%q\nnot\n%q", got, want)
	}
	term.all.Reset()
	if err := r.renderAll("another *answer*: हिन्दी ทำไม น้ำ 👨‍👩‍👧 ok"); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(ansi.Strip(term.all.String()), "another answer: हिन्दी ทำไม น้ำ 👨‍👩‍👧 ok") {
		t.Errorf("%q", term.all.String())
	}
}

// An open block that is taller than the terminal scrolls by; in the end all of it has been written.
func TestRenderingMoreThanTheTerminalHolds(t *testing.T) {
	r, term := rendered(t, 20, 6)
	var doc strings.Builder
	doc.WriteString("| n | word |\n|---|---|\n")
	for i := range 30 {
		fmt.Fprintf(&doc, "| %d | word%d |\n", i, i)
	}
	for _, piece := range strings.SplitAfter(doc.String(), "|") {
		if err := r.write(piece); err != nil {
			t.Fatal(err)
		}
	}
	term.all.Reset()
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	if got := term.rows(); got[len(got)-1] != "29 │ word29" || got[0] != "25 │ word25" {
		t.Errorf("%q", got)
	}
	if n := strings.Count(term.all.String(), "\n"); n != 32 {
		t.Errorf("the end wrote %d lines, want all 32", n)
	}
}

// What is told meanwhile stands between the rows, not in them, and the numbers follow.
func TestRenderedAnswersAndWhatIsTold(t *testing.T) {
	r, term := rendered(t, 80, 30)
	g := &globals{env: env{out: term, err: term, tty: func(any) bool { return true }, getenv: func(string) string { return "" }}}
	ref, _ := providers.ParseRef("gate/flash_1")
	spec := registry.Spec{Info: providers.Info{Ref: ref, Name: "flash"}}
	p := newTextPrinter(g, []registry.Spec{spec, spec}, 0, r)
	usd := 0.001
	for slot := range 2 {
		reply := &session.Reply{Slot: slot, Model: "gate/flash_1", ServedBy: "gate/flash_1", Status: session.Done, Text: "x",
			Usage: session.Usage{Output: 391}, Cost: session.Cost{USD: &usd},
			Metrics: session.Metrics{TTFT: new(310.0), TokensPerSecond: new(41.2), Duration: new(2100.0)}}
		for _, ev := range []providers.Event{
			{Type: providers.EventText, Text: "a *b*"}, {Type: providers.EventQueued}, {Type: providers.EventText, Text: " c"}, {Type: providers.EventEnd},
		} {
			if err := p.event(reply, ev); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := []string{"gate/flash_1", "", "lineup: gate/flash_1 waits for another request to the same server", "a b c", "",
		"gate/flash_1: TTFT 0.31s · 2.1s · 41 tok/s · 391 tok · $0.0010"}
	got := term.rows()
	for _, line := range want {
		if strings.Count("\n"+strings.Join(got, "\n")+"\n", "\n"+line) < 2 {
			t.Errorf("%q is not there twice:\n%s", line, strings.Join(got, "\n"))
		}
	}
}

// What `ask` tells of a reply reads as in the export of its session.
func TestNumbersReadAsInTheExport(t *testing.T) {
	for _, ms := range []float64{0.7, 45, 159, 361.2, 994.9, 2350, 59_960, 3_599_700} {
		r := &session.Reply{Model: "x/m", ServedBy: "x/m", Status: session.Done, Attempts: []session.Attempt{{}, {Started: ms}},
			Metrics: session.Metrics{TTFT: new(ms), TokensPerSecond: new(ms / 7), Duration: new(2 * ms)}}
		var b strings.Builder
		if err := exchange.WriteMarkdown(&b, &session.Session{Turns: []*session.Turn{{Replies: []*session.Reply{r}}}}); err != nil {
			t.Fatal(err)
		}
		if told := strings.Join(numbers(r, true), " · "); !strings.Contains(strings.ReplaceAll(b.String(), `\`, ""), " · "+told+" ") {
			t.Errorf("the export does not say %q:\n%s", told, b.String())
		}
	}
}

// What was told of tries ran into the heading of the answer.
func TestHeadingStandsApartFromWhatIsTold(t *testing.T) {
	r, term := rendered(t, 80, 30)
	g := &globals{env: env{out: term, err: term, tty: func(any) bool { return true }, getenv: func(string) string { return "" }}}
	ref, _ := providers.ParseRef("gate/flash_1")
	spec := registry.Spec{Info: providers.Info{Ref: ref, Name: "flash"}}
	p := newTextPrinter(g, []registry.Spec{spec, spec}, 0, r)
	for slot := range 2 {
		reply := &session.Reply{Slot: slot, Model: "gate/flash_1", ServedBy: "gate/flash_1", Status: session.Done, Text: "x"}
		for _, ev := range []providers.Event{{Type: providers.EventQueued}, {Type: providers.EventText, Text: "a"}, {Type: providers.EventEnd}} {
			if err := p.event(reply, ev); err != nil {
				t.Fatal(err)
			}
		}
	}
	const told = "lineup: gate/flash_1 waits for another request to the same server"
	if got := strings.Join(term.rows(), "\n"); strings.Count(got, told+"\n\ngate/flash_1\n\na\n") != 2 {
		t.Errorf("the terminal shows\n%s", got)
	}
}
