package exchange

import (
	"strings"
	"testing"

	"lineup/session"
)

func TestExportMarkdown(t *testing.T) {
	s := everything(t)
	s.Turns[1].Replies[1].Text = "Cut off in\n```go\nfunc main() {"
	s.Turns = append(s.Turns, &session.Turn{Prompt: "last", CreatedAt: enter(), Replies: []*session.Reply{answered(0, "p/m", "plain")}})
	var b strings.Builder
	if err := WriteMarkdown(&b, s); err != nil {
		t.Fatal(err)
	}
	got := b.String()
	for _, want := range []string{"# Everything <&> 토큰화\n", "> What is a <token>?\n> And\twhy?\n", "\n## p/one\n\n_SIMULATED · done · served by gate/vendor/two · TTFT 159 ms · 0.4 s",
		" · 100 tokens in, 50 out · $0.0006", " · 2 attempts · all panes continue from this answer_\n", "\n_error · rate_limit (HTTP 429): slow down_\n\n→ wait\n", "func main() {\n```\n\n> last\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	if strings.ContainsAny(got, "\x1b\u202e") {
		t.Errorf("control characters are left in %q", got)
	}
}

func TestOpenFence(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "",
		"a ``` b":                     "",
		"```go\nx\n```":               "",
		"```go\nx":                    "```\n",
		"~~~~\nx\n~~~":                "~~~~\n",
		"```\n~~~\nx":                 "```\n",
		"```` x`y\nx":                 "",
		"    ```\nx":                  "",
		"```\nx\n``` no end":          "```\n",
		"```\na\n```\ntext\n   ```\n": "```\n",
	} {
		if got := openFence(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestExportJSONL: a line for each pane that has an answer, without the answers that failed.
func TestExportJSONL(t *testing.T) {
	s := everything(t)
	s.Turns[1].Replies[1].Status = session.Length
	interrupted := answered(0, "p/m", "half")
	interrupted.Status = session.Interrupted
	s.Turns = append(s.Turns, &session.Turn{Prompt: "third", CreatedAt: enter(), Replies: []*session.Reply{interrupted}})
	var b strings.Builder
	if err := WriteJSONL(&b, s); err != nil {
		t.Fatal(err)
	}
	want := `{"messages":[{"role":"system","content":"Another prompt."},{"role":"user","content":"What is a <token>?\nAnd\twhy?"},{"role":"assistant","content":"A piece & \u202e조각 🎉\u001b[2J"}]}
{"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"What is a <token>?\nAnd\twhy?"},{"role":"assistant","content":"A piece & \u202e조각 🎉\u001b[2J"},{"role":"user","content":"Again"},{"role":"assistant","content":"Once more."}]}
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

// Regression: after an answer was promoted, the line of another pane held pairs that were never said.
func TestExportJSONLHoldsTheHistoryThatWasSent(t *testing.T) {
	zero := 0
	s := &session.Session{Turns: []*session.Turn{
		{Prompt: "Who?", CreatedAt: enter(), Promoted: &zero, Replies: []*session.Reply{answered(0, "p/a", "Mia"), answered(1, "p/b", "Otto")}},
		{Prompt: "And?", CreatedAt: enter(), Replies: []*session.Reply{answered(0, "p/a", "first."), answered(1, "p/b", "second."), answered(2, "p/c", "third.")}}}}
	for _, turn := range s.Turns {
		for _, r := range turn.Replies {
			r.System = ""
		}
	}
	var b strings.Builder
	if err := WriteJSONL(&b, s); err != nil {
		t.Fatal(err)
	}
	for i, text := range []string{"first.", "second.", "third."} {
		want := `{"messages":[{"role":"user","content":"Who?"},{"role":"assistant","content":"Mia"},{"role":"user","content":"And?"},{"role":"assistant","content":"` + text + `"}]}`
		if got := strings.Split(b.String(), "\n")[i]; got != want {
			t.Errorf("pane %d: %s, want %s", i, got, want)
		}
	}
}
