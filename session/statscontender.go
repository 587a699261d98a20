package session

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"lineup/providers"
)

// knownAsked is the condition for replies with the asked and the serving model in the index.
const knownAsked = `contender IS NOT NULL AND model = served_by`

// askedOtherwise are the columns that tell the contender of the other replies: those of before
// contenders were kept, and those that a fallback served.
const askedOtherwise = `contender, params, system, (SELECT s.system FROM turns t
	JOIN sessions s ON s.n = t.session WHERE t.n = replies.turn)`

// askers tells which contenders replies were asked of, and which ones served them. A reply counts
// for the one that served, as it does for a model. All names are ids of contenders.
type askers struct {
	stored map[int64]storedAsker // by their number
	made   map[askedOf]string    // the ids of replies that have no number
	all    map[string]asker      // by id
}

type storedAsker struct {
	providers.Contender
	id string // which takes a while to compute
}

// asker is a contender, and when the reply ended that its name is from.
type asker struct {
	providers.Contender
	at int64
}

// askedOf is what the contender of an old reply is made of.
type askedOf struct {
	model, servedBy, params string
	system                  sql.NullString
}

// readAskers reads the contenders of a store.
func readAskers(ctx context.Context, tx *sql.Tx) (*askers, error) {
	a := &askers{map[int64]storedAsker{}, map[askedOf]string{}, map[string]asker{}}
	rows, err := tx.QueryContext(ctx, `SELECT n, name, model, settings FROM contenders`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var n int64
		var name, model, settings string
		if err := rows.Scan(&n, &name, &model, &settings); err != nil {
			return nil, err
		}
		c, err := contenderOf(name, model, settings)
		if err != nil {
			return nil, err
		}
		a.stored[n] = storedAsker{c, c.ID()}
	}
	return a, rows.Err()
}

// note keeps a contender that was asked at some time. Of several names for one the newest counts.
func (a *askers) note(id string, c providers.Contender, at int64) string {
	if old, seen := a.all[id]; !seen || at >= old.at {
		a.all[id] = asker{c, at}
	}
	return id
}

// askedRow are the further columns of a row, by which its contender is known.
type askedRow struct {
	n                     sql.NullInt64
	params                []byte
	system, sessionSystem sql.NullString
}

// columns are where a row of askedOtherwise is read into.
func (w *askedRow) columns() []any { return []any{&w.n, &w.params, &w.system, &w.sessionSystem} }

// resolve finds the ids of the contenders that a reply was asked of and that served it.
func (a *askers) resolve(r *statsRow, w *askedRow) error {
	if c, ok := a.stored[w.n.Int64]; ok && w.n.Valid {
		r.contender = a.note(c.id, c.Contender, r.ended)
		if r.server = r.contender; !r.model.Valid {
			return nil
		}
	}
	reply := Reply{Model: r.servedBy, ServedBy: r.servedBy, System: w.sessionSystem.String}
	if r.model.Valid {
		reply.Model = r.model.String
	}
	if w.system.Valid {
		reply.System = w.system.String
	}
	if len(w.params) > 0 {
		if err := json.Unmarshal(w.params, &reply.Params); err != nil {
			return fmt.Errorf("%w: %w", errContent, err)
		}
	}
	if r.contender == "" {
		r.contender = a.make(&reply, w, r.ended)
	}
	if r.server = r.contender; r.model.Valid { // the parameters are those of the one that served
		served := providers.Contender{Ref: providers.RefOf(r.servedBy)}
		served.Settings.Params = reply.Params
		r.server = a.note(served.ID(), served, r.ended)
	}
	return nil
}

// make is the id of the contender of a reply that the store has no contender of.
func (a *askers) make(r *Reply, w *askedRow, at int64) string {
	of := askedOf{r.Model, r.ServedBy, string(w.params), w.system}
	id, ok := a.made[of]
	if !ok {
		c := providers.Contender{}
		if asked := r.Asked(w.sessionSystem.String); asked != nil {
			c = *asked
		}
		id = a.note(c.ID(), c, at)
		a.made[of] = id
	}
	return id
}

// nameFor is the id of the contender that stands for a model in a reply.
func (a *askers) nameFor(ref string, r *statsRow) string {
	switch {
	case ref == r.servedBy:
		return r.server
	case ref == r.model.String:
		return r.contender
	}
	c := providers.Contender{Ref: providers.RefOf(ref)}
	return a.note(c.ID(), c, r.ended)
}

// countContenders counts all replies by contender: those that the index tells all of, then the
// others.
func (c *counter) countContenders(ctx context.Context, tx *sql.Tx) (err error) {
	if c.askers, err = readAskers(ctx, tx); err != nil {
		return err
	}
	where, args := c.q.where(c.left)
	for _, part := range []struct{ columns, where string }{
		{`contender`, knownAsked},
		{askedOtherwise, `NOT (` + knownAsked + `)`},
	} {
		rows, err := tx.QueryContext(ctx, `SELECT `+statsColumns+`, `+part.columns+
			` FROM replies WHERE `+where+` AND `+part.where, args...)
		if err != nil {
			return err
		}
		if err := c.countRows(rows, part.columns == askedOtherwise); err != nil {
			return err
		}
	}
	return nil
}

// countRows counts rows with a contender, whole with everything that may tell of one.
func (c *counter) countRows(rows *sql.Rows, whole bool) error {
	defer rows.Close()
	for rows.Next() {
		var r statsRow
		var w askedRow
		columns := w.columns()
		if !whole {
			columns = columns[:1]
		}
		if err := r.scan(rows, columns...); err != nil {
			return err
		}
		if err := c.askers.resolve(&r, &w); err != nil {
			return err
		}
		c.count(&r)
	}
	return rows.Err()
}

// labelled gives each group its contender and a name that no other group has.
func (a *askers) labelled(list []Stats) {
	ids, shared := map[string]string{}, map[string]bool{}
	for i := range list {
		id := list[i].Group
		c := a.all[id].Contender
		list[i].Contender = &c
		label := c.Label()
		shared[label] = shared[label] || ids[label] != "" && ids[label] != id
		ids[label] = id
	}
	for i := range list {
		id, label := list[i].Group, list[i].Contender.Label()
		if list[i].Group = label; shared[label] {
			list[i].Group += " (" + id + ")"
		}
	}
}
