package compare

import (
	"fmt"
	"strings"
	"testing"
)

// table writes an agreement as the contract does: "42 ms: 1 3 · 40 ms: 2".
func table(a Agreement) string {
	var out []string
	for _, f := range a.Facts {
		s := f.Text + ":"
		for i, places := range f.In {
			if len(places) > 0 {
				s += fmt.Sprintf(" %d", i+1)
			}
		}
		out = append(out, s)
	}
	return strings.Join(out, " · ")
}

func TestAgree(t *testing.T) {
	for _, c := range []struct {
		name  string
		texts []string
		want  string
	}{
		{"the contract's example", []string{"It takes 42 ms.", "It takes 40 ms.", "About 42ms then"}, "42 ms: 1 3 · 40 ms: 2"},
		{"nothing", []string{"", ""}, ""},
		{"one text", []string{"42 ms"}, ""},
		{"what all state", []string{"42 ms, 7 s", "7s and 42밀리초"}, ""},
		{"contradictions first", []string{"Use 3 threads, 5 MB, 10 s", "Use 4 threads, 20 s"}, "10 s: 1 · 20 s: 2 · 5 MB: 1 · 3: 1 · 4: 2"},
		{"most first", []string{"1 s", "2 s", "2 s"}, "2 s: 2 3 · 1 s: 1"},
		{"kinds in order", []string{"See https://a.example/x, `run_it`, not safe, Eiffel Tower, 3 %", ""},
			"3 %: 1 · Eiffel Tower: 1 · not safe: 1 · run_it: 1 · https://a.example/x: 1"},
		{"list numbers and citations are no facts", []string{"1. One\n2) Two [3]\n**4.** four", "- One\n- Two"}, ""},
		{"digits of a name", []string{"an H100 or GPT-4", "an A100 or GPT-4"}, "H100: 1 · A100: 2"},
		{"capitals for emphasis", []string{"Do NOT do it", "Do it not"}, "NOT do: 1 · not: 2"},
		{"names without marks", []string{"**Ada** Lovelace wrote", "by Ada Lovelace"}, ""},
		{"marks within a name", []string{"**NASA's *Dragonfly*** flies, not **Titan**", ""}, "NASA's Dragonfly: 1 · not Titan: 1"},
		{"a name that opens a sentence", []string{"The Eiffel Tower is", "at the Eiffel Tower"}, ""},
		{"code without backticks", []string{"call `parse_it()`", "call parse_it now"}, ""},
		{"code in blocks", []string{"```go\nx := os.ReadFile(name)\nreturn x\n```", "```go\nx := os.Open(name)\nreturn x\n```"},
			"os.ReadFile: 1 · os.Open: 2"},
		{"numbers in code", []string{"```\ntimeout = 42\n```", "```\ntimeout = 40\n```"}, "42: 1 · 40: 2"},
		{"single digits in code", []string{"```\nx = 0\n```", "```\nx = 1\n```"}, ""},
		{"a particle after a name", []string{"GPT-4는 PostgreSQL을 씁니다", "GPT-4 and PostgreSQL"}, ""},
		{"flags", []string{"```sh\ngo test --race ./...\n```", "use `--race`"}, ""},
		{"German", []string{"Das ist nicht sicher, kein Problem", "Das ist sicher, keine Frage"}, "nicht sicher: 1 · kein Problem: 1 · keine Frage: 2"},
		{"Korean", []string{"캐시를 지원하지 않습니다. 문제가 없다.", "캐시를 지원한다. 문제없다."}, "지원하지 않습니다: 1"},
		{"Korean before a verb", []string{"안 됩니다", "됩니다"}, "안 됩니다: 1"},
		{"Chinese", []string{"不是", "是"}, "不是: 1"},
		{"not only", []string{"not only fast", "fast"}, ""},
		{"bytes that are no text", []string{"\xff42 ms\x00", "42 ms"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := table(Agree(c.texts)); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// Each row is one fact, however it is written.
func TestOneFactManyWays(t *testing.T) {
	for _, same := range [][]string{
		{"42 ms", "42ms", "42 milliseconds", "42밀리초", "42 밀리초가", "42\u00a0ms", "42 毫秒"},
		{"1,000 MB", "1000 MB", "1000MB", "1000 megabytes"},
		{"3.5 %", "3.5%", "3,5 %", "3.50 percent", "3.5퍼센트"},
		{"$5", "5 USD", "$5.00", "5 dollars", "5달러", "US$ 5"},
		{"₩10,000", "10,000원", "1만 원", "10000 won", "1만원은"},
		{"-5 °C", "−5 ℃"},
		{"1.5 million tokens", "1,500,000 tokens", "150만 토큰"},
		{"20만 개의 토큰", "200,000개", "200000개가"},
		{"3억 5천만 원", "350,000,000 KRW", "350 million won"},
		{"2024-01-15", "January 15, 2024", "15 January 2024", "Jan 15th, 2024", "2024년 1월 15일", "2024/1/15", "15. Januar 2024", "15.01.2024", "2024年1月15日"},
		{"2024년", "2024"},
		{"v1.2.3", "1.2.3", "version 1.2.3", "버전 1.2.3"},
		{"2:30 pm", "14:30"},
		{"100 MB/s", "100 MB/sec", "100 megabytes/s"},
		{"1.234,56 EUR", "€1,234.56"},
		{"1.000.000 Tokens", "1,000,000 tokens"},
		{"It doesn't work", "It does not work", "it did not work", "it didn’t work"},
		{"cannot be read", "can't read", "can not read"},
		{"https://Example.com/a/", "http://example.com/a", "(https://example.com/a).", "https://example.com/a에서"},
	} {
		a := Agree(same)
		if len(a.Facts) > 0 || a.Common != 1 {
			t.Errorf("%q: %d in common, apart: %s", same, a.Common, table(a))
		}
	}
	for _, other := range [][2]string{
		{"2 s", "2000 ms"}, {"3.10", "3.1"}, {"5 MB", "5 Mb"}, {"10 초과", "10초"}, {"5", "-5"}, {"$5", "€5"},
		{"v1.2", "v1.3"}, {"1,000", "1.000"}, {"is safe", "is not safe"}, {"never", "not"}, {"`a_b`", "`a_c`"},
		{"https://a.example/x", "https://a.example/y"}, {"10:30", "10:31"}, {"5 M", "5 m"}, {"1월 5일", "1월 6일"},
	} {
		if a := Agree(other[:]); a.Common > 0 {
			t.Errorf("%q are one fact", other)
		}
	}
}

// A place is where the fact stands in the text of the answer, byte for byte.
func TestPlacesOfFacts(t *testing.T) {
	texts := []string{"값은 42 ms, 그리고 42ms", "값은 40 ms"}
	a := Agree(texts)
	for _, f := range a.Facts {
		for i, places := range f.In {
			for _, p := range places {
				if s := strings.ReplaceAll(texts[i][p.From:p.To], " ", ""); s != strings.ReplaceAll(f.Text, " ", "") {
					t.Errorf("%s stands at %q of text %d", f.Text, s, i)
				}
			}
		}
	}
	if n := len(a.Facts[0].In[0]); n != 2 {
		t.Errorf("%s stands at %d places, want 2", a.Facts[0].Text, n)
	}
}

// longTexts are four of 50,000 bytes that share some facts.
func longTexts() []string {
	var texts []string
	for i := range 4 {
		var b strings.Builder
		for n := 0; b.Len() < 50000; n++ {
			fmt.Fprintf(&b, "Item%dX takes %d ms with `code_%d` and is not w%d. ", n*i, n*7+i, n+i, n)
		}
		texts = append(texts, b.String())
	}
	return texts
}

func TestAgreeOnLongTexts(t *testing.T) {
	if n := len(Agree(longTexts()).Facts); n < 5000 {
		t.Errorf("%d facts, of thousands that stand there", n)
	}
}

func BenchmarkAgree(b *testing.B) {
	texts := longTexts()
	for b.Loop() {
		Agree(texts)
	}
}

func FuzzAgree(f *testing.F) {
	f.Add("`a` 3억 5천만 원 -$5", "May 5, 1.2.3 https://x/(y) 안 돼")
	f.Add("\xff1️⃣", "없 NOT `")
	f.Fuzz(func(t *testing.T, a, b string) {
		texts := []string{a, b}
		for _, fact := range Agree(texts).Facts {
			if n := fact.Said(); n != 1 {
				t.Fatalf("%q is said by %d of two", fact.Text, n)
			}
			for i, places := range fact.In {
				for _, p := range places {
					if p.From < 0 || p.From >= p.To || p.To > len(texts[i]) {
						t.Fatalf("place %v of %d bytes", p, len(texts[i]))
					}
				}
			}
		}
		if same := Agree([]string{a, a}); len(same.Facts) > 0 {
			t.Fatalf("a text says something else than itself: %q", same.Facts[0].Text)
		}
	})
}
