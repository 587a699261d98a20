package compare

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	digits = lazily(`\d+(?:[.,\x{202f}\x{a0}]\d+)*`)
	// version has at least three parts, or says that it is one.
	version = lazily(`(?i)\b(?:v(\d+(?:\.\d+)*)|(?:version|버전) (\d+(?:\.\d+)*)|` +
		`(\d+\.\d+\.\d+(?:\.\d+)*))(-(?:alpha|beta|rc)[.\d]*)?`)
	// thousands are grouped by points, as in German.
	thousands = lazily(`^[1-9]\d{0,2}(?:\.\d{3}){2,}$`)
	clock     = lazily(`(?i)\b(\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([ap])\.?m\b\.?)?`)
)

// datePatterns are the ways to write a date of which a text may have some, with the groups of year,
// month and day; 0 for none. The longer ones come first.
func datePatterns(text string) []datePattern {
	out := []datePattern{
		{regexp.MustCompile(`\b(\d{4})([-./])(\d{1,2})[-./](\d{1,2})\b`), 1, 3, 4},
		{regexp.MustCompile(`\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b`), 3, 2, 1},
		{regexp.MustCompile(`\b(\d{4})-(\d{2})\b`), 1, 2, 0},
	}
	if strings.ContainsAny(text, "년年월月") {
		out = append(out,
			datePattern{regexp.MustCompile(`(\d{4}) ?[년年] ?(\d{1,2}) ?[월月] ?(\d{1,2}) ?[일日]`),
				1, 2, 3},
			datePattern{regexp.MustCompile(`(\d{4}) ?[년年] ?(\d{1,2}) ?[월月]`), 1, 2, 0},
			datePattern{regexp.MustCompile(`(\d{1,2}) ?[월月] ?(\d{1,2}) ?[일日]`), 0, 1, 2},
			datePattern{regexp.MustCompile(`(\d{4}) ?[년年]`), 1, 0, 0})
	}
	if !containsOne(text, "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct",
		"Nov", "Dec", "März", "Mai", "Okt", "Dez") {
		return out
	}
	const month = `(Jan(?:uary?)?|Feb(?:ruary?)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|` +
		`Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?|` +
		`März|Mai|Juni|Juli|Oktober|Dezember)`
	const nth = `(\d{1,2})(?:st|nd|rd|th)?`
	const dayOf = `(\d{1,2})(?:st|nd|rd|th|\.)? (?:of )?`
	return append(out,
		datePattern{regexp.MustCompile(`\b` + month + `\.? ` + nth + `,? (\d{4})\b`), 3, 1, 2},
		datePattern{regexp.MustCompile(`\b` + dayOf + month + `\.?,? (\d{4})\b`), 3, 2, 1},
		datePattern{regexp.MustCompile(`\b` + month + `\.? (\d{4})\b`), 2, 1, 0},
		datePattern{regexp.MustCompile(`\b` + month + `\.? ` + nth + `\b`), 0, 1, 2},
		datePattern{regexp.MustCompile(`\b` + dayOf + month + `\b`), 0, 2, 1})
}

// containsOne reports whether a text has one of some words. It spares patterns, which are slow.
func containsOne(text string, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

type datePattern struct {
	pattern          *regexp.Regexp
	year, month, day int
}

// dates takes dates, versions and times of day. A year alone is the number.
func (f *finder) dates() {
	for _, d := range datePatterns(f.text) {
		for _, m := range d.pattern.FindAllSubmatchIndex(f.left, -1) {
			part := func(group int) string {
				if group == 0 {
					return ""
				}
				return f.sub(m, group)
			}
			if key, ok := dateKey(part(d.year), part(d.month), part(d.day)); ok &&
				standsAlone(f.text, m[0], m[1]) {
				f.add(NumberFact, key, "", m[0], m[1])
			}
		}
	}
	for _, m := range version().FindAllSubmatchIndex(f.left, -1) {
		key := f.sub(m, 1) + f.sub(m, 2) + f.sub(m, 3) + f.sub(m, 4)
		if standsAlone(f.text, m[0], m[1]) && !thousands().MatchString(key) {
			f.add(NumberFact, "v"+key, "version", m[0], m[1])
		}
	}
	for _, m := range clock().FindAllSubmatchIndex(f.left, -1) {
		hour, _ := strconv.Atoi(f.sub(m, 1)) // two digits
		minute, _ := strconv.Atoi(f.sub(m, 2))
		if hour > 24 || minute > 59 || !standsAlone(f.text, m[0], m[1]) {
			continue
		}
		if half := f.sub(m, 4); half != "" {
			hour %= 12
			if half == "p" {
				hour += 12
			}
		}
		key := fmt.Sprintf("%02d:%02d", hour, minute)
		if seconds := f.sub(m, 3); seconds != "" {
			key += ":" + seconds
		}
		f.add(NumberFact, key, "time", m[0], m[1])
	}
}

// dateKey writes a date as ISO 8601 does, without what is not known. It reports false for what
// cannot be a date.
func dateKey(year, month, day string) (string, bool) {
	m, d := 0, 0
	if month != "" {
		if m = monthNumber(month); m < 1 || m > 12 {
			return "", false
		}
	}
	if day != "" {
		if d, _ = strconv.Atoi(day); d < 1 || d > 31 {
			return "", false
		}
	}
	key := year
	if m > 0 {
		key += fmt.Sprintf("-%02d", m)
	}
	if d > 0 {
		key += fmt.Sprintf("-%02d", d)
	}
	return key, true
}

// monthNumber reads a month of two digits, or an English or German name.
func monthNumber(s string) int {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	s = strings.NewReplacer("ä", "a", "mai", "may", "okt", "oct", "dez", "dec").Replace(s)
	const short = "janfebmaraprmayjunjulaugsepoctnovdec"
	return strings.Index(short, string([]rune(s)[:3]))/3 + 1
}

// numbers takes numbers with the unit or the currency beside them.
func (f *finder) numbers() {
	for _, m := range digits().FindAllIndex(f.left, -1) {
		from, to := m[0], m[1]
		if f.left[from] == 0 || f.inWord(from) { // 0: the end of a longer number
			continue
		}
		n := number{digits: string(f.left[from:to])}
		f.before(&n, &from)
		f.after(&n, &to)
		if n.unit == "" && to-from == 1 && inSpans(f.blocks, from) {
			continue // 0 and 1 are everywhere in code
		}
		f.add(NumberFact, n.key(), n.unit, from, to)
	}
}

// inWord reports whether a number belongs to the word before it, as in GPT-4 or H100.
func (f *finder) inWord(from int) bool {
	before, size := utf8.DecodeLastRune(f.left[:from])
	if before == '-' {
		before, _ = utf8.DecodeLastRune(f.left[:from-size])
	}
	return joins(before) && !unicode.IsDigit(before)
}

// before takes the sign and the currency in front of a number.
func (f *finder) before(n *number, from *int) {
	f.sign(n, from)
	rest := strings.TrimSuffix(string(f.left[max(0, *from-8):*from]), " ")
	for _, c := range []struct{ sign, unit string }{
		{"US$", "USD"}, {"USD", "USD"}, {"$", "USD"}, {"EUR", "EUR"}, {"€", "EUR"}, {"GBP", "GBP"},
		{"£", "GBP"}, {"KRW", "KRW"}, {"₩", "KRW"}, {"￦", "KRW"}, {"JPY", "JPY"}, {"¥", "JPY"},
		{"￥", "JPY"},
	} {
		if strings.HasSuffix(rest, c.sign) {
			n.unit = c.unit
			*from = max(0, *from-8) + len(rest) - len(c.sign)
			f.sign(n, from)
			return
		}
	}
}

// sign takes a minus. A hyphen after a word is none.
func (f *finder) sign(n *number, from *int) {
	for _, sign := range []string{"-", "−"} {
		rest, ok := strings.CutSuffix(string(f.left[max(0, *from-8):*from]), sign)
		if !ok {
			continue
		}
		r, _ := utf8.DecodeLastRuneInString(rest)
		if rest == "" || unicode.IsSpace(r) || r == '(' || r == '$' || r == '€' {
			n.negative = true
			*from -= len(sign)
		}
		return
	}
}

// after takes powers of ten and the unit that follow a number.
func (f *finder) after(n *number, to *int) {
	for {
		word, end := f.wordAt(*to)
		power, size := powerOfTen(word)
		if size == 0 || end-len(word) > *to && eastAsian([]rune(word)[0]) {
			break
		}
		n.add(power)
		*to = end - len(word) + size
		m := digits().FindIndex(f.left[*to:min(len(f.left), *to+16)])
		if m == nil || m[0] > 1 || power < 4 { // 3억 5천만
			break
		}
		next, stop := string(f.left[*to+m[0]:*to+m[1]]), *to+m[1]
		word, _ = f.wordAt(stop)
		if _, size := powerOfTen(word); size == 0 {
			break
		}
		n.digits, *to = next, stop
	}
	f.unit(n, to)
}

// unit takes the unit after a number, and what it is counted by: MB/s, $3/token.
func (f *finder) unit(n *number, to *int) {
	word, end := f.wordAt(*to)
	begin := end - len(word)
	unit, size := f.unitOf(word, begin > *to)
	switch {
	case size > 0 && (n.unit == "" || n.unit == unit):
		n.unit, *to = unit, begin+size
	case begin == *to && word != "" && n.unit == "" && !eastAsian([]rune(word)[0]):
		n.unit, *to = strings.ToLower(word), end // 10k, 4x, 1st
		return
	}
	if n.unit == "" || *to >= len(f.left) || f.left[*to] != '/' {
		return
	}
	per, stop := f.wordAt(*to + 1)
	unit, size = f.unitOf(per, false)
	if size > 0 && size == len(per) && stop-len(per) == *to+1 {
		n.unit, *to = n.unit+"/"+unit, stop
	}
}

// wordAt gives the letters or the sign at a place, or after one space there, and where they end.
func (f *finder) wordAt(at int) (word string, end int) {
	rest := f.left[at:min(len(f.left), at+64)]
	skip := 0
	for _, space := range []string{" ", "\u00a0", "\u202f"} {
		if strings.HasPrefix(string(rest), space) {
			skip = len(space)
		}
	}
	rest = rest[skip:]
	n := 0
	for n < len(rest) {
		r, size := utf8.DecodeRune(rest[n:])
		if !unicode.IsLetter(r) && !strings.ContainsRune("%％‰°℃℉€$£₩¥", r) {
			break
		}
		n += size
	}
	return string(rest[:n]), at + skip + n
}

// unitOf finds the unit that a word is. A Korean, Chinese or Japanese word may begin with it, and
// end with a particle. It returns how many bytes the unit takes, 0 for none. After a space
// a word of one syllable and more is rather another word: "10 초과" is no "10 초".
func (f *finder) unitOf(word string, spaced bool) (unit string, size int) {
	for i := len(word); i > 0; i-- {
		if i < len(word) && !utf8.RuneStart(word[i]) {
			continue
		}
		head, rest := word[:i], word[i:]
		after, _ := utf8.DecodeRuneInString(rest)
		if rest != "" && (!eastAsian(after) || head+rest == "초과" || head+rest == "회의" ||
			spaced && utf8.RuneCountInString(head) == 1 && !particle(rest)) {
			continue
		}
		if unit, ok := f.units[head]; ok {
			return unit, i
		}
		if unit, ok := f.units[strings.ToLower(head)]; ok && i > 2 { // 5 M are no metres
			return unit, i
		}
	}
	return "", 0
}

// particle reports whether Korean letters may follow a unit of one syllable.
func particle(s string) bool {
	const all = " 이 가 은 는 을 를 의 에 로 까지 부터 마다 당 정도 입니다 이다 이며 이고 만에 간 " +
		"동안 쯤 이상 이하 미만 "
	return strings.Contains(all, " "+s+" ")
}

// number is a number that is being read.
type number struct {
	digits   string // of its last part
	sum      *big.Rat
	negative bool
	unit     string
}

// add adds the digits times a power of ten.
func (n *number) add(power int) {
	v, ok := new(big.Rat).SetString(plainDigits(n.digits) + "e" + strconv.Itoa(power))
	if !ok {
		v = new(big.Rat)
	}
	if n.sum != nil {
		v.Add(v, n.sum)
	}
	n.sum = v
}

// key writes the number in one way. Without a unit its last zeros stay: 3.10 may be a version.
func (n *number) key() string {
	s := plainDigits(n.digits)
	if n.sum != nil {
		s = n.sum.FloatString(6)
	}
	if _, part, ok := strings.Cut(s, "."); ok && (n.sum != nil || n.unit != "" && len(part) != 3) {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if n.negative {
		s = "-" + s
	}
	return strings.TrimSpace(s + " " + n.unit)
}

// plainDigits leaves out what groups the thousands, and writes the decimal mark as a point. A comma
// or a point before three digits may be either: a comma groups, a point is decimal.
func plainDigits(s string) string {
	s = strings.NewReplacer("\u202f", "", "\u00a0", "").Replace(s)
	comma, point := strings.LastIndexByte(s, ','), strings.LastIndexByte(s, '.')
	switch {
	case comma < 0 && strings.Count(s, ".") > 1:
		return strings.ReplaceAll(s, ".", "")
	case comma < 0:
		return s
	case point > comma: // 1,234.56
		return strings.ReplaceAll(s, ",", "")
	case point >= 0: // 1.234,56
		return strings.Replace(strings.ReplaceAll(s, ".", ""), ",", ".", 1)
	}
	for _, group := range strings.Split(s, ",")[1:] {
		if len(group) != 3 {
			return strings.Replace(s, ",", ".", 1)
		}
	}
	return strings.ReplaceAll(s, ",", "")
}
