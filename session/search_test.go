package session

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
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
	for range usualHits + 10 {
		create(t, s, "the same")
	}
	if n := len(search(t, s, "same")); n != usualHits {
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

// Regression: a search gave up after the 50 sessions that were stored last and sorted these by use, so that a large
// import hid what was used today.
func TestSearchSortsBeforeItCuts(t *testing.T) {
	s, c := newStore(t)
	own := create(t, s, "mine")
	say(t, s, own.ID, "python today", "yes")
	for i := range 120 {
		old := imported1(fmt.Sprintf("chatgpt:%d", i), "python of old", "a")
		old.CreatedAt = enter().AddDate(-2, 0, i)
		old.UpdatedAt = old.CreatedAt
		old.Turns[0].CreatedAt = old.CreatedAt
		imported(t, s, old, OutcomeNew)
	}
	c.pass(time.Hour)
	for _, query := range []string{"python", "pyth", "p"} {
		hits, err := s.Search(context.Background(), query, Filter{Limit: 110})
		if err != nil || len(hits) != 110 {
			t.Fatalf("%q: %d hits, %v", query, len(hits), err)
		}
		if hits[0].ID != own.ID {
			t.Errorf("%q: the first is %q", query, hits[0].Excerpt)
		}
		for i := 1; i < len(hits); i++ {
			if hits[i].UpdatedAt.After(hits[i-1].UpdatedAt) {
				t.Errorf("%q: hit %d was used later than the one before", query, i)
			}
		}
	}
	if hits, err := s.Search(context.Background(), "python", Filter{Limit: 3, To: enter().AddDate(-1, -9, 0)}); err != nil || len(hits) != 3 || hits[0].ID == own.ID {
		t.Errorf("with a filter: %+v, %v", hits, err)
	}
}

// A search that stops early gives what one gives that reads everything, whichever sessions match.
func TestSearchStopsNoSoonerThanItMay(t *testing.T) {
	s, c := newStore(t)
	rng := rand.New(rand.NewPCG(1, 2))
	var ids []string
	for i := range 300 {
		sess := create(t, s, fmt.Sprintf("number %d", i))
		ids = append(ids, sess.ID)
		if i%7 != 0 {
			say(t, s, sess.ID, []string{"needle here", "nothing"}[rng.IntN(2)], "hay")
		}
		c.pass(time.Second)
		if i%5 == 0 { // an old session is used again
			say(t, s, ids[rng.IntN(len(ids))], []string{"needle", "hay"}[rng.IntN(2)], "hay")
			c.pass(time.Second)
		}
	}
	all, err := s.Search(context.Background(), "needle", Filter{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for _, limit := range []int{1, 3, 20, 100} {
		got, err := s.Search(context.Background(), "needle", Filter{Limit: limit})
		if err != nil || len(got) != limit {
			t.Fatalf("limit %d: %d, %v", limit, len(got), err)
		}
		for i := range got {
			if got[i].ID != all[i].ID {
				t.Errorf("limit %d: hit %d is another one", limit, i)
			}
		}
	}
}

// Regression: words inside texts of scripts without blanks were not found, in texts that were stored before too.
func TestSearchInScriptsWithoutBlanks(t *testing.T) {
	path := dbPath(t)
	// The upgrade comes last here: a store writes only into the newest columns.
	before := slices.DeleteFunc(migrations(), func(m migration) bool { return m.version == 6 })
	last := migration{version: before[len(before)-1].version + 1, then: reindexSpaceless}
	old, err := tryOpen(path, settings{migrations: before})
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{"เราพูดภาษาไทยที่บ้าน": "ภาษา", "ພາສາລາວງາມ": "ລາວ", "ကျွန်တော်မြန်မာစာ": "မြန်မာ", "ភាសាខ្មែរស្អាត": "ខ្មែរ", "བོད་སྐད་ཡིག": "སྐད", "日本語の文章": "語の"}
	sess := create(t, old, "t")
	for text := range texts {
		row := say(t, old, sess.ID, text, "a")
		var n int64
		if err := old.r.QueryRow(`SELECT n FROM turns WHERE id = ?`, row.ID).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if _, err := old.w.Exec(`INSERT OR REPLACE INTO search (rowid, body) VALUES (?, ?)`, n*rowsPerTurn, text); err != nil { // as before
			t.Fatal(err)
		}
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	s := openAt(t, path, settings{migrations: append(before, last)})
	fresh := create(t, s, "fresh")
	for text, word := range texts {
		if word == "語の" { // it needed no upgrade
			continue
		}
		if hits := search(t, s, word); len(hits) != 1 || hits[0].Excerpt != text {
			t.Errorf("%s in %s: %+v", word, text, hits)
		}
		say(t, s, fresh.ID, text, "a")
		if hits := search(t, s, word); len(hits) != 2 {
			t.Errorf("%s in %s: %d hits", word, text, len(hits))
		}
	}
	if hits := search(t, s, "ภาษาลาว"); len(hits) != 0 {
		t.Errorf("found what is not there: %+v", hits)
	}
}

// Regression: a session that was dated in the future was the last one for ever.
func TestSessionsOfTheFutureComeLast(t *testing.T) {
	s, c := newStore(t)
	now := create(t, s, "now")
	future := &Session{Title: "future", CreatedAt: enter().AddDate(3, 0, 0)}
	if err := s.CreateSession(context.Background(), future); err != nil {
		t.Fatal(err)
	}
	later := &Session{Title: "later", CreatedAt: enter().AddDate(5, 0, 0)}
	if err := s.CreateSession(context.Background(), later); err != nil {
		t.Fatal(err)
	}
	if id, err := s.Resolve(context.Background(), "last"); err != nil || id != now.ID {
		t.Errorf("last is %s, %v", id, err)
	}
	want := []string{now.ID, later.ID, future.ID}
	var got []string
	for before := ""; ; before = got[len(got)-1] {
		list, err := s.Sessions(context.Background(), Filter{Limit: 1, Before: before})
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 0 {
			break
		}
		got = append(got, list[0].ID)
	}
	if !slices.Equal(got, want) {
		t.Errorf("listed %v, want %v", got, want)
	}
	c.pass(20 * 365 * 24 * time.Hour)
	if id, err := s.Resolve(context.Background(), "last"); err != nil || id != later.ID {
		t.Errorf("later, last is %s, %v", id, err)
	}
}
