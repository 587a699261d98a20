package exchange

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	gmtext "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"lineup/providers"
)

// In Markdown a definition such as "[1]: https://a.example" holds in the whole document: a [1] of
// another answer would become a link to the source of this one (CommonMark 0.31 §4.7; footnotes of
// GitHub likewise). Nothing bounds it. So a text whose definitions would change another one stands
// in a code block, as it was written.

// definer finds what texts define and use. It has a parser without footnotes and one with them,
// since readers differ.
type definer struct{ plain, notes goldmark.Markdown }

func newDefiner() *definer {
	return &definer{goldmark.New(goldmark.WithExtensions(extension.GFM)),
		goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote))}
}

// foreign is where links lead that are none without the definitions of other texts.
const foreign = "lineup:"

// reaching tells which texts of a document have definitions that would change another text. own are
// further words of the document, which define nothing.
func (d *definer) reaching(texts []string, own string) []bool {
	reach := make([]bool, len(texts))
	defined := make([]map[string]string, len(texts))
	labels := map[string]bool{}
	for i, text := range texts {
		defined[i] = d.defines(text)
		for label := range defined[i] {
			labels[label] = true
		}
	}
	if len(labels) == 0 {
		return reach
	}
	used := make([]map[string]bool, len(texts)+1)
	for i, text := range append(texts[:len(texts):len(texts)], own) {
		used[i] = d.uses(text, labels)
	}
	for i := range texts {
		for label, meaning := range defined[i] {
			for j := range used {
				own := "" // what the label means to text j itself; the first definition holds
				if j < len(texts) {
					own = defined[j][label]
				}
				holds := own != "" && (j < i || own == meaning)
				if j != i && used[j][label] && !holds && !(j < i && reach[j]) {
					reach[i] = true
				}
			}
		}
	}
	return reach
}

// noteLine is a line that defines a footnote, wherever it stands.
var noteLine = regexp.MustCompile(`(?m)^[ >]*\[\^([^\]\s]+)\]:`)

// defines gives the labels that a text defines, and what they mean. Those of footnotes begin
// with ^.
func (d *definer) defines(text string) map[string]string {
	if !strings.Contains(text, "]:") {
		return nil
	}
	pc := parser.NewContext()
	if d.parse(d.plain, text, pc) == nil {
		return nil
	}
	labels := map[string]string{}
	for _, m := range noteLine.FindAllStringSubmatch(text, -1) {
		labels["^"+m[1]] = text
	}
	for _, r := range pc.References() {
		label := util.ToLinkReference(r.Label())
		labels[label] = cmp.Or(labels[label], string(r.Destination())+" "+string(r.Title()))
	}
	return labels
}

// inBrackets is what may be a reference.
var inBrackets = regexp.MustCompile(`(?s)\[((?:[^\[\]\\]|\\.)+)\]`)

// uses tells which of the labels a text refers to.
func (d *definer) uses(text string, known map[string]bool) map[string]bool {
	used := map[string]bool{}
	var labels []string
	for _, m := range inBrackets.FindAllStringSubmatch(text, -1) {
		label := util.ToLinkReference([]byte(m[1]))
		if strings.HasPrefix(m[1], "^") && known[m[1]] {
			label = m[1]
		}
		if known[label] && !slices.Contains(labels, label) {
			labels = append(labels, label)
		}
	}
	if len(labels) == 0 {
		return used
	}
	pc := parser.NewContext()
	var notes strings.Builder
	for i, label := range labels {
		pc.AddReference(parser.NewReference([]byte(label), []byte(foreign+strconv.Itoa(i)), nil))
		if strings.HasPrefix(label, "^") {
			notes.WriteString("\n\n[" + label + "]: note\n")
		}
	}
	destination := func(to []byte) {
		if at, ok := strings.CutPrefix(string(to), foreign); ok {
			if i, err := strconv.Atoi(at); err == nil && i >= 0 && i < len(labels) {
				used[labels[i]] = true
			}
		}
	}
	walk(d.parse(d.plain, text, pc), func(n ast.Node) {
		switch n := n.(type) {
		case *ast.Link:
			destination(n.Destination)
		case *ast.Image:
			destination(n.Destination)
		}
	})
	if notes.Len() > 0 { // those that nothing refers to are not in the tree
		walk(d.parse(d.notes, text+"\n"+notes.String(), parser.NewContext()), func(n ast.Node) {
			if note, ok := n.(*east.Footnote); ok {
				used["^"+string(note.Ref)] = true
			}
		})
	}
	return used
}

// parse parses a text, nil where it is too much for the parser.
func (d *definer) parse(md goldmark.Markdown, text string, pc parser.Context) (doc ast.Node) {
	if len(text) > maxMarkdown || longestRun(text) > maxMarks {
		return nil
	}
	defer func() { // the parser is another's, and the text is anybody's
		if recover() != nil {
			doc = nil
		}
	}()
	return md.Parser().Parse(gmtext.NewReader([]byte(text)), parser.WithContext(pc))
}

func walk(doc ast.Node, visit func(ast.Node)) {
	if doc == nil {
		return
	}
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			visit(n)
		}
		return ast.WalkContinue, nil
	})
}

// indented reports whether a reader of Markdown would take blanks at the beginning of a line for
// something else than text: for the mark of a code block, or for nothing. Those of lists are not
// meant: they say how deep an item is.
func (d *definer) indented(text string) (found bool) {
	if lines := "\n" + text; !strings.Contains(lines, "\n ") && !strings.Contains(lines, "\n\t") {
		return false
	}
	doc := d.parse(d.plain, text, parser.NewContext())
	if doc == nil {
		return true
	}
	walk(doc, func(n ast.Node) {
		switch n.(type) {
		case *ast.CodeBlock:
			found = true
		case *ast.Paragraph, *ast.Heading:
			if _, inList := n.Parent().(*ast.ListItem); inList {
				return
			}
			for i := range n.Lines().Len() {
				from := n.Lines().At(i).Start
				found = found || beginsWithBlank(text, strings.LastIndexByte(text[:from], '\n')+1)
			}
		}
	})
	return found
}

func beginsWithBlank(text string, at int) bool {
	return at < len(text) && (text[at] == ' ' || text[at] == '\t')
}

// verbatim is a text as a code block in a language, whose fence no line of it can end.
func verbatim(text, language string) string {
	fence := strings.Repeat("`", max(3, providers.Backticks(text)+1))
	return fence + language + "\n" + text + "\n" + fence
}
