package main_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// The limits that the code keeps to. Tests may have longer lines in their tables, and longer functions;
// they are read one case at a time.
const (
	maxFunctionLines = 80
	maxLineColumns   = 100
	maxClauses       = 2    // subordinate words in a sentence
	maxHeavyShare    = 0.02 // of the sentences that have more
)

// sources are the Go files of the program, without its tests and without what tests read.
func sources(t *testing.T) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || len(d.Name()) > 1 && d.Name()[0] == '.'):
			return fs.SkipDir
		case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go"):
			out = append(out, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 100 {
		t.Fatalf("only %d files were found", len(out))
	}
	return out
}

// A function is counted from the line of func to that of its closing brace. A function literal within
// it counts as a part of it.
func TestFunctionsAreShort(t *testing.T) {
	for _, path := range sources(t) {
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			from, to := files.Position(f.Pos()), files.Position(f.End())
			if n := to.Line - from.Line + 1; n > maxFunctionLines {
				t.Errorf("%s: %s has %d lines; the most are %d", from, f.Name.Name, n, maxFunctionLines)
			}
		}
	}
}

// A tab counts four columns, every other character one. Two kinds of lines do not count: those with a
// part of a raw string, which is a text in another language (SQL, HTML, a regular expression), and
// preformatted ones of comments.
func TestLinesAreShort(t *testing.T) {
	for _, path := range sources(t) {
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		raw := map[int]bool{}
		ast.Inspect(file, func(n ast.Node) bool {
			if l, ok := n.(*ast.BasicLit); ok && strings.HasPrefix(l.Value, "`") {
				for line := files.Position(l.Pos()).Line; line <= files.Position(l.End()).Line; line++ {
					raw[line] = true
				}
			}
			return true
		})
		n := 0
		for line := range strings.Lines(readFile(t, path)) {
			n++
			line = strings.TrimSuffix(line, "\n")
			w := utf8.RuneCountInString(strings.ReplaceAll(line, "\t", "    "))
			if w > maxLineColumns && !raw[n] && !strings.HasPrefix(line, "//\t") {
				t.Errorf("%s:%d: %d columns; the most are %d", path, n, w, maxLineColumns)
			}
		}
	}
}

// subordinate begin a clause that depends on another one, or may do so. The count is of words, not of
// clauses: "as" in "as soon as" counts twice.
func subordinate() []string {
	return strings.Fields(`that which who whom whose where when while because since if unless although
		though whether what how why whatever whenever wherever as`)
}

// TestCommentsAreReadAtOnce holds the share of heavy sentences down: those with more than two
// subordinate words. Comments are counted, as runs of // lines and as single ones after code; a blank
// comment line ends a paragraph. A sentence ends at . ! ? before a space, and at : ; before a capital
// letter or a quotation. Less than three words are no sentence.
func TestCommentsAreReadAtOnce(t *testing.T) {
	all := 0
	var heavy []string
	for _, path := range sources(t) {
		for _, c := range comments(readFile(t, path)) {
			for _, s := range sentences(c.text) {
				clauses := heaviness(s)
				if clauses < 0 {
					continue
				}
				all++
				if clauses > maxClauses {
					heavy = append(heavy, fmt.Sprintf("%s:%d: %s", path, c.line, s))
				}
			}
		}
	}
	share := float64(len(heavy)) / float64(all)
	t.Logf("%d of %d sentences have more than %d subordinate words: %.1f %%", len(heavy), all, maxClauses, 100*share)
	if share > maxHeavyShare {
		t.Errorf("%.1f %% of the sentences are heavy; the most are %.0f %%:\n%s",
			100*share, 100*maxHeavyShare, strings.Join(heavy, "\n"))
	}
}

// A count that never speaks proves nothing.
func TestHeavySentencesAreFound(t *testing.T) {
	const source = `
// Short one. Stop stands where it says what it means, if that helps.
//
// A second paragraph: It is short.
var x = 1 // whatever comes, as it comes, when it comes
//go:embed x
var y = "// no comment"
`
	var got []string
	for _, c := range comments(source) {
		for _, s := range sentences(c.text) {
			got = append(got, fmt.Sprintf("%d %d %s", c.line, heaviness(s), s))
		}
	}
	want := []string{
		"2 -1 Short one.",
		"2 4 Stop stands where it says what it means, if that helps.",
		"4 0 A second paragraph:",
		"4 0 It is short.",
		"5 3 whatever comes, as it comes, when it comes",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// comment is a paragraph of a comment.
type comment struct {
	line int // of its beginning
	text string
}

// comments finds the comments in a Go file by its lines. Directives are none.
func comments(source string) []comment {
	whole := regexp.MustCompile(`^\s*//\s?(.*)`)
	directive := regexp.MustCompile(`^\s*//(go:|nolint)`)
	after := regexp.MustCompile(`\s//\s(.*)`)
	var out []comment
	var block []string
	start, n := 0, 0
	end := func() {
		if len(block) > 0 {
			out = append(out, comment{start, strings.Join(block, " ")})
		}
		block = nil
	}
	for line := range strings.Lines(source) {
		n++
		line = strings.TrimRight(line, "\n")
		if m := whole.FindStringSubmatch(line); m != nil && !directive.MatchString(line) {
			words := strings.TrimSpace(m[1])
			if words == "" {
				end()
				continue
			}
			if len(block) == 0 {
				start = n
			}
			block = append(block, words)
			continue
		}
		end()
		if m := after.FindStringSubmatch(line); m != nil && !strings.Contains(m[1], `"`) {
			out = append(out, comment{n, m[1]})
		}
	}
	end()
	return out
}

// sentences splits a paragraph.
func sentences(text string) []string {
	ends := regexp.MustCompile("[.!?]\\s+|[:;]\\s+[A-Z`\"(\\[]")
	var out []string
	from := 0
	for _, at := range ends.FindAllStringIndex(text, -1) {
		out = append(out, strings.TrimSpace(text[from:at[0]+1]))
		from = at[0] + 1
	}
	return append(out, strings.TrimSpace(text[from:]))
}

// heaviness counts the subordinate words of a sentence; -1 for what is too short to be one.
func heaviness(sentence string) (n int) {
	words := regexp.MustCompile(`[A-Za-z']+`).FindAllString(strings.ToLower(sentence), -1)
	if len(words) < 3 {
		return -1
	}
	for _, w := range words {
		if slices.Contains(subordinate(), w) {
			n++
		}
	}
	return n
}

// The README is one page to read; everything long is in docs. The changelog says each thing once.
func TestPagesAreShort(t *testing.T) {
	for page, most := range map[string]int{"README.md": 150, "CHANGELOG.md": 300} {
		if n := strings.Count(readFile(t, page), "\n"); n > most {
			t.Errorf("%s has %d lines; the most are %d: long tables belong in docs", page, n, most)
		}
	}
}

// A link to a file that is not there, or to a heading of another name, helps nobody.
func TestDocumentsLinkToWhatIsThere(t *testing.T) {
	pages, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	link := regexp.MustCompile(`\]\(([^)#\s]+)(#[^)]*)?\)`)
	for _, page := range append(pages, "README.md", "README.ko.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md") {
		for _, m := range link.FindAllStringSubmatch(readFile(t, page), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), m[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", page, m[1])
			}
		}
	}
}
