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
		p := &reply{w: w, conn: http.NewResponseController(w), ctx: r.Context(), dialect: d, rec: rec}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			p.refuse(&failure{
				status: http.StatusRequestEntityTooLarge, kind: "invalid_request_error",
				message: "the request is larger than 64 MiB or incomplete",
			})
			return
		}
		rec.Received = received(r.Context())
		rec.ID = identifier(hash(s.cfg.Seed, string(body)))
		q, fail := d.read(r.Header, body, s.cfg.Key)
		if fail != nil {
			p.refuse(fail)
			return
		}
		rec.Model = q.model
		m, place, fail := s.find(q.model)
		if fail == nil {
			fail = d.check(q, m)
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
	n, ready := s.begin(q, m, p.rec.Received)
	seed := q.fingerprint(m.Seed) + uint64(n)
	p.rec.ID = identifier(seed)
	p.encoder = p.dialect.encoder(p.rec.ID, q, p.rec.Received)
	p.stream, p.chunk, p.hold = q.stream, max(1, m.TokensPerChunk), m.Hold
	p.pace = schedule{start: ready, ttft: m.TTFT, gap: m.gap(), jitter: m.Jitter, seed: mix(seed)}
	p.out = outcome{prompt: q.promptTokens(), load: ready.Sub(p.rec.Received)}
	if m.Fault.strikes(n) {
		p.fault = m.Fault
	}
	s.compose(p, q, m, place)
	return p.run()
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
	writeOllama(p.w, loadLine(q, p.rec.HeadersSent))
	return nil
}

// compose settles what a reply says and how long it is.
func (s *Server) compose(p *reply, q query, m Model, place int) {
	prompts := q.prompts()
	var length, thinking int
	p.answer, length = s.library.answer(m, place, prompts)
	if m.Tokens > 0 {
		length = m.Tokens
	}
	if m.Think != 0 && q.think != "false" {
		p.reasoning, thinking = s.library.reason(m, place, prompts)
		if m.Think > 0 {
			thinking = m.Think
		}
	}
	if p.fault.Kind == FaultBlank {
		thinking, length = 0, 0
	}
	p.total = thinking + length
	if q.limit > 0 && q.limit < p.total {
		p.total, p.out.length = q.limit, true
	}
	p.thinking = min(thinking, p.total)
}
