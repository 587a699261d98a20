package session

// Letter is the name of a pane in a blind session: A for slot 0, B for slot 1, and AA after Z.
func Letter(slot int) string {
	const letters = 26
	if slot >= letters {
		return Letter(slot/letters-1) + Letter(slot%letters)
	}
	return string(rune('A' + slot))
}
