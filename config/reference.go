package config

import (
	"slices"
	"strings"
	"unicode"
)

// Ref is a model reference taken apart.
type Ref struct {
	Provider string
	Model    string // may hold further slashes
}

// String is the reference as it is written.
func (r Ref) String() string { return r.Provider + "/" + r.Model }

// RefError says that a model reference cannot be used.
type RefError struct {
	Ref     string
	Problem string   // what is wrong and what to do
	Nearest []string // right names close to the wrong one
}

// Error names the reference, what is wrong with it and what may have been meant.
func (e *RefError) Error() string {
	return "model " + quote(e.Ref) + ": " + e.Problem + didYouMean(e.Nearest)
}

// ParseRef takes provider/model apart at the first slash. The error is a *RefError.
func ParseRef(text string) (Ref, error) {
	provider, model, ok := strings.Cut(text, "/")
	problem := ""
	switch {
	case !ok:
		problem = `has no slash; write provider/model, as in "local/llama3.1:8b"`
	case provider == "":
		problem = "has no provider before the slash; write provider/model"
	case model == "":
		problem = "has no model after the slash; write provider/model"
	case strings.ContainsFunc(provider, isSpaceOrControl):
		problem = "has a space or control character in the provider's name; write " +
			"provider/model without"
	case strings.ContainsFunc(model, unicode.IsControl): // spaces are a server's own business
		problem = "has a control character in it; write provider/model without"
	}
	if problem != "" {
		return Ref{}, &RefError{Ref: text, Problem: problem}
	}
	return Ref{provider, model}, nil
}

// checkRef is ParseRef that also wants the provider to be one of providers.
func checkRef(text string, providers []string) (Ref, *RefError) {
	ref, err := ParseRef(text)
	if err != nil {
		return Ref{}, err.(*RefError)
	}
	if slices.Contains(providers, ref.Provider) {
		return ref, nil
	}
	problem, nearest := "unknown provider "+quote(ref.Provider), Nearest(ref.Provider, providers)
	switch {
	case len(providers) == 0:
		problem += "; the file has no [" + path{}.key("providers").key(ref.Provider).String() +
			"] section"
	case len(nearest) == 0:
		known := make([]string, len(providers))
		for i, name := range providers {
			known[i] = path{}.key(name).String() // names in a wrong file can be anything
		}
		problem += "; known are " + strings.Join(known, ", ")
	}
	return Ref{}, &RefError{Ref: text, Problem: problem, Nearest: nearest}
}

// reference checks a model reference that stands in the file.
func (r *reader) reference(p path, text string, providers []string) {
	ref, _, _ := strings.Cut(text, "/")
	if r.isBroken(path{}.key("providers").key(ref)) {
		return
	}
	if _, err := checkRef(text, providers); err != nil {
		message := err.Problem
		if !strings.HasPrefix(message, "unknown provider") {
			message = quote(text) + " " + message
		}
		r.add(p, atValue, message, err.Nearest...)
	}
}
