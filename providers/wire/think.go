package wire

import "strings"

// thinkTag is how a family of models marks its reasoning where the server leaves it inline.
type thinkTag struct {
	open, end string
	alone     endAlone
}

// endAlone says when an end tag counts that nothing has begun.
type endAlone uint8

const (
	notInProse endAlone = iota // where it does not stand in prose
	always                     // it is a token of the vocabulary, which no prose holds
	never                      // it could be prose
)

// thinkTags are those of the well-known families: DeepSeek, Qwen, GLM and many others, Gemini and
// EXAONE (thought), Seed-OSS, LongCat, Mistral's Magistral, Cohere's Command A, Kimi-VL,
// OpenThinker, MedGemma, Gemma 4, Apertus, gpt-oss (with its head in the prompt), and IBM's
// Granite.
func thinkTags() []thinkTag {
	return []thinkTag{
		{"<think>", "</think>", notInProse},
		{"<thinking>", "</thinking>", notInProse},
		{"<thought>", "</thought>", notInProse},
		{"<thoughts>", "</thoughts>", notInProse},
		{"<reasoning>", "</reasoning>", notInProse},
		{"<antThinking>", "</antThinking>", notInProse}, // Claude's, where its prompt asks for it
		{"<seed:think>", "</seed:think>", always},
		{"<longcat_think>", "</longcat_think>", always},
		{"<mm:think>", "</mm:think>", always},
		{"[THINK]", "[/THINK]", always},
		{"<|START_THINKING|>", "<|END_THINKING|>", always},
		{"◁think▷", "◁/think▷", always},
		{"<|begin_of_thought|>", "<|end_of_thought|>", always},
		{"<unused94>thought", "<unused95>", always},
		{"<|channel>thought", "<channel|>", always},
		{"<|inner_prefix|>", "<|inner_suffix|>", always},
		{harmonyChannel + "analysis" + harmonyMessage,
			harmonyEnd + harmonyStart + harmonyChannel + harmonyFinal + harmonyMessage, always},
		{"Here is my thought process:", "Here is my response:", never},
		{"Here's my thought process:", "Here's my response:", never},
	}
}

// answerTags mark the answer beside the reasoning, in some of the families. They go with the
// reasoning's own.
func answerTags() []thinkTag {
	return []thinkTag{
		{"<|START_RESPONSE|>", "<|END_RESPONSE|>", always},
		{"<|begin_of_solution|>", "<|end_of_solution|>", always},
	}
}

// The parts of gpt-oss' format, Harmony: <|start|>assistant<|channel|>analysis<|message|>…<|end|>,
// and the answer in the channel final, which may end with <|return|>.
// https://developers.openai.com/cookbook/articles/openai-harmony
const (
	harmonyStart   = "<|start|>assistant"
	harmonyChannel = "<|channel|>"
	harmonyMessage = "<|message|>"
	harmonyEnd     = "<|end|>"
	harmonyReturn  = "<|return|>"
	harmonyFinal   = "final"
	maxHarmony     = 200 // bytes from <|channel|> to <|message|>

	// What is left of it where a server has dropped the tokens and kept the words between them.
	bareHead = "analysis"
	bareEnd  = "assistantfinal"
)

// thinkSplitter parts reasoning that a server leaves inline, in tags, from the answer. A pair of
// tags counts at the very start of the answer, after white space at most: an answer that talks
// about "<think>" later keeps it. An end tag without a beginning counts too, where it does not
// stand in prose: chat templates put the beginning into the prompt. What was taken for the answer
// until then is reasoning (see moved). The tags may be split anywhere across pieces. Without an end
// tag all of it is reasoning. White space beside the tags goes with them.
type thinkSplitter struct {
	state thinkState
	held  string // the end of what was written, as long as it may be the beginning of a tag
	// the tag that ends the reasoning or, in an answer with tags of its own, the answer
	end string

	closed bool  // reasoning has come: a further end tag is prose
	said   prose // the answer so far, as long as an end tag may yet turn it into reasoning
}

type thinkState uint8

const (
	beforeThink thinkState = iota // nothing but white space so far
	thinkBegins                   // after the tag, white space is skipped
	thinking
	thinkEnds    // after the end tag, white space is skipped
	answerBegins // after a tag of the answer itself, the same
	answering
)

const (
	thinkSpace = " \t\r\n"
	maxLeading = 64 // white space ahead of the tag, in bytes; more is an answer of its own
)

// split is what a piece settles: reasoning, then answer. moved says that all of the answer so far
// was reasoning.
type split struct {
	moved             bool
	reasoning, answer string
}

// write takes the next piece of the stream and gives what it settles, with what was held back
// before.
func (s *thinkSplitter) write(piece string) (out split) {
	if s.goesOn() && ordinary(piece) {
		s.note(piece)
		return split{answer: piece}
	}
	piece, s.held = s.held+piece, ""
	for {
		switch s.state {
		case beforeThink, thinkEnds:
			if piece = s.begin(piece); s.held != "" || s.state == beforeThink ||
				s.state == thinkEnds && piece == "" {
				return out
			}
		case thinkBegins:
			if piece = strings.TrimLeft(piece, thinkSpace); piece == "" {
				return out
			}
			s.state = thinking
		case thinking:
			at, n := indexTag(piece, s.end)
			if at < 0 {
				keep := len(piece) - tagPrefix(piece, s.end)
				s.held = piece[keep:]
				out.reasoning += piece[:keep]
				return out
			}
			s.state, s.closed = thinkEnds, true
			out.reasoning += piece[:at]
			piece = piece[at+n:]
		case answerBegins:
			if piece = strings.TrimLeft(piece, thinkSpace); piece == "" {
				return out
			}
			s.state = answering
		case answering:
			return s.answer(piece, out)
		}
	}
}

// begin looks for a tag at the start, before or between reasoning, and holds back what may become
// one. It gives what is left of the piece and moves to the next state.
func (s *thinkSplitter) begin(piece string) string {
	start := strings.TrimLeft(piece, thinkSpace)
	leading := len(piece) - len(start)
	if s.state == beforeThink && leading > maxLeading {
		s.state = answering
		return piece
	}
	if s.state == thinkEnds {
		piece = start
	}
	if start == "" {
		if s.state == beforeThink {
			s.held = piece
		}
		return ""
	}
	if rest, state, found := s.harmony(start); found {
		if s.held != "" {
			s.held = piece
			return ""
		}
		s.state = state
		return rest
	}
	possible := false
	for _, t := range thinkTags() {
		switch n, whole := openTag(start, t); {
		case n > 0:
			s.state, s.end = thinkBegins, t.end
			return start[n:]
		case !whole:
			possible = true
		}
		if t.alone != never && hasTag(start, t.end) { // of reasoning that came before, or of none
			s.closed = true
			s.state = thinkEnds
			return s.begin(start[len(t.end):])
		}
		possible = possible || hasTag(t.open, start) || t.alone != never && hasTag(t.end, start)
	}
	for _, t := range answerTags() {
		if hasTag(start, t.open) {
			s.state, s.end, s.closed = answerBegins, t.end, true
			return start[len(t.open):]
		}
		possible = possible || hasTag(t.open, start)
	}
	if possible {
		s.held = piece
		return ""
	}
	s.state, s.end = answering, ""
	return piece
}

// maxAttributes bounds what may stand in a tag besides its name, in bytes.
const maxAttributes = 256

// openTag measures the tag that begins a text, 0 where it is none. A tag of markup may have
// attributes, each with a value: <think id="1">. whole is false where more of the text may make it
// one.
func openTag(start string, t thinkTag) (n int, whole bool) {
	if hasTag(start, t.open) {
		return len(t.open), true
	}
	name := strings.TrimSuffix(t.open, ">")
	if t.alone != notInProse || !hasTag(start, name) {
		return 0, true
	}
	rest := start[len(name):]
	if len(rest) > maxAttributes || rest != "" && strings.IndexByte(thinkSpace, rest[0]) < 0 {
		return 0, true
	}
	switch n := attributes(rest); {
	case n < 0:
		return 0, true
	case n == len(rest):
		return 0, false
	default:
		return len(name) + n + 1, true // with the >
	}
}

// attributes measures what stands before the > of a tag. That is all of it where the > has not come
// yet, and -1 where it is something else, such as prose.
func attributes(s string) int {
	for i := 0; ; {
		for i < len(s) && strings.IndexByte(thinkSpace, s[i]) >= 0 {
			i++
		}
		if i == len(s) || s[i] == '>' {
			return i
		}
		from := i
		for i < len(s) && (wordByte(s[i]) || s[i] == '-' || s[i] == ':' || s[i] == '.') {
			i++
		}
		switch {
		case i == len(s):
			return i
		case i == from || s[i] != '=':
			return -1
		}
		if i++; i == len(s) {
			return i
		}
		if quote := s[i]; quote == '"' || quote == '\'' {
			end := strings.IndexByte(s[i+1:], quote)
			if end < 0 {
				return len(s)
			}
			i += end + 2
			continue
		}
		for i < len(s) && strings.IndexByte(thinkSpace+">", s[i]) < 0 {
			i++
		}
	}
}

// harmony reads the head of a message in gpt-oss' format, or holds back what may become one.
func (s *thinkSplitter) harmony(start string) (rest string, next thinkState, found bool) {
	n := len(bareHead)
	switch {
	case strings.HasPrefix(bareHead, start):
		s.held = start
		return "", s.state, true
	// no sentence begins so
	case strings.HasPrefix(start, bareHead) && start[n] >= 'A' && start[n] <= 'Z':
		s.end = bareEnd
		return start[n:], thinkBegins, true
	}
	head := strings.TrimPrefix(start, harmonyStart)
	if strings.HasPrefix(harmonyStart+harmonyChannel, start) ||
		strings.HasPrefix(harmonyChannel, head) {
		s.held = start
		return "", s.state, true
	}
	if !strings.HasPrefix(head, harmonyChannel) {
		return "", s.state, false
	}
	name, rest, whole := strings.Cut(head[len(harmonyChannel):], harmonyMessage)
	switch {
	case len(name) > maxHarmony:
		return "", s.state, false
	case !whole:
		s.held = start
		return "", s.state, true
	case strings.HasPrefix(strings.TrimSpace(name), harmonyFinal):
		s.end, s.closed = harmonyReturn, true
		return rest, answerBegins, true
	}
	s.end = harmonyEnd
	return rest, thinkBegins, true
}

// answer takes a piece of the answer. It holds back the beginning of a possible end tag.
func (s *thinkSplitter) answer(piece string, out split) split {
	if s.closed {
		out.answer = s.closing(piece)
		return out
	}
	for from := 0; ; {
		at, tag := firstEndTag(piece[from:])
		if at < 0 {
			break
		}
		at += from
		after := piece[at+len(tag.end):]
		if after == "" { // what follows decides
			s.hold(&out, piece, len(piece)-at)
			return out
		}
		if s.ends(piece[:at], tag, after) {
			return s.move(piece, at, tag, out)
		}
		from = at + len(tag.end)
	}
	keep := 0
	for _, t := range thinkTags() {
		if t.alone != never {
			keep = max(keep, tagPrefix(piece, t.end))
		}
	}
	s.hold(&out, piece, keep)
	return out
}

// hold gives a piece but for its last n bytes, which it keeps.
func (s *thinkSplitter) hold(out *split, piece string, n int) {
	out.answer = piece[:len(piece)-n]
	s.held = piece[len(piece)-n:]
	s.said.advance(out.answer)
}

// move ends reasoning that nothing has begun. The tag stands in the piece.
func (s *thinkSplitter) move(piece string, at int, tag thinkTag, out split) split {
	out.moved = s.said.length > 0
	out.reasoning += piece[:at]
	s.state, s.closed, s.end = thinkEnds, true, ""
	next := s.write(piece[at+len(tag.end):])
	out.answer = next.answer
	out.reasoning += next.reasoning
	return out
}

// closing gives a piece of an answer without its end tag. Only some families mark the answer too.
func (s *thinkSplitter) closing(piece string) string {
	if s.end == "" || s.state != answering {
		return piece
	}
	ends := []string{s.end}
	if s.end == harmonyReturn {
		ends = append(ends, harmonyEnd)
	}
	keep := 0
	for _, end := range ends {
		if before, ok := strings.CutSuffix(strings.TrimRight(piece, thinkSpace), end); ok {
			s.held = piece[len(before):]
			return before
		}
		keep = max(keep, tagPrefix(piece, end))
	}
	s.held = piece[len(piece)-keep:]
	return piece[:len(piece)-keep]
}

// close gives what is still held back at the end of the stream.
func (s *thinkSplitter) close() (out split) {
	held := s.held
	s.held = ""
	switch s.state {
	case thinking, thinkBegins:
		return split{reasoning: held}
	case answering:
		if s.closed {
			if end := strings.TrimRight(held, thinkSpace); s.end != "" &&
				(end == s.end || s.end == harmonyReturn && end == harmonyEnd) {
				return split{}
			}
			return split{answer: held}
		}
		if at, tag := firstEndTag(held); at == 0 && held == tag.end && s.ends("", tag, "\n") {
			return split{moved: s.said.length > 0}
		}
	}
	return split{answer: held}
}

// goesOn reports whether an ordinary piece is a piece of the answer as it is.
func (s *thinkSplitter) goesOn() bool {
	return s.state == answering && s.held == "" &&
		(s.closed && s.end == "" || !s.closed && s.said.plain())
}

// note remembers an ordinary piece of the answer.
func (s *thinkSplitter) note(piece string) {
	if !s.closed {
		s.said.note(piece)
	}
}

// ends reports whether an end tag without a beginning ends reasoning, by what stands around it.
// before is what of the answer is not in said yet.
func (s *thinkSplitter) ends(before string, tag thinkTag, after string) bool {
	if tag.alone == always {
		return true
	}
	said := s.said
	said.advance(before)
	if said.opened || said.fenced || said.ticks%2 == 1 {
		return false
	}
	before = said.end()
	last, next := byte('\n'), after[0]
	if before != "" {
		last = before[len(before)-1]
	}
	switch {
	case last == '"' || last == '\'' || last == '*' || last == '_':
		return next != last
	case strings.HasSuffix(before, "“") || strings.HasSuffix(before, "‘") ||
		strings.HasSuffix(before, "«") ||
		strings.HasSuffix(before, "„"):
		return false
	case strings.IndexByte("([{<=|/", last) >= 0:
		return false
	case last != ' ' && last != '\t':
		return true
	case next == '\n' || next == '\r':
		return true
	}
	sentence := strings.TrimRight(before, " \t")
	return sentence != "" && strings.IndexByte(".!?:;)\n", sentence[len(sentence)-1]) >= 0
}

// firstEndTag finds the first end tag in a text; -1 where there is none.
func firstEndTag(text string) (at int, tag thinkTag) {
	at = -1
	for _, t := range thinkTags() {
		if t.alone == never {
			continue
		}
		if i, _ := indexTag(text, t.end); i >= 0 && (at < 0 || i < at) {
			at, tag = i, t
		}
	}
	return at, tag
}

// hasTag reports whether s begins with a tag. The case of Latin letters does not matter.
func hasTag(s, tag string) bool {
	if len(s) < len(tag) {
		return false
	}
	for i := range len(tag) {
		a, b := s[i], tag[i]
		if a >= 'A' && a <= 'Z' {
			a |= 0x20
		}
		if b >= 'A' && b <= 'Z' {
			b |= 0x20
		}
		if a != b {
			return false
		}
	}
	return true
}

// indexTag finds a tag and gives its length; -1 where there is none.
func indexTag(s, tag string) (at, n int) {
	for from := 0; ; {
		i := strings.IndexByte(s[from:], tag[0])
		if i < 0 {
			return -1, 0
		}
		if hasTag(s[from+i:], tag) {
			return from + i, len(tag)
		}
		from += i + 1
	}
}

// tagPrefix is the length of the longest end of s that a tag begins with.
func tagPrefix(s, tag string) int {
	for n := min(len(s), len(tag)-1); n > 0; n-- {
		if hasTag(s[len(s)-n:], tag[:n]) {
			return n
		}
	}
	return 0
}
