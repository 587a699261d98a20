package ui

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/gofrs/flock"

	"lineup/atomicfile"
	"lineup/ui/text"
	"lineup/ui/widget"
)

// A draft that was not sent is kept in a file, so that it is there again after a quit, a crash or a
// power cut. Each running lineup locks a file of its own. A new one takes the first free file and
// the draft in it.

// draftSeats is how many lineups at once keep their drafts.
const draftSeats = 8

// draftPause is how long after a change a draft is written.
const draftPause = 300 * time.Millisecond

// draftFile is where a draft is kept. A nil one keeps nothing.
type draftFile struct {
	path string
	lock *flock.Flock
	kept string // what the file says, or is about to
	due  bool   // a write is to come
}

// draftRecord is the file's contents. Text and Chips are the form of before, in which a chip was
// found by its label.
type draftRecord struct {
	Parts []widget.Part `json:"parts,omitempty"`
	Text  string        `json:"text,omitempty"`
	Chips []widget.Part `json:"chips,omitempty"`
}

// parts is the draft in either form.
func (r draftRecord) parts() []widget.Part {
	if r.Text == "" {
		return r.Parts
	}
	var out []widget.Part
	rest := r.Text
	for _, c := range r.Chips {
		before, after, ok := strings.Cut(rest, c.Label)
		if !ok || c.Label == "" {
			continue
		}
		out, rest = append(out, widget.Part{Text: before}, c), after
	}
	return append(out, widget.Part{Text: rest})
}

// openDraft takes the first file that no other lineup has; "" and a place where none can be made
// keep nothing.
func openDraft(path string) *draftFile {
	if path == "" || os.MkdirAll(filepath.Dir(path), 0o700) != nil {
		return nil
	}
	for seat := range draftSeats {
		name := path
		if seat > 0 {
			ext := filepath.Ext(path)
			name = strings.TrimSuffix(path, ext) + "-" + strconv.Itoa(seat+1) + ext
		}
		lock := flock.New(name+".lock", flock.SetPermissions(0o600))
		if ok, err := lock.TryLock(); err == nil && ok {
			return &draftFile{path: name, lock: lock}
		}
	}
	return nil
}

// load gives the draft of the last run, an empty one if none can be read.
func (d *draftFile) load() draftRecord {
	var r draftRecord
	text, err := os.ReadFile(d.path)
	if err != nil || json.Unmarshal(text, &r) != nil {
		return draftRecord{}
	}
	d.kept = string(text)
	return r
}

// save writes the file whole or not at all; an empty draft removes it.
func (d *draftFile) save(text string) error {
	if text == "" {
		if err := os.Remove(d.path); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	return atomicfile.Replace(d.path, 0o600, atomicfile.Bytes([]byte(text)))
}

// restore puts a draft into the prompt.
func (p *prompt) restore(r draftRecord) {
	if parts := r.parts(); len(parts) > 0 {
		p.area.SetParts(parts)
	}
}

// record is the draft as the file has it, "" for an empty one.
func (p *prompt) record() string {
	v := p.area.Draft()
	if strings.TrimSpace(v) == "" || p.at < len(p.history) && v == p.history[p.at] {
		return "" // an earlier prompt that was recalled is in the session
	}
	text, err := json.Marshal(draftRecord{Parts: p.area.Parts()})
	if err != nil {
		return ""
	}
	return string(text)
}

// Messages of keeping a draft.
type (
	// draftDueMsg says that it is time to write it.
	draftDueMsg struct{}
	// draftKeptMsg says that it has been written, or why not.
	draftKeptMsg struct{ err error }
)

// keepDraft has a changed draft written soon, once for all that is typed until then. Only messages
// that can change the draft are looked into: to compare a long one at each frame would cost more
// than the frame.
func (p *prompt) keepDraft(msg tea.Msg) tea.Cmd {
	switch msg.(type) {
	case tea.KeyPressMsg, tea.PasteMsg, tea.MouseClickMsg, editedMsg, draftKeptMsg, toldMsg:
	default:
		return nil
	}
	d := p.draft
	if d == nil || d.due || p.record() == d.kept {
		return nil
	}
	d.due = true
	return tea.Tick(draftPause, func(time.Time) tea.Msg { return draftDueMsg{} })
}

// writeDraft writes the draft as it is now. The next write begins when this one has ended.
func (p *prompt) writeDraft() tea.Cmd {
	d := p.draft
	d.kept = p.record()
	record := d.kept
	return func() tea.Msg { return draftKeptMsg{d.save(record)} }
}

// tell takes note of a write. A failure is said once; then no draft is kept any more.
func (m draftKeptMsg) tell(a *app) {
	a.prompt.draft.due = false
	if m.err != nil {
		a.prompt.draft = nil
		a.flash = "the draft is not kept: " + text.OneLine(m.err.Error())
	}
}

// leaveDraft writes the draft for the last time and gives its file free.
func (p *prompt) leaveDraft() error {
	d := p.draft
	if d == nil {
		return nil
	}
	return errors.Join(d.save(p.record()), d.lock.Unlock())
}
