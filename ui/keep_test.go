package ui

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"lineup/session"
	"lineup/session/storetest"
	"lineup/turn"
)

// saving drives an app on a store of its own, in time that costs nothing. Another program may hold
// the database, and spoil may do something to it before.
func saving(t *testing.T, cfg Config, spoil func(testing.TB, string), test func(d *driver, store *session.Store, other *storetest.Holder)) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "lineup.db")
	synctest.Test(t, func(t *testing.T) {
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
		defer store.Close()
		other := storetest.NewHolder(t, path)
		defer other.Close()
		ctx, cancel := context.WithCancel(t.Context())
		cfg.Store = store
		d := &driver{t: t, app: newApp(ctx, cfg), msgs: make(chan tea.Msg, 100)}
		d.send(tea.WindowSizeMsg{Width: 150, Height: 24})
		test(d, store, other)
		cancel()
		for d.live > 0 { // let the commands end
			<-d.msgs
			d.live--
		}
	})
}

// stored reads the newest session.
func stored(t *testing.T, store *session.Store) *session.Session {
	t.Helper()
	id, err := store.Resolve(context.Background(), "last")
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Session(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func wantAnswers(t *testing.T, s *session.Session, answers ...string) {
	t.Helper()
	if len(s.Turns) != len(answers) {
		t.Errorf("%d turns are stored, want %d", len(s.Turns), len(answers))
		return
	}
	for i, want := range answers {
		if r := s.Turns[i].Reply(0); r == nil || r.Text != want || r.Status != session.Done {
			t.Errorf("turn %d is stored as %+v, want %q", i, r, want)
		}
	}
}

const lockedLine = "NOT SAVED: another program keeps the file locked; close that program and try again · s in a pane saves to a file"

// While another program holds the database, the screen goes on and says what is not saved. As soon as
// the database is free, everything is saved, without a key being pressed.
func TestTheScreenSavesWhatALockHeldBack(t *testing.T) {
	for name, held := range map[string]time.Duration{"shorter than SQLite waits": time.Second, "longer": 9 * time.Second, "a minute": time.Minute} {
		for when, before := range map[string]bool{"from before the prompt": true, "while it answers": false} {
			t.Run(name+", "+when, func(t *testing.T) {
				m := says("x/a", "one two three", 700*time.Millisecond, 700*time.Millisecond)
				saving(t, Config{Panes: specs(m)}, nil, func(d *driver, store *session.Store, other *storetest.Holder) {
					var from time.Time
					hold := func() {
						other.Hold()
						from = time.Now()
						go func() {
							time.Sleep(held)
							other.Release()
						}()
					}
					if before {
						hold()
					}
					d.press("lit:go", "enter")
					if !before {
						d.until(func() bool { return d.sees("one") })
						hold()
					}
					if held > 7*time.Second { // which is as long as a write waits
						d.until(func() bool { return d.sees("NOT SAVED") })
						d.wantSees(lockedLine)
					}
					d.until(func() bool { return d.sees("one two three") && d.sees("✓ done") })
					if held == time.Minute && time.Since(from) > 20*time.Second {
						t.Errorf("the answer was held back for %v", time.Since(from))
					}
					d.settle()
					d.wantNot("NOT SAVED")
					wantAnswers(t, stored(t, store), "one two three")
				})
			})
		}
	}
}

// Several prompts that the store did not take come there in their order, with their alternatives, and
// so does what was said in a session that was left meanwhile.
func TestTurnsThatWereNotSavedComeInOrder(t *testing.T) {
	m := says("x/a", "answer", 10*time.Millisecond, 0)
	saving(t, Config{Panes: specs(m)}, nil, func(d *driver, store *session.Store, other *storetest.Holder) {
		answered := func() { d.until(func() bool { return d.app.turn.Ended() }) }
		d.press("lit:left", "enter")
		d.settle()
		other.Hold()
		d.press("lit:left too", "enter")
		answered()
		d.press("ctrl+n", "lit:one", "enter")
		answered()
		d.press("lit:two", "enter")
		answered()
		d.press("ctrl+r")
		answered()
		d.wantSees("NOT SAVED")
		other.Release()
		d.settle()
		d.wantNot("NOT SAVED")
		s := stored(t, store)
		wantAnswers(t, s, "answer", "answer")
		if s.Turns[0].Prompt != "one" || s.Turns[1].Prompt != "two" || len(s.Turns[1].Alternatives) != 1 {
			t.Errorf("stored: %+v", s.Turns)
		}
		all, err := store.Sessions(context.Background(), session.Filter{})
		if err != nil || len(all) != 2 {
			t.Fatalf("%d sessions, %v", len(all), err)
		}
		left, err := store.Session(context.Background(), all[1].ID)
		if err != nil {
			t.Fatal(err)
		}
		wantAnswers(t, left, "answer", "answer")
	})
}

// An alternative to a stored answer was lost when the store did not take it at once.
func TestAnAlternativeThatTheStoreDidNotTakeAtOnce(t *testing.T) {
	m := says("x/a", "answer", 10*time.Millisecond, 0)
	saving(t, Config{Panes: specs(m)}, nil, func(d *driver, store *session.Store, other *storetest.Holder) {
		d.press("lit:go", "enter")
		d.settle()
		other.Hold()
		d.press("ctrl+r")
		d.until(func() bool { return d.app.turn.Ended() && d.sees("NOT SAVED") })
		d.press("tab", "lit:t") // back to the first answer
		other.Release()
		d.settle()
		got := stored(t, store).Turns[0]
		if len(got.Alternatives) != 1 || got.Alternatives[0].Take != 1 || got.Alternatives[0].Text != "answer" || got.Reply(0).Take != 0 {
			t.Errorf("stored: %+v and %+v", got.Reply(0), got.Alternatives)
		}
	})
}

// A pane that was doubled while the store refused writes had lost its copies, and was not there itself, on reopening: nobody
// offered them again.
func TestAPaneDoubledWhileTheStoreRefuses(t *testing.T) {
	for _, held := range []string{"from the last turn on", "after it was asked", "when it is doubled"} {
		m := says("x/a", "answer", 10*time.Millisecond, 0)
		saving(t, Config{Panes: specs(m)}, nil, func(d *driver, store *session.Store, other *storetest.Holder) {
			d.press("lit:one", "enter")
			d.settle()
			if held == "from the last turn on" {
				other.Hold()
			}
			d.press("lit:two", "enter")
			if held == "after it was asked" {
				d.until(func() bool { return d.app.turn != nil && d.app.turn.Started() })
				other.Hold()
			}
			d.until(func() bool { return d.app.turn != nil && d.app.turn.Ended() })
			if held == "when it is doubled" {
				d.settle()
				other.Hold()
			}
			d.press("alt+1", "D")
			d.until(func() bool { return d.sees("NOT SAVED") })
			other.Release()
			d.settle()
			d.wantNot("NOT SAVED")
			s := stored(t, store)
			if len(s.Panes) != 2 {
				t.Errorf("held %s: %d panes are stored, want 2", held, len(s.Panes))
			}
			wantAnswers(t, s, "answer", "answer")
			for i, turn := range s.Turns {
				if twin := turn.Reply(1); twin == nil || twin.Text != "answer" || !twin.Copied {
					t.Errorf("held %s: the copy of turn %d is stored as %+v", held, i+1, twin)
				}
			}
		})
	}
}

func TestTheScreenOnAReadOnlyFile(t *testing.T) {
	m := says("x/a", "one two", 10*time.Millisecond, 0)
	saving(t, Config{Panes: specs(m)}, storetest.MakeReadOnly, func(d *driver, _ *session.Store, _ *storetest.Holder) {
		d.press("lit:go", "enter")
		d.until(func() bool { return d.sees("✓ done") && d.sees("NOT SAVED: the file is read-only; make it writable") })
		began, tries := time.Now(), len(d.sent)
		d.until(func() bool { return time.Since(began) > time.Minute })
		if n := len(d.sent) - tries; n > 2*30+2 { // a tick and a try every two seconds
			t.Errorf("%d messages in a minute", n)
		}
		if err := d.app.close(); err == nil || !strings.Contains(err.Error(), "read-only") {
			t.Errorf("leaving says %v", err)
		}
	})
}

func TestTheScreenOnAFullDisk(t *testing.T) {
	if !storetest.Alone(t) {
		return
	}
	long := strings.Repeat("0123456789abcde_", 1<<17)
	saving(t, Config{Panes: specs(says("x/a", long, 10*time.Millisecond, 0))}, nil, func(d *driver, store *session.Store, _ *storetest.Holder) {
		free := storetest.FillDisk(t, 1<<20)
		d.press("lit:go", "enter")
		d.until(func() bool { return d.sees("✓ done") && d.sees("NOT SAVED") })
		free()
		d.settle()
		d.wantNot("NOT SAVED")
		wantAnswers(t, stored(t, store), long)
	})
}

// A store that cannot be opened at first costs nothing once it can: it is tried again every two
// seconds, and with each prompt.
func TestAStoreThatIsOpenedLater(t *testing.T) {
	locked := &session.StoreError{Op: "open the database", Path: "lineup.db", Reason: session.Locked, Hint: "close that program and try again"}
	m := says("x/a", "answer", 10*time.Millisecond, 0)
	path := filepath.Join(t.TempDir(), "lineup.db")
	synctest.Test(t, func(t *testing.T) {
		var store *session.Store
		tries := 0
		reopen := func(ctx context.Context) (s *session.Store, err error) {
			if tries++; tries < 4 {
				return nil, locked
			}
			store, err = session.Open(ctx, path)
			return store, err
		}
		d := &driver{t: t, app: newApp(t.Context(), Config{Panes: specs(m), StoreErr: locked, Reopen: reopen}), msgs: make(chan tea.Msg, 100)}
		d.send(tea.WindowSizeMsg{Width: 150, Height: 30})
		d.wantSees(lockedLine)
		d.press("lit:one", "enter")
		d.until(func() bool { return d.app.turn.Ended() })
		d.wantSees("NOT SAVED", "answer")
		began := time.Now()
		d.settle()
		d.wantNot("NOT SAVED")
		if took := time.Since(began); tries != 4 || took > 3*turn.RetryEvery+time.Second {
			t.Errorf("%d tries in %v", tries, took)
		}
		d.press("lit:two", "enter")
		d.settle()
		wantAnswers(t, stored(t, store), "answer", "answer")
		if err := d.app.close(); err != nil {
			t.Error(err)
		}
		wantAnswers(t, stored(t, store), "answer", "answer")
		store.Close()
	})
}

// Fault: while the store was locked the panes said for seconds that they were connecting, although nobody was asked yet.
func TestASlowStoreIsNamed(t *testing.T) {
	open := specs(says("x/a", "one two three", 10*time.Millisecond, 10*time.Millisecond), says("x/b", "four", 0, 0))
	saving(t, Config{Panes: open}, nil, func(d *driver, _ *session.Store, other *storetest.Holder) {
		const said = "saving the prompt takes long; nobody is asked before that"
		other.Hold()
		d.press("lit:go", "enter")
		d.wantNot(said)
		began := d.app.now()
		d.until(func() bool { return d.app.now().Sub(began) > 3*slowStore/2 })
		d.wantSees(said)
		other.Release()
		d.until(func() bool { return d.sees("three") })
		d.wantNot(said)
	})
}

// Leaving while a write waits for a lock: that write is waited for, and nothing comes twice.
func TestLeavingWhileAWriteIsUnderWay(t *testing.T) {
	m := says("x/a", "one two three", 10*time.Millisecond, 10*time.Millisecond)
	saving(t, Config{Panes: specs(m)}, nil, func(d *driver, store *session.Store, other *storetest.Holder) {
		other.Hold()
		d.press("lit:go", "enter")
		go func() {
			time.Sleep(saveWithin / 2)
			other.Release()
		}()
		synctest.Wait()
		if err := d.app.close(); err != nil {
			t.Error(err)
		}
		if s := stored(t, store); len(s.Turns) != 1 || s.Turns[0].Prompt != "go" {
			t.Errorf("stored: %+v", s.Turns)
		}
	})
}
