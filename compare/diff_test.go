package compare

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// sides puts the ops of a comparison together again.
func sides(c Comparison) (a, b string) {
	var x, y strings.Builder
	for _, op := range c.Ops {
		if op.Kind != Insert {
			x.WriteString(op.Text)
		}
		if op.Kind != Delete {
			y.WriteString(op.Text)
		}
	}
	return x.String(), y.String()
}

// brief writes ops as =same -gone +come, in quotes; what is no difference has its sign doubled.
func brief(ops []Op) string {
	var out []string
	for _, op := range ops {
		sign := map[string]string{Equal: "=", Delete: "-", Insert: "+"}[op.Kind]
		if op.Kind != Equal && !op.differs {
			sign += sign
		}
		out = append(out, fmt.Sprintf("%s%q", sign, op.Text))
	}
	return strings.Join(out, " ")
}

func TestDiffByWords(t *testing.T) {
	for _, c := range []struct {
		name, a, b string
		similarity float64
		want       string
	}{
		{"the same", "One two.", "One two.", 1, `="One two."`},
		{"one word", "the cat sat", "the dog sat", 4. / 6, `="the " -"cat" +"dog" =" sat"`},
		{"a word more", "the sat", "the cat sat", 4. / 5, `="the " +"cat " ="sat"`},
		{"no words", "", "", 1, ``},
		{"no words, other marks", "...", "!", 1, `--"..." ++"!"`},
		{"words on one side", "...", "a", 0, `--"..." +"a"`},
		{"Korean words", "결론은 짧다", "결론은 길다", 2. / 4, `="결론은 " -"짧다" +"길다"`},
		{"marks in a word", "**결론**은", "결론은", 1, `--"**" ="결론" --"**" ="은"`},
		{"marks in a word, turned", "결론은", "**결론**은", 1, `++"**" ="결론" ++"**" ="은"`},
		{"other marks in a word", "**결론**은", "`결론`은", 1, "--\"**\" ++\"`\" =\"결론\" --\"**\" ++\"`\" =\"은\""},
		{"marks of two kinds", "**`foo`**는", "foo는", 1, "--\"**`\" =\"foo\" --\"`**\" =\"는\""},
		{"underscores", "_so_ be it", "so be it", 1, `--"_" ="so" --"_" =" be it"`},
		{"underscores before a particle", "__결론__은 a_b", "결론은 a_b", 1, `--"__" ="결론" --"__" ="은 a_b"`},
		{"underscores between Korean words", "변수_이름과 다른_것", "변수이름과 다른것", 0, `-"변수_이름과 다른_것" +"변수이름과 다른것"`},
		{"a name with an underscore", "snake_case", "snake", 0, `-"snake_case" +"snake"`},
		{"an escaped underscore", "snake\\_case and \\_x", "snake_case and _x", 1, `="snake" --"\\" ="_case and " --"\\" ="_x"`},
		{"a product is no emphasis", "2*3*4", "234", 0, `-"2*3*4" +"234"`},
		{"an asterisk alone", "a*b", "ab", 0, `-"a*b" +"ab"`},
		{"marks in code are none", "`a*b*c` d", "`abc` d", 2. / 6, "=\"`\" -\"a*b*c\" +\"abc\" =\"` d\""},
		{"Chinese characters", "今天天气好", "今天很好", 6. / 9, `="今天" -"天气" +"很" ="好"`},
		{"white space", "a  b\r\nc", "a b\nc", 1, `="a" --"  " ++" " ="b" --"\r\n" ++"\n" ="c"`},
		{"lists", "* a\n* b", "- a\n- b", 1, `--"*" ++"-" =" a\n" --"*" ++"-" =" b"`},
		{"numbered lists", "1. a\n2. b", "- a\n> 1) b", 1, `--"1." ++"-" =" a\n" --"2." ++"> 1)" =" b"`},
		{"a number alone", "7.", "8.", 0, `-"7" +"8" ="."`},
		{"numbers of lines of code", "```\n1. a\n```", "```\n2. a\n```", 2. / 4, "=\"```\\n\" -\"1\" +\"2\" =\". a\\n```\""},
		{"punctuation", "yes, sir", "yes sir!", 1, `="yes" --"," =" sir" ++"!"`},
		{"case", "The", "the", 0, `-"The" +"the"`},
		{"raised digits", "m²", "m³", 2. / 4, `="m" -"²" +"³"`},
		{"bytes that are no text", "a\xff\x00b", "a\xfe\x00b", 1, `="a" --"\xff" ++"\xfe" ="\x00b"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Diff(c.a, c.b)
			if s := brief(got.Ops); s != c.want {
				t.Errorf("ops\n got %s\nwant %s", s, c.want)
			}
			if d := got.Similarity - c.similarity; d > 1e-9 || d < -1e-9 {
				t.Errorf("similarity is %v, want %v", got.Similarity, c.similarity)
			}
		})
	}
}

func TestSimilarityInWords(t *testing.T) {
	for want, c := range map[string]Comparison{"100 %": {Similarity: 1}, "99 %": {Similarity: .999}, "1 %": {Similarity: .001},
		"0 %": {}, "67 %": Diff("the cat sat", "the dog sat")} {
		if got := c.InWords(); got != want+" of the words are the same" {
			t.Errorf("%v: %q, want %s", c.Similarity, got, want)
		}
	}
}

// Lines of code are matched as wholes, then the words of the others. A changed operator in code is
// a difference to look at, but not one of words.
func TestDiffOfCode(t *testing.T) {
	a := "Use:\n```go\nif x < 0 {\n\treturn a\n}\n```\n"
	b := "Use:\n```go\nif x > 0 {\n    return b\n}\n```\n"
	got := Diff(a, b)
	want := "=\"Use:\\n```go\\nif x \" -\"<\" +\">\" =\" 0 {\\n\" --\"\\t\" ++\"    \" =\"return \" -\"a\" +\"b\" =\"\\n}\\n```\\n\""
	if s := brief(got.Ops); s != want {
		t.Errorf("ops\n got %s\nwant %s", s, want)
	}
	if want := 2 * 6. / 14; got.Similarity != want {
		t.Errorf("similarity is %v, want %v", got.Similarity, want)
	}
	// The line "x = 1" is found again as a line, though its words occur before it too.
	c := Diff("```\nx = 1\ny = 2\n```", "```\nz = 1 x\nx = 1\ny = 2\n```")
	if s := brief(c.Ops); s != "=\"```\\n\" +\"z = 1 x\\n\" =\"x = 1\\ny = 2\\n```\"" {
		t.Errorf("a new line before the same ones: %s", s)
	}
}

// lengthLCS is the textbook table.
func lengthLCS(a, b []int32) int {
	row := make([]int, len(b)+1)
	for _, x := range a {
		diagonal := 0
		for j, y := range b {
			up := row[j+1]
			if x == y {
				row[j+1] = diagonal + 1
			} else {
				row[j+1] = max(up, row[j])
			}
			diagonal = up
		}
	}
	return row[len(b)]
}

func randomNumbers(r *rand.Rand, n, distinct int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = int32(r.IntN(distinct))
	}
	return out
}

// checkCommon checks that matches are pairs of equal elements that rise on both sides.
func checkCommon(t *testing.T, a, b []int32, found []match) {
	t.Helper()
	last := match{-1, -1}
	for _, m := range found {
		if m.a <= last.a || m.b <= last.b || a[m.a] != b[m.b] {
			t.Fatalf("%v after %v is no match", m, last)
		}
		last = m
	}
}

func TestCommonIsLongest(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		a := randomNumbers(r, r.IntN(300), 1+r.IntN(40))
		b := randomNumbers(r, r.IntN(300), 1+r.IntN(40))
		found := common(a, b)
		checkCommon(t, a, b, found)
		if want := lengthLCS(a, b); len(found) != want {
			t.Fatalf("%d matches, want %d, of\n%v\n%v", len(found), want, a, b)
		}
	}
}

// Long sequences too, whose rows are made in blocks.
func TestCommonOfLongSequences(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, distinct := range []int{2, 50, 5000} {
		a, b := randomNumbers(r, 7001, distinct), randomNumbers(r, 6400, distinct)
		found := common(a, b)
		checkCommon(t, a, b, found)
		if want := lengthLCS(a, b); len(found) != want {
			t.Errorf("%d distinct: %d matches, want %d", distinct, len(found), want)
		}
	}
}

// Beyond the limit of work the parts that stayed are still found, though something was put before.
func TestRoughlyFindsWhatStayed(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	a := randomNumbers(r, 60000, 3000)
	b := slices.Concat(randomNumbers(r, 5000, 3000), a[:30000], randomNumbers(r, 2000, 3000), a[30000:])
	al := newAligner(a, b)
	al.roughly()
	checkCommon(t, al.a, al.b, al.found)
	found := al.found
	if len(found) < 59900 {
		t.Errorf("%d of 60000 elements were found again", len(found))
	}
}

// hardTexts are pairs of 50,000 characters a side, by what makes them hard.
func hardTexts() map[string][2]string {
	r := rand.New(rand.NewPCG(7, 8))
	zipf := rand.NewZipf(r, 1.1, 4, 2999)
	han := func(offset int) string {
		var b strings.Builder
		for range 50000 {
			b.WriteRune(rune(0x4e00 + offset + int(zipf.Uint64())))
		}
		return b.String()
	}
	latin := func() string {
		var b strings.Builder
		for b.Len() < 50000 {
			fmt.Fprintf(&b, "w%d ", zipf.Uint64())
		}
		return b.String()[:50000]
	}
	same := func(s string, n int) string { return strings.Repeat(s, n)[:50000] }
	chinese := han(0)
	return map[string][2]string{
		"Chinese, unlike":        {chinese, han(0)},
		"Chinese, nothing alike": {chinese, han(5000)},
		"Chinese, two kinds":     {strings.Repeat("的一", 25000), strings.Repeat("一一的", 16666)},
		"Chinese, one changed":   {chinese, strings.Replace(chinese, "一", "二", 1)},
		"Latin, unlike":          {latin(), latin()},
		"single letters":         {same("a b ", 12500), same("b a a ", 9000)},
		"code":                   {"```\n" + same("x = f(1)\n", 6000), "```\n" + same("y = f(x)\n", 6000)},
		"emphasis":               {same("**a**b ", 8000), same("*a*b ", 10001)},
		"marks only":             {same("*_`", 17000), same("`_*~", 12500)},
	}
}

func TestDiffOfLongTexts(t *testing.T) {
	for name, pair := range hardTexts() {
		if a, b := sides(Diff(pair[0], pair[1])); a != pair[0] || b != pair[1] {
			t.Errorf("%s: the ops do not give the texts", name)
		}
	}
}

func BenchmarkDiff(b *testing.B) {
	for name, pair := range hardTexts() {
		b.Run(strings.ReplaceAll(name, " ", "_"), func(b *testing.B) {
			for b.Loop() {
				Diff(pair[0], pair[1])
			}
		})
	}
}

func FuzzDiff(f *testing.F) {
	for _, s := range []string{"", "**결론**은 a_b", "```go\nx\r\n~~~\n", "a\x00\xff b", "`a`*b*~~c~~d", "1*2*3 __x__", "👨‍👩‍👧 e\u0301\u200d"} {
		f.Add(s, "결론은 *a*")
		f.Add("```\nx := 1\n```\n"+s, s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		c := Diff(a, b)
		if x, y := sides(c); x != a || y != b {
			t.Fatalf("the ops of %q and %q give %q and %q", a, b, x, y)
		}
		if c.Similarity < 0 || c.Similarity > 1 {
			t.Fatalf("similarity %v", c.Similarity)
		}
		back := Diff(b, a)
		if back.Similarity != c.Similarity {
			t.Fatalf("similarity %v one way, %v the other", c.Similarity, back.Similarity)
		}
		last := ""
		for _, op := range back.Ops {
			if op.Text == "" || op.Kind == last || op.Kind == Delete && last == Insert {
				t.Fatalf("ops out of order: %s", brief(back.Ops))
			}
			last = op.Kind
		}
		if Diff(a, a).Similarity != 1 {
			t.Fatal("a text is not like itself")
		}
	})
}
