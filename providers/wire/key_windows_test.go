package wire

import (
	"strings"
	"testing"
)

// Fault: a quote in api_key_cmd reached cmd with a backslash before it.
func TestAKeyCommandMayHaveQuotes(t *testing.T) {
	for command, want := range map[string]string{
		`echo ` + secret:                          secret,
		`if "a b"=="a b" (echo ` + secret + `)`:   secret,
		`echo "` + secret + `"& echo second line`: `"` + secret + `"`,
	} {
		if v, err := CommandKey(command).get(t.Context()); v != want || err != nil {
			t.Errorf("%s: %q, %v; want %q", command, v, err, want)
		}
	}
	_, err := CommandKey("echo vault is sealed>&2& exit 3").get(t.Context())
	if err == nil || !strings.Contains(err.Error(), "vault is sealed") {
		t.Errorf("a command that fails: %v", err)
	}
}
