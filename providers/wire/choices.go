package wire

import "slices"

// choices finds the one choice of the chunks of a stream that is the answer: lineup asks for one,
// but servers number it as they like. Some begin at 1, and some count on with each chunk
// (BerriAI/litellm#3678). Where a server sends several choices all the same, because the config
// asks for them, the first one is the answer.
//
// A choice with a new number is held back. It goes on with the answer if all further numbers are
// new too. It is another answer if an earlier number comes again, or after the end of the answer.
type choices struct {
	begun  bool
	first  int // the number of the answer
	last   int // the number that came last, of those that go on with the answer
	many   bool
	ended  bool  // the answer has its finish reason
	moving bool  // a number follows the other: each chunk goes on with the answer
	before []int // the numbers before the present one, as long as several answers are possible
	held   []heldChoice
}

// heldChoice is a choice with the frame that it came in.
type heldChoice struct {
	choice *chatChoice
	frame  frame
}

// maxHeldChoices is how many chunks in a row may have other numbers than before until they are
// believed to be the answer. A server that sends several choices sends them in turn.
const maxHeldChoices = 8

// settled reports whether a choice of this number is certain to be the answer.
func (c *choices) settled(index int) bool {
	return !c.begun || (index == c.last || index == c.first && c.many) && len(c.held) == 0
}

// answer gives the choices among those of a chunk that belong to the answer, in their order, with
// those that were held back until now.
func (c *choices) answer(all []chatChoice, f frame) []heldChoice {
	if len(all) == 0 {
		return nil
	}
	if !c.begun {
		c.begun, c.first = true, all[0].Index
		for i := range all {
			c.first = min(c.first, all[i].Index)
		}
		c.last = c.first
	}
	for i := range all {
		if all[i].Index != all[0].Index { // several in one chunk
			c.many, c.held = true, nil
		}
	}
	var out []heldChoice
	for i := range all {
		ch := &all[i]
		at := frame{at: f.at, bytes: f.bytes, event: f.event}
		switch {
		case c.many:
			if ch.Index == c.first {
				out = append(out, heldChoice{ch, at})
			}
		case ch.Index == c.last && len(c.held) == 0:
			c.ended = c.ended || finishReason(ch.finish()) != ""
			out = append(out, heldChoice{ch, at})
		case !c.moving && (c.ended || slices.Contains(c.before, ch.Index) || c.returns(ch.Index)):
			c.many, c.held = true, nil
			if ch.Index == c.first {
				out = append(out, heldChoice{ch, at})
			}
		default:
			one := *ch
			if present := c.present(); present != ch.Index {
				c.before = append(c.before, present)
			}
			c.held = append(c.held, heldChoice{&one, at})
			if c.moving || len(c.held) > maxHeldChoices {
				out = append(out, c.release()...)
			}
		}
	}
	return out
}

// present is the number that came last.
func (c *choices) present() int {
	if n := len(c.held); n > 0 {
		return c.held[n-1].choice.Index
	}
	return c.last
}

// returns reports whether a number is that of the answer while others are held back.
func (c *choices) returns(index int) bool { return len(c.held) > 0 && index == c.last }

// release gives what is held back: nothing has spoken against it.
func (c *choices) release() []heldChoice {
	held := c.held
	if c.held = nil; len(held) > 0 {
		c.moving = c.moving || len(held) > maxHeldChoices
		c.last = held[len(held)-1].choice.Index
	}
	return held
}
