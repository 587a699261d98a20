package cli

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lineup/blind/blindtest"
	"lineup/session"
)

func TestParseSince(t *testing.T) {
	seoul := time.FixedZone("KST", 9*3600)
	now := time.Date(2026, 11, 25, 18, 30, 0, 0, seoul)
	for s, want := range map[string]time.Time{
		"90m":                  now.Add(-90 * time.Minute),
		"24h":                  now.Add(-24 * time.Hour),
		"7d":                   time.Date(2026, 11, 18, 18, 30, 0, 0, seoul),
		"2w":                   time.Date(2026, 11, 11, 18, 30, 0, 0, seoul),
		"2026-11-20":           time.Date(2026, 11, 20, 0, 0, 0, 0, seoul),
		"2026-11-20 14:05":     time.Date(2026, 11, 20, 14, 5, 0, 0, seoul),
		"2026-11-20T14:05:00Z": time.Date(2026, 11, 20, 14, 5, 0, 0, time.UTC),
	} {
		if got, err := parseMoment("--since", s, now); err != nil || !got.Equal(want) {
			t.Errorf("%s is %v (%v), want %v", s, got, err, want)
		}
	}
	for _, s := range []string{"0d", "-3d", "7", "d", "yesterday", "2026-13-01", "-5h", "99999999999w"} {
		if got, err := parseMoment("--since", s, now); err == nil {
			t.Errorf("%s is %v, want an error", s, got)
		}
	}
}

// The statistics for programs had no word of the votes that the table for people shows.
func TestStatsForProgramsHaveRatings(t *testing.T) {
	home := t.TempDir()
	store, err := session.Open(context.Background(), filepath.Join(home, "lineup.db"))
	if err != nil {
		t.Fatal(err)
	}
	cast := blindtest.CastOf(0)
	sess := cast.Session()
	sess.Revealed, sess.Turns = true, sess.Turns[:1]
	sess.Turns[0].Replies = sess.Turns[0].Replies[:2] // the others are served by a fallback, or ask the same
	sess.Turns[0].Votes = []*session.Vote{sess.Turns[0].VoteFor(1)}
	if err := fmt.Sprint(store.Insert(context.Background(), sess), store.Close(),
		os.WriteFile(filepath.Join(home, "config.toml"), nil, 0o600)); err != "<nil> <nil> <nil>" {
		t.Fatal(err)
	}
	for by, want := range map[string]string{"model": cast.Ref(1), "contender": cast.Ref(1)} {
		rated := 0
		out, _ := printed(t, home, "stats", "--simulated", "--json", "--by", by)
		for line := range strings.Lines(out) {
			var got struct {
				Group  string
				Rating *struct {
					Type      string
					Votes     int
					P         float64
					Contender struct{ Model string }
				}
			}
			if err := json.Unmarshal([]byte(line), &got); err != nil || !strings.Contains(line, `,"rating":`) {
				t.Fatalf("by %s: %v in %s", by, err, line)
			}
			r := got.Rating
			if r == nil || !strings.Contains(got.Group, want) {
				continue
			}
			rated++
			if r.Type != "rating" || r.Votes != 1 || r.P <= 0 || r.P == 0.5 || !strings.Contains(r.Contender.Model, want) {
				t.Errorf("by %s: %+v for %s", by, r, got.Group)
			}
		}
		if rated == 0 {
			t.Errorf("by %s: no rating in\n%s", by, out)
		}
	}
	if out, _ := printed(t, home, "stats", "--simulated", "--json", "--by", "day"); strings.Contains(out, "rating") {
		t.Errorf("a day has no rating: %s", out)
	}
	out, _ := printed(t, home, "stats", "--simulated", "--csv")
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := slices.Index(rows[0], "rating_votes")
	if !slices.ContainsFunc(rows[1:], func(row []string) bool { return row[at] == "1" && row[at+1] != "" && row[at+4] == "" }) {
		t.Errorf("no row has the vote:\n%s", out)
	}
}
