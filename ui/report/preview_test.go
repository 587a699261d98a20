package report

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"lineup/session"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// Fault: the beginnings on a ballot showed **, and a preview lost the # of C# and the ** of a power.
func TestBeginningShowsPlainWords(t *testing.T) {
	for s, want := range map[string]string{
		"## Seoul\n\n**레일리 산란**때문":             "Seoul 레일리 산란때문",
		"A *small* `x*y*z`.":                   "A small x*y*z.",
		"C# is *old*":                          "C# is old",
		"2**10 is 1024":                        "2**10 is 1024",
		"```go\nx := 1\n```":                   "x := 1",
		"| a | b |\n|:--|---:|\n| 1 | |2| |":   "a | b 1 | |2|",
		"|a|b|\n|-|-|\n|1|2|":                  "a|b 1|2",
		"> quoted\n\n---\n- one\n- 1 > 0":      "quoted - one - 1 > 0",
		"**" + strings.Repeat("a", 500) + "**": strings.Repeat("a", 400),
	} {
		if got := Beginning(s, text.Clusters(false)); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

// Answers were called by their models where the row above them has the names of the panes.
func TestPreviewNamesAnswersByTheirPanes(t *testing.T) {
	reply := func(name, served string, merge bool) *session.Reply {
		return &session.Reply{Model: "gate/flash", Name: name, ServedBy: served, Text: "so",
			Status: session.Done, Merge: merge}
	}
	s := &session.Session{Turns: []*session.Turn{{Prompt: "When?", Replies: []*session.Reply{
		reply("번개", "gate/flash", false), reply("번개", "gate/other", false),
		reply("", "gate/flash", false), reply("sage", "gate/flash", true)}}}}
	got := ansi.Strip(strings.Join(NewPreview(s, false).Lines(theme.Styles{}, 40, 20), "\n"))
	if want := "  번개: so\n  gate/other: so\n  gate/flash: so\n  merge by sage: so"; !strings.HasSuffix(got, want) {
		t.Errorf("no %q in\n%s", want, got)
	}
}
