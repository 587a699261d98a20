package ui

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"lineup/atomicfile"
	"lineup/ui/pane"
	"lineup/ui/text"
)

// document is something that can be saved to a file.
type document struct {
	what string // "the answer"
	name string // suggested for the file
	text string
}

// documentsOf are what can be saved from a pane, the nearest first.
func documentsOf(a *app, p *pane.Pane) []document {
	sess := a.sess
	var docs []document
	base := "lineup"
	if sess != nil {
		base = fileName(sess.Title)
	}
	if b, ok := p.MarkedCode(); ok {
		docs = append(docs, document{"the code block", base + "." + extension(b.Lang), b.Text +
			"\n"})
	}
	if words := newestText(a, p); words != "" {
		who := p.Spec.Info.Ref.Model
		if p.Hidden() {
			who = p.Name()
		}
		name := base + "-" + fileName(who) + ".md"
		docs = append(docs, document{"the answer", name, words + "\n"})
	}
	if sess != nil && len(sess.Turns) > 0 {
		last := sess.Turns[len(sess.Turns)-1]
		docs = append(docs, document{"the turn", base + "-turn.md",
			turnMarkdown(shownTurn(a, last))})
		var all strings.Builder
		all.WriteString("# " + text.OneLine(sess.Title) + "\n")
		for _, t := range sess.Turns {
			all.WriteString("\n" + turnMarkdown(shownTurn(a, t)))
		}
		docs = append(docs, document{"the session", base + ".md", all.String()})
	}
	return docs
}

// fileName makes a name of a title: letters and digits of any script, joined by dashes.
func fileName(title string) string {
	words := strings.FieldsFunc(title, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
	if len(words) > 6 {
		words = words[:6]
	}
	name := strings.ToLower(strings.Join(words, "-"))
	if r := []rune(name); len(r) > 40 {
		name = strings.TrimRight(string(r[:40]), "-")
	}
	if name == "" {
		return "lineup"
	}
	return name
}

// extension is the end of the names of files in a language, by default the language's own name.
func extension(lang string) string {
	known := map[string]string{"": "txt", "text": "txt", "bash": "sh", "shell": "sh", "c++": "cpp",
		"csharp": "cs", "haskell": "hs", "javascript": "js", "kotlin": "kt", "markdown": "md",
		"python": "py", "ruby": "rb", "rust": "rs", "typescript": "ts"}
	lang = strings.ToLower(lang)
	if e, ok := known[lang]; ok {
		return e
	}
	if e := fileName(lang); len(e) <= 8 {
		return e
	}
	return "txt"
}

// saveToFile asks for a name and writes there. Tab changes between the answer, the turn and the
// session.
func (a *app) saveToFile(p *pane.Pane) tea.Cmd {
	docs := documentsOf(a, p)
	if len(docs) == 0 {
		a.flash = "there is nothing to save yet"
		return nil
	}
	at := 0
	q := newQuestion("", "name of the file", "save")
	show := func() {
		q.Label = "save " + docs[at].what + " as"
		q.Field.Set(docs[at].name)
	}
	q.next = func(*app) {
		at = (at + 1) % len(docs)
		show()
	}
	q.hint = "tab answer, turn or session"
	q.done = func(a *app, name string) tea.Cmd { return docs[at].save(a, name, false) }
	show()
	a.question = q
	return nil
}

// fileMsg says that a document has been written, or why not.
type fileMsg struct {
	doc  document
	path string
	err  error
}

// save writes a document. What is there already is replaced only where the user has said so.
func (doc document) save(a *app, name string, replace bool) tea.Cmd {
	if name = strings.TrimSpace(name); name == "" {
		a.flash = "not saved: the file needs a name"
		return nil
	}
	return func() tea.Msg {
		path := name
		if rest, ok := strings.CutPrefix(name, "~/"); ok {
			if home, err := os.UserHomeDir(); err == nil {
				path = filepath.Join(home, rest)
			}
		}
		put := atomicfile.Create
		if replace {
			put = atomicfile.Replace
		}
		return fileMsg{doc, path, put(path, 0o644, atomicfile.Bytes([]byte(doc.text)))}
	}
}

// tell says where a document is now, or asks again.
func (msg fileMsg) tell(a *app) {
	switch {
	case msg.err == nil:
		a.flash = fmt.Sprintf("saved %s to %s", msg.doc.what, text.OneLine(msg.path))
	case errors.Is(msg.err, fs.ErrExist):
		q := newQuestion(text.Cut(text.OneLine(msg.path), 30)+" exists; y replaces it:",
			"or another name", "save")
		q.done = func(a *app, answer string) tea.Cmd {
			switch answer {
			case "":
				a.flash = "not saved"
				return nil
			case "y", "Y", "yes":
				return msg.doc.save(a, msg.path, true)
			}
			return msg.doc.save(a, answer, false)
		}
		a.question = q
	default:
		a.flash = "not saved: " + text.OneLine(msg.err.Error())
	}
}
