package compare

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// FactKind says what sort of a fact it is.
type FactKind string

// The kinds of facts, the hardest first.
const (
	NumberFact   FactKind = "number" // with its unit; dates, times and versions too
	NameFact     FactKind = "name"
	NegationFact FactKind = "negation"
	CodeFact     FactKind = "code" // an identifier, a flag, a short piece of code
	URLFact      FactKind = "url"
)

// Place is a part of a text, in bytes.
type Place struct{ From, To int }

// Fact is something that texts state in a form that can be compared.
type Fact struct {
	Kind FactKind
	Text string    // as it is written where it first stands, without marks of emphasis
	In   [][]Place // the places in each text; none where a text does not state it

	key  string // the same for the same fact, however it is written
	unit string // of a number
}

// Words is how a text states the fact at a place. Names and negations lose the marks of emphasis
// that stand within them, as in "not **Titan**".
func (f Fact) Words(text string, at Place) string {
	said := text[at.From:at.To]
	if f.Kind != NameFact && f.Kind != NegationFact {
		return said
	}
	words := strings.Fields(said)
	for i, w := range words {
		words[i] = strings.Trim(w, "*_")
	}
	return strings.Join(words, " ")
}

// Said counts the texts that state the fact.
func (f Fact) Said() int {
	n := 0
	for _, places := range f.In {
		if len(places) > 0 {
			n++
		}
	}
	return n
}

// first is where the fact first stands: the text, and the place in it.
func (f Fact) first() (text, from int) {
	for i, places := range f.In {
		if len(places) > 0 {
			return i, places[0].From
		}
	}
	return len(f.In), 0
}

// Agreement is what several texts state.
type Agreement struct {
	Facts  []Fact // those that only some texts state, the hardest difference first
	Common int    // how many facts all of them state
}

// Agree finds the facts that only some of several texts state: numbers with their units, names,
// negations, code and URLs. Numbers of one unit stand together, as in "42 ms: 1 3 · 40 ms: 2".
//
// It goes by the form alone and claims no meaning. `42 ms`, `42ms` and `42밀리초` are the same, as
// are `1,000` and `1000`; `2 s` and `2000 ms` are not.
func Agree(texts []string) Agreement {
	all := map[string]*Fact{}
	var order []*Fact
	names := unitNames()
	for i, text := range texts {
		for _, f := range findFacts(text, names) {
			id := string(f.kind) + " " + f.key
			fact := all[id]
			if fact == nil {
				fact = &Fact{Kind: f.kind, key: f.key, unit: f.unit,
					In: make([][]Place, len(texts))}
				fact.Text = fact.Words(text, f.at)
				all[id] = fact
				order = append(order, fact)
			}
			fact.In[i] = append(fact.In[i], f.at)
		}
	}
	index := make([]map[string][]int, len(texts))
	for i, text := range texts {
		index[i] = indexRuns(text)
	}
	var a Agreement
	for _, f := range order {
		f.mentions(texts, index)
		if f.Said() == len(texts) {
			a.Common++
			continue
		}
		a.Facts = append(a.Facts, *f)
	}
	sortFacts(a.Facts)
	return a
}

// mentions finds names and code also where another text writes them plainly: at the beginning of a
// sentence, say, or without backticks.
func (f *Fact) mentions(texts []string, index []map[string][]int) {
	if f.Kind != NameFact && f.Kind != CodeFact {
		return
	}
	lead, rest := cutRun(f.key)
	run := f.key[lead : len(f.key)-len(rest)]
	for i, text := range texts {
		if len(f.In[i]) > 0 || run == "" {
			continue
		}
		for _, at := range index[i][run] {
			from := at - lead
			to := from + len(f.key)
			if from >= 0 && strings.HasPrefix(text[from:], f.key) && standsAlone(text, from, to) {
				f.In[i] = append(f.In[i], Place{from, to})
			}
		}
	}
}

// indexRuns tells where each run of letters and digits of a text begins.
func indexRuns(text string) map[string][]int {
	index := map[string][]int{}
	for at := 0; at < len(text); {
		lead, rest := cutRun(text[at:])
		if end := len(text) - len(rest); at+lead < end {
			run := text[at+lead : end]
			index[run] = append(index[run], at+lead)
		}
		at = len(text) - len(rest)
	}
	return index
}

// cutRun finds the first letters and digits that make one word: where they begin, and the text
// after them.
func cutRun(text string) (begin int, rest string) {
	begin = strings.IndexFunc(text, joins)
	if begin < 0 {
		return len(text), ""
	}
	end := strings.IndexFunc(text[begin:], func(r rune) bool { return !joins(r) })
	if end < 0 {
		return begin, ""
	}
	return begin, text[begin+end:]
}

// standsAlone reports whether a part of a text is no part of a longer word. Korean, Chinese and
// Japanese letters may follow one of another script at once.
func standsAlone(text string, from, to int) bool {
	before, after := around(text, span{from, to})
	first, _ := utf8.DecodeRuneInString(text[from:])
	last, _ := utf8.DecodeLastRuneInString(text[:to])
	return !(joins(before) && joins(first)) && !(joins(after) && joins(last))
}

// joins reports whether a character makes one word with others of its kind.
func joins(r rune) bool { return r == '_' || wordRune(r) && !eastAsian(r) }

func eastAsian(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana)
}

// sortFacts puts the hardest differences first: by kind, numbers by unit, and what most texts state
// before what few do.
func sortFacts(facts []Fact) {
	kinds := []FactKind{NumberFact, NameFact, NegationFact, CodeFact, URLFact}
	groups := unitGroups(facts)
	slices.SortStableFunc(facts, func(x, y Fact) int {
		ix, fx := x.first()
		iy, fy := y.first()
		return cmp.Or(
			cmp.Compare(slices.Index(kinds, x.Kind), slices.Index(kinds, y.Kind)),
			cmp.Compare(groups[x.unit], groups[y.unit]),
			cmp.Compare(y.Said(), x.Said()), cmp.Compare(ix, iy), cmp.Compare(fx, fy))
	})
}

// unitGroups ranks the units of numbers: those with several values first, for there texts
// contradict each other, and numbers without a unit last.
func unitGroups(facts []Fact) map[string]int {
	values := map[string]int{}
	var units []string
	for _, f := range facts {
		if f.Kind != NumberFact {
			continue
		}
		if values[f.unit]++; values[f.unit] == 1 {
			units = append(units, f.unit)
		}
	}
	weight := func(unit string) int {
		switch {
		case unit == "":
			return 2
		case values[unit] == 1:
			return 1
		}
		return 0
	}
	slices.SortStableFunc(units,
		func(x, y string) int { return cmp.Compare(weight(x), weight(y)) })
	rank := map[string]int{}
	for i, u := range units {
		rank[u] = i
	}
	return rank
}
