package session

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"lineup/providers"
)

// multipleAttempts is the condition of the index replies_tried. A single attempt is one JSON object
// without an array in it.
const multipleAttempts = `instr(attempts, '},{') > 0`

// countTries adds what the final outcome of a reply does not tell: the attempts before the last
// one, for the models where they happened.
func (c *counter) countTries(ctx context.Context, tx *sql.Tx) error {
	where, args := c.q.where(c.left)
	columns := `attempts`
	if c.askers != nil {
		columns += `, ` + askedOtherwise
	}
	rows, err := tx.QueryContext(ctx, `SELECT `+statsColumns+`, `+columns+` FROM replies
		WHERE `+where+` AND `+multipleAttempts, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var r statsRow
		var raw []byte
		into := []any{&raw}
		var w askedRow
		if c.askers != nil {
			into = append(into, w.columns()...)
		}
		if err := r.scan(rows, into...); err != nil {
			return err
		}
		if c.askers != nil {
			if err := c.askers.resolve(&r, &w); err != nil {
				return err
			}
		}
		var attempts []Attempt
		if err := json.Unmarshal(raw, &attempts); err != nil {
			return fmt.Errorf("the attempts of a reply: %w", err)
		}
		c.countAttempts(&r, attempts)
	}
	return rows.Err()
}

// tried is what became of one reply in one group.
type tried struct {
	attempts, failed int
	last             string // why the last of the failed ones failed
}

// countAttempts adds the attempts of one reply. The last of the group that served is in the counts
// already.
func (c *counter) countAttempts(r *statsRow, attempts []Attempt) {
	groups := map[string]tried{}
	for _, a := range attempts {
		if !c.q.matches(a.Model) {
			continue
		}
		name := c.nameFor(a.Model, r)
		g := groups[name]
		g.attempts++
		if s := Status(a.Outcome); !s.Answer() && s != Cancelled {
			g.failed++
			g.last = providers.CleanLine(a.Outcome)
		}
		groups[name] = g
	}
	served := ""
	if c.q.matches(r.servedBy) {
		served = c.nameFor(r.servedBy, r)
	}
	for name, t := range groups {
		g := c.group(name, r.simulated).note(r)
		if name == served {
			t.attempts--
			if s := r.ending(); !s.Answer() && s != Cancelled {
				t.failed--
			}
		} else {
			g.Asked++
			if t.last != "" {
				g.Failed++
				g.Failures[t.last]++
			} else {
				g.Stopped++
			}
		}
		g.Attempts += max(0, t.attempts)
		g.AttemptsFailed += max(0, t.failed)
	}
}
