package cli

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lineup/session"
	"lineup/session/storetest"
)

// Where another program held the store, completion offered not even the models of the config.
func TestAHeldStoreCostsACompletionItsSessionsAlone(t *testing.T) {
	home := t.TempDir()
	config := "panes = [\"near/m\"]\n[providers.near]\nbase_url = \"http://127.0.0.1:9/v1\"\n"
	if err := os.WriteFile(filepath.Join(home, "config.toml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(home, "lineup.db")
	store, err := session.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	other := storetest.NewHolder(t, path)
	defer other.Close()
	other.HoldAll()
	defer other.Release()
	if out, _ := printed(t, home, "__complete", "ask", "-m", ""); !strings.Contains(out, "near/m") {
		t.Errorf("completion offers %q, want near/m of the config", out)
	}
}

// Fault: a completion waited for ever for a config that is a pipe.
func TestAConfigThatDoesNotComeHoldsUpNoCompletion(t *testing.T) {
	pipe := pipeFile(t)
	e, _, said := world(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	code := run(ctx, e, []string{"__complete", "--config", pipe, "ask", "--lineup", ""})
	if code != exitOK || ctx.Err() != nil {
		t.Errorf("exit code %d, %v, %s", code, ctx.Err(), said.String())
	}
	if f, err := os.OpenFile(pipe, os.O_RDWR, 0); err == nil { // lets the opening that was left alone end
		_ = f.Close()
	}
}
