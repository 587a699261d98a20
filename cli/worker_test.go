package cli

import (
	"strings"
	"testing"
)

// Regression: an empty --providers, of a variable that is not set, was told as a config without providers, once the
// database was reached.
func TestWorkerTakesProvidersOfTheConfigAlone(t *testing.T) {
	const config = "[providers.local]\nkind = \"ollama\"\nbase_url = \"http://127.0.0.1:1\"\n" +
		"[providers.gate]\nbase_url = \"http://127.0.0.1:1/v1\"\n"
	for names, want := range map[string]string{
		"":              "--providers is empty; is the variable set that it comes from?",
		" ":             `the config has no provider ""; it has`,
		"gate,":         `the config has no provider ""; it has`,
		"locl":          "did you mean local?",
		"gate, local":   "no queue is named",
		"local,local":   "no queue is named",
		"local\x1b[2J,": `no provider "local\x1b[2J"`,
	} {
		_, errs, code := command(t, t.TempDir(), config, "worker", "--providers", names)
		if code != 2 || !strings.Contains(errs, want) {
			t.Errorf("%q: exit code %d: %s", names, code, errs)
		}
	}
}
