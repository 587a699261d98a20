package widget

import (
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// A chip for a file may have a wide name: it takes its cells, comes out as it went in, and goes as a whole.
func TestAChipOfAFile(t *testing.T) {
	a := NewArea()
	a.Resize(40, 5)
	part := Part{Label: "[사진 목록.png · PNG]", Text: "@사진", File: "/x/사진 목록.png"}
	a.Insert("보기: @사 끝")
	if !a.Replace("@사", part) {
		t.Fatal("the text was not found")
	}
	if got := ansi.Strip(a.View()); !strings.Contains(got, "보기: [사진 목록.png · PNG] 끝") {
		t.Errorf("shown as %q", got)
	}
	for _, row := range strings.Split(a.View(), "\n") {
		if w := ansi.StringWidth(row); w != 40 {
			t.Errorf("a row of %d cells, want 40: %q", w, row)
		}
	}
	if got := a.Text(); got != "보기: @사진 끝" {
		t.Errorf("the text is %q", got)
	}
	if got := a.Parts(); len(got) != 3 || got[1] != part || !slices.Equal(a.Files(), []string{part.File}) {
		t.Errorf("%q, files %q", got, a.Files())
	}
	if w := a.Word(); w != "끝" {
		t.Errorf("the word before the cursor is %q", w)
	}
	for range 3 { // "끝", the blank, the chip
		a.Update(tea.KeyPressMsg{Code: tea.KeyBackspace})
	}
	if got := a.Text(); got != "보기: " || a.Files() != nil {
		t.Errorf("after Backspace: %q, files %q", got, a.Files())
	}
}

// The cursor stays among the words where a chip takes the place of some.
func TestReplacingKeepsTheCursor(t *testing.T) {
	part := Part{Label: "[f]", Text: "@f", File: "/f"}
	for _, c := range []struct {
		text  string
		left  int // how far the cursor is from the end
		typed string
	}{
		{"@long what", 0, "@f what!"},
		{"@long what", 2, "@f wh!at"},
		{"@long what", 8, "@f! what"}, // in the text that goes
		{"a\n@long\nb", 8, "a!\n@f\nb"},
	} {
		a := NewArea()
		a.Resize(40, 5)
		a.Insert(c.text)
		for range c.left {
			a.Update(tea.KeyPressMsg{Code: tea.KeyLeft})
		}
		a.Replace("@long", part)
		a.Update(tea.KeyPressMsg{Code: '!', Text: "!"})
		if got := a.Text(); got != c.typed {
			t.Errorf("%q, %d from its end: %q, want %q", c.text, c.left, got, c.typed)
		}
	}
}
