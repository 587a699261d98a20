package cli

import (
	"testing"
	"time"
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
