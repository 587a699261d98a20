package compare

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
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
	in, models := bufio.NewReader(r), bareModels{}
	for n := 1; ; n++ {
		line, err := in.ReadBytes('\n')
		if n == 1 {
			line = bytes.TrimPrefix(line, []byte(byteOrderMark))
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			v, wrong := parseVote(line, models)
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

// bareModels are the models of a file without settings, by name. A file names few models in many
// lines.
type bareModels map[string]session.Candidate

func (b bareModels) candidate(model string) session.Candidate {
	c, ok := b[model]
	if !ok {
		c = session.BareCandidate(model)
		b[model] = c
	}
	return c
}

// parseVote reads one line.
func parseVote(line []byte, models bareModels) (Vote, error) {
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(line, &keys); err != nil || keys == nil {
		if json.Valid(line) {
			return Vote{}, errors.New("not a JSON object")
		}
		return Vote{}, errors.New("not JSON")
	}
	for _, key := range []string{"model_a", "model_b", "winner"} {
		if keys[key] != nil && keys["kind"] == nil {
			return arenaVote(keys, models)
		}
	}
	return ownVote(line)
}

// ownVote reads a line of `lineup ratings --votes`.
func ownVote(line []byte) (Vote, error) {
	var rec struct {
		voteRecord
		Winners []*int `json:"winners"` // a null would be read as 0
		Order   []*int `json:"order"`
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

// plainError says which field of a line has another type than it should.
func plainError(err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
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
func arenaVote(keys map[string]json.RawMessage, models bareModels) (Vote, error) {
	v := Vote{Vote: session.Vote{By: session.VotedByYou}}
	for _, key := range []string{"model_a", "model_b"} {
		name, err := textOf(keys, key)
		if err != nil {
			return v, err
		}
		v.Contenders = append(v.Contenders, models.candidate(name))
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
