package compare

import (
	"bytes"
	"encoding/json"
	"time"

	"lineup/session"
)

// Vote is a vote with the place where it was cast. Session, Turn and Prompt are empty where a file
// does not name them.
type Vote session.CastVote

// VotesFrom are votes of the store.
func VotesFrom(list []session.CastVote) []Vote {
	votes := make([]Vote, len(list))
	for i, v := range list {
		votes[i] = Vote(v)
	}
	return votes
}

// voteRecord is a line of `lineup ratings --votes`.
type voteRecord struct {
	Type    string `json:"type"`
	Session string `json:"session"`
	Turn    string `json:"turn"`
	Prompt  string `json:"prompt"`

	Contenders []session.Candidate `json:"contenders"`
	Kind       session.VoteKind    `json:"kind"`
	Winners    []int               `json:"winners"`
	Order      []int               `json:"order"`
	session.VoteMarks

	At string `json:"at"`
	By string `json:"by"`
}

// voteType is the type of such a line.
const voteType = "vote"

// MarshalJSON gives a line of `lineup ratings --votes`, which ReadVotes takes back.
func (v Vote) MarshalJSON() ([]byte, error) {
	rec := voteRecord{Type: voteType, Session: v.Session, Turn: v.Turn, Prompt: v.Prompt,
		Contenders: v.Contenders, Kind: v.Kind, Winners: append([]int{}, v.Winners...),
		Order: append([]int{}, v.Order...), VoteMarks: v.VoteMarks, By: v.By}
	if !v.At.IsZero() {
		rec.At = v.At.UTC().Format(session.TimeLayout)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // prompts are full of code
	if err := enc.Encode(rec); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// vote makes a vote of a record, or says what is wrong with it.
func (rec *voteRecord) vote() (Vote, error) {
	v := Vote{Session: rec.Session, Turn: rec.Turn, Prompt: rec.Prompt, Vote: session.Vote{
		Contenders: rec.Contenders, Kind: rec.Kind, Winners: rec.Winners, Order: rec.Order,
		VoteMarks: rec.VoteMarks, By: rec.By}}
	if v.By == "" {
		v.By = session.VotedByYou
	}
	if rec.At != "" {
		at, err := time.Parse(time.RFC3339, rec.At)
		if err != nil {
			return v, errNoMoment
		}
		v.At = at.UTC()
	}
	return v, v.Check()
}
