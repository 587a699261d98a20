package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// StandIns are characters in the place of clusters that Screen changes: each as wide as what is
// shown, so that a text with them is laid out as the screen text is. They tell which cells show
// what.
type StandIns struct {
	shown, written []string // pairs for a strings.Replacer, by stand-in
}

// StandIns puts a stand-in in the place of every cluster of some texts that could not be told from
// the screen. A mark without a cell goes with the letter before it.
func (c Clusters) StandIns(texts ...string) (marked []string, in StandIns) {
	used := map[rune]bool{}
	for _, s := range texts {
		for _, r := range s {
			used[r] = true
		}
	}
	for _, s := range texts {
		marked = append(marked, in.mark(c, s, used))
	}
	return marked, in
}

// mark puts the stand-ins into a text. used are the characters that are none.
func (in *StandIns) mark(c Clusters, s string, used map[rune]bool) string {
	if isASCII(s) || c.Written(c.Screen(s)) == s {
		return s
	}
	var b strings.Builder
	var last string // the cluster before, not yet written
	for len(s) > 0 {
		cluster, _ := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
		s = s[len(cluster):]
		if last != "" && ansi.StringWidth(c.Screen(cluster)) == 0 && bears(last) &&
			cluster != "\n" {
			last += cluster
			continue
		}
		b.WriteString(in.put(c, last, used))
		last = cluster
	}
	b.WriteString(in.put(c, last, used))
	return b.String()
}

// bears reports whether a mark may go with a cluster: one that is no markup.
func bears(cluster string) bool {
	r, _ := utf8.DecodeRuneInString(cluster)
	return r >= utf8.RuneSelf || unicode.IsLetter(r) || unicode.IsDigit(r)
}

// put gives the stand-in of a cluster, or the cluster where none is needed.
func (in *StandIns) put(c Clusters, cluster string, used map[rune]bool) string {
	shown := c.Screen(cluster)
	if c.Written(shown) == cluster {
		return cluster
	}
	r, _ := utf8.DecodeRuneInString(shown)
	var from, to rune
	switch width := ansi.StringWidth(shown); {
	case width == 1:
		from, to = 0xe000, 0xf8ff // private use
	case width == 2 && unicode.Is(unicode.Han, r):
		from, to = 0x4e00, 0x9fff
	case width == 2:
		from, to = 0xac00, 0xd7a3
	case width == 0:
		for i := 1; i < len(in.written); i += 2 {
			if in.written[i] == cluster {
				return in.written[i-1]
			}
		}
		from, to = 0x2060, 0x2064 // the invisible operators of mathematics
	default:
		return cluster
	}
	for r := to; r > from; r-- {
		if used[r] {
			continue
		}
		used[r] = true
		in.shown = append(in.shown, string(r), shown)
		in.written = append(in.written, string(r), cluster)
		return string(r)
	}
	return cluster
}

// Any reports whether there is a stand-in.
func (in StandIns) Any() bool { return len(in.shown) > 0 }

// Shown puts what the screen shows in the place of stand-ins.
func (in StandIns) Shown(s string) string { return strings.NewReplacer(in.shown...).Replace(s) }

// Written puts what was written in the place of stand-ins.
func (in StandIns) Written(s string) string {
	return strings.NewReplacer(in.written...).Replace(s)
}
