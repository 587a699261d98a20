package cli

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"lineup/registry"
	"lineup/session"
	"lineup/session/storetest"
	"lineup/turn"
)

// Regression: records of ask --json had no ids where another program held the store when the prompt
// was sent, although the session was saved then.
func TestRecordsHaveTheIDsOfWhatIsSaved(t *testing.T) {
	for name, c := range map[string]struct {
		until time.Duration // another program holds the database
		saved bool
	}{
		"free":                   {0, true},
		"free during the answer": {5500 * time.Millisecond, true},
		"free after the answers": {20 * time.Second, true},
		"held for good":          {time.Hour, false},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "lineup.db")
			synctest.Test(t, func(t *testing.T) {
				store, err := session.Open(t.Context(), path)
				if err != nil {
					t.Fatal(err)
				}
				defer store.Close()
				other := storetest.NewHolder(t, path)
				other.Hold()
				free := time.AfterFunc(c.until, other.Release)
				if c.until == 0 {
					time.Sleep(time.Nanosecond)
				}
				var out, errs bytes.Buffer
				g := &globals{log: slog.New(slog.DiscardHandler)}
				g.out, g.err, g.tty = &out, &errs, func(any) bool { return false }
				q := question{g: g, prompt: "hi", keeper: turn.NewKeeper(store, nil, nil),
					calibration: session.NewCalibration()}
				for ref, text := range map[string]string{"x/slow": "one two three", "x/fast": "one"} {
					q.specs = append(q.specs, registry.Spec{Info: slowInfo(ref), Model: slow{ref, text}})
				}
				q.show = &jsonPrinter{out: &out, tell: newTeller(g)}
				if err := q.run(t.Context()); (err == nil) != c.saved {
					t.Errorf("it ends with %v", err)
				}
				if free.Stop() {
					other.Release()
				}
				synctest.Wait()
				other.Close()
				var models []string
				for dec := json.NewDecoder(&out); dec.More(); {
					var r struct {
						Model         string
						Session, Turn *string
					}
					if err := dec.Decode(&r); err != nil {
						t.Fatal(err)
					}
					if models = append(models, r.Model); (r.Session != nil) != c.saved || (r.Turn != nil) != c.saved {
						t.Errorf("%s: the ids are %v and %v", r.Model, r.Session, r.Turn)
					}
					if r.Session == nil {
						continue
					}
					if sess, err := store.Session(t.Context(), *r.Session); err != nil || sess.Turns[0].ID != *r.Turn {
						t.Errorf("%s: %v; the turn is %s", r.Model, err, *r.Turn)
					}
				}
				if len(models) != 2 || models[0] != "x/fast" {
					t.Errorf("the records are of %v", models)
				}
			})
		})
	}
}
