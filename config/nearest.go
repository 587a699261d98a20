package config

import (
	"cmp"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// maxNearest is how many names a suggestion offers.
const maxNearest = 3

// Nearest gives the names that are closest to name, the closest first, at most three, each once;
// none if nothing is close. Case does not count. A name that contains the wrong one as a whole part
// ("url" of "base_url") is close too. It comes after names that differ by a few letters.
func Nearest(name string, names []string) []string {
	type candidate struct {
		name     string
		distance int
	}
	wrong := strings.ToLower(name)
	if wrong == "" {
		return nil
	}
	// A third of the letters may differ, at least one, so that "kidn" still finds
	// "kind" and "x" does not find everything. The cap keeps long names honest.
	limit := min((len([]rune(wrong))+2)/3, 5)

	var found []candidate
	for _, right := range names {
		lower := strings.ToLower(right)
		switch d := levenshtein.ComputeDistance(wrong, lower); {
		case d <= limit && d < len([]rune(lower)):
			found = append(found, candidate{right, d})
		case isPart(wrong, lower) || isPart(lower, wrong):
			found = append(found, candidate{right, limit + d})
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.name, b.name))
	})
	var out []string
	for _, c := range found {
		// A candidate far behind the best one is noise.
		if len(out) == maxNearest || c.distance > found[0].distance+1 {
			break
		}
		if !slices.Contains(out, c.name) {
			out = append(out, c.name)
		}
	}
	return out
}

// isPart says whether part is one of the words that whole is made of, or its
// beginning or end, of three letters at least.
func isPart(part, whole string) bool {
	if len(part) < 3 {
		return false
	}
	isSeparator := func(r rune) bool { return strings.ContainsRune("_-/.: ", r) }
	return slices.Contains(strings.FieldsFunc(whole, isSeparator), part) ||
		strings.HasPrefix(whole, part) || strings.HasSuffix(whole, part)
}
