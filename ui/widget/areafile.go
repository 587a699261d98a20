package widget

import (
	"strings"
	"unicode"
)

// InsertPart puts a chip where the cursor is.
func (a *Area) InsertPart(p Part) { a.insert(a.atoms.chip(p)) }

// Replace puts a chip in the place of the last occurrence of a text, and reports whether there is
// one. The cursor stays where it is, or after the chip where it was in the text.
func (a *Area) Replace(old string, p Part) bool {
	draft := a.Draft()
	old = a.atoms.encode(old, "")
	at := strings.LastIndex(draft, old)
	if at < 0 || old == "" {
		return false
	}
	cursor, end := len(a.beforeCursor()), at+len(old)
	chip := a.atoms.chip(p)
	switch {
	case cursor >= end:
		cursor += len(chip) - len(old)
	case cursor > at:
		cursor = at + len(chip)
	}
	draft = draft[:at] + chip + draft[end:]
	a.Model.SetValue(draft)
	before := draft[:cursor]
	line := before[strings.LastIndexByte(before, '\n')+1:]
	a.moveTo(strings.Count(before, "\n"), len([]rune(line)))
	a.reveal()
	return true
}

// beforeCursor is the content before the cursor, as it is in the area.
func (a *Area) beforeCursor() string {
	lines := strings.Split(a.Model.Value(), "\n")
	row := min(a.Model.Line(), len(lines)-1)
	line := []rune(lines[row])
	lines[row] = string(line[:min(a.Model.Column(), len(line))])
	return strings.Join(lines[:row+1], "\n")
}

// Word is what stands between the last blank before the cursor and the cursor; "" where a chip is
// in it.
func (a *Area) Word() string {
	before := a.beforeCursor()
	word := before[strings.LastIndexFunc(before, unicode.IsSpace)+1:]
	if hasStandIns(word) {
		return ""
	}
	return word
}

// Files are the files of the chips that stand for some, in their order.
func (a *Area) Files() (files []string) {
	if !hasStandIns(a.Model.Value()) {
		return nil
	}
	for _, p := range a.Parts() {
		if p.File != "" {
			files = append(files, p.File)
		}
	}
	return files
}
