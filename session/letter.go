package session

// Letter is what a pane is called in a session that hides who is who: A for slot 0, B for slot 1,
// and AA after Z.
func Letter(slot int) string {
	const letters = 26
	if slot >= letters {
		return Letter(slot/letters-1) + Letter(slot%letters)
	}
	return string(rune('A' + slot))
}
