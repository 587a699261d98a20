package policy

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"lineup/providers"
)

func TestTheQueueLetsSoManyRunAndTellsTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := WithQueue(WithAttempt(script{text(time.Second, "a"), finish(0)}, providers.Info{}), make(chan struct{}, 2))
		start := time.Now()
		run := providers.Start(t.Context(), []providers.Call{{Model: m}, {Model: m}, {Model: m}, {Model: m}, {Model: m}})
		<-run.Done()
		queued, begun := 0, map[time.Duration]int{}
		for i := range run.Len() {
			for _, ev := range run.Take(i, nil) {
				switch ev.Type {
				case providers.EventQueued:
					queued++
				case providers.EventAttemptStart: // the clock of an attempt starts behind the queue
					begun[ev.At.Sub(start)]++
				}
			}
		}
		if queued != 3 || begun[0] != 2 || begun[time.Second] != 2 || begun[2*time.Second] != 1 {
			t.Errorf("%d queued, attempts began at %v; want 3 queued, and 2, 2, 1 a second apart", queued, begun)
		}
	})
}

func TestLeavingTheQueueOrAStreamFreesThePlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		places := make(chan struct{}, 1)
		m := WithQueue(script{text(0, "a"), text(forever, "b")}, places)
		for range m.Stream(t.Context(), providers.Request{}) {
			break // the consumer leaves
		}
		places <- struct{}{} // taken by somebody else
		for ev := range m.Stream(t.Context(), providers.Request{}) {
			if ev.Type != providers.EventQueued || ev.At.IsZero() {
				t.Errorf("%+v, want queued", ev)
			}
			break
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := collect(m, ctx); kindOf(err) != providers.Cancelled {
			t.Errorf("%v, want cancelled while queued", err)
		}
		<-places
		if len(places) != 0 {
			t.Error("a place is still taken")
		}
	})
}
