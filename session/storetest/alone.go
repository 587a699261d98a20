package storetest

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// aloneEnv names the test that a process was started for.
const aloneEnv = "LINEUP_TEST_ALONE"

// Alone runs the calling test again in a process of its own. It reports true in that process. Where
// it is not, the test has nothing left to do: it returns.
//
// FillDisk needs this. Its limit holds for every file of a process, and the log of the test binary
// itself is one of them: "testing: can't write testlog.txt: file too large" fails a whole package.
func Alone(t *testing.T) bool {
	t.Helper()
	if os.Getenv(aloneEnv) == t.Name() {
		return true
	}
	parts := strings.Split(t.Name(), "/")
	for i, part := range parts {
		parts[i] = "^" + regexp.QuoteMeta(part) + "$"
	}
	pattern := strings.Join(parts, "/")
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.run", pattern)
	cmd.Env = append(os.Environ(), aloneEnv+"="+t.Name())
	out, err := cmd.CombinedOutput()
	switch {
	case err != nil:
		t.Errorf("alone it fails with %v:\n%s", err, out)
	case strings.Contains(string(out), "--- SKIP: "+t.Name()+" "):
		t.Skipf("alone it is skipped:\n%s", out)
	case !strings.Contains(string(out), "--- PASS: "+t.Name()+" "):
		t.Errorf("alone it did not run:\n%s", out)
	}
	return false
}
