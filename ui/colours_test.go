package ui

import (
	"image/color"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"lineup/ui/theme"
)

// With NO_COLOR or on a terminal without colours the frames hold none, and on one of sixteen only those.
func TestFewColours(t *testing.T) {
	for profile, bad := range map[colorprofile.Profile][]string{
		colorprofile.Ascii: {"[3", "38;", "48;", "[9", ";3", ";9"},
		colorprofile.ANSI:  {"38;2", "48;2", "38;5", "48;5"},
	} {
		drive(t, 120, 30, Config{Panes: specs(threeModels()...), Notice: "a notice"}, func(d *driver) {
			d.send(tea.ColorProfileMsg{Profile: profile})
			d.press("lit:hi", "enter")
			d.settle()
			d.press("alt+1")
			for _, seq := range sequences(d.app.View().Content) {
				for _, b := range bad {
					if strings.Contains(seq, b) && seq != "\x1b[3m" { // italic
						t.Errorf("profile %s: the frame holds %q", profile, seq)
					}
				}
			}
		})
	}
}

// sequences are the escape sequences of a frame, each once.
func sequences(frame string) []string {
	seen := map[string]bool{}
	var out []string
	for i := 0; i < len(frame); i++ {
		if frame[i] == 0x1b {
			j := i + strings.IndexAny(frame[i:], "m\x07")
			if s := frame[i : j+1]; !seen[s] {
				seen[s] = true
				out = append(out, s)
			}
		}
	}
	return out
}

// The terminal's answer changes the theme, unless the user has chosen one.
func TestLightAndDarkByAskingTheTerminal(t *testing.T) {
	white := tea.BackgroundColorMsg{Color: color.White}
	drive(t, 100, 30, Config{Panes: specs(says("x/a", "ok", 0, 0))}, func(d *driver) {
		if d.app.theme.Colours.Muted != theme.New("dark", nil, true, colorprofile.TrueColor).Colours.Muted {
			t.Error("before the terminal answers it is not dark")
		}
		d.send(white)
		if d.app.theme.Colours.Muted != theme.New("light", nil, false, colorprofile.TrueColor).Colours.Muted {
			t.Error("a white terminal does not get the light theme")
		}
	})
	drive(t, 100, 30, Config{Panes: specs(says("x/a", "ok", 0, 0)), Theme: "dark"}, func(d *driver) {
		d.send(white)
		if d.app.theme.Colours.Muted != theme.New("dark", nil, true, colorprofile.TrueColor).Colours.Muted {
			t.Error("the theme that was chosen gave way")
		}
	})
}

// Rows that are kept from one frame to the next are of one theme.
func TestAnotherThemeDrawsEveryRowAgain(t *testing.T) {
	white := tea.BackgroundColorMsg{Color: color.White}
	frame := func(before bool) (frame string) {
		drive(t, 100, 30, Config{Panes: specs(says("x/a", "one **two** three", 0, 0), says("x/b", "넷", 0, 0))}, func(d *driver) {
			if before {
				d.send(white)
			}
			d.press("lit:hi", "enter")
			d.settle()
			d.press("lit:next", "alt+1")
			if !before {
				d.send(white)
			}
			frame = d.app.View().Content
		})
		return frame
	}
	if late, early := frame(false), frame(true); late != early {
		t.Errorf("changed late it is\n%q\nand should be\n%q", late, early)
	}
}

// A theme with a ground of its own waits with it until the terminal has said what its own is: asked later, it would
// answer with the theme's, and contrast would stay dark on a light terminal. A terminal that never answers gets it too.
func TestAThemesGroundWaitsForTheTerminals(t *testing.T) {
	for name, msg := range map[string]tea.Msg{"an answer": tea.BackgroundColorMsg{Color: color.White}, "none": groundMsg{}} {
		drive(t, 100, 30, Config{Panes: specs(says("x/a", "ok", 0, 0)), Theme: "contrast"}, func(d *driver) {
			if got := d.app.View().BackgroundColor; got != nil {
				t.Errorf("%s: before it the theme sets the ground %v", name, got)
			}
			d.send(msg)
			want := theme.New("contrast", nil, name == "none", colorprofile.TrueColor).Colours
			if got := d.app.View().BackgroundColor; got != theme.Colour(want.Background) {
				t.Errorf("%s: then it sets the ground %v, want %s", name, got, want.Background)
			}
		})
	}
}
