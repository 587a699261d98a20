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

// Fault: a simulated merge said that nothing contradicts beside answers of 146 and of 274 moons.
func TestMergesNameWhatDiffers(t *testing.T) {
	got := fused([]string{"**Saturn has 146 moons.** Visit **Titan**.", "**Saturn has 274 moons.** Visit **Titan**, not **Enceladus**."})
	for _, want := range []string{"All name Titan [A] [B].", "- [A] Saturn has 146 moons\n- [B] Saturn has 274 moons\n", "## Only one says\n\n- [B] Enceladus\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in:\n%s", want, got)
		}
	}
	if got := fused([]string{"yes", "no"}); !strings.Contains(got, "None that matters.") || !strings.Contains(got, "All take the prompt up [A] [B].") {
		t.Errorf("%s", got)
	}
}
