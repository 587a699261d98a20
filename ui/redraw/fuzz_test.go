package redraw

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
)

// bench is a Painter that paints when it is told to, on an emulator that may become larger or smaller.
type bench struct {
	*Painter
	glass *glass
	w, h  int
	frame Frame
	picks []byte
}

// pick is the next of n choices.
func (b *bench) pick(n int) int {
	if len(b.picks) == 0 {
		return 0
	}
	p := int(b.picks[0])
	b.picks = b.picks[1:]
	return p % n
}

// words are those of canvas_test.go, and some whose width or end is special.
func (b *bench) row() string {
	more := []string{"\x1b[4;38;5;9mopen style", "\x1b]8;;http://a/\x07open link", "👨\u200d👩\u200d👧", "⚠\ufe0f", "☰", "\x1b[2mdim\x1b[22m",
		"한국어 한국어 한국어 한국어", strings.Repeat("─", 30), "\x1b[48;2;9;9;9m   \x1b[m", "각"}
	var row strings.Builder
	for range b.pick(9) {
		if n := b.pick(len(words) + len(more)); n < len(words) {
			row.WriteString(words[n])
		} else {
			row.WriteString(more[n-len(words)])
		}
	}
	return row.String()
}

// write is what Bubble Tea writes.
func (b *bench) write(s string) { b.Painter.Write([]byte(s)) }

// step does one thing that happens to a screen.
func (b *bench) step() {
	switch rows := strings.Split(b.frame.Content, "\n"); b.pick(12) {
	case 0: // another frame
		rows = nil
		for range 1 + b.pick(b.h+2) {
			rows = append(rows, b.row())
		}
		b.show(rows)
	case 1, 2: // a row
		rows[b.pick(len(rows))] = b.row()
		b.show(rows)
	case 3: // a word more
		rows[b.pick(len(rows))] += words[b.pick(len(words))]
		b.show(rows)
	case 4: // scrolled
		b.show(append(rows[1:], b.row()))
	case 5: // the cursor
		b.frame.X, b.frame.Y, b.frame.Cursor = b.pick(b.w), b.pick(b.h), b.pick(3) > 0
		b.Show(b.frame)
	case 6: // another size, as the app takes it; frames of before may come meanwhile
		b.w, b.h = 1+b.pick(40), 1+b.pick(9)
		b.glass.emulator.Resize(b.w, b.h)
		if b.pick(2) == 0 {
			b.refresh()
		}
		b.frame.X, b.frame.Y = min(b.frame.X, b.w-1), min(b.frame.Y, b.h-1)
		b.Show(b.frame)
		b.write("\x1b7\x1b[r\x1b8")
		b.write("\x1b[H\x1b[2J")
	case 7: // another program writes, and the screen is drawn again
		io.WriteString(b.glass.emulator, []string{"\x1b[31mother", "\x1b[2;3r\x1b[?6h", "\x1b[4h", "\x1b(0", "\x1b]8;;x\x07", "\x1b[?25l"}[b.pick(6)])
		b.write("\x1b[H\x1b[2J")
	case 8: // it is lent, and another frame comes meanwhile
		b.write("\x1b[16d\x1b[?1049l\x1b[?25h")
		io.WriteString(b.glass.emulator, "shell\x1b[3;2H\x1b[?1049h한국어\x1b[?1049l")
		b.show(append(rows, b.row()))
		b.write(ansi.SetModeAltScreenSaveCursor + "\x1b[H\x1b[2J\x1b[>1u\x1b[?u")
	case 9:
		b.Profile([]colorprofile.Profile{colorprofile.TrueColor, colorprofile.ANSI256, colorprofile.ANSI, colorprofile.ASCII}[b.pick(4)])
	case 10:
		b.Synchronized(b.pick(2) == 0)
	case 11: // a picture, a title, a question: what moves the cursor or not
		b.write([]string{"\x1b[2;2H\x1b_Ga=T;AAAA\x1b\\", "\x1b]2;title\x07", "\x1b[?2026$p\x1b[5n", "\x1b[?25l"}[b.pick(4)])
	}
}

func (b *bench) show(rows []string) {
	b.frame.Content = strings.Join(rows, "\n")
	b.Show(b.frame)
}

// wanted is the frame on a new terminal.
func (b *bench) wanted() string {
	e := vt.NewEmulator(b.w, b.h)
	io.WriteString(e, "\x1b[?7l")
	out := colorprofile.Writer{Forward: e, Profile: b.profile}
	rows := strings.Split(b.frame.Content, "\n")
	for y, row := range rows[:min(b.h, len(rows))] {
		fmt.Fprintf(&out, "\x1b[%d;1H%s\x1b]8;;\x07\x1b[m", y+1, ansi.Truncate(strings.ReplaceAll(row, "\u200b", ""), b.w, ""))
	}
	return shownBy(e)
}

// Whatever happens to a screen, it shows the last frame, and the cursor where the frame has it.
func FuzzPainter(f *testing.F) {
	f.Add([]byte{0, 3, 2, 1, 2, 3, 4, 5, 6, 1, 1, 3, 6, 20, 5, 1, 8, 2, 3, 9, 2, 7, 1, 11, 0, 5, 3, 3, 1})
	f.Add([]byte{0, 8, 8, 25, 24, 23, 22, 21, 20, 19, 18, 6, 3, 3, 0, 8, 3, 4, 4, 6, 39, 8, 1, 7, 3, 10, 0, 2, 1, 3, 9, 3})
	f.Fuzz(play)
}

func play(t *testing.T, picks []byte) {
	b := &bench{w: 30, h: 5, picks: picks[:min(len(picks), 400)]}
	b.glass = &glass{emulator: vt.NewEmulator(b.w, b.h)}
	defer b.glass.emulator.InputPipe().(io.Closer).Close()
	go io.Copy(io.Discard, b.glass.emulator) // nobody waits for answers
	b.Painter = &Painter{to: Terminal{Out: b.glass, Size: func() (int, int) { return b.w, b.h }, Period: time.Millisecond,
		Failed: func() { t.Error("the terminal is taken for gone") }}, wake: make(chan struct{}, 1), profile: colorprofile.TrueColor}
	b.show([]string{""})
	b.refresh()
	b.write(ansi.SetModeAltScreenSaveCursor)
	for len(b.picks) > 0 {
		left := b.picks
		b.step()
		if b.pick(3) == 0 && len(b.picks) > 0 {
			continue // before it is painted more happens
		}
		b.refresh()
		if got, want := shownBy(b.glass.emulator), b.wanted(); got != want {
			t.Fatalf("after %v it shows\n%q\nwant\n%q\nwritten: %q", left[:len(left)-len(b.picks)], got, want, b.glass.writes[max(0, len(b.glass.writes)-4):])
		}
		if at := b.glass.cursor(); b.frame.Cursor && at != fmt.Sprintf("%d,%d", b.frame.X, b.frame.Y) {
			t.Fatalf("the cursor is at %s, want %d,%d; written: %q", at, b.frame.X, b.frame.Y, b.glass.writes[max(0, len(b.glass.writes)-4):])
		}
	}
}
