package cli

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"lineup/compare"
	"lineup/providers"
	"lineup/registry"
	"lineup/session"
	"lineup/turn"
)

// mergeFlags say who merges the answers of lineup ask.
type mergeFlags struct{ merge string }

func (f *mergeFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.merge, "merge", "",
		"model reference, with settings as for -m, of who makes one answer of all")
}

// open opens the model that merges, nil where nobody does.
func (f *mergeFlags) open(reg *registry.Registry) (*merging, error) {
	if f.merge == "" {
		return nil, nil
	}
	spec, err := openReader(reg, f.merge)
	if err != nil {
		return nil, usagef("--merge: %w", err)
	}
	return &merging{spec: spec, template: reg.Config().Compare.MergePrompt}, nil
}

// merging asks a model to merge the answers of a turn.
type merging struct {
	spec     registry.Spec
	template string
}

// run merges the answers of a turn, prints the reply and stores it with them. ok is false if the
// model was not asked, if its reply is no answer, or if it could not be stored. The error is one of
// standard output.
func (m *merging) run(ctx context.Context, q *question, t *turn.Turn) (ok bool, err error) {
	var answers []string
	for _, r := range t.Record.Replies {
		switch {
		case r == nil || r.Merge:
		case !answered(r):
			fmt.Fprintf(q.g.err, "lineup: %s is not merged: its reply is %s\n", r.Model, r.Status)
		default:
			answers = append(answers, r.VisibleText())
		}
	}
	if len(answers) < 2 {
		fmt.Fprintln(q.g.err, "lineup: nothing to merge: two answers are needed")
		return true, nil
	}
	messages := m.messages(t.Record, answers)
	input := q.calibration.EstimateInput(m.spec.Info.Ref.String(),
		turn.Request(m.spec, "", messages...))
	if err := q.affords(t.Record, m.spec, input); err != nil {
		fmt.Fprintf(q.g.err, "lineup: not merged: %v\n", err)
		return false, nil
	}
	again := turn.Again(t.Session, t.Record)
	r := again.Merge(len(t.Record.Replies), m.spec, messages, q.calibration, time.Now())
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
	return saved && answered(r), err
}

// answered reports whether a reply is an answer with something in it.
func answered(r *session.Reply) bool {
	return r.Status.Answer() && strings.TrimSpace(r.VisibleText()) != ""
}

// messages are the question with the answers in another order each time, so that no place tells
// whose an answer is.
func (m *merging) messages(t *session.Turn, answers []string) []providers.Message {
	rand.Shuffle(len(answers), func(i, j int) { answers[i], answers[j] = answers[j], answers[i] })
	text := compare.MergeQuestion{Prompt: t.Prompt, Answers: answers, Template: m.template,
		Boundary: compare.NewBoundary(append(answers, t.Prompt, m.template)...)}.Text()
	return []providers.Message{{Role: providers.User, Content: text, Attachments: t.Attachments}}
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
