//go:build unix

package wire

import (
	"context"
	"os/exec"
	"strings"
	"testing"
)

func TestAKeyCommandRunsOnce(t *testing.T) {
	count := t.TempDir() + "/count"
	k := CommandKey("echo run >> " + count + "; echo " + secret + "; echo second line")
	for range 3 {
		if v, err := k.get(t.Context()); v != secret || err != nil {
			t.Fatalf("%q, %v", v, err)
		}
	}
	if v, err := CommandKey("cat " + count + " | wc -l").get(t.Context()); v != "1" || err != nil {
		t.Errorf("the command ran %s times, %v; want once", v, err)
	}
}

func TestAFailingKeyCommandShowsWhy(t *testing.T) {
	for command, want := range map[string]string{
		"echo 'vault is sealed' >&2; exit 3": "vault is sealed",
		"true":                               "printed no key",
		"exec /no/such/program":              "api_key_cmd failed",
	} {
		if _, err := CommandKey(command).get(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q in it", command, err, want)
		}
	}
	// What it says is told of one that hangs too, and never the key, though it stands there.
	said := &exec.ExitError{Stderr: []byte("waiting for the card\n+ echo " + secret + "\n")}
	if err := keyCommandFailure(said, []byte(secret+"\n"), true); !strings.Contains(err.Error(), "did not end within 30s: waiting for the card + echo [key]") {
		t.Errorf("a command that hangs: %v", err)
	}
	_, err := CommandKey("echo " + secret + "; set -x; echo " + secret + " >&2; exit 1").get(t.Context())
	if err == nil || strings.Contains(err.Error(), secret) || !strings.Contains(err.Error(), "exit status 1") {
		t.Errorf("a command that says the key and fails: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := CommandKey("sleep 60").load(ctx); err != context.Canceled {
		t.Errorf("a cancelled command: %v", err)
	}
}
