package redraw

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
)

const testWidth, testHeight = 60, 16

var words = []string{"한국어", "토큰화를", "plain", "text", "日本語", "🙂", "👍", "e\u0301", "\x1b[31mred\x1b[m", "\x1b[1;38;2;1;2;3mbold\x1b[m",
	"\x1b[7m 가 \x1b[0m", "\x1b]8;id=1;https://a.b/c\x07link\x1b]8;;\x07", "\x1b[1mopen \x1b[0;32mgreen\x1b[m", " ", "          ", "│", "中", "한\u200b", "x\u200b"}

func someRow(random *rand.Rand) string {
	var b strings.Builder
	for range random.IntN(12) {
		b.WriteString(words[random.IntN(len(words))] + strings.Repeat(" ", random.IntN(3)))
	}
	return b.String()
}

// shownBy is what an emulator shows, cell by cell with styles.
func shownBy(e *vt.Emulator) string { return e.Render() }

// drawn is a frame on a new terminal, row by row. U+200B shows in no terminal.
func drawn(rows []string, w, h int) string {
	e := vt.NewEmulator(w, h)
	io.WriteString(e, "\x1b[?7l")
	for y, row := range rows[:min(h, len(rows))] {
		fmt.Fprintf(e, "\x1b[%d;1H%s\x1b[m", y+1, ansi.Truncate(strings.ReplaceAll(row, "\u200b", ""), w, ""))
	}
	return shownBy(e)
}

// seen paints frames one after the other and compares each with a new terminal. It gives what was written for each.
func seen(t *testing.T, w, h int, frames ...[]string) (written []string) {
	t.Helper()
	var c canvas
	e := vt.NewEmulator(w, h)
	io.WriteString(e, "\x1b[?7l")
	for i, rows := range frames {
		c.resize(w, h)
		var out bytes.Buffer
		c.paint(&out, rows)
		e.Write(out.Bytes())
		written = append(written, out.String())
		if got, want := shownBy(e), drawn(rows, w, h); got != want {
			t.Fatalf("frame %d of %d shows\n%s\nwant\n%s\nwritten: %q", i, len(frames), got, want, out.String())
		}
	}
	return written
}

func TestTheScreenShowsTheFrame(t *testing.T) {
	for name, how := range map[string]func(random *rand.Rand, rows []string) []string{
		"one letter": func(_ *rand.Rand, rows []string) []string { rows[testHeight-1] += "x"; return rows },
		"some rows": func(random *rand.Rand, rows []string) []string {
			rows[random.IntN(testHeight)] = someRow(random)
			return rows
		},
		"all rows": func(random *rand.Rand, rows []string) []string {
			for i := range rows {
				rows[i] = someRow(random)
			}
			return rows
		},
		"scrolled": func(random *rand.Rand, rows []string) []string { return append(rows[1:], someRow(random)) },
		"back": func(random *rand.Rand, rows []string) []string {
			return append([]string{someRow(random)}, rows[:testHeight-1]...)
		},
		"alternating": func(_ *rand.Rand, rows []string) []string { rows[3], rows[4] = rows[4], rows[3]; return rows },
		"blank":       func(random *rand.Rand, rows []string) []string { rows[random.IntN(testHeight)] = ""; return rows },
		"fewer":       func(random *rand.Rand, rows []string) []string { return rows[:random.IntN(testHeight)] },
		"a word": func(random *rand.Rand, rows []string) []string {
			return []string{words[random.IntN(len(words))] + rows[0]}
		},
	} {
		t.Run(name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(1, 2))
			var frames [][]string
			for range 100 {
				rows := make([]string, testHeight)
				if len(frames) > 0 {
					copy(rows, frames[len(frames)-1])
				}
				frames = append(frames, how(random, rows))
			}
			seen(t, testWidth, testHeight, frames...)
		})
	}
}

// One letter beside rows of wide text cost 17 kB, and a row of wide text its whole length.
func TestOnlyWhatChangedIsWritten(t *testing.T) {
	wide := strings.Repeat("언어 모델은 글자를 ", 3)
	for name, c := range map[string]struct {
		from, to string
		most     int
	}{
		"nothing":               {wide, wide, 0},
		"a letter":              {wide, wide + "x", 10},
		"a syllable":            {wide, strings.Replace(wide, "글", "말", 1), 12 + gap*3 + len("\x1b[11G언어 모델은 말자를")},
		"a blank":               {wide + "x", wide, 12},
		"an end":                {wide, "언어", 12},
		"a style":               {"one two three four", "one \x1b[1mtwo\x1b[m three four", 20},
		"two places":            {"a" + wide + "b", "c" + wide + "d", 16},
		"a style of blanks":     {wide, wide + "\x1b[32m\x1b[m", 0},
		"as many rows of blank": {wide, wide + "          ", 0},
	} {
		out := seen(t, testWidth, testHeight, []string{wide, c.from, wide}, []string{wide, c.to, wide})[1]
		if len(out) > c.most {
			t.Errorf("%s: %d bytes are written, at most %d: %q", name, len(out), c.most, out)
		}
	}
}

// A terminal that counts other widths than lineup has such a row written whole, and each cell where it belongs.
func TestARowOfUnsureWidthIsWrittenWhole(t *testing.T) {
	out := seen(t, testWidth, testHeight, []string{"a 👍🏽 b"}, []string{"a 👍🏽 c"})[1]
	if out != "\x1b[1;1H\x1b[Ka 👍🏽\x1b[5G c\x1b[K" {
		t.Errorf("it is written %q", out)
	}
}

// Fault: what follows a character that terminals count by their Unicode was written a column beside its place.
func TestWhatFollowsACharacterOfDisputedWidthHasItsPlace(t *testing.T) {
	for _, c := range []string{"☰", "䷀", "🫩", "🛜", "\u1161", "⌚\ufe0e", "🏴\U000e0067\U000e007f", "x\u200d"} {
		out := seen(t, testWidth, testHeight, []string{c + "│b"}, []string{c + "│c"})[1]
		_, width, _ := first(c)
		if want := fmt.Sprintf("%s\x1b[%dG│c", c, width+1); !strings.Contains(out, want) {
			t.Errorf("%q is written %q, want %q in it", c, out, want)
		}
	}
}

// Fault: a family that the terminal shows as three people stuck out of the end of its row.
func TestAWiderClusterDoesNotStickOut(t *testing.T) {
	family := "👨\u200d👩\u200d👧"
	out := seen(t, testWidth, testHeight, []string{"a"}, []string{family})[1]
	if want := family + "\x1b[3G\x1b[K"; !strings.HasSuffix(out, want) {
		t.Errorf("it is written %q, want %q at the end", out, want)
	}
}

// A terminal of another size has moved its contents.
func TestAnotherSizeWritesAll(t *testing.T) {
	var c canvas
	for _, width := range []int{30, 29} {
		c.resize(width, 2)
		var out bytes.Buffer
		c.paint(&out, []string{"한국어", "x"})
		if !strings.Contains(out.String(), "한국어") {
			t.Errorf("at %d columns this is written: %q", width, out.String())
		}
	}
}

// Each frame of a picture in many colours has pens of its own. They are not kept for ever.
func TestPensAreForgotten(t *testing.T) {
	var c canvas
	for i := range 40 {
		row := ""
		for j := range 1000 {
			row += fmt.Sprintf("\x1b[38;2;%d;%d;%dmx\x1b[m", i, j/256, j%256)
		}
		c.resize(1000, 1)
		c.paint(&bytes.Buffer{}, []string{row})
	}
	if n := len(c.pens.all); n > morePens+1000 {
		t.Errorf("%d pens are kept", n)
	}
}

// Whatever the rows are made of, the terminal shows them.
func FuzzFrames(f *testing.F) {
	f.Add([]byte("\x00\x01\x02\xff\x03\x04\x05\xff\x00\x01\x05\xff"), uint8(20))
	f.Add([]byte{4, 13, 13, 255, 13, 4, 255, 7, 0, 17, 255, 0, 7}, uint8(9))
	f.Add([]byte{0, 254, 5, 255, 5, 254, 0, 255, 10, 254, 10}, uint8(5))
	f.Fuzz(func(t *testing.T, picks []byte, width uint8) {
		var frames [][]string
		for _, frame := range bytes.Split(picks[:min(len(picks), 300)], []byte{255}) {
			var rows []string
			for _, row := range bytes.Split(frame, []byte{254}) {
				var b strings.Builder
				for _, p := range row {
					b.WriteString(words[int(p)%len(words)])
				}
				rows = append(rows, b.String())
			}
			frames = append(frames, rows)
		}
		seen(t, 2+int(width)%60, 4, frames...)
	})
}
