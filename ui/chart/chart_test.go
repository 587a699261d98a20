package chart

import (
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

var update = flag.Bool("update", false, "write the golden charts again")

func tokens(v float64) string {
	for _, u := range []struct {
		from float64
		name string
	}{{1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if v >= u.from {
			return fmt.Sprintf("%g%s", v/u.from, u.name)
		}
	}
	return fmt.Sprintf("%g", v)
}

func dollars(v float64) string { return fmt.Sprintf("$%g", v) }

// perMillion is a line through the origin.
func perMillion(price float64) func(float64) float64 {
	return func(x float64) float64 { return price * x / 1e6 }
}

// example is a machine at $800 that serves 3 G tokens, and three gateway models at $0.42, $1.18 and $6 a million: they
// cross it at 1,904.8 M, 678 M and 133 M.
func example() *Chart {
	return &Chart{Title: "Own machine or gateway?", XTitle: "tokens a month", YTitle: "USD a month", From: 1e6, To: 1e10, X: tokens, Y: dollars,
		Lines: []Line{
			{Mark: "self", Name: "local/llama3.1:8b", At: func(float64) float64 { return 800 }, Bold: true, Until: 3e9},
			{Mark: "A", Name: "gate/deepseek", At: perMillion(0.42)},
			{Mark: "B", Name: "gate/flash", At: perMillion(1.18)},
			{Mark: "C", Name: "gate/<claude> & co", At: perMillion(6)},
		},
		Points: []Point{{X: 800 / 0.42 * 1e6, Y: 800, Label: "A 1.9G"}, {X: 800 / 1.18 * 1e6, Y: 800, Label: "B 678M"}, {X: 800 / 6. * 1e6, Y: 800, Label: "C 133M"}},
		Limit:  3e9, LimitName: "infeasible beyond 3G"}
}

func styles() Styles {
	return Styles{Axis: lipgloss.NewStyle(), Faint: lipgloss.NewStyle(), Bold: lipgloss.NewStyle(), Lines: []lipgloss.Style{lipgloss.NewStyle()}}
}

// golden compares a text with a file; -update writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; look at both, then -update.\ngot:\n%s\nwant:\n%s", name, got, want)
	}
}

func TestTerminal(t *testing.T) {
	for _, size := range [][2]int{{80, 18}, {120, 24}, {40, 10}} {
		rows := example().Terminal(size[0], size[1], styles())
		if len(rows) != size[1] {
			t.Errorf("%d rows, want %d", len(rows), size[1])
		}
		for i, r := range rows {
			if w := ansi.StringWidth(r); w != size[0] || ansi.StringWidthWc(r) != w {
				t.Errorf("row %d has %d cells, want %d", i, w, size[0])
			}
		}
		golden(t, fmt.Sprintf("terminal-%d.txt", size[0]), ansi.Strip(strings.Join(rows, "\n"))+"\n")
	}
}

func TestTooLittleRoomGivesNoChart(t *testing.T) {
	for _, size := range [][2]int{{29, 20}, {80, 7}, {0, 0}} {
		if rows := example().Terminal(size[0], size[1], styles()); rows != nil {
			t.Errorf("%v: %d rows", size, len(rows))
		}
	}
}

// What nobody would draw must not panic either.
func TestOddCharts(t *testing.T) {
	for name, change := range map[string]func(*Chart){
		"no lines":       func(c *Chart) { c.Lines, c.Points = nil, nil },
		"a line at zero": func(c *Chart) { c.Lines[1].At = func(float64) float64 { return 0 } },
		"not a number":   func(c *Chart) { c.Lines[1].At = func(float64) float64 { return math.NaN() } },
		"infinite":       func(c *Chart) { c.Lines[1].At = func(float64) float64 { return math.Inf(1) } },
		"limit before":   func(c *Chart) { c.Limit = 10; c.Lines[0].Until = 10 },
		"limit behind":   func(c *Chart) { c.Limit = 1e15 },
		"no limit":       func(c *Chart) { c.Limit = 0 },
		"a point beside": func(c *Chart) { c.Points[0].X, c.Points[0].Y = 1, 1e20 },
		"a point at 0":   func(c *Chart) { c.Points[0].X, c.Points[0].Y = 0, 0 },
		"a hollow axis":  func(c *Chart) { c.To = c.From },
		"control codes":  func(c *Chart) { c.Lines[1].Mark = "\x1b[31mA"; c.LimitName = "a\nb"; c.Points[0].Label = "\x1b]0;x\a" },
		"a whole decade": func(c *Chart) { c.Lines = c.Lines[:1]; c.Lines[0].At = func(float64) float64 { return 100 } },
	} {
		c := example()
		change(c)
		for _, w := range []int{30, 80} {
			for _, row := range c.Terminal(w, 12, styles()) {
				if strings.ContainsAny(ansi.Strip(row), "\x1b\a\n") || ansi.StringWidth(row) != w {
					t.Errorf("%s: %q", name, row)
				}
			}
		}
	}
}

// The picture is XML that needs nothing beside it, and what a name holds never becomes markup.
func TestSVG(t *testing.T) {
	got := example().SVG()
	dec := xml.NewDecoder(strings.NewReader(got))
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		start, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		switch start.Name.Local {
		case "svg", "style", "defs", "pattern", "line", "rect", "text", "path", "circle":
		default:
			t.Errorf("the picture holds <%s>", start.Name.Local)
		}
		for _, a := range start.Attr {
			if strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") || strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" {
				t.Errorf("<%s %s=%q>", start.Name.Local, a.Name.Local, a.Value)
			}
		}
	}
	for _, want := range []string{"prefers-color-scheme:dark", "&lt;claude&gt; &amp; co", "infeasible beyond 3G", "A 1.9G"} {
		if !strings.Contains(got, want) {
			t.Errorf("the picture does not hold %q", want)
		}
	}
	// $800 stands at log10(800) = 2.90309 on an axis from 10^-1 to 10^5: 590 - (3.90309/6)·500 = 264.7 from the top.
	// 1.9048 G stands at 9.27984 on one from 10^6 to 10^10: 110 + (3.27984/4)·790 = 757.8 from the left.
	if !strings.Contains(got, `cx="757.8" cy="264.7"`) {
		t.Errorf("the crossing at 1.9 G and $800 is not where it belongs:\n%s", got)
	}
	golden(t, "example.svg", got)
}

func TestOddPictures(t *testing.T) {
	for name, change := range map[string]func(*Chart){
		"no lines":       func(c *Chart) { c.Lines, c.Points = nil, nil },
		"not a number":   func(c *Chart) { c.Lines[1].At = func(float64) float64 { return math.NaN() } },
		"limit before":   func(c *Chart) { c.Limit = 10; c.Lines[0].Until = 10 },
		"a point beside": func(c *Chart) { c.Points[0].X = math.Inf(1) },
		"a hollow axis":  func(c *Chart) { c.To = c.From },
	} {
		c := example()
		change(c)
		if got := c.SVG(); strings.Contains(got, "NaN") || strings.Contains(got, "Inf") {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// Labels of neighbouring points ran into one another, as in "B 200MA 358M".
func TestLabelsKeepApart(t *testing.T) {
	for width := 40; width <= 120; width++ {
		c := example()
		c.Points = []Point{{X: 2e8, Y: 1000, Label: "B 200M", Beyond: true}, {X: 3.6e8, Y: 1000, Label: "A 358M", Beyond: true}}
		for _, row := range c.Terminal(width, 16, styles()) {
			if row = ansi.Strip(row); strings.Contains(row, "200MA") || strings.Contains(row, "358MB") {
				t.Errorf("at %d cells: %s", width, row)
			}
		}
	}
}
