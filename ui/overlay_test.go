package ui

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/ui/text"
	"lineup/ui/widget"
)

// choice is an overlay that is a list and nothing more.
type choice struct {
	*widget.List
	items []widget.Item
	took  []string
	told  []tea.Msg
}

func newChoice(texts ...string) *choice {
	c := &choice{List: widget.NewList("type to filter")}
	for _, s := range texts {
		c.items = append(c.items, widget.Item{Text: text.OneLine(s)})
	}
	c.Set(c.items)
	return c
}

func (c *choice) heading(*app) string               { return "Choose 고르기" }
func (c *choice) room(_ *app, w, h int) (int, int)  { return min(w, 40), c.Height() }
func (c *choice) hints(*app) []string               { return []string{"enter takes it"} }
func (c *choice) paste(_ *app, s string) tea.Cmd    { c.List.Paste(s); return nil }
func (c *choice) wheel(_ *app, by int)              { c.List.Wheel(by) }
func (c *choice) heard(_ *app, msg tea.Msg) tea.Cmd { c.told = append(c.told, msg); return nil }
func (c *choice) view(a *app, w, h int) ([]string, *tea.Cursor) {
	return c.List.View(a.theme.Styles, w, h)
}

func (c *choice) press(a *app, k tea.KeyPressMsg) tea.Cmd {
	switch {
	case closes(k):
		a.leave()
	case k.String() == "enter":
		c.took = append(c.took, c.items[c.Selected()].Text)
	default:
		c.List.Press(k)
	}
	return nil
}

func (c *choice) click(a *app, _, y int) tea.Cmd {
	if c.List.Click(y) {
		c.took = append(c.took, c.items[c.Selected()].Text)
	}
	return nil
}

// An overlay over wide text, at every size: the driver checks that every row keeps its width.
func TestAnOverlayOverWideTextBreaksNoBorder(t *testing.T) {
	var models []*script
	for i := range 3 {
		models = append(models, says(fmt.Sprintf("제공자/모델-%d", i), torture, 0, 0))
	}
	drive(t, 200, 60, Config{Panes: specs(models...)}, func(d *driver) {
		d.press("lit:뭐예요?", "enter")
		d.settle()
		d.app.open(newChoice("토크나이저 👩‍🔬", "llama", torture))
		d.press("lit:크이")
		for w := minWidth; w <= 200; w++ {
			d.send(tea.WindowSizeMsg{Width: w, Height: minHeight + w*7%50})
		}
	})
}

// The selection stays in view whatever the size, goes round at the ends, and follows its item when the items change.
func TestTheSelectionOfAList(t *testing.T) {
	var texts []string
	for i := range 100 {
		texts = append(texts, fmt.Sprintf("item-%03d", i))
	}
	c := newChoice(texts...)
	drive(t, 60, 20, Config{Panes: specs(says("x/a", "", 0, 0))}, func(d *driver) {
		d.app.open(c)
		for _, step := range []struct{ key, want string }{{"up", "item-099"}, {"down", "item-000"}, {"pgdown", "item-0"}, {"down", "item-0"}} {
			d.press(step.key)
			d.wantSees("› " + step.want)
		}
		selected := c.items[c.Selected()].Text
		c.items = append([]widget.Item{{Text: "a new first one"}}, c.items...)
		c.Set(c.items)
		d.press("left")
		d.wantSees("› " + selected)
		d.send(tea.WindowSizeMsg{Width: 20, Height: 6})
		d.wantSees("› " + selected)
	})
}

func TestTheMouseInAnOverlay(t *testing.T) {
	c := newChoice("one", "two", "three")
	drive(t, 100, 30, Config{Panes: specs(says("x/a", "", 0, 0))}, func(d *driver) {
		d.app.open(c)
		d.press("left")
		x, y := d.find("two")
		d.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
		d.send(tea.MouseWheelMsg{X: x, Y: y, Button: tea.MouseWheelDown})
		d.press("enter")
		if got := fmt.Sprint(c.took); got != "[two three]" {
			t.Errorf("took %s", got)
		}
		d.send(tea.MouseClickMsg{X: 0, Y: 0, Button: tea.MouseLeft})
		if d.app.layer.overlay != nil {
			t.Error("a click beside the overlay did not close it")
		}
	})
}

// find gives the cell at which a text begins on the screen.
func (d *driver) find(text string) (x, y int) {
	d.t.Helper()
	for y, row := range strings.Split(d.screen(), "\n") {
		if before, _, ok := strings.Cut(row, text); ok {
			return ansi.StringWidth(before), y
		}
	}
	d.t.Fatalf("%q is not on the screen:\n%s", text, d.screen())
	return 0, 0
}

// An answer for an overlay that has been closed since is dropped, also where another one is open.
func TestAnAnswerForAClosedOverlayIsDropped(t *testing.T) {
	first, second := newChoice("a"), newChoice("b")
	drive(t, 80, 24, Config{Panes: specs(says("x/a", "", 0, 0))}, func(d *driver) {
		d.app.open(first)
		d.spawn(tell(first, func() tea.Msg { return "late" }))
		d.app.open(second)
		d.spawn(tell(second, func() tea.Msg { return "in time" }))
		d.settle()
		if len(first.told) != 0 || fmt.Sprint(second.told) != "[in time]" {
			t.Errorf("the closed one heard %v, the open one %v", first.told, second.told)
		}
	})
}

// The cursor of a field stands where the next character will, behind wide characters too (bubbles#906).
func TestTheCursorOfAFieldCountsCells(t *testing.T) {
	drive(t, 80, 24, Config{Panes: specs(says("x/a", "", 0, 0))}, func(d *driver) {
		d.app.open(newChoice("한국어"))
		d.press("lit:한글a")
		x, y := d.find("한글a")
		if c := d.app.screen.cursor; c == nil || c.X != x+5 || c.Y != y {
			t.Errorf("the cursor is at %v, the text at %d,%d", c, x, y)
		}
		d.send(tea.PasteMsg{Content: strings.Repeat("긴 글 ", 40) + "\x1b[31m\n끝"})
		d.wantSees("끝")
		if c := d.app.screen.cursor; c == nil || c.X >= 80-2 {
			t.Errorf("the cursor is at %v", c)
		}
	})
}

// The end of a long message, which is the next step, was cut off in a narrow terminal.
func TestALongMessageHasRowsOfItsOwn(t *testing.T) {
	for _, size := range [][2]int{{100, 30}, {80, 24}, {40, 12}, {20, 6}} {
		drive(t, size[0], size[1], Config{Panes: specs(says("x/a", "ok", 0, 0), says("x/b", "네", 0, 0))}, func(d *driver) {
			d.press("h", "i", "enter")
			d.settle()
			d.app.flash = "한국어-모델: the model could not be pulled, the disk is full; free some room, then ctrl+l tries it again: LAST"
			d.app.relayout()
			d.app.render()
			d.checkFrame()
			d.wantSees("LAST")
			if size[0] > 20 {
				d.wantSees("한국어-모델", ">")
			}
			d.press("x") // and it is gone with the next key
			d.wantNot("LAST")
		})
	}
}

// Fault: what was said under an overlay was cut in a narrow terminal, and its end is the next step.
func TestAllThatIsSaidIsReadOverAnOverlay(t *testing.T) {
	drive(t, 40, 12, Config{Panes: specs(threeModels()...)}, func(d *driver) {
		d.press("ctrl+p")
		d.app.flash = "What should I eat in Seoul? is deleted; ctrl+z brings it back"
		d.app.render()
		d.wantSees("Seoul? is", "ctrl+z brings it back", "enter run", "╰") // Fault: it lay over the frame's lower border.
		d.press("down")
		d.wantNot("ctrl+z")
	})
}
