package redraw

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
)

// glass is a terminal: an emulator, and what was written.
type glass struct {
	mu       sync.Mutex
	emulator *vt.Emulator
	writes   []string
	asked    int // how often it was told that Bubble Tea has asked its questions
}

func (g *glass) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.writes = append(g.writes, string(p))
	return g.emulator.Write(bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n")))
}

func (g *glass) all() string { return strings.Join(g.writes, "") }

func (g *glass) cursor() string {
	at := g.emulator.CursorPosition()
	return fmt.Sprintf("%d,%d", at.X, at.Y)
}

// painted runs a test with a Painter on a glass of 60×16, by a made clock.
func painted(t *testing.T, profile colorprofile.Profile, test func(t *testing.T, p *Painter, g *glass)) {
	synctest.Test(t, func(t *testing.T) {
		g := &glass{emulator: vt.NewEmulator(testWidth, testHeight)}
		answered := make(chan struct{})
		go func() { // nobody waits for the emulator's answers
			defer close(answered)
			io.Copy(io.Discard, g.emulator)
		}()
		p := New(Terminal{Out: g, Size: func() (int, int) { return testWidth, testHeight }, Period: 20 * time.Millisecond,
			Entering: "\x1b[22;2t", Leaving: "\x1b[23;2t", Failed: func() { t.Error("the terminal is taken for gone") },
			Asked: func() { g.asked++ }}, profile)
		test(t, p, g)
		if !p.Leave(time.Second) {
			t.Error("the screen was not left in time")
		}
		g.emulator.InputPipe().(io.Closer).Close()
		<-answered
	})
}

// settle lets a second of the made clock pass, and whatever comes of it be done.
func settle() {
	time.Sleep(time.Second)
	synctest.Wait()
}

func rowsOf(n int, what string) []string {
	rows := make([]string, n)
	for i := range rows {
		rows[i] = fmt.Sprintf("%s %d 한국어 \x1b[31m%s\x1b[m", what, i, what)
	}
	return rows
}

func (g *glass) wants(t *testing.T, rows []string) {
	t.Helper()
	if got, want := shownBy(g.emulator), drawn(rows, testWidth, testHeight); got != want {
		t.Errorf("it shows\n%s\nwant\n%s", got, want)
	}
}

// The first frame does not wait for Bubble Tea to enter the screen. It is entered once all the same.
func TestTheFirstFrameComesAtOnce(t *testing.T) {
	painted(t, colorprofile.TrueColor, func(t *testing.T, p *Painter, g *glass) {
		rows := rowsOf(testHeight, "first")
		p.Show(Frame{Content: strings.Join(rows, "\n"), Cursor: true, X: 3, Y: 2})
		synctest.Wait()
		g.wants(t, rows)
		if g.asked > 0 {
			t.Error("Bubble Tea has asked nothing yet")
		}
		enter := ansi.SetModeAltScreenSaveCursor + ansi.ResetModeTextCursorEnable + "\x1b[H\x1b[2J"
		if n, err := p.Write([]byte(enter)); n != len(enter) || err != nil {
			t.Errorf("%d bytes, %v", n, err)
		}
		g.wants(t, rows)
		if n := strings.Count(g.all(), ansi.SetModeAltScreenSaveCursor); n != 1 || g.asked != 1 {
			t.Errorf("the screen is entered %d times, and questions are told %d times", n, g.asked)
		}
		if !strings.HasSuffix(g.all(), "\x1b[3;4H"+ansi.SetModeTextCursorEnable) {
			t.Errorf("the cursor is not shown: %q", g.all())
		}
		p.Write([]byte(ansi.ResetModeAltScreenSaveCursor))
		p.Write([]byte(enter))
		if g.wants(t, rows); g.asked != 1 {
			t.Errorf("questions are told %d times", g.asked)
		}
	})
}

// Bubble Tea's own program: its frame is drawn, it may erase the screen and lend the terminal, and it leaves it.
func TestBesideBubbleTea(t *testing.T) {
	painted(t, colorprofile.TrueColor, func(t *testing.T, p *Painter, g *glass) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		m := &model{painter: p, rows: rowsOf(testHeight, "one")}
		program := tea.NewProgram(m, tea.WithContext(ctx), tea.WithInput(nil), tea.WithOutput(p), tea.WithoutSignalHandler(),
			tea.WithWindowSize(testWidth, testHeight), tea.WithColorProfile(colorprofile.TrueColor),
			tea.WithEnvironment([]string{"TERM=xterm-256color"}))
		ended := make(chan error, 1)
		go func() { _, err := program.Run(); ended <- err }()
		settle()
		g.wants(t, m.rows)
		g.emulator.Write([]byte("\x1b[5;5Hanother program writes here"))
		program.Send(tea.ClearScreen())
		settle()
		g.wants(t, m.rows)
		program.Send(rowsOf(3, "two"))
		settle()
		g.wants(t, rowsOf(3, "two"))
		quiet := len(g.writes)
		settle()
		if len(g.writes) > quiet {
			t.Errorf("where nothing changes this is written: %q", g.writes[quiet:])
		}
		if err := program.ReleaseTerminal(); err != nil {
			t.Fatal(err)
		}
		lent := len(g.writes)
		program.Send(rowsOf(9, "three"))
		settle()
		if len(g.writes) > lent {
			t.Errorf("while the terminal is lent this is written: %q", g.writes[lent:])
		}
		if err := program.RestoreTerminal(); err != nil {
			t.Fatal(err)
		}
		settle()
		g.wants(t, rowsOf(9, "three"))
		program.Quit()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		before := g.all()
		if !p.Leave(time.Second) || g.all() != before {
			t.Errorf("the screen is left twice: %q", g.all()[len(before):])
		}
	})
}

type model struct {
	painter *Painter
	rows    []string
}

func (m *model) Init() tea.Cmd { return nil }

func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if rows, ok := msg.([]string); ok {
		m.rows = rows
	}
	return m, nil
}

func (m *model) View() tea.View {
	m.painter.Show(Frame{Content: strings.Join(m.rows, "\n"), Cursor: true})
	v := tea.NewView(" ")
	v.AltScreen = true
	return v
}

// The cursor follows the frame, whether rows changed or not, and also after output that has moved it.
func TestTheCursorIsWhereTheFrameHasIt(t *testing.T) {
	painted(t, colorprofile.TrueColor, func(t *testing.T, p *Painter, g *glass) {
		p.Write([]byte(ansi.SetModeAltScreenSaveCursor))
		show := func(f Frame) {
			p.Show(f)
			settle()
		}
		show(Frame{Content: "한국어", Cursor: true, X: 6})
		if g.cursor() != "6,0" {
			t.Error(g.cursor())
		}
		show(Frame{Content: "한국어", Cursor: true, X: 4})
		if g.cursor() != "4,0" {
			t.Error(g.cursor())
		}
		p.Write([]byte("\x1b[9;9H\x1b_Ga=T;AAAA\x1b\\"))
		if g.cursor() != "4,0" {
			t.Error(g.cursor())
		}
		show(Frame{Content: "한국어"})
		if !strings.HasSuffix(g.all(), ansi.ResetModeTextCursorEnable) {
			t.Errorf("it is not hidden: %q", g.all())
		}
		n := len(g.writes)
		show(Frame{Content: "한국어"})
		show(Frame{Content: "한국어", X: 9})
		if len(g.writes) != n {
			t.Errorf("for nothing this is written: %q", g.writes[n:])
		}
	})
}

// A frame is shown at once where the terminal can do that; else the cursor does not run through it.
func TestAFrameIsShownAtOnce(t *testing.T) {
	painted(t, colorprofile.TrueColor, func(t *testing.T, p *Painter, g *glass) {
		p.Write([]byte(ansi.SetModeAltScreenSaveCursor))
		for i, c := range []struct {
			synced     bool
			begin, end string
		}{
			{false, ansi.ResetModeTextCursorEnable, ansi.SetModeTextCursorEnable},
			{true, ansi.SetModeSynchronizedOutput, ansi.ResetModeSynchronizedOutput},
		} {
			p.Synchronized(c.synced)
			p.Show(Frame{Content: fmt.Sprint("before ", i), Cursor: true})
			settle()
			p.Show(Frame{Content: fmt.Sprint("after ", i), Cursor: true})
			settle()
			if last := g.writes[len(g.writes)-1]; !strings.HasPrefix(last, c.begin) || !strings.HasSuffix(last, c.end) {
				t.Errorf("it is written so: %q", last)
			}
		}
	})
}

// A terminal of few colours gets what it knows, and a better one that tells later gets the colours.
func TestColoursOfTheTerminal(t *testing.T) {
	painted(t, colorprofile.ANSI, func(t *testing.T, p *Painter, g *glass) {
		p.Write([]byte(ansi.SetModeAltScreenSaveCursor))
		p.Show(Frame{Content: "\x1b[1;38;2;255;0;0mred\x1b[m plain"})
		settle()
		if all := g.all(); strings.Contains(all, "38;2") || !strings.Contains(all, "\x1b[1;91mred") && !strings.Contains(all, "\x1b[1;31mred") {
			t.Errorf("16 colours: %q", all)
		}
		p.Profile(colorprofile.TrueColor)
		p.Show(Frame{Content: "\x1b[1;38;2;255;0;0mred\x1b[m and plain"})
		settle()
		if all := g.all(); !strings.Contains(all, "38;2;255;0;0mred") {
			t.Errorf("all colours: %q", all)
		}
	})
}

// Fault: the colours that a terminal told later were used only once something else changed.
func TestBetterColoursAreShownAtOnce(t *testing.T) {
	painted(t, colorprofile.ANSI, func(t *testing.T, p *Painter, g *glass) {
		p.Profile(colorprofile.ANSI256)
		settle()
		if len(g.writes) > 0 {
			t.Errorf("before the first frame this is written: %q", g.writes)
		}
		p.Write([]byte(ansi.SetModeAltScreenSaveCursor))
		p.Show(Frame{Content: "\x1b[38;2;255;0;0mred\x1b[m"})
		settle()
		p.Profile(colorprofile.TrueColor)
		settle()
		if last := g.writes[len(g.writes)-1]; !strings.Contains(last, "38;2;255;0;0mred") {
			t.Errorf("it is not painted again: %q", last)
		}
		n := len(g.writes)
		p.Profile(colorprofile.TrueColor)
		settle()
		if len(g.writes) > n {
			t.Errorf("for the same colours this is written: %q", g.writes[n:])
		}
	})
}

// Fault: a style, an insertion, margins or the letters for lines that another program left set spoiled every frame,
// and drawing the screen again did not repair it.
func TestWhatAnotherProgramLeftSetIsUndone(t *testing.T) {
	for _, left := range []string{"\x1b[31;7m", "\x1b[44m", "\x1b]8;;http://a.b\x07", "\x1b(0", "\x1b[4h", "\x1b[2;5r", "\x1b[2;5r\x1b[?6h"} {
		for name, again := range map[string]string{"redrawn": "\x1b[H\x1b[2J", "lent": "\x1b[?1049l\x1b[?1049h"} {
			painted(t, colorprofile.ASCII, func(t *testing.T, p *Painter, g *glass) {
				rows := []string{"qqq 한국어", "", "\x1b[1mbold\x1b[m", "x", "y", "z", "last"}
				p.Write([]byte(ansi.SetModeAltScreenSaveCursor))
				p.Show(Frame{Content: strings.Join(rows, "\n")})
				settle()
				if name == "lent" {
					p.Write([]byte(ansi.ResetModeAltScreenSaveCursor))
					again = ansi.SetModeAltScreenSaveCursor
				}
				g.emulator.Write([]byte(left + "other"))
				p.Write([]byte(again))
				if got, want := shownBy(g.emulator), drawn(rows, testWidth, testHeight); got != want {
					t.Errorf("after %q, %s, it shows\n%q\nwant\n%q", left, name, got, want)
				}
			})
		}
	}
}

// A terminal that calls itself dumb has no colours; the rows still stand where they belong.
func TestATerminalWithoutColours(t *testing.T) {
	for _, profile := range []colorprofile.Profile{colorprofile.Unknown, colorprofile.NoTTY, colorprofile.ASCII} {
		painted(t, profile, func(t *testing.T, p *Painter, g *glass) {
			p.Write([]byte(ansi.SetModeAltScreenSaveCursor))
			p.Show(Frame{Content: "one\n\x1b[31mtwo\x1b[m 한국어"})
			settle()
			g.wants(t, []string{"one", "two 한국어"})
		})
	}
}

// However large the frames are, the terminal gets byteRate bytes a second. Small ones come at the Painter's rate.
func TestTerminalGetsWhatItCanTake(t *testing.T) {
	for size, want := range map[int]int{20: 50, 2_000: 50, 18_000: 15, 54_000: 5} {
		synctest.Test(t, func(t *testing.T) {
			var got int
			out := writer(func(p []byte) (int, error) { got++; return len(p), nil })
			p := New(Terminal{Out: out, Size: func() (int, int) { return size, 1 }, Period: 20 * time.Millisecond}, colorprofile.TrueColor)
			p.Write([]byte(ansi.SetModeAltScreenSaveCursor))
			for i := range 10_000 {
				p.Show(Frame{Content: strings.Repeat(string(rune('a'+i%2)), size)})
				time.Sleep(time.Millisecond)
			}
			p.Leave(time.Second)
			if got = got / 10; got < want-1 || got > want+1 {
				t.Errorf("%d frames a second of %d bytes, want %d", got, size, want)
			}
		})
	}
}

type writer func(p []byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

// A terminal that takes nothing holds up nobody but the Painter.
func TestATerminalThatTakesNothing(t *testing.T) {
	began, stuck := make(chan struct{}, 9), make(chan struct{})
	defer close(stuck)
	out := writer(func(p []byte) (int, error) {
		began <- struct{}{}
		<-stuck
		return len(p), nil
	})
	p := New(Terminal{Out: out, Size: func() (int, int) { return 9, 1 }}, colorprofile.TrueColor)
	go p.Write([]byte(ansi.SetModeAltScreenSaveCursor))
	<-began
	for i := range 10 {
		p.Show(Frame{Content: fmt.Sprint(i)})
	}
	p.Synchronized(true) // as the program takes what the terminal says of itself
	p.Profile(colorprofile.ANSI)
	if p.Leave(time.Millisecond) {
		t.Error("it says that the screen was left")
	}
}

// A terminal that is gone is reported.
func TestATerminalThatIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failed := 0
		out := writer(func([]byte) (int, error) { return 0, errors.New("input/output error") })
		p := New(Terminal{Out: out, Size: func() (int, int) { return 9, 1 }, Failed: func() { failed++ }}, colorprofile.TrueColor)
		_, err := p.Write([]byte(ansi.SetModeAltScreenSaveCursor))
		p.Show(Frame{Content: "x"})
		settle()
		if err == nil || failed != 2 {
			t.Errorf("%v; reported %d times", err, failed)
		}
		p.Leave(time.Second)
	})
}

// What Bubble Tea does too late must not reach the terminal: it was left already.
func TestLeavingInSpiteOfTheRenderer(t *testing.T) {
	for name, c := range map[string]struct {
		before, want string
	}{
		"shown":     {"\x1b[?1049h", leaveAll + "\x1b[23;2t"},
		"left":      {"\x1b[?1049h\x1b[?1049l", ""},
		"not begun": {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			painted(t, colorprofile.TrueColor, func(t *testing.T, p *Painter, g *glass) {
				p.Write([]byte(c.before))
				before := g.all()
				if !p.Leave(time.Second) {
					t.Error("the terminal did not take it")
				}
				p.Write([]byte("\x1b[?1049hlate"))
				if got := g.all()[len(before):]; got != c.want {
					t.Errorf("the terminal got\n%q\nwant\n%q", got, c.want)
				}
			})
		})
	}
}

// Fault: on a terminal without an alternate screen, such as GNU screen's, the shell's first line began in the middle of
// the frame, or at its right end, where it was torn.
func TestLeavingATerminalWithoutAnAlternateScreen(t *testing.T) {
	for name, leave := range map[string]func(p *Painter){
		"by Bubble Tea":  func(p *Painter) { p.Write([]byte("\x1b[>4m\x1b[<1u\x1b[16d\x1b[?1049l\x1b[?25h")) },
		"in spite of it": func(p *Painter) { p.Leave(time.Second) },
	} {
		painted(t, colorprofile.TrueColor, func(t *testing.T, p *Painter, g *glass) {
			rows := rowsOf(testHeight, "frame")
			p.Write([]byte(ansi.SetModeAltScreenSaveCursor))
			p.Show(Frame{Content: strings.Join(rows, "\n"), Cursor: true, X: testWidth - 1, Y: 3})
			settle()
			e := vt.NewEmulator(testWidth, testHeight)
			show := strings.NewReplacer("\x1b[?1049h", "", "\x1b[?1049l", "", ansi.RequestCursorPositionReport, "")
			io.WriteString(e, show.Replace(g.all()))
			n := len(g.all())
			leave(p)
			io.WriteString(e, show.Replace(g.all()[n:])+"session 1")
			rows[testHeight-1] = "session 1"
			if got, want := shownBy(e), drawn(rows, testWidth, testHeight); got != want {
				t.Errorf("left %s, it shows\n%s\nwant\n%s", name, got, want)
			}
			e.InputPipe().(io.Closer).Close()
		})
	}
}
