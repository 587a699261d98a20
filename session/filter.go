package session

import (
	"strings"
	"time"
)

// Filter says which sessions are wanted. Its zero value means all but those in the trash.
type Filter struct {
	Limit int // at most so many; 0 for all, in a search for as many as it gives
	// only sessions that the list has after the one with this id; "" for the start. A search does
	// not know it
	Before string

	// Model, Contender and Status leave out sessions that hide who is who: what fits would tell it
	Model string // a model reference or a part of it: it was asked or it answered
	// a contender that was asked or that answered: its name, label, id or the beginning of its id
	Contender string

	Status Status    // with a reply that ended so, of Model and Contender if named; "" for any
	Tag    string    // with this tag
	From   time.Time // used at this moment or later; zero for any time
	To     time.Time // begun before this moment; zero for any time

	Deleted bool // those in the trash, instead of the others
}

// narrow reports whether the filter asks for more than that a session is not in the trash.
func (f Filter) narrow() bool {
	return f.ofAnswers() || f.Tag != "" || !f.From.IsZero() || !f.To.IsZero() || f.Deleted
}

// ofAnswers reports whether the filter looks for certain replies.
func (f Filter) ofAnswers() bool { return f.Model != "" || f.Contender != "" || f.Status != "" }

// where gives the condition on sessions s. The words deleted_at IS NULL let the partial indexes
// serve.
func (f resolved) where() (sql string, args []any) {
	all := []string{`s.deleted_at IS NULL`}
	if f.Deleted {
		all[0] = `s.deleted_at IS NOT NULL`
	}
	add := func(sql string, arg ...any) { all, args = append(all, sql), append(args, arg...) }
	if tag := CleanTag(f.Tag); tag != "" {
		add(`s.n IN (SELECT session FROM tags WHERE tag = ?)`, tag)
	}
	if !f.From.IsZero() {
		add(`s.updated_at >= ?`, f.From.UnixMilli())
	}
	if !f.To.IsZero() {
		add(`s.created_at < ?`, f.To.UnixMilli())
	}
	if f.ofAnswers() {
		add(`NOT (s.blind AND NOT s.revealed)`)
	}
	switch model := strings.ToLower(f.Model); {
	case f.Contender != "":
		add(`s.n IN (SELECT t.session FROM json_each(?) a JOIN replies r ON r.n = a.value
			JOIN turns t ON t.n = r.turn WHERE (? = '' OR r.status = ?)
			AND (? = '' OR instr(lower(r.model), ?) > 0 OR instr(lower(r.served_by), ?) > 0))`,
			f.numbers(), f.Status, f.Status, model, model, model)
	case model != "" && f.Status != "":
		add(`EXISTS (SELECT 1 FROM session_models m WHERE m.session = s.n AND m.status = ?
			AND instr(lower(m.model), ?) > 0)`, f.Status, model)
	case model != "":
		add(`EXISTS (SELECT 1 FROM session_models m WHERE m.session = s.n
			AND instr(lower(m.model), ?) > 0)`, model)
	case f.Status != "":
		add(`EXISTS (SELECT 1 FROM session_models m WHERE m.session = s.n AND m.status = ?)`,
			f.Status)
	}
	return strings.Join(all, " AND "), args
}

// fits reports whether a reply is one that the filter looks for.
func (f resolved) fits(n int64, model, servedBy string, status Status) bool {
	want := strings.ToLower(f.Model)
	return (f.Status == "" || status == f.Status) && (f.Contender == "" || f.answers[n]) &&
		(strings.Contains(strings.ToLower(model), want) ||
			strings.Contains(strings.ToLower(servedBy), want))
}
