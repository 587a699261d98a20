package ui

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"lineup/ui/keys"
	"lineup/ui/text"
)

// paths completes an @path while it is typed into the prompt. The folder is read in a command; the
// rows of a folder that was read are filtered as the word grows.
type paths struct {
	word    string // with its @, "" where nothing is completed
	dir     string // whose entries are here, as it is written in the word
	entries []string
	matches []string // of the entries
	at      int
	hidden  bool // Esc: the word is text
}

// entriesMsg brings the entries of a folder; those of folders end in a slash.
type entriesMsg struct {
	dir     string
	entries []string
}

// open reports whether the rows of paths are shown.
func (p *paths) open(a *app) bool {
	return len(p.matches) > 0 && !p.hidden && a.layer.overlay == nil && !a.panes.focused &&
		!a.completing()
}

// complete looks for the files that the word before the cursor may mean, after a key has changed
// it.
func (p *paths) complete(a *app) tea.Cmd {
	word := a.prompt.area.Word()
	if !strings.HasPrefix(word, "@") || strings.HasPrefix(word, `@"`) {
		*p = paths{}
		return nil
	}
	if word == p.word {
		return nil
	}
	p.word = word
	dir, base := splitPath(word[1:])
	if dir != p.dir || p.entries == nil {
		hidden := p.hidden
		*p = paths{word: word, dir: dir, hidden: hidden}
		return func() tea.Msg { return entriesMsg{dir, entriesOf(dir)} }
	}
	p.filter(base)
	return nil
}

// splitPath is the folder of a path, with its separator, and the rest.
func splitPath(path string) (dir, base string) {
	i := strings.LastIndexByte(path, '/')
	if os.PathSeparator != '/' {
		i = max(i, strings.LastIndexByte(path, os.PathSeparator))
	}
	return path[:i+1], path[i+1:]
}

// mostEntries bounds what is read of a folder.
const mostEntries = 2000

func entriesOf(dir string) []string {
	at := expand(dir)
	if at == "" {
		at = "."
	}
	f, err := os.Open(at)
	if err != nil {
		return []string{}
	}
	defer f.Close()
	list, _ := f.ReadDir(mostEntries) // what can be read of it
	out := []string{}
	for _, e := range list {
		name := e.Name()
		if info, err := os.Stat(filepath.Join(at, name)); err == nil && info.IsDir() {
			name += "/"
		}
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// tell takes the entries, unless another folder is wanted by now.
func (m entriesMsg) tell(a *app) {
	p := &a.prompt.files.paths
	if p.word == "" || p.dir != m.dir {
		return
	}
	p.entries = m.entries
	_, base := splitPath(p.word[1:])
	p.filter(base)
}

// filter keeps the entries that begin with a word, in any case of letters; hidden ones only where
// the word begins with a dot.
func (p *paths) filter(base string) {
	p.matches, p.at = nil, 0
	for _, e := range p.entries {
		if strings.HasPrefix(e, ".") && !strings.HasPrefix(base, ".") {
			continue
		}
		if len(e) >= len(base) && strings.EqualFold(e[:len(base)], base) {
			p.matches = append(p.matches, e)
		}
	}
	if len(p.matches) == 1 && p.matches[0] == base+"/" { // the folder that is written already
		p.matches = nil
	}
}

// press takes a key while paths are shown; done is false where the prompt takes it.
func (p *paths) press(a *app, k tea.KeyPressMsg) (cmd tea.Cmd, done bool) {
	n := len(p.matches)
	switch {
	case k.String() == "up":
		p.at = (p.at + n - 1) % n
	case k.String() == "down":
		p.at = (p.at + 1) % n
	case k.String() == "esc":
		p.hidden = true
	case k.String() == "tab", a.keys.Find(k, keys.InPrompt) == keys.Send && !p.named():
		return p.take(a), true
	default:
		return nil, false
	}
	return nil, true
}

// named reports whether the word is the whole name of a file: then Enter sends.
func (p *paths) named() bool {
	_, base := splitPath(p.word[1:])
	return slices.Contains(p.entries, base)
}

// take puts the chosen path into the prompt: a folder to go on in, or a file, which becomes a chip.
func (p *paths) take(a *app) tea.Cmd {
	chosen := p.matches[p.at]
	_, base := splitPath(p.word[1:])
	if folder := strings.HasSuffix(chosen, "/"); folder {
		for range []rune(base) {
			a.prompt.area.Update(tea.KeyPressMsg{Code: tea.KeyBackspace})
		}
		a.prompt.area.Insert(chosen)
		return p.complete(a)
	}
	return a.prompt.files.attach(p.word, p.dir+chosen, true)
}

// cover draws the paths over the rows above the prompt.
func (p *paths) cover(a *app, rows []string) {
	room := roomAbove(a, len(rows), len(p.matches), p.at)
	var body []string
	for i := room.from; i < room.to; i++ {
		lead, style := "  ", a.theme.Text
		if i == p.at {
			lead, style = "› ", a.theme.Picked.Bold(true)
		}
		name := text.OneLine("@" + p.dir + p.matches[i])
		body = append(body, style.Render(text.Pad(lead+text.Cut(name, room.w-2), room.w)))
	}
	room.cover(a, rows, "Attach a file", body, len(p.matches)-room.to)
}
