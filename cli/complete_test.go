package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

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
