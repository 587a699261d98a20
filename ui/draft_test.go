package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// What was typed and not sent is there again after lineup has died, pastes and all; what was sent is not.
func TestADraftOutlivesTheProgram(t *testing.T) {
	file := filepath.Join(t.TempDir(), "data", "draft.json")
	cfg := Config{Panes: specs(says("x/a", "ok", 0, 0)), DraftFile: file}
	long := strings.Repeat("line of a log\n", 412)
	drive(t, 80, 24, cfg, func(d *driver) {
		d.press("lit:초안 ")
		d.send(tea.PasteMsg{Content: long})
		d.settle()
		d.app.prompt.draft.lock.Unlock() // as the system does for the dead
	})
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info, err)
	}
	drive(t, 80, 24, cfg, func(d *driver) {
		d.wantSees("초안 [pasted 413 lines")
		if got := d.app.prompt.text(); got != "초안 "+long {
			t.Errorf("%d characters came back of %d", len(got), len(long))
		}
		d.press("enter")
		d.settle()
		if err := d.app.close(); err != nil {
			t.Fatal(err)
		}
	})
	if _, err := os.Stat(file); err == nil {
		t.Error("the draft is still there after it was sent")
	}
}

// Two lineups at once do not take each other's drafts.
func TestEachLineupHasItsOwnDraft(t *testing.T) {
	file := filepath.Join(t.TempDir(), "draft.json")
	cfg := Config{Panes: specs(says("x/a", "ok", 0, 0)), DraftFile: file}
	drive(t, 80, 24, cfg, func(one *driver) {
		one.press("lit:mine")
		one.settle()
		two := newApp(t.Context(), cfg)
		if !two.prompt.empty() {
			t.Errorf("the second one begins with %q", two.prompt.text())
		}
		two.prompt.set("yours")
		if err := two.close(); err != nil {
			t.Fatal(err)
		}
		third := newApp(t.Context(), cfg)
		if third.prompt.text() != "yours" {
			t.Errorf("the next one begins with %q", third.prompt.text())
		}
		third.close()
		if err := one.app.close(); err != nil {
			t.Fatal(err)
		}
		if again := newApp(t.Context(), cfg); again.prompt.text() != "mine" {
			t.Errorf("after both have ended the first file holds %q", again.prompt.text())
		}
	})
}

func TestADraftFileThatIsNoneIsNoFault(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "draft.json")
	if err := os.WriteFile(file, []byte("\x00{not json"), 0o600); err != nil {
		t.Fatal(err)
	}
	if a := newApp(t.Context(), Config{DraftFile: file}); !a.prompt.empty() {
		t.Errorf("the prompt holds %q", a.prompt.text())
	}
	if a := newApp(t.Context(), Config{DraftFile: filepath.Join(file, "below", "a-file")}); a.prompt.draft != nil {
		t.Error("a draft is kept where there can be no file")
	}
}
