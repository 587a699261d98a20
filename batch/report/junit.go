package report

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"strings"

	"lineup/providers"
)

// longestBody is how much of an answer stands in a failure of JUnit, in characters.
const longestBody = 2000

// WriteJUnit writes a suite for each contender and a test case for each line, each in a line of
// text. A reply that failed is an error, one that did not pass its checks a failure. One without a
// verdict is skipped, so that it never looks green.
func WriteJUnit(w io.Writer, run *Run) error {
	x := xmlWriter{bufio.NewWriter(w)}
	suites := make([]suiteCounts, len(run.Contenders))
	var all suiteCounts
	for i := range run.Results {
		r := &run.Results[i]
		suites[r.Contender].count(r)
		all.count(r)
	}
	x.raw(xml.Header + "<testsuites")
	x.counts("lineup", all)
	lines := details{run: run}
	for i, c := range run.Contenders {
		x.raw("<testsuite")
		x.counts(c.Label, suites[i])
		for j := range run.Results {
			r := &run.Results[j]
			if int(r.Contender) != i {
				continue
			}
			if err := x.testcase(run, r, &lines); err != nil {
				return err
			}
		}
		x.raw("</testsuite>\n")
	}
	x.raw("</testsuites>\n")
	return x.Flush()
}

type suiteCounts struct {
	tests, failures, errors, skipped int
	seconds                          float64
}

func (s *suiteCounts) count(r *Result) {
	s.tests++
	switch {
	case !r.Answer:
		s.errors++
	case r.Verdict == Fail:
		s.failures++
	case r.Verdict == Unchecked:
		s.skipped++
	}
	if !math.IsNaN(r.Duration) {
		s.seconds += r.Duration / 1000
	}
}

// xmlWriter leaves errors to Flush.
type xmlWriter struct{ *bufio.Writer }

func (x xmlWriter) raw(s string) { _, _ = x.WriteString(s) }

// text writes what is data. What XML cannot hold becomes visible, and line breaks are references,
// so that an element stays in its line.
func (x xmlWriter) text(s string) { _ = xml.EscapeText(x, []byte(providers.Clean(s))) }

func (x xmlWriter) attribute(name, value string) {
	x.raw(" " + name + `="`)
	x.text(value)
	x.raw(`"`)
}

func (x xmlWriter) counts(name string, s suiteCounts) {
	x.attribute("name", name)
	for _, a := range []struct {
		name string
		n    int
	}{{"tests", s.tests}, {"failures", s.failures}, {"errors", s.errors}, {"skipped", s.skipped}} {
		x.attribute(a.name, fmt.Sprint(a.n))
	}
	x.attribute("time", fmt.Sprintf("%.3f", s.seconds))
	x.raw(">\n")
}

func (x xmlWriter) testcase(run *Run, r *Result, lines *details) error {
	x.raw("<testcase")
	x.attribute("classname", run.Contenders[r.Contender].Label)
	x.attribute("name", run.name(r))
	if !math.IsNaN(r.Duration) {
		x.attribute("time", fmt.Sprintf("%.3f", r.Duration/1000))
	}
	if r.Answer && r.Verdict == Pass {
		x.raw("/>\n")
		return nil
	}
	d, err := lines.of(r)
	if err != nil {
		return err
	}
	x.raw(">")
	failed := d.failedChecks()
	switch {
	case !r.Answer:
		message := r.Failure
		if d.Error != nil {
			message = d.Error.String()
		}
		x.problem("error", r.Failure, message, d.answer())
	case r.Verdict == Fail:
		x.problem("failure", "check", strings.Join(failed, "; "),
			strings.Join(append(failed, "", d.answer()), "\n"))
	default:
		x.raw("<skipped")
		x.attribute("message", strings.Join(append([]string{"no verdict"}, failed...), "; "))
		x.raw("/>")
	}
	x.raw("</testcase>\n")
	return nil
}

func (x xmlWriter) problem(element, kind, message, body string) {
	x.raw("<" + element)
	x.attribute("type", kind)
	x.attribute("message", message)
	x.raw(">")
	if runes := []rune(body); len(runes) > longestBody {
		body = string(runes[:longestBody]) + "…"
	}
	x.text(body)
	x.raw("</" + element + ">")
}
