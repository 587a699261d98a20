package ui

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"lineup/providers"
	"lineup/ui/text"
)

// cruel is text that breaks borders elsewhere.
func cruel() string {
	return torture + "\n\n" +
		"decomposed: \u1112\u1161\u11ab\u1100\u1173\u11af Cafe\u0301 a\u0300\u0301\u0302\u0303\u0304\u0305\u0306 z\u0351\u0369\u033c\n\n" +
		"joined: 🏳️‍🌈 👩‍❤️‍💋‍👨 🧑🏿‍🚀 👨‍👩‍👧‍👦 🇰🇷🇯🇵🇺 0️⃣#️⃣ ©️ ™️ ☺️ ☺︎ 🫱🏻‍🫲🏿\n\n" +
		"right to left: שלום עולם \u202edesrever\u202c مرحبا بالعالم \u2067isolate\u2069 \u200f123\u200e עברית\n\n" +
		"controls: \x1b[31mred\x1b[0m \x1b]0;title\x07 \u009b2J \x00\x08\x7f\r\x0b \u0085 \u2028line\u2029\n\n" +
		"zero: " + strings.Repeat("\u200b\u200c\u200d\u2060\ufeff\u00ad", 200) + " end\n\n" +
		"tabs:\ta\tbb\tccc\t한\tend\n\n" +
		strings.Repeat("word", 500) + "\n\n" + strings.Repeat("낱말", 1000) + "\n\n" + strings.Repeat("👨‍👩‍👧", 300) + "\n\n" +
		"| " + strings.Repeat("열 ", 30) + " | x |\n|---|---|\n| " + strings.Repeat("w", 300) + " | 👩🏽‍🔬 |\n\n" +
		"```\n" + strings.Repeat("\tx한", 100) + "\n```\n\n> > > - 1. " + strings.Repeat("깊은 ", 80) + "\n\nक्षत्रिय நிலம் ᄀᄀᄀ각ᆨᆨ ทำำ ﷽ 𒐫 ꧅\n"
}

// Text that is cruel to a terminal, in every part of the screen and at every width: all rows are as wide as the screen,
// by both ways of counting, and nothing that controls a terminal is in them.
func TestCruelTextAtEveryWidth(t *testing.T) {
	text := cruel()
	said := providers.Clean(text) // as the fan-out hands it on
	for w := minWidth; w <= 130; w += 1 + w/12 {
		a := still(w, 40, strings.ReplaceAll(text[:900], "\n", " "), named(moments(said), "done"), named(moments("x"+text), "interrupted"), named(moments(said), "thinking"))
		a.sess.Title, a.notice, a.panes.thoughts = text, text, true
		a.Update(nil)
		for i, p := range a.panes.open {
			p.Spec.Info.Name = text[i*40:]
			p.Search("한", a.lookOf(p))
			if from, ok := p.SpotAt(p.Place().X, p.Place().Y); ok {
				p.Drag(from, p.Place().X+5, p.Place().Y+20, a.lookOf(p))
			}
		}
		d := &driver{t: t, app: a}
		a.prompt.paste(text[:400])
		for i := range a.panes.open {
			a.focus(i)
			a.panes.open[i].ToTop()
			for range 3 {
				a.Update(nil)
				d.checkFrame()
				checkSafe(t, a.screen.frame)
				a.press(keyMsg("pgdown"))
			}
			a.panes.open[i].ToggleDetail()
			a.panes.redraw()
			a.Update(nil)
			d.checkFrame()
			checkSafe(t, a.screen.frame)
		}
	}
}

// checkSafe fails where a frame holds anything but text, line feeds, styles and links.
func checkSafe(t *testing.T, frame string) {
	t.Helper()
	for s := frame; s != ""; {
		seq, _, n, _ := ansi.DecodeSequence(s, 0, nil)
		s = s[n:]
		r, _ := utf8.DecodeRuneInString(seq)
		switch {
		case seq == "\n", strings.HasPrefix(seq, "\x1b[") && strings.HasSuffix(seq, "m"), strings.HasPrefix(seq, "\x1b]8;"):
		case unicode.Is(unicode.Cc, r), r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x2028, r == 0x2029, r == utf8.RuneError && n == 1:
			t.Fatalf("the frame holds %q", seq)
		}
	}
}

// Whatever a text is, what reaches a row is safe and as wide as it says by both ways of counting, whether it came at
// once or in pieces.
func FuzzTextForTheScreen(f *testing.F) {
	for _, line := range strings.Split(cruel(), "\n") {
		f.Add(line, uint8(20))
	}
	f.Add(" "+strings.Repeat("0", 22), uint8(20)) // a word as wide as the line, after a space
	f.Add("change it with --data-dir: ≈ 12 -x", uint8(3))
	f.Add("0000000000\u093f", uint8(20)) // a vowel sign in the piece after its ASCII letter
	f.Fuzz(func(t *testing.T, s string, width uint8) {
		clean := text.Clusters(false).Screen(providers.Clean(s))
		checkSafe(t, strings.ReplaceAll(clean, "\t", " "))
		for _, line := range text.Wrap(clean, int(width%80)+2) {
			if g, w := ansi.StringWidth(line), ansi.StringWidthWc(line); g != w || g > int(width%80)+2 {
				t.Fatalf("%q is %d cells wide by graphemes and %d by characters, of %d", line, g, w, width%80+2)
			}
		}
		one := text.OneLine(s)
		if strings.ContainsAny(one, "\n\t") {
			t.Fatalf("one line is %q", one)
		}
		padded := text.Pad(one, int(width))
		if g, w := ansi.StringWidth(padded), ansi.StringWidthWc(padded); g != int(width) || w != int(width) {
			t.Fatalf("padded to %d cells it has %d and %d: %q", width, g, w, padded)
		}
		var pieces strings.Builder
		var f text.Feed
		for _, r := range providers.Clean(s) {
			pieces.WriteString(f.Add(string(r)))
		}
		pieces.WriteString(f.Flush())
		for line := range strings.SplitSeq(pieces.String(), "\n") {
			if g, w := ansi.StringWidth(line), ansi.StringWidthWc(line); g != w {
				t.Fatalf("in pieces it has %d cells by graphemes and %d by characters: %q", g, w, line)
			}
		}
	})
}

// A terminal that reorders right-to-left text must not carry it over a frame.
func TestRightToLeftTextEndsBeforeTheFrame(t *testing.T) {
	a := still(100, 20, "x", named(moments("שלום עולם hello\n"), "done"), named(moments("plain\n"), "done"))
	row := rowWith(a.screen.frame, "שלום")
	if !strings.Contains(ansi.Strip(row), "\u200e  ") {
		t.Errorf("no mark before the frame in %q", ansi.Strip(row))
	}
	if strings.Contains(rowWith(a.screen.frame, "╰"), "\u200e") {
		t.Error("a mark stands where there is no such text")
	}
}
