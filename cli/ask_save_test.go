package cli

import (
	"bytes"
	"context"
	"iter"
	"log/slog"
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

// slow answers a word every 700 ms.
type slow struct{ ref, text string }

func (m slow) Stream(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		info := slowInfo(m.ref)
		if !yield(providers.Event{Type: providers.EventAttemptStart, At: time.Now(), Attempt: &info}, nil) {
			return
		}
		for w := range strings.SplitAfterSeq(m.text, " ") {
			time.Sleep(700 * time.Millisecond)
			if !yield(providers.Event{Type: providers.EventText, At: time.Now(), Text: w, Bytes: len(w)}, nil) {
				return
			}
		}
		yield(providers.Event{Type: providers.EventFinish, At: time.Now(), Text: "stop"}, nil)
	}
}

func slowInfo(ref string) providers.Info {
	r, err := providers.ParseRef(ref)
	if err != nil {
		panic(err)
	}
	return providers.Info{Ref: r, Name: r.Model}
}

// Regression: an answer was printed whole, with exit code 0, and its session had it as interrupted and
// empty, because another program had held the database for 9 s. What is printed is saved, or it is
// said that it is not.
func TestAskSavesWhatItPrintsOrSaysThatItDoesNot(t *testing.T) {
	const text = "one two three"
	for name, c := range map[string]struct {
		models      int
		from, until time.Duration // when another program holds the database
		spoil       func(testing.TB, string)
		full        bool
		saved       int // answers in the store
		told        []string
	}{
		"a short lock":               {models: 1, from: 700 * time.Millisecond, until: 1500 * time.Millisecond, saved: 1},
		"a lock of 9 s":              {models: 1, from: 700 * time.Millisecond, until: 9700 * time.Millisecond, saved: 1, told: []string{"not saved yet: cannot save the answer"}},
		"a lock of 9 s, many models": {models: 3, from: 700 * time.Millisecond, until: 9700 * time.Millisecond, saved: 3, told: []string{"not saved yet: cannot save the answer"}},
		"a lock from the start":      {models: 2, until: 20 * time.Second, saved: 2, told: []string{"not saved yet: cannot save the session"}},
		"a lock that stays": {models: 1, from: 700 * time.Millisecond, until: time.Hour,
			told: []string{"not saved yet: ", "lineup: the answer of x/0 is not saved: cannot save the answer: another program keeps the file locked"}},
		"a lock that stays, many models": {models: 2, from: 700 * time.Millisecond, until: time.Hour,
			told: []string{"not saved yet: ", "lineup: the answers of x/0, x/1 are not saved: "}},
		"always locked":    {models: 1, until: time.Hour, told: []string{"not saved yet: ", "lineup: this session is not saved: "}},
		"a read-only file": {models: 1, spoil: storetest.MakeReadOnly, told: []string{"lineup: this session is not saved: cannot save the session: the file is read-only"}},
		"a full disk":      {models: 1, full: true, told: []string{"lineup: the answer of x/0 is not saved: "}},
	} {
		t.Run(name, func(t *testing.T) {
			if c.full && !storetest.Alone(t) {
				return
			}
			path := filepath.Join(t.TempDir(), "lineup.db")
			synctest.Test(t, func(t *testing.T) {
				store, err := session.Open(t.Context(), path)
				if err == nil && c.spoil != nil {
					store.Close()
					c.spoil(t, path)
					store, err = session.Open(t.Context(), path)
				}
				if err != nil {
					t.Fatal(err)
				}
				defer store.Close()
				other := storetest.NewHolder(t, path)
				released := make(chan struct{})
				stay, stop := context.WithCancel(t.Context())
				go func() {
					defer close(released)
					defer other.Close()
					if c.until == 0 {
						return
					}
					time.Sleep(c.from)
					other.Hold()
					select {
					case <-time.After(c.until - c.from):
					case <-stay.Done():
					}
					other.Release()
				}()
				time.Sleep(time.Nanosecond) // a lock from the start comes first
				said := text
				if c.full {
					storetest.FillDisk(t, 1<<20)
					said = strings.Repeat("0123456789abcde_", 1<<17)
				}
				var out, errs bytes.Buffer
				g := &globals{log: slog.New(slog.DiscardHandler)}
				g.out, g.err, g.tty = &out, &errs, func(any) bool { return false }
				q := question{g: g, prompt: "hi", keeper: turn.NewKeeper(store, nil, nil), calibration: session.NewCalibration()}
				for i := range c.models {
					ref := "x/" + string(rune('0'+i))
					q.specs = append(q.specs, registry.Spec{Info: slowInfo(ref), Model: slow{ref, said}})
				}
				q.show = newTextPrinter(g, q.specs, 0, nil)
				err = q.run(t.Context())
				stop()
				<-released
				if want := c.saved == c.models; (err == nil) != want || err != nil && exitCode(t.Context(), err) != exitFailed {
					t.Errorf("it ends with %v", err)
				}
				if n := strings.Count(out.String(), said); n != c.models {
					t.Errorf("%d answers are printed:\n%.200s", n, out.String())
				}
				rest := errs.String()
				for _, want := range c.told {
					_, after, ok := strings.Cut(rest, want)
					if !ok {
						t.Errorf("it does not say %q:\n%s", want, errs.String())
					}
					rest = after
				}
				if n := strings.Count(errs.String(), "\n"); n != len(c.told) {
					t.Errorf("%d lines are told, want %d:\n%s", n, len(c.told), errs.String())
				}
				if n := savedAnswers(t, store, said); n != c.saved {
					t.Errorf("%d answers are saved, want %d", n, c.saved)
				}
			})
		})
	}
}

// savedAnswers counts the replies in a store that are done and have a text.
func savedAnswers(t *testing.T, store *session.Store, text string) (n int) {
	t.Helper()
	list, err := store.Sessions(t.Context(), session.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		sess, err := store.Session(t.Context(), s.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, turn := range sess.Turns {
			for _, r := range turn.All() {
				if r.Status == session.Done && r.Text == text {
					n++
				}
			}
		}
	}
	return n
}
