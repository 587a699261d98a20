package batch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"iter"

	"lineup/providers"
	"lineup/registry"
	"lineup/session"
)

// Key identifies a line of a run, and what it asks, on another machine too.
type Key struct {
	ID        string // of the case
	PromptID  string // of the template
	Contender string // its id
	Take      int
	Request   string // which request it is; a changed prompt has another one
}

// MarshalJSON gives an array of the parts in their order.
func (k Key) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{k.ID, k.PromptID, k.Contender, k.Take, k.Request})
}

// UnmarshalJSON takes back what MarshalJSON gives.
func (k *Key) UnmarshalJSON(data []byte) error {
	parts := []any{&k.ID, &k.PromptID, &k.Contender, &k.Take, &k.Request}
	return json.Unmarshal(data, &parts)
}

// hashOfKey is how many bytes of a hash stand for a key.
const hashOfKey = 16

// Hash is a name for the key that is short whatever the case is called: 32 hex digits.
func (k Key) Hash() string {
	text, _ := k.MarshalJSON() // strings and a number
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:hashOfKey])
}

// Question is a line that somebody else is to ask.
type Question struct {
	Key     Key
	Spec    registry.Spec
	Request providers.Request
}

// Elsewhere is a run whose lines are asked by others. The run brings what it lacks, and takes the
// replies in any order: it checks them, and writes each line once. Its judges are its own.
type Elsewhere struct {
	run    *Run
	places *places
	end    func()
	taken  []bool // by the index of the plan
	left   int    // lines to take; run.mu guards it
}

// Elsewhere is the run for others to ask. It changes nothing yet.
func (r *Run) Elsewhere() *Elsewhere {
	return &Elsewhere{run: r, places: newPlaces(r.plan), end: func() {},
		taken: make([]bool, r.plan.size())}
}

// Begin makes the result file ready for lines. When drain is done, old lines are not judged again.
// Whoever calls it calls End, too.
func (e *Elsewhere) Begin(ctx, drain context.Context) error {
	end, err := e.run.start(ctx, drain)
	if err != nil {
		return err
	}
	e.end = end
	e.run.each(func(at place, _ mark) {
		if e.run.todo(at) {
			e.left++
		}
	})
	return nil
}

// End says what the run has come to.
func (e *Elsewhere) End() Summary {
	e.end()
	return e.run.summary()
}

// Left is how many lines are still to be taken.
func (e *Elsewhere) Left() int {
	e.run.mu.Lock()
	defer e.run.mu.Unlock()
	return e.left
}

// Specs are the contenders of the run.
func (e *Elsewhere) Specs() []registry.Spec { return e.run.plan.Specs }

// RetriesFailed reports whether failures are asked again.
func (e *Elsewhere) RetriesFailed() bool { return e.run.o.RetryFailed }

// Asks is how many lines the run asks for, with those that are there.
func (e *Elsewhere) Asks() (n int) {
	e.run.each(func(place, mark) { n++ })
	return n
}

// Index numbers the line of a key. It is -1 where the suite does not have it, or asks something
// else by now. It is for one goroutine at a time.
func (e *Elsewhere) Index(k Key) (line int) {
	at, ok := e.places.find(k.ID, k.PromptID, k.Contender, k.Take)
	if !ok {
		return -1
	}
	q, err := e.run.plan.question(at)
	if err != nil || requestID(q.request) != k.Request {
		return -1
	}
	return e.run.plan.index(at)
}

// Todo reports whether a line is to be asked, and was not taken yet.
func (e *Elsewhere) Todo(line int) bool {
	return !e.taken[line] && e.run.todo(e.run.plan.placeOf(line))
}

// Size is one more than the highest number of a line.
func (e *Elsewhere) Size() int { return e.run.plan.size() }

// Lacks yields the lines that are to be asked, without those that are known by their numbers. It
// ends with an error where a prompt cannot be made.
func (e *Elsewhere) Lacks(known func(line int) bool) iter.Seq2[Question, error] {
	p := e.run.plan
	ids := make([]string, len(p.Specs))
	for i := range p.Specs {
		ids[i] = p.Specs[i].Effective().ID()
	}
	return func(yield func(Question, error) bool) {
		stopped := false
		e.run.each(func(at place, _ mark) {
			if stopped || !e.run.todo(at) || known(p.index(at)) {
				return
			}
			asked, err := p.question(at)
			q := Question{Spec: p.Specs[at.spec], Request: asked.request,
				Key: Key{ID: p.Suite.Cases[at.cas].ID, PromptID: p.Suite.Prompts[at.prompt].ID,
					Contender: ids[at.spec], Take: at.take, Request: requestID(asked.request)}}
			stopped = !yield(q, err) || err != nil
		})
	}
}

// Take takes the reply to a line: it checks it and writes the line, unless it is there. Several
// may be taken at a time, but each line by one alone. The reply becomes the run's own.
func (e *Elsewhere) Take(ctx context.Context, line int, reply *session.Reply) (err error) {
	defer providers.Catch("a run", func(p *providers.Panic) { err = p })
	r := e.run
	if !e.Todo(line) {
		return nil
	}
	at := r.plan.placeOf(line)
	e.taken[line] = true
	q, err := r.plan.question(at)
	if err != nil {
		return err
	}
	spec := r.plan.Specs[at.spec]
	own := spec.Effective()
	reply.Slot, reply.Take, reply.Contender, reply.Name = at.spec, at.take, &own, own.Name
	reply.System = q.request.System
	if r.plan.Repeat > 1 {
		reply.Repeat = r.plan.Repeat
	}
	r.noteWarmup(at.spec, reply, r.warm[at.spec].Load())
	r.purse.pay(reply)
	j := &job{lane: r.laneOf(spec.Info.Ref.Provider), at: at, asked: &q}
	j.lane.tokens.Add(int64(reply.Usage.Output))
	ended := end{failure: FailureOf(reply), failed: !reply.Status.Answer()}
	if !ended.failed || r.results.marks[line] == 0 { // else the old failure stays
		err = r.write(ctx, j, reply)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	e.left--
	r.settled(j.lane, ended)
	return err
}

// Stopped reports whether nothing more is to be asked, after a failure that ends the run.
func (e *Elsewhere) Stopped() bool {
	e.run.mu.Lock()
	defer e.run.mu.Unlock()
	return e.run.stopped
}

// Running tells how many lines are asked now, by provider, for those who look at the progress.
func (e *Elsewhere) Running(by map[string]int) {
	e.run.mu.Lock()
	defer e.run.mu.Unlock()
	for _, l := range e.run.lanes {
		l.running = by[l.name]
	}
}

// Concurrency is how many replies the run takes at a time.
func (e *Elsewhere) Concurrency() int { return e.run.o.Concurrency }

func (r *Run) laneOf(provider string) *lane {
	for _, l := range r.lanes {
		if l.name == provider {
			return l
		}
	}
	return nil
}
