package load

import (
	"context"
	"iter"
	"time"

	"lineup/providers"
	"lineup/session"
)

// sample is what is kept of one request.
type sample struct {
	sent   time.Time // when it went out; zero where it never did
	ended  time.Time
	done   bool
	cut    bool             // it was stopped from here, and is no failure
	err    *providers.Error // why it is not done
	ttft   *float64         // milliseconds
	speed  *float64         // tokens a second
	input  int              // tokens
	output int              // tokens
	// pieces of the answer, with the tokens that each one brought
	pieces []piece
}

// piece is a part of an answer that came at once.
type piece struct {
	at     time.Time
	tokens float64
}

// ask sends one request and hears it to its end.
func ask(ctx context.Context, target Target, prompt string) (s sample) {
	req := providers.Request{Messages: []providers.Message{{Role: providers.User, Content: prompt}}}
	if system := target.Info.Contender.Settings.System; system != nil {
		req.System = *system
	}
	r := session.NewReply(0, target.Info, req, time.Now())
	end := providers.Event{Type: providers.EventEnd}
	for ev, err := range target.Model.Stream(ctx, req) {
		end.At = ev.At
		if err != nil {
			end.Err = providers.AsError(err)
			break
		}
		if ev.Type == providers.EventSent {
			s.sent = ev.At
		}
		r.Apply(ev)
	}
	if end.At.IsZero() {
		end.At = time.Now()
	}
	r.Apply(end)
	s.ended, s.done = end.At, r.Status.Answer()
	s.cut = end.Err != nil && ctx.Err() != nil
	if s.err = end.Err; s.err == nil && !s.done { // such as an empty answer
		s.err = &providers.Error{Kind: providers.Empty, Message: "the answer is empty"}
	}
	s.ttft, s.speed = r.Metrics.TTFT, r.Metrics.TokensPerSecond
	s.input, s.output = r.Usage.Input, r.Usage.Output
	s.pieces = pieces(r, s.sent)
	return s
}

// pieces spreads the tokens of a reply over its chunks. Servers that send a token with each chunk
// are taken at their word; otherwise a chunk has the part of the tokens that it has of the text.
func pieces(r *session.Reply, sent time.Time) []piece {
	bytes := 0
	for _, c := range r.Chunks {
		bytes += c.Len
	}
	if bytes == 0 || r.Usage.Output == 0 {
		return nil
	}
	out, n := make([]piece, len(r.Chunks)), float64(r.Usage.Output)
	even := n > 0.8*float64(len(out)) && n < 1.25*float64(len(out))
	for i, c := range r.Chunks {
		share := float64(c.Len) / float64(bytes)
		if even {
			share = 1 / float64(len(out))
		}
		out[i] = piece{at: sent.Add(c.At), tokens: n * share}
	}
	return out
}

// before counts the tokens that came no later than a moment.
func (s *sample) before(t time.Time) (n float64) {
	for _, p := range s.pieces {
		if p.at.After(t) {
			break
		}
		n += p.tokens
	}
	return n
}

// meanITL is the mean time between two tokens in milliseconds; false for an answer of one token.
func (s *sample) meanITL() (float64, bool) {
	if len(s.pieces) < 2 || s.output < 2 {
		return 0, false
	}
	span := s.pieces[len(s.pieces)-1].at.Sub(s.pieces[0].at)
	return ms(span) / (float64(s.output) - s.pieces[0].tokens), true
}

// good reports whether a request was done within the limits.
func (s *sample) good(p *Plan) bool {
	if !s.done || s.ttft == nil || *s.ttft > ms(p.TTFT) {
		return false
	}
	itl, known := s.meanITL()
	return !known || itl <= ms(p.ITL)
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// gaps are the times between the tokens of an answer in milliseconds. Tokens that came at once
// share the time since the piece before them.
func (s *sample) gaps() iter.Seq[float64] {
	return func(yield func(float64) bool) {
		for i := 1; i < len(s.pieces); i++ {
			n := max(1, int(s.pieces[i].tokens+0.5))
			gap := ms(s.pieces[i].at.Sub(s.pieces[i-1].at)) / float64(n)
			for range min(n, mostGaps) { // a server may report any number
				if !yield(gap) {
					return
				}
			}
		}
	}
}
