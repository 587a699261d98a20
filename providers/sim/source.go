package sim

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

// source yields the tokens of an answer, one after the other, without end.
type source interface {
	next(now time.Time) string // now is when the token is written
}

// prose is a source that reads texts in a circle.
type prose struct {
	parts [][]string
	loop  int // the part to go on with after the last
	part  int
	pos   int
}

func (p *prose) next(time.Time) string {
	for p.pos == len(p.parts[p.part]) {
		p.pos = 0
		if p.part++; p.part == len(p.parts) {
			p.part = p.loop
		}
	}
	p.pos++
	return p.parts[p.part][p.pos-1]
}

// newProse puts a heading, which may be empty, before the first text. The length is that of both,
// in tokens.
func newProse(heading string, texts []text) (p *prose, length int) {
	p = &prose{loop: 1}
	paragraph := []string{"\n\n"}
	p.parts = append(p.parts, split(heading))
	for _, t := range texts {
		p.parts = append(p.parts, t.pieces, paragraph)
	}
	return p, len(p.parts[0]) + len(texts[0].pieces)
}

// stopAt ends an answer before a stop sequence: the one that is complete first, or the longer of
// two that are complete at once. A server that looks after each token does the same. Found is that
// sequence, "" if the answer has none.
func stopAt(from source, length int, stops []string) (cut source, tokens int, found string) {
	pieces := make([]string, length)
	for i := range pieces {
		pieces[i] = from.next(time.Time{})
	}
	whole := strings.Join(pieces, "")
	begin, complete := len(whole), len(whole)+1
	for _, stop := range stops {
		at := strings.Index(whole, stop)
		end := at + len(stop)
		if at >= 0 && (end < complete || end == complete && at < begin) {
			begin, complete, found = at, end, stop
		}
	}
	for left := begin; left > 0; tokens++ {
		pieces[tokens] = pieces[tokens][:min(left, len(pieces[tokens]))]
		left -= len(pieces[tokens])
	}
	return &prose{parts: [][]string{pieces[:tokens]}}, tokens, found
}

// ownStamps is the length of an answer in the Stamp script if none is asked for.
const ownStamps = 256

// answer returns the words of a model to the last of a conversation's prompts, and their own
// length. There must be a prompt. Place is the model's among the server's models.
func (l library) answer(m Model, place int, prompts []string) (source, int) {
	if m.Script == Stamp {
		return &stamps{}, ownStamps
	}
	if len(m.Answers) > 0 {
		own := make([]text, len(m.Answers))
		for i, content := range m.Answers {
			own[i] = newText(i, general, content)
		}
		return newProse("", choose(own, prompts, 0))
	}
	script := spoken(m.Script, prompts)
	texts := choose(shelf(l.answers, script), prompts, shift(m, place))
	return newProse(heading(script, len(prompts)), texts)
}

// reason returns what a model thinks before it answers, and its own length.
func (l library) reason(m Model, place int, prompts []string) (source, int) {
	texts := shelf(l.reasoning, spoken(m.Script, prompts))
	return newProse("", choose(texts, prompts, shift(m, place)))
}

// spoken is the script of an answer: a model without one of its own answers a Korean prompt in
// Korean.
func spoken(own Script, prompts []string) Script {
	if own == "" && len(prompts) > 0 && strings.ContainsFunc(prompts[len(prompts)-1],
		func(r rune) bool { return unicode.Is(unicode.Hangul, r) }) {
		return Korean
	}
	return own
}

// shelf returns the texts of a script, and English ones where it has none.
func shelf(texts map[Script][]text, s Script) []text {
	if found := texts[s]; len(found) > 0 {
		return found
	}
	return texts[English]
}

// shift makes neighbouring models differ for certain, and seeds by chance.
func shift(m Model, place int) int { return int(mix(m.Seed)%1000) + place }

// heading shows in later turns that the conversation so far has arrived.
func heading(s Script, turn int) string {
	switch {
	case turn < 2:
		return ""
	case s == Korean:
		return fmt.Sprintf("> %d번째 질문이네요. 앞의 대화를 이어서 답합니다.\n\n", turn)
	}
	return fmt.Sprintf("> Turn %d: going on from what you asked before.\n\n", turn)
}
