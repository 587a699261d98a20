package ui

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"

	"lineup/ui/redraw"
)

// emulated is a terminal whose size changes under the program. Writes and sizes may come from anywhere.
type emulated struct {
	mu       sync.Mutex
	emulator *vt.Emulator
	painter  *redraw.Painter
}

func newEmulated(w, h, rate int) *emulated {
	e := &emulated{emulator: vt.NewEmulator(w, h)}
	e.emulator.SetScrollbackSize(1)
	size := func() (int, int) {
		e.mu.Lock()
		defer e.mu.Unlock()
		return e.emulator.Width(), e.emulator.Height()
	}
	e.painter = redraw.New(redraw.Terminal{Out: glass{e}, Size: size, Period: framePeriod(rate)}, colorprofile.TrueColor)
	return e
}

// Write is Bubble Tea's output. Without a terminal the renderer leaves the carriage return before a line feed to the system.
func (e *emulated) Write(p []byte) (int, error) {
	_, err := e.painter.Write(bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n")))
	return len(p), err
}

// glass is where output is shown.
type glass struct{ *emulated }

func (g glass) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return showing{g.emulator}.Write(p)
}

func (e *emulated) resize(w, h int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.emulator.Resize(w, h)
}

func (e *emulated) shows() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return pictureOf(e.emulator)
}

// showing feeds an emulator, which panics on scrolling in a region that reaches beyond its rows since they became fewer (x/vt
// v0.1.0, Screen.ScrollUp). A terminal does not end by that; it goes on after that sequence.
type showing struct{ *vt.Emulator }

func (s showing) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		n := 1 + max(0, bytes.IndexByte(rest[1:], '\x1b'))
		if n == 1 {
			n = len(rest)
		}
		s.piece(rest[:n])
		rest = rest[n:]
	}
	return len(p), nil
}

func (s showing) piece(p []byte) {
	defer func() { _ = recover() }()
	s.Emulator.Write(p)
}

// pictureOf is every row: its text and where styles begin, and the cursor. How a blank is styled is not seen.
func pictureOf(e *vt.Emulator) (rows []string) {
	for y := range e.Height() {
		var b strings.Builder
		var pen string
		for x := range e.Width() {
			c := e.CellAt(x, y)
			if c == nil || strings.TrimSpace(c.Content) == "" && c.Width > 0 {
				b.WriteByte(' ')
				continue
			}
			if style := c.Style.String(); c.Width > 0 && style != pen {
				fmt.Fprintf(&b, "%q", style)
				pen = style
			}
			b.WriteString(c.Content)
		}
		rows = append(rows, b.String())
	}
	at := e.CursorPosition()
	return append(rows, fmt.Sprintf("cursor %d,%d", at.X, at.Y))
}

// viewed is the picture of a view that is drawn on a new terminal, row by row.
func viewed(v tea.View, w, h int) []string {
	e := vt.NewEmulator(w, h)
	io.WriteString(e, "\x1b[?7l")
	for y, row := range strings.Split(v.Content, "\n") {
		fmt.Fprintf(e, "\x1b[%d;1H%s\x1b[m", y+1, row)
	}
	if v.Cursor != nil {
		fmt.Fprintf(e, "\x1b[%d;%dH", v.Cursor.Y+1, v.Cursor.X+1)
	}
	return pictureOf(e)
}

// Fault: after a storm of resizes with panes of wide text some rows differed from a full redraw. The terminal has its new size
// before the program hears of it, so frames for the old one come meanwhile. The clock is a made one.
func TestAStormOfResizesLeavesTheLastFrame(t *testing.T) {
	const korean = "언어 모델은 글자를 보지 않고 토큰을 봅니다. 👨‍👩‍👧 ⚠️ 한국어와 English mixed `code` **굵게**.\n\n| 이름 | 값 |\n|---|--:|\n| 토큰 | 12 |\n\n```go\nfunc main() {}\n```\n"
	for seed := range uint64(6) {
		for _, streaming := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d,streaming=%v", seed, streaming), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { storm(t, seed, streaming, strings.Repeat(korean, 12)) })
			})
		}
	}
}

// storm asks four panes, changes the size again and again, and compares when all is quiet.
func storm(t *testing.T, seed uint64, streaming bool, answer string) {
	random := rand.New(rand.NewPCG(18, seed))
	gap := time.Duration(0)
	if streaming {
		gap = 15 * time.Millisecond
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	w, h := 100, 30
	g := &guard{app: newApp(ctx, Config{Panes: specs(says("a/하나", answer, 50*time.Millisecond, gap), says("b/two", answer, 90*time.Millisecond, gap),
		says("c/셋", answer, 0, gap), says("d/four", "plain "+answer, 0, 2*gap))})}
	term := newEmulated(w, h, g.app.pace.most)
	g.app.pace.painter = term.painter
	answers := make(chan struct{})
	go func() { // nobody waits for the emulator's answers
		defer close(answers)
		io.Copy(io.Discard, term.emulator)
	}()
	p := tea.NewProgram(g, tea.WithContext(ctx), tea.WithInput(nil), tea.WithOutput(term), tea.WithoutSignalHandler(), tea.WithFPS(g.app.pace.most),
		tea.WithWindowSize(w, h), tea.WithColorProfile(colorprofile.TrueColor), tea.WithEnvironment([]string{"TERM=xterm-256color"}))
	ended := make(chan error, 1)
	go func() {
		_, err := p.Run()
		ended <- err
	}()
	p.Send(tea.WindowSizeMsg{Width: w, Height: h})
	if seed%2 == 0 { // the terminal counts clusters
		p.Send(tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: ansi.ModeSet})
	}
	for _, r := range "뭐예요?" {
		p.Send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
	p.Send(tea.KeyPressMsg{Code: tea.KeyEnter})
	time.Sleep(800 * time.Millisecond) // of the made clock, as all others here
	for range 12 + random.IntN(30) {
		w, h = 20+random.IntN(181), 6+random.IntN(55)
		if random.IntN(3) == 0 {
			w, h = 1+random.IntN(20), 1+random.IntN(6)
		}
		term.resize(w, h)
		time.Sleep(time.Duration(random.IntN(40)) * time.Millisecond)
		p.Send(tea.WindowSizeMsg{Width: w, Height: h})
		time.Sleep(time.Duration(random.IntN(120)) * time.Millisecond)
	}
	time.Sleep(time.Minute) // all has been said by then
	synctest.Wait()
	view := g.app.View()
	want, shown := viewed(view, w, h), term.shows()
	if view.Cursor == nil { // it is hidden, wherever it is
		shown = shown[:h]
	}
	for y, row := range shown {
		if row != want[y] {
			t.Errorf("row %d of %d×%d shows\n%s\nwant\n%s", y, w, h, row, want[y])
		}
	}
	p.Quit()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if !term.painter.Leave(time.Second) {
		t.Error("the screen was not left")
	}
	term.emulator.InputPipe().(io.Closer).Close()
	<-answers
}

// Fault: where the terminal gives two columns to lines, the frames broke.
func TestTheTerminalsWordOnWidthsIsHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		term := newEmulated(20, 3, 30)
		answered := make(chan struct{})
		go func() { // nobody waits for the emulator's answers
			defer close(answered)
			io.Copy(io.Discard, term.emulator)
		}()
		paint(term.painter, tea.View{Content: "│"})
		for _, c := range []struct {
			x    int
			want string
		}{{9, "│"}, {4, "|"}, {2, "|"}} { // no answer, the answer, and one too many
			learn(term.painter, tea.CursorPositionMsg{X: c.x, Y: 1})
			time.Sleep(time.Second)
			synctest.Wait()
			if got := term.shows()[0]; !strings.Contains(got, c.want) {
				t.Errorf("with the cursor at %d it shows %q, want %q", c.x, got, c.want)
			}
		}
		term.painter.Leave(time.Second)
		term.emulator.InputPipe().(io.Closer).Close()
		<-answered
	})
}
