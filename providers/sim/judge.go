package sim

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A prompt that shows answers has each between two lines with a boundary that it names before.
var (
	boundaryLine = regexp.MustCompile(`lines that contain the boundary ([A-Z2-7]+)\.`)
	verdictLine  = "VERDICT: TIE"
)

// shownAnswers are the answers that a prompt shows, by the boundary that it names.
func shownAnswers(prompt string) (before string, answers []string) {
	m := boundaryLine.FindStringSubmatchIndex(prompt)
	if m == nil {
		return "", nil
	}
	boundary := prompt[m[2]:m[3]]
	shown := regexp.MustCompile(`(?s)----- BEGIN ANSWER [A-Z]+ ` + boundary +
		` -----\n(.*?)\n----- END ANSWER [A-Z]+ ` + boundary)
	for i, at := range shown.FindAllStringSubmatchIndex(prompt, -1) {
		if i == 0 {
			before = prompt[:at[0]]
		}
		answers = append(answers, prompt[at[2]:at[3]])
	}
	return before, answers
}

// reads is what a model says of the answers that a prompt shows; "" for a prompt that shows none. A
// judge finds the longer of two answers better. Criteria with the words "shown first" make it take
// the one shown first, and with "silent" it gives no verdict.
func reads(prompt string) string {
	if m := boundaryLine.FindStringSubmatchIndex(prompt); m != nil &&
		strings.Contains(prompt, gradeLine) {
		question, _, _ := strings.Cut(prompt[m[1]:], "----- BEGIN ")
		return grades(question, prompt, prompt[m[2]:m[3]])
	}
	before, answers := shownAnswers(prompt)
	switch {
	case len(answers) == 0:
		return ""
	case len(answers) != 2 || !strings.Contains(prompt, verdictLine):
		return fused(answers)
	}
	_, criteria, _ := strings.Cut(before, "Criteria:\n")
	criteria, _, _ = strings.Cut(criteria, "\n\n")
	a, b := len([]rune(answers[0])), len([]rune(answers[1]))
	said := fmt.Sprintf("A has %d characters, B has %d.\n\n", a, b)
	switch {
	case strings.Contains(criteria, "silent"):
		return said + "I would rather not choose."
	case strings.Contains(criteria, "shown first"), a > b:
		return said + "VERDICT: A"
	case a < b:
		return said + "VERDICT: B"
	}
	return said + verdictLine
}

// gradeLine ends a prompt that asks for a grade of an answer.
const gradeLine = `{"grade": 1 to 5,`

// grades is the grade of the answer that a prompt shows: 4 for one of a sentence or more, 2 for a
// shorter one. A question with "silent" gets none.
func grades(before, prompt, boundary string) string {
	shown := regexp.MustCompile(`(?s)----- BEGIN ANSWER ` + boundary + ` -----\n(.*)\n` +
		`----- END ANSWER ` + boundary).FindStringSubmatch(prompt)
	switch {
	case shown == nil:
		return ""
	case strings.Contains(before, "silent"):
		return "I would rather not say."
	}
	grade, n := 2, len([]rune(shown[1]))
	if n >= 40 {
		grade = 4
	}
	return fmt.Sprintf(`{"grade": %d, "reason": "It has %d characters."}`, grade, n)
}

// fused is an answer made of several: under five headings what is said of them, then the longest.
// It goes by what they print in bold.
func fused(answers []string) string {
	longest, at := "", 0
	marks := make([]string, len(answers))
	said := make([][]string, len(answers))
	for i, a := range answers {
		marks[i] = "[" + string(rune('A'+i%26)) + "]"
		for _, m := range regexp.MustCompile(`\*\*([^*\n]+)\*\*`).FindAllStringSubmatch(a, -1) {
			said[i] = append(said[i], strings.TrimRight(m[1], ".:,"))
		}
		if len(a) > len(longest) {
			longest, at = a, i
		}
	}
	shared, against, only := compared(answers, said, marks)
	agreement := "All take the prompt up"
	if len(shared) > 0 {
		agreement = "All name " + strings.Join(shared, ", ")
	}
	if len(against) < 2 {
		against = []string{"None that matters."}
	}
	if len(only) == 0 {
		only = []string{marks[at] + " goes into the most detail."}
	}
	return fmt.Sprintf("## Agreement\n\n%s %s.\n\n"+
		"## Contradictions\n\n%s\n\n"+
		"## Only one says\n\n%s\n\n"+
		"## Left out\n\nNobody names a source.\n\n"+
		"## Answer\n\n%s", agreement, strings.Join(marks, " "), strings.Join(against, "\n"),
		strings.Join(only, "\n"), longest)
}

// compared lists what answers share, the first numbers that they state where those differ, and
// what only one of them says. said are the parts of each answer in bold.
func compared(answers []string, said [][]string, marks []string) (shared, against, only []string) {
	numbers := regexp.MustCompile(`[0-9][0-9,.]*`)
	different := map[string]bool{}
	for i := range answers {
		number, own := "", ""
		for _, part := range said[i] {
			in := 0
			for _, a := range answers {
				if strings.Contains(a, part) {
					in++
				}
			}
			switch n := numbers.FindString(part); {
			case in == len(answers):
				if !slices.Contains(shared, part) {
					shared = append(shared, part)
				}
			case number == "" && n != "":
				number = n
				different[n] = true
				against = append(against, "- "+marks[i]+" "+part)
			case in == 1 && own == "":
				own = part
				only = append(only, "- "+marks[i]+" "+part)
			}
		}
	}
	if len(different) < 2 {
		against = nil
	}
	return shared, against, only
}
