package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
	nethtml "golang.org/x/net/html"
)

// evil are texts that act somewhere: in a terminal, a spreadsheet, HTML, Markdown, XML.
func evil() []string {
	return []string{"=HYPERLINK(\"http://x\")", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "\x1b]0;title\x07\x1b[2J", "\u202egnp.exe", "\x00\x0b\ufffe\uffff\ufeff",
		"</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "]]>&lt;<!--", "a|b|c", "a\\|b", "`code`` |x|", "[x](javascript:alert(1)) ![i](http://x/y.png)", "@everyone #1", "www.evil.example http://evil.example", "# heading\n- list", "한국어 \xff 日本"}
}

// evilRun has an evil text in every field that a person, a model or a server fills.
func evilRun(t *testing.T) *Run {
	var lines []string
	for i, text := range evil() {
		c := map[string]any{"id": contender("a")["id"], "model": "p/" + text, "label": "x" + text}
		change := map[string]any{"id": text, "prompt": text, "prompt_id": text, "text": text, "model": text, "contender": c, "vars": map[string]any{text: text},
			"checks": []any{map[string]any{"check": text, "pass": i%3 == 0, "score": 0.5, "why": text}}, "pass": []any{true, false, nil}[i%3]}
		if i%2 == 0 {
			change = with(failed(text), change, map[string]any{"error": map[string]any{"kind": text, "status": 500, "message": text, "hint": text}})
		}
		lines = append(lines, entry(t, change))
	}
	run := openLines(t, NewHashes(), lines...)
	if len(run.Results) != len(lines) {
		t.Fatalf("%d of %d lines, bad: %v", len(run.Results), len(lines), run.Bad)
	}
	return run
}

// noControl finds characters that a terminal obeys.
func noControl(t *testing.T, what, page string) {
	t.Helper()
	for _, c := range page {
		if c < 0x20 && c != '\n' && c != '\t' || c >= 0x7f && c < 0xa0 || c >= 0x202a && c <= 0x202e {
			t.Errorf("%s holds %U", what, c)
			return
		}
	}
}

func TestNothingActsInCSV(t *testing.T) {
	run := evilRun(t)
	var page bytes.Buffer
	if err := WriteCSV(&page, run); err != nil {
		t.Fatal(err)
	}
	noControl(t, "the CSV", page.String())
	rows, err := csv.NewReader(&page).ReadAll()
	if err != nil || len(rows) != len(run.Results)+1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows {
		for i, cell := range row {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r\n") || strings.HasPrefix(cell, "＝") {
				t.Errorf("column %s has the cell %q", rows[0][i], cell)
			}
		}
	}
	if row := rows[1]; row[0] != `'=HYPERLINK("http://x")` || row[6] != "true" || row[7] != "0.5" || row[10] != "" {
		t.Errorf("the first row is %q", row)
	}
}

func TestNothingActsInJUnit(t *testing.T) {
	run := evilRun(t)
	var page bytes.Buffer
	if err := WriteJUnit(&page, run); err != nil {
		t.Fatal(err)
	}
	text := page.String()
	noControl(t, "the XML", text)
	cases := 0
	for line := range strings.Lines(text) {
		if begins := strings.Count(line, "<testcase"); begins == 1 && (strings.HasSuffix(line, "/>\n") || strings.HasSuffix(line, "</testcase>\n")) {
			cases++
		} else if begins > 0 {
			t.Errorf("no element a line: %q", line)
		}
	}
	if cases != len(run.Results) {
		t.Errorf("%d elements of %d lines", cases, len(run.Results))
	}
	known := map[string]bool{"testsuites": true, "testsuite": true, "testcase": true, "failure": true, "error": true, "skipped": true}
	dec := xml.NewDecoder(strings.NewReader(text))
	for {
		token, err := dec.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := token.(xml.StartElement); ok && !known[e.Name.Local] {
			t.Errorf("an element %s came out of a text", e.Name.Local)
		}
	}
}

// What is known of JUnit's readers: the numbers of a suite are those of its cases, a failed reply is an error, failed
// checks are a failure, and what has no verdict is skipped.
func TestJUnit(t *testing.T) {
	run := openLines(t, NewHashes(), entry(t, nil),
		entry(t, map[string]any{"id": "2", "pass": false, "checks": []any{map[string]any{"check": "contains 안녕", "pass": false, "score": 0, "why": "it is\nnot there"}, map[string]any{"check": "json", "pass": true, "score": 1}}}),
		entry(t, with(failed("timeout_idle"), map[string]any{"id": "3"})), entry(t, map[string]any{"id": "4", "pass": nil, "checks": nil, "take": 2}))
	var page bytes.Buffer
	if err := WriteJUnit(&page, run); err != nil {
		t.Fatal(err)
	}
	want := xml.Header + `<testsuites name="lineup" tests="4" failures="1" errors="1" skipped="1" time="3.005">
<testsuite name="label a" tests="4" failures="1" errors="1" skipped="1" time="3.005">
<testcase classname="label a" name="1" time="1.000"/>
<testcase classname="label a" name="2" time="1.000"><failure type="check" message="contains 안녕: it is not there">contains 안녕: it is not there&#xA;&#xA;안녕</failure></testcase>
<testcase classname="label a" name="3" time="0.005"><error type="timeout_idle" message="timeout_idle: no"></error></testcase>
<testcase classname="label a" name="4 · take 2" time="1.000"><skipped message="no verdict"/></testcase>
</testsuite>
</testsuites>
`
	if page.String() != want {
		t.Errorf("got\n%s\nwant\n%s", page.String(), want)
	}
}

func TestNothingActsInMarkdown(t *testing.T) {
	run := evilRun(t)
	var page bytes.Buffer
	if err := WriteMarkdown(&page, run); err != nil {
		t.Fatal(err)
	}
	if err := WriteComparison(&page, run, run, []Comparison{{Label: evil()[14], OldLabel: evil()[15], Worse: 1}}, []Pair{{0, 0}}); err != nil {
		t.Fatal(err)
	}
	noControl(t, "the Markdown", page.String())
	var out bytes.Buffer
	if err := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe())).Convert(page.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	for _, tag := range []string{"<a ", "<img", "<script", "<ul>\n<li>list", "<!--"} {
		if strings.Contains(text, tag) {
			t.Errorf("the Markdown has become %s: …%.300s", tag, text[max(0, strings.Index(text, tag)-100):])
		}
	}
	// A bar that ended a cell would push the last one out of the table.
	worst, _, _ := strings.Cut(text[strings.Index(text, "Cases that fail most"):], "</table>")
	if n, want := len(regexp.MustCompile(`">\d+ of \d+</td>`).FindAllString(worst, -1)), len(run.Worst(markdownCases)); n != want {
		t.Errorf("%d rows end in their numbers, want %d:\n%s", n, want, worst)
	}
	if n := strings.Count(text, "<h1"); n != 2 {
		t.Errorf("%d titles, want 2", n)
	}
	for _, want := range []string{`a&#92;&#124;b`, "&#124;"} { // bars in names, which end no cell
		if !strings.Contains(page.String(), want) {
			t.Errorf("the Markdown lacks %s", want)
		}
	}
}

// The elements of the page are its own: the texts are data, for the script and between tags.
func TestNothingActsInHTML(t *testing.T) {
	run := evilRun(t)
	for name, write := range map[string]func(io.Writer) error{
		"a run": func(w io.Writer) error { return WriteHTML(w, run) },
		"two runs": func(w io.Writer) error {
			pairs := Same(run, run)
			list, err := Compare(run, run, pairs, Options{})
			if err != nil {
				return err
			}
			return WriteComparisonHTML(w, run, run, list, pairs)
		},
	} {
		var page bytes.Buffer
		if err := write(&page); err != nil {
			t.Fatal(err)
		}
		text := page.String()
		noControl(t, "the page of "+name, text)
		known := strings.Fields("html head meta title style body header h1 main div table tbody tr th td details summary label input select option span noscript p dialog h2 button footer script")
		doc, err := nethtml.Parse(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		scripts, blocks := 0, map[string]string{}
		for n := range doc.Descendants() {
			if n.Type != nethtml.ElementNode {
				continue
			}
			if !slices.Contains(known, n.Data) {
				t.Errorf("%s: an element %s came out of a text", name, n.Data)
			}
			id, kind := "", ""
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "src" || a.Key == "href" || a.Key == "style" {
					t.Errorf("%s: %s has the attribute %s", name, n.Data, a.Key)
				}
				switch a.Key {
				case "id":
					id = a.Val
				case "type":
					kind = a.Val
				}
			}
			if n.Data == "script" && kind == "" {
				scripts++
			} else if n.Data == "script" {
				blocks[id] = n.FirstChild.Data
			}
		}
		if scripts != 1 || len(blocks) != 2 {
			t.Errorf("%s: %d scripts and %d blocks of data, want 1 and 2", name, scripts, len(blocks))
		}
		var texts [][]any
		if err := json.Unmarshal([]byte(blocks["t0"]), &texts); err != nil || len(texts) != len(evil()) || texts[11][0] != evil()[11] {
			t.Errorf("%s: %d texts, %v", name, len(texts), err)
		}
	}
}

// The policy names the style and the script as they stand in the page, and forbids the rest.
func TestThePolicyIsThatOfThePage(t *testing.T) {
	var page bytes.Buffer
	if err := WriteHTML(&page, openLines(t, NewHashes(), entry(t, nil))); err != nil {
		t.Fatal(err)
	}
	for _, tag := range []string{"style", "script"} {
		_, rest, _ := strings.Cut(page.String(), "<"+tag+">")
		inside, _, _ := strings.Cut(rest, "</"+tag+">")
		sum := sha256.Sum256([]byte(inside))
		if want := tag + "-src &#39;sha256-" + strings.ReplaceAll(base64.StdEncoding.EncodeToString(sum[:]), "+", "&#43;"); !strings.Contains(strings.ReplaceAll(page.String(), "+", "&#43;"), want) {
			t.Errorf("the policy lacks %s", want)
		}
	}
	if !strings.Contains(page.String(), "default-src &#39;none&#39;") {
		t.Error("the policy allows what it does not name")
	}
}
