package widget

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// exact are texts that a text area changes: a Makefile, Python, control characters, marks that steer
// text, private use, joiners, symbols of the last plane, several kinds of line ends.
var exact = []string{
	"all:\n\tgcc -o x\tx.c\n", "    def f():\n        return 1", "\ta\t\tb", "a\x1b[31mb\x07\x00\x7f",
	"a\u061cb\u202ec\u2028d", "\ue200cite\ue201 \U000f0000", "क्\u200dष a\u200bb 👨\u200d👩\u200d👧", "\U00100000\U00100041\U0010fffd",
	"\U00100abc", "  ", "\n\n x", "e\u0301 é 각", "a\r\nb\rc",
}

func TestAnAreaKeepsTexts(t *testing.T) {
	ways := map[string]func(*Area, string){
		"set": (*Area).Set, "insert": (*Area).Insert, "paste": (*Area).Paste,
		"keep":  func(a *Area, s string) { a.SetDraft(a.Keep(s)) },
		"parts": func(a *Area, s string) { b := NewArea(); b.Paste(s); a.SetParts(b.Parts()) },
		"chip":  func(a *Area, s string) { a.Paste(s + strings.Repeat("\n", chipLines)) },
	}
	for name, put := range ways {
		for _, s := range exact {
			a := NewArea()
			put(&a, s)
			if name == "paste" || name == "parts" || name == "chip" {
				s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n") // as terminals paste line ends
			}
			got := a.Text()
			if name == "chip" {
				got = strings.TrimSuffix(got, strings.Repeat("\n", chipLines))
			}
			if got != s {
				t.Errorf("%s: %q became %q", name, s, got)
			}
			shown := ansi.Strip(a.View())
			if strings.ContainsFunc(shown, func(r rune) bool {
				return r < 0x20 && r != '\n' || r >= firstStandIn || strings.ContainsRune("\u202e\u061c\u2028", r)
			}) {
				t.Errorf("%s: %q is shown as %q", name, s, shown)
			}
		}
	}
	for _, s := range exact { // a text area would show such a key as it is, or take it for a part of what stands there
		a := NewArea()
		a.Paste("\t")
		for _, r := range s {
			if r >= 0x7f {
				a.Update(tea.KeyPressMsg{Code: r, Text: string(r)})
			}
		}
		want := strings.Map(func(r rune) rune {
			if r < 0x7f {
				return -1
			}
			return r
		}, s)
		if got := a.Text(); got != "\t"+want {
			t.Errorf("typed: %q became %q", want, got)
		}
		if shown := ansi.Strip(a.View()); strings.ContainsFunc(shown, func(r rune) bool { return r >= firstStandIn || strings.ContainsRune("\u202e\u061c\u2028", r) }) {
			t.Errorf("typed: %q is shown as %q", want, shown)
		}
	}
	a := NewArea()
	a.Paste("one\r\ntwo\rthree")
	if got := a.Text(); got != "one\ntwo\nthree" {
		t.Errorf("line ends of a paste became %q", got)
	}
}

func FuzzAreaText(f *testing.F) {
	for _, s := range exact {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.Contains(s, "\ufffd") || s != strings.ToValidUTF8(s, "\ufffd") {
			return
		}
		a := NewArea()
		a.Set(s)
		if got := a.Text(); got != s {
			t.Errorf("%q became %q", s, got)
		}
	})
}

// editing are the keys of a text area that change the text or move the cursor.
var editing = []tea.KeyPressMsg{
	{Code: tea.KeyLeft}, {Code: tea.KeyRight}, {Code: tea.KeyUp}, {Code: tea.KeyDown}, {Code: tea.KeyHome}, {Code: tea.KeyEnd},
	{Code: tea.KeyBackspace}, {Code: tea.KeyDelete}, {Code: 'x', Text: "x"}, {Code: 'h', Mod: tea.ModCtrl}, {Code: 'd', Mod: tea.ModCtrl},
	{Code: 'k', Mod: tea.ModCtrl}, {Code: 'u', Mod: tea.ModCtrl}, {Code: 'w', Mod: tea.ModCtrl}, {Code: 't', Mod: tea.ModCtrl},
	{Code: 'f', Mod: tea.ModAlt}, {Code: 'b', Mod: tea.ModAlt}, {Code: 'd', Mod: tea.ModAlt}, {Code: 'u', Mod: tea.ModAlt},
	{Code: 'l', Mod: tea.ModAlt}, {Code: 'c', Mod: tea.ModAlt}, {Code: tea.KeyLeft, Mod: tea.ModCtrl}, {Code: tea.KeyRight, Mod: tea.ModCtrl},
	{Code: tea.KeyLeft, Mod: tea.ModShift}, {Code: tea.KeyRight, Mod: tea.ModShift}, {Code: tea.KeyUp, Mod: tea.ModShift},
	{Code: tea.KeyDown, Mod: tea.ModShift}, {Code: tea.KeyBackspace, Mod: tea.ModAlt}, {Code: tea.KeyEnter},
}

// A chip that was edited lost the pasted text, and its label was sent to all models.
func TestNoKeyLeavesHalfAChip(t *testing.T) {
	long := strings.Repeat("line\n", 40)
	for first, k := range editing {
		for second, k2 := range editing[:12] {
			for _, moves := range []int{0, 1, 10} {
				a := NewArea()
				a.SetWidth(30)
				a.Insert("see\tthis: ")
				a.Paste(long)
				a.Insert(" and that")
				for range moves {
					a.Update(tea.KeyPressMsg{Code: tea.KeyLeft})
				}
				a.Update(k)
				a.Update(k2)
				a.Update(tea.KeyPressMsg{Code: 'Z', Text: "Z"})
				got := a.Text()
				chips := strings.Count(got, long)
				rest := strings.ReplaceAll(got, long, "")
				if strings.Contains(rest, "line") || strings.Contains(rest, "[pasted") || strings.Contains(rest, "kB") {
					t.Fatalf("keys %d and %d after %d moves leave %q", first, second, moves, rest)
				}
				if hasStandIns(got) || !strings.Contains(got, "Z") && chips > 0 && !strings.ContainsRune(got, 'Z') {
					t.Fatalf("keys %d and %d after %d moves: %q", first, second, moves, got)
				}
			}
		}
	}
}

func TestAChipIsOneCharacter(t *testing.T) {
	long := strings.Repeat("x", chipBytes+1)
	a := NewArea()
	a.Insert("a")
	a.Paste(long)
	a.Insert("b")
	press := func(k tea.KeyPressMsg) { a.Update(k) }
	press(tea.KeyPressMsg{Code: tea.KeyLeft}) // over b
	press(tea.KeyPressMsg{Code: tea.KeyLeft}) // over the chip
	press(tea.KeyPressMsg{Code: '1', Text: "1"})
	press(tea.KeyPressMsg{Code: tea.KeyRight}) // back over the chip
	press(tea.KeyPressMsg{Code: '2', Text: "2"})
	if got, want := a.Text(), "a1"+long+"2b"; got != want {
		t.Fatalf("the arrows did not skip the chip: %q", strings.ReplaceAll(got, long, "CHIP"))
	}
	press(tea.KeyPressMsg{Code: tea.KeyBackspace})
	press(tea.KeyPressMsg{Code: tea.KeyBackspace})
	if got := a.Text(); got != "a1b" {
		t.Errorf("one Backspace left %q", got)
	}
	a.Reset()
	a.Insert("\tx")
	press(tea.KeyPressMsg{Code: tea.KeyLeft})
	press(tea.KeyPressMsg{Code: tea.KeyBackspace})
	if got := a.Text(); got != "x" {
		t.Errorf("one Backspace after a tab left %q", got)
	}
}

// The cursor stood behind what the screen narrows, where an input method would draw.
func TestCursorStandsAfterTheText(t *testing.T) {
	for _, s := range []string{"⚠️⚠️⚠️⚠️⚠️x", "한글\tx", "\x1b[31mx", "क्षि x", "👍🏽👨\u200d👩\u200d👧x"} {
		a := NewArea()
		a.SetWidth(60)
		a.SetPromptFunc(0, nil)
		a.Insert(s)
		a.Insert("|")
		row := strings.Split(ansi.Strip(a.View()), "\n")[0]
		before, _, _ := strings.Cut(row, "|")
		if want := ansi.StringWidth(before) + 1; a.Cursor().X != want {
			t.Errorf("%q: the cursor is in column %d, the text ends at %d: %q", s, a.Cursor().X, want, row)
		}
	}
}

// A recalled text of many lines showed its top, and the cursor stood below the box.
func TestSetShowsTheEnd(t *testing.T) {
	var lines []string
	for i := range 18 {
		lines = append(lines, fmt.Sprintf("l%d", i))
	}
	for name, put := range map[string]func(*Area, string){"set": (*Area).Set, "insert": (*Area).Insert,
		"parts":   func(a *Area, s string) { a.SetParts([]Part{{Text: s}}) },
		"blurred": func(a *Area, s string) { a.Blur(); a.Set(s); a.Focus() },
		"resized": func(a *Area, s string) { a.Set(s); a.Resize(40, 6) }} {
		a := NewArea()
		a.DynamicHeight = true
		a.Resize(40, 10)
		put(&a, strings.Join(lines, "\n"))
		if got := a.View(); !strings.Contains(got, "l17") || strings.Contains(got, "l0 ") {
			t.Errorf("%s: the end is not in view:\n%s", name, got)
		}
		if c := a.Cursor(); c == nil || c.Y != a.Height()-1 {
			t.Errorf("%s: the cursor is at %v of %d rows", name, c, a.Height())
		}
	}
}
