package providers

import (
	"encoding/json"
	"strings"
	"testing"
)

func number(v float64) *float64 { return &v }
func words(s string) *string    { return &s }
func whole(v int64) *int64      { return &v }

// Ids stand in files and in other people's scripts: none of them may ever change.
func TestContenderIDsAreFixed(t *testing.T) {
	llama := Ref{"local", "llama3.1:8b"}
	for _, c := range []struct {
		of   Contender
		want string
	}{
		{Contender{Ref: llama}, "092fb2aa63df"},
		{Contender{Ref: Ref{"gate", "m"}}, "55a13215129d"},
		{Contender{Ref: llama, Name: "cold"}, "092fb2aa63df"},
		{Contender{Ref: llama, Settings: Settings{Params: Params{Temperature: number(0), Seed: whole(7)}}}, "4548f76aef93"},
		{Contender{Ref: llama, Settings: Settings{System: words("한 문장으로 <b>")}}, "e287386a0e55"},
		{Contender{Ref: llama, Settings: Settings{Options: map[string]any{"b": 1.0, "a": []any{true, "x"}}}}, "54a36c7ca0a8"},
	} {
		if got := c.of.ID(); got != c.want {
			t.Errorf("%s: id %s, want %s", c.of.Label(), got, c.want)
		}
	}
}

// A setting is the same whether a config, a database or a script says it.
func TestContenderFromEverySourceIsTheSame(t *testing.T) {
	of := func(temperature float64, options map[string]any) Contender {
		return Contender{Ref: Ref{"p", "m"}, Settings: Settings{
			Params: Params{Temperature: &temperature}, Options: options}}
	}
	fromConfig := of(1, map[string]any{"n": int64(3), "list": []any{int64(1), 0.5}, "big": int64(1<<62 + 1)})
	b, err := json.Marshal(fromConfig)
	if err != nil {
		t.Fatal(err)
	}
	var fromRecord Contender
	if err := json.Unmarshal(b, &fromRecord); err != nil {
		t.Fatal(err)
	}
	fromFloat := of(1.0, map[string]any{"n": 3.0, "list": []any{1.0, 0.5}, "big": json.Number("4611686018427387905")})
	for name, c := range map[string]Contender{"record": fromRecord, "floats": fromFloat} {
		if c.ID() != fromConfig.ID() || !c.Same(fromConfig) {
			t.Errorf("%s: %s is another contender than %s", name, c.Label(), fromConfig.Label())
		}
	}
	if other := of(1, map[string]any{"n": int64(3), "list": []any{int64(1), 0.5}, "big": int64(1 << 62)}); other.ID() == fromConfig.ID() {
		t.Error("a whole number beyond 2^53 lost its last digit")
	}
	if again, _ := json.Marshal(fromRecord); string(again) != string(b) {
		t.Errorf("read and written again\n%s\nwant\n%s", again, b)
	}
}

func TestContenderLabelAndRecord(t *testing.T) {
	c := Contender{Ref: Ref{"local", "llama3.1:8b"}, Settings: Settings{
		Params: Params{Temperature: number(0), Seed: whole(7), Stop: []string{"END"}},
		Body:   map[string]any{"top_a": 0.1}, System: words("One sentence.")}}
	want := `local/llama3.1:8b temperature=0 seed=7 stop=["END"] body.top_a=0.1 system="One sentence."`
	if got := c.Label(); got != want {
		t.Errorf("label %s, want %s", got, want)
	}
	c.Settings.System = words(strings.Repeat("긴 말 ", 40))
	if got := []rune(c.Label()); len(got) > 140 || !strings.HasSuffix(string(got), `…"`) {
		t.Errorf("a long system prompt makes the label %q", string(got))
	}
	c.Name = "cold"
	b, _ := json.Marshal(c)
	var back Contender
	if err := json.Unmarshal(b, &back); err != nil || back.Name != "cold" || !back.Same(c) {
		t.Errorf("%s came back as %+v, %v", b, back, err)
	}
	if c.Label() != "cold" || !strings.Contains(string(b), `"label":"cold"`) {
		t.Errorf("%s", b)
	}
}

// The title of a pane shows what tells it from its neighbours, and nothing else.
func TestTellApart(t *testing.T) {
	of := func(model string, s Settings) Contender { return Contender{Ref: Ref{"p", model}, Settings: s} }
	all := []Contender{
		of("a", Settings{Params: Params{Temperature: number(0), Seed: whole(7)}}),
		of("a", Settings{Params: Params{Temperature: number(1.5), Seed: whole(7)}}),
		of("a", Settings{Params: Params{Seed: whole(7)}}),
		of("b", Settings{Params: Params{Temperature: number(0)}}),
		of("c", Settings{System: words("A")}),
		of("c", Settings{System: words("A")}),
	}
	want := []string{"temp 0", "temp 1.5", "temp default", "", "", ""}
	for i, fields := range TellApart(all) {
		var titles []string
		for _, f := range fields {
			titles = append(titles, f.Title())
		}
		if got := strings.Join(titles, " · "); got != want[i] {
			t.Errorf("pane %d: %q, want %q", i, got, want[i])
		}
	}
}

func TestTemplateTakesThePrompt(t *testing.T) {
	for _, c := range []struct{ template, want string }{
		{"", "{{prompt}} 안녕"},
		{"Review:\n{{prompt}}\nBe short. {{prompt}}", "Review:\n{{prompt}} 안녕\nBe short. {{prompt}} 안녕"},
		{"Review {{this}}:\n", "Review {{this}}:\n\n{{prompt}} 안녕"},
	} {
		if got := (Settings{Template: c.template}).Fill("{{prompt}} 안녕"); got != c.want {
			t.Errorf("%q gives %q, want %q", c.template, got, c.want)
		}
	}
}

func TestParamsWithoutThoseThatWereRefused(t *testing.T) {
	most := 5
	p := Params{Temperature: number(1), MaxTokens: &most, Seed: whole(1)}.Without("temperature", "max_completion_tokens", "x")
	if p.Temperature != nil || p.MaxTokens != nil || p.Seed == nil {
		t.Errorf("%+v", p)
	}
}
