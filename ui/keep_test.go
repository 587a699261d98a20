package ui

import (
	"context"
	"testing"

	tea "charm.land/bubbletea/v2"

	"lineup/registry"
	"lineup/session"
)

// TestWhatWasNotSavedIsSavedLater: a store that cannot be opened at first costs nothing once it can.
func TestWhatWasNotSavedIsSavedLater(t *testing.T) {
	locked := &session.StoreError{Op: "open the database", Path: "lineup.db", Reason: session.Locked, Hint: "close that program and try again"}
	store, tries := openStore(t), 0
	reopen := func(context.Context) (*session.Store, error) {
		if tries++; tries < 2 {
			return nil, locked
		}
		return store, nil
	}
	m := counting("x/a")
	d := &realDriver{t: t, store: store, app: newApp(context.Background(), Config{Panes: []registry.Spec{m.spec()}, StoreErr: locked, Reopen: reopen})}
	d.send(tea.WindowSizeMsg{Width: 150, Height: 30})
	d.wantSees("NOT SAVED: another program keeps the file locked; close that program and try again · s in a pane saves to a file")
	d.press("lit:one", "enter")
	d.wantSees("NOT SAVED", "x/a says 1")
	d.press("lit:two", "enter")
	d.wantNot("NOT SAVED")
	got := last(t, store)
	if len(got.Turns) != 2 || got.Turns[0].Prompt != "one" || got.Turns[0].Reply(0).Text != "x/a says 1" || got.Turns[1].Reply(0).Text != "x/a says 2" {
		t.Errorf("kept: %+v", got)
	}
	if err := d.app.close(); err != nil {
		t.Error(err)
	}
	if again := last(t, store); len(again.Turns) != 2 {
		t.Errorf("%d turns behind the end", len(again.Turns))
	}
}
