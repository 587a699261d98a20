package check

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/cases"

	"lineup/batch/template"
)

// fold makes texts that differ in case alone the same.
func fold(text string) string { return cases.Fold().String(text) }

// readText reads a check of the visible text with one text.
func readText(test func(text, want string) answer) func(*reading) body {
	return func(r *reading) body {
		var want string
		if !r.t.Text(r.key, &want) {
			return body{}
		}
		if want == "" && r.name != "equals" {
			r.wrong(r.key, "the text is empty, which is in every answer")
		}
		ignore := r.fold
		return body{texts: []string{want},
			words: func(fill func(string) string) string { return fill(want) },
			run: func(_ context.Context, a asked) answer {
				text, want := a.text, a.fill(want)
				if ignore {
					text, want = fold(text), fold(want)
				}
				return test(text, want)
			}}
	}
}

// readTexts reads a check of the visible text with several texts.
func readTexts(test func(text string, want []string) answer) func(*reading) body {
	return func(r *reading) body {
		var want []string
		if !r.t.Texts(r.key, &want) {
			return body{}
		}
		switch n := slices.Index(want, ""); {
		case len(want) == 0:
			r.wrong(r.key, "the list is empty")
		case n >= 0:
			r.bad = true
			r.t.WrongElem(r.key, n, "the text is empty, which is in every answer")
		}
		ignore := r.fold
		return body{texts: want,
			words: func(fill func(string) string) string {
				return fill(strings.Join(want, ", "))
			},
			run: func(_ context.Context, a asked) answer {
				text := a.text
				if ignore {
					text = fold(text)
				}
				filled := make([]string, len(want))
				for i, w := range want {
					if filled[i] = a.fill(w); ignore {
						filled[i] = fold(filled[i])
					}
				}
				return test(text, filled)
			}}
	}
}

func contains(text, want string) answer {
	if strings.Contains(text, want) {
		return yes(shown(want) + " is in the answer")
	}
	return no(shown(want) + " is not in the answer")
}

func containsAll(text string, want []string) answer {
	var missing []string
	for _, w := range want {
		if !strings.Contains(text, w) {
			missing = append(missing, shown(w))
		}
	}
	if len(missing) > 0 {
		return no("not in the answer: " + strings.Join(missing, ", "))
	}
	return yes("all of them are in the answer")
}

func containsAny(text string, want []string) answer {
	for _, w := range want {
		if strings.Contains(text, w) {
			return yes(shown(w) + " is in the answer")
		}
	}
	return no("none of them is in the answer")
}

func startsWith(text, want string) answer {
	if strings.HasPrefix(text, want) {
		return yes("the answer begins with " + shown(want))
	}
	return no("the answer begins with " + shown(cut(text, 40)))
}

func endsWith(text, want string) answer {
	if strings.HasSuffix(text, want) {
		return yes("the answer ends with " + shown(want))
	}
	return no("the answer does not end with " + shown(want))
}

func equals(text, want string) answer {
	if strings.TrimSpace(text) == strings.TrimSpace(want) {
		return yes("the answer is " + shown(want))
	}
	return no("the answer is " + shown(text))
}

// pattern is a regular expression whose text may have variables.
type pattern struct {
	text  string
	fixed *regexp.Regexp // nil where the text has variables
}

// compile is the pattern with the values of a case.
func (p pattern) compile(fill func(string) string) (*regexp.Regexp, error) {
	if p.fixed != nil {
		return p.fixed, nil
	}
	return regexp.Compile(fill(p.text))
}

// try compiles the pattern with the values of a case.
func (p pattern) try(vars map[string]any) error {
	_, err := p.compile(func(text string) string { return template.Fill(text, vars) })
	return err
}

// pattern reads a regular expression.
func (r *reading) pattern(key string) (p pattern, ok bool) {
	if !r.t.Text(key, &p.text) {
		return p, false
	}
	if template.Variables(p.text) != nil {
		return p, true
	}
	var err error
	if p.fixed, err = regexp.Compile(p.text); err != nil {
		r.wrong(key, "is no regular expression of RE2: "+reOf(err))
	}
	return p, true
}

// reOf is an error of package regexp without the words that repeat it.
func reOf(err error) string { return strings.TrimPrefix(err.Error(), "error parsing regexp: ") }

func readRegex(r *reading) body {
	p, ok := r.pattern(r.key)
	if !ok {
		return body{}
	}
	return body{texts: []string{p.text}, try: p.try,
		words: func(fill func(string) string) string { return fill(p.text) },
		run: func(_ context.Context, a asked) answer {
			re, err := p.compile(a.fill)
			switch {
			case err != nil:
				return broken("no regular expression: " + reOf(err))
			case re.MatchString(a.text):
				return yes(fmt.Sprintf("it matches %s", shown(re.FindString(a.text))))
			}
			return no("the pattern does not match")
		}}
}
