package session

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"time"

	"lineup/providers"
)

// Summary is a session in a list.
type Summary struct {
	ID        string
	Title     string
	CreatedAt time.Time
	UpdatedAt time.Time
	Turns     int // how many
	// model references, left to right; letters in a blind session
	Panes     []string
	Tags      []string  // in alphabetical order
	DeletedAt time.Time // when it was put into the trash; zero for one that is not there
	Hides     bool      // it hides who is who: it is blind and was not revealed
}

const summaryColumns = `s.n, s.id, s.title, s.created_at, s.updated_at, s.turns, s.panes,
	s.blind AND NOT s.revealed`

// scanner reads summaries, of which most have the same panes as the one before.
type scanner struct {
	list  string // JSON
	panes []string
}

// scan reads summaryColumns and what the query has after them, and gives the session's number.
func (s *scanner) scan(row interface{ Scan(...any) error }, m *Summary, more ...any) (n int64,
	err error) {
	var created, updated int64
	var list string
	if err := row.Scan(append([]any{&n, &m.ID, &m.Title, &created, &updated, &m.Turns, &list,
		&m.Hides},
		more...)...); err != nil {
		return 0, err
	}
	m.CreatedAt, m.UpdatedAt = time.UnixMilli(created).UTC(), time.UnixMilli(updated).UTC()
	if list != s.list || s.panes == nil {
		panes, _, err := parsePanes([]byte(list))
		if err != nil {
			return 0, err
		}
		s.list, s.panes = list, providers.Refs(panes)
	}
	m.Panes = slices.Clone(s.panes)
	for i := range m.Panes {
		if m.Hides {
			m.Panes[i] = Letter(i)
		}
	}
	return n, nil
}

// summaries reads sessions s with their tags. There are about so many, as far as the caller knows.
func summaries(ctx context.Context, tx *sql.Tx, about int, where string, args ...any) ([]Summary,
	error) {
	rows, err := tx.QueryContext(ctx, `SELECT `+summaryColumns+` FROM sessions s WHERE `+where,
		args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list, numbers := make([]Summary, 0, about), make([]int64, 0, about)
	var sc scanner
	for rows.Next() {
		var m Summary
		n, err := sc.scan(rows, &m)
		if err != nil {
			return nil, err
		}
		list, numbers = append(list, m), append(numbers, n)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return list, addTagsTo(ctx, tx, list, numbers)
}

// manySessions is from when on all tags are read at once.
const manySessions = 100

// addTagsTo fills in the tags of the sessions with these numbers.
func addTagsTo(ctx context.Context, tx *sql.Tx, list []Summary, numbers []int64) (err error) {
	var tags map[int64][]string
	if len(numbers) >= manySessions {
		if tags, err = tagsOf(ctx, tx, 0); err != nil {
			return err
		}
	}
	for i, n := range numbers {
		if len(numbers) < manySessions {
			if tags, err = tagsOf(ctx, tx, n); err != nil {
				return err
			}
		}
		list[i].Tags = tags[n]
	}
	return nil
}

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

// summaryRecord is a Summary as JSON. The keys to turns and panes are promised; further ones come
// after them.
type summaryRecord struct {
	ID        string   `json:"id"`
	Title     string   `json:"title"`
	CreatedAt string   `json:"created_at"`
	UpdatedAt string   `json:"updated_at"`
	Turns     int      `json:"turns"`
	Panes     []string `json:"panes"`
	Tags      []string `json:"tags"`
	DeletedAt string   `json:"deleted_at,omitempty"`
}

func (m Summary) record() summaryRecord {
	r := summaryRecord{m.ID, m.Title, stampOf(m.CreatedAt), stampOf(m.UpdatedAt), m.Turns,
		list(m.Panes), list(m.Tags), ""}
	if !m.DeletedAt.IsZero() {
		r.DeletedAt = stampOf(m.DeletedAt)
	}
	return r
}

// MarshalJSON gives the record of `lineup sessions list --json`.
func (m Summary) MarshalJSON() ([]byte, error) { return json.Marshal(m.record()) }

// MarshalJSON gives the record of the session with turn, slot and excerpt; marks are pairs of byte
// offsets into the excerpt.
func (h Hit) MarshalJSON() ([]byte, error) {
	marks := make([][2]int, 0, len(h.Marks))
	for _, m := range h.Marks {
		marks = append(marks, [2]int{m.From, m.To})
	}
	return json.Marshal(struct {
		summaryRecord
		Turn    string   `json:"turn"`
		Slot    int      `json:"slot"`
		Excerpt string   `json:"excerpt"`
		Marks   [][2]int `json:"marks"`
	}{h.record(), h.Turn, h.Slot, h.Excerpt, marks})
}
