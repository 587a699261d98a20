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
// hyphen or the like between its parts (GPT-4o, gpt4o, GPT 4o). Versions and words such as Sonnet
// or Flash are hidden with the name before them, and stay where they stand alone: "write a haiku"
// must be readable. Words are hidden whole: "dramallama" keeps its llama, and 드라마 its 라마. A
// name that is also a common word is hidden in both senses, since a leak is worse than a gap: in a
// session with a Llama the animal is hidden too, and Claude Monet with a Claude.
type Mask struct {
	names map[rune][]maskName // by their first letter
}

// NewMask makes a mask for the models of all panes, given as references or as the servers' own
// names for them.
func NewMask(models ...string) *Mask {
	m := &Mask{names: map[rune][]maskName{}}
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
		n, undecided := s.mask.match(reading{text: rest, end: end}, s.last)
		if undecided {
			break
		}
		if n > 0 {
			out.WriteString(MaskText)
			if name := rest[:n]; !slices.Contains(s.named, name) {
				s.named = append(s.named, name)
			}
		} else {
			_, n = utf8.DecodeRuneInString(rest)
			out.WriteString(rest[:n])
		}
		s.last, _ = utf8.DecodeLastRuneInString(rest[:n])
		at += n
	}
	s.held = s.held[at:]
	return out.String()
}

// match gives the length of the longest name at the beginning of a text, 0 for none. It is
// undecided where more text could change that.
func (m *Mask) match(r reading, before rune) (length int, undecided bool) {
	first, _, more := r.at(0)
	if more {
		return 0, true
	}
	for _, n := range m.names[fold(first)] {
		if !n.mayFollow(before, first) {
			continue
		}
		size, more := n.match(r)
		if more {
			return 0, true
		}
		length = max(length, size)
	}
	if length == 0 {
		return 0, false
	}
	return r.version(length)
}

// reading is a text whose end may not be there yet.
type reading struct {
	text string
	end  bool // nothing follows
}

// at gives the character at a place, and its size. more is true where it is not there yet. At the
// end the size is 0.
func (r reading) at(i int) (c rune, size int, more bool) {
	rest := r.text[i:]
	if !r.end && !utf8.FullRuneInString(rest) {
		return 0, 0, true
	}
	if rest == "" {
		return 0, 0, false
	}
	c, size = utf8.DecodeRuneInString(rest)
	return c, size, false
}

// skip passes over characters that cannot be seen.
func (r reading) skip(i int) (next int, more bool) {
	for {
		c, size, more := r.at(i)
		if more || size == 0 || !invisible(c) {
			return i, more
		}
		i += size
	}
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
	c, size, more := r.at(i)
	if more {
		return 0, true
	}
	if separator(c) {
		i += size
		if c, size, more = r.at(i); more {
			return 0, true
		}
	}
	if size > 0 && !digit(c) && !wordLetter(c) {
		return r.foreignVariant(start, i)
	}
	word := i
	for digits := false; i-word < longestVersion; i += size {
		if c, size, more = r.at(i); more {
			return 0, true
		}
		if size == 0 || !digit(c) && !wordLetter(c) {
			w := foldAll(r.text[word:i])
			if i > word && (digits && startsVersion(w) || slices.Contains(variants(), w)) {
				return i, false
			}
			return start, false
		}
		digits = digits || digit(c)
	}
	return start, false
}

// foreignVariant passes over a variant in a script without blanks, where endings follow at once. It
// stays at start where there is none.
func (r reading) foreignVariant(start, i int) (next int, more bool) {
	for _, v := range variants() {
		at, missing := i, false
		for _, want := range v {
			c, size, more := r.at(at)
			if more {
				return 0, true
			}
			if missing = size == 0 || fold(c) != want; missing {
				break
			}
			at += size
		}
		if !missing {
			return at, false
		}
	}
	return start, false
}
