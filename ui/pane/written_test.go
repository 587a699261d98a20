package pane

import (
	"strings"
	"testing"
)

// Copying gave what the screen showed in place of what was written, where a terminal counts code
// points: a family became one of its members, marks were lost, letters were composed.
func TestACopyHasTheBytesThatWereWritten(t *testing.T) {
	for name, s := range map[string]string{
		"family": "👨‍👩‍👧", "flag": "🇰🇷", "VS16": "⚠️", "key cap": "1️⃣", "skin": "👍🏽",
		"U+200B": "ab\u200bcd", "NFD": "cafe\u0301", "jamo": "\u1112\u1161\u11ab글", "Devanagari": "हिन्दी",
		"Han": "漢\u200b字",
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
