package blind

import "lineup/session"

// InOrder is a turn as it may be shown, with its slots in another order: slot order[i] becomes slot
// i, and so gets its letter. What a turn says of slots, such as votes, is left out.
func (v *Veil) InOrder(t *session.Turn, order []int) *session.Turn {
	c := session.Turn{ID: t.ID, Prompt: t.Prompt, Attachments: t.Attachments,
		CreatedAt: t.CreatedAt, ToolResult: t.ToolResult}
	for i, slot := range order {
		r := t.Reply(slot)
		if r != nil {
			r = v.InTurn(t, r)
			r.Slot = i
			who := contender(i)
			r.Model, r.ServedBy, r.Contender = who.Ref.Model, who.Ref.Model, &who
		}
		c.Replies = append(c.Replies, r)
	}
	return &c
}
