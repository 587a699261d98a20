package ui

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"lineup/providers"
	"lineup/providers/attach"
	"lineup/session"
	"lineup/ui/keys"
	"lineup/ui/pane"
	"lineup/ui/text"
	"lineup/ui/widget"
)

// files are what goes with the prompt beside its words. A file stands in the prompt as a chip, or
// as @path until the prompt is sent. Commands read them: once for the chip, and again for all panes
// when the prompt is sent.
type files struct {
	read      map[string]found // by the file of their chip
	busy      bool             // the prompt is on its way
	confirmed string           // a draft that the next Enter sends all the same
	foreign   bool             // some of the words were not typed
	spaced    bool             // a chip came with the blank that may be typed after it
	paths     paths
}

// inSession is the beginning of a chip's file where it is one of a session, by its hash.
const inSession = "sha256:"

// chipOf is a file as it stands in the prompt.
func chipOf(file string, a *providers.Attachment) widget.Part {
	name := text.Cut(providers.CleanLine(a.Name), 28)
	return widget.Part{Label: "[" + name + " · " + a.About() + "]", Text: mention(a.Name),
		File: file}
}

// mention is how the words of a prompt name a file: only its base name is sent.
func mention(name string) string {
	if strings.ContainsFunc(name, unicode.IsSpace) {
		return `@"` + name + `"`
	}
	return "@" + name
}

// Messages of files.
type (
	// attachedMsg brings the files that a text of the prompt names.
	attachedMsg struct {
		text  string // what stands for them
		found []found
		blank bool // a blank is to follow
	}
	// resolvedMsg brings the files of a prompt that is being sent.
	resolvedMsg struct {
		draft, words string // as it stands in the box, and as it is sent
		files        []providers.Attachment
		refused      []string // with the reasons
		named        []string // files that the words name, which no chip shows
		missing      string   // a path to nothing
	}
	// seenMsg says whether a model takes images.
	seenMsg struct {
		ref  string
		sees *bool
	}
)

// found is a file that was looked at.
type found struct {
	path       string // absolute
	attachment providers.Attachment
	tokens     float64 // of a text, counted once: it may be long
	err        error
}

// look reads one file.
func look(path string) found {
	if abs, err := filepath.Abs(expand(path)); err == nil {
		path = abs
	}
	a, err := attach.Read(path)
	one := found{path: path, attachment: a, err: err}
	if err == nil && a.IsText() {
		one.tokens = providers.EstimateTokens(a.Text())
	}
	return one
}

// expand puts the home folder in the place of ~.
func expand(path string) string {
	if rest, ok := strings.CutPrefix(path, "~"); ok && (rest == "" || os.IsPathSeparator(rest[0])) {
		if home, err := os.UserHomeDir(); err == nil {
			return home + rest
		}
	}
	return path
}

// attach reads a file that a text of the prompt names, to put a chip in its place.
func (f *files) attach(typed, path string, blank bool) tea.Cmd {
	return func() tea.Msg {
		one := look(path)
		if one.err != nil && !exists(one.path) {
			return nil // a word like any other
		}
		return attachedMsg{typed, []found{one}, blank}
	}
}

// typed makes a chip of an @path that a blank has ended.
func (f *files) typed(word string) tea.Cmd {
	if path, ok := strings.CutPrefix(word, "@"); ok && path != "" && !strings.HasPrefix(path, `"`) {
		return f.attach(word, path, false)
	}
	return nil
}

// pasted reads the files that a paste names, if it is nothing but paths.
func (f *files) pasted(s string) tea.Cmd {
	f.foreign = true
	if len(s) > 4096 || strings.TrimSpace(s) == "" {
		return nil
	}
	return func() tea.Msg {
		list := pathsIn(s)
		if len(list) == 0 {
			return nil
		}
		m := attachedMsg{text: s, blank: true}
		for _, path := range list {
			one := look(path)
			if one.err != nil && !exists(one.path) {
				return nil // words that look like a path
			}
			m.found = append(m.found, one)
		}
		return m
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// goOn puts chips in the place of the text that named the files.
func (m attachedMsg) goOn(a *app) tea.Cmd {
	f := &a.prompt.files
	var chips []widget.Part
	var refused []string
	for i := range m.found {
		one := &m.found[i]
		if one.err != nil {
			refused = append(refused, filepath.Base(one.path)+": "+one.err.Error())
			continue
		}
		chips = append(chips, chipOf(one.path, &one.attachment))
		f.keep(*one)
	}
	if len(refused) > 0 {
		a.flash = "cannot attach " + text.OneLine(strings.Join(refused, "; "))
		return nil
	}
	if !a.prompt.area.Replace(m.text, chips[0]) {
		return nil // it was edited in the meantime
	}
	for _, c := range chips[1:] {
		a.prompt.area.Insert(" ")
		a.prompt.area.InsertPart(c)
	}
	if f.spaced = m.blank; m.blank {
		a.prompt.area.Insert(" ")
	}
	f.paths = paths{}
	return f.askWhoSees(a)
}

func (f *files) keep(one found) {
	if f.read == nil {
		f.read = map[string]found{}
	}
	f.read[one.path] = one
}

// askWhoSees asks the servers of all panes whether their models take images, where nobody has said.
func (f *files) askWhoSees(a *app) tea.Cmd {
	var cmds []tea.Cmd
	for _, p := range weighed(a) {
		to, info := p.Spec.Provider, p.Spec.Info
		if to == nil || info.Vision != nil {
			continue
		}
		cmds = append(cmds, func() tea.Msg {
			return seenMsg{info.Ref.String(), to.Sees(a.ctx, info.Ref.Model)}
		})
	}
	return tea.Batch(cmds...)
}

// tell notes what a server said of its model.
func (m seenMsg) tell(a *app) {
	for _, p := range a.panes.all() {
		if p.Spec.Info.Ref.String() == m.ref && p.Spec.Info.Vision == nil {
			p.Spec.Info.Vision = m.sees
		}
	}
}

// of are the images and PDFs that are known to go with the draft, and the tokens of its texts.
func (f *files) of(area *widget.Area) (list []providers.Attachment, tokens float64) {
	for _, file := range area.Files() {
		one, ok := f.read[file]
		if ok && !one.attachment.IsText() {
			list = append(list, one.attachment)
		}
		tokens += one.tokens
	}
	return list, tokens
}

// key takes what was typed after a word into the prompt, and looks whether the word is a file.
func (f *files) key(a *app, k tea.KeyPressMsg) tea.Cmd {
	spaced := f.spaced
	if f.spaced = false; spaced && k.Text == " " {
		return nil
	}
	word := a.prompt.area.Word()
	cmd := a.prompt.update(k)
	a.prompt.slash.complete(a)
	if k.Text == " " {
		cmd = tea.Batch(cmd, f.typed(word))
	}
	return tea.Batch(cmd, f.paths.complete(a))
}

// edit puts a prompt of a session into the box, with its files as chips.
func (f *files) edit(a *app, t *session.Turn) {
	var parts []widget.Part
	rest := t.Prompt
	for i := range t.Attachments {
		at := &t.Attachments[i]
		file := inSession + at.SHA256
		f.keep(found{path: file, attachment: *at})
		before, after, ok := strings.Cut(rest, mention(at.Name))
		if !ok {
			before, after = "", " "+rest
		}
		parts = append(parts, widget.Part{Text: before}, chipOf(file, at))
		rest = after
	}
	a.prompt.area.SetParts(append(parts, widget.Part{Text: rest}))
}

// send sends the prompt, once its files have been read. It is sent at once where none can be in it.
func (f *files) send(a *app, words string) tea.Cmd {
	if !strings.Contains(words, "@") {
		return sendWith(a, words, nil)
	}
	if f.busy {
		return nil
	}
	f.busy = true
	parts, draft := a.prompt.area.Parts(), a.prompt.area.Draft()
	known := map[string]providers.Attachment{}
	for file, one := range f.read {
		if strings.HasPrefix(file, inSession) {
			known[file] = one.attachment
		}
	}
	return func() tea.Msg { return resolve(draft, parts, known) }
}

// resolve reads the files of a draft: those of its chips, and those that its words name.
func resolve(draft string, parts []widget.Part, known map[string]providers.Attachment) resolvedMsg {
	m := resolvedMsg{draft: draft}
	take := func(one found) {
		if one.err != nil {
			m.refused = append(m.refused, filepath.Base(one.path)+": "+one.err.Error())
			return
		}
		m.files = append(m.files, one.attachment)
	}
	var b strings.Builder
	for _, p := range parts {
		switch a, ok := known[p.File]; {
		case p.File == "" && p.Label == "":
			b.WriteString(mentions(p.Text, func(one found) {
				m.named = append(m.named, filepath.Base(one.path))
				take(one)
			}, &m.missing))
		case ok:
			m.files = append(m.files, a)
			b.WriteString(p.Text)
		case strings.HasPrefix(p.File, inSession):
			m.refused = append(m.refused, p.Text+": it is not here any more")
		case p.File != "":
			take(look(p.File))
			b.WriteString(p.Text)
		default:
			b.WriteString(p.Text)
		}
	}
	m.words = session.TrimPrompt(b.String())
	return m
}

// goOn sends a prompt whose files have been read.
func (m resolvedMsg) goOn(a *app) tea.Cmd {
	f := &a.prompt.files
	f.busy = false
	switch {
	case a.prompt.area.Draft() != m.draft:
		a.flash = "the prompt has changed while its files were read; " + a.keys.Label(keys.Send) +
			" sends it"
		return nil
	case len(m.refused) > 0:
		a.flash = "not sent: cannot attach " + text.OneLine(strings.Join(m.refused, "; "))
		return nil
	case m.missing != "" && f.confirmed != m.draft:
		f.confirmed = m.draft
		a.flash = text.OneLine(m.missing) + " names no file; " + a.keys.Label(keys.Send) +
			" again sends it as text"
		return nil
	}
	if len(m.named) > 0 && f.foreign && f.confirmed != m.draft { // a paste may name any file
		f.confirmed = m.draft
		a.flash = text.OneLine(strings.Join(m.named, ", ")) + " goes with it; " +
			a.keys.Label(keys.Send) + " again sends it"
		return nil
	}
	return sendWith(a, m.words, m.files)
}

// sendWith asks every pane a prompt with files.
func sendWith(a *app, words string, list []providers.Attachment) tea.Cmd {
	asked := providers.Message{Role: providers.User, Content: words, Attachments: list}
	if a.busy() || a.overBudget("send "+words, a.guess(asked, 0), keys.Send) {
		return nil
	}
	a.prompt.take()
	a.prompt.files = files{}
	a.toBranch(words)
	return a.ask(asked, a.panes.asked())
}

// warning says which panes will not be asked, because they cannot take the files of the draft; ""
// for none.
func (f *files) warning(a *app) string {
	list, _ := f.of(&a.prompt.area)
	if len(list) == 0 {
		return ""
	}
	var panes []string
	var why string
	for i, p := range weighed(a) {
		if e := refusal(p, list); e != nil {
			panes, why = append(panes, fmt.Sprint(i+1)), e.Message
		}
	}
	switch n := len(panes); {
	case n == 0:
		return ""
	case hides(a): // which of them, and why, would tell
		return fmt.Sprintf("%d of the panes cannot take these files", n)
	case n == 1:
		return "pane " + panes[0] + " is not asked: " + text.OneLine(why)
	}
	return "panes " + strings.Join(panes, ", ") + " are not asked: they cannot take these files"
}

// refusal says why a pane cannot take files; nil where nothing is known against it.
func refusal(p *pane.Pane, list []providers.Attachment) *providers.Error {
	if p.Spec.Provider == nil {
		return nil
	}
	message := providers.Message{Role: providers.User, Attachments: list}
	req := providers.Request{Messages: []providers.Message{message}}
	return p.Spec.Provider.Refuses(p.Spec.Info, req)
}
