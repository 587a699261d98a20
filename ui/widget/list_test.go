package widget

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"lineup/ui/theme"
)

func listOf(texts ...string) *List {
	l := NewList("type to filter")
	var items []Item
	for _, s := range texts {
		items = append(items, Item{Text: s})
	}
	l.Set(items)
	return l
}

func TestAListIsFilteredByWordsInAnyOrder(t *testing.T) {
	for _, tt := range []struct {
		typed string
		want  []string
	}{
		{"", []string{"local/llama3.1:8b", "gate/gemini-2.5-flash", "gate/claude-sonnet-4", "한국어/모델"}},
		{"gmf", []string{"gate/gemini-2.5-flash"}},
		{"SONNET gate", []string{"gate/claude-sonnet-4"}},
		{"한모", []string{"한국어/모델"}},
		{"xyz", nil},
	} {
		l := listOf("local/llama3.1:8b", "gate/gemini-2.5-flash", "gate/claude-sonnet-4", "한국어/모델")
		l.Paste(tt.typed)
		var got []string
		for _, i := range l.Left() {
			got = append(got, l.items[i].Text)
		}
		if fmt.Sprint(got) != fmt.Sprint(tt.want) {
			t.Errorf("%q leaves %q, want %q", tt.typed, got, tt.want)
		}
	}
}

// Matched characters are underlined, and nothing else is.
func TestMatchedCharactersAreUnderlined(t *testing.T) {
	l := listOf("한국어 모델")
	l.Paste("한모")
	rows, _ := l.View(theme.New("dark", nil, true, colorprofile.TrueColor), 40, 10)
	row := rows[len(rows)-1]
	if !strings.Contains(ansi.Strip(row), "› 한국어 모델") {
		t.Fatalf("the row is %q", row)
	}
	for _, part := range strings.Split(row, "\x1b[m") {
		style, text, _ := strings.Cut(part, "m")
		params := strings.Split(strings.TrimPrefix(style, "\x1b["), ";")
		underlined := slices.Contains(params, "4") // as a ground is 48
		if want := text == "한" || text == "모"; underlined != want && strings.TrimSpace(text) != "" {
			t.Errorf("%q is drawn with %q", text, style)
		}
	}
}
