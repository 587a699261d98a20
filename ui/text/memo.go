package text

// Memo keeps the text that was made of a key last. Styling a row takes two to ten microseconds,
// and most rows of a frame are those of the frame before: comparing their keys costs next to
// nothing. The zero value keeps nothing.
type Memo[K comparable] struct {
	key  K
	text string
	made bool
}

// Of gives the text of a key, and makes it where the key is another one than last time.
func (m *Memo[K]) Of(key K, make func() string) string {
	if !m.made || m.key != key {
		m.key, m.text, m.made = key, make(), true
	}
	return m.text
}
