package wire

import (
	"strings"
	"sync"
)

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
var thinkTags = sync.OnceValue(func() []thinkTag {
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
})

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
	if rest != "" && strings.IndexByte(thinkSpace, rest[0]) < 0 {
		return 0, true
	}
	near := rest[:min(len(rest), maxAttributes)]
	switch n := attributes(near); {
	case n < 0:
		return 0, true
	case n == len(near):
		return 0, len(rest) >= maxAttributes
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
