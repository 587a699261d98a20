package ui

import (
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// At 120×40 every key is seen at once, whole, with what works here and now before the rest.
func TestHelpIsSeenAtOnce(t *testing.T) {
	asked := []string{"lit:hi", "enter"}
	for name, c := range map[string]struct {
		before   []string
		now      []string // headings, in their order
		rows     []string
		notFirst string // stands below "Not now"
	}{
		"prompt":          {nil, []string{"Prompt", "Session", "Screen", "Not now"}, []string{"enter", "Send prompt to every pane", "ctrl+l", "Choose models"}, "Copy answer, or the marked code block"},
		"pane, no answer": {[]string{"alt+1"}, []string{"Panes", "Session", "Prompt, in the prompt (i)", "Not now"}, []string{"z", "Zoom pane"}, "Copy answer, or the marked code block"},
		"answered":        {append(asked, "settle"), []string{"Prompt", "Answer, in a pane (tab)", "Not now"}, []string{"y", "Copy answer"}, "Stop current pane; twice: all panes"},
		"running":         {append(asked, "alt+1"), []string{"Panes", "Answer", "Prompt, in the prompt (i)", "Not now"}, []string{"esc", "Stop answer"}, "Regenerate answer"},
		"blind":           {append([]string{"f4"}, append(asked, "settle", "alt+1")...), []string{"Panes", "Answer", "Prompt, in the prompt (i)", "Not now"}, []string{"V", "y", "Copy answer"}, "Show where the turn's time went"},
		"revealed":        {append([]string{"f4"}, append(asked, "settle", "f4", "esc", "alt+1")...), []string{"Panes", "Answer", "Prompt, in the prompt (i)", "Not now"}, []string{"w", "y", "Copy answer"}, "Stop current pane; twice: all panes"},
		"pane, answered":  {append(asked, "settle", "alt+2"), []string{"Panes", "Answer", "Prompt, in the prompt (i)", "Not now"}, []string{"y", "Copy answer"}, "Stop current pane; twice: all panes"},
	} {
		drive(t, 120, 40, Config{Panes: specs(threeModels()...), Notice: "a notice"}, func(d *driver) {
			for _, k := range c.before {
				if k == "settle" {
					d.settle()
					continue
				}
				d.press(k)
			}
			d.press("f1")
			if n := d.app.layer.overlay.(*help).below(); n > 0 {
				t.Errorf("%s: %d lines are below the view", name, n)
			}
			d.wantSees(c.rows...)
			flow := flowed(d.app.layer.overlay.(*help))
			last := -1
			for _, heading := range c.now {
				at := strings.Index(flow, "\n"+heading+"\n")
				if at <= last {
					t.Errorf("%s: %q stands at %d, not after %d:\n%s", name, heading, at, last, flow)
				}
				last = at
			}
			if _, later, _ := strings.Cut(flow, "\nNot now\n"); !strings.Contains(later, c.notFirst) {
				t.Errorf("%s: %s works now:\n%s", name, c.notFirst, flow)
			}
			screen := d.screen()
			d.wantAllHelp(name)
			for _, line := range strings.Split(screen, "\n")[3:38] {
				if strings.Contains(strings.NewReplacer("alt+1 …", "", "Focus pane 1 … 9", "").Replace(line), "…") {
					t.Errorf("%s: something is cut off: %s", name, line)
				}
			}
		})
	}
}

// The keys of a replay are seen at once too, with its own first.
func TestTheHelpOfAReplayIsSeenAtOnce(t *testing.T) {
	drive(t, 120, 40, Config{Replay: &Replay{Session: recordedSession()}}, func(d *driver) {
		d.press("f1")
		if n := d.app.layer.overlay.(*help).below(); n > 0 {
			t.Errorf("%d lines are below the view", n)
		}
		d.wantAllHelp("replay")
		d.wantNot("Send prompt")
	})
}

// wantAllHelp wants each row of the help on the screen, but for those that share a line with their opposite.
func (d *driver) wantAllHelp(state string) {
	d.t.Helper()
	for _, row := range d.app.helpRows() {
		if d.sees(row.text) || row.brief != "" && d.sees(row.brief) || pairedAway(row) {
			continue
		}
		d.t.Errorf("%s: %q is not on the screen:\n%s", state, row.text, d.screen())
	}
}

// flowed is the headings and rows of the columns, one below the other.
func flowed(h *help) string {
	var b strings.Builder
	b.WriteString("\n")
	for _, l := range h.flow {
		b.WriteString(l.heading + l.row.text + "\n")
	}
	return b.String()
}

// pairedAway reports whether an action shares its line with its opposite.
func pairedAway(row helpRow) bool {
	for _, p := range pairs() {
		if row.action == p.one || row.action == p.other {
			return true
		}
	}
	return false
}

// Where the columns have no room for all keys they scroll, and nothing is lost on the way. A search shows all keys of an
// action at every size.
func TestHelpScrollsAtEverySize(t *testing.T) {
	for _, size := range [][2]int{{200, 60}, {120, 40}, {80, 24}, {40, 12}, {30, 10}, {20, 6}} {
		a := still(size[0], size[1], "hi", named(moments(latin), "done"))
		d := &driver{t: t, app: a}
		a.open(newHelp(a))
		a.render()
		h := a.layer.overlay.(*help)
		seen := ""
		for range 200 {
			d.checkFrame()
			seen += ansi.Strip(d.app.View().Content)
			was := h.top
			d.press("down")
			if h.top == was {
				break
			}
		}
		for _, l := range h.flow {
			if w := ansi.StringWidth(l.heading); w > 0 && w < size[0]-6 && !strings.Contains(seen, l.heading) {
				t.Errorf("%v: the heading %q never came", size, l.heading)
			}
		}
		d.press("lit:newline")
		if size[0] >= 40 && !d.sees("shift+enter, alt+enter, ctrl+j") {
			t.Errorf("%v: a search does not show all keys:\n%s", size, d.screen())
		}
	}
}

// Fault: a column that began within a group had no heading, and keys that do nothing now looked like the others.
func TestEachColumnOfTheHelpHasAHeading(t *testing.T) {
	drive(t, 120, 40, Config{Panes: specs(threeModels()...)}, func(d *driver) {
		d.press("f1")
		h := d.app.layer.overlay.(*help)
		columns, end := deal(h.flow, 0, 3, h.high)
		if end != len(h.flow) || len(columns) != 3 {
			t.Fatalf("%d of %d lines in %d columns", end, len(h.flow), len(columns))
		}
		for i, column := range columns {
			if column[0].heading == "" {
				t.Errorf("column %d begins with %q", i, column[0].row.text)
			}
		}
	})
}

// The help told of the key of the palette, and did not take it.
func TestTheHelpLeadsToThePalette(t *testing.T) {
	drive(t, 120, 40, Config{Panes: specs(threeModels()...)}, func(d *driver) {
		d.press("f1")
		d.wantSees("ctrl+p commands by name")
		d.press("ctrl+p")
		d.wantSees("Commands ·")
	})
}

// Fault: a search showed keys that do nothing now like all others.
func TestASearchOfTheHelpSetsBackWhatDoesNothingNow(t *testing.T) {
	drive(t, 80, 24, Config{Panes: specs(threeModels()...)}, func(d *driver) {
		d.press("f1", "lit:copy")
		rows := strings.Split(d.app.View().Content, "\n")
		later := slices.IndexFunc(rows, func(row string) bool { return strings.Contains(row, "Not now") })
		if later < 0 {
			t.Fatalf("nothing says what does nothing now:\n%s", d.screen())
		}
		if dim := d.app.theme.Dim.Render("Copy prompt and answers of all panes"); !strings.Contains(rows[later+2], dim) {
			t.Errorf("%q is not set back", rows[later+2])
		}
	})
}
