package jsoncheck

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize/english"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// problemsOf lists what a validation found, without the groups around it.
func problemsOf(e *jsonschema.ValidationError) []Problem {
	at := pointer(e.InstanceLocation)
	switch k := e.ErrorKind.(type) {
	case *kind.AnyOf:
		return alternatives(e)
	case *kind.OneOf:
		if len(k.Subschemas) == 0 {
			return alternatives(e)
		}
		return []Problem{{at, "fits more than one of the alternatives"}}
	case *kind.Required:
		return missing(at, k.Missing, "")
	case *kind.DependentRequired:
		return missing(at, k.Missing, ", which "+k.Prop+" needs")
	case *kind.Dependency:
		return missing(at, k.Missing, ", which "+k.Prop+" needs")
	case *kind.AdditionalProperties:
		var out []Problem
		for _, name := range k.Properties {
			out = append(out, Problem{at + "/" + escape(name), "the key is not allowed"})
		}
		return out
	case *kind.PropertyNames:
		return []Problem{{at + "/" + escape(k.Property), "the key's name is not allowed"}}
	}
	if len(e.Causes) == 0 {
		return []Problem{{at, words(e.ErrorKind)}}
	}
	var out []Problem
	for _, cause := range e.Causes {
		out = append(out, problemsOf(cause)...)
	}
	return out
}

func missing(at string, names []string, why string) []Problem {
	var out []Problem
	for _, name := range names {
		out = append(out, Problem{at, name + " is missing" + why})
	}
	return out
}

// alternatives tells why a value fits none of several schemas. It names all types that the value
// might have, or the problems with the closest schema: the one with the deepest problems.
func alternatives(e *jsonschema.ValidationError) []Problem {
	at := pointer(e.InstanceLocation)
	var types []string
	var best []Problem
	depth := -1
	for _, cause := range e.Causes {
		if t := typesWanted(cause); t != nil {
			types = append(types, t...)
			continue
		}
		problems := problemsOf(cause)
		deep := 0
		for _, p := range problems {
			deep = max(deep, strings.Count(p.Path, "/"))
		}
		if deep > depth || deep == depth && len(problems) < len(best) {
			best, depth = problems, deep
		}
	}
	if best == nil {
		return []Problem{{at, wanted(types)}}
	}
	if len(e.Causes) > 1+len(types) {
		best = append([]Problem{{at, "fits none of the alternatives"}}, best...)
	}
	return best
}

// typesWanted are the types that a schema demands where the value has another one, else nil.
func typesWanted(e *jsonschema.ValidationError) []string {
	for len(e.Causes) == 1 {
		e = e.Causes[0]
	}
	if k, ok := e.ErrorKind.(*kind.Type); ok && len(e.Causes) == 0 {
		return k.Want
	}
	return nil
}

func wanted(types []string) string {
	types = slices.Compact(slices.Sorted(slices.Values(types)))
	return english.OxfordWordSeries(types, "or") + " wanted"
}

// words says in a few words what is wanted in place of a value.
func words(k jsonschema.ErrorKind) string {
	switch k := k.(type) {
	case *kind.Type:
		return wanted(k.Want)
	case *kind.Enum:
		return "one of " + values(k.Want) + " wanted"
	case *kind.Const:
		return values([]any{k.Want}) + " wanted"
	case *kind.FalseSchema:
		return "nothing is allowed here"
	case *kind.Not:
		return "fits the schema that it must not fit"
	case *kind.Pattern:
		return "does not match " + k.Want
	case *kind.Minimum:
		return "at least " + number(k.Want) + " wanted"
	case *kind.Maximum:
		return "at most " + number(k.Want) + " wanted"
	case *kind.ExclusiveMinimum:
		return "more than " + number(k.Want) + " wanted"
	case *kind.ExclusiveMaximum:
		return "less than " + number(k.Want) + " wanted"
	case *kind.MultipleOf:
		return "a multiple of " + number(k.Want) + " wanted"
	case *kind.MinLength:
		return "at least " + english.Plural(k.Want, "character", "") + " wanted"
	case *kind.MaxLength:
		return "at most " + english.Plural(k.Want, "character", "") + " wanted"
	}
	return lists(k)
}

// lists is words for what bounds lists and objects.
func lists(k jsonschema.ErrorKind) string {
	switch k := k.(type) {
	case *kind.MinItems:
		return "at least " + english.Plural(k.Want, "item", "") + " wanted"
	case *kind.MaxItems:
		return "at most " + english.Plural(k.Want, "item", "") + " wanted"
	case *kind.AdditionalItems:
		return english.Plural(k.Count, "item", "") + " too many"
	case *kind.UniqueItems:
		return fmt.Sprintf("the items %d and %d are the same", k.Duplicates[0], k.Duplicates[1])
	case *kind.MinProperties:
		return "at least " + english.Plural(k.Want, "key", "") + " wanted"
	case *kind.MaxProperties:
		return "at most " + english.Plural(k.Want, "key", "") + " wanted"
	}
	return k.LocalizedString(message.NewPrinter(language.English))
}

// values lists values as JSON.
func values(list []any) string {
	out := make([]string, len(list))
	for i, v := range list {
		b, err := json.Marshal(v)
		if err != nil {
			b = []byte(strconv.Quote(fmt.Sprint(v)))
		}
		out[i] = string(b)
	}
	return strings.Join(out, ", ")
}

// number writes a bound as a decimal.
func number(r *big.Rat) string {
	if r.IsInt() {
		return r.Num().String()
	}
	f, _ := r.Float64()
	return strconv.FormatFloat(f, 'g', -1, 64)
}
