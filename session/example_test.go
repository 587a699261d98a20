package session_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"lineup/providers"
	"lineup/session"
)

// The prompt is stored before it is asked; a reply folds the events of its model, and is stored again when
// it has ended. Whatever happens in between, the prompt is not lost.
func ExampleStore() {
	dir, err := os.MkdirTemp("", "lineup")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	store, err := session.Open(ctx, filepath.Join(dir, "lineup.db"))
	if err != nil {
		panic(err)
	}
	defer store.Close()

	now := time.Now()
	sess := &session.Session{Title: "Sky", Panes: providers.Bare("local/llama"), CreatedAt: now, UpdatedAt: now}
	if err := store.CreateSession(ctx, sess); err != nil {
		panic(err)
	}
	model := providers.Info{Ref: providers.Ref{Provider: "local", Model: "llama"}}
	reply := session.NewReply(0, model, providers.Request{}, now)
	turn, err := store.AddTurn(ctx, sess.ID, "Why is the sky blue?", []*session.Reply{reply})
	if err != nil {
		panic(err)
	}
	for _, ev := range []providers.Event{
		{Type: providers.EventText, At: now, Text: "Rayleigh "},
		{Type: providers.EventText, At: now, Text: "scattering."},
		{Type: providers.EventFinish, At: now, Text: providers.FinishStop},
		{Type: providers.EventEnd, At: now},
	} {
		turn.Replies[0].Apply(ev)
	}
	if err := store.FinishReply(ctx, turn.ID, turn.Replies[0]); err != nil {
		panic(err)
	}

	hits, err := store.Search(ctx, "scattering", session.Filter{})
	if err != nil {
		panic(err)
	}
	saved, err := store.Session(ctx, hits[0].ID)
	if err != nil {
		panic(err)
	}
	r := saved.Turns[0].Replies[0]
	fmt.Printf("%s: %s (%s)\n", saved.Title, r.Text, r.Status)
	// Output: Sky: Rayleigh scattering. (done)
}
