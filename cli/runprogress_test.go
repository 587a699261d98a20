package cli

import (
	"strings"
	"testing"
	"time"

	"lineup/batch"
)

// The bars of an interrupted run told how long it would still take.
func TestEndedRunHasNoTimeLeft(t *testing.T) {
	p := batch.Progress{Providers: []batch.ProviderProgress{{Name: "local", All: 9, Done: 3, ETA: time.Minute}}}
	for running, want := range []bool{false, true} {
		p.Providers[0].Running = running
		if rest := runBars(p)[0].Rest; strings.Contains(rest, "left") != want {
			t.Errorf("with %d in flight: %q", running, rest)
		}
	}
}
