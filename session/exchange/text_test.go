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
		" · 100 tokens in, 50 out · $0.0006", " · 2 attempts_\n", "\n_error · rate_limit (HTTP 429): slow down_\n\n→ wait\n", "func main() {\n```\n\n> last\n"} {
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
{"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Again"},{"role":"assistant","content":"Once more."}]}
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}
