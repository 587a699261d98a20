package markdown

import (
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/lexers"
)

// Chroma takes 3 to 5 µs a character and can neither go on from where it stopped nor say in which
// state it did. A growing block is therefore lexed in segments. A segment ends at a line where
// lexing may start afresh: the lexer, started there, gives the same tokens for all that is known to
// follow. The ends of segments are found within a window of so many bytes. They depend on the text
// alone, not on its pieces: a block looks the same streamed or at once. A window without such a
// line is doubled, up to a limit that ends the segment anyway.
const (
	window    = 2 << 10
	maxWindow = 16 << 10
	maxLine   = 4 << 10 // longer lines are data, not code; a window with one is not lexed
)

// A run is a stretch of code of one token type.
type run struct {
	bytes int
	token chroma.TokenType
}

// A segment is code that has been lexed. The runs may end before the text does; what follows is
// still without colour.
type segment struct {
	text string
	runs []run
}

// A highlighter lexes the code blocks of one stream and remembers the tokens. Drawing the blocks
// again, at another width say, costs nothing. Memory stays within a small multiple of the code.
type highlighter struct {
	lexed map[lexKey]segment
	draft segment // the open end of a growing block
	lang  string  // and its language
	off   bool    // the style has no colours for code
}

type lexKey struct{ lang, text string }

func newHighlighter() *highlighter { return &highlighter{lexed: map[lexKey]segment{}} }

func (h *highlighter) lexer(lang string) chroma.Lexer {
	if h.off {
		return nil
	}
	return lexerFor(lang)
}

// segments lexes text, code in the language that a fence names. If open, more is to come, and the
// last, unsettled segment is lexed only now and then.
func (h *highlighter) segments(lang, text string, open bool) []segment {
	lexer := h.lexer(lang)
	if lexer == nil {
		return []segment{{text: text}}
	}
	var segs []segment
	for text != "" {
		seg, ok := h.settled(lexer, lang, text)
		switch {
		case ok:
		case open:
			seg = h.growing(lexer, lang, text)
		default:
			seg = h.remember(lang, text, func() segment { return segment{text, lex(lexer, text)} })
		}
		segs = append(segs, seg)
		text = text[len(seg.text):]
	}
	return segs
}

// settledLen returns how much at the start of growing code is in segments that nothing to come can
// change.
func (h *highlighter) settledLen(lang, text string) (n int) {
	lexer := h.lexer(lang)
	if lexer == nil {
		return strings.LastIndexByte(text, '\n') + 1
	}
	for {
		seg, ok := h.settled(lexer, lang, text[n:])
		if !ok {
			return n
		}
		n += len(seg.text)
	}
}

// settled returns the first segment of text, if enough of the text is known.
func (h *highlighter) settled(lexer chroma.Lexer, lang, text string) (segment, bool) {
	for size := window; size <= maxWindow; size *= 2 {
		if len(text) < size {
			break
		}
		nl := strings.IndexByte(text[size-1:], '\n')
		if nl < 0 {
			break
		}
		win := text[:size+nl]
		seg := h.remember(lang, win, func() segment {
			runs := lex(lexer, win)
			n := restart(lexer, win, runs)
			if n == 0 && size == maxWindow {
				n = len(win)
			}
			return segment{win[:n], head(runs, n)}
		})
		if seg.text != "" {
			h.lexed[lexKey{lang, seg.text}] = seg // which is drawn without what follows
			return seg, true
		}
	}
	return segment{}, false
}

// growing lexes the open end of a block again when it has grown enough to be worth it, so that the
// total stays within a small multiple of lexing it once.
func (h *highlighter) growing(lexer chroma.Lexer, lang, text string) segment {
	whole := text[:strings.LastIndexByte(text, '\n')+1]
	known := len(h.draft.text)
	if lang != h.lang || !strings.HasPrefix(text, h.draft.text) || len(whole)-known > 100+known/3 {
		h.lang, h.draft = lang, segment{whole, lex(lexer, whole)}
	}
	return segment{text, h.draft.runs}
}

func (h *highlighter) remember(lang, text string, lex func() segment) segment {
	key := lexKey{lang, text}
	seg, ok := h.lexed[key]
	if !ok {
		seg = lex()
		h.lexed[key] = seg
	}
	return seg
}

// restart returns the start of a line of text from which on the lexer, started there, agrees with
// runs, or 0.
func restart(lexer chroma.Lexer, text string, runs []run) int {
	for _, at := range candidates(text) {
		i, n := 0, 0
		for ; i < len(runs) && n < at; i++ {
			n += runs[i].bytes
		}
		if n == at && agrees(lexer, text[at:], runs[i:]) {
			return at
		}
	}
	return 0
}

// agrees reports whether the tokens of text are runs. It lexes no further than they are.
func agrees(lexer chroma.Lexer, text string, runs []run) bool {
	left := 0 // of runs[0]
	if len(runs) > 0 {
		left = runs[0].bytes
	}
	n := 0
	for t, ok := range tokens(lexer, text) {
		if !ok || len(runs) == 0 || t.token != runs[0].token || t.bytes > left {
			return false
		}
		n += t.bytes
		if left -= t.bytes; left == 0 {
			if runs = runs[1:]; len(runs) > 0 {
				left = runs[0].bytes
			}
		}
	}
	return n == len(text) && len(runs) == 0
}

// candidates returns line starts in the second half of text, those most likely to be outside of any
// construct first: lines that are not indented and follow a blank line, then others that are not
// indented, then any, and of each kind the last first.
func candidates(text string) []int {
	const most = 8
	var afterBlank, flush, inner []int
	for at := len(text) / 2; ; {
		nl := strings.IndexByte(text[at:], '\n')
		if at += nl + 1; nl < 0 || at >= len(text)*7/8 {
			break
		}
		switch {
		case strings.IndexByte(" \t\n})]", text[at]) >= 0:
			inner = append(inner, at)
		case strings.HasSuffix(text[:at], "\n\n"):
			afterBlank = append(afterBlank, at)
		default:
			flush = append(flush, at)
		}
	}
	slices.Reverse(afterBlank)
	slices.Reverse(flush)
	slices.Reverse(inner)
	all := slices.Concat(afterBlank, flush, inner)
	return all[:min(most, len(all))]
}

// head returns the runs of the first n bytes.
func head(runs []run, n int) []run {
	for i, r := range runs {
		if n -= r.bytes; n <= 0 {
			h := append([]run(nil), runs[:i+1]...)
			h[i].bytes += n
			return h
		}
	}
	return runs
}

// lex returns the runs of text; without colour from where the lexer fails.
func lex(lexer chroma.Lexer, text string) (runs []run) {
	for l := range strings.Lines(text) {
		if len(l) > maxLine {
			return nil
		}
	}
	for t, ok := range tokens(lexer, text) {
		if !ok {
			break
		}
		if n := len(runs); n > 0 && runs[n-1].token == t.token {
			runs[n-1].bytes += t.bytes
		} else {
			runs = append(runs, t)
		}
	}
	return runs
}

// tokens yields the tokens of text as they are lexed, each a run of its own, and false where the
// lexer fails.
func tokens(lexer chroma.Lexer, text string) iter.Seq2[run, bool] {
	return func(yield func(run, bool) bool) {
		var next chroma.Iterator
		var t chroma.Token
		var err error
		ok := safely(func() {
			next, err = lexer.Tokenise(&chroma.TokeniseOptions{State: "root"},
				text)
		}) && err == nil
		for ok && text != "" {
			if ok = safely(func() { t = next() }); !ok {
				break
			}
			if t == chroma.EOF {
				return
			}
			if ok = strings.HasPrefix(text, t.Value); ok {
				text = text[len(t.Value):]
				if !yield(run{len(t.Value), t.Type}, true) {
					return
				}
			}
		}
		if !ok {
			yield(run{}, false)
		}
	}
}

// safely calls f and reports whether it returned: lexers report some failures by panicking.
func safely(f func()) (ok bool) {
	defer func() { ok = recover() == nil }()
	f()
	return true
}

// lexerFor returns the lexer of the language that a fence names, or nil: no name, an unknown one,
// or plain text. Chroma's own look-up tries an unknown name as a file name against every lexer (10
// ms) and its highlighter then analyses the text with every lexer (another 8 ms for 1,000
// characters).
func lexerFor(lang string) chroma.Lexer { return lexersByName()[strings.ToLower(lang)] }

// lexersByName is constant once made; it is made when the first fence with a language is drawn.
var lexersByName = sync.OnceValue(func() map[string]chroma.Lexer {
	all := lexers.GlobalLexerRegistry.Lexers
	byName := make(map[string]chroma.Lexer, 4*len(all))
	add := func(name string, l chroma.Lexer) {
		if name = strings.ToLower(name); byName[name] == nil {
			byName[name] = l
		}
	}
	for _, l := range all {
		add(l.Config().Name, l)
	}
	for _, l := range all {
		for _, alias := range l.Config().Aliases {
			add(alias, l)
		}
	}
	for _, l := range all {
		for _, pattern := range l.Config().Filenames {
			if ext, ok := strings.CutPrefix(pattern, "*."); ok {
				add(ext, l)
			}
		}
	}
	for _, name := range []string{"", "text", "plain", "plaintext", "txt", "no-highlight"} {
		delete(byName, name)
	}
	return byName
})
