package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"lineup/providers"
)

// overlaySizes are the sizes at which overlays are held to golden frames.
var overlaySizes = [][2]int{{200, 60}, {80, 24}, {40, 12}}

// overlayFrames takes golden frames of an overlay at all sizes, over a turn in Korean.
func overlayFrames(t *testing.T, name string, cfg func() Config, show func(d *driver, shot func(string))) {
	for _, size := range overlaySizes {
		at := fmt.Sprintf("%dx%d", size[0], size[1])
		t.Run(at, func(t *testing.T) {
			drive(t, size[0], size[1], cfg(), func(d *driver) {
				d.press("lit:토큰화가 뭐예요?", "enter")
				d.settle()
				show(d, func(what string) { d.golden(at + "-" + name + what) })
			})
		})
	}
}

func TestPaletteFrames(t *testing.T) {
	overlayFrames(t, "palette", func() Config { return Config{Panes: specs(threeModels()...)} }, func(d *driver, shot func(string)) {
		some := []action{actNew, actModels, actSessions, actStop, actAgain, actCopy, actContinue, actReasoning, actNextPane, actZoom, actClose,
			actReopen, actHelp, actQuit, actPalette, actSend, actNewline, actRecall}
		d.app.keys = slices.DeleteFunc(d.app.keys, func(b binding) bool { return !slices.Contains(some, b.action) }) // new actions leave the frames alone
		d.press("ctrl+p")
		shot("")
		d.press("lit:cpan")
		shot("-search")
		d.press("esc", "lit:/re")
		shot("-slash")
	})
}

// Every action is in the palette, with its keys or its name, and what it does there is what its key does.
func TestThePaletteHasEveryAction(t *testing.T) {
	drive(t, 100, 40, Config{Panes: specs(threeModels()...)}, func(d *driver) {
		commands := d.app.commands()
		names := map[string]bool{}
		for _, c := range commands {
			if names[c.name] || c.name == "" || c.help == "" || strings.ContainsAny(c.name, " _/") {
				t.Errorf("command %q (%s): a name has to be there, once, and easy to type", c.name, c.help)
			}
			names[c.name] = true
		}
		for _, b := range defaultKeys() {
			if b.action != actPalette && !names[b.action.slash()] {
				t.Errorf("%s is not in the palette", b.action)
			}
		}
		d.press("ctrl+p", "lit:zoom", "enter")
		if !d.app.zoomed || d.app.overlay != nil {
			t.Error("zoom from the palette did not zoom")
		}
	})
}

func TestThePaletteSaysWhyNot(t *testing.T) {
	drive(t, 100, 40, Config{Panes: specs(threeModels()...)}, func(d *driver) {
		d.press("ctrl+p", "lit:copy the whole")
		d.wantSees("there is no answer yet")
		d.press("enter")
		d.wantSees("not now: there is no answer yet", "Commands ·")
		d.press("esc", "lit:hi", "enter")
		d.settle()
		d.press("ctrl+p", "lit:copy the whole", "enter")
		d.settle()
		d.wantSees("sent the turn")
	})
}

func TestSlashCommandsInThePrompt(t *testing.T) {
	m := says("x/a", "fine", time.Millisecond, 0)
	drive(t, 100, 30, Config{Panes: specs(m, says("x/b", "ok", 0, 0))}, func(d *driver) {
		d.press("lit:/")
		d.wantSees("/new", "tab completes")
		d.press("lit:zo", "tab")
		if got := d.app.prompt.text(); got != "/zoom" {
			t.Errorf("completed to %q", got)
		}
		d.press("enter")
		if !d.app.zoomed || !d.app.prompt.empty() || len(m.asked) > 0 {
			t.Errorf("zoomed %v, prompt %q, %d requests", d.app.zoomed, d.app.prompt.text(), len(m.asked))
		}
		d.press("up")
		if got := d.app.prompt.text(); got != "/zoom" {
			t.Errorf("recalled %q", got)
		}
		d.press("ctrl+c")
	})
}

// What is no command, and what Esc says is none, is a prompt like any other.
func TestAPromptMayBeginWithASlash(t *testing.T) {
	m := says("x/a", "fine", time.Millisecond, 0)
	drive(t, 100, 30, Config{Panes: specs(m)}, func(d *driver) {
		for i, typed := range [][]string{{"lit:/etc/passwd: what is it?"}, {"lit:/zoom", "esc"}} {
			d.press(append(typed, "enter")...)
			d.settle()
			if len(m.asked) != i+1 {
				t.Fatalf("%v was not sent; the screen:\n%s", typed, d.screen())
			}
			want := strings.TrimPrefix(typed[0], "lit:")
			if got := m.asked[i].Messages[len(m.asked[i].Messages)-1]; got != (providers.Message{Role: providers.User, Content: want}) {
				t.Errorf("asked %v, want %q", got, want)
			}
		}
	})
}
