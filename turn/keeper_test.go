package turn_test

import (
	"context"
	"errors"
	"iter"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lineup/providers"
	"lineup/registry"
	"lineup/session"
	"lineup/session/storetest"
	"lineup/turn"
)

// said is a model that says its words with a pause before each.
type said struct {
	ref   string
	words []string
	pause time.Duration
	do    func(word int) // called before a word
}

func (m said) info() providers.Info {
	ref, err := providers.ParseRef(m.ref)
	if err != nil {
		panic(err)
	}
	return providers.Info{Ref: ref, Name: ref.Model}
}

func (m said) spec() registry.Spec { return registry.Spec{Info: m.info(), Model: m} }

func (m said) Stream(ctx context.Context, _ providers.Request) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		info := m.info()
		if !yield(providers.Event{Type: providers.EventAttemptStart, At: time.Now(), Attempt: &info}, nil) {
			return
		}
		for i, w := range m.words {
			select {
			case <-time.After(m.pause):
			case <-ctx.Done():
				yield(providers.Event{At: time.Now()}, &providers.Error{Kind: providers.Cancelled, Message: "cancelled"})
				return
			}
			if m.do != nil {
				m.do(i)
			}
			if !yield(providers.Event{Type: providers.EventText, At: time.Now(), Text: w, Bytes: len(w)}, nil) {
				return
			}
		}
		yield(providers.Event{Type: providers.EventFinish, At: time.Now(), Text: "stop"}, nil)
	}
}

// bench is a store in a folder of its own, and another program that may lock it.
type bench struct {
	*testing.T
	store *session.Store
	other *storetest.Holder
}

// inBubble runs a test in time that costs nothing: SQLite's waiting for a lock, too. spoil, unless
// it is nil, may do something to the empty database.
func inBubble(t *testing.T, spoil func(t testing.TB, path string), test func(b *bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "lineup.db")
		store, err := session.Open(t.Context(), path)
		if err == nil && spoil != nil {
			if err = store.Close(); err == nil {
				spoil(t, path)
				store, err = session.Open(t.Context(), path)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		b := &bench{t, store, storetest.NewHolder(t, path)}
		test(b)
		b.other.Close()
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
}

// ask makes the first turn of a session.
func ask(prompt string, models ...said) *turn.Turn {
	t := turn.New(turn.NewSession(prompt, "", nil, time.Now()), prompt, time.Now())
	for i, m := range models {
		t.Ask(i, m.spec(), []providers.Message{{Role: providers.User, Content: prompt}}, nil, time.Now())
	}
	return t
}

func silent(*session.Reply, []providers.Event) error { return nil }

// kept reads what the store has of a session.
func (b *bench) kept(s *session.Session) *session.Session {
	b.Helper()
	if s.ID == "" {
		b.Fatal("the session is not in the store")
	}
	got, err := b.store.Session(b.Context(), s.ID)
	if err != nil {
		b.Fatal(err)
	}
	return got
}

func (b *bench) wantReply(got *session.Session, turn, slot int, text string) {
	b.Helper()
	if turn >= len(got.Turns) {
		b.Fatalf("%d turns, want turn %d", len(got.Turns), turn)
	}
	if r := got.Turns[turn].Reply(slot); r == nil || r.Status != session.Done || r.Text != text {
		b.Errorf("turn %d, slot %d is stored as %+v, want %q", turn, slot, r, text)
	}
}

// An answer was printed whole, and its session had it as interrupted and empty: the first write
// that failed ended all further ones.
func TestAnotherProgramHoldsTheDatabase(t *testing.T) {
	for name, c := range map[string]struct {
		from, until time.Duration // when it is locked
		models      int
	}{
		"shorter than SQLite waits":         {700 * time.Millisecond, 1500 * time.Millisecond, 1},
		"longer than SQLite waits":          {700 * time.Millisecond, 9700 * time.Millisecond, 1},
		"several models":                    {700 * time.Millisecond, 9700 * time.Millisecond, 3},
		"from before the prompt":            {0, 9 * time.Second, 2},
		"from before, until the end passed": {0, 25 * time.Second, 1},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, nil, func(b *bench) {
				go func() {
					time.Sleep(c.from)
					b.other.Hold()
					time.Sleep(c.until - c.from)
					b.other.Release()
				}()
				time.Sleep(time.Nanosecond) // a lock from the start comes first
				var models []said
				for range c.models {
					models = append(models, said{ref: "x/a", words: []string{"one ", "two ", "three"}, pause: 700 * time.Millisecond})
				}
				k, asked := turn.NewKeeper(b.store, nil, nil), ask("hi", models...)
				if err := k.Follow(b.Context(), asked, silent); err != nil {
					t.Error(err)
				}
				if err := k.Settle(b.Context(), nil); err != nil || k.Owes() || k.Err() != nil {
					t.Errorf("%v, owes %v, %v", err, k.Owes(), k.Err())
				}
				got := b.kept(asked.Session)
				for slot := range c.models {
					b.wantReply(got, 0, slot, "one two three")
				}
				if len(got.Turns) != 1 {
					t.Errorf("%d turns", len(got.Turns))
				}
			})
		})
	}
}

// answered follows a turn of one model that answers at once.
func (b *bench) answered(k *turn.Keeper, text string) *turn.Turn {
	b.Helper()
	asked := ask("hi", said{ref: "x/a", words: []string{text}, pause: time.Second})
	if err := k.Follow(b.Context(), asked, silent); err != nil {
		b.Error(err)
	}
	if got := asked.Replies[0].Text; got != text {
		b.Errorf("the answer has %d bytes, want %d", len(got), len(text))
	}
	return asked
}

func wantReason(t testing.TB, err error, want session.Reason) {
	t.Helper()
	var e *session.StoreError
	if !errors.As(err, &e) || e.Reason != want {
		t.Errorf("%v, want the reason %q", err, want)
	}
}

func TestALockThatStaysIsWaitedForAndTold(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.other.Hold()
		k := turn.NewKeeper(b.store, nil, nil)
		asked, ended, told := b.answered(k, "hello"), time.Now(), 0
		err := k.Settle(b.Context(), func(err error) {
			told++
			wantReason(b, err, session.Locked)
		})
		wantReason(b, err, session.Locked)
		if waited := time.Since(ended); waited < turn.Patience || waited > turn.Patience+10*time.Second {
			b.Errorf("it waited %v", waited)
		}
		if owed := k.Owed(); told != 1 || len(owed) != 1 || owed[0] != asked.Replies[0] {
			b.Errorf("told %d times; owed: %v", told, owed)
		}
		b.other.Release()
		if err := k.Close(b.Context()); err != nil {
			b.Error(err)
		}
		b.wantReply(b.kept(asked.Session), 0, 0, "hello")
	})
}

// Who interrupts does not want to wait.
func TestAnInterruptEndsTheWaiting(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.other.Hold()
		k := turn.NewKeeper(b.store, nil, nil)
		b.answered(k, "hello")
		ctx, cancel := context.WithCancel(b.Context())
		wantReason(b, k.Settle(ctx, func(error) { cancel() }), session.Locked)
		began := time.Now()
		wantReason(b, k.Settle(ctx, nil), session.Locked) // from before: one try
		if waited := time.Since(began); waited > 8*time.Second {
			b.Errorf("it waited %v", waited)
		}
		b.other.Release()
	})
}

func TestAReadOnlyFileIsToldWithoutWaiting(t *testing.T) {
	inBubble(t, storetest.MakeReadOnly, func(b *bench) {
		k := turn.NewKeeper(b.store, nil, nil)
		b.answered(k, "hello")
		ended := time.Now()
		wantReason(b, k.Settle(b.Context(), func(error) { b.Error("it waits") }), session.ReadOnly)
		if waited := time.Since(ended); waited > time.Second || !k.Owes() {
			b.Errorf("it waited %v; owes: %v", waited, k.Owes())
		}
		wantReason(b, k.Err(), session.ReadOnly)
		wantReason(b, k.Close(b.Context()), session.ReadOnly)
	})
}

func TestWhatAFullDiskDidNotTakeIsSavedOnceThereIsRoom(t *testing.T) {
	if !storetest.Alone(t) {
		return
	}
	inBubble(t, nil, func(b *bench) {
		free := storetest.FillDisk(b, 1<<20)
		k := turn.NewKeeper(b.store, nil, nil)
		long := strings.Repeat("0123456789abcde ", 1<<17)
		asked := b.answered(k, long)
		wantReason(b, k.Settle(b.Context(), func(error) { b.Error("it waits") }), session.FileLimit)
		if got := b.kept(asked.Session); got.Turns[0].Prompt != "hi" {
			b.Errorf("the prompt is not kept: %+v", got.Turns[0])
		}
		free()
		if err := k.Settle(b.Context(), nil); err != nil || k.Owes() || k.Err() != nil {
			b.Errorf("%v, %v", err, k.Err())
		}
		b.wantReply(b.kept(asked.Session), 0, 0, long)
	})
}

// A session that somebody deletes for good meanwhile is not saved, and whoever printed it is told.
func TestASessionDeletedMeanwhile(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		k := turn.NewKeeper(b.store, nil, nil)
		asked := ask("hi", said{ref: "x/a", words: []string{"one ", "two"}, pause: time.Second, do: func(word int) {
			if word == 0 {
				return
			}
			ctx := context.Background()
			id, err := b.store.Resolve(ctx, "last")
			if err == nil {
				err = b.store.Delete(ctx, id)
			}
			if err == nil {
				_, err = b.store.Prune(ctx, time.Time{})
			}
			if err != nil {
				b.Error(err)
			}
		}})
		if err := k.Follow(b.Context(), asked, silent); err != nil {
			b.Error(err)
		}
		if err := k.Settle(b.Context(), nil); !errors.Is(err, session.ErrNotFound) || k.Owes() {
			b.Errorf("%v; owes: %v", err, k.Owes())
		}
		if err := k.Close(b.Context()); err != nil { // there is nothing to save into
			b.Error(err)
		}
	})
}

// Closing saves what has come of replies that have not ended: a store that was locked has the text
// afterwards.
func TestCloseSavesWhatHasCome(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		k, now := turn.NewKeeper(b.store, nil, nil), time.Now
		asked := ask("hi", said{ref: "x/a", words: []string{"one ", "two ", "three"}, pause: 100 * time.Millisecond})
		ctx, cancel := context.WithCancel(b.Context())
		defer cancel()
		k.Begin(ctx, asked)
		begin := k.Next(now())
		if k.Next(now()) != nil {
			b.Error("two jobs at a time")
		}
		begin.Run(ctx)
		if done := k.Done(begin, now()); done.Begun != asked || done.Entered != asked.Session || !asked.Started() {
			b.Errorf("%+v", done)
		}
		time.Sleep(110 * time.Millisecond)
		asked.Take(nil)
		piece := k.Next(now())
		piece.Run(ctx)
		k.Done(piece, now())
		time.Sleep(100 * time.Millisecond)
		asked.Take(nil)
		if k.Next(now()) != nil {
			b.Error("a piece is saved before it is due")
		}
		if err := k.Close(ctx); err != nil {
			b.Error(err)
		}
		if asked.Running() != 1 {
			b.Errorf("%d replies run", asked.Running())
		}
		if r := b.kept(asked.Session).Turns[0].Reply(0); r.VisibleText() != "one two " {
			b.Errorf("stored: %s %q", r.Status, r.VisibleText())
		}
	})
}

// A store that does not answer in time must not hold the program.
func TestCloseWaitsNoLongerThanItMay(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		k := turn.NewKeeper(b.store, nil, nil)
		b.other.Hold()
		b.answered(k, "hello")
		ctx, cancel := context.WithTimeout(b.Context(), time.Second)
		defer cancel()
		began := time.Now()
		if err := k.Close(ctx); err == nil || time.Since(began) > 3*time.Second {
			b.Errorf("%v after %v", err, time.Since(began))
		}
		b.other.Release()
	})
}

func TestWithoutAStoreTheTurnIsAskedAndNothingIsOwed(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		k := turn.NewKeeper(nil, nil, nil)
		b.answered(k, "hello")
		if err := k.Settle(b.Context(), nil); err != nil || k.Owes() || k.Err() != nil {
			b.Errorf("%v, %v", err, k.Err())
		}
	})
}

// When nobody reads any more the requests end, and what came is saved.
func TestAnErrorOfShowEndsTheRequests(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		gone := errors.New("nobody reads")
		k, asked := turn.NewKeeper(b.store, nil, nil), ask("hi", said{ref: "x/a", words: []string{"one ", "two"}, pause: time.Hour})
		calls := 0
		err := k.Follow(b.Context(), asked, func(r *session.Reply, _ []providers.Event) error {
			if r.VisibleText() == "" {
				return nil
			}
			calls++
			return gone
		})
		if !errors.Is(err, gone) || calls != 1 {
			b.Errorf("%v after %d calls", err, calls)
		}
		if r := b.kept(asked.Session).Turns[0].Reply(0); r.Status != session.Cancelled || r.Text != "one " {
			b.Errorf("stored: %s %q", r.Status, r.Text)
		}
	})
}
