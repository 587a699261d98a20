package markdown

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestVersionAndEpoch(t *testing.T) {
	s := unhurried(Dark(""), 40)
	if f := s.Render(1); f.Len() != 0 || f.Version != 0 {
		t.Errorf("an empty stream has %+v", f)
	}
	step := func(what string, newVersion, newEpoch bool, do func()) {
		t.Helper()
		old := s.Render(1)
		do()
		f := s.Render(1)
		if (f.Version != old.Version) != newVersion || (f.Epoch != old.Epoch) != newEpoch {
			t.Errorf("%s: version %d after %d, epoch %d after %d", what, f.Version, old.Version, f.Epoch, old.Epoch)
		}
	}
	s.Write("one\n\ntwo\n\n[x] ")
	step("nothing", false, false, func() {})
	step("an empty piece", false, false, func() { s.Write("") })
	step("text", true, false, func() { s.Write("\n\nthree\n\n") })
	step("finish", true, false, func() { s.Finish() })
	step("finish again", false, false, func() { s.Finish() })
	step("a link defined late", true, true, func() { s.Write("[x]: https://a.b\n"); s.Finish() })
	step("the same width", false, false, func() { s.Resize(40) })
	step("a new width", true, true, func() { s.Resize(20) })
	step("a new style", true, true, func() { s.Restyle(Plain()) })
}

// Frames stay as they were returned, whatever comes after.
func TestFramesAreNotChanged(t *testing.T) {
	s := unhurried(Dark(""), 40)
	type kept struct{ frame, copy []Row }
	var frames []kept
	for _, piece := range chunks(corpus(t)["llm answer"], chunkings[1].next, 0) {
		s.Write(piece)
		f := s.Render(1)
		for _, lines := range [][]Row{f.Committed, f.Tail} {
			frames = append(frames, kept{lines, slices.Clone(lines)})
		}
	}
	s.Finish()
	s.Render(1)
	for i, k := range frames {
		if !slices.EqualFunc(k.frame, k.copy, Row.equal) {
			t.Fatalf("frame %d has changed", i/2)
		}
	}
}

func TestResizeAndRestyleEqualANewStream(t *testing.T) {
	for name, doc := range corpus(t) {
		s := New(Dark(""), 60)
		s.now = (&ticking{step: time.Millisecond}).Now
		half := strings.LastIndexByte(doc[:len(doc)/2], '\n') + 1
		s.Write(doc[:half])
		s.Render(1)
		s.Resize(33)
		if d := diff(stripped(all(s.Render(1))), stripped(draw(Dark(""), 33, doc[:half]))); d != "" && !strings.Contains(doc, "]:") {
			t.Errorf("%s, half of it: %s", name, d)
		}
		s.Write(doc[half:])
		s.Restyle(Light("#ff0000"))
		s.Render(1)
		s.Finish()
		if d := diff(all(s.Render(1)), draw(Light("#ff0000"), 33, doc)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// More may come after Finish, when an interrupted answer is continued.
func TestWriteAfterFinish(t *testing.T) {
	for name, doc := range corpus(t) {
		s := New(Plain(), 40)
		s.now = (&ticking{step: time.Millisecond}).Now
		for i, piece := range chunks(doc, chunkings[3].next, 5) {
			s.Write(piece)
			if i%3 > 0 {
				s.Finish()
			}
			s.Render(1)
		}
		s.Finish()
		if d := diff(all(s.Render(1)), draw(Plain(), 40, doc)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// Long blocks are committed while they grow.
func TestLongBlocksAreCommitted(t *testing.T) {
	for name, doc := range map[string]string{
		"list":  repeat("- item **500** says something\n", 20_000),
		"table": "| a | b |\n|---|---|\n" + repeat("| 500 | something |\n", 20_000),
		"code":  "```go\n" + repeat("// F500 is one.\nfunc F500() int {\n\treturn 500\n}\n\n", 20_000),
		"log":   "```\n" + repeat("line 500 of a log\n", 20_000),
	} {
		s := unhurried(Dark(""), 60)
		most := 0
		for _, piece := range chunks(doc, func(string, *rand.Rand) int { return 97 }, 0) {
			s.Write(piece)
			most = max(most, len(s.Render(1).Tail))
		}
		if most > 3*settledRows+20 {
			t.Errorf("%s: up to %d lines are open", name, most)
		}
	}
}

func TestWriteWhileRendering(t *testing.T) {
	doc := strings.Repeat(corpus(t)["llm answer"], 5)
	s := New(Dark(""), 40)
	var writer sync.WaitGroup
	writer.Go(func() {
		for _, piece := range chunks(doc, chunkings[1].next, 0) {
			s.Write(piece)
			s.Resize(30 + len(piece))
		}
	})
	done := make(chan struct{})
	go func() { writer.Wait(); close(done) }()
	for writing := true; writing; {
		select {
		case <-done:
			writing = false
		default:
			s.Render(1)
		}
	}
	s.Resize(40)
	s.Finish()
	if d := diff(all(s.Render(1)), draw(Dark(""), 40, doc)); d != "" {
		t.Error(d)
	}
}

// ticking is a clock that goes on by step at each reading.
type ticking struct{ now, step time.Duration }

func (c *ticking) Now() time.Time {
	c.now += c.step
	return time.Time{}.Add(c.now)
}

// The open end is not drawn again before its budget allows it, and meanwhile what came is shown as it is.
func TestBudget(t *testing.T) {
	for panes, factor := range map[int]time.Duration{0: 4, 1: 4, 2: 6, 8: 24} {
		clock := &ticking{step: time.Millisecond}
		s := New(Dark(""), 40)
		s.now = clock.Now
		s.Write("some **bold")
		s.Render(panes) // reads the clock before and after drawing, which so takes 1 ms
		clock.step = 0
		s.Write("** text")
		clock.now += factor*time.Millisecond - 1
		if got := stripped(all(s.Render(panes))); !slices.Equal(got, []string{"some bold", "** text"}) {
			t.Errorf("%d panes, within the budget: %q", panes, got)
		}
		clock.now++
		if got := stripped(all(s.Render(panes))); !slices.Equal(got, []string{"some bold text"}) {
			t.Errorf("%d panes, after it: %q", panes, got)
		}
		clock.step = time.Millisecond
		s.Write(" to come")
		s.Finish()
		if got := stripped(all(s.Render(panes))); !slices.Equal(got, []string{"some bold text to come"}) {
			t.Errorf("%d panes, finished: %q", panes, got)
		}
	}
}
