package session

import "strings"

// ParseFilter takes the words of a search that narrow it: model:…, contender:…, tag:… and status:….
// Such a word may hold blanks in double quotes, as in contender:"p/a seed=7". The rest is what to
// search for. Of several words of one kind the last one counts, and an empty one is still being
// typed.
func ParseFilter(typed string) (words string, f Filter) {
	var rest []string
	for _, word := range quotedFields(typed) {
		key, value, ok := strings.Cut(word, ":")
		if !ok {
			rest = append(rest, word)
			continue
		}
		value = strings.ReplaceAll(value, `"`, "")
		switch strings.ToLower(key) {
		case "model":
			f.Model = value
		case "contender":
			f.Contender = value
		case "tag":
			f.Tag = value
		case "status":
			f.Status = Status(strings.ToLower(value))
		default:
			rest = append(rest, word)
		}
	}
	return strings.Join(rest, " "), f
}

// quotedFields splits at white space that is not between double quotes. A quote that does not end
// goes to the end.
func quotedFields(s string) []string {
	quoted := false
	return strings.FieldsFunc(s, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return !quoted && (r == ' ' || r == '\t' || r == '\n' || r == '\r')
	})
}
