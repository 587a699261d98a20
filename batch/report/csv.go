package report

import (
	"encoding/csv"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"lineup/providers"
)

// WriteCSV writes a row a line, in the order of the file, with a header. An empty cell is unknown.
// Texts are clean, and none is taken for a formula.
func WriteCSV(w io.Writer, run *Run) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{"id", "prompt_id", "contender", "contender_id", "take", "status", "pass",
		"score", "failed_checks", "error", "ttft_ms", "duration_ms", "tokens_per_second", "output",
		"usd", "prompt", "text"}) // errors stay in the writer
	lines := details{run: run}
	for i := range run.Results {
		r := &run.Results[i]
		d, err := lines.of(r)
		if err != nil {
			return err
		}
		failed := ""
		if d.Error != nil {
			failed = d.Error.String()
		}
		c := run.Contenders[r.Contender]
		row := []string{run.Cases[r.Case], run.Prompts[r.Prompt], c.Label, c.ID, "", d.Status, "",
			"", strings.Join(d.failedChecks(), "\n"), failed, "", "", "", "", "", d.prompt(),
			d.answer()}
		for i, cell := range row {
			row[i] = CSVCell(providers.Clean(cell))
		}
		row[4], row[6], row[7] = strconv.Itoa(int(r.Take)), passWord(r.Verdict), number(r.Score)
		row[10], row[11], row[12] = number(r.TTFT), number(r.Duration), number(r.Speed)
		row[13], row[14] = strconv.FormatInt(r.Output, 10), number(r.USD)
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// passWord is the verdict as JSON has it, "" for none.
func passWord(v Verdict) string {
	switch v {
	case Pass:
		return "true"
	case Fail:
		return "false"
	}
	return ""
}

func number(v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// CSVCell keeps a spreadsheet from taking a text for a formula: an apostrophe goes before the first
// character where one could begin. These are the characters that OWASP's page "CSV Injection"
// names, with their full-width forms.
func CSVCell(text string) string {
	if r, _ := utf8.DecodeRuneInString(text); strings.ContainsRune("=+-@\t\r\n＝＋－＠", r) {
		return "'" + text
	}
	return text
}
