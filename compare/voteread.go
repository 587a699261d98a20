package compare

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"lineup/session"
)

// BadLine is a line that is no vote.
type BadLine struct {
	Line   int // from 1
	Reason string
}

var (
	errNoMoment = errors.New("at is no time such as 2026-11-28T14:00:00Z")
	errNoIndex  = errors.New("null is no index")
)

// byteOrderMark may stand at the beginning of a file that Windows wrote.
const byteOrderMark = "\ufeff"

// ReadVotes reads votes, one JSON object a line: those of `lineup ratings --votes`, and those that
// FastChat and LMArena publish ("model_a", "model_b", "winner"). A line that does not say clearly
// what was voted is left out and reported; empty lines are passed over. The error is the reader's.
func ReadVotes(r io.Reader) (votes []Vote, bad []BadLine, err error) {
	in := bufio.NewReader(r)
	known := contenders{map[string]session.Candidate{}, map[string]session.Candidate{}}
	for n := 1; ; n++ {
		line, err := in.ReadBytes('\n')
		if n == 1 {
			line = bytes.TrimPrefix(line, []byte(byteOrderMark))
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			v, wrong := parseVote(line, known)
			if wrong != nil {
				bad = append(bad, BadLine{Line: n, Reason: wrong.Error()})
			} else {
				votes = append(votes, v)
			}
		}
		if errors.Is(err, io.EOF) {
			return votes, bad, nil
		}
		if err != nil {
			return votes, bad, err
		}
	}
}

// contenders are those that a file has named so far. It names few in many lines.
type contenders struct {
	bare  map[string]session.Candidate // models without settings, by name
	whole map[string]session.Candidate // by their JSON
}

// model is a model without settings.
func (k contenders) model(name string) session.Candidate {
	c, ok := k.bare[name]
	if !ok {
		c = session.BareCandidate(name)
		k.bare[name] = c
	}
	return c
}

// read reads contenders out of their JSON.
func (k contenders) read(raws []json.RawMessage) ([]session.Candidate, error) {
	list := make([]session.Candidate, len(raws))
	for i, raw := range raws {
		c, ok := k.whole[string(raw)]
		if !ok {
			if err := json.Unmarshal(raw, &c); err != nil {
				return nil, plainError(err)
			}
			k.whole[string(raw)] = c
		}
		list[i] = c
	}
	return list, nil
}

// arenaKeys tell a battle from an own vote.
func arenaKeys() []string { return []string{"model_a", "model_b", "winner"} }

// parseVote reads one line.
func parseVote(line []byte, known contenders) (Vote, error) {
	if line[0] != '{' && json.Valid(line) {
		return Vote{}, errors.New("not a JSON object")
	}
	// a quote within a text has a backslash before it, so that no text looks like a key
	if !slices.ContainsFunc(arenaKeys(), func(key string) bool {
		return bytes.Contains(line, []byte(`"`+key+`"`))
	}) {
		return ownVote(line, known)
	}
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(line, &keys); err != nil {
		return Vote{}, plainError(err)
	}
	for _, key := range arenaKeys() {
		if keys[key] != nil && keys["kind"] == nil {
			return arenaVote(keys, known)
		}
	}
	return ownVote(line, known)
}

// ownVote reads a line of `lineup ratings --votes`.
func ownVote(line []byte, known contenders) (Vote, error) {
	var rec struct {
		voteRecord
		Contenders []json.RawMessage `json:"contenders"`
		Winners    []*int            `json:"winners"` // a null would be read as 0
		Order      []*int            `json:"order"`
	}
	if err := json.Unmarshal(line, &rec); err != nil {
		return Vote{}, plainError(err)
	}
	if rec.Type != "" && rec.Type != voteType {
		return Vote{}, fmt.Errorf("type is %q, not %q", rec.Type, voteType)
	}
	if rec.Contenders == nil {
		return Vote{}, errors.New("contenders is missing")
	}
	var err error
	if rec.voteRecord.Contenders, err = known.read(rec.Contenders); err != nil {
		return Vote{}, err
	}
	if rec.voteRecord.Winners, err = present(rec.Winners); err != nil {
		return Vote{}, fmt.Errorf("winners: %w", err)
	}
	if rec.voteRecord.Order, err = present(rec.Order); err != nil {
		return Vote{}, fmt.Errorf("order: %w", err)
	}
	return rec.vote()
}

func present(list []*int) ([]int, error) {
	var out []int
	for _, p := range list {
		if p == nil {
			return nil, errNoIndex
		}
		out = append(out, *p)
	}
	return out, nil
}

// plainError says that a line is no JSON, or which field has another type than it should.
func plainError(err error) error {
	var broken *json.SyntaxError
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &broken):
		return errors.New("not JSON")
	case errors.As(err, &wrong):
		field := wrong.Field[strings.LastIndexByte(wrong.Field, '.')+1:] // the rest is Go's
		return fmt.Errorf("%s: unexpected %s", field, wrong.Value)
	}
	return err
}

// What FastChat and LMArena call the outcomes of a battle. Source: clean_chat_data.py and
// elo_analysis.py of FastChat; the data sets arena-human-preference-100k and -140k of LMArena.
const (
	arenaA       = "model_a"
	arenaB       = "model_b"
	arenaTie     = "tie"
	arenaBad     = "tie (bothbad)"
	arenaBothBad = "both_bad"
)

// arenaVote reads a battle of two models. Their names are bare models: such files name no settings.
func arenaVote(keys map[string]json.RawMessage, known contenders) (Vote, error) {
	v := Vote{Vote: session.Vote{By: session.VotedByYou}}
	for _, key := range []string{"model_a", "model_b"} {
		name, err := textOf(keys, key)
		if err != nil {
			return v, err
		}
		v.Contenders = append(v.Contenders, known.model(name))
	}
	winner, err := textOf(keys, "winner")
	if err != nil {
		return v, err
	}
	switch winner {
	case arenaA:
		v.Kind, v.Winners = session.VoteBest, []int{0}
	case arenaB:
		v.Kind, v.Winners = session.VoteBest, []int{1}
	case arenaTie:
		v.Kind, v.Winners = session.VoteTie, []int{0, 1}
	case arenaBad, arenaBothBad:
		v.Kind = session.VoteBad
	default:
		return v, fmt.Errorf("unknown winner %q", winner)
	}
	if by, err := textOf(keys, "judge"); err == nil { // FastChat's name for the user
		v.By = by
	}
	_ = json.Unmarshal(keys["anony"], &v.Blind) // absent in files that hold blind votes only
	var seconds float64
	if json.Unmarshal(keys["tstamp"], &seconds) == nil && seconds > 0 && seconds < maxSeconds {
		whole, part := math.Modf(seconds)
		v.At = time.Unix(int64(whole), int64(part*1e9)).UTC()
	}
	return v, v.Check()
}

// maxSeconds bounds the moments that RFC 3339 can write: the year 9999.
const maxSeconds = 253402300800

// textOf gives a field of a line that must be a text.
func textOf(keys map[string]json.RawMessage, key string) (text string, err error) {
	raw, ok := keys[key]
	if !ok {
		return "", fmt.Errorf("%s is missing", key)
	}
	var p *string
	if json.Unmarshal(raw, &p) != nil || p == nil || *p == "" {
		return "", fmt.Errorf("%s is no text", key)
	}
	return *p, nil
}
