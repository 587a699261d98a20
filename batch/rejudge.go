package batch

import (
	"bufio"
	"context"
	"io"
	"sync"
)

// rejudgedAtOnce is how many lines are judged again at a time: a judge may be asked for each.
const rejudgedAtOnce = 8

// judging gives a line the verdict of its case's present checks, or nil to leave it as it is.
type judging func(ctx context.Context, old *Line, cas int) ([]byte, mark)

// judged judges lines again, several at a time, and writes them in their order.
type judged struct {
	r     *Results
	ctx   context.Context
	judge judging
	known *places
	out   *bufio.Writer
	lines [][]byte
}

// add takes a line.
func (g *judged) add(line []byte) error {
	g.lines = append(g.lines, append([]byte(nil), line...))
	if len(g.lines) < rejudgedAtOnce {
		return nil
	}
	return g.flush()
}

// flush writes the lines that were taken.
func (g *judged) flush() error {
	if len(g.lines) == 0 {
		return nil
	}
	if err := g.ctx.Err(); err != nil {
		return err
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
	m.line, m.mark = g.judge(g.ctx, l, at.cas)
	return m
}

func bufferedWriter(w io.Writer) *bufio.Writer { return bufio.NewWriterSize(w, 64<<10) }
