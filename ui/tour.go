package ui

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/ui/keys"
	"lineup/ui/text"
)

// tour plays the screen by itself. It lies over the app and presses its keys on a schedule; the app
// does what it does for a person. The first key of a person ends the tour.
type tour struct {
	app           *app
	width, height int
	beats         []beat
	at            int           // the beat that is next
	waited        time.Duration // for it
	played, whole time.Duration // of the beats before it, and of all
	begun, over   bool
}

// tourRows are the rows below the app: how far the tour is, and what it shows.
const tourRows = 2

// The tour looks every tourPoll whether a beat can be played, and plays it after tourPatience in
// any case.
const (
	tourPoll     = 100 * time.Millisecond
	tourPatience = 30 * time.Second
)

// tourMsg says that the next beat may be due.
type tourMsg struct{}

// takenNotice stands on the screen when the tour is over.
const takenNotice = "DEMO: the keys are yours. SIMULATED models, made-up prices; nothing is kept"

// newTour takes the app's notice away: the tour's own lines say what it says, and answers need the
// row.
func newTour(a *app) *tour {
	a.notice = ""
	t := &tour{app: a, beats: tourBeats()}
	for _, b := range t.beats {
		t.whole += b.length()
	}
	return t
}

func (t *tour) Init() tea.Cmd { return t.app.Init() }

func (t *tour) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if t.over {
		_, cmd := t.app.Update(msg)
		return t, cmd
	}
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		t.width, t.height = msg.Width, msg.Height
		cmds := []tea.Cmd{t.pass(t.size(t.room()))}
		if !t.begun {
			t.begun = true
			cmds = append(cmds, t.next())
		}
		return t, tea.Batch(cmds...)
	case tourMsg:
		return t, t.step()
	case tea.KeyPressMsg:
		if t.app.keys.Find(msg, keys.InPrompt) == keys.Quit {
			return t, tea.Quit
		}
		return t, t.handOver()
	case tea.PasteMsg, tea.MouseClickMsg, tea.MouseWheelMsg:
		return t, t.handOver()
	}
	return t, t.pass(msg)
}

func (t *tour) pass(msg tea.Msg) tea.Cmd {
	_, cmd := t.app.Update(msg)
	return cmd
}

func (t *tour) size(height int) tea.WindowSizeMsg {
	return tea.WindowSizeMsg{Width: t.width, Height: height}
}

// room is the height of the app. A screen without room for captions has none.
func (t *tour) room() int {
	if rows := t.rows(); t.height >= minHeight+rows && t.width >= minWidth {
		return t.height - rows
	}
	return t.height
}

// rows is how many rows the captions take: where one of them is longer than the screen is wide,
// they have a row more, so that none is cut.
func (t *tour) rows() int {
	for _, b := range t.beats {
		if ansi.StringWidth(b.caption(t.app.keys.Label)) > t.width-1 {
			return tourRows + 1
		}
	}
	return tourRows
}

// handOver ends the tour where it is. The key that ended it does nothing else: it was meant for no
// particular view.
func (t *tour) handOver() tea.Cmd {
	t.over = true
	t.app.notice = takenNotice
	t.app.flash = "the tour has ended; this is an ordinary demo session"
	return t.pass(t.size(t.height))
}

func (t *tour) next() tea.Cmd {
	wait := tourPoll
	if b := t.beats[t.at]; b.until == nil {
		wait = b.wait
	}
	return tea.Tick(wait, func(time.Time) tea.Msg { return tourMsg{} })
}

// step plays the beat at hand, unless it has to wait.
func (t *tour) step() tea.Cmd {
	b := t.beats[t.at]
	if b.until != nil {
		t.waited += tourPoll
		if t.waited < tourPatience && (t.waited < b.wait || !b.until(t.app)) {
			return t.next()
		}
	}
	t.waited = 0
	t.played += b.length()
	var cmd tea.Cmd
	if b.press != nil {
		cmd = t.pass(b.press)
	}
	if t.at++; t.at == len(t.beats) {
		return tea.Batch(cmd, t.handOver())
	}
	return tea.Batch(cmd, t.next())
}

// View is the app's frame with the captions below it.
func (t *tour) View() tea.View {
	v := t.app.View()
	if !t.over && t.begun && t.room() < t.height {
		v.Content += "\n" + strings.Join(t.captions(), "\n")
	}
	return v
}

func (t *tour) captions() []string {
	now, styles := t.beats[t.at], t.app.theme.Styles
	left := fmt.Sprintf(" ▶ tour %d of %d · SIMULATED models ", now.part,
		t.beats[len(t.beats)-1].part)
	if t.width >= 110 {
		left += "with made-up prices "
	}
	right := " any key takes over, " + t.app.keys.Label(keys.Quit) + " leaves "
	room := t.width - len([]rune(left)) - len([]rune(right))
	bar := ""
	if room < 0 {
		left, right = fmt.Sprintf(" ▶ %d of %d · SIMULATED", now.part,
			t.beats[len(t.beats)-1].part), " · any key stops it"
	} else {
		done := int(float64(room) * float64(t.played) / float64(t.whole))
		bar = strings.Repeat("━", done) + strings.Repeat("─", room-done)
	}
	out := []string{styles.Dim.Render(text.Pad(text.Cut(left+bar+right, t.width), t.width))}
	said := []string{" " + now.caption(t.app.keys.Label)}
	if t.rows() > tourRows { // a margin would be dear
		said = text.Wrap(now.caption(t.app.keys.Label), t.width)
	}
	for i := range t.rows() - 1 {
		out = append(out, styles.Notice.Render(text.Pad(text.At(said, i), t.width)))
	}
	return out
}
