package sim

import (
	"bytes"
	"net/http"
	"time"
)

// fail breaks a stream ahead of token i, or ahead of the end marker if there
// are no more tokens.
func (p *reply) fail(i int) error {
	switch p.fault.Kind {
	case FaultStall:
		return p.silence()
	case FaultKeepAlive:
		return p.keepAlive()
	}
	if i < p.longest() {
		if err := sleepUntil(p.ctx, p.pace.at(i)); err != nil {
			return err
		}
	}
	switch p.fault.Kind {
	case FaultError:
		p.encoder.fail(&p.buf, usual(p.fault.errorStatus()))
	case FaultReset:
		now := time.Now()
		if p.write(&p.buf, i, 1, now) == 0 {
			p.end(now)
		}
		p.tearObject()
	}
	// FaultCut and FaultBroken send nothing more but the headers, where these
	// have not gone out yet.
	if err := p.send(); err != nil {
		return err
	}
	p.hangUp()
	return nil
}

// failWhole breaks an answer that is not streamed, in the middle of its object.
func (p *reply) failWhole(due time.Time) error {
	switch p.fault.Kind {
	case FaultStall:
		return p.silence()
	case FaultKeepAlive:
		return p.keepAlive()
	}
	if err := sleepUntil(p.ctx, due); err != nil {
		return err
	}
	if p.fault.Kind == FaultError {
		p.refuse(usual(p.fault.errorStatus()))
		return nil
	}
	p.writeWhole()
	p.tearObject()
	if err := p.send(); err != nil {
		return err
	}
	p.hangUp()
	return nil
}

// tearObject drops the second half of the first object in the buffer and
// everything after it.
func (p *reply) tearObject() {
	b := p.buf.Bytes()
	start := max(0, bytes.IndexByte(b, '{'))
	length := bytes.IndexByte(b[start:], '\n')
	if length < 0 {
		length = len(b) - start
	}
	p.buf.Truncate(start + length/2)
}

// silence waits for the client to leave.
func (p *reply) silence() error {
	<-p.ctx.Done()
	return errGone
}

// keepAlive shows signs of life until the client leaves. JSON that is not
// streamed may have empty lines before it.
func (p *reply) keepAlive() error {
	every := p.fault.Wait
	if every == 0 {
		every = time.Second
	}
	for due := time.Now().Add(every); ; due = due.Add(every) {
		if p.stream {
			p.encoder.ping(&p.buf)
		} else {
			p.buf.WriteByte('\n')
		}
		if err := p.send(); err != nil {
			return err
		}
		if err := sleepUntil(p.ctx, due); err != nil {
			return err
		}
	}
}

// hangUp drops the connection as FaultReset and FaultBroken do; after the other
// faults the body ends in order.
func (p *reply) hangUp() {
	if p.fault.Kind != FaultReset && p.fault.Kind != FaultBroken {
		return
	}
	conn, _, err := p.conn.Hijack()
	if err != nil { // no connection to take, as with a recorder
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(interface{ SetLinger(sec int) error }); ok && p.fault.Kind == FaultReset {
		tcp.SetLinger(0) // closing now sends a RST
	}
	conn.Close()
}
