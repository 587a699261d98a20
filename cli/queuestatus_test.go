package cli

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"lineup/batch/queue"
)

// Fault: without a terminal the watch ended at the first error of the database, while the screen went on.
func TestTheWatchWithoutATerminalOutlivesTheDatabase(t *testing.T) {
	for _, asJSON := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			away := errors.New("the queue me@db/x: it does not answer\x1b[2J")
			looks := 0
			look := func() ([]queue.Status, error) {
				switch looks++; looks {
				case 1, 2, 4:
					return nil, away
				case 5:
					stop()
					return nil, context.Canceled
				}
				return []queue.Status{{Name: "r", Total: 9, Done: 7, Running: 2}}, nil
			}
			var out, errs bytes.Buffer
			g := &globals{env: env{out: &out, err: &errs}}
			err := g.tellQueue(ctx, statusFlags{json: asJSON}, []queue.Status{{Name: "r", Total: 9, Waiting: 9}}, look)
			if err != nil || looks != 5 {
				t.Errorf("after %d looks it ended with %v", looks, err)
			}
			if n := strings.Count(out.String(), "\n"); n != 2 || !strings.Contains(out.String(), "r") {
				t.Errorf("json %t: %d lines: %s", asJSON, n, out.String())
			}
			want := "lineup: the queue me@db/x: it does not answer"
			if n := strings.Count(errs.String(), want); n != 2 || strings.ContainsRune(errs.String(), 0x1b) {
				t.Errorf("said %d times, not once each time that the database was away:\n%s", n, errs.String())
			}
		})
	}
}

// A run whose provider nobody serves says so in its line, too.
func TestALineOfTheWatchNamesWhoNobodyServes(t *testing.T) {
	s := queue.Status{Name: "r", Total: 2, Waiting: 2,
		Providers: []queue.ProviderStatus{{Name: "gate", Waiting: 2, Unserved: true}},
		Workers:   []queue.WorkerStatus{{Name: "w", Connected: true, Providers: []string{"local"}}}}
	if got := statusLine(&s); !strings.HasPrefix(got, "r 0/2, 2 waiting, no connected worker serves gate;") {
		t.Error(got)
	}
}
