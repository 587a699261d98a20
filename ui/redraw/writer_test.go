package redraw

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/vt"
)

const testWidth, testHeight = 60, 16

// frames records what a program writes, a frame a write. Without a terminal the renderer leaves the
// carriage return before a line feed to the system; it stands there again.
type frames struct{ all [][]byte }

func (f *frames) Write(p []byte) (int, error) {
	f.all = append(f.all, bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n")))
	return len(p), nil
}

// changing is a screen of rows in many scripts, some of which change with each message.
type changing struct {
	random *rand.Rand
	rows   []string
	how    func(c *changing)
}

var words = []string{"한국어", "토큰화를", "plain", "text", "日本語", "🙂", "👍", "\x1b[31mred\x1b[m", "\x1b[1;38;2;1;2;3mbold\x1b[m", " ", "│", "中"}

func (c *changing) row() string {
	var b strings.Builder
	for range 1 + c.random.IntN(9) {
		b.WriteString(words[c.random.IntN(len(words))] + " ")
	}
	return b.String()
}

func (c *changing) Init() tea.Cmd { return nil }

func (c *changing) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if _, ok := msg.(int); ok {
		c.how(c)
	}
	return c, nil
}

func (c *changing) View() tea.View {
	v := tea.NewView(strings.Join(c.rows, "\n"))
	v.AltScreen = true
	v.Cursor = tea.NewCursor(c.random.IntN(testWidth), c.random.IntN(testHeight))
	return v
}

// record runs a program for some messages and gives its frames. Its clock is a made one.
func record(t *testing.T, steps int, how func(*changing)) [][]byte {
	var out frames
	synctest.Test(t, func(t *testing.T) {
		c := &changing{random: rand.New(rand.NewPCG(1, 2)), how: how}
		for range testHeight {
			c.rows = append(c.rows, c.row())
		}
		p := tea.NewProgram(c, tea.WithContext(t.Context()), tea.WithInput(nil), tea.WithOutput(&out), tea.WithoutSignalHandler(),
			tea.WithWindowSize(testWidth, testHeight), tea.WithColorProfile(colorprofile.TrueColor),
			tea.WithEnvironment([]string{"TERM=xterm-256color"}))
		ended := make(chan error, 1)
		go func() {
			_, err := p.Run()
			ended <- err
		}()
		for i := range steps {
			p.Send(i)
			time.Sleep(50 * time.Millisecond) // of the made clock
		}
		p.Quit()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return out.all
}

func sized() (int, int) { return testWidth, testHeight }

// shownBy feeds an emulator and describes what it shows, cell by cell with styles, and the cursor.
func shownBy(e *vt.Emulator) string {
	at := e.CursorPosition()
	return fmt.Sprintf("%s\ncursor %d,%d", e.Render(), at.X, at.Y)
}

// What the terminal shows is the same with a Writer as without one, after every frame.
func TestTheScreenIsTheSame(t *testing.T) {
	for name, how := range map[string]func(*changing){
		"one letter": func(c *changing) { c.rows[testHeight-1] += "x" },
		"some rows":  func(c *changing) { c.rows[c.random.IntN(testHeight)] = c.row() },
		"all rows": func(c *changing) {
			for i := range c.rows {
				c.rows[i] = c.row()
			}
		},
		"scrolled":    func(c *changing) { c.rows = append(c.rows[1:], c.row()) },
		"back":        func(c *changing) { c.rows = append([]string{c.row()}, c.rows[:testHeight-1]...) },
		"alternating": func(c *changing) { c.rows[3], c.rows[4] = c.rows[4], c.rows[3] },
		"blank":       func(c *changing) { c.rows[c.random.IntN(testHeight)] = "" },
	} {
		t.Run(name, func(t *testing.T) {
			all := record(t, 60, how)
			plain, filtered := vt.NewEmulator(testWidth, testHeight), vt.NewEmulator(testWidth, testHeight)
			w := NewWriter(filtered, sized)
			for i, frame := range all {
				plain.Write(frame)
				w.Write(frame)
				if got, want := shownBy(filtered), shownBy(plain); got != want {
					t.Fatalf("frame %d of %d shows\n%s\nwant\n%s\nframe %q", i, len(all), got, want, frame)
				}
			}
		})
	}
}

// A session as the renderer drew it for a real terminal of 120×40: two panes of Korean and English,
// scrolled, zoomed, with overlays. Each line is a piece of output, its bytes as characters.
func TestASessionLooksTheSame(t *testing.T) {
	recorded, err := os.ReadFile("testdata/session.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	plain, filtered := vt.NewEmulator(120, 40), vt.NewEmulator(120, 40)
	for _, e := range []*vt.Emulator{plain, filtered} { // nobody waits for the answers to questions
		go io.Copy(io.Discard, e)
		defer e.InputPipe().(io.Closer).Close()
	}
	w := NewWriter(filtered, func() (int, int) { return 120, 40 })
	for line := range bytes.Lines(recorded) {
		var characters string
		if err := json.Unmarshal(line, &characters); err != nil {
			t.Fatal(err)
		}
		var piece []byte
		for _, r := range characters {
			piece = append(piece, byte(r))
		}
		plain.Write(piece)
		w.Write(piece)
		if len(w.held) > 0 {
			continue
		}
		if got, want := shownBy(filtered), shownBy(plain); got != want {
			t.Fatalf("after %q it shows\n%s\nwant\n%s", piece, got, want)
		}
	}
}

// One letter beside rows of wide text cost as many bytes as all of these rows.
func TestARepaintOfTheSameIsDropped(t *testing.T) {
	all := record(t, 40, func(c *changing) { c.rows[testHeight-1] += "x" })
	var raw, passed int
	var out bytes.Buffer
	w := NewWriter(&out, sized)
	for i, frame := range all {
		out.Reset()
		w.Write(frame)
		if i > 5 && i < 30 {
			raw, passed = raw+len(frame), passed+out.Len()
		}
	}
	if passed*4 > raw || passed == 0 {
		t.Errorf("of %d bytes %d went to the terminal", raw, passed)
	}
}

// Where the screen was changed by others, everything is written again.
func TestWhatMayHaveChangedIsWritten(t *testing.T) {
	row := "\x1b[?7l\x1b[m\x1b[5;1H\x1b[K한국어\x1b[?7h\x1b[5;60H"
	for _, c := range []struct {
		name, between string
		written       bool
	}{
		{"nothing", "", false},
		{"another row", "\x1b[3;1H\x1b[Kabc\x1b[5;1H", false},
		{"a cursor that is shown", "\x1b[?25h", false},
		{"text in the row", "\x1b[5;9Hx", true},
		{"erased characters", "\x1b[5;9H\x1b[4X", true},
		{"a cleared screen", "\x1b[2J", true},
		{"the alternate screen", "\x1b[?1049h", true},
		{"a scroll region", "\x1b[2;9r", true},
		{"a line feed at the end of a scroll region", "\x1b[2;9r\x1b[9;1H\r\n\x1b[1;16r", true},
		{"inserted lines", "\x1b[2;1H\x1b[L", true},
		{"a scrolled screen", "\x1b[16;1H\n", true},
		{"a reset", "\x1bc", true},
		{"an unknown sequence", "\x1b[>5~", true},
		{"text nobody knows where", "\x1b[u" + "x", true},
	} {
		var out bytes.Buffer
		w := NewWriter(&out, sized)
		w.Write([]byte("\x1b[H\x1b[2J" + row + "\x1b[1;1H"))
		w.Write([]byte(c.between))
		out.Reset()
		w.Write([]byte(row + "\x1b[1;1H"))
		if got := strings.Contains(out.String(), "한국어"); got != c.written {
			t.Errorf("after %s the row is written: %v, %q", c.name, got, out.String())
		}
	}
	// A terminal of another size has moved its contents.
	width := testWidth
	var out bytes.Buffer
	w := NewWriter(&out, func() (int, int) { return width, testHeight })
	w.Write([]byte(row + "\x1b[1;1H"))
	width--
	out.Reset()
	w.Write([]byte(row + "\x1b[1;1H"))
	if !strings.Contains(out.String(), "한국어") {
		t.Errorf("after a resize the row is not written: %q", out.String())
	}
}

// pieces are what terminal output is made of, for the fuzzer to put together.
var pieces = []string{"한글", "x", "abc", "🙂", "\x1b[m", "\x1b[1m", "\x1b[31m", "\x1b[39;1m", "\r", "\r\n", "\n", "\x1b[H", "\x1b[3;1H", "\x1b[3;5H",
	"\x1b[2;1H\x1b[K한글\x1b[?7h\x1b[2;9H", "\x1b[2;1H\x1b[K한글\x1b[?7h\x1b[2;9H", "\x1b[4d", "\x1b[7G", "\x1b[A", "\x1b[B", "\x1b[2C", "\x1b[D", "\x1b[K",
	"\x1b[1K", "\x1b[2J", "\x1b[J", "\x1b[3X", "\x1b[P", "\x1b[@", "\x1b[L", "\x1b[M", "\x1b[S", "\x1b[T", "\x1b[2;4r", "\x1b[r", "\x1b[?7l", "\x1b[?7h", "\x1b[?25l",
	"\x1b[?2026h", "\x1b[?2026l", "\x1b[?1049h", "\x1b[?1049l", "\b", "\t", "\x1b]0;title\x07", "\x1bM", "\x1b[s", "\x1b[u", "\x1b7", "\x1b8"}

// Whatever comes, in pieces however cut, the emulator shows the same.
func FuzzWriter(f *testing.F) {
	f.Add([]byte{33, 12, 0, 25, 9, 9, 9, 9, 34, 1, 9, 22}, 9)
	f.Add([]byte{12, 22, 0, 13, 15, 16, 2}, 3)
	f.Add([]byte{14, 15, 14, 9, 22, 3, 5, 14, 24, 14, 31}, 20)
	f.Fuzz(func(t *testing.T, picks []byte, at int) {
		var b strings.Builder
		for _, p := range picks[:min(len(picks), 200)] {
			b.WriteString(pieces[int(p)%len(pieces)])
		}
		s := b.String()
		at = min(max(at, 0), len(s))
		plain, filtered := vt.NewEmulator(20, 6), vt.NewEmulator(20, 6)
		w := NewWriter(filtered, func() (int, int) { return 20, 6 })
		for _, piece := range []string{"\x1b[H", s[:at], s[at:], "\x1b[1;1H"} {
			plain.Write([]byte(piece))
			w.Write([]byte(piece))
		}
		if got, want := shownBy(filtered), shownBy(plain); got != want {
			t.Errorf("%q shows\n%s\nwant\n%s", s, got, want)
		}
	})
}
