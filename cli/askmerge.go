package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/pflag"

	"lineup/config"
	"lineup/registry"
	"lineup/turn"
)

// mergeFlags say who merges the answers of lineup ask.
type mergeFlags struct{ merge readerFlag }

func (f *mergeFlags) register(flags *pflag.FlagSet) {
	flags.Var(&f.merge, "merge",
		"model reference, with settings as for -m, of who makes one answer of all; "+
			"--merge= is the config's")
}

// open opens the model that merges, nil where nobody does. l is the line-up that is asked, if one
// is.
func (f *mergeFlags) open(reg *registry.Registry, l config.Lineup) (*merging, error) {
	of := reg.Config().Compare
	spec, ok, err := f.merge.open(reg, "merge", cmp.Or(l.Merge, of.Merge))
	if !ok {
		return nil, err
	}
	return &merging{spec: spec, template: of.MergePrompt}, nil
}

// merging asks a model to merge the answers of a turn.
type merging struct {
	spec     registry.Spec
	template string
}

// run merges the answers of a turn, prints the reply and stores it with them. ok is false where the
// model was not asked, gave no answer, or could not be stored. The error is one of standard output.
func (m *merging) run(ctx context.Context, q *question, t *turn.Turn) (ok bool, err error) {
	sayUnread(q, t.Record, "merged")
	if len(t.Record.Answered()) < 2 {
		fmt.Fprintln(q.g.err, "lineup: nothing to merge: two answers are needed")
		return true, nil
	}
	asked := turn.MergeOf(t.Record, m.template, false)
	next := turn.EstimateRequest(q.calibration, m.spec.Info, asked.Request(m.spec))
	if err := q.affords(t.Record, next); err != nil {
		fmt.Fprintf(q.g.err, "lineup: not merged: %v\n", err)
		return false, nil
	}
	again := turn.Again(t.Session, t.Record)
	r := again.Merge(len(t.Record.Replies), m.spec, asked, q.calibration, time.Now())
	show, err := m.printer(q, again, r.Slot)
	if err != nil {
		return false, err
	}
	if err := q.follow(ctx, again, show); err != nil {
		return false, err
	}
	saved := q.settle(ctx, again)
	if p, isJSON := show.(*jsonPrinter); isJSON {
		err = p.flush()
	}
	return saved && r.Answered(), err
}

// printer prints the reply as those before it were printed.
func (m *merging) printer(q *question, t *turn.Turn, slot int) (printer, error) {
	before, isText := q.show.(*textPrinter)
	if !isText {
		return &jsonPrinter{out: q.g.out, tell: newTeller(q.g), turn: t, keeper: q.keeper}, nil
	}
	if _, err := io.WriteString(q.g.out, "\n"); err != nil {
		return nil, err
	}
	p := newTextPrinter(q.g, []registry.Spec{m.spec}, 0, before.draws)
	p.slots[0].heading = "Merged by " + p.slots[0].heading
	p.turn, p.first, p.single = t, slot, false
	return p, nil
}
