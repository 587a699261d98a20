package cjk_test

import (
	"bytes"
	"strings"
	"testing"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"

	"lineup/session/cjk"
)

func html(t *testing.T, src string, more ...goldmark.Extender) string {
	t.Helper()
	var out bytes.Buffer
	if err := goldmark.New(goldmark.WithExtensions(append(more, extension.GFM)...)).Convert([]byte(src), &out); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(out.String())
}

func TestEmphasis(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"**마크다운(Markdown)**을 쓰세요.", "<strong>마크다운(Markdown)</strong>을 쓰세요."},
		{"이것은 **\"중요한 점\"**입니다.", "이것은 <strong>&quot;중요한 점&quot;</strong>입니다."},
		{"값은**`nil`**이다", "값은<strong><code>nil</code></strong>이다"},
		{"これは**「重要なこと」**です。", "これは<strong>「重要なこと」</strong>です。"},
		{"这是**我想做的事。**所以继续。", "这是<strong>我想做的事。</strong>所以继续。"},
		{"**[제품](/p)**과 *(둘)*을", "<strong><a href=\"/p\">제품</a></strong>과 <em>(둘)</em>을"},
		{"***모두(both)***는", "<em><strong>모두(both)</strong></em>는"},
		{"2*3*4 = 24, 2**8 and 3**4", "2*3*4 = 24, 2**8 and 3**4"},
		{"**2**배, *3* 번", "<strong>2</strong>배, <em>3</em> 번"},
		{"빈 ** 곳 ** 은", "빈 ** 곳 ** 은"},
		{`\**마크다운(Markdown)**을`, `**마크다운(Markdown)**을`},
		{"~~삭제(된)~~글자도", "<del>삭제(된)</del>글자도"},
		{"이것은~~「古い」~~です", "이것은<del>「古い」</del>です"},
		{"~하나(one)~ 뿐", "<del>하나(one)</del> 뿐"},
		{"10~20명, 30~40명", "10~20명, 30~40명"},
		{"또 ~~~셋(three)~~~은", "또 ~~~셋(three)~~~은"},
		{"_밑줄(underline)_을", "_밑줄(underline)_을"},
	} {
		if got := html(t, c.src, cjk.Emphasis()); got != "<p>"+c.want+"</p>" {
			t.Errorf("%s:\n got %s\nwant %s", c.src, got, c.want)
		}
	}
}

// Where no such character stands, nothing changes.
func FuzzLatinIsReadAsEver(f *testing.F) {
	for _, s := range []string{"**a(b)**c", "a*b*c", "***x** y*", "*(*foo)", "**\"a\"**b", "2**3**4", "_a*b_c*", "* *a*\n\n**", "a\u00a0**b**", "**é!**è", "*a\\**b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		for _, r := range src {
			// One tilde, and stars between digits of any script, are read differently in all text.
			if r >= 0x1100 || r == '~' || unicode.IsDigit(r) {
				return
			}
		}
		if got, want := html(t, src, cjk.Emphasis()), html(t, src); got != want {
			t.Errorf("%q:\n got %s\nwant %s", src, got, want)
		}
	})
}
