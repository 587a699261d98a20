package pane

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"

	"lineup/providers"
	"lineup/registry"
	"lineup/session"
	"lineup/ui/keys"
	"lineup/ui/theme"
)

// Copying gave what the screen showed in place of what was written, where a terminal counts code
// points: a family became one of its members, marks were lost, letters were composed.
func TestACopyHasTheBytesThatWereWritten(t *testing.T) {
	for name, s := range map[string]string{
		"family": "👨‍👩‍👧", "flag": "🇰🇷", "VS16": "⚠️", "key cap": "1️⃣", "skin": "👍🏽",
		"U+200B": "ab\u200bcd", "NFD": "cafe\u0301", "jamo": "\u1112\u1161\u11ab글", "Devanagari": "हिन्दी",
		"Han": "漢\u200b字", "soft hyphen": "co\u00adop", "U+200B after a comma": "a,\u200bb (\u200bc) x.\u200b\u200b",
		"U+200C": "a,\u200cb", "U+200D": "a,\u200db", "U+2060": "a,\u2060b", "U+FEFF": "a,\ufeffb",
	} {
		for form, c := range map[string]struct{ written, want string }{
			"prose": {"A " + s + " and " + s + ".", "A " + s + " and " + s + "."},
			"bold":  {"See **" + s + "** here", "See " + s + " here"},
			"code":  {"```\nx = " + s + "\n```", "x = " + s},
			"table": {"| a | b |\n|---|---|\n| " + s + " | z |", "| a | b |\n|---|---|\n| " + s + " | z |"},
			"list":  {"- " + s + " one", "- " + s + " one"},
			"long":  {strings.Repeat(s+" word ", 30) + "end", strings.Repeat(s+" word ", 30) + "end"},
		} {
			t.Run(name+" "+form, func(t *testing.T) {
				got := copied(t, c.written)
				if !strings.Contains(got, c.want) {
					t.Errorf("copied\n%+q\nwant\n%+q", got, c.want)
				}
			})
		}
	}
}

// copied is what is copied of all of an answer.
func copied(t *testing.T, answer string) string {
	t.Helper()
	p, l := wrapped(t, answer)
	end := position{0, len(p.turns[0].Rows()) - 1}
	return selection{from: Spot{}, to: Spot{end, 1000}}.text(p, l)
}

// What a person wrote and what a model thought is copied as it was written too, and no character of
// theirs is taken for a stand-in of the answer.
func TestACopyHasThePromptAndTheReasoning(t *testing.T) {
	prompt, thought, answer := "why 👨‍👩‍👧, \uf8ff힣?", "hm 🇰🇷 e\u0301 co\u00adop", "a 👨‍👩‍👧 ⚠️ x"
	p := New(0, registry.Spec{})
	p.Resize(Rect{0, 0, 60, 36}, 0)
	p.Add(&session.Turn{Prompt: prompt}, &session.Reply{Text: answer, Reasoning: thought, Status: session.Done})
	l := Look{Theme: theme.New("dark", nil, true, colorprofile.TrueColor), Width: p.InnerWidth(), Panes: 1,
		Label: func(keys.Action) string { return "" }, ShowThought: true}
	p.Draw(l, time.Time{})
	got := selection{from: Spot{}, to: Spot{position{0, len(p.turns[0].Rows()) - 1}, 1000}}.text(p, l)
	for _, want := range []string{prompt, thought, answer} {
		if !strings.Contains(got, want) {
			t.Errorf("copied\n%+q, want\n%+q", got, want)
		}
	}
}

// Regression: while a text streamed, a copy had the reduced emoji of the screen.
func TestACopyOfAStreamHasTheBytesThatWereWritten(t *testing.T) {
	const answer = "A family 👨‍👩‍👧 and **a flag 🇰🇷 and\n\n- cafe\u0301, हिन्दी ab\u200bcd\n- ⚠️ `1️⃣"
	p := New(0, registry.Spec{})
	p.Resize(Rect{0, 0, 30, 36}, 0)
	turn, r := &session.Turn{Prompt: "go"}, &session.Reply{Status: session.Streaming}
	p.Add(turn, r)
	l := Look{Theme: theme.New("dark", nil, true, colorprofile.TrueColor), Width: p.InnerWidth(), Panes: -1, // draws at once
		Label: func(keys.Action) string { return "" }}
	p.Draw(l, time.Time{})
	for _, piece := range strings.SplitAfter(answer, " ") {
		ev := providers.Event{Type: providers.EventText, Text: piece}
		r.Apply(ev)
		p.turns[0].Show(ev)
		p.dirty = true
		p.Draw(l, time.Time{})
		rows := p.turns[0].Rows()
		got := selection{from: Spot{}, to: Spot{position{0, len(rows) - 1}, 1000}}.text(p, l)
		_, got, _ = strings.Cut(got, "go\n\n")
		plain := strings.NewReplacer("*", "", "`", "", "\n", " ").Replace(r.VisibleText())
		got = strings.NewReplacer("*", "", "\n", " ").Replace(got)
		if last := strings.Fields(plain); !strings.HasPrefix(plain, strings.TrimRight(got, " ")) ||
			len(strings.Fields(got)) < len(last)-1 {
			t.Fatalf("copied\n%+q of\n%+q", got, plain)
		}
	}
}
