package session

import "time"

// timeLayout is RFC 3339 with milliseconds; times are written in UTC.
const timeLayout = "2006-01-02T15:04:05.000Z07:00"

func stampOf(t time.Time) string { return t.UTC().Format(timeLayout) }

// list writes [] for no elements, never null.
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
