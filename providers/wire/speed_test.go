package wire_test

import (
	"context"
	"math"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"lineup/providers"
	"lineup/providers/sim"
	"lineup/providers/wire"
	"lineup/session"
)

// pipes is a listener whose connections are pipes: a server of a synctest bubble, where the pace is exact.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (l pipes) dial(ctx context.Context) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.conns <- server:
		return client, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l pipes) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l pipes) Close() error   { close(l.closed); return nil }
func (l pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "unix"} }

// askSim asks a simulated model inside a bubble and gives the reply.
func askSim(t *testing.T, kind, model string) *session.Reply {
	t.Helper()
	l := pipes{make(chan net.Conn), make(chan struct{})}
	server := &http.Server{Handler: sim.New(sim.Config{})}
	go server.Serve(l)
	defer server.Close()
	base := "http://sim.invalid"
	if kind == "openai" || kind == "responses" {
		base += "/v1"
	}
	p, err := wire.New(wire.Config{Name: "sim", Kind: kind, BaseURL: base})
	if err != nil {
		t.Fatal(err)
	}
	p.DialWith(l.dial)
	info := providers.Info{Ref: providers.Ref{Provider: "sim", Model: model}}
	req := providers.Request{Messages: []providers.Message{{Role: providers.User, Content: "How fast are you?"}}}
	r := session.NewReply(0, info, req, time.Now())
	run := providers.Start(t.Context(), []providers.Call{{Model: p.Model(wire.ModelConfig{Info: info}), Request: req}})
	<-run.Done()
	for _, ev := range run.Take(0, nil) {
		r.Apply(ev)
	}
	if r.Status != session.Done {
		t.Fatalf("%s: the simulator must speak %s too (sim/routes.go): %s, %+v", model, kind, r.Status, r.Error)
	}
	return r
}

// TestSpeedOfBursts: a buffer between model and client does not change the speed that is told, in any dialect. The
// simulator makes its tokens at a known rate; a buffer lets them go in bursts, or all at once at the end.
func TestSpeedOfBursts(t *testing.T) {
	for model, want := range map[string]float64{
		"flash-sim@ttft=1s,jitter=0,chunk=1,tps=200,tokens=600":            200,
		"flash-sim@ttft=1s,jitter=0,chunk=1,tps=200,tokens=600,hold=200ms": 200,
		"flash-sim@ttft=1s,jitter=0,chunk=4,tps=200,tokens=600,hold=500ms": 200,
		"flash-sim@ttft=1s,jitter=0,chunk=1,tps=40,tokens=200,hold=1s":     40,
		"flash-sim@ttft=1s,jitter=0,chunk=8,tps=200,tokens=600,script=ko":  200,
		// All 600 tokens come when the last one is made, 1 s + 599/200 s after the request: 600 / 3.995 s.
		"flash-sim@ttft=1s,jitter=0,chunk=1,tps=200,tokens=600,hold=24h": 600 / 3.995,
	} {
		for _, kind := range wire.Kinds() {
			t.Run(kind+"/"+model, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					got := askSim(t, kind, model).Metrics.TokensPerSecond
					if got == nil {
						t.Fatal("unknown")
					}
					if off := *got/want - 1; math.Abs(off) > 0.01 {
						t.Errorf("%.2f tok/s, the truth is %.2f: %+.2f %%", *got, want, 100*off)
					}
				})
			})
		}
	}
}
