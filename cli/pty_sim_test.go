//go:build unix

package cli_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"lineup/providers/sim"
)

// startSim serves the simulated models.
func startSim(tb testing.TB) (*sim.Server, string) {
	tb.Helper()
	server := sim.New(sim.Config{})
	running, err := server.Start("")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { running.Close() })
	return server, running.URL
}

// startHeld serves simulated models that stop after some pieces of each answer until open is called.
func startHeld(tb testing.TB, pieces int) (url string, open func()) {
	tb.Helper()
	models, gate := sim.New(sim.Config{}), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		models.ServeHTTP(&heldWriter{ResponseWriter: w, ctx: r.Context(), gate: gate, left: pieces}, r)
	}))
	tb.Cleanup(server.Close)
	return server.URL, func() { close(gate) }
}

// heldWriter lets so many writes pass and holds the next one until the gate is open or the client has left.
type heldWriter struct {
	http.ResponseWriter
	ctx  context.Context
	gate <-chan struct{}
	left int
}

func (w *heldWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *heldWriter) Write(p []byte) (int, error) {
	if w.left--; w.left < 0 {
		select {
		case <-w.gate:
		case <-w.ctx.Done():
		}
	}
	return w.ResponseWriter.Write(p)
}

// configFor is a config file with a pane for each model of an OpenAI-like server; the panes are called alpha, beta,
// gamma, pane-4 and so on.
func configFor(url string, models ...string) string {
	var b strings.Builder
	b.WriteString("panes = [")
	for _, m := range models {
		fmt.Fprintf(&b, "%q, ", "sim/"+m)
	}
	fmt.Fprintf(&b, "]\n\n[providers.sim]\nkind = \"openai\"\nbase_url = \"%s/v1\"\nmax_concurrent = %d\n", url, max(1, len(models)))
	for i, m := range models {
		fmt.Fprintf(&b, "\n[models.%q]\nname = %q\n", "sim/"+m, paneName(i))
	}
	return b.String()
}

func paneName(i int) string {
	if names := []string{"alpha", "beta", "gamma"}; i < len(names) {
		return names[i]
	}
	return fmt.Sprintf("pane-%d", i+1)
}

// stamp is a word of the Stamp script: a token that carries its number and when the server sent it.
type stamp struct {
	seq  int
	sent time.Time
}

// stampsIn reads the stamps in a text that were sent since a moment; other words may look like very old ones.
func stampsIn(text string, since time.Time) []stamp {
	var out []stamp
	for word := range strings.FieldsSeq(text) {
		if seq, sent, ok := sim.ParseStamp(word); ok && !sent.Before(since) {
			out = append(out, stamp{seq, sent})
		}
	}
	return out
}

// newest is the highest number among stamps, -1 where there is none.
func newest(stamps []stamp) int {
	n := -1
	for _, s := range stamps {
		n = max(n, s.seq)
	}
	return n
}
