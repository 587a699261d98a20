package batch

import (
	"bufio"
	"context"
	"errors"
	"io"
	"sync"

	"lineup/turn"
)

// rejudgedAtOnce is how many lines are judged again at a time: a judge may be asked for each.
const rejudgedAtOnce = 8

// judging gives a line the verdict of its case's present checks, or nil to leave it as it is.
type judging func(old *Line, cas int) ([]byte, mark)

// judgeAgain gives a kept line the verdict of the present checks. When drain is done, lines stay as
// they are. So does a line that there is no money to judge.
func (r *Run) judgeAgain(ctx, drain context.Context, old *Line, cas int) ([]byte, mark) {
	if drain.Err() != nil {
		return nil, 0
	}
	c := &r.plan.Suite.Cases[cas]
	old.Vars = varsOf(c) // the checks may have other values now
	left := false
	line, v, err := r.judge(ctx, old, c,
		func(ctx context.Context, model, prompt string) (string, error) {
			done, ok := r.afford(model, prompt)
			if !ok {
				left = true
				return "", errLeft
			}
			defer done()
			return r.askJudge(ctx, model, prompt)
		})
	if err != nil || left || ctx.Err() != nil {
		return nil, 0
	}
	return line, markOf(old.Status, v.Pass, c)
}

var errLeft = errors.New("left out by the budget")

// afford reserves money for a judge until done is called; ok is false where there is too little. A
// judge whose answers have no known length is asked alone, until there is one. The others are asked
// beside each other.
func (r *Run) afford(model, prompt string) (done func(), ok bool) {
	if r.o.Budget == nil {
		return func() {}, true
	}
	spec := r.o.Judges[model]
	req := turn.Request(spec, "", userSays(prompt)...)
	r.alone.Lock()
	free := r.alone.Unlock
	one := r.purse.atLeast(r.priceOf(spec, question{request: req}), spec.Info.Ref.String())
	usd := one.usd
	if !one.guessed {
		free()
		free = func() {}
		usd *= spare
	}
	if !r.purse.reserve(usd) {
		free()
		return nil, false
	}
	return func() {
		r.purse.release(usd)
		free()
	}, true
}

// judged judges lines again, several at a time, and writes them in their order.
type judged struct {
	r      *Results
	judge  judging
	atOnce int
	known  *places
	out    *bufio.Writer
	lines  [][]byte
}

// add takes a line.
func (g *judged) add(line []byte) error {
	g.lines = append(g.lines, append([]byte(nil), line...))
	if len(g.lines) < g.atOnce {
		return nil
	}
	return g.flush()
}

// flush writes the lines that were taken.
func (g *judged) flush() error {
	if len(g.lines) == 0 {
		return nil
	}
	made := make([]rejudgement, len(g.lines))
	var all sync.WaitGroup
	for i := range g.lines {
		all.Go(func() { made[i] = g.one(g.lines[i]) })
	}
	all.Wait()
	for i, m := range made {
		if m.line == nil {
			m.line = g.lines[i]
		} else {
			g.r.marks[g.r.plan.index(m.at)] = m.mark
		}
		if _, err := g.out.Write(m.line); err != nil {
			return err
		}
	}
	g.lines = g.lines[:0]
	return nil
}

// rejudgement is a line with another verdict; the zero one leaves the line as it is.
type rejudgement struct {
	at   place
	line []byte
	mark mark
}

// one judges a line again.
func (g *judged) one(line []byte) (m rejudgement) {
	l, err := ParseLine(trim(line))
	if err != nil || l.Reply == nil || l.Contender == nil || g.judge == nil {
		return m
	}
	at, ok := g.known.find(l.ID, l.PromptID, l.Contender.ID(), l.Take)
	if !ok {
		return m
	}
	m.at = at
	m.line, m.mark = g.judge(l, at.cas)
	return m
}

func bufferedWriter(w io.Writer) *bufio.Writer { return bufio.NewWriterSize(w, 64<<10) }
