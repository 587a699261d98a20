package ui

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"lineup/ui/keys"
)

// recorder is a program that notes which keys Bubble Tea makes of its input, and ends when it has enough.
type recorder struct {
	want int
	keys []tea.KeyPressMsg
}

func (r *recorder) Init() tea.Cmd  { return nil }
func (r *recorder) View() tea.View { return tea.NewView("") }

func (r *recorder) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if k, ok := msg.(tea.KeyPressMsg); ok {
		if r.keys = append(r.keys, k); len(r.keys) == r.want {
			return r, tea.Quit
		}
	}
	return r, nil
}

// decode sends bytes through Bubble Tea's own input, and gives the keys that come out of it. Each piece is read by
// itself, as it comes from a terminal.
func decode(t *testing.T, pieces ...string) []tea.KeyPressMsg {
	t.Helper()
	in, out := io.Pipe()
	go func() {
		for _, p := range pieces {
			if _, err := io.WriteString(out, p); err != nil {
				return
			}
		}
	}()
	r := &recorder{want: len(pieces)}
	p := tea.NewProgram(r, tea.WithInput(in), tea.WithOutput(io.Discard), tea.WithContext(t.Context()), tea.WithoutSignalHandler())
	stuck := time.AfterFunc(20*time.Second, p.Kill)
	defer stuck.Stop()
	if _, err := p.Run(); err != nil {
		t.Fatalf("%q: %v; the keys so far: %v", pieces, err, r.keys)
	}
	in.Close()
	return r.keys
}

// names of keys that are no characters: their bytes in the legacy encoding, their number in kitty's (0 where both
// encode alike), and the end of a sequence with modifiers.
type special struct {
	legacy string
	code   int
	format string
}

func specials() map[string]special {
	return map[string]special{
		"enter": {"\r", 13, ""}, "tab": {"\t", 9, ""}, "esc": {"\x1b", 27, ""}, "space": {" ", 0, ""}, "backspace": {"\x7f", 127, ""},
		"up": {"\x1b[A", 0, "\x1b[1;%dA"}, "down": {"\x1b[B", 0, "\x1b[1;%dB"}, "right": {"\x1b[C", 0, "\x1b[1;%dC"}, "left": {"\x1b[D", 0, "\x1b[1;%dD"},
		"home": {"\x1b[H", 0, "\x1b[1;%dH"}, "end": {"\x1b[F", 0, "\x1b[1;%dF"}, "pgup": {"\x1b[5~", 0, "\x1b[5;%d~"}, "pgdown": {"\x1b[6~", 0, "\x1b[6;%d~"},
		"f1": {"\x1bOP", 0, "\x1b[1;%dP"}, "f2": {"\x1bOQ", 0, "\x1b[1;%dQ"}, "f3": {"\x1bOR", 0, ""}, "f4": {"\x1bOS", 0, "\x1b[1;%dS"},
	}
}

// encodings are the bytes that terminals send for a key: in the legacy encoding, in kitty's (CSI u), and in xterm's
// modifyOtherKeys, which tmux sends too. What an encoding cannot say is left out: the legacy one has no shift+enter.
func encodings(name string) []string {
	parts := strings.Split(name, "+")
	base, mods := parts[len(parts)-1], 1
	if strings.HasSuffix(name, "+") { // the plus key
		base = "+"
	}
	var ctrl, alt, shift bool
	for _, m := range parts[:len(parts)-1] {
		switch m {
		case "shift":
			shift, mods = true, mods+1
		case "alt":
			alt, mods = true, mods+2
		case "ctrl":
			ctrl, mods = true, mods+4
		}
	}
	s, isSpecial := specials()[base]
	if !isSpecial {
		s = special{legacy: base, code: int([]rune(base)[0])}
	}
	var out []string
	switch {
	case name == "shift+tab":
		out = append(out, "\x1b[Z")
	case mods == 1:
		out = append(out, s.legacy)
	case s.format != "":
		return []string{fmt.Sprintf(s.format, mods)}
	case ctrl && !alt && !shift && !isSpecial && base >= "a" && base <= "z":
		out = append(out, string(rune(base[0]&0x1f)))
	case alt && !ctrl && !shift:
		out = append(out, "\x1b"+s.legacy)
	}
	if s.code != 0 && (isSpecial || mods > 1) { // kitty sends plain text as text
		out = append(out, fmt.Sprintf("\x1b[%d;%du", s.code, mods))
		if mods > 1 {
			out = append(out, fmt.Sprintf("\x1b[27;%d;%d~", mods, s.code))
		}
	}
	return out
}

// Every key of the table does what it is for in each encoding that terminals have for it.
func TestKeysInEveryEncoding(t *testing.T) {
	table := Bindings()
	for _, b := range table {
		scope := b.Scope
		if scope == keys.Anywhere {
			scope = keys.InPane
		}
		for _, name := range b.Keys {
			for _, bytes := range encodings(name) {
				got := decode(t, bytes)
				if act := table.Find(got[0], scope); act != b.Action {
					t.Errorf("%s as %q arrives as %q and means %q, want %q", name, bytes, got[0], act, b.Action)
				}
			}
		}
	}
	for _, bytes := range append(encodings("alt+3"), "\x1b3") {
		if n := paneNumber(decode(t, bytes)[0]); n != 2 {
			t.Errorf("alt+3 as %q is pane %d", bytes, n+1)
		}
	}
}

// A new line in the prompt: every way that a terminal has to say so.
func TestNewlinesInThePrompt(t *testing.T) {
	ways := []string{"\n", "\x1b\r", "\x1b[13;2u", "\x1b[13;3u", "\x1b[106;5u", "\x1b[27;2;13~", "\x1b[27;3;13~", "\x1b[27;5;106~"}
	keys := map[string]tea.KeyPressMsg{}
	for _, way := range ways {
		keys[way] = decode(t, way)[0]
	}
	drive(t, 80, 30, Config{Panes: specs(says("x/a", "ok", 0, 0))}, func(d *driver) {
		for _, way := range ways {
			d.press("lit:a")
			d.send(keys[way])
			d.press("lit:b")
			if got := d.app.prompt.text(); got != "a\nb" {
				t.Errorf("%q: the prompt holds %q", way, got)
			}
			d.press("ctrl+c")
		}
	})
}

// Korean that an input method commits comes as text, in one piece or in several, and the cursor stands behind it.
func TestTextFromAnInputMethod(t *testing.T) {
	got := decode(t, "한", "글")
	drive(t, 80, 30, Config{Panes: specs(says("x/a", "ok", 0, 0))}, func(d *driver) {
		for _, k := range got {
			d.send(k)
		}
		d.wantSees("> 한글")
		if c := d.app.View().Cursor; c == nil || c.X != 2+2+4 {
			t.Errorf("the cursor stands at %+v, want column 8", c)
		}
	})
}
