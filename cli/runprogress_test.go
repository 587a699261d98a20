package cli

import (
	"testing"

	"lineup/batch"
)

// The bars of a run at 80 columns had different lengths, so that nobody could compare them.
func TestWordsAfterBarsAreEquallyWideWhereThereIsRoom(t *testing.T) {
	var b bars
	b.now.Store(&batch.Progress{Providers: []batch.ProviderProgress{{Failed: 2, Running: 1}, {}, {Running: 3}}})
	for room, want := range map[int][]string{
		60: {" 2 failed, 1 in flight", "                      ", " 3 in flight          "},
		30: {" 2 failed, 1 in flight", " ", " 3 in flight"},
	} {
		for i, p := range b.now.Load().Providers {
			if got := b.words(p, room); got != want[i] {
				t.Errorf("room %d: %q, want %q", room, got, want[i])
			}
		}
	}
}
