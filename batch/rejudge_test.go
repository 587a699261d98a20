package batch

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"lineup/batch/suite"
)

// A table whose expected answers were mended kept the verdicts of the wrong ones: only the words of a check were
// compared, not the values in it.
func TestAnotherValueInACheckIsAnotherCheck(t *testing.T) {
	for name, checks := range map[string]string{
		"a text":        `{"equals":"echo: {{want}}"}`,
		"a list":        `{"contains_all":["echo","{{want}}"]}`,
		"turned round":  `{"not_regex":"[^{{want}}]$"}`,
		"an expression": `{"expr":"text == 'echo: ' + vars.want"}`,
		"a command":     `{"command":["grep","-q","\"want\":\"1\""]}`,
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := exec.LookPath("grep"); err != nil && name == "a command" {
				t.Skip(err)
			}
			g := newGateway(t, nil)
			path := outFile(t)
			sum := func(want string, note string) Summary {
				line := fmt.Sprintf(`{"n":"1","want":%q,"note":%s,"checks":[%s]}`, want, note, checks)
				s, err := suite.Parse("c.jsonl", line, suite.ReadOptions{Template: "{{n}}"})
				if err != nil {
					t.Fatal(err)
				}
				return do(t, planOf(t, section("g", g.URL), s, "g/a"), path, Options{})
			}
			if s := sum("2", "1"); s.Answers != 1 || s.Missed != 1 {
				t.Errorf("%+v, want an answer that does not pass", s)
			}
			const big = "12345678901234567890" // which a float64 cannot hold
			if s := sum("1", big); s.Answers != 1 || s.Missed != 0 || len(g.prompts()) != 1 {
				t.Errorf("%+v after %d requests, want that it passes now", s, len(g.prompts()))
			}
			text, _ := os.ReadFile(path)
			if l := linesOf(t, path)[0]; l.Vars["want"] != "1" || !strings.Contains(string(text), `"note":`+big) {
				t.Errorf("the line says %v, the case has another value", l.Vars)
			}
		})
	}
}

// A value that no check looks at is no reason to ask a judge once more.
func TestAValueThatNoCheckLooksAtChangesNothing(t *testing.T) {
	g := newGateway(t, nil)
	path := outFile(t)
	var before []byte
	for _, note := range []string{"a", "b"} {
		line := fmt.Sprintf(`{"n":"1","note":%q,"checks":[{"contains":"{{n}}"}]}`, note)
		s, err := suite.Parse("c.jsonl", line, suite.ReadOptions{Template: "{{n}}"})
		if err != nil {
			t.Fatal(err)
		}
		do(t, planOf(t, section("g", g.URL), s, "g/a"), path, Options{})
		now, _ := os.ReadFile(path)
		if before != nil && string(now) != string(before) {
			t.Errorf("the line has changed:\n%s%s", before, now)
		}
		before = now
	}
}
