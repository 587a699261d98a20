package ui

import (
	"fmt"
	"strings"
	"testing"
)

// Every size and number of panes that the layout promises: no overlap, no gap, nothing negative.
func TestArrangeFillsTheAreaExactly(t *testing.T) {
	for w := minWidth; w <= 400; w++ {
		for h := 3; h <= 120; h++ {
			for n := 1; n <= 16; n++ {
				for _, zoomed := range []bool{false, true} {
					checkArrangement(t, n, w, h, zoomed)
				}
			}
		}
	}
}

func checkArrangement(t *testing.T, n, w, h int, zoomed bool) {
	t.Helper()
	current := n - 1
	m, rects := arrange(n, w, h, current, zoomed)
	area, tabRow := 0, 0
	if m == tabs {
		tabRow = 1
	}
	for i, r := range rects {
		if r.W < 0 || r.H < 0 || r.X < 0 || r.Y < tabRow && r.H > 0 || r.X+r.W > w || r.Y+r.H > h {
			t.Fatalf("%d panes on %d×%d: pane %d lies outside: %+v", n, w, h, i, r)
		}
		if m != tabs && (r.W == 0 || r.H == 0) {
			t.Fatalf("%d panes on %d×%d: pane %d has no room", n, w, h, i)
		}
		for k, o := range rects[:i] {
			if r.X < o.X+o.W && o.X < r.X+r.W && r.Y < o.Y+o.H && o.Y < r.Y+r.H {
				t.Fatalf("%d panes on %d×%d: panes %d and %d overlap", n, w, h, k, i)
			}
		}
		area += r.W * r.H
	}
	if area != w*(h-tabRow) { // within the area and without overlap: so nothing is left free
		t.Fatalf("%d panes on %d×%d (mode %d): they cover %d cells", n, w, h, m, area)
	}
}

func TestArrangeGoesFromColumnsToGridToTabs(t *testing.T) {
	for _, c := range []struct {
		n, w, h int
		want    mode
	}{
		{3, 200, 50, columns}, {3, 120, 50, columns}, {3, 119, 50, grid}, {8, 200, 50, grid},
		{3, 80, 15, tabs}, {2, 79, 40, grid}, {2, 39, 40, tabs}, {16, 200, 50, grid}, {1, 20, 4, columns},
	} {
		if m, _ := arrange(c.n, c.w, c.h, 0, false); m != c.want {
			t.Errorf("%d panes on %d×%d: mode %d, want %d", c.n, c.w, c.h, m, c.want)
		}
	}
	if m, _ := arrange(3, 200, 50, 1, true); m != tabs {
		t.Errorf("zoomed: mode %d", m)
	}
}

func TestDivideSpendsEveryRow(t *testing.T) {
	for h := minHeight; h <= 120; h++ {
		for rows := 0; rows <= 60; rows++ {
			for k := range 4 {
				s := divide(80, h, rows, k&1 != 0, k&2 != 0)
				if sum := s.title + s.notice + s.panes + s.verdict + s.input + s.hints; sum != h {
					t.Fatalf("height %d: %+v adds up to %d", h, s, sum)
				}
				if s.panes < 3 {
					t.Fatalf("height %d, draft of %d rows: %d rows left for the panes", h, rows, s.panes)
				}
			}
		}
	}
}

// Where the rows of a grid differ by one, some panes had their state in the title and some below it.
func TestPanesOfAGridLookAlike(t *testing.T) {
	models := make([]*script, 16)
	for i := range models {
		models[i] = says(fmt.Sprintf("x/m%d", i), "fine", 0, 0)
	}
	drive(t, 200, 60, Config{Panes: specs(models...)}, func(d *driver) {
		d.press("lit:go", "enter")
		d.settle()
		titled := 0
		for row := range strings.SplitSeq(d.screen(), "\n") {
			if n := strings.Count(row, "✓ done"); strings.Contains(row, "─") {
				titled += n
			}
		}
		if titled != 0 && titled != len(models) {
			t.Errorf("%d of 16 titles have the state:\n%s", titled, d.screen())
		}
	})
}
