package turn

import (
	"math/rand/v2"
	"time"

	"lineup/compare"
	"lineup/providers"
	"lineup/registry"
	"lineup/session"
)

// Merge is the question to a model that merges the answers of a turn.
type Merge struct {
	Slots    []int // that are shown as A, B, C …; -1 for a letter that none has
	Messages []providers.Message
}

// MergeOf makes the question from the answers that are there. They have another order each time,
// so that no letter tells whose an answer is; with bySlot A is slot 0, B slot 1 and so on. An empty
// template is the built-in one.
func MergeOf(t *session.Turn, template string, bySlot bool) Merge {
	slots := t.Answered()
	if bySlot {
		slots = letterBySlot(slots)
	} else {
		rand.Shuffle(len(slots), func(i, j int) { slots[i], slots[j] = slots[j], slots[i] })
	}
	texts := make([]string, len(slots))
	for i, slot := range slots {
		if slot >= 0 {
			texts[i] = t.Reply(slot).VisibleText()
		}
	}
	boundary := compare.NewBoundary(append([]string{t.Prompt, template}, texts...)...)
	question := compare.MergeQuestion{Prompt: t.Prompt, Answers: texts, Template: template,
		Boundary: boundary}.Text()
	return Merge{slots, readAs(t, question)}
}

// letterBySlot gives each slot the letter of its number.
func letterBySlot(slots []int) (letters []int) {
	for _, slot := range slots {
		for len(letters) < slot {
			letters = append(letters, -1)
		}
		letters = append(letters, slot)
	}
	return letters
}

// Merge adds a model that merges answers of the turn. It gets no system prompt but its own: the
// session's is for answers.
func (t *Turn) Merge(
	slot int, to registry.Spec, m Merge, cal *session.Calibration, at time.Time,
) *session.Reply {
	req := m.Request(to)
	reply := cal.NewReply(slot, to.Info, req, at)
	reply.Merge, reply.Merged = true, m.Slots
	t.join(reply, to, req)
	return reply
}

// Request is the question as a model is sent it.
func (m Merge) Request(to registry.Spec) providers.Request { return Request(to, "", m.Messages...) }

// readAs is a question about a turn, with the files of its prompt.
func readAs(t *session.Turn, question string) []providers.Message {
	return []providers.Message{{Role: providers.User, Content: question,
		Attachments: t.Attachments}}
}
