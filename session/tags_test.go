package session

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTags(t *testing.T) {
	s, _ := newStore(t)
	ctx := context.Background()
	a, b := create(t, s, "one"), create(t, s, "two")
	for _, err := range []error{s.Tag(ctx, a.ID, "#Demo", " korean  models ", "demo"), s.Tag(ctx, b.ID, "demo", "x\x1b[31m"), s.Untag(ctx, b.ID, "never had")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	list, err := s.Sessions(ctx, Filter{})
	if err != nil || !slices.Equal(list[0].Tags, []string{"demo", "x␛[31m"}) || !slices.Equal(list[1].Tags, []string{"demo", "korean models"}) {
		t.Errorf("%+v, %v", list, err)
	}
	if tags, err := s.Tags(ctx); err != nil || fmt.Sprint(tags) != "[{demo 2} {korean models 1} {x␛[31m 1}]" {
		t.Errorf("%v, %v", tags, err)
	}
	if got := listed(t, s, Filter{Tag: "#KOREAN models"}); !slices.Equal(got, []string{a.ID}) {
		t.Errorf("with the tag: %v", got)
	}
	// A tag is found like a title, also behind a new title, and no longer once it is taken away.
	if err := s.Rename(ctx, a.ID, "another"); err != nil {
		t.Fatal(err)
	}
	if hits := search(t, s, "kor"); len(hits) != 1 || hits[0].Excerpt != "demo, korean models" || hits[0].Turn != "" {
		t.Errorf("%+v", hits)
	}
	if err := s.Untag(ctx, a.ID, "korean models"); err != nil {
		t.Fatal(err)
	}
	if hits := search(t, s, "kor"); len(hits) != 0 {
		t.Errorf("%+v", hits)
	}
	for _, none := range []string{"", " # ", "\n"} {
		if err := s.Tag(ctx, a.ID, none); !errors.Is(err, errNoTag) {
			t.Errorf("tag %q: %v", none, err)
		}
	}
	if got := CleanTag(strings.Repeat("길", 100)); len([]rune(got)) != maxTagRunes {
		t.Errorf("%d characters", len([]rune(got)))
	}
}

// TestFilters: the same filters narrow a list and a search.
func TestFilters(t *testing.T) {
	s, clock := newStore(t)
	ctx := context.Background()
	ids := map[string]string{}
	for _, c := range []struct {
		title, model, text string
		failed             bool
	}{{"alpha", "local/llama", "tokens are pieces", false}, {"beta", "gate/Gemini", "tokens are words", false}, {"gamma", "gate/Gemini", "no tokens", true}} {
		clock.pass(24 * time.Hour)
		sess := create(t, s, c.title)
		ids[c.title] = sess.ID
		replies := []*Reply{NewReply(0, info(c.model, priced()), ask(), enter()), NewReply(1, info("x/other", priced()), ask(), enter())}
		turn := addTurn(t, s, sess.ID, "what are they?", replies)
		answer(replies[1], "nothing to say")
		apply(replies[0], start(0, info(c.model, priced())), text(5, c.text))
		if c.failed {
			apply(replies[0], end(9, full(0).errorOf())...)
		} else {
			apply(replies[0], append(end(9, nil), finish(9, "stop"))...)
		}
		for _, r := range replies {
			if err := s.FinishReply(ctx, turn.ID, r); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := s.Tag(ctx, ids["beta"], "demo"); err != nil {
		t.Fatal(err)
	}
	day := func(n int) time.Time { return enter().AddDate(0, 0, n) }
	for _, c := range []struct {
		name   string
		filter Filter
		list   []string // titles
		search []string // for tokens
	}{
		{"none", Filter{}, []string{"gamma", "beta", "alpha"}, []string{"gamma", "beta", "alpha"}},
		{"limit", Filter{Limit: 2}, []string{"gamma", "beta"}, []string{"gamma", "beta"}},
		{"model", Filter{Model: "gemini"}, []string{"gamma", "beta"}, []string{"gamma", "beta"}},
		{"model in full", Filter{Model: "local/llama"}, []string{"alpha"}, []string{"alpha"}},
		{"a model that said nothing of it", Filter{Model: "x/other"}, []string{"gamma", "beta", "alpha"}, nil},
		{"model that there is not", Filter{Model: "%"}, nil, nil},
		{"status", Filter{Status: Interrupted}, []string{"gamma"}, []string{"gamma"}},
		{"status and model", Filter{Status: Done, Model: "gemini"}, []string{"beta"}, []string{"beta"}},
		{"tag", Filter{Tag: "Demo"}, []string{"beta"}, []string{"beta"}},
		{"from", Filter{From: day(2)}, []string{"gamma", "beta"}, []string{"gamma", "beta"}},
		{"to", Filter{To: day(2)}, []string{"alpha"}, []string{"alpha"}},
		{"between", Filter{From: day(2), To: day(3)}, []string{"beta"}, []string{"beta"}},
		{"all", Filter{From: day(1), To: day(9), Model: "gate/", Status: Done, Tag: "demo", Limit: 1}, []string{"beta"}, []string{"beta"}},
		{"trash", Filter{Deleted: true}, nil, nil},
	} {
		list, err := s.Sessions(ctx, c.filter)
		var got []string
		for _, m := range list {
			got = append(got, m.Title)
		}
		if err != nil || !slices.Equal(got, c.list) {
			t.Errorf("%s: the list has %v, %v; want %v", c.name, got, err, c.list)
		}
		hits, err := s.Search(ctx, "token", c.filter)
		got = nil
		for _, h := range hits {
			got = append(got, h.Title)
			if h.Excerpt[h.Marks[0].From:h.Marks[0].To] != "token" || h.Slot != 0 {
				t.Errorf("%s: %+v", c.name, h)
			}
		}
		if err != nil || !slices.Equal(got, c.search) {
			t.Errorf("%s: the search has %v, %v; want %v", c.name, got, err, c.search)
		}
	}
	if hits, err := s.Search(ctx, "  ", Filter{Tag: "demo"}); err != nil || len(hits) != 1 || hits[0].Title != "beta" || hits[0].Excerpt != "" {
		t.Errorf("without a word: %+v, %v", hits, err)
	}
	page, err := s.Sessions(ctx, Filter{Model: "gemini", Before: ids["gamma"]})
	if err != nil || len(page) != 1 || page[0].Title != "beta" {
		t.Errorf("the second page: %+v, %v", page, err)
	}
}

func TestMarks(t *testing.T) {
	for _, c := range []struct{ text, query, want string }{
		{"Tokens and tokenisers", "token", "[Token]s and [token]isers"},
		{"재검색어를 검색", "검색", "재[검색]어를 [검색]"},
		{"the café is a CAFÉ", "cafe", "the [café] is a [CAFÉ]"},
		{"one two one", "one tw", "[one] [tw]o [one]"},
		{"C++ and C#", "c++", "[C++] and C#"},
		{"aaa", "aa a", "[aa]a"},
		{"sideways inside", "side", "[side]ways inside"},
		{"only inside", "side", "only in[side]"},
		{"nothing", "absent", "nothing"},
	} {
		line, marks := excerpt(c.text, parseQuery(c.query).words)
		var b strings.Builder
		at := 0
		for _, m := range marks {
			b.WriteString(line[at:m.From] + "[" + line[m.From:m.To] + "]")
			at = m.To
		}
		if got := b.String() + line[at:]; got != c.want {
			t.Errorf("%q in %q: %s, want %s", c.query, c.text, got, c.want)
		}
	}
}

// Regression: a quotation mark was taken for a tag.
func TestATagNeedsALetterOrADigit(t *testing.T) {
	s, _ := newStore(t)
	id := create(t, s, "t").ID
	for _, tag := range []string{`"`, "#", "- -", "…", "🎉", "\u0301", ""} {
		if got := CleanTag(tag); got != "" {
			t.Errorf("%q is kept as %q", tag, got)
		}
		if err := s.Tag(context.Background(), id, tag); err == nil {
			t.Errorf("%q was taken", tag)
		}
	}
	for _, tag := range []string{"a", "7", "한", "c++", "²"} {
		if got := CleanTag(tag); got != tag {
			t.Errorf("%q is kept as %q", tag, got)
		}
	}
}
