package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// entry makes a line of a result file: a passed answer of contender a to case 1, with changes.
func entry(t testing.TB, changes map[string]any) string {
	t.Helper()
	line := map[string]any{"type": "reply", "id": "1", "prompt": "Say 안녕", "prompt_id": "0", "take": 0, "vars": map[string]any{"x": 1}, "model": "p/a", "status": "done",
		"contender": contender("a"), "text": "안녕", "error": nil, "metrics": map[string]any{"ttft_ms": 100, "duration_ms": 1000, "tokens_per_second": 50},
		"usage": map[string]any{"output": 10, "source": "reported"}, "cost": map[string]any{"usd": 0.125, "source": "config"},
		"checks": []any{map[string]any{"check": "contains 안녕", "pass": true, "score": 1, "why": ""}}, "pass": true}
	for k, v := range changes {
		if line[k] = v; v == nil {
			delete(line, k)
		}
	}
	out, err := json.Marshal(line)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func contender(name string) map[string]any {
	return map[string]any{"id": strings.Repeat(name, 12)[:12], "model": "p/" + name, "label": "label " + name, "settings": map[string]any{}}
}

// failed changes a line into one of a reply that failed.
func failed(kind string) map[string]any {
	return map[string]any{"status": "error", "text": "", "error": map[string]any{"kind": kind, "message": "no"}, "metrics": map[string]any{"ttft_ms": nil, "duration_ms": 5, "tokens_per_second": nil},
		"usage": map[string]any{"output": 0}, "cost": map[string]any{"usd": nil}, "pass": false}
}

func with(maps ...map[string]any) map[string]any {
	out := map[string]any{}
	for _, m := range maps {
		for k, v := range m {
			out[k] = v
		}
	}
	return out
}

// openText reads a text as a result file.
func openText(t testing.TB, h Hashes, text string) *Run {
	t.Helper()
	file := filepath.Join(t.TempDir(), "out.jsonl")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	run, err := Open(t.Context(), file, h)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { run.Close() })
	return run
}

func openLines(t testing.TB, h Hashes, lines ...string) *Run {
	t.Helper()
	return openText(t, h, strings.Join(lines, "\n")+"\n")
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(b.String())
}

func TestLinesThatAreLeftOutAreNamed(t *testing.T) {
	good := entry(t, nil)
	text := "\ufeff" + good + "\r\n" + // a mark of the byte order, the newline of another system
		"\n" + `{"type":"summary","slot":0}` + "\n" + // no line, and none of a reply
		"no JSON\n" + `{"type":"reply","id":"2"}` + "\n" + entry(t, map[string]any{"id": nil}) + "\n" + entry(t, map[string]any{"pass": "yes"}) + "\n" +
		entry(t, map[string]any{"id": "2", "take": -1}) + "\n" + entry(t, map[string]any{"id": 3}) + "\n" +
		entry(t, map[string]any{"id": "long", "text": strings.Repeat("한", 2*readSize)}) + "\n" + good[:len(good)/2]
	run := openText(t, NewHashes(), text)
	var bad []string
	for _, b := range run.Bad {
		bad = append(bad, fmt.Sprintf("%d %s", b.Line, b.Reason))
	}
	want := []string{"4 column 1: 'n' where an object is wanted", `5 it has no "prompt"`, `6 it has no "id"`, `7 column `, `8 "take" is -1, which is no position`}
	if !slices.EqualFunc(bad, want, strings.HasPrefix) {
		t.Errorf("bad lines:\n%s\nwant:\n%s", strings.Join(bad, "\n"), strings.Join(want, "\n"))
	}
	if run.Torn != 11 {
		t.Errorf("the torn line is %d, want 11", run.Torn)
	}
	if want := []string{"1", "3", "long"}; !slices.Equal(run.Cases, want) || len(run.Results) != 3 {
		t.Errorf("cases %q in %d results, want %q", run.Cases, len(run.Results), want)
	}
	for i, want := range []string{good, "", ""} { // each line can be read again
		text, err := run.text(&run.Results[i], nil)
		if got := strings.TrimSpace(string(text)); err != nil || !json.Valid([]byte(got)) || want != "" && got != want {
			t.Errorf("line %d reads %.80q again, %v", i, got, err)
		}
	}
	whole := openText(t, NewHashes(), good) // without a newline, but whole
	if len(whole.Results) != 1 || whole.Torn != 0 || len(whole.Bad) != 0 {
		t.Errorf("a whole last line without a newline: %+v", whole)
	}
}

// A line is known by case, prompt, contender and take; the later one of two counts.
func TestLaterLineTakesThePlaceOfTheSame(t *testing.T) {
	run := openLines(t, NewHashes(), entry(t, failed("timeout_idle")), entry(t, map[string]any{"take": 1}), entry(t, map[string]any{"prompt_id": "b"}),
		entry(t, map[string]any{"contender": contender("b")}), entry(t, nil))
	if len(run.Results) != 4 || run.Doubled != 1 || !run.Results[0].Answer {
		t.Errorf("%d results, %d doubled, the first: %+v", len(run.Results), run.Doubled, run.Results[0])
	}
}

func TestPipesAreRead(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		defer w.Close()
		_, _ = w.WriteString(entry(t, nil) + "\n")
	}()
	spooled, err := spool(r)
	if err != nil {
		t.Fatal(err)
	}
	run := &Run{file: spooled}
	defer run.Close()
	if err := run.read(t.Context(), NewHashes()); err != nil || len(run.Results) != 1 {
		t.Fatalf("%+v, %v", run, err)
	}
}

// The numbers are worked out by hand. Contender a: ten answers, 100 to 1000 ms, of which eight pass; a failure; one
// without a verdict. p50 of 100…1000 is 550, p95 is 100 + 0.95·9·100 = 955. 8 of 11: the Wilson interval is 0.4344 to 0.9025, by bisection as in package compare.
func TestSummary(t *testing.T) {
	var lines []string
	for i := range 10 {
		lines = append(lines, entry(t, map[string]any{"id": fmt.Sprint(i), "pass": i < 8, "prompt_id": []string{"plain", "careful"}[i%2],
			"metrics": map[string]any{"ttft_ms": 10 * (i + 1), "duration_ms": 100 * (i + 1), "tokens_per_second": i + 1}}))
	}
	lines = append(lines,
		entry(t, with(failed("timeout_idle"), map[string]any{"id": "f", "prompt_id": "plain"})),
		entry(t, map[string]any{"id": "u", "pass": nil, "checks": nil, "prompt_id": "plain", "warmup": true,
			"metrics": map[string]any{"ttft_ms": 90_000, "duration_ms": 90_000, "tokens_per_second": 1}, "cost": map[string]any{"usd": nil}}),
		entry(t, with(map[string]any{"contender": contender("b"), "status": "truncated", "pass": nil, "prompt_id": "careful", "usage": map[string]any{"output": 7, "source": "estimated"}})))
	run := openLines(t, NewHashes(), lines...)
	got := run.Summaries()
	if len(got) != 2 {
		t.Fatalf("%d contenders", len(got))
	}
	want := `{"type":"contender","contender":{"id":"aaaaaaaaaaaa","label":"label a","model":"p/a","settings":{}},"n":11,"passed":8,"unchecked":1,` +
		`"rate":0.7272727272727273,"low":0.4343547,"high":0.9025394,"ttft_ms":{"p50":55,"p95":95.5},"duration_ms":{"p50":550,"p95":955},"tokens_per_second":{"p50":5.5,"p95":9.549999999999999},` +
		`"output":110,"usd":1.25,"failures":{"timeout_idle":1},"prompts":[{"prompt_id":"plain","n":6,"passed":4,`
	line := asJSON(t, got[0])
	for _, v := range []*float64{got[0].Low, got[0].High} { // to seven digits, as above
		line = strings.Replace(line, asJSON(t, *v), asJSON(t, math.Round(*v*1e7)/1e7), 1)
	}
	if !strings.HasPrefix(line, want) {
		t.Errorf("the summary is\n%s\nwant\n%s", line, want)
	}
	if !strings.HasSuffix(line, `"usd_unknown":1,"estimated":false}`) {
		t.Errorf("the end of the summary: %s", line)
	}
	other := asJSON(t, got[1])
	for _, part := range []string{`"n":0,"passed":0,"unchecked":1,"rate":null,"low":null,"high":null,"ttft_ms":{"p50":null,"p95":null}`, `"failures":{"truncated":1}`, `"output":7`, `"estimated":true`} {
		if !strings.Contains(other, part) {
			t.Errorf("the summary of b lacks %s: %s", part, other)
		}
	}
}

func TestRecordsWithoutContenderCountForTheirModel(t *testing.T) {
	run := openLines(t, NewHashes(), entry(t, map[string]any{"contender": nil}), entry(t, map[string]any{"contender": nil, "id": "2"}))
	if len(run.Contenders) != 1 || run.Contenders[0].Label != "p/a" || len(run.Contenders[0].ID) != 12 {
		t.Errorf("%+v", run.Contenders)
	}
}

func TestWorstCasesAndTheMatrix(t *testing.T) {
	b := map[string]any{"contender": contender("b")}
	run := openLines(t, NewHashes(),
		entry(t, map[string]any{"id": "same"}), entry(t, with(b, map[string]any{"id": "same", "text": "안\n녕 "})),
		entry(t, map[string]any{"id": "split", "pass": false}), entry(t, with(b, map[string]any{"id": "split"})),
		entry(t, map[string]any{"id": "half", "take": 0}), entry(t, map[string]any{"id": "half", "take": 1, "pass": false}), entry(t, with(b, map[string]any{"id": "half", "text": "hello"})),
		entry(t, with(failed("auth"), map[string]any{"id": "bad"})), entry(t, with(b, failed("auth"), map[string]any{"id": "bad"})))
	var worst []string
	for _, c := range run.Worst(2) {
		worst = append(worst, fmt.Sprintf("%s %d/%d", c.ID, c.Failed, c.All))
	}
	if want := []string{"bad 2/2", "split 1/2"}; !slices.Equal(worst, want) {
		t.Errorf("worst %q, want %q", worst, want)
	}
	rows := run.Rows()
	ByDisagreement(rows)
	var order []string
	for _, row := range rows {
		order = append(order, fmt.Sprintf("%s %.4f %v", run.Cases[row.Case], row.Disagreement(), row.Differs()))
	}
	// variances of 0 and 1, of ½ and 1, of 0 and 0, of 1 and 1
	if want := []string{"split 0.2500 false", "half 0.0625 true", "bad 0.0000 false", "same 0.0000 false"}; !slices.Equal(order, want) {
		t.Errorf("rows %q, want %q", order, want)
	}
	if c := rows[1].Cells[0]; len(c.Takes) != 2 || c.N != 2 || c.Passed != 1 || c.Failed != 1 || c.Score != 1 || c.Duration != 1000 {
		t.Errorf("cell %+v", c)
	}
}

// Ten cases in both runs: two got better, one got worse, six stayed, one has no verdict; one is only old, two only new.
// The three take the numbers of package compare: n = 9 pairs. Times are 100 ms longer, but where a reply failed.
func TestCompare(t *testing.T) {
	var old, now []string
	for i := range 10 {
		slower := map[string]any{"metrics": map[string]any{"ttft_ms": 110, "duration_ms": 1100 + i, "tokens_per_second": 40}, "cost": map[string]any{"usd": 0.375}}
		was, is := map[string]any{"id": fmt.Sprint(i)}, with(slower, map[string]any{"id": fmt.Sprint(i)})
		switch {
		case i < 2:
			was = with(was, failed("auth"), map[string]any{"id": fmt.Sprint(i)})
		case i == 2:
			is["pass"] = false
		case i == 3:
			is["pass"] = nil
		}
		old, now = append(old, entry(t, was)), append(now, entry(t, is))
	}
	slices.Reverse(now) // the order of the lines says nothing
	old = append(old, entry(t, map[string]any{"id": "gone"}))
	now = append(now, entry(t, map[string]any{"id": "new"}), entry(t, map[string]any{"id": "0", "take": 1}), entry(t, map[string]any{"contender": contender("b")}))
	h := NewHashes()
	a, b := openLines(t, h, old...), openLines(t, h, now...)
	list, err := Compare(a, b, Same(a, b), Options{})
	if err != nil || len(list) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	got := list[0]
	line := asJSON(t, got)
	if want := `{"type":"comparison","contender":{"id":"aaaaaaaaaaaa","label":"label a","model":"p/a","settings":{}},"better":2,"worse":1,"same":6,"only_old":1,"only_new":2,"unchecked":1,"difference":0.1111111`; !strings.HasPrefix(line, want) {
		t.Errorf("%s\nwant\n%s", line, want)
	}
	if d := got.Pairs.Difference(); *got.Low != d.Low || *got.High != d.High || math.Abs(*got.P-1) > 1e-9 || d.Low >= d.Value || d.High <= d.Value {
		t.Errorf("difference %+v, p %v", d, *got.P)
	}
	if *got.TTFT.Median != 10 || *got.Duration.Median != 105.5 || *got.Duration.Low < 102 || *got.Duration.High > 109 || *got.USD.Median != 0.25 {
		t.Errorf("shifts %s", line)
	}
	if other := asJSON(t, list[1]); !strings.Contains(other, `"only_old":0,"only_new":1,"unchecked":0,"difference":null,"low":null,"high":null,"p":null,"ttft_ms":{"median":null,"low":null,"high":null}`) {
		t.Errorf("the contender that is only new: %s", other)
	}
}

func TestUnequalPromptsAreRefusedWithTheirIDs(t *testing.T) {
	h := NewHashes()
	var old, now []string
	for i := range 14 {
		id := map[string]any{"id": fmt.Sprintf("case%d", i)}
		old = append(old, entry(t, id))
		now = append(now, entry(t, with(id, map[string]any{"prompt": map[bool]string{true: "Say hello", false: "Say 안녕"}[i > 1]})))
	}
	a, b := openLines(t, h, old...), openLines(t, h, now...)
	_, err := Compare(a, b, Same(a, b), Options{})
	var unequal *UnequalError
	if !errors.As(err, &unequal) || len(unequal.IDs) != 12 || unequal.IDs[0] != "case2" {
		t.Fatalf("%v", err)
	}
	if want := "the prompts of the two runs are not the same in case2, case3, case4, case5, case6, case7, case8, case9, case10, case11 and 2 more"; err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	if _, err := Compare(a, b, Same(a, b), Options{ChangedPrompts: true}); err != nil {
		t.Errorf("with changed prompts: %v", err)
	}
	c := openLines(t, h, entry(t, map[string]any{"id": "case0", "vars": map[string]any{"x": 2}}))
	if _, err := Compare(a, c, Same(a, c), Options{ChangedPrompts: true}); err == nil || err.Error() != "the variables of the two runs are not the same in case0" {
		t.Errorf("with other variables: %v", err)
	}
}

func TestPairs(t *testing.T) {
	h := NewHashes()
	named := func(id, model, label string) map[string]any {
		return map[string]any{"contender": map[string]any{"id": id, "model": model, "label": label}}
	}
	run := openLines(t, h, entry(t, named("aaaaaaaaaaaa", "p/m", "p/m")), entry(t, named("bbbbbbbbbbbb", "p/m", "p/m temperature=0")), entry(t, named("cccccccccccc", "q/n=1", "warm")))
	for text, want := range map[string]Pair{
		"p/m=warm":                            {0, 2}, // a label before a model
		"p/m temperature=0=cccccccccccc":      {1, 2},
		"aaaaaaaaaaaa=p/m temperature=0":      {0, 1},
		"q/n=1=p/m":                           {2, 0},
		"p/m temperature=0=p/m temperature=0": {1, 1},
	} {
		if got, err := ParsePair(text, run, run); err != nil || got != want {
			t.Errorf("%s: %v, %v; want %v", text, got, err, want)
		}
	}
	for text, want := range map[string]string{"warm": "is no pair", "=": "has no contender", "warm=cold": `has no contender "cold"; it has p/m (aaaaaaaaaaaa)`, "cold=warm": `has no contender "cold"`} {
		if _, err := ParsePair(text, run, run); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	list, err := Compare(run, run, []Pair{{0, 2}}, Options{})
	if line := asJSON(t, list); err != nil || !strings.Contains(line, `"contender":{"id":"cccccccccccc"`) || !strings.Contains(line, `"against":{"id":"aaaaaaaaaaaa"`) || !strings.Contains(line, `"same":1`) {
		t.Errorf("%s, %v", line, err)
	}
}

func TestRegression(t *testing.T) {
	below, above := -0.01, 0.0
	for _, c := range []struct {
		high *float64
		want bool
	}{{&below, true}, {&above, false}, {nil, false}} {
		if got := (&Comparison{High: c.high}).Regressed(); got != c.want {
			t.Errorf("%v: %v", c.high, got)
		}
	}
}

// Each contender has an interval for each prompt, in every document. 1 of 2: Wilson's interval is 0.0945 to 0.9055.
func TestDocumentsHaveAnIntervalForEachPrompt(t *testing.T) {
	run := openLines(t, NewHashes(), entry(t, nil), entry(t, map[string]any{"id": "2", "pass": false}), entry(t, map[string]any{"prompt_id": "b", "pass": nil}))
	for name, write := range map[string]func(io.Writer, *Run) error{"Markdown": WriteMarkdown, "HTML": WriteHTML} {
		var page bytes.Buffer
		if err := write(&page, run); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"1 of 2 (9.5 to 90.5 %)", "0 of 0"} {
			if !strings.Contains(page.String(), want) {
				t.Errorf("the %s lacks %s", name, want)
			}
		}
	}
}
