package dialect_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/yuin/goldmark"

	"lineup/session/dialect"
)

func html(t *testing.T, src string) string {
	t.Helper()
	var out bytes.Buffer
	if err := goldmark.New(goldmark.WithExtensions(dialect.Extension())).Convert([]byte(src), &out); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(out.String())
}

type example struct{ src, want string }

func check(t *testing.T, examples []example) {
	t.Helper()
	for _, e := range examples {
		if got := html(t, e.src); got != e.want {
			t.Errorf("%s\n got %s\nwant %s", e.src, got, e.want)
		}
	}
}

// Mathematics keeps its backslashes, stars, underscores, braces and line ends.
func TestMathWithinText(t *testing.T) {
	for _, math := range []string{
		`\(\{x \in \mathbb{R} \mid x &gt; 0\}\)`, `$a*b*c$`, `$a_1 + b_2 = c_3$`, `$f(x) = x^*$`, `$\{1, 2\}$`, `$|x|$`,
		`$x$`, `$$a*b*c$$`, `\[ a_1 * b_1 \]`, `$2*3*4$`, `$2ab*c*d$`, `$10^{-3}*2*$`, `$\$5 * x * y$`, `$3 \times 4 \text{ if *you* want}$`,
		`\begin{pmatrix} a &amp; b \\ c &amp; d \end{pmatrix}`, `\(a \\ b\)`, `$\alpha_{*}$`, `$x \_ y$`, `$~~x~~$`, `$https://a.b/c$`,
	} {
		src := strings.NewReplacer("&gt;", ">", "&amp;", "&").Replace(math)
		check(t, []example{
			{"so " + src + " holds", "<p>so " + math + " holds</p>"},
			{"집합 " + src + "는 그렇다", "<p>집합 " + math + "는 그렇다</p>"},
			{"*with " + src + "* too", "<p><em>with " + math + "</em> too</p>"},
			{"- (" + src + "), *b*", "<ul>\n<li>(" + math + "), <em>b</em></li>\n</ul>"},
		})
	}
	check(t, []example{
		{"a \\(x\n* y\\) *b*", "<p>a (x</p>\n<ul>\n<li>y) <em>b</em></li>\n</ul>"}, // as any list
		{"a $x_1 +\ny*z*w$ *b*", "<p>a $x_1 +<br>\ny*z*w$ <em>b</em></p>"},
		{"- a $x_1 +\n  y*z*w$, *b*", "<ul>\n<li>a $x_1 +<br>\ny*z*w$, <em>b</em></li>\n</ul>"},
		{"a \\(x_1\ny_1\\) *b*", "<p>a \\(x_1<br>\ny_1\\) <em>b</em></p>"},
		{"a \\(x_1", "<p>a \\(x_1</p>"},
		{"a \\(x *b*\n\nc", "<p>a (x <em>b</em></p>\n<p>c</p>"},
		{`\\(*a*\\)`, `<p>\(<em>a</em>\)</p>`},
		{"`$a*b*c` and $d*e*f$", "<p><code>$a*b*c</code> and $d*e*f$</p>"},
		{"$`a*b`$", "<p>$<code>a*b</code>$</p>"},
	})
}

// Prices stay prices, and variables of a shell stay what they are.
func TestDollarsAreNotAllMathematics(t *testing.T) {
	check(t, []example{
		{`$5 and $10, *soft*`, `<p>$5 and $10, <em>soft</em></p>`},
		{`from $5 to *10$* or so`, `<p>from $5 to <em>10$</em> or so</p>`},
		{`**$5**–**10$**`, `<p><strong>$5</strong>–<strong>10$</strong></p>`},
		{`US$5, *about* CA$`, `<p>US$5, <em>about</em> CA$</p>`},
		{`$5는 *싸고* 10$는 비싸다`, `<p>$5는 <em>싸고</em> 10$는 비싸다</p>`},
		{`$HOME/*.c and $PATH:/usr/*/bin`, `<p>$HOME/<em>.c and $PATH:/usr/</em>/bin</p>`},
		{`\$a*b*c\$`, `<p>$a<em>b</em>c$</p>`},
		{`$ a*b*c $`, `<p>$ a<em>b</em>c $</p>`},
		{`$5/month, *not* $6/month`, `<p>$5/month, <em>not</em> $6/month</p>`},
		{`[costs $a](b) and *c*$`, `<p><a href="b">costs $a</a> and <em>c</em>$</p>`},
		{`use $variable *instead* of variable$`, `<p>use $variable <em>instead</em> of variable$</p>`},
		{"from $5\nto *10$*", "<p>from $5<br>\nto <em>10$</em></p>"},
		{"$HOME is\n*set*, or $PATH", "<p>$HOME is<br>\n<em>set</em>, or $PATH</p>"},
		{"Price: $$\nFood: *good*\n\n*End*", "<p>Price: $$<br>\nFood: <em>good</em></p>\n<p><em>End</em></p>"},
		{"- cheap: $$\n- dear: $$$", "<ul>\n<li>cheap: $$</li>\n<li>dear: $$$</li>\n</ul>"},
	})
}

// On lines of its own mathematics keeps its lines, whatever they begin with.
func TestMathOnItsOwnLines(t *testing.T) {
	for _, math := range []string{
		"$$\na = 1 \\\\\nb = 2\n$$", "$$ a\n+ b\n- c\n= d $$", "\\[\nf(x) &= (x+1)^2 \\\\\n> 0\n\\]", "\\[ a\n# b\n\\].",
		"\\begin{align}\na &= b \\\\\n* c\n\\end{align}", "$$x_1*x_2*x_3$$", "\\[ x \\],", "$$\n\na\n\n    b\n$$", "\\[\n1. a\n===\n\\]",
		"$$\n| a | b |\n|---|---|\n$$", "$$\n```\n$$",
	} {
		want := `<pre class="math">` + strings.NewReplacer("&", "&amp;", ">", "&gt;").Replace(math)
		check(t, []example{
			{math, want + "</pre>"},
			{"*a*\n" + math + "\n*b*", "<p><em>a</em></p>\n" + want + "\n</pre>\n<p><em>b</em></p>"},
			{"- i\n\n  " + strings.ReplaceAll(math, "\n", "\n  ") + "\n- *j*",
				"<ul>\n<li>\n<p>i</p>\n" + want + "\n</pre>\n</li>\n<li>\n<p><em>j</em></p>\n</li>\n</ul>"},
			{"> " + strings.ReplaceAll(math, "\n", "\n> "), "<blockquote>\n" + want + "</pre>\n</blockquote>"},
		})
	}
	check(t, []example{
		{"We get $$\n- a\n+ b\n$$\n*so*", "<p>We get $$</p>\n<pre class=\"math\">- a\n+ b\n$$\n</pre>\n<p><em>so</em></p>"},
		{"\\[\nx\n\\], where *x* is", "<pre class=\"math\">\\[\nx\n\\]</pre>\n<p>, where <em>x</em> is</p>"},
		{"\\[x\\] is *x*", "<p>\\[x\\] is <em>x</em></p>"},
		{"$$ is *much*\n\n*End*", "<p>$$ is <em>much</em></p>\n<p><em>End</em></p>"},
		{"$$$ is *much*", "<p>$$$ is <em>much</em></p>"},
		{"> $$ is *much*\n\n*End*", "<blockquote>\n<p>$$ is <em>much</em></p>\n</blockquote>\n<p><em>End</em></p>"},
	})
}

func link(target, said string) string { return `<a href="` + target + `">` + said + `</a>` }

// A bare address goes on to a blank, less the punctuation of the sentence, in any script.
func TestAddresses(t *testing.T) {
	for _, a := range []string{
		"https://ko.wikipedia.org/wiki/한국어", "https://ja.wikipedia.org/wiki/日本語#概要", "https://zh.wikipedia.org/wiki/北京_(消歧义)",
		"http://localhost:8080/x", "http://localhost", "http://intranet/a?b=c", "http://127.0.0.1:11434/api/tags", "http://[::1]:8080/v1",
		"https://한국.kr/소개", "https://user:pass@host/x", "ftp://files/a.txt", "https://th.wikipedia.org/wiki/ภาษาไทย",
		"https://hi.wikipedia.org/wiki/हिन्दी", "https://ar.wikipedia.org/wiki/لغة", "HTTPS://EXAMPLE.COM/A", "http://db_1:5432", "https://a.b/c~d/e'f",
		"https://a.b/c?d=[e]", "https://he.wikipedia.org/wiki/עברית", "https://ru.wikipedia.org/wiki/Язык",
	} {
		target := linkTarget(t, a)
		for _, around := range []string{
			"%s", "see %s now", "see %s.", "(%s)", "주소는 %s。다음", "「%s」를 보세요", "“%s”", "%s, %[1]s!", "请看%s，然后", "**%s**를", "%s?!…", "%s؟",
			"%s।", "주소:%s", "%s\nnext", "*%s*", "~~%s~~", "‘%s’", "<b>%s</b>", "見て→%s、次", "%s؛", "[%s]", "《%s》", "%s;", "\"%s\"",
		} {
			got := html(t, strings.ReplaceAll(strings.ReplaceAll(around, "%[1]s", "%s"), "%s", a))
			if strings.Count(got, link(target, a)) != strings.Count(strings.ReplaceAll(around, "%[1]s", "%s"), "%s") {
				t.Errorf("%s of %s: %s", around, a, got)
			}
		}
	}
	check(t, []example{
		{"www.naver.com/검색 보기", "<p>" + link("http://www.naver.com/%EA%B2%80%EC%83%89", "www.naver.com/검색") + " 보기</p>"},
		{"사이트는www.a.kr입니다", "<p>사이트는" + link("http://www.a.kr", "www.a.kr") + "입니다</p>"},
		{"https://example.com에서 보세요", "<p>" + link("https://example.com", "https://example.com") + "에서 보세요</p>"},
		{"http://localhost:8080으로", "<p>" + link("http://localhost:8080", "http://localhost:8080") + "으로</p>"},
		{"me@example.com, 메일", "<p>" + link("mailto:me@example.com", "me@example.com") + ", 메일</p>"},
		{"https://a.b/c&gt; d", "<p>" + link("https://a.b/c", "https://a.b/c") + "&gt; d</p>"},
		{"http://{host}/x https:// xhttp://a.b http://-a www.x ahttps://b", "<p>http://{host}/x https:// xhttp://a.b http://-a www.x ahttps://b</p>"},
		{"`https://a.b`", "<p><code>https://a.b</code></p>"},
		{"| a |\n|---|\n| http://a|", "<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>" + link("http://a", "http://a") + "</td>\n</tr>\n</tbody>\n</table>"},
		{"[http://a.b](http://c.d)", "<p>" + link("http://c.d", "http://a.b") + "</p>"},
	})
}

// linkTarget is the target of an address as goldmark escapes it between angle brackets.
func linkTarget(t *testing.T, address string) string {
	t.Helper()
	_, rest, _ := strings.Cut(html(t, "<"+address+">"), `href="`)
	target, _, _ := strings.Cut(rest, `"`)
	return target
}

// A row keeps its text, however many bars are in it.
func TestRowsKeepTheirText(t *testing.T) {
	for _, c := range []struct{ row, want string }{
		{"| or | `a || b` | yes |", "or;<code>a || b</code>;yes"},
		{"| or | a || b | yes |", "or;a || b;yes"},
		{"| or | `x | y` | yes |", "or;<code>x | y</code>;yes"},
		{"| or | `x \\| y` | yes |", "or;<code>x | y</code>;yes"},
		{"| or | `x \\| y` `a || b` | yes |", "or;<code>x | y</code> <code>a || b</code>;yes"},
		{"or | $|x|$ | yes", "or;$|x|$;yes"},
		{"| a || c |", "a;;c"},
		{"| a | b | c | d |", "a;b;c | d"},
		{"| a | b | c | | |", "a;b;c"},
		{"| a | b |", "a;b;"},
		{"| a | ``b ` || c`` | d |", "a;<code>b ` || c</code>;d"},
		{"| `a | b | c |", "`a;b;c"},
		{"| a | `b`|`c` |", "a;<code>b</code>;<code>c</code>"},
		{"| a | x\\|y | c |", "a;x|y;c"},
		{"| | `||` | |", ";<code>||</code>;"},
	} {
		got := html(t, "| 1 | 2 | 3 |\n|--|:-:|--:|\n"+c.row)
		_, got, _ = strings.Cut(got, "<tbody>")
		got = strings.NewReplacer("</td>", ";", "<tr>", "", "</tr>", "", "\n", "", "</tbody>", "", "</table>", "",
			"<td>", "", `<td align="center">`, "", `<td align="right">`, "").Replace(got)
		if got != c.want+";" {
			t.Errorf("%s: %s, not %s", c.row, got, c.want)
		}
	}
	if got := html(t, "| `a || b` | c |\n|---|---|\n| d | e |"); !strings.Contains(got, "<th><code>a || b</code></th>\n<th>c</th>") {
		t.Errorf("a head: %s", got)
	}
}

func TestLineBreaksStay(t *testing.T) {
	check(t, []example{
		{"Roses are red,\nViolets are blue", "<p>Roses are red,<br>\nViolets are blue</p>"},
		{"改行の\nあと", "<p>改行の<br>\nあと</p>"},
	})
}
