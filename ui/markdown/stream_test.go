package markdown

import (
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// corpus returns the documents of testdata/corpus.md by name.
func corpus(tb testing.TB) map[string]string {
	tb.Helper()
	all, err := os.ReadFile("testdata/corpus.md")
	if err != nil {
		tb.Fatal(err)
	}
	docs := map[string]string{}
	for _, doc := range strings.Split("\n"+string(all), "\n=== ")[1:] {
		name, text, _ := strings.Cut(doc, "\n")
		if text = strings.TrimSuffix(text, "\n"); name != "no final newline" && name != "empty" {
			text += "\n"
		}
		docs[name] = text
	}
	return docs
}

// still is a clock that stands still, so that drawing takes no time and every Render draws.
func still() time.Time { return time.Time{} }

// unhurried returns a stream that draws everything at every Render.
func unhurried(style Style, width int) *Stream {
	s := New(style, width)
	s.now = still
	return s
}

func rows(f Frame) []Row { return slices.Concat(f.Committed, f.Tail) }

// all is the text of a frame's rows.
func all(f Frame) []string { return texts(rows(f)) }

func texts(rows []Row) (lines []string) {
	for _, r := range rows {
		lines = append(lines, r.Text)
	}
	return lines
}

// readings is what rows say on how their text is to be read.
func readings(rows []Row) (lines []string) {
	for _, r := range rows {
		lines = append(lines, fmt.Sprintf("%d %d %v %q %q %v %v", r.Lead, r.Break, r.Cells, r.Mark, r.Source, r.Joined, r.Rule))
	}
	return lines
}

// oneShot is the reference: the document in one piece, with no cut in it.
func oneShot(style Style, width int, doc string) []Row {
	s := New(style, width)
	s.Write(doc)
	s.take()
	s.finished = true
	d := &s.drawing
	if d.pens == nil {
		return nil
	}
	node, _ := parse(d.parser, s.known(), nil)
	p := d.painter(s.known())
	p.document(node, state{})
	return p.out
}

var chunkings = []struct {
	name string
	next func(rest string, r *rand.Rand) int
}{
	{"bytes", func(string, *rand.Rand) int { return 1 }},
	{"sevens", func(string, *rand.Rand) int { return 7 }},
	{"lines", func(rest string, _ *rand.Rand) int { return len(rest) - len(after(rest, "\n")) }},
	{"random", func(_ string, r *rand.Rand) int { return 1 + r.IntN(40) }},
	{"paragraphs", func(rest string, _ *rand.Rand) int { return len(rest) - len(after(rest, "\n\n")) }},
	{"whole", func(rest string, _ *rand.Rand) int { return len(rest) }},
}

// after returns what follows the first sep in s.
func after(s, sep string) string {
	_, rest, _ := strings.Cut(s, sep)
	return rest
}

// chunks splits a document; next says how long the next piece of the rest is.
func chunks(doc string, next func(rest string, r *rand.Rand) int, seed uint64) (pieces []string) {
	r := rand.New(rand.NewPCG(seed, 1))
	for doc != "" {
		n := min(max(next(doc, r), 1), len(doc))
		pieces, doc = append(pieces, doc[:n]), doc[n:]
	}
	return pieces
}

// stream writes the pieces, checks every frame on the way, and returns the lines before and after Finish.
func stream(t *testing.T, s *Stream, width int, pieces []string) (before, after []Row) {
	t.Helper()
	var last Frame
	for _, piece := range pieces {
		s.Write(piece)
		f := s.Render(1)
		checkLines(t, last, f, width)
		checkOrder(t, last, f)
		last = f
	}
	s.Finish()
	f := s.Render(1)
	checkLines(t, last, f, width)
	return rows(last), rows(f)
}

// checkOrder checks that committed lines are not taken back within an epoch.
func checkOrder(t *testing.T, old, f Frame) {
	t.Helper()
	if f.Epoch == old.Epoch && (len(f.Committed) < len(old.Committed) || !slices.EqualFunc(old.Committed, f.Committed[:len(old.Committed)], Row.equal)) {
		t.Fatalf("committed lines changed:\n%q\nwere\n%q", texts(f.Committed), texts(old.Committed))
	}
}

var sequence = regexp.MustCompile(`\x1b\[[0-9;:]*m|\x1b\]8;[^\x00-\x1f\x7f-\x{9f}]*\x07`)

// checkLines checks what holds of every line at every moment: it is no wider than asked for, holds no control
// characters but well-formed looks and links, and ends those that it begins. Lines of the old frame were checked.
func checkLines(t *testing.T, old, f Frame, width int) {
	t.Helper()
	before, now := rows(old), rows(f)
	for i, r := range now {
		l := r.Text
		if i < len(before) && r.equal(before[i]) {
			continue
		}
		if r.Break.GoesOn() && (i+1 == len(now) || r.Cells != nil || r.Lead >= width) {
			t.Fatalf("line %d goes on, but cannot: %+v", i, r)
		}
		if w := ansi.StringWidth(l); w > width {
			t.Fatalf("line %d is %d cells wide, not %d: %q", i, w, width, l)
		}
		pen, link := false, false
		for _, seq := range sequence.FindAllString(l, -1) {
			switch {
			case strings.HasPrefix(seq, "\x1b]"):
				link = seq != closeLink
			default:
				pen = seq != ansi.ResetStyle
			}
		}
		if pen || link {
			t.Fatalf("line %d does not end what it begins: %q", i, l)
		}
		text := sequence.ReplaceAllString(l, "")
		if at := strings.IndexFunc(text, unicode.IsControl); at >= 0 {
			t.Fatalf("line %d has a control character: %q", i, l)
		}
		if !utf8.ValidString(text) {
			t.Fatalf("line %d is not UTF-8: %q", i, l)
		}
	}
}

func stripped(lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = strings.TrimRight(ansi.Strip(l), " ")
	}
	return out
}

// check streams a document and compares it with the reference.
func check(t *testing.T, style Style, width int, doc string, pieces []string) {
	t.Helper()
	steady(t, func() string { return compare(t, style, width, doc, pieces) })
}

// steady fails the test if f finds a fault three times. Once could be the machine's: Chroma's regexps give up a match
// after 250 ms of wall-clock time, which any of them may take where many processes run, and its text loses its colours.
func steady(t *testing.T, f func() (fault string)) {
	t.Helper()
	var fault string
	for range 3 {
		if fault = f(); fault == "" {
			return
		}
	}
	t.Fatal(fault)
}

// lateTable finds a table that begins in the middle of a paragraph.
var lateTable = regexp.MustCompile(`(?m)^.*[^\s>].*\n.*\n[^\w\n]*(-[^\w\n]*\||\|[^\w\n]*-)[^\w\n]*$`)

// compare streams a document, in a hurry and with all the time in the world, and returns how it differs from the
// reference.
func compare(t *testing.T, style Style, width int, doc string, pieces []string) string {
	t.Helper()
	want := oneShot(style, width, doc)
	hurried := New(style, width)
	hurried.now = (&ticking{step: time.Millisecond}).Now // drawing takes a millisecond, and so does a frame
	if _, after := stream(t, hurried, width, pieces); diffRows(after, want) != "" {
		return fmt.Sprintf("in a hurry, after Finish, in %d pieces: %s", len(pieces), diffRows(after, want))
	}
	before, after := stream(t, unhurried(style, width), width, pieces)
	if d := diffRows(after, want); d != "" {
		return fmt.Sprintf("after Finish, in %d pieces: %s", len(pieces), d)
	}
	if strings.Contains(doc, "]:") || !strings.HasSuffix(doc, "\n") || lateTable.MatchString(doc) {
		return "" // a definition may come after its use; of the last line, less may be known; see [drawing.finish]
	}
	if d := diff(stripped(texts(before)), stripped(texts(want))); d != "" {
		return fmt.Sprintf("before Finish, in %d pieces: %s", len(pieces), d)
	}
	return ""
}

func diffRows(got, want []Row) string {
	if d := diff(texts(got), texts(want)); d != "" {
		return d
	}
	return diff(readings(got), readings(want))
}

func diff(got, want []string) string {
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			return fmt.Sprintf("line %d missing: %q", i, want[i])
		case i >= len(want):
			return fmt.Sprintf("line %d too many: %q", i, got[i])
		case got[i] != want[i]:
			return fmt.Sprintf("line %d is %q, not %q", i, got[i], want[i])
		}
	}
	return ""
}

func TestStreamEqualsOneShot(t *testing.T) {
	for name, doc := range corpus(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, width := range []int{20, 38, 80} {
				for i, c := range chunkings {
					if c.name == "bytes" && (width != 38 || len(doc) > 500) {
						continue // too slow to be worth it
					}
					t.Run(fmt.Sprint(c.name, width), func(t *testing.T) {
						check(t, Dark(""), width, doc, chunks(doc, c.next, uint64(i)))
					})
				}
			}
		})
	}
}
