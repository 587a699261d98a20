package check_test

import (
	"testing"

	"lineup/batch/check"
)

func TestCommand(t *testing.T) {
	for _, c := range []struct {
		check string
		pass  bool
		why   string
	}{
		{`{ command = ["cmd", "/c", "echo {{x}}"] }`, true, "seen"},
		{`{ command = ["cmd", "/c", "exit 3"] }`, false, "exit code 3"},
		{`{ not_command = ["cmd", "/c", "exit 3"] }`, true, "exit code 3"},
		{`{ command = ["findstr", "text"] }`, true, ""},
	} {
		got := runIn(t, t.TempDir(), c.check, reply("ok"), map[string]any{"x": "seen"}, check.Env{})
		if *got.Pass != c.pass || c.why != "" && got.Why != c.why {
			t.Errorf("%s: pass %v, %q; want %v, %q", c.check, *got.Pass, got.Why, c.pass, c.why)
		}
	}
}
