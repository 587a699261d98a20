package compare

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// finding is a fact at one place of one text.
type finding struct {
	kind      FactKind
	key, unit string
	at        Place
}

// finder looks for facts in one text. It blanks out the ones found: the parts of a version are no
// numbers.
type finder struct {
	text   string
	left   []byte // the text, with what has been found blanked out
	blocks []span // of fenced code
	units  map[string]string
	found  []finding
}

// findFacts finds the facts of a text, in order.
func findFacts(text string, units map[string]string) []finding {
	f := &finder{text: text, left: []byte(text), blocks: fences(text), units: units}
	f.urls()
	f.codeBlocks()
	f.inlineCode()
	f.dates()
	f.blankOut(listNumber(), citation(), keycap())
	f.numbers()
	f.negations()
	f.names()
	slices.SortStableFunc(f.found,
		func(x, y finding) int { return cmp.Compare(x.at.From, y.at.From) })
	return f.found
}

// add notes a fact and blanks it out. The blank is a character that no pattern has.
func (f *finder) add(kind FactKind, key, unit string, from, to int) {
	f.found = append(f.found, finding{kind, key, unit, Place{from, to}})
	f.blank(from, to)
}

func (f *finder) blank(from, to int) {
	for i := from; i < to; i++ {
		f.left[i] = 0
	}
}

// Numbers that number something rather than state it.
var (
	listNumber = lazily(`(?m)^[ \t>*_#|-]*\d{1,3}[.)][*_]*[ \t]`)
	citation   = lazily(`\[\d{1,3}\]`)
	keycap     = lazily("\\d\ufe0f?\u20e3")
)

func (f *finder) blankOut(patterns ...*regexp.Regexp) {
	for _, p := range patterns {
		for _, m := range p.FindAllIndex(f.left, -1) {
			f.blank(m[0], m[1])
		}
	}
}

var webAddress = lazily("(?i)\\bhttps?://[^\\s<>\"'`|\\\\^{}\\[\\]]+")

func (f *finder) urls() {
	for _, m := range webAddress().FindAllIndex(f.left, -1) {
		url := f.text[m[0] : m[0]+urlEnd(f.text[m[0]:m[1]])]
		_, bare, _ := strings.Cut(url, "://")
		host, path, slash := strings.Cut(bare, "/")
		key := strings.ToLower(host)
		if slash {
			key = strings.TrimRight(key+"/"+path, "/")
		}
		f.add(URLFact, key, "", m[0], m[0]+len(url))
	}
}

// urlEnd finds where an address ends. Punctuation at its end belongs to the sentence, as does a
// Korean particle, and a bracket that the address does not open.
func urlEnd(url string) int {
	last := rune(0)
	for i, r := range url {
		if unicode.Is(unicode.Hangul, r) && last < unicode.MaxASCII &&
			(unicode.IsLetter(last) || unicode.IsDigit(last)) {
			url = url[:i]
			break
		}
		last = r
	}
	for {
		s := strings.TrimRight(url, ".,;:!?*_~。，、")
		if strings.HasSuffix(s, ")") && strings.Count(s, ")") > strings.Count(s, "(") {
			s = s[:len(s)-1]
		}
		if s == url {
			return len(s)
		}
		url = s
	}
}

// tellingCode matches what names something in code: calls, dotted and compound names, flags.
var tellingCode = lazily(`--?[A-Za-z][\w-]*|` +
	`[A-Za-z_$][\w$]*(?:(?:\.|::|->)[A-Za-z_$][\w$]*)*`)

func (f *finder) codeBlocks() {
	for _, b := range f.blocks {
		for _, m := range tellingCode().FindAllIndex(f.left[b.from:b.to], -1) {
			from, to := b.from+m[0], b.from+m[1]
			word := f.text[from:to]
			called := to < b.to && f.text[to] == '('
			if called || strings.ContainsAny(word[1:], "_.:>$") || strings.HasPrefix(word, "--") ||
				mixedCase(word) {
				f.add(CodeFact, word, "", from, to)
				continue
			}
			f.blank(from, to)
		}
	}
}

// longestCode is the most bytes of inline code that count as one fact.
const longestCode = 80

var codeSpan = lazily("`([^`\n\x00]+)`")

// inlineCode takes what stands in backticks. A number in them is a number.
func (f *finder) inlineCode() {
	for _, m := range codeSpan().FindAllSubmatchIndex(f.left, -1) {
		from, to := m[2], m[3]
		key := strings.TrimSuffix(strings.TrimSpace(f.text[from:to]), "()")
		switch {
		case inSpans(f.blocks, from), key == "", len(key) > longestCode:
		case '0' <= key[0] && key[0] <= '9':
		case isWord(key):
			f.add(CodeFact, key, "", from, to)
		}
	}
}

func inSpans(spans []span, at int) bool {
	return slices.ContainsFunc(spans, func(s span) bool { return s.from <= at && at < s.to })
}

// mixedCase reports whether a word has a capital letter after a small one, as in camelCase.
func mixedCase(word string) bool {
	small := false
	for _, r := range word {
		if small && unicode.IsUpper(r) {
			return true
		}
		small = small || unicode.IsLower(r)
	}
	return false
}

// Negations, each with the word that it negates.
var (
	latinNegation = lazily(`(?i)(?:\b(not|never|no|without|neither|nicht|nie|niemals|` +
		`kein(?:e[mnrs]?)?|ohne)\b|\b(can)(not)\b|\b\pL+(n['’]t)\b)` +
		`(?:[ *_]+(?:a|an|the|be|been|being|to|any|very|so|der|die|das|ein|eine|den)\b)*` +
		`(?:[ *_]+(\pL[\pL\pN-]*))?`)
	koreanNot = lazily(`(\p{Hangul}+)지(?:는|도|를)?\s?(않|못)\p{Hangul}*`)
	koreanNo  = lazily(`(\p{Hangul}+?)(?:[이가은는도] | )?` +
		`(없|아니|아닙|아닌|아닐|아님)\p{Hangul}*`)
	koreanPre = lazily(`(?:^|[^\pL\pN])((안|못) (\p{Hangul}+))`)
	hanNot    = lazily(`(没有|不|没|未|無|无)(\p{Han})`)
)

func (f *finder) negations() {
	for _, m := range latinNegation().FindAllSubmatchIndex(f.left, -1) {
		word := f.sub(m, 5)
		if word == "only" || word == "just" || word == "nur" { // these add, they do not deny
			continue
		}
		sign := cmp.Or(f.sub(m, 1), f.sub(m, 3), f.sub(m, 4))
		switch {
		case strings.HasSuffix(sign, "'t"), strings.HasSuffix(sign, "’t"):
			sign = "not"
		case strings.HasPrefix(sign, "kein"):
			sign = "kein"
		}
		f.add(NegationFact, strings.TrimSpace(sign+" "+word), "", m[0], m[1])
	}
	f.koreanNegations()
	for _, m := range hanNot().FindAllSubmatchIndex(f.left, -1) {
		f.add(NegationFact, f.sub(m, 1)+f.sub(m, 2), "", m[0], m[1])
	}
}

func (f *finder) koreanNegations() {
	if !containsOne(f.text, "않", "못", "안", "없", "아니", "아닙", "아닌", "아닐", "아님") {
		return
	}
	for _, m := range koreanNot().FindAllSubmatchIndex(f.left, -1) {
		f.add(NegationFact, f.sub(m, 1)+"지 "+f.sub(m, 2), "", m[0], m[1])
	}
	for _, m := range koreanPre().FindAllSubmatchIndex(f.left, -1) {
		f.add(NegationFact, f.sub(m, 1), "", m[2], m[3])
	}
	for _, m := range koreanNo().FindAllSubmatchIndex(f.left, -1) {
		sign := f.sub(m, 2)
		if sign != "없" {
			sign = "아니"
		}
		f.add(NegationFact, f.sub(m, 1)+" "+sign, "", m[0], m[1])
	}
}

// sub gives a group of a match in small letters, "" where it did not match.
func (f *finder) sub(m []int, group int) string {
	if m[2*group] < 0 {
		return ""
	}
	return strings.ToLower(f.text[m[2*group]:m[2*group+1]])
}
