package sim

import (
	"strings"
	"testing"
)

// A prompt that asks for a grade gets one as JSON.
func TestGrades(t *testing.T) {
	const boundary = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	ask := func(question, answer string) string {
		return "The prompt and the answer stand between lines that contain the boundary " + boundary +
			".\n\nQuestion:\n" + question + "\n\n----- BEGIN ANSWER " + boundary + " -----\n" + answer +
			"\n----- END ANSWER " + boundary + " -----\n\n" + `{"grade": 1 to 5, "reason": "…"}`
	}
	for _, c := range []struct{ question, answer, want string }{
		{"Polite?", "안녕", `{"grade": 2, "reason": "It has 2 characters."}`},
		{"Polite?", strings.Repeat("안녕", 20), `{"grade": 4, "reason": "It has 40 characters."}`},
		{"Stay silent.", "x", "I would rather not say."},
	} {
		if got := reads(ask(c.question, c.answer)); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
