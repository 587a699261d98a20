package ui

import (
	"fmt"

	"lineup/ui/keys"
	"lineup/ui/markdown"
	"lineup/ui/pane"
)

// pickCode marks the next code block, from the last one on to the first.
func (a *app) pickCode(p *pane.Pane) {
	var blocks []markdown.Block
	if words := newestText(a, p); words != "" {
		blocks = markdown.CodeBlocks(words)
	}
	if len(blocks) == 0 {
		a.flash = "there is no code in this answer"
		return
	}
	k := a.keys.Label
	a.flash = fmt.Sprintf("%s copies it, %s saves it, %s marks the next one",
		k(keys.Copy), k(keys.Save), k(keys.PickCode))
	p.MarkCode(blocks, a.lookOf(p))
}
