package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"math"

	"lineup/providers"
	"lineup/session"
)

// Verdict says whether an answer passed its checks.
type Verdict int8

// The verdicts. An answer without checks is unchecked, and so is one that could not be judged.
const (
	Unchecked Verdict = iota
	Fail
	Pass
)

// Result is what is kept of a line. Times are in milliseconds, money in US dollars; NaN is unknown.
type Result struct {
	Case, Prompt, Contender int32 // positions in the lists of the run
	Take                    int32
	Verdict                 Verdict
	Checks                  int32   // how many there are
	Score                   float64 // the mean of its checks by their weights, NaN without checks
	Answer                  bool    // the reply is an answer to rely on
	Warmup                  bool    // a model was loaded for it: its times are no measure
	Estimated               bool    // the tokens are estimated
	Simulated               bool    // the numbers are a simulation's
	Failure                 string  // the kind of failure, "" for an answer
	TTFT, Duration, Speed   float64
	USD                     float64
	Output                  int64 // tokens

	asked, vars, said uint64 // hashes of the prompt, the variables and the answer
	at                int64  // where the line begins in the file
	size              int    // of the line, in bytes
}

// Failed reports whether the reply failed, or its checks did.
func (r *Result) Failed() bool { return !r.Answer || r.Verdict == Fail }

// Contender is whom a run asked.
type Contender struct {
	ID    string
	Model string
	Label string
	JSON  json.RawMessage // as it stands in the lines
}

// reader makes results of lines. It keeps one copy of each string.
type reader struct {
	run        *Run
	seed       maphash.Seed // of the process, so that two runs can be compared
	cases      map[string]int32
	prompts    map[string]int32
	contenders map[string]int32 // by their JSON
	ids        map[string]int32 // by their ids
	kinds      map[string]string
	buf        []byte
}

// fields are those of a line before they are checked.
type fields struct {
	Result
	kind, id, promptID, model, status string
	errorKind                         string
	hasID, hasPrompt                  bool
	contender                         []byte
}

// errOther is a line that is no reply, such as the summary of a repeat.
var errOther = errors.New("no reply")

// line reads one line. It needs an id, a prompt, a model and a status. All else may be unknown.
func (r *reader) line(text []byte) (Result, error) {
	s := &scanner{b: text}
	f := fields{kind: "reply", promptID: "0", Result: Result{Score: math.NaN(), TTFT: math.NaN(),
		Duration: math.NaN(), Speed: math.NaN(), USD: math.NaN()}}
	if c := s.peek(); c != '{' && c != 0 {
		s.mistake("an object")
	}
	s.object(func(key []byte) { r.member(s, &f, key) })
	if !s.end() {
		return Result{}, s.err
	}
	switch {
	case f.kind != "reply":
		return Result{}, errOther
	case !f.hasID:
		return Result{}, errors.New(`it has no "id"`)
	case !f.hasPrompt:
		return Result{}, errors.New(`it has no "prompt"`)
	case f.status == "":
		return Result{}, errors.New(`it has no "status"`)
	case f.model == "":
		return Result{}, errors.New(`it has no "model"`)
	}
	return r.result(&f)
}

// member reads the value of a key.
func (r *reader) member(s *scanner, f *fields, key []byte) {
	switch string(key) {
	case "type":
		f.kind = r.text(s, key)
	case "id":
		f.id, f.hasID = r.name(s)
	case "prompt_id":
		if id, ok := r.name(s); ok {
			f.promptID = id
		}
	case "prompt":
		if f.hasPrompt = s.peek() != 'n'; s.peek() == '"' {
			r.buf = s.text(r.buf)
			f.asked = maphash.Bytes(r.seed, r.buf)
		} else { // a conversation
			f.asked = maphash.Bytes(r.seed, s.raw())
		}
	case "vars":
		f.vars = r.varsHash(s)
	case "take":
		if v := s.float(); v >= 0 && v < 1<<31 && v == math.Trunc(v) {
			f.Take = int32(v)
		} else if !math.IsNaN(v) {
			s.fail(`"take" is %v, which is no position`, v)
		}
	case "model":
		f.model = r.text(s, key)
	case "contender":
		if !s.null() {
			f.contender = s.raw()
		}
	case "status":
		f.status = r.text(s, key)
	case "text":
		r.buf = s.text(r.buf)
		f.said += contentHash(r.seed, r.buf)
	case "tool_calls":
		f.said += maphash.Bytes(r.seed, s.raw())
	case "pass":
		if pass := s.truth(); pass != nil {
			f.Verdict = Fail
			if *pass {
				f.Verdict = Pass
			}
		}
	case "warmup":
		f.Warmup = s.isTrue()
	case "simulated":
		f.Simulated = s.isTrue()
	case "checks":
		r.checks(s, f)
	default:
		r.numbers(s, f, key)
	}
}

// numbers reads the members that are objects of numbers.
func (r *reader) numbers(s *scanner, f *fields, key []byte) {
	into := func(member func(key []byte)) {
		if !s.null() {
			s.object(member)
		}
	}
	switch string(key) {
	case "error":
		into(func(key []byte) {
			if string(key) == "kind" {
				f.errorKind = r.text(s, key)
				return
			}
			s.skip()
		})
	case "metrics":
		into(func(key []byte) {
			switch string(key) {
			case "ttft_ms":
				f.TTFT = s.float()
			case "duration_ms":
				f.Duration = s.float()
			case "tokens_per_second":
				f.Speed = s.float()
			default:
				s.skip()
			}
		})
	case "usage":
		into(func(key []byte) {
			switch string(key) {
			case "output":
				if v := s.float(); v > 0 {
					f.Output = int64(min(v, 1<<53))
				}
			case "source":
				f.Estimated = r.text(s, key) == session.Estimated
			default:
				s.skip()
			}
		})
	case "cost":
		into(func(key []byte) {
			if string(key) == "usd" {
				f.USD = s.float()
				return
			}
			s.skip()
		})
	default:
		s.skip()
	}
}

// checks reads how many checks there are, and their mean score.
func (r *reader) checks(s *scanner, f *fields) {
	if s.null() {
		return
	}
	var sum, weights float64
	s.array(func() {
		score, weight := 0.0, 1.0
		s.object(func(key []byte) {
			switch string(key) {
			case "score":
				score = s.float()
			case "weight":
				weight = s.float()
			default:
				s.skip()
			}
		})
		f.Checks++
		if score > 0 && weight > 0 {
			sum += weight * min(score, 1)
		}
		if weight > 0 {
			weights += weight
		}
	})
	if weights > 0 {
		f.Score = sum / weights
	}
}

// text reads a string that few lines differ in, and keeps one copy.
func (r *reader) text(s *scanner, key []byte) string {
	if c := s.peek(); c != '"' && c != 'n' {
		s.fail(`%q is no string`, key)
		return ""
	}
	r.buf = s.text(r.buf)
	if kept, ok := r.kinds[string(r.buf)]; ok {
		return kept
	}
	kept := string(r.buf)
	r.kinds[kept] = kept
	return kept
}

// name reads an id, which is a string or a number. It has none where it is null.
func (r *reader) name(s *scanner) (id string, ok bool) {
	switch c := s.peek(); {
	case c == '"':
		r.buf = s.text(r.buf)
		return string(r.buf), true
	case c == 'n':
		s.word("null")
		return "", false
	case c == '-' || c >= '0' && c <= '9':
		return string(s.number()), true
	}
	s.mistake("a string")
	return "", false
}

// varsHash is the same for the same variables in any order.
func (r *reader) varsHash(s *scanner) (sum uint64) {
	if s.null() {
		return 0
	}
	s.object(func(key []byte) {
		var h maphash.Hash
		h.SetSeed(r.seed)
		_, _ = h.Write(key) // never fails
		_ = h.WriteByte(0)
		_, _ = h.Write(s.raw())
		sum += h.Sum64()
	})
	return sum
}

// contentHash is the same for answers that differ in white space only.
func contentHash(seed maphash.Seed, text []byte) uint64 {
	kept := text[:0]
	for _, c := range text {
		if c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			kept = append(kept, c)
		}
	}
	return maphash.Bytes(seed, kept)
}

// result enters what is new into the lists of the run.
func (r *reader) result(f *fields) (Result, error) {
	c, err := r.contender(f)
	if err != nil {
		return Result{}, err
	}
	f.Contender = c
	f.Case = position(r.cases, &r.run.Cases, f.id)
	f.Prompt = position(r.prompts, &r.run.Prompts, f.promptID)
	status := session.Status(f.status)
	switch f.Answer = status.Answer(); {
	case f.Answer:
	case f.errorKind != "":
		f.Failure = f.errorKind
	default:
		f.Failure = f.status
	}
	return f.Result, nil
}

func position(known map[string]int32, list *[]string, name string) int32 {
	at, ok := known[name]
	if !ok {
		at = int32(len(*list))
		known[name] = at
		*list = append(*list, name)
	}
	return at
}

// contender finds the contender of a line; one without, of an older record, is its bare model.
func (r *reader) contender(f *fields) (int32, error) {
	text := f.contender
	if text == nil {
		var err error
		text, err = json.Marshal(providers.Contender{Ref: providers.RefOf(f.model)})
		if err != nil {
			return 0, err
		}
	}
	if at, ok := r.contenders[string(text)]; ok {
		return at, nil
	}
	var c struct{ ID, Model, Label string }
	if err := json.Unmarshal(text, &c); err != nil || c.ID == "" {
		return 0, fmt.Errorf(`its "contender" is none: %.60s`, text)
	}
	if c.Label == "" {
		c.Label = c.Model
	}
	at, ok := r.ids[c.ID]
	if !ok { // else it is one under another name; the first one holds
		at = int32(len(r.run.Contenders))
		r.ids[c.ID] = at
		r.run.Contenders = append(r.run.Contenders,
			Contender{c.ID, c.Model, c.Label, append([]byte(nil), text...)})
	}
	r.contenders[string(text)] = at
	return at, nil
}
