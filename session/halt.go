package session

// halt is how many characters of a reply were shown when somebody stopped it.
type halt struct{ answer, thought int }

// Halt notes that somebody stopped a reply while it was hidden how far it had come, and how many
// characters of its answer and of its reasoning were shown by then. A blind screen shows no more of
// it, since its length would tell the fast ones. The record stays as it is, and does not keep this.
func (r *Reply) Halt(answer, thought int) { r.live.halt = &halt{answer, thought} }

// Halted gives what Halt has noted.
func (r *Reply) Halted() (answer, thought int, halted bool) {
	h := r.live.halt
	if h == nil {
		return 0, 0, false
	}
	return h.answer, h.thought, true
}
