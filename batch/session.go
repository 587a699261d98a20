package batch

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"lineup/providers"
	"lineup/session"
)

// ReadSession makes a session of a result file: a turn a case and prompt, a pane a contender, and
// the takes as alternatives. A torn last line is left out. Read a second time, the file gives a
// session that a store knows again ([session.Store.Import]).
func ReadSession(path, title string) (*session.Session, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	whole, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	made := newMade(title)
	_, err = eachLine(f, func(n int, text []byte) error {
		if text = trim(text); len(text) == 0 {
			return nil
		}
		if made.read(text) != nil {
			return fmt.Errorf("%s:%d: this is no line of a run", path, n)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	made.finish()
	// a later run may write a file of the same name
	made.session.Origin = "run:" + shortHash([]any{whole, made.first.UnixMilli()})
	return made.session, nil
}

// made is a session in the making.
type made struct {
	session *session.Session
	turns   map[[2]string]*session.Turn // by case and prompt
	slots   map[string]int              // by the id of the contender
	first   time.Time                   // when the first reply ended
}

func newMade(title string) made {
	return made{turns: map[[2]string]*session.Turn{}, slots: map[string]int{},
		session: &session.Session{Title: title}}
}

// CaseSession makes a session of the lines of one case in a result file. Made again of the same
// file it is one that a store knows, like that of [ReadSession].
func CaseSession(path, title string, lines [][]byte) (*session.Session, error) {
	whole, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	made := newMade(title)
	for _, text := range lines {
		if err := made.read(trim(text)); err != nil {
			return nil, fmt.Errorf("%s: this is no line of a run: %w", path, err)
		}
	}
	made.finish()
	made.session.Origin = "case:" + shortHash([]any{whole, title, made.first.UnixMilli()})
	return made.session, nil
}

// read adds a line.
func (m *made) read(text []byte) error {
	l, err := ParseLine(text)
	if err != nil {
		return err
	}
	if l.Reply == nil || l.Type != "reply" {
		return errors.New("it is of another kind")
	}
	m.add(l)
	return nil
}

func (m *made) add(l *Line) {
	key := [2]string{l.ID, l.PromptID}
	t := m.turns[key]
	if t == nil {
		t = &session.Turn{Prompt: l.Prompt}
		m.turns[key] = t
		m.session.Turns = append(m.session.Turns, t)
		if len(m.session.Turns) == 1 {
			m.session.System = l.System
		}
	}
	contender := l.Asked(m.session.System)
	if contender == nil {
		contender = &providers.Contender{Ref: providers.RefOf(l.Model)}
	}
	id := contender.ID()
	slot, known := m.slots[id]
	if !known {
		slot = len(m.session.Panes)
		m.slots[id] = slot
		m.session.Panes = append(m.session.Panes, *contender)
	}
	l.Slot, l.Run = slot, true
	if at := l.EndedAt; !at.IsZero() {
		if t.CreatedAt.IsZero() || at.Before(t.CreatedAt) {
			t.CreatedAt = at
		}
		if m.first.IsZero() || at.Before(m.first) {
			m.first = at
		}
		if at.After(m.session.UpdatedAt) {
			m.session.UpdatedAt = at
		}
	}
	t.Add(l.Reply, t.Reply(slot) == nil)
}

// finish fills in what the whole file says.
func (m *made) finish() {
	m.session.CreatedAt = m.first
	for _, t := range m.session.Turns {
		if t.CreatedAt.IsZero() {
			t.CreatedAt = m.first
		}
	}
}

// IsResults reports whether a file looks like that of a run.
func IsResults(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	line, err := bufio.NewReader(f).ReadBytes('\n')
	var h head
	return err == nil && json.Unmarshal(trim(line), &h) == nil && h.Type == "reply" &&
		h.PromptID != ""
}
