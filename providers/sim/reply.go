package sim

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// reply is one answer on its way to the client.
type reply struct {
	w       http.ResponseWriter
	conn    *http.ResponseController // of w
	ctx     context.Context          // ends when the client leaves
	dialect dialect
	buf     bytes.Buffer // what goes out with the next send
	rec     *Record

	stream bool
	fault  Fault // NoFault unless it strikes this request
	pace   schedule
	chunk  int // tokens that travel together
	hold   time.Duration
	held   time.Time // since when the buffer on the way holds something back; zero: it is empty

	choice          // the first answer, which faults strike
	more   []choice // further ones
	out    outcome  // what all answers have in common
}

// choice is one of the answers to a request.
type choice struct {
	encoder           encoder
	reasoning, answer source
	thinking          int       // tokens of reasoning
	total             int       // tokens, reasoning included
	length            bool      // cut by the client's limit
	stop              string    // the stop sequence that ended it, "" for none
	call              *toolCall // of which answer is the arguments; nil for text
}

// run sends the answer, or fails as the fault wants it.
func (p *reply) run() error {
	switch p.fault.Kind {
	case FaultStatus:
		p.refuse(p.fault.failure(p.rec.Model))
		return nil
	case FaultEmpty:
		return p.send()
	case FaultHeaders:
		if p.fault.Wait == 0 {
			return p.silence()
		}
		p.pace.start = p.pace.start.Add(p.fault.Wait)
		if err := sleepUntil(p.ctx, p.pace.start); err != nil {
			return err
		}
	}
	if p.stream {
		return p.sendStream()
	}
	return p.sendWhole()
}

func (p *reply) refuse(f *failure) {
	p.rec.Status, p.rec.HeadersSent = f.status, time.Now()
	p.dialect.refuse(p.w, p.rec.ID, f)
}

func (p *reply) sendStream() error {
	for _, c := range p.all() {
		c.encoder.open(&p.buf, p.out.prompt)
	}
	if p.buf.Len() > 0 {
		if err := p.send(); err != nil {
			return err
		}
	}
	all, longest := p.all(), p.longest()
	for i := 0; i < longest; {
		if p.fault.inStream() && i >= p.fault.After {
			return p.fail(i)
		}
		if err := p.waitFor(p.pace.at(i)); err != nil {
			return err
		}
		n, now := p.chunkSize(i), time.Now()
		for _, c := range all {
			p.rec.wrote(c.write(&p.buf, i, n, now), now)
		}
		if p.hold > 0 {
			if p.held.IsZero() {
				p.held = now
			}
		} else {
			if err := p.send(); err != nil {
				return err
			}
			p.rec.left(now, leaving(p.ctx))
		}
		i += n
	}
	if p.fault.inStream() {
		return p.fail(longest)
	}
	p.end(time.Now())
	return p.send()
}

// all are the answers, the first one first.
func (p *reply) all() []*choice {
	all := []*choice{&p.choice}
	for i := range p.more {
		all = append(all, &p.more[i])
	}
	return all
}

// longest is the number of tokens of the longest answer.
func (p *reply) longest() (n int) {
	for _, c := range p.all() {
		n = max(n, c.total)
	}
	return n
}

// end closes all answers.
func (p *reply) end(now time.Time) {
	for _, c := range p.all() {
		c.encoder.end(&p.buf, p.outcome(c, now))
	}
}

// write puts n tokens from token i on into the buffer, as far as the answer has them, and returns
// their number.
func (c *choice) write(to *bytes.Buffer, i, n int, now time.Time) int {
	end := min(i+n, c.total)
	for from := i; from < end; {
		upTo := end
		if from < c.thinking {
			upTo = min(end, c.thinking)
		}
		if text := c.tokens(from, upTo-from, now); c.call != nil && from >= c.thinking {
			c.encoder.(caller).call(to, c.call, text, from == c.thinking)
		} else {
			c.encoder.delta(to, from < c.thinking, text, now)
		}
		from = upTo
	}
	return max(0, end-i)
}

// waitFor waits until a chunk is due, and meanwhile sends what the buffer on the
// way has held back for long enough.
func (p *reply) waitFor(due time.Time) error {
	if until := p.held.Add(p.hold); !p.held.IsZero() && until.Before(due) {
		if err := sleepUntil(p.ctx, until); err != nil {
			return err
		}
		p.held = time.Time{}
		if err := p.send(); err != nil {
			return err
		}
	}
	return sleepUntil(p.ctx, due)
}

// chunkSize is how many tokens leave together from token i on: never reasoning
// and answer in one chunk, and none past a fault.
func (p *reply) chunkSize(i int) int {
	end := p.longest()
	if i < p.thinking {
		end = p.thinking
	}
	if p.fault.inStream() {
		end = min(end, p.fault.After)
	}
	return min(p.chunk, end-i)
}

// tokens returns the text of n tokens from token i on, all of one kind.
func (c *choice) tokens(i, n int, now time.Time) string {
	from := c.answer
	if i < c.thinking {
		from = c.reasoning
	}
	if n == 1 {
		return from.next(now)
	}
	var text strings.Builder
	for range n {
		text.WriteString(from.next(now))
	}
	return text.String()
}

// sendWhole sends the answer as one object once its last token is due.
func (p *reply) sendWhole() error {
	due := p.pace.start
	if n := p.longest(); n > 0 {
		due = p.pace.at(n - 1)
	}
	if p.fault.inStream() {
		return p.failWhole(due)
	}
	if err := sleepUntil(p.ctx, due); err != nil {
		return err
	}
	p.writeWhole()
	p.w.Header().Set("Content-Length", strconv.Itoa(p.buf.Len()))
	return p.send()
}

// writeWhole puts the whole answers into the buffer.
func (p *reply) writeWhole() {
	now := time.Now()
	for _, c := range p.all() {
		reasoning := c.tokens(0, c.thinking, now)
		text := c.tokens(c.thinking, c.total-c.thinking, now)
		p.rec.wrote(c.total, now)
		if c.call != nil {
			c.call.arguments, text = text, ""
		}
		c.encoder.whole(&p.buf, reasoning, text, p.outcome(c, now))
	}
}

// send writes the buffer and hands it to the network at once.
func (p *reply) send() error {
	if p.rec.Status == 0 {
		p.dialect.headers(p.w.Header(), p.rec.ID, p.stream)
		p.rec.Status, p.rec.HeadersSent = http.StatusOK, time.Now()
	}
	_, err := p.w.Write(p.buf.Bytes())
	p.buf.Reset()
	if err != nil || p.conn.Flush() != nil {
		return errGone
	}
	return nil
}

// outcome sums up for the end of an answer. The time to the first token is the reading of the
// prompt. A hundredth of it is finding the model in memory, which Ollama counts as loading.
func (p *reply) outcome(c *choice, now time.Time) outcome {
	o := p.out
	o.call = c.call
	o.now, o.reasoning, o.output, o.length, o.stop = now, c.thinking, c.total, c.length, c.stop
	lookup := p.pace.ttft / 100
	o.load += lookup
	o.promptTime = p.pace.ttft - lookup
	o.outputTime = max(0, now.Sub(p.pace.start)-p.pace.ttft)
	o.total = now.Sub(p.rec.Received)
	return o
}

// sleepUntil waits for a time; it returns errGone once the client has left.
func sleepUntil(ctx context.Context, due time.Time) error {
	wait := time.Until(due)
	if wait <= 0 {
		if ctx.Err() != nil {
			return errGone
		}
		return nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return errGone
	}
}
