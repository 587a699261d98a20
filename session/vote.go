package session

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"lineup/providers"
)

// VoteKind says what a person found of the answers to a prompt.
type VoteKind string

// The kinds of votes.
const (
	VoteBest    VoteKind = "best"    // one answer is better than all others
	VoteTie     VoteKind = "tie"     // several answers are equally good, and better than the rest
	VoteBad     VoteKind = "bad"     // none is good
	VoteRanking VoteKind = "ranking" // all answers in order, the best first
)

// VotedByYou is who voted where nothing else is said.
const VotedByYou = "you"

// Vote is what a person found of the answers of one turn. Winners and Order hold indexes into
// Contenders. It never holds a model's judgement.
type Vote struct {
	Contenders []Candidate `json:"contenders"`
	Kind       VoteKind    `json:"kind"`
	Winners    []int       `json:"winners"` // of best (one) and tie (several)
	Order      []int       `json:"order"`   // of a ranking: all contenders, the best first

	VoteMarks

	At time.Time `json:"at"`
	By string    `json:"by"`

	// the pane of each contender; nil where the vote comes from elsewhere
	Slots []int `json:"slots,omitempty"`
	// a fork took it over: it counts where it was cast
	Copied bool `json:"copied,omitempty"`
}

// VoteMarks say what a vote was cast under. Each holds for the whole vote.
type VoteMarks struct {
	Blind     bool `json:"blind"`     // the names of the models were hidden
	Named     bool `json:"named"`     // a model had named itself, and was masked
	Fallback  bool `json:"fallback"`  // another model had served an answer
	Simulated bool `json:"simulated"` // a simulation had made an answer
	Partial   bool `json:"partial"`   // an answer was cut, or still streaming
}

// Candidate is a contender as a vote names it. The vote may come from a file of another program, so
// that ID need not be the hash of the rest, and Model need not be a reference of this config.
type Candidate struct {
	ID       string          `json:"id"`
	Model    string          `json:"model"`
	Label    string          `json:"label"`
	Settings json.RawMessage `json:"settings"` // an object
}

// noSettings are the settings of a model that has none.
const noSettings = `{}`

// UnmarshalJSON takes absent settings for none.
func (c *Candidate) UnmarshalJSON(data []byte) error {
	type plain Candidate
	p := plain{}
	if err := json.Unmarshal(data, &p); err != nil {
		return err
	}
	if len(p.Settings) == 0 || string(p.Settings) == "null" {
		p.Settings = json.RawMessage(noSettings)
	}
	if p.Settings[0] != '{' {
		return errors.New("the settings of a contender are no object")
	}
	*c = Candidate(p)
	return nil
}

// Check returns an error that says what is wrong with a vote, nil for nothing.
func (v *Vote) Check() error {
	n := len(v.Contenders)
	if n < 2 {
		return errors.New("a vote needs two contenders or more")
	}
	for i, c := range v.Contenders {
		if c.ID == "" {
			return fmt.Errorf("contender %d has no id", i)
		}
		if slices.ContainsFunc(v.Contenders[:i], func(o Candidate) bool { return o.ID == c.ID }) {
			return fmt.Errorf("contender %d is there twice", i)
		}
	}
	if len(v.Slots) > 0 && len(v.Slots) != n {
		return fmt.Errorf("%d slots for %d contenders", len(v.Slots), n)
	}
	if err := indexes("winners", v.Winners, n); err != nil {
		return err
	}
	if err := indexes("order", v.Order, n); err != nil {
		return err
	}
	return v.checkKind()
}

// checkKind compares winners and order with the kind of the vote.
func (v *Vote) checkKind() error {
	winners, order := len(v.Winners), len(v.Order)
	switch v.Kind {
	case VoteBest:
		if winners != 1 {
			return fmt.Errorf("kind best wants one winner, not %d", winners)
		}
	case VoteTie:
		if winners < 2 {
			return fmt.Errorf("kind tie wants two winners or more, not %d", winners)
		}
	case VoteBad:
		if winners != 0 {
			return fmt.Errorf("kind bad wants no winner, not %d", winners)
		}
	case VoteRanking:
		if order != len(v.Contenders) {
			return fmt.Errorf("order has %d of %d contenders", order, len(v.Contenders))
		}
		if winners > 1 || winners == 1 && v.Winners[0] != v.Order[0] {
			return errors.New("the winner is not the first in order")
		}
		return nil
	case "":
		return errors.New("kind is missing")
	default:
		return fmt.Errorf("unknown kind %q", v.Kind)
	}
	if order != 0 {
		return fmt.Errorf("kind %s wants no order", v.Kind)
	}
	return nil
}

// indexes checks that a list names contenders, each once.
func indexes(name string, list []int, n int) error {
	for i, x := range list {
		if x < 0 || x >= n {
			return fmt.Errorf("%s: %d is out of range 0 to %d", name, x, n-1)
		}
		if slices.Contains(list[:i], x) {
			return fmt.Errorf("%s: %d is there twice", name, x)
		}
	}
	return nil
}

// Place is the place of a contender in the vote, 0 for the best. Those that the vote does not tell
// apart have the same place: in a vote for the best, all others have place 1. It means nothing for
// VoteBad.
func (v *Vote) Place(contender int) int {
	if v.Kind == VoteRanking {
		return slices.Index(v.Order, contender)
	}
	if slices.Contains(v.Winners, contender) {
		return 0
	}
	return 1
}

// Prefers compares two contenders of a vote: below 0 for a, above 0 for b, 0 for a tie. ok is false
// where the vote says nothing of the two.
func (v *Vote) Prefers(a, b int) (order int, ok bool) {
	if v.Kind == VoteBad {
		return 0, false
	}
	order = v.Place(a) - v.Place(b)
	return order, order != 0 || v.Kind == VoteTie && v.Place(a) == 0
}

// CandidateOf is a contender as votes name it.
func CandidateOf(who providers.Contender) (c Candidate) {
	b, err := plainJSON(who)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err != nil { // settings that no config can say
		return Candidate{ID: who.ID(), Model: who.Ref.String(), Label: who.Label(),
			Settings: json.RawMessage(noSettings)}
	}
	return c
}

// BareCandidate is a model without settings.
func BareCandidate(model string) Candidate {
	return CandidateOf(providers.Contender{Ref: providers.RefOf(model)})
}

// checkVotes returns an error that says which vote of the turn is wrong, nil for none.
func (t *Turn) checkVotes() error {
	for i, v := range t.Votes {
		if err := v.Check(); err != nil {
			return fmt.Errorf("votes[%d]: %w", i, err)
		}
		if slices.ContainsFunc(t.Votes[:i], func(o *Vote) bool { return o.By == v.By }) {
			return fmt.Errorf("votes[%d]: a second vote by %s", i, v.By)
		}
	}
	return nil
}
