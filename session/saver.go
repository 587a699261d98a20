package session

import "time"

// SaveEvery is how often the text of a running turn goes to the store: what a crash may take at
// most.
const SaveEvery = 250 * time.Millisecond

// early is how much sooner a batch is due, because nobody asks at the very moment: a screen asks
// once a frame, and the ticks of a ticker may be closer together than its interval.
const early = 50 * time.Millisecond

// Partial is what a running reply got since it was saved last.
type Partial struct {
	Turn        string // id of the turn
	Slot        int
	Take        int
	ServedBy    string
	ServedModel string
	Simulated   bool
	Start       int // number of chunks that come before
	Chunks      []Chunk
	Text        string
	Reasoning   string
	Calls       []ToolCall // all so far, where something has been added to them
	Metrics     Metrics    // with Calls: the pieces of calls have no times of their own

	end position
}

// position is how much of a reply is saved: pieces, and bytes of text, reasoning and calls of
// tools.
type position struct {
	chunks, text, reasoning, calls int
	moved                          bool // the text of before has become reasoning
}

// Saver remembers how much of each reply of one running turn is in the store and gives out the
// rest. It writes nothing by itself and starts nothing:
//
//	if saver.Due(now) {
//		batch := saver.Batch(replies)
//		if store.AppendPartial(ctx, batch) == nil { saver.Saved(batch) }
//	}
//	for _, r := range saver.Ended(replies) {
//		if store.FinishReply(ctx, turn, r) == nil { saver.Finished(r) }
//	}
//
// A write may happen elsewhere and be confirmed later: until then the same pieces are given out
// again, longer, and the store keeps each piece once. So a write that failed is made up for by the
// next one. Batches share memory with the replies but nothing that changes. A Saver is for one
// goroutine.
type Saver struct {
	turn  string
	last  time.Time
	saved map[takeOf]position
	done  map[takeOf]bool // the final reply is in the store
}

// takeOf tells the replies of a turn from each other.
type takeOf struct{ slot, take int }

// NewSaver makes the Saver of a turn that AddTurn has stored.
func NewSaver(turnID string) *Saver {
	return &Saver{turn: turnID, saved: map[takeOf]position{}, done: map[takeOf]bool{}}
}

// Due reports whether it is time for the next batch, if it is asked every 50 ms or by a ticker of
// SaveEvery.
func (s *Saver) Due(now time.Time) bool {
	if now.Sub(s.last) < SaveEvery-early {
		return false
	}
	s.last = now
	return true
}

// Batch gives what is new in the running replies, nil where nothing is. Replies that have ended are
// left to Ended.
func (s *Saver) Batch(replies []*Reply) []Partial {
	var batch []Partial
	for _, r := range replies {
		if r == nil || r.Status.Final() {
			continue
		}
		text, reasoning := r.VisibleText(), r.ReasoningText()
		from := s.saved[takeOf{r.Slot, r.Take}]
		end := position{len(r.Chunks), len(text), len(reasoning), r.live.callBytes(), r.moved}
		if from.moved != end.moved { // all of it is saved once more, in place of its first part
			from = position{}
		}
		if end.chunks == from.chunks && end.calls == from.calls {
			continue
		}
		p := Partial{Turn: s.turn, Slot: r.Slot, Take: r.Take,
			ServedBy: r.ServedBy, ServedModel: r.ServedModel, Simulated: r.Simulated,
			Start: from.chunks, Chunks: r.Chunks[from.chunks:end.chunks:end.chunks],
			Text: text[from.text:], Reasoning: reasoning[from.reasoning:], end: end}
		if end.calls != from.calls {
			m := &r.Metrics
			p.Calls = r.Calls()
			p.Metrics = Metrics{TTFT: m.TTFT, VisibleTTFT: m.VisibleTTFT, Duration: m.Duration}
		}
		batch = append(batch, p)
	}
	return batch
}

// Saved confirms that a batch is in the store.
func (s *Saver) Saved(batch []Partial) {
	for _, p := range batch {
		// confirmations may come out of order
		of := takeOf{p.Slot, p.Take}
		was := s.saved[of]
		if p.end.chunks > was.chunks || p.end.calls > was.calls || p.end.moved && !was.moved {
			s.saved[of] = p.end
		}
	}
}

// Ended gives the replies that have ended and whose last write is not confirmed.
func (s *Saver) Ended(replies []*Reply) []*Reply {
	var ended []*Reply
	for _, r := range replies {
		if r != nil && r.Status.Final() && !s.done[takeOf{r.Slot, r.Take}] {
			ended = append(ended, r)
		}
	}
	return ended
}

// Finished confirms that a reply is in the store as it ended.
func (s *Saver) Finished(r *Reply) { s.done[takeOf{r.Slot, r.Take}] = true }
