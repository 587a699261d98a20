package markdown

import "github.com/yuin/goldmark/ast"

// A Block is a code block as its author wrote it, to copy.
type Block struct {
	Lang string // as the fence names it, or ""
	Text string // without the line end of its last line
}

// CodeBlocks finds the code blocks of a text in their order, those inside lists and quotations too.
func CodeBlocks(text string) []Block {
	src := []byte(text)
	doc, _ := parse(newParser(), src, nil)
	if doc == nil {
		return nil
	}
	var blocks []Block
	_ = ast.Walk(doc, func(n ast.Node, in bool) (ast.WalkStatus, error) {
		lang := ""
		switch n := n.(type) {
		case *ast.FencedCodeBlock:
			lang = string(n.Language(src))
		case *ast.CodeBlock:
		default:
			return ast.WalkContinue, nil
		}
		if code := codeText(n.Lines(), src); in && code != "" {
			if code[len(code)-1] == '\n' {
				code = code[:len(code)-1]
			}
			blocks = append(blocks, Block{lang, code})
		}
		return ast.WalkSkipChildren, nil
	})
	return blocks
}
