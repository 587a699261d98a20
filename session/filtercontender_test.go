package session

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"lineup/providers"
)

func TestFilterByContender(t *testing.T) {
	s, _ := newStore(t)
	put := func(title string, replies ...*Reply) string {
		t.Helper()
		turn := &Turn{Prompt: "common prompt", Replies: replies}
		for slot, r := range replies {
			r.Slot = slot
		}
		sess := &Session{Title: title, Turns: []*Turn{turn}}
		if err := s.Insert(context.Background(), sess); err != nil {
			t.Fatal(err)
		}
		return sess.ID
	}
	bare := providers.Settings{}
	one := past("p/a", Done, 10, 0).of("cold", cold(1))
	one.Text = "frosty words"
	two := past("p/a", Failed, 10, 0).of("", cold(2))
	two.Text = "icy words"
	first := put("first", one, two)
	second := put("second", past("p/a", Done, 10, 0).of("", bare))
	fell := past("p/a", Done, 10, 0).of("", cold(1))
	fell.ServedBy, fell.Params = "p/backup", providers.Params{}
	third := put("third", fell)
	secret := &Session{Title: "secret", Blind: true, Turns: []*Turn{{Prompt: "common prompt",
		Replies: []*Reply{past("p/a", Done, 10, 0).of("cold", cold(1))}}}}
	if err := s.Insert(context.Background(), secret); err != nil {
		t.Fatal(err)
	}
	idOf := func(set providers.Settings) string {
		return providers.Contender{Ref: providers.RefOf("p/a"), Settings: set}.ID()
	}
	check := func(when string) {
		t.Helper()
		for name, want := range map[string][]string{
			"cold": {third, first}, "COLD": {third, first}, idOf(cold(1)): {third, first}, idOf(cold(1))[:8]: {third, first},
			strings.ToUpper(idOf(cold(2))[:7]): {first}, "p/a temperature=0 seed=2": {first}, "p/a temperature=0 seed=1": {third, first},
			"p/a": {second}, "p/backup": {third}, "nobody": nil, "p": nil, "temperature=0": nil,
		} {
			got := listed(t, s, Filter{Contender: name})
			if !slices.Equal(got, want) {
				t.Errorf("%s: %s: listed %v, want %v", when, name, got, want)
			}
		}
		for _, x := range []struct {
			f    Filter
			want []string
		}{
			{Filter{Contender: "cold", Status: Failed}, nil},
			{Filter{Contender: "p/a temperature=0 seed=2", Status: Failed}, []string{first}},
			{Filter{Contender: "cold", Model: "BACKUP"}, []string{third}},
			{Filter{Contender: "cold", Limit: 1}, []string{third}},
			{Filter{Contender: "cold", Deleted: true}, nil},
		} {
			if got := listed(t, s, x.f); !slices.Equal(got, x.want) {
				t.Errorf("%s: %+v: listed %v, want %v", when, x.f, got, x.want)
			}
		}
		// a search looks into the answers of the contender alone
		for _, x := range []struct {
			words, contender string
			hits             int
		}{{"frosty", "cold", 1}, {"icy", "cold", 0}, {"icy", idOf(cold(2)), 1}, {"common", "cold", 2}, {"", "cold", 2}} {
			hits, err := s.Search(context.Background(), x.words, Filter{Contender: x.contender})
			if err != nil || len(hits) != x.hits {
				t.Errorf("%s: %q of %s: %d hits, %v; want %d", when, x.words, x.contender, len(hits), err, x.hits)
			}
		}
	}
	check("new")
	// As a store of before schema 11 has it: without contenders, and so without their names.
	if _, err := s.w.ExecContext(context.Background(), `UPDATE replies SET contender = NULL WHERE turn IN
		(SELECT turn FROM replies GROUP BY turn HAVING min(model) = max(served_by))`); err != nil {
		t.Fatal(err)
	}
	check("old")
}

func TestAmbiguousContender(t *testing.T) {
	s, _ := newStore(t)
	first := map[byte]string{}
	var prefix string
	for seed := int64(0); prefix == ""; seed++ { // some two ids begin alike
		c := providers.Contender{Ref: providers.RefOf("p/a"), Settings: cold(seed)}
		keep(t, s, past("p/a", Done, 10, 0).of("", cold(seed)))
		if _, seen := first[c.ID()[0]]; seen {
			prefix = c.ID()[:1]
		}
		first[c.ID()[0]] = c.ID()
	}
	for what, err := range map[string]error{
		"list":   func() error { _, err := s.Sessions(context.Background(), Filter{Contender: prefix}); return err }(),
		"search": func() error { _, err := s.Search(context.Background(), "p", Filter{Contender: prefix}); return err }(),
	} {
		var e *ContenderError
		if !errors.As(err, &e) || len(e.Candidates) != 2 || !strings.Contains(err.Error(), first[prefix[0]]) {
			t.Errorf("%s by %q: %v", what, prefix, err)
		}
	}
}

func TestParseFilter(t *testing.T) {
	for typed, want := range map[string]struct {
		words string
		f     Filter
	}{
		"two words":                      {"two words", Filter{}},
		"contender:cold":                 {"", Filter{Contender: "cold"}},
		`a contender:"p/a seed=7" b`:     {"a b", Filter{Contender: "p/a seed=7"}},
		`contender:"p/a seed`:            {"", Filter{Contender: "p/a seed"}},
		"MODEL:Gemini tag:x status:DONE": {"", Filter{Model: "Gemini", Tag: "x", Status: Done}},
		"model: 조각":                      {"조각", Filter{}},
		"model http://x contender":       {"model http://x contender", Filter{}},
		`say "a b"`:                      {`say "a b"`, Filter{}},
		"model:a model:ollama/q:8b":      {"", Filter{Model: "ollama/q:8b"}},
	} {
		if words, f := ParseFilter(typed); words != want.words || f != want.f {
			t.Errorf("%s: %q and %+v, want %q and %+v", typed, words, f, want.words, want.f)
		}
	}
}
