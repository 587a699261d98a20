package compare

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// MaskText stands where a name was.
const MaskText = "▒▒▒"

// Mask hides names of models, families and vendors in texts. It is for showing only: a record keeps
// what was written. A Mask does not change and is safe for concurrent use.
//
// A name is found in any case and in the scripts of the table of makers, with or without a blank, a
// hyphen or the like between its parts (GPT-4o, gpt4o, GPT 4o). So is what looks like it: with
// marks of Markdown or tags inside, in letters of another style, width or script, as character
// references, in parts of Korean syllables, spelled out letter by letter. Versions and words such
// as Sonnet or Flash are hidden with the name before them, and stay where they stand alone: "write
// a haiku" must be readable. Words are hidden whole: "dramallama" keeps its llama, and 드라마 its
// 라마. A name that is also a common word is hidden in both senses, since a leak is worse than a
// gap: in a session with a Llama the animal is hidden too, and Claude Monet with a Claude.
type Mask struct {
	names   map[rune][]maskName // by their first letter
	foreign []maskName          // variants in scripts without blanks
}

// NewMask makes a mask for the models of all panes, given as references or as the servers' own
// names for them.
func NewMask(models ...string) *Mask {
	m := &Mask{names: map[rune][]maskName{}}
	for _, v := range variants() {
		if n, ok := compileName(v); ok && !wordLetter(n.last) {
			m.foreign = append(m.foreign, n)
		}
	}
	var list []string
	for _, model := range models {
		list = append(list, namesIn(model)...)
	}
	slices.Sort(list)
	for _, name := range slices.Compact(list) {
		if n, ok := compileName(name); ok {
			m.names[n.letters[0]] = append(m.names[n.letters[0]], n)
		}
	}
	return m
}

// Text masks a whole text. named are the names as they stood there, each once.
func (m *Mask) Text(text string) (masked string, named []string) {
	s := m.Stream()
	masked = s.Write(text) + s.Close()
	return masked, s.Named()
}

// Stream masks a text that arrives in pieces.
func (m *Mask) Stream() *MaskStream { return &MaskStream{mask: m} }

// MaskStream masks one text. What its calls return, put together, is what Text returns, however
// the text was cut.
type MaskStream struct {
	mask  *Mask
	held  string // not decided yet
	last  rune   // before held, 0 at the beginning
	named []string
}

// Write takes a piece, and gives the masked text that no further piece can change.
func (s *MaskStream) Write(piece string) string {
	s.held += piece
	return s.release(false)
}

// Close gives what is left.
func (s *MaskStream) Close() string { return s.release(true) }

// Named lists the names that were masked so far, as they stood in the text, each once.
func (s *MaskStream) Named() []string { return s.named }

// release masks held up to where the rest decides, or all of it at the end.
func (s *MaskStream) release(end bool) string {
	var out strings.Builder
	at := 0
	for at < len(s.held) {
		rest := s.held[at:]
		if !end && !utf8.FullRuneInString(rest) {
			break
		}
		r := reading{text: rest, end: end, foreign: s.mask.foreign}
		found, undecided := s.mask.find(r, s.last)
		if undecided {
			break
		}
		n := found.end
		if n > 0 {
			s.note(rest[:n])
			out.WriteString(s.masked(found, rest))
		} else {
			_, n = utf8.DecodeRuneInString(rest)
			out.WriteString(rest[:n])
		}
		s.pass(rest[:n])
		at += n
	}
	s.held = s.held[at:]
	return out.String()
}

// pass notes the end of what was given out. The n of a \n in JSON is no letter of a word.
func (s *MaskStream) pass(text string) {
	before := s.last
	s.last, _ = utf8.DecodeLastRuneInString(text)
	if before == '\\' && len(text) == 1 && strings.Contains("nrtbf", text) {
		s.last = '\n'
	}
}

// foundName is a name at the beginning of a text, with its version. A version that has marks of
// Markdown before it stands apart: **Claude** *3.5*.
type foundName struct {
	name, end int      // where the name ends, and all of it; 0 for no name
	apart     [][2]int // the parts of the version that stand apart
}

// note keeps a name, once.
func (s *MaskStream) note(name string) {
	if !slices.Contains(s.named, name) {
		s.named = append(s.named, name)
	}
}

// masked is the text with the name masked. Marks inside the name are dropped in pairs. What stands
// before the parts of a version stays; an address in it may hold names.
func (s *MaskStream) masked(f foundName, text string) string {
	var out strings.Builder
	odd := oddMarks(text[:f.name])
	if len(odd) > 0 && rune(odd[0][0]) == s.last {
		out.WriteString(MaskText + odd[0])
		if odd = odd[1:]; len(odd) > 0 {
			out.WriteString("-" + strings.Join(odd, "") + MaskText)
		}
	} else {
		out.WriteString(strings.Join(odd, "") + MaskText)
	}
	at := f.name
	for _, part := range f.apart {
		between, named := s.mask.Text(text[at:part[0]])
		for _, name := range named {
			s.note(name)
		}
		out.WriteString(between + MaskText)
		at = part[1]
	}
	return out.String()
}

// oddMarks are the marks of Markdown in a name that have no partner in it.
func oddMarks(name string) (open []string) {
	for i := 0; i < len(name); {
		c := name[i]
		n := len(name[i:]) - len(strings.TrimLeft(name[i:], string(rune(c))))
		mark := name[i : i+max(n, 1)]
		i += len(mark)
		switch {
		case c != '*' && c != '~' && c != '`':
		case len(open) > 0 && open[len(open)-1] == mark:
			open = open[:len(open)-1]
		default:
			open = append(open, mark)
		}
	}
	return open
}

// find gives the longest name at the beginning of a text. It is undecided where more text could
// change that.
func (m *Mask) find(r reading, before rune) (f foundName, undecided bool) {
	first, size, more := r.letter(0)
	if more {
		return f, true
	}
	if size == 0 || first.n == 0 {
		return f, false
	}
	for _, c := range [...]rune{first.first(), looksLike(first.first())} {
		list := m.names[c]
		for i := range list {
			n := &list[i]
			if !n.has(0, first) || !n.mayFollow(before, first) {
				continue
			}
			size, more := n.match(r)
			if !more && size == 0 {
				size, more = n.spelled(r)
			}
			if more {
				return f, true
			}
			f.name = max(f.name, size)
		}
	}
	if f.name == 0 {
		return f, false
	}
	return r.versions(f)
}

// versions adds what belongs to a name: "3.5", "-4o-mini", " Sonnet", " **3.5**".
func (r reading) versions(f foundName) (foundName, bool) {
	var more bool
	if f.name, more = r.version(f.name); more {
		return f, true
	}
	f.end = f.name
	for {
		from, more := r.toVersion(f.end)
		if more || from == f.end {
			return f, more
		}
		to, more := r.version(from)
		if more || to == from {
			return f, more
		}
		f.apart = append(f.apart, [2]int{from, to})
		f.end = to
	}
}

// toVersion passes over marks of Markdown with a separator before, among or after them. It stays
// where there are no marks.
func (r reading) toVersion(i int) (next int, more bool) {
	if next, more = r.marks(i); more {
		return 0, true
	}
	l, size, more := r.letter(next)
	if more {
		return 0, true
	}
	marked := next > i
	if size > 0 && l.separates() {
		from := next + size
		if next, more = r.marks(from); more {
			return 0, true
		}
		marked = marked || next > from
	}
	if !marked {
		return i, false
	}
	return next, false
}

// longestVersion bounds a version, in bytes: a stream must not be held back without end.
const longestVersion = 40

// version passes over what belongs to the name before it: "3.5", "-4o-mini", " Sonnet".
func (r reading) version(i int) (next int, undecided bool) {
	for {
		after, more := r.versionPart(i)
		if more {
			return 0, true
		}
		if after == i {
			return i, false
		}
		i = after
	}
}

// versionPart passes over one part, and stays where there is none.
func (r reading) versionPart(i int) (next int, more bool) {
	start := i
	l, size, more := r.letter(i)
	if more {
		return 0, true
	}
	for _, escape := range []bool{true, false} { // 4\.5
		if escape && l.as == '\\' || !escape && l.separates() {
			i += size
			if l, size, more = r.letter(i); more {
				return 0, true
			}
		}
	}
	if size > 0 && !digit(l.first()) && !wordLetter(l.first()) {
		return r.foreignVariant(start, i)
	}
	var word strings.Builder
	for digits, from := false, i; i-from < longestVersion; i += size {
		if l, size, more = r.letter(i); more {
			return 0, true
		}
		c := l.first()
		if size == 0 || l.n > 0 && !digit(c) && !wordLetter(c) {
			w := word.String()
			if w == "" || !(digits && startsVersion(w)) && !slices.Contains(variants(), w) {
				return start, false
			}
			listed, more := r.listed(from, i)
			if listed {
				i = start
			}
			return i, more
		}
		for _, part := range l.parts[:l.n] {
			word.WriteRune(part)
		}
		digits = digits || digit(c)
	}
	return start, false
}

// listed reports whether what is from one place to another is the number of an item of a list: it
// stands at the beginning of a line.
func (r reading) listed(from, to int) (yes, more bool) {
	number := strings.IndexFunc(r.text[from:to], func(c rune) bool { return !digit(c) }) < 0
	if !number || from == 0 || r.text[from-1] != '\n' {
		return false, false
	}
	c, size, more := r.at(to)
	if more || c != '.' && c != ')' {
		return false, more
	}
	c, _, more = r.at(to + size)
	return !digit(c), more
}

// foreignVariant passes over a variant in a script without blanks, where endings follow at once. It
// stays at start where there is none.
func (r reading) foreignVariant(start, i int) (next int, more bool) {
	for k := range r.foreign {
		size, more := r.foreign[k].letterByLetter(r, i)
		if more {
			return 0, true
		}
		if size > 0 {
			return size, false
		}
	}
	return start, false
}
