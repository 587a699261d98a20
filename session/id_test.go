package session

import (
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"
)

func TestSessionIDs(t *testing.T) {
	ids := newIDSource()
	form := regexp.MustCompile(`^20261123-130412-[a-hjkmnp-tv-z]{2}[0-9a-hjkmnp-tv-z]{3}$`)
	short := map[string]bool{}
	var all []string
	for i := range 1000 {
		id := ids.session(enter().Add(time.Duration(i) * time.Millisecond / 2)) // within half a second
		if !form.MatchString(id) {
			t.Fatalf("id %q", id)
		}
		short[ShortID(id)] = true
		all = append(all, id)
	}
	if !slices.IsSorted(all) || len(short) != len(all) {
		t.Errorf("ids of one process rise: %v, short ones differ: %d of %d", slices.IsSorted(all), len(short), len(all))
	}
	later := ids.session(enter().Add(time.Hour))
	if later <= all[len(all)-1] {
		t.Errorf("%s sorts before %s", later, all[len(all)-1])
	}
	if old := ids.session(enter().AddDate(-1, 0, 0)); old[:8] != "20251123" {
		t.Errorf("an imported session of a year ago is called %s", old)
	}
}

// TestIDsRiseWithinOneMoment carries from the random part into the step, and over a second's end.
func TestIDsRiseWithinOneMoment(t *testing.T) {
	ids := newIDSource()
	at := enter().Add(time.Second - time.Nanosecond)
	ids.session(at)
	ids.last = at.Unix()*perSecond + perSecond - 2
	if a, b := ids.session(at), ids.session(at); a != "20261123-130412-zzzzz" || b != "20261123-130413-aa000" {
		t.Errorf("%s, %s", a, b)
	}
}

func TestIDsAreSafeTogether(t *testing.T) {
	ids := newIDSource()
	const each = 200
	made := make([][]string, 8)
	var wg sync.WaitGroup
	for g := range made {
		wg.Go(func() {
			for range each {
				id, err := ids.turn(enter())
				if err != nil {
					t.Error(err)
				}
				made[g] = append(made[g], id, ids.session(enter()))
			}
		})
	}
	wg.Wait()
	seen := map[string]bool{}
	for _, list := range made {
		for i := range list[2:] {
			if list[i] >= list[i+2] {
				t.Fatalf("%s before %s", list[i], list[i+2])
			}
		}
		for _, id := range list {
			seen[id] = true
		}
	}
	if want := 2 * each * len(made); len(seen) != want {
		t.Errorf("%d different ids of %d", len(seen), want)
	}
}
