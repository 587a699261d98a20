package compare

import (
	"strings"
	"unicode"
)

var (
	// capitalised has no Korean letters, so that a particle after a name is no part of it.
	capitalised = lazily(`\p{Lu}[\p{Latin}\p{Greek}\p{Cyrillic}\pM\pN]*` +
		`(?:[-'’.][\p{Latin}\p{Greek}\p{Cyrillic}\pN]+)*`)
	// nameGap may stand between two words of one name.
	nameGap = lazily(`^[*_]* (?:(?:of|de|del|la|the|von|van|der|den) )?[*_]*$`)
)

// names finds capitalised words in a row, and single words of a form that only names have. It
// passes over headings, where all words may be capitalised.
func (f *finder) names() {
	at := 0
	for line := range strings.Lines(string(f.left)) {
		if !heading(line) && !inSpans(f.blocks, at) {
			f.namesIn(line, at)
		}
		at += len(line)
	}
}

// heading reports whether a line is one, or looks like one: three words or more, all capitalised.
func heading(line string) bool {
	s := strings.TrimSpace(line)
	if strings.HasPrefix(s, "#") || strings.Contains(s, ",") {
		return strings.HasPrefix(s, "#")
	}
	words := strings.FieldsFunc(s, func(r rune) bool { return !joins(r) && r != '\'' && r != '-' })
	for _, w := range words {
		if r := []rune(w)[0]; !unicode.IsUpper(r) && !unicode.IsDigit(r) {
			return false
		}
	}
	return len(words) >= 3
}

func (f *finder) namesIn(line string, at int) {
	all := capitalised().FindAllStringIndex(line, -1)
	for i := 0; i < len(all); {
		from, to := all[i][0], all[i][1]
		n := 1
		for i+n < len(all) && nameGap().MatchString(line[to:all[i+n][0]]) {
			to = all[i+n][1]
			n++
		}
		words := all[i : i+n]
		i += n
		if !standsAlone(line, from, to) {
			continue
		}
		if opensSentence(line[:from]) {
			for len(words) > 0 && opener(line[words[0][0]:words[0][1]]) {
				words = words[1:]
			}
		}
		if len(words) == 0 {
			continue
		}
		from = words[0][0]
		name := strings.Join(strings.Fields(strings.Map(withoutMarks, line[from:to])), " ")
		if len(words) > 1 || tellingName(name) {
			f.add(NameFact, name, "", at+from, at+to)
		}
	}
}

func withoutMarks(r rune) rune {
	if r == '*' || r == '_' {
		return -1
	}
	return r
}

// opensSentence reports whether a sentence begins after a text.
func opensSentence(before string) bool {
	s := strings.TrimRight(before, " \t*_\"'“‘(>|-\x00")
	return s == "" || strings.HasSuffix(s, ".") || strings.HasSuffix(s, "!") ||
		strings.HasSuffix(s, "?") || strings.HasSuffix(s, ":")
}

// opener reports whether a word is capitalised because a sentence begins with it.
func opener(word string) bool {
	const openers = " a about after all also although always an and another any are as at " +
		"avoid be because before both build but by call can check choose click " +
		"compared configure consider create did do does during each either enable " +
		"ensure even every few find first for from get give given go has have he " +
		"her here his how however i if import in install instead is it its just " +
		"keep let like look make many may more most much my never no not note now " +
		"of on once one only open or other our over overall please put read " +
		"remember run second see select set several she should since so some " +
		"start still such test that the their then there therefore these they " +
		"third this those though through thus to too try under unlike unless " +
		"until update use using very via was we what when where whether which " +
		"while who why will with within without would write yes yet you your der " +
		"die das ein eine es im in ist und wenn wie zu "
	return strings.Contains(openers, " "+strings.ToLower(word)+" ")
}

// tellingName reports whether one word is a name by its form: PostgreSQL, H100, GPT-4, TCP. Words
// in capitals for emphasis are none.
func tellingName(word string) bool {
	if mixedCase(word) {
		return true
	}
	const emphasis = " NOT AND OR NO ALL THE IS ARE OK YES NEVER ALWAYS ONLY MUST TODO NOTE " +
		"VERY BUT IF DO DON'T WARNING TIP "
	letters, digits, small := 0, 0, 0
	for _, r := range word {
		switch {
		case unicode.IsDigit(r):
			digits++
		case unicode.IsLower(r):
			small++
			letters++
		case unicode.IsLetter(r):
			letters++
		}
	}
	if digits > 0 {
		return letters > 0
	}
	return small == 0 && letters >= 2 && letters <= 6 && !strings.Contains(emphasis, " "+word+" ")
}
