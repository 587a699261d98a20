package session

import "time"

// TimeLayout is how records in JSON write times, in UTC: RFC 3339 with milliseconds.
const TimeLayout = "2006-01-02T15:04:05.000Z07:00"

func stampOf(t time.Time) string { return t.UTC().Format(TimeLayout) }

// list writes [] for no elements, never null.
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
