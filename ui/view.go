package ui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/figures"
	"lineup/session"
	"lineup/turn"
	"lineup/ui/keys"
	"lineup/ui/text"
)

// relayout gives every part its place; it is cheap, and changes nothing where nothing changed.
func (a *app) relayout() {
	if a.screen.width < minWidth || a.screen.height < minHeight {
		return
	}
	a.prompt.resize(promptWidth(a.screen.width, borderFits(a.screen.height)),
		promptRows(a.screen.height))
	a.prompt.invite(len(a.panes.asked()))
	a.screen.division = divide(a.screen.width, a.screen.height, a.prompt.rows(),
		a.noticeLine() != "", a.hasVerdict())
	a.panes.arrange(a.screen.width, a.screen.panes)
}

// render makes the frame out of the rows of its parts.
func (a *app) render() {
	a.screen.cursor = nil
	switch {
	case a.screen.width == 0 || a.screen.height == 0:
		a.screen.frame = ""
		return
	case a.screen.width < minWidth || a.screen.height < minHeight:
		a.screen.frame = text.Cut(fmt.Sprintf("lineup needs %d×%d, this is %d×%d",
			minWidth, minHeight, a.screen.width, a.screen.height), a.screen.width)
		return
	}
	s := &a.screen
	rows := make([]string, 0, a.screen.height)
	if s.title > 0 {
		rows = append(rows, a.titleRow())
	}
	if s.notice > 0 {
		notice := text.Pad(" "+text.OneLine(a.noticeLine()), a.screen.width)
		rows = append(rows, a.theme.Notice.Render(notice))
	}
	switch {
	case welcomes(a):
		rows = append(rows, a.screen.welcome.page(a, s.width, s.panes)...)
	case len(a.panes.open) == 0: // of a replay
		rows = append(rows, slices.Repeat([]string{text.Spaces(s.width)}, s.panes)...)
	default:
		rows = a.panes.appendRows(rows, s.width, s.panes, a.look(), a.shown())
	}
	if s.verdict > 0 {
		rows = append(rows, a.verdictRow())
	}
	rows = a.appendPrompt(rows)
	if s.hints > 0 {
		rows = append(rows, "")
	}
	switch {
	case a.layer.overlay != nil:
		a.layer.cover(a, rows)
		if a.longFlash() {
			a.coverFlash(rows)
		}
	case a.completing():
		a.prompt.slash.cover(a, rows)
	case a.prompt.files.paths.open(a):
		a.prompt.files.paths.cover(a, rows)
	case a.longFlash():
		a.coverFlash(rows)
	}
	if s.hints > 0 { // an overlay knows whether it scrolls once it is drawn
		rows[len(rows)-1] = a.hints()
	}
	a.screen.frame = strings.Join(rows, "\n")
}

// hasVerdict reports whether the verdict has a row: from the first turn on, so nothing moves later.
func (a *app) hasVerdict() bool {
	return len(a.panes.open) > 1 && (a.turn != nil || len(a.verdict.crowns) > 0)
}

// slowStore is how long the store may take to write a prompt down before the screen says so.
const slowStore = time.Second

// ended counts the answers of a turn that are shown as ended.
func ended(a *app, t *turn.Turn) int {
	n := len(t.Replies) - t.Running()
	if !hides(a) {
		return n
	}
	for _, p := range a.panes.open {
		v := p.Newest()
		if v == nil || v.Turn != t.Record {
			continue
		}
		n += text.Int(v.Halted() || !v.Open()) - text.Int(v.Reply.Status.Final())
	}
	return n
}

// verdictRow is the verdict, or how many have answered so far.
func (a *app) verdictRow() string {
	if t := a.turn; a.answering() && t.Wanted() > 1 {
		if a.replay == nil && !t.Started() && a.now().Sub(t.Record.CreatedAt) >= slowStore {
			return a.theme.Warn.Render(text.Pad(text.Cut(" saving the prompt takes long; "+
				"nobody is asked before that", a.screen.width), a.screen.width))
		}
		n, has := ended(a, t), "have"
		if n == 1 {
			has = "has"
		}
		words := fmt.Sprintf(" %d of %d %s ended", n, t.Wanted(), has)
		return a.theme.Dim.Render(text.Pad(words, a.screen.width))
	}
	if hides(a) {
		return a.theme.Dim.Render(text.Pad(" "+text.Cut(voteHint(a), a.screen.width-1),
			a.screen.width))
	}
	if len(a.verdict.crowns) == 0 {
		return text.Spaces(a.screen.width)
	}
	return text.Pad(" "+a.verdict.line(a, a.screen.width-1), a.screen.width)
}

// minTitle is the room in cells that a session's title gets before anything else does: which
// session it is matters more than its sums.
const minTitle = 20

// titleRow names the session and sums it up.
func (a *app) titleRow() string {
	left := " " + a.theme.Title.Render("lineup") + "  "
	title := ""
	turns := 0
	if a.sess != nil {
		title, turns = a.reading.Clusters.OneLine(a.sess.Title), len(a.sess.Turns)
	}
	room := func(sum string) int {
		return a.screen.width - ansi.StringWidth(left) - ansi.StringWidth(sum) - 2
	}
	right, short := titleSums(a, turns)
	if room(right) < min(ansi.StringWidth(title), roomyTitle) {
		right = short
	}
	if room(right) < min(ansi.StringWidth(title), minTitle) {
		right = ""
	} else {
		right += " "
	}
	n := a.screen.width - ansi.StringWidth(left) - ansi.StringWidth(right) - 1
	right = a.screen.right.Of(line{right, a.screen.width}, func() string {
		return a.theme.Dim.Render(right)
	})
	return left + text.Pad(text.Cut(title, n), n) + " " + right
}

// titleSums are the sums of the session, in full and in ever shorter forms.
func titleSums(a *app, turns int) (whole, short string) {
	what := "model"
	if a.panes.shared() || hides(a) {
		what = "pane"
	}
	n := len(a.panes.asked())
	models := fmt.Sprintf("%d %s", n, text.Plural(n, what))
	if turns == 0 {
		if hides(a) {
			models += " · blind"
		}
		return a.withLineup(models), models
	}
	turn := fmt.Sprintf("turn %d", turns)
	if hides(a) { // even a sum tells, of a turn that one pane has been asked again
		return turn + " · " + models + " · blind", turn + " · blind"
	}
	cost := a.panes.costOf(a.sess)
	return a.withLineup(turn + " · " + models + cost),
		turn + strings.TrimSuffix(cost, " this session")
}

// roomyTitle is the room in cells that a session's title keeps beside line-up and budget.
const roomyTitle = 30

// withLineup adds the line-up and the day's budget to what sums a session up, where there is room.
func (a *app) withLineup(sum string) string {
	if hides(a) {
		return sum
	}
	all := sum
	if name := text.OneLine(a.lineup.Name); name != "" {
		all = "line-up " + name + " · " + all
	}
	if limit := a.cfg.Budget.Day; limit != nil {
		day := a.money.today()
		all += " · " + day.Words(figures.Money) + " of " + figures.USD(*limit) + " today"
	}
	if a.screen.width-ansi.StringWidth(" lineup  "+all) < roomyTitle {
		return sum
	}
	return all
}

// costOf sums the known costs of a session. An unknown cost of a gateway is reported, not left out.
// A session of one's own machines without configured costs has no sum.
func (b *board) costOf(s *session.Session) string {
	var sum, simulated session.Spent
	for _, t := range s.Turns {
		for _, r := range t.All() {
			sum.Add(r)
			simulated.AddSimulated(r)
		}
		sum.AddJudgements(t)
	}
	if words := session.TotalWords(sum, simulated, figures.Money); words != "" {
		return " · " + words + " this session"
	}
	return ""
}

// promptWidth is how many cells the prompt has within its border, or beside the screen's edge.
func promptWidth(width int, border bool) int {
	if border {
		return width - 4
	}
	return width - 1
}

// appendPrompt draws the box and places the terminal's cursor in it.
func (a *app) appendPrompt(rows []string) []string {
	s := a.screen
	y, x := len(rows), 0
	lines, typing := a.prompt.draw()
	inner := s.input - 2*text.Int(s.border)
	var asked *tea.Cursor
	switch {
	case a.question == nil && a.replay != nil:
		ended := a.turn != nil && a.turn.Ended()
		lines = []string{a.replay.transport(promptWidth(s.width, s.border), ended)}
	case a.question != nil:
		text, c := a.question.View(a.theme.Styles, promptWidth(s.width, s.border))
		lines, asked = []string{text}, c
	}
	if !s.border {
		for i := range inner {
			rows = append(rows, " "+text.Pad(text.At(lines, i), a.screen.width-1))
		}
		x = 1
	} else {
		style := a.theme.Border
		if !a.panes.focused || a.question != nil {
			style = lipgloss.NewStyle()
		}
		bar := strings.Repeat("─", a.screen.width-2)
		rows = append(rows, a.promptTop(style))
		for i := range inner {
			row := text.Pad(text.At(lines, i), a.screen.width-4)
			rows = append(rows, style.Render("│")+" "+row+" "+style.Render("│"))
		}
		rows = append(rows, style.Render("╰"+bar+"╯"))
		y, x = y+1, 2
	}
	switch {
	case asked != nil:
		asked.X, asked.Y = asked.X+x, asked.Y+y
		a.screen.cursor = asked
	case typing != nil && a.replay == nil:
		typing.X, typing.Y = typing.X+x, typing.Y+y
		a.screen.cursor = typing
	}
	return rows
}

// longFlash reports whether what was just said has no room in the last line, and may have rows of
// its own.
func (a *app) longFlash() bool {
	return ansi.StringWidth(a.flash) >= a.screen.width && !a.completing() && !a.twice.quit
}

// flashRows is how many rows it takes.
func flashRows(a *app) int {
	if !a.longFlash() {
		return 0
	}
	return len(text.Wrap(a.flash, a.screen.width-2))
}

// coverFlash shows it on as many rows above the prompt, or above the keys of an overlay, as it
// takes: its end is the next step. It goes with the next key.
func (a *app) coverFlash(rows []string) {
	end := len(rows) - a.screen.hints
	if a.layer.overlay == nil {
		end -= a.screen.input
	}
	said := text.Wrap(a.flash, a.screen.width-2)
	said = said[max(0, len(said)-end):]
	for i, s := range said {
		rows[end-len(said)+i] = a.theme.Warn.Render(text.Pad(" "+s, a.screen.width))
	}
}

// hints is the last line: the last message, or the keys that matter now.
func (a *app) hints() string {
	row := func(style lipgloss.Style, s string) string {
		return style.Render(text.Pad(s, a.screen.width))
	}
	k := a.keys.Label
	switch {
	case a.twice.quit:
		return row(a.theme.Warn,
			fmt.Sprintf(" Quit? %s again quits, %s stays", k(keys.Quit), k(keys.Stop)))
	case a.prompt.branch != nil && a.flash == "":
		return row(a.theme.Warn, text.Cut(a.branchHint(), a.screen.width))
	case a.flash != "" && !a.longFlash():
		return row(a.theme.Warn, " "+a.flash)
	case !a.screen.border: // which it stands in elsewhere
		if unasked := a.prompt.files.warning(a); unasked != "" {
			return row(a.theme.Warn, text.Cut(" "+unasked, a.screen.width))
		}
	}
	parts := withWayOut(a.hintParts(), a.screen.width)
	return a.screen.keys.Of(line{strings.Join(parts, "\x00"), a.screen.width}, func() string {
		return row(a.theme.Dim, text.Hints(parts, a.screen.width))
	})
}
