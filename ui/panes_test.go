package ui

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/providers"
)

const code = "Two blocks.\n\n```go\nfmt.Println(\"one\")\n```\n\nand\n\n- in a list:\n\n  ```python\n  print('two')\n  ```\n"

// clipped are the texts that the terminal was asked to take.
func (d *driver) clipped() []string {
	var out []string
	for _, msg := range d.sent {
		if strings.Contains(strings.ToLower(typeName(msg)), "setclipboard") {
			out = append(out, textOf(msg))
		}
	}
	return out
}

func (d *driver) wantClipped(want string) {
	d.t.Helper()
	d.settle()
	got := d.clipped()
	if len(got) == 0 || got[len(got)-1] != want {
		d.t.Errorf("the terminal was given %q, want %q", got, want)
	}
}

func TestFindWithinAPane(t *testing.T) {
	drive(t, 100, 24, Config{Panes: specs(says("x/a", numbered(120)+"마지막 줄", 0, 0), says("x/b", "line", 0, 0))}, func(d *driver) {
		d.press("lit:go", "enter")
		d.settle()
		d.press("alt+1", "g", "/", "lit:LINE 11")
		d.wantSees("find LINE 11", `"LINE 11" 1/11`) // 11 and 110 to 119
		d.press("enter")
		d.wantSees("n and N go through them")
		d.press("n")
		d.wantSees("2/11", "line 110", "n and N go through them") // the hint was gone after the first n
		if !strings.Contains(d.app.screen.frame, d.app.theme.Hit.Render("line 11")) {
			t.Error("what was found is not marked")
		}
		d.press("N")
		d.wantSees("1/11", "┃ line 14") // with lines around it
		d.press("N")
		d.wantSees("11/11", "line 119")
		d.press("esc")
		d.wantNot("11/11")
		d.press("/", "lit:줄", "enter")
		d.wantSees(`"줄" 1/1`)
		d.press("/", "lit:nothing like it", "enter")
		d.wantSees(`no "nothing like it"`)
		d.press("/", "lit:x", "esc")
		d.wantSees(`no "nothing like it"`) // the search before it stays
	})
}

func TestCopySaysOnlyWhatIsSure(t *testing.T) {
	m := says("x/a", "the answer", 0, 0)
	drive(t, 120, 24, Config{Panes: specs(m)}, func(d *driver) {
		d.press("lit:go", "enter")
		d.settle()
		d.press("tab", "y")
		d.wantClipped("the answer")
		d.wantSees("sent 10 characters to the terminal's clipboard; if it does not take them, s saves to a file")
		d.wantNot("copied")
		d.app.outside.native = func(context.Context, string) (string, error) { return "", errors.New("no display") }
		d.press("y")
		d.settle()
		d.wantNot("copied")
		d.app.outside.native = func(context.Context, string) (string, error) { return "the clipboard", nil }
		d.press("y")
		d.settle()
		d.wantSees("copied 10 characters to the clipboard")
		d.press("Y")
		d.wantClipped("> go\n\n## x/a\n\nthe answer\n")
	})
}

func TestCodeBlocksAreMarkedAndCopied(t *testing.T) {
	drive(t, 100, 30, Config{Panes: specs(says("x/a", code, 0, 0))}, func(d *driver) {
		d.press("lit:go", "enter")
		d.settle()
		d.press("tab", "x")
		d.wantSees("code go 1/2", "y copies it")
		d.press("y")
		d.wantClipped(`fmt.Println("one")`)
		d.press("x", "y")
		d.wantSees("code python 2/2")
		d.wantClipped("print('two')")
		if row := rowWith(d.app.screen.frame, "print('two')"); !strings.Contains(row, d.app.theme.Picked.Render("▎ print('two')")) {
			t.Errorf("the block is not marked: %q", row)
		}
		d.press("esc", "y")
		d.wantClipped(code)
	})
}

func rowWith(frame, text string) string {
	for row := range strings.Lines(frame) {
		if strings.Contains(ansi.Strip(row), text) {
			return row
		}
	}
	return ""
}

// A drag selects text of the pane in which it began, whatever it runs over, and copies that.
func TestDraggingSelectsWithinThePane(t *testing.T) {
	drive(t, 100, 24, Config{Panes: specs(says("x/a", "alpha 한글 one\n\nsecond line\n\n```\ncode here\n```\n", 0, 0), says("x/b", "NEIGHBOUR NEIGHBOUR", 0, 0))}, func(d *driver) {
		d.press("lit:go", "enter")
		d.settle()
		at := func(text string) (x, y int) {
			for y, row := range strings.Split(d.screen(), "\n") {
				if before, _, ok := strings.Cut(row, text); ok {
					return ansi.StringWidth(before), y
				}
			}
			t.Fatalf("%q is not on the screen", text)
			return
		}
		drag := func(x0, y0, x1, y1 int) {
			d.send(tea.MouseClickMsg{X: x0, Y: y0, Button: tea.MouseLeft})
			d.send(tea.MouseMotionMsg{X: x1, Y: y1, Button: tea.MouseLeft})
			d.send(tea.MouseReleaseMsg{X: x1, Y: y1, Button: tea.MouseLeft})
		}
		x, y := at("한글")
		_, y2 := at("second")
		drag(x, y, 80, y2) // far into the neighbour
		d.wantClipped("한글 one\n\nsecond line")
		drag(80, y2, x, y) // the other way: what the neighbour says
		d.wantClipped("NEIGHBOUR NEIGHBOUR")
		x, y = at("code here")
		drag(x-2, y, x+3, y)
		d.wantClipped("code")
		if !d.app.panes.open[0].Selecting() {
			t.Error("the selection is not marked")
		}
		d.app.focus(0)
		d.press("j")
		if d.app.panes.open[0].Selecting() {
			t.Error("the selection is still marked")
		}
		before := len(d.clipped())
		d.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
		d.send(tea.MouseReleaseMsg{X: x, Y: y, Button: tea.MouseLeft})
		if len(d.clipped()) != before {
			t.Error("a click copied something")
		}
		if !d.app.panes.focused {
			t.Error("a click did not focus the pane")
		}
		// What is typed after a drag went to the pane as commands: f forked the session.
		d.app.toPrompt()
		drag(x-2, y, x+3, y)
		for _, r := range "fix the tests" {
			d.send(tea.KeyPressMsg{Code: r, Text: string(r)})
		}
		if got := d.app.prompt.text(); d.app.panes.focused || got != "fix the tests" {
			t.Errorf("after a drag and some typing the prompt holds %q", got)
		}
	})
}

func TestButtonsTabsAndWheelUnderTheMouse(t *testing.T) {
	m := fails("x/a", "half an answer ", &providers.Error{Kind: providers.ConnectionLost, Message: "gone"})
	click := func(d *driver, text string) {
		for y, row := range strings.Split(d.screen(), "\n") {
			if before, _, ok := strings.Cut(row, text); ok {
				d.send(tea.MouseClickMsg{X: ansi.StringWidth(before) + 1, Y: y, Button: tea.MouseLeft})
				return
			}
		}
		d.t.Fatalf("%q is not on the screen:\n%s", text, d.screen())
	}
	drive(t, 100, 24, Config{Panes: specs(says("x/b", numbered(80), 0, 0), m)}, func(d *driver) {
		d.press("lit:go", "enter")
		d.settle()
		click(d, "[ctrl+r ask again]")
		d.settle()
		if len(m.asked) != 2 || d.app.panes.current != 1 {
			t.Errorf("asked %d times, pane %d has the focus", len(m.asked), d.app.panes.current+1)
		}
		click(d, "go on]")
		d.settle()
		if got := m.asked[len(m.asked)-1].Messages; got[len(got)-1].Role != providers.Assistant {
			t.Errorf("the button asked %v", got)
		}
		d.send(tea.MouseWheelMsg{X: 3, Y: 8, Button: tea.MouseWheelUp})
		d.wantSees("↓ 3 lines below · G")
		click(d, "lines below")
		d.wantNot("lines below")
		click(d, "> Ask")
		if d.app.panes.focused {
			t.Error("a click on the prompt does not give it the focus")
		}
	})
	drive(t, 40, 12, Config{Panes: specs(says("x/b", "one", 0, 0), says("x/c", "two", 0, 0))}, func(d *driver) {
		click(d, " 2 c")
		d.wantSees("2 c · x")
		click(d, " 1 ○")
		d.wantSees("1 b · x")
		d.press("ctrl+g")
		if d.app.View().MouseMode != tea.MouseModeNone {
			t.Error("the mouse was not handed to the terminal")
		}
		d.press("ctrl+g")
		if d.app.View().MouseMode != tea.MouseModeCellMotion {
			t.Error("the mouse was not taken back")
		}
	})
}

func TestSavingToAFile(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	drive(t, 100, 30, Config{Panes: specs(says("x/a:8b", code, 0, 0))}, func(d *driver) {
		d.press("lit:토큰화가 뭐예요? a/b", "enter")
		d.settle()
		d.press("lit:a draft", "tab", "s")
		d.wantSees("save the answer as 토큰화가-뭐예요-a-b-a-8b.md")
		d.press("enter")
		d.settle()
		d.wantSees("saved the answer to 토큰화가-뭐예요-a-b-a-8b.md")
		if got, err := os.ReadFile(filepath.Join(dir, "토큰화가-뭐예요-a-b-a-8b.md")); err != nil || string(got) != code+"\n" {
			t.Errorf("saved %q, %v", got, err)
		}
		d.press("s", "tab", "tab")
		d.wantSees("save the session as 토큰화가-뭐예요-a-b.md")
		d.press("esc", "s", "enter")
		d.settle()
		d.wantSees("exists; y replaces it")
		d.press("enter")
		d.wantSees("not saved")
		if err := os.WriteFile("taken.md", []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		d.press("x", "s")
		d.wantSees("save the code block as 토큰화가-뭐예요-a-b.go")
		d.press("ctrl+u", "lit:taken.md", "enter")
		d.settle()
		if got, _ := os.ReadFile("taken.md"); string(got) != "mine" {
			t.Errorf("the file was overwritten: %q", got)
		}
		d.press("y", "enter")
		d.settle()
		if got, _ := os.ReadFile("taken.md"); string(got) != "fmt.Println(\"one\")\n" {
			t.Errorf("the file holds %q", got)
		}
		d.press("s", "ctrl+u", "lit:no/such/dir/x", "enter")
		d.settle()
		d.wantSees("not saved: ")
		if d.app.prompt.text() != "a draft" {
			t.Errorf("the draft is now %q", d.app.prompt.text())
		}
	})
}

// The numbers of a pane stay in their columns while they grow.
func TestMetricsKeepTheirColumns(t *testing.T) {
	m := says("x/a", strings.Repeat("word ", 3000), 420*time.Millisecond, 20*time.Millisecond)
	m.info.Price = providers.Quote{Price: providers.Price{Input: 0.3, Output: 2.5}, Source: providers.CostConfig}
	drive(t, 60, 24, Config{Panes: specs(m)}, func(d *driver) {
		d.press("lit:go", "enter")
		d.until(func() bool {
			return d.app.panes.open[0].Reply() != nil && d.app.panes.open[0].Reply().Metrics.TTFT != nil
		})
		places := map[int]bool{}
		for d.live > 0 {
			d.step()
			row := ansi.Strip(d.app.panes.open[0].Rows()[len(d.app.panes.open[0].Rows())-2])
			places[strings.Index(row, " tok")] = true
			if len(places) > 1 {
				t.Fatalf("a column moved: %q", row)
			}
		}
	})
}

func TestDetailScrolls(t *testing.T) {
	drive(t, 60, 14, Config{Panes: specs(says("x/a", "ok", 0, 0))}, func(d *driver) {
		d.press("lit:go", "enter")
		d.settle()
		d.press("tab", "d")
		d.wantSees("Settings", "↓")
		d.wantNot("Cost")
		d.press("G")
		d.wantSees("Cost")
		d.press("g")
		d.wantSees("Settings")
	})
}
