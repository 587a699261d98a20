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
	encoder encoder
	buf     bytes.Buffer // what goes out with the next send
	rec     *Record

	stream bool
	fault  Fault // NoFault unless it strikes this request
	pace   schedule
	chunk  int // tokens that travel together
	hold   time.Duration
	held   time.Time // since when the buffer on the way holds something back; zero: it is empty

	reasoning, answer source
	thinking          int // tokens of reasoning
	total             int // tokens, reasoning included
	out               outcome
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
	p.encoder.open(&p.buf, p.out.prompt)
	if p.buf.Len() > 0 {
		if err := p.send(); err != nil {
			return err
		}
	}
	for i := 0; i < p.total; {
		if p.fault.inStream() && i >= p.fault.After {
			return p.fail(i)
		}
		if err := p.waitFor(p.pace.at(i)); err != nil {
			return err
		}
		n, now := p.chunkSize(i), time.Now()
		p.encoder.delta(&p.buf, i < p.thinking, p.tokens(i, n, now), now)
		p.rec.wrote(n, now)
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
		return p.fail(p.total)
	}
	p.encoder.end(&p.buf, p.outcome(time.Now()))
	return p.send()
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
	end := p.total
	if i < p.thinking {
		end = p.thinking
	}
	if p.fault.inStream() {
		end = min(end, p.fault.After)
	}
	return min(p.chunk, end-i)
}

// tokens returns the text of n tokens from token i on, all of one kind.
func (p *reply) tokens(i, n int, now time.Time) string {
	from := p.answer
	if i < p.thinking {
		from = p.reasoning
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
	if p.total > 0 {
		due = p.pace.at(p.total - 1)
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

// writeWhole puts the whole answer into the buffer.
func (p *reply) writeWhole() {
	now := time.Now()
	reasoning := p.tokens(0, p.thinking, now)
	text := p.tokens(p.thinking, p.total-p.thinking, now)
	p.rec.wrote(p.total, now)
	p.encoder.whole(&p.buf, reasoning, text, p.outcome(now))
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

// outcome sums up for the end of the answer. The time to the first token is
// the reading of the prompt, but for the hundredth that finding a model in
// memory takes, which Ollama counts as loading.
func (p *reply) outcome(now time.Time) outcome {
	o := p.out
	o.now, o.reasoning, o.output = now, p.thinking, p.total
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
