package sim

import (
	"errors"
	"io"
	"net/http"
	"time"
)

const maxBody = 64 << 20 // bytes; room for pictures

// errGone says that the client left before the answer was complete.
var errGone = errors.New("client is gone")

// chat answers the chat requests of one dialect and keeps the record.
func (s *Server) chat(d dialect) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		rec := &Record{Dialect: d.name(), Received: time.Now()}
		defer func() { // also when the connection is dropped by a panic
			s.log.add(*rec)
			if s.cfg.Observe != nil {
				s.cfg.Observe(*rec)
			}
		}()
		p := &reply{w: w, conn: http.NewResponseController(w), ctx: r.Context(), dialect: d,
			rec: rec}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			p.refuse(tooLarge())
			return
		}
		rec.Received = received(r.Context())
		rec.ID = identifier(hash(s.cfg.Seed, string(body)))
		q, fail := d.read(r.Header, body, s.cfg.Key)
		if fail != nil {
			p.refuse(fail)
			return
		}
		rec.Model, q.result = q.model, endsInResult(body)
		m, place, fail := s.find(q.model)
		if fail == nil {
			fail = d.check(q, m)
		}
		if fail == nil {
			fail = q.seesAll(m)
		}
		if fail != nil {
			p.refuse(fail)
			return
		}
		rec.Cancelled = errors.Is(s.answer(p, q, m, place), errGone)
	}
}

// answer works on a request that nothing speaks against. Its only error is
// errGone.
func (s *Server) answer(p *reply, q query, m Model, place int) error {
	if q.unload {
		defer s.unload(q.model)
	}
	if len(q.messages) == 0 { // the other dialects refuse it
		return s.loadOnly(p, q, m)
	}
	return s.say(p, q, m, place)
}

// say composes the answers and sends them.
func (s *Server) say(p *reply, q query, m Model, place int) error {
	n, ready := s.begin(q, m, p.rec.Received)
	leave, err := s.enter(p.ctx, q.model, m.Slots)
	if err != nil {
		return err
	}
	defer leave()
	if now := time.Now(); m.Slots > 0 && now.After(ready) {
		ready = now
	}
	seed := q.fingerprint(m.Seed) + uint64(n)
	p.rec.ID = identifier(seed)
	p.stream, p.chunk, p.hold = q.stream, max(1, m.TokensPerChunk), m.Hold
	p.pace = schedule{start: ready, ttft: m.TTFT, gap: m.gap(), jitter: m.Jitter, seed: mix(seed)}
	p.out = outcome{prompt: q.promptTokens(), load: ready.Sub(p.rec.Received)}
	if m.Fault.strikes(n) {
		p.fault = m.Fault
	}
	s.composeAll(p, q, m, place)
	return p.run()
}

// composeAll makes the answers that are wanted: n for each prompt of a batch.
func (s *Server) composeAll(p *reply, q query, m Model, place int) {
	n, batch := max(1, q.n), q.batch
	if batch == nil {
		batch = []string{""} // the conversation itself
	}
	encoders := []encoder{}
	if d, ok := p.dialect.(several); ok {
		encoders = d.encoders(p.rec.ID, q, p.rec.Received, n*len(batch))
	} else {
		encoders = append(encoders, p.dialect.encoder(p.rec.ID, q, p.rec.Received))
	}
	for i := range encoders {
		asked := q
		if q.batch != nil {
			asked.messages = []message{{Role: "user", Content: content(batch[i/n])}}
		}
		c := s.compose(asked, m, place+i%n, p.fault.Kind)
		c.encoder = encoders[i]
		if i == 0 {
			p.choice = c
		} else {
			p.more = append(p.more, c)
		}
	}
}

// loadOnly answers a chat without messages, by which Ollama loads a model or,
// with keep_alive 0, unloads it.
func (s *Server) loadOnly(p *reply, q query, m Model) error {
	if !q.unload {
		_, ready := s.begin(q, m, p.rec.Received)
		if err := sleepUntil(p.ctx, ready); err != nil {
			return err
		}
	}
	p.rec.Status, p.rec.HeadersSent = http.StatusOK, time.Now()
	writeOllama(p.w, p.dialect.(loader).loadLine(q, p.rec.HeadersSent))
	return nil
}

// compose settles what an answer says and how long it is. With FaultBlank it says nothing, with
// FaultJSON its JSON does not fit.
func (s *Server) compose(q query, m Model, place int, fault FaultKind) (c choice) {
	prompts := q.prompts()
	var length, thinking int
	c.answer, length = s.library.answer(m, place, prompts)
	if got := split(q.got()); len(got) > 0 && m.Script != Stamp {
		c.answer, length = &ahead{got, c.answer}, length+len(got)
	}
	if m.Tokens > 0 {
		length = m.Tokens
	}
	if said := reads(prompts[len(prompts)-1]); said != "" && len(m.Answers) == 0 &&
		m.Script != Stamp {
		c.answer, length = newProse("", []text{newText(0, general, said)})
	}
	shape, seed := q.shape, q.fingerprint(m.Seed)+uint64(place)
	if t := q.called(); t != nil {
		shape = t.parameters
		c.call = &toolCall{id: "call_" + identifier(seed), name: t.name}
	}
	if shape != nil || c.call != nil {
		json := "{}"
		if shape != nil {
			json = shaped(shape, seed, fault == FaultJSON)
		}
		c.answer, length = newProse("", []text{newText(0, general, json)})
	}
	if m.Think != 0 && q.think != "false" {
		c.reasoning, thinking = s.library.reason(m, place, prompts)
		if m.Think > 0 {
			thinking = m.Think
		}
	}
	if fault == FaultBlank {
		thinking, length = 0, 0
	}
	if len(q.stop) > 0 && m.Script != Stamp { // stamps are made as they are sent
		c.answer, length, c.stop = stopAt(c.answer, length, q.stop)
	}
	c.total = thinking + length
	if q.limit > 0 && q.limit < c.total {
		c.total, c.length, c.stop = q.limit, true, ""
	}
	c.thinking = min(thinking, c.total)
	return c
}
