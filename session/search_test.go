package session

import (
	"context"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

func search(t testing.TB, s *Store, q string) []Hit {
	t.Helper()
	hits, err := s.Search(context.Background(), q, Filter{})
	if err != nil {
		t.Fatalf("search for %q: %v", q, err)
	}
	return hits
}

// library gives a store with one session a text, by title.
func library(t *testing.T) (*Store, map[string]string) {
	c := &clock{t: enter()}
	s := openAt(t, dbPath(t), settings{now: c.now})
	ids := map[string]string{}
	for _, x := range []struct{ title, prompt, answer string }{
		{"Korean", "재검색어를 어떻게 처리하나요?", "형태소 분석기가 토큰화를 맡습니다."},
		{"English", "What is tokenisation?", "It splits text, as in the Café example; see OpenAI's paper."},
		{"Code", "Write C++ and C#", "```go\nx_count := map[string]int{\"a\": 1} // 50%\n```"},
		{"Chinese", "什么是分词？", "分词是把句子切成词。ＦＵＬＬ width"},
		{"Japanese", "トークンとは何ですか", "最小の単位です。"},
		{"Emoji", "cheer me up", "You can do it 👍🏽🎉"},
		{"NFD", norm.NFD.String("한글 처리"), "decomposed"},
		{"Renamed later", "nothing special", "at all"},
	} {
		c.pass(time.Minute)
		sess := create(t, s, x.title)
		ids[x.title] = sess.ID
		say(t, s, sess.ID, x.prompt, "unrelated", x.answer)
	}
	if err := s.Rename(context.Background(), ids["Renamed later"], "금요일 시연"); err != nil {
		t.Fatal(err)
	}
	return s, ids
}

func TestSearch(t *testing.T) {
	s, ids := library(t)
	for q, want := range map[string]string{
		"검색":                     "Korean", // within a word
		"색어":                     "Korean",
		"재검색어":                   "Korean",
		"형태소 토큰화":                "Korean", // two words
		"큰":                      "Korean", // within a word, one syllable
		"tokenis":                "English",
		"TOKEN text":             "", // in two texts
		"splits TEXT":            "English",
		"cafe":                   "English",
		"café":                   "English",
		"openai":                 "English",
		"C++":                    "Code",
		"c#":                     "Code",
		"x_count":                "Code",
		`{"a": 1}`:               "Code",
		"50%":                    "Code",
		"分词":                     "Chinese",
		"句子切":                    "Chinese",
		"full":                   "Chinese", // of usual width
		"トークン":                   "Japanese",
		"ｸﾝ":                     "Japanese", // half width
		"位":                      "Japanese",
		"🎉":                      "Emoji",
		"👍":                      "Emoji",
		"한글":                     "NFD",
		norm.NFD.String("한글"):    "NFD",
		"시연":                     "Renamed later",
		"Renamed":                "",
		"\":":                    "Code", // nothing but punctuation
		"`":                      "Code",
		"검색 nowhere":             "",
		"zzz":                    "",
		"":                       "",
		" \t\n":                  "",
		"\x00":                   "",
		"NEAR(a b)":              "",
		"korean NOT 검색":          "",
		strings.Repeat("a", 1e5): "",
	} {
		hits := search(t, s, q)
		switch {
		case want == "" && len(hits) > 0:
			t.Errorf("%.40q finds %+v", q, hits)
		case want != "" && (len(hits) != 1 || hits[0].ID != ids[want]):
			t.Errorf("%q finds %+v, want %s", q, hits, want)
		}
	}
}

func TestSearchHits(t *testing.T) {
	s, ids := library(t)
	h := search(t, s, "토큰")[0]
	if h.Slot != 1 || h.Turn == "" || h.Excerpt != "형태소 분석기가 토큰화를 맡습니다." || h.Title != "Korean" || h.Turns != 1 {
		t.Errorf("in an answer: %+v", h)
	}
	if h := search(t, s, "재검")[0]; h.Slot != -1 || h.Turn == "" || h.Excerpt != "재검색어를 어떻게 처리하나요?" {
		t.Errorf("in a prompt: %+v", h)
	}
	if h := search(t, s, "금요일")[0]; h.Slot != -1 || h.Turn != "" || h.Excerpt != "금요일 시연" {
		t.Errorf("in a title: %+v", h)
	}
	// Every session has this in an answer: the one used last comes first, each comes once.
	say(t, s, ids["Korean"], "again", "unrelated", "unrelated")
	hits := search(t, s, "unrel")
	if len(hits) != len(ids) {
		t.Errorf("%d hits for %d sessions", len(hits), len(ids))
	}
	for n := range hits[1:] {
		if hits[n].UpdatedAt.Before(hits[n+1].UpdatedAt) {
			t.Errorf("hit %d is older than the next", n)
		}
	}
}

// TestDocumentedQueries runs what the package comment shows to others.
func TestDocumentedQueries(t *testing.T) {
	s, _ := newStore(t)
	sess := create(t, s, "t")
	say(t, s, sess.ID, "tokens are 토큰", "yes")
	var id, prompt string
	err := s.r.QueryRow(`SELECT s.id, t.prompt FROM search JOIN turns t ON t.n = search.rowid / 1024 JOIN sessions s ON s.n = t.session
		WHERE search MATCH '"token"* AND "토큰"' ORDER BY search.rowid DESC LIMIT 20`).Scan(&id, &prompt)
	if err != nil || id != sess.ID || prompt != "tokens are 토큰" {
		t.Errorf("%q %q %v", id, prompt, err)
	}
	if n := count(t, s, `SELECT count(*) FROM (SELECT served_by, count(*), avg(ttft_ms), sum(cost_usd) FROM replies WHERE status = 'done' GROUP BY served_by)`); n != 1 {
		t.Errorf("%d models", n)
	}
}

func TestSearchIsBounded(t *testing.T) {
	s, _ := newStore(t)
	for range maxHits + 10 {
		create(t, s, "the same")
	}
	if n := len(search(t, s, "same")); n != maxHits {
		t.Errorf("%d hits", n)
	}
}

func TestExcerpt(t *testing.T) {
	long := strings.Repeat("가나다 ", 100)
	for _, c := range []struct{ text, word, want string }{
		{"short", "short", "short"},
		{"a\x1b[31m\nb", "b", "a␛[31m b"},
		{long + "needle" + long, "needle", "…" + strings.TrimSpace(string([]rune(long)[len([]rune(long))-before:])) + " needle"},
		{"Übergröße", "uber", "Übergröße"},
		{"nothing here", "absent", "nothing here"},
		{strings.Repeat("x", 200) + " unseen", "absent", strings.Repeat("x", behind) + "…"},
		{"inside words sideways " + strings.Repeat("y", 200), "side", "inside words sideways " + strings.Repeat("y", 81) + "…"},
	} {
		got, _ := excerpt(c.text, []string{c.word})
		if !strings.HasPrefix(got, c.want) {
			t.Errorf("excerpt of %.30q around %q:\n%q, want\n%q", c.text, c.word, got, c.want)
		}
		if n := len([]rune(got)); n > before+behind+2 {
			t.Errorf("%d characters", n)
		}
	}
}

// FuzzSearch: no query is an error, and every word of a text finds it.
func FuzzSearch(f *testing.F) {
	for _, seed := range []string{"What is a token?", "재검색어를 처리", `"quoted" AND (NEAR/2 b*) ^c -d col:e {f g} + h`, "C++ -> x_1 50% \\", "토큰AI가2배",
		"a\u0301 é e\u0301 각 ㄱㅏ", "👍🏽 ﷺ ½ ٣ ไทย", "\x00\xff\ufeff", "'; DROP TABLE sessions; --", "가 나 다"} {
		f.Add(seed, 0)
		f.Add(seed, 1)
	}
	s := openAt(f, dbPath(f), settings{})
	sess := create(f, s, "t")
	f.Fuzz(func(t *testing.T, text string, n int) {
		if err := s.Rename(context.Background(), sess.ID, text); err != nil {
			t.Fatal(err)
		}
		search(t, s, text)
		words := strings.Fields(load1(t, s, sess.ID).Title)
		if len(words) == 0 {
			return
		}
		word := words[uint(n)%uint(len(words))]
		if !plain(word) || len([]rune(word)) > maxQueryRunes {
			return
		}
		if len(search(t, s, word)) != 1 {
			t.Errorf("%q does not find %q", word, text)
		}
	})
}

// plain reports whether a word has a letter or digit and nothing about which Unicode versions differ.
func plain(word string) bool {
	some := false
	for _, r := range word {
		if r >= 0x80 && !(r >= 0xac00 && r <= 0xd7a3) && !(r >= 0x4e00 && r <= 0x9fa5) && !(r >= 0xc0 && r <= 0x17f) {
			return false
		}
		some = some || unicode.IsLetter(r) || unicode.IsNumber(r)
	}
	return some
}
