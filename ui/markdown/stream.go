package markdown

import (
	"sync"
	"time"
	"unicode/utf8"
)

// A Frame is a Markdown text as it is drawn at one moment: Committed and then Tail. No row is wider
// than the stream. Frames are never changed once returned.
type Frame struct {
	// Committed rows stay as they are: a later frame of the same Epoch has them too, and may have
	// more.
	Committed []Row
	// Tail rows may be different in the next frame.
	Tail []Row
	// Epoch grows when committed rows have changed after all: by a new width or style, or because a
	// link was defined after its use.
	Epoch int
	// Version grows whenever anything has changed, so that an equal one means an equal frame of the
	// same stream.
	Version int
}

// Len is the number of rows.
func (f Frame) Len() int { return len(f.Committed) + len(f.Tail) }

// A Stream draws one growing Markdown text.
//
// Write, Finish, Resize and Restyle only take note and return at once; all work is done in Render.
// They may be called while another goroutine is in Render; Render itself by one goroutine at a
// time.
type Stream struct {
	mu sync.Mutex
	in inbox

	now   func() time.Time
	style Style
	width int

	src      []byte
	finished bool
	drawing  drawing
	drawnAt  time.Time
	cost     time.Duration // of drawing the open end last time
	frame    Frame
}

// inbox holds what was asked of a stream since its last Render.
type inbox struct {
	text     []byte
	finished bool
	width    int
	style    *Style // nil: as before
	reset    bool   // the text before is void
}

// New returns an empty stream of lines of at most width cells. It costs next to nothing: parser and
// tables are made when there is first something to draw.
func New(style Style, width int) *Stream {
	width = max(width, 1)
	return &Stream{now: time.Now, style: style, width: width, in: inbox{width: width}}
}

// Write adds a piece of text. The pieces may end anywhere, within a character too. Control
// characters other than line feed and tab are dropped.
func (s *Stream) Write(piece string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range len(piece) {
		if c := piece[i]; c >= ' ' && c != 0x7f || c == '\n' || c == '\t' {
			s.in.text = append(s.in.text, c)
			s.in.finished = false
		}
	}
}

// Finish declares the text whole. The next Render draws all of it, as if it had come in one piece.
// More may be written after all, as when an interrupted answer is continued.
func (s *Stream) Finish() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.in.finished = true
}

// Resize changes the width; the next Render draws everything again.
func (s *Stream) Resize(width int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.in.width = max(width, 1)
}

// Reset forgets the text. What is written next begins another one.
func (s *Stream) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.in.text, s.in.finished, s.in.reset = nil, false, true
}

// Restyle changes the style; the next Render draws everything again.
func (s *Stream) Restyle(style Style) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.in.style = &style
}

// Render returns the text as it is now. panes is the number of streams that are drawn at the same
// time. After drawing the open end Render pauses for max(4, 3·panes) times the time of drawing. So
// all streams together take at most a third of a core, however large their open blocks. Newer text
// is shown beneath as plain text; nothing is withheld. A negative panes draws it at any cost, as
// for a recording.
func (s *Stream) Render(panes int) Frame {
	changed := s.take()
	known := s.known()
	d := &s.drawing
	if !changed && d.drawn == len(known) {
		return s.frame
	}
	switch {
	case s.style.raw:
		d.raw(known, s.finished)
	case s.finished:
		if d.finish(known) {
			s.frame.Epoch++
		}
	case s.due(panes) && d.wants(known):
		start, open := s.now(), d.parseOpen(known)
		for d.commit(open) {
			start, open = s.now(), d.parseOpen(known)
		}
		d.drawOpen(open)
		s.drawnAt = s.now()
		s.cost = s.drawnAt.Sub(start)
	case !changed:
		return s.frame
	}
	s.frame = Frame{
		Committed: d.lines[:len(d.lines):len(d.lines)],
		Tail:      append(d.open[:len(d.open):len(d.open)], d.rest(known)...),
		Epoch:     s.frame.Epoch,
		Version:   s.frame.Version + 1,
	}
	return s.frame
}

// Expects estimates the time Render would need for the open end now: that of the last time, or 0 if
// it is not due. It may be asked where Render may.
func (s *Stream) Expects(panes int) time.Duration {
	s.mu.Lock()
	more := len(s.in.text) > 0
	s.mu.Unlock()
	if known := s.known(); !more && (s.drawing.drawn == len(known) || !s.drawing.wants(known)) ||
		!s.due(panes) {
		return 0
	}
	return s.cost
}

// due reports whether enough time has gone by to draw the open end again.
func (s *Stream) due(panes int) bool {
	return panes < 0 || s.now().Sub(s.drawnAt) >= time.Duration(max(4, 3*panes))*s.cost
}

// take empties the inbox and reports whether there was anything in it.
func (s *Stream) take() (changed bool) {
	s.mu.Lock()
	in := s.in
	s.in.text, s.in.style, s.in.reset = nil, nil, false
	s.mu.Unlock()

	restyled := in.style != nil
	if restyled {
		s.style = *in.style
		s.drawing.pens = nil
	}
	if in.reset {
		s.src = nil
	}
	anew := restyled || in.reset || in.width != s.width || s.drawing.whole && len(in.text) > 0
	if changed = anew || len(in.text) > 0 || in.finished != s.finished; !changed {
		return false
	}
	if anew || s.drawing.pens == nil {
		s.frame.Epoch++
		s.drawnAt = time.Time{} // what the last drawing cost must not hold the new look back
		s.drawing.reset(&s.style, in.width)
	}
	if anew || s.finished && !in.finished {
		s.cost = 0 // draw at once
	}
	s.width, s.finished = in.width, in.finished
	s.src = append(s.src, in.text...)
	return true
}

// known is the text to draw: all but a character that is not whole yet.
func (s *Stream) known() []byte {
	if s.finished {
		return s.src
	}
	for n := 1; n < utf8.UTFMax && n <= len(s.src); n++ {
		if c := s.src[len(s.src)-n]; utf8.RuneStart(c) {
			if !utf8.FullRune(s.src[len(s.src)-n:]) {
				return s.src[:len(s.src)-n]
			}
			break
		}
	}
	return s.src
}
