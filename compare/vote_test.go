package compare

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"lineup/session"
)

const wholeLine = `{"type":"vote","session":"20261128-140000-aaz0v","turn":"01m8","prompt":"a < b?","contenders":[` +
	`{"id":"00aa11bb22cc","model":"p/a","label":"cold","settings":{"temperature":0}},` +
	`{"id":"33dd44ee55ff","model":"p/b","label":"p/b","settings":{}},{"id":"66aa77bb88cc","model":"p/c","label":"p/c","settings":{}}],` +
	`"kind":"ranking","winners":[],"order":[2,0,1],"blind":true,"named":true,"fallback":false,"simulated":true,"partial":false,` +
	`"at":"2026-11-28T14:00:00.250Z","by":"you"}`

func TestVoteLineIsTheSameBothWays(t *testing.T) {
	votes, bad, err := ReadVotes(strings.NewReader("\ufeff" + wholeLine + "\r\n\n"))
	if err != nil || len(bad) != 0 || len(votes) != 1 {
		t.Fatalf("%v, %v, %v", votes, bad, err)
	}
	v := votes[0]
	want := session.VoteMarks{Blind: true, Named: true, Simulated: true}
	if v.VoteMarks != want || v.Kind != session.VoteRanking || !reflect.DeepEqual(v.Order, []int{2, 0, 1}) ||
		!v.At.Equal(time.Date(2026, 11, 28, 14, 0, 0, 250e6, time.UTC)) || v.Prompt != "a < b?" || v.Contenders[0].Label != "cold" {
		t.Errorf("%+v", v)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil || strings.TrimSpace(b.String()) != wholeLine {
		t.Errorf("%v\n got %s\nwant %s", err, b.String(), wholeLine)
	}
}

func TestBattlesOfFastChatAndLMArena(t *testing.T) {
	lines := `{"question_id":"58210e39","model_a":"alpaca-13b","model_b":"koala-13b","winner":"model_b","judge":"arena_user_973","turn":1,"anony":true,"language":"English","tstamp":1682351591.1322}
{"model_a":"gpt-4","model_b":"llama 2/70b","winner":"model_a"}
{"model_a":"gpt-4","model_b":"koala-13b","winner":"tie"}
{"model_a":"gpt-4","model_b":"koala-13b","winner":"tie (bothbad)","anony":false}
{"model_a":"gpt-4","model_b":"koala-13b","winner":"both_bad"}`
	votes, bad, err := ReadVotes(strings.NewReader(lines))
	if err != nil || len(bad) != 0 || len(votes) != 5 {
		t.Fatalf("%v, %v, %v", votes, bad, err)
	}
	var said []string
	for _, v := range votes {
		s := string(v.Kind)
		for _, w := range v.Winners {
			s += " " + v.Contenders[w].Model
		}
		said = append(said, s)
	}
	want := []string{"best koala-13b", "best gpt-4", "tie gpt-4 koala-13b", "bad", "bad"}
	if !reflect.DeepEqual(said, want) {
		t.Errorf("got %q, want %q", said, want)
	}
	first := votes[0]
	if !first.Blind || votes[3].Blind || first.By != "arena_user_973" || first.At.Unix() != 1682351591 || votes[1].By != "you" {
		t.Errorf("%+v", first)
	}
	if a, b := votes[1].Contenders[0], votes[2].Contenders[0]; a.ID != b.ID || len(a.ID) != 12 || string(a.Settings) != "{}" {
		t.Errorf("ids %q and %q, settings %s", a.ID, b.ID, a.Settings)
	}
	if votes[1].Contenders[0].ID == votes[1].Contenders[1].ID {
		t.Error("two models have one id")
	}
}

// Each of these says something that could only be guessed at. It is left out by its number, and the lines around it count.
func TestBadVoteLinesAreNamedAndLeftOut(t *testing.T) {
	good := `{"type":"vote","contenders":[{"id":"a","model":"p/a"},{"id":"b","model":"p/b"},{"id":"c","model":"p/c"}],"kind":"best","winners":[1],"order":[]}`
	with := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("%s is not in %s", old, good)
		}
		return strings.Replace(good, old, new, 1)
	}
	for line, reason := range map[string]string{
		`{"type":"vote"`: "not JSON",
		good + good:      "not JSON",
		`[]`:             "not a JSON object",
		`null`:           "not a JSON object",
		`7`:              "not a JSON object",
		`{}`:             "contenders is missing",
		`{"type":"summary","votes":3,"all_bad":0,"left_out":0}`:                 `type is "summary", not "vote"`,
		with(`"kind":"best",`, ``):                                              "kind is missing",
		with(`"best"`, `"worst"`):                                               `unknown kind "worst"`,
		with(`"best"`, `"Best"`):                                                `unknown kind "Best"`,
		with(`[1]`, `[3]`):                                                      "winners: 3 is out of range 0 to 2",
		with(`[1]`, `[-1]`):                                                     "winners: -1 is out of range 0 to 2",
		with(`[1]`, `[1.5]`):                                                    "winners: unexpected number 1.5",
		with(`[1]`, `["1"]`):                                                    "winners: unexpected string",
		with(`[1]`, `[null]`):                                                   "winners: null is no index",
		with(`[1]`, `[]`):                                                       "kind best wants one winner, not 0",
		with(`[1]`, `[0,1]`):                                                    "kind best wants one winner, not 2",
		with(`"winners":[1],`, ``):                                              "kind best wants one winner, not 0",
		with(`"order":[]`, `"order":[1,0,2]`):                                   "kind best wants no order",
		with(`"best","winners":[1]`, `"tie","winners":[1]`):                     "kind tie wants two winners or more, not 1",
		with(`"best","winners":[1]`, `"tie","winners":[1,1]`):                   "winners: 1 is there twice",
		with(`"best"`, `"bad"`):                                                 "kind bad wants no winner, not 1",
		with(`"best","winners":[1]`, `"ranking"`):                               "order has 0 of 3 contenders",
		with(`"best","winners":[1],"order":[]`, `"ranking","order":[0,1]`):      "order has 2 of 3 contenders",
		with(`"best","winners":[1],"order":[]`, `"ranking","order":[0,1,1]`):    "order: 1 is there twice",
		with(`"best","winners":[1],"order":[]`, `"ranking","order":[0,1,3]`):    "order: 3 is out of range 0 to 2",
		with(`"best","winners":[1],"order":[]`, `"ranking","order":[null,1,2]`): "order: null is no index",
		with(`"best","winners":[1],"order":[]`, `"ranking","winners":[0],"order":[2,1,0]`): "the winner is not the first in order",
		with(`"id":"b"`, `"id":"a"`):                                            "contender 1 is there twice",
		with(`"id":"b",`, ``):                                                   "contender 1 has no id",
		with(`{"id":"b","model":"p/b"}`, `null`):                                "contender 1 has no id",
		`{"type":"vote","contenders":[{"id":"a"}],"kind":"best","winners":[0]}`: "a vote needs two contenders or more",
		with(`"kind"`, `"blind":"yes","kind"`):                                  "blind: unexpected string",
		with(`"kind"`, `"at":"yesterday","kind"`):                               "at is no time such as 2026-11-28T14:00:00Z",
		`{"model_a":"x","model_b":"y","winner":"model_c"}`:                      `unknown winner "model_c"`,
		`{"model_a":"x","model_b":"y","winner":"Model_A"}`:                      `unknown winner "Model_A"`,
		`{"model_a":"x","model_b":"y","winner":"x"}`:                            `unknown winner "x"`,
		`{"model_a":"x","model_b":"y","winner":null}`:                           "winner is no text",
		`{"model_a":"x","model_b":"y"}`:                                         "winner is missing",
		`{"model_a":"x","winner":"model_a"}`:                                    "model_b is missing",
		`{"model_a":"x","model_b":"","winner":"model_a"}`:                       "model_b is no text",
		`{"model_a":"x","model_b":["y"],"winner":"model_a"}`:                    "model_b is no text",
		`{"model_a":"x","model_b":"x","winner":"model_a"}`:                      "contender 1 is there twice",
	} {
		votes, bad, err := ReadVotes(strings.NewReader(good + "\n\n" + line + "\n" + good))
		if err != nil || len(votes) != 2 || len(bad) != 1 {
			t.Errorf("%s: %d votes, bad %v, %v", line, len(votes), bad, err)
			continue
		}
		if bad[0] != (BadLine{Line: 3, Reason: reason}) {
			t.Errorf("%s:\n got %+v\nwant %s", line, bad[0], reason)
		}
	}
}

// Whatever a line holds, a vote that is read is a vote, and comes back the same from its own line.
func FuzzReadVotes(f *testing.F) {
	f.Add(wholeLine)
	f.Add(`{"model_a":"x","model_b":"y","winner":"tie","tstamp":1e300,"anony":7,"judge":null}`)
	f.Add(`{"type":"vote","contenders":[{"id":"a","settings":[]},{"id":"b","settings":null}],"kind":"tie","winners":[0,1]}`)
	f.Fuzz(func(t *testing.T, text string) {
		votes, bad, err := ReadVotes(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if lines := strings.Count(text, "\n") + 1; len(votes)+len(bad) > lines {
			t.Errorf("%d votes and %d bad lines of %d", len(votes), len(bad), lines)
		}
		for _, v := range votes {
			if err := v.Check(); err != nil {
				t.Errorf("%+v: %v", v, err)
			}
			line, err := json.Marshal(v)
			if err != nil {
				t.Fatalf("%+v: %v", v, err)
			}
			again, bad, err := ReadVotes(bytes.NewReader(line))
			if err != nil || len(bad) > 0 || len(again) != 1 {
				t.Fatalf("%s: %v, %v", line, bad, err)
			}
			if second, err := json.Marshal(again[0]); err != nil || !bytes.Equal(line, second) {
				t.Errorf("%v\n%s\n%s", err, line, second)
			}
		}
		Rate(votes, RatingOptions{})
	})
}

// The votes of a big file, as ratings --from reads them.
func BenchmarkReadVotes(b *testing.B) {
	text := strings.Repeat(wholeLine+"\n", 100_000)
	for b.Loop() {
		if votes, bad, err := ReadVotes(strings.NewReader(text)); len(votes) != 100_000 || bad != nil || err != nil {
			b.Fatal(len(votes), bad, err)
		}
	}
}
