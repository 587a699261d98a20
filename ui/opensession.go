package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"lineup/atomicfile"
	"lineup/blind"
	"lineup/registry"
	"lineup/session"
	"lineup/session/exchange"
	"lineup/ui/text"
)

// openSession goes on with a session that was kept, in the panes that it had. Models that cannot be
// opened any more are named. If none can, the current panes stay.
func (a *app) openSession(s *session.Session) tea.Cmd {
	if a.answering() {
		a.flash = "still answering; stop it first, then open another session"
		return nil
	}
	if blind.Hides(a.sess) {
		completePanes(a)
	}
	specs, missing := a.specsOf(s)
	showSession(a, s, specs)
	if len(missing) > 0 {
		a.flash += "; not in the config any more: " + missingWords(s, missing)
	}
	return nil
}

// showSession puts a session on the screen, in panes of the given models.
func showSession(a *app, s *session.Session, specs []registry.Spec) {
	a.leave()
	a.sess, a.turn, a.verdict, a.prompt.branch = s, nil, verdict{}, nil
	a.panes.zoomed = false
	a.setPanes(specs)
	a.toPrompt()
	a.flash = "opened " + quoted(a, s.Title)
}

// specsOf opens the models of a session, and names those that cannot be opened. A model that has a
// pane now is taken from there.
func (a *app) specsOf(s *session.Session) (specs []registry.Spec, missing []string) {
	var current []registry.Spec
	for _, p := range weighed(a) {
		current = append(current, p.Spec)
	}
	for _, c := range s.Panes[:min(len(s.Panes), maxPanes)] {
		open := func(spec registry.Spec) bool {
			return spec.Pane.Name == c.Name && spec.Pane.Same(c)
		}
		if i := slices.IndexFunc(current, open); i >= 0 {
			specs = append(specs, current[i])
			continue
		}
		err := errors.New("there is nothing to open it with")
		var spec registry.Spec
		if a.cfg.Models != nil {
			spec, err = a.cfg.Models.OpenContender(c)
		}
		if err != nil {
			missing = append(missing, c.Label())
			continue
		}
		specs = append(specs, spec)
	}
	if len(specs) == 0 {
		if specs = current; blind.Hides(a.sess) { // their order tells who was who
			shuffle(a, specs)
		}
	}
	return specs, missing
}

// exportFormats are the ways in which a session is written, by the end of the file's name.
func exportFormats() map[string]func(io.Writer, *session.Session) error {
	return map[string]func(io.Writer, *session.Session) error{".md": exchange.WriteMarkdown,
		".json":  exchange.WriteJSON,
		".jsonl": exchange.WriteJSONL, ".html": exchange.WriteHTML,
		replayed: func(w io.Writer, s *session.Session) error {
			return Cast(context.Background(), w,
				s, CastConfig{})
		}}
}

// wholeRecord is the ending of files that hold a whole session, and the names of a blind one too.
const wholeRecord = ".json"

// replayed is the end of files that have the times of a replay.
const replayed = ".cast"

// askExport asks where to write a session.
func (a *app) askExport(title string, back overlay, write func(file string) tea.Cmd) {
	f := ask1(a, "Export session", "File", fileName(title)+".md", "export", back,
		func(a *app, file string) tea.Cmd {
			if file == "" {
				return nil
			}
			return write(file)
		})
	f.lines.Note = "The name's end says how: .md, .json (all of it), .jsonl, .html, .cast"
}

// exportTo writes a session to a new file, which its owner alone may read. A file that is there is
// left alone.
func exportTo(file string, s *session.Session) error {
	end := strings.ToLower(filepath.Ext(file))
	write := exportFormats()[end]
	switch veil := blind.Of(s); end {
	case wholeRecord:
	case replayed:
		s = veil.Played(s)
	default:
		s = veil.Session(s)
	}
	if write == nil {
		return fmt.Errorf("%s: no format is called %q; end the name in .md, .json, .jsonl, "+
			".html or .cast", file, filepath.Ext(file))
	}
	if rest, ok := strings.CutPrefix(file, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			file = filepath.Join(home, rest)
		}
	}
	err := atomicfile.Create(file, 0o600, func(f *os.File) error { return write(f, s) })
	switch {
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("%s is there already; choose another name", file)
	case err != nil:
		return fmt.Errorf("the session could not be written: %w", err)
	}
	return nil
}

// exportedMsg names the file that the open session was written to, or the error.
type exportedMsg struct {
	file string
	err  error
	tell string // what the file tells, or ""
}

func (m exportedMsg) says() string {
	if m.err != nil {
		return text.OneLine(problem(m.err))
	}
	return "written to " + text.OneLine(m.file) + m.tell
}

// exportSession writes the session that is open. Replies that have not ended are left out, as in a
// fork.
func (a *app) exportSession(file string) tea.Cmd {
	copied := *a.sess
	copied.Turns = nil
	for _, t := range a.sess.Turns {
		turn := t.Ended()
		turn.ID = t.ID
		copied.Turns = append(copied.Turns, turn)
	}
	return func() tea.Msg {
		return exportedMsg{file, exportTo(file, &copied), toldIn(file, &copied)}
	}
}

// toldIn warns of a file that tells the names of a blind session. It gives "" for any other.
func toldIn(file string, s *session.Session) string {
	if !blind.Hides(s) || !strings.EqualFold(filepath.Ext(file), wholeRecord) {
		return ""
	}
	return "; it tells who is who"
}

// renameSession gives the session that is open another title.
func (a *app) renameSession(title string) tea.Cmd {
	if title == "" {
		return nil
	}
	a.sess.Title = title
	if a.cfg.Store == nil || a.sess.ID == "" {
		return nil
	}
	store, ctx, id := a.cfg.Store, a.ctx, a.sess.ID
	return func() tea.Msg { return markedMsg{store.Rename(ctx, id, title)} }
}

// askTitle asks for a new title of the session that is open.
func (a *app) askTitle() {
	if a.flash = hasSession(a); a.flash == "" {
		ask1(a, "Rename session", "Title", a.sess.Title, "rename", nil, (*app).renameSession)
	}
}

// askFile asks for the file to write the session to that is open.
func (a *app) askFile() {
	if a.flash = hasSession(a); a.flash == "" {
		a.askExport(a.sess.Title, nil, a.exportSession)
	}
}
