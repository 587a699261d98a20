package report

import (
	"strings"
	"testing"

	"lineup/ui/text"
)

// Fault: the beginnings on a ballot showed **, and a preview lost the # of C# and the ** of a power.
func TestBeginningShowsPlainWords(t *testing.T) {
	for s, want := range map[string]string{
		"## Seoul\n\n**레일리 산란**때문":             "Seoul 레일리 산란때문",
		"A *small* `x*y*z`.":                   "A small x*y*z.",
		"C# is *old*":                          "C# is old",
		"2**10 is 1024":                        "2**10 is 1024",
		"```go\nx := 1\n```":                   "x := 1",
		"**" + strings.Repeat("a", 500) + "**": strings.Repeat("a", 400),
	} {
		if got := Beginning(s, text.Clusters(false)); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}
