package blind

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"lineup/blind/blindtest"
	"lineup/jsoncheck"
	"lineup/providers"
	"lineup/session"
)

// What of two sessions may be shown is the same where they differ only in who answered, how fast, at what cost and with what
// trouble; and no secret stands in it.
func TestVeiledSessionsAreTheSame(t *testing.T) {
	var shown [blindtest.Variants]string
	for i := range shown {
		cast := blindtest.CastOf(i)
		s := cast.Session()
		shown[i] = blindtest.JSON(Of(s).Session(s))
		if secret := cast.Secret(shown[i]); secret != "" {
			t.Errorf("%s is there: %s", secret, shown[i])
		}
		if plain := blindtest.JSON(s); !strings.Contains(plain, "Glimmerfax") && !strings.Contains(plain, "Thornwick") {
			t.Error("the session itself has lost its names")
		}
	}
	if shown[0] != shown[1] {
		t.Errorf("they differ:\n%s\n%s", shown[0], shown[1])
	}
}

// fill puts a word and a number into everything in a value.
func fill(v reflect.Value, word string, number int64, depth int) {
	if depth == 0 || !v.CanSet() {
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(word)
	case reflect.Int, reflect.Int64, reflect.Int32:
		v.SetInt(number)
	case reflect.Float64:
		v.SetFloat(float64(number))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), word, number, depth-1)
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes([]byte(`"` + word + `"`))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), word, number, depth-1)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, word, number, depth-1)
		fill(value, word, number, depth-1)
		v.SetMapIndex(key, value)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Unix(number, 0)))
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), word, number, depth-1)
		}
	}
}

// Whatever field a reply, a vote or a judgement gets, now or later: it stays hidden until the veil takes it over.
func TestNewFieldsStayHidden(t *testing.T) {
	const word, number = "quibbleton", 917_917
	v := New(word)
	check := func(name string, shown any) {
		t.Helper()
		for _, secret := range []string{word, fmt.Sprint(number)} {
			if text := fmt.Sprintf("%+v %s", shown, blindtest.JSON(shown)); strings.Contains(text, secret) {
				t.Errorf("%s shows %s: %s", name, secret, text)
			}
		}
	}
	r := &session.Reply{}
	fill(reflect.ValueOf(r).Elem(), word, number, 8)
	r.Slot, r.Take, r.Status, r.Merge, r.Merged, r.Schema, r.Tools = 2, 1, session.Failed, false, nil, nil, nil
	r.Contender = &providers.Contender{Ref: providers.RefOf("x/" + word)}
	check("a reply", *v.Reply(r))
	j := &session.Judgement{}
	fill(reflect.ValueOf(j).Elem(), word, number, 8)
	j.A, j.B, j.Winner, j.Verdicts, j.Lengths, j.At = 0, 1, "a", nil, nil, time.Time{}
	check("a judgement", *v.judgement(j))
	vote := &session.Vote{}
	fill(reflect.ValueOf(vote).Elem(), word, number, 8)
	vote.Kind, vote.By, vote.Winners, vote.Order, vote.Slots, vote.At = session.VoteBest, "you", nil, nil, []int{1}, time.Time{}
	check("a vote", *v.Vote(&session.Turn{}, vote))
}

func TestLetters(t *testing.T) {
	for slot, want := range map[int]string{0: "A", 1: "B", 25: "Z", 26: "AA", 27: "AB", 51: "AZ", 52: "BA"} {
		if got := session.Letter(slot); got != want {
			t.Errorf("Letter(%d) = %s, want %s", slot, got, want)
		}
	}
}

// A nil veil changes nothing, and a revealed session has none.
func TestNoVeil(t *testing.T) {
	s := blindtest.CastOf(0).Session()
	s.Revealed = true
	v := Of(s)
	if v != nil || v.Session(s) != s || v.Turn(s.Turns[0]) != s.Turns[0] || v.Text("Claude") != "Claude" || v.Named(s.Turns[0].Replies[0]) != nil {
		t.Error("a revealed session is changed")
	}
}

// Text is given out up to a limit, and what was given out stays; a name is masked whole, also where the limit falls into it.
func TestTextUpTo(t *testing.T) {
	x := New("p/claude-x").Stream()
	x.Write("I am Cla")
	got := x.UpTo(6)
	x.Write("ude, 안녕")
	got += x.UpTo(3) + "|" + x.UpTo(9) + "|" + x.UpTo(All)
	if x.Whole() {
		t.Error("whole before the end")
	}
	x.Close()
	got += "|" + x.UpTo(All)
	if want := "I am |▒▒▒,| 안녕|"; got != want || !x.Whole() {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The limit is what the slowest running reply has; one that has ended holds nobody up.
func TestLimit(t *testing.T) {
	run := func(slot, take int, text string) *session.Reply {
		return &session.Reply{Slot: slot, Take: take, Status: session.Streaming, Text: text, Reasoning: "생각"}
	}
	done := func(slot int, text string) *session.Reply {
		return &session.Reply{Slot: slot, Status: session.Done, Text: text}
	}
	v := New()
	for name, c := range map[string]struct {
		turn []*session.Reply
		want []int // of the answers
	}{
		"all run":            {[]*session.Reply{run(0, 0, "12345"), run(1, 0, "가나다")}, []int{3, 3}},
		"one has ended":      {[]*session.Reply{done(0, "1"), run(1, 0, "123"), run(2, 0, "12345")}, []int{3, 3, 3}},
		"all have ended":     {[]*session.Reply{done(0, "1"), done(1, "123")}, []int{All, All}},
		"one has not begun":  {[]*session.Reply{run(0, 0, "12345"), run(1, 0, "")}, []int{0, 0}},
		"takes":              {[]*session.Reply{run(0, 1, "12"), run(1, 0, "123")}, []int{0, 3}},
		"a pane not asked":   {[]*session.Reply{nil, run(1, 0, "123")}, []int{All, 3}},
		"a merge is no pane": {[]*session.Reply{done(0, "1234"), {Slot: 1, Merge: true, Status: session.Streaming}}, []int{All, All}},
	} {
		turn := &session.Turn{Replies: c.turn}
		for i, r := range c.turn {
			if r == nil {
				continue
			}
			if got, _ := v.Limit(turn, r); got != c.want[i] {
				t.Errorf("%s: limit of pane %d is %d, want %d", name, i, got, c.want[i])
			}
			if got, _ := v.Live().Limit(turn, r); got != All {
				t.Errorf("%s: live text is held back", name)
			}
		}
	}
}

// Panes that were asked for JSON of different shapes have different verdicts, which told who they were.
func TestVerdictsOnDifferentSchemasStayHidden(t *testing.T) {
	one, other := blindtest.Schema(`{"type":"object"}`), blindtest.Schema(`{"type":"array"}`)
	turn := func(b *jsoncheck.Schema) *session.Turn {
		return &session.Turn{Replies: []*session.Reply{{Schema: one, Status: session.Done}, nil, {Slot: 2, Schema: b, Status: session.Done}, {Merge: true}}}
	}
	v := New("p/one")
	if v.Checks(turn(other)) || v.Checks(turn(nil)) || !v.Checks(turn(blindtest.Schema(`{"type":"object"}`))) {
		t.Error("verdicts on one schema alone may be shown")
	}
	if r := turn(other).Replies[0]; v.InTurn(turn(other), r).Schema != nil {
		t.Error("the schema is shown")
	}
}

// A provider's name that a gateway writes into answers, and a short label that a model was told, were not masked.
func TestNamesOfProvidersAndLabelsTold(t *testing.T) {
	bob, plain := "You are Bob, a clerk.", "Be cold as ice."
	panes := []providers.Contender{
		{Ref: providers.RefOf("holysheep/a-model"), Name: "Bob", Settings: providers.Settings{System: &bob}},
		{Ref: providers.RefOf("local/b-model"), Name: "hot", Settings: providers.Settings{Template: "Be warm: {{prompt}}"}},
		{Ref: providers.RefOf("groq/c-model"), Name: "냉정", Settings: providers.Settings{Template: "냉정으로서 답하라: {{prompt}}"}},
		{Ref: providers.RefOf("gate7/d-model"), Name: "max", Settings: providers.Settings{System: &plain}},
	}
	v := Of(&session.Session{Blind: true, Panes: panes})
	for text, want := range map[string]string{
		"I am Bob, by HolySheep and Groq.": "I am ▒▒▒, by ▒▒▒ and ▒▒▒.",
		"Served by gate7; b**o**b":         "Served by ▒▒▒; ▒▒▒",
		"냉정입니다":                            "▒▒▒입니다",
		"a local, hot and cold max. Bobby": "a local, hot and cold max. Bobby",
	} {
		if got := v.Text(text); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

// A model that names itself in the arguments of a call was masked, but the vote did not say so.
func TestACallNamesItsModel(t *testing.T) {
	r := &session.Reply{Model: "gate/claude-sonnet-4", Status: session.Done,
		ToolCalls: []session.ToolCall{{Name: "claude_says", Arguments: `{"from":"Claude"}`}}}
	s := &session.Session{Blind: true, Panes: providers.Bare(r.Model), Turns: []*session.Turn{{Replies: []*session.Reply{r}}}}
	if named := Of(s).Named(r); len(named) != 1 || named[0] != "Claude" {
		t.Errorf("named: %q", named)
	}
	r.ToolCalls[0].Arguments = `{"from":"A"}`
	if named := Of(s).Named(r); len(named) != 0 {
		t.Errorf("the name of a tool is no model's: %q", named)
	}
}
