package ui

import (
	"cmp"
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"lineup/providers"
	"lineup/registry"
	"lineup/session"
	"lineup/turn"
	"lineup/ui/pane"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// Config is what the screen needs to know and to call.
type Config struct {
	Version string
	Panes   []registry.Spec
	Models  Models // where further panes come from, or nil
	// Discover, where it is set, finds the panes while the first frame is already on the screen.
	Discover func(context.Context) Found
	Notice   string           // a line that stays
	System   string           // system prompt of every pane that has none of its own
	Session  *session.Session // to go on with, or nil
	Replay   *Replay          // a session to play in place of a conversation, or nil
	Store    *session.Store   // nil: nothing is kept
	StoreErr error            // why Store is nil, for the user
	// Reopen, where it is set, tries to open the store again with each turn while there is none.
	Reopen func(context.Context) (*session.Store, error)
	Keys   map[string][]string
	FPS    int                    // frames a second, 0 for the default
	Theme  string                 // one of theme.Names or a name in Themes; "" is "auto"
	Themes map[string]theme.Theme // the user's own, by name
	Motion string                 // "auto", "full" or "reduced"; "" is "auto"
	// Background is "dark" or "light" where the user says what the terminal is; "" asks it
	Background string
	NoMouse    bool // leave the mouse to the terminal, as its key does
	// DraftFile keeps the prompt that was not sent; "" keeps none. Further lineups that run at the
	// same time use files of the same name with a number.
	DraftFile string

	Templates map[string]string // prompts with {{variables}}, by name
	// SaveSettings, if set, writes the settings into the config and names the file.
	SaveSettings func(Settings) (file string, err error)
	// SaveLineup, if set, writes a line-up into the config, and names the file and what it could
	// not write there.
	SaveLineup func(registry.Lineup) (file string, left []string, err error)
	// Lineup names the line-up of the panes, "" for none.
	Lineup  string
	Repeat  int            // how often each pane is asked a prompt; 0 for once
	Compare Compare        // who merges and judges answers
	Budget  session.Budget // where sending wants a second Enter

	Blind    bool // sessions begin without telling who is who
	LivePace bool // a blind session shows text as it comes, not in step
	// Shuffle puts n panes in another order, as rand.Shuffle does; nil is that
	Shuffle func(n int, swap func(i, j int))

	Results  string   // a result file whose matrix is shown at the start, "" for none
	StartRun StartRun // how a run of many prompts is begun; nil where none can be
	CostPlan CostPlan // what machine and gateways cost; nil where nothing can compare them
	// CaseOf makes a session of the lines of one case in a result file; nil where nothing can.
	CaseOf func(file, title string, lines [][]byte) (*session.Session, error)

	Tour bool // the screen plays a tour of itself, until a key is pressed

	Now func() time.Time // the clock; nil: time.Now
	// Report writes a report of a fault that the screen survives; nil: none.
	Report func(*providers.Panic) (path string, err error)
}

// Found is the result of Discover: panes, a source of further ones, and a line that stays, such as
// a word on simulated models.
type Found struct {
	Panes  []registry.Spec
	Models Models
	Notice string

	OneServer bool // the panes are models of the only provider: a hint says how to choose others
}

// defaultFPS is a rate at which text is pleasant to follow; wide text costs bytes a frame.
const defaultFPS = 30

// clockInterval is how often running clocks are shown again while no text comes.
const clockInterval = 100 * time.Millisecond

// app is the one tea.Model.
type app struct {
	cfg   Config
	ctx   context.Context
	keys  keymap
	theme appearance
	now   func() time.Time

	pace     pace
	outside  outside
	screen   screen
	panes    board
	question *question // asked where the prompt stands, or nil
	layer    layer
	pulls    pulls
	reading  pane.Reading // of answers
	twice    twice

	replay  *replay // the session that is played, or nil
	prompt  prompt
	sess    *session.Session
	turn    *turn.Turn   // under way, or the last one
	keeper  *turn.Keeper // brings turns into the store
	lineup  lineup       // of which the panes were opened last, and who reads the answers
	notice  string       // stays
	flash   string       // until the next key
	verdict verdict
	money   spending
	votes   votes
}

// outside is what there is around the screen.
type outside struct {
	native   clipper // of this machine, or nil
	mouse    mouse
	pictures pictures // that the terminal can show
	loads    loads    // that servers do for us
}

func newApp(ctx context.Context, cfg Config) *app {
	km := newKeymap(cfg.Keys)
	if cfg.FPS <= 0 {
		cfg.FPS = defaultFPS
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	a := &app{cfg: cfg, ctx: ctx, keys: km, now: cfg.Now, sess: cfg.Session, notice: cfg.Notice,
		theme:   newAppearance(cfg.Theme, cfg.Themes, cfg.Background),
		pace:    pace{rate: cfg.FPS, most: cfg.FPS, motion: cmp.Or(cfg.Motion, "auto")},
		outside: outside{mouse: mouse{released: cfg.NoMouse}},
		prompt:  newPrompt(km.Map, openDraft(cfg.DraftFile)),
		keeper:  turn.NewKeeper(cfg.Store, cfg.Reopen, cfg.StoreErr),
		money:   spending{calibration: session.NewCalibration()}}
	a.prompt.repeat, a.prompt.always = cfg.Repeat, cfg.Repeat
	a.votes.next = cfg.Blind
	a.lineup.readers = cfg.Compare.Readers
	a.retheme()
	if cfg.Replay != nil {
		a.openReplay(*cfg.Replay)
		a.votes.veil(a)
		return a
	}
	a.setPanes(cfg.Panes)
	a.lineup.begin(a, cfg.Lineup)
	if cfg.Results != "" {
		a.open(newResults(cfg.Results))
	}
	return a
}

// setPanes opens the panes and shows what they said earlier in the session.
func (a *app) setPanes(specs []registry.Spec) {
	a.panes.set(specs, a.sess)
	if a.sess != nil {
		a.verdict = lastVerdict(a.sess)
		for _, t := range a.sess.Turns {
			a.prompt.remember(t.Prompt)
		}
		a.restoreLayout()
	}
	a.votes.veil(a)
	a.relayout()
}

// retheme redraws everything after the styles have changed.
func (a *app) retheme() {
	a.screen.keys, a.screen.right = text.Memo[line]{}, text.Memo[line]{}
	a.prompt.restyle(a.theme.Styles)
	a.panes.restyle(a.theme.Styles)
}

// answersWithin is the time a terminal has to tell its background. Then a theme may set its own;
// the terminal would answer with that one.
const answersWithin = 250 * time.Millisecond

// groundMsg says that the time is over.
type groundMsg struct{}

// Init asks the terminal for its colours and starts the search for servers.
func (a *app) Init() tea.Cmd {
	waited := tea.Tick(answersWithin, func(time.Time) tea.Msg { return groundMsg{} })
	cmds := []tea.Cmd{tea.RequestBackgroundColor, a.recall(true), waited}
	if find := a.cfg.Discover; find != nil {
		cmds = append(cmds, func() tea.Msg {
			return foundMsg{find(a.ctx)}
		})
	}
	if a.replay != nil {
		cmds = append(cmds, func() tea.Msg { return playMsg{} })
	}
	if s, ok := a.layer.overlay.(*results); ok {
		cmds = append(cmds, s.read(a))
	}
	if a.unchosen() && a.layer.overlay == nil {
		cmds = append(cmds, func() tea.Msg { return chooseMsg{} })
	}
	return tea.Batch(cmds...)
}

// unchosen reports whether there are providers and no model of theirs is open.
func (a *app) unchosen() bool {
	return len(a.panes.open) == 0 && a.cfg.Models != nil && a.cfg.Discover == nil && a.replay == nil
}

// View returns the frame that the last Update made.
func (a *app) View() tea.View {
	v := tea.NewView(a.screen.frame)
	v.AltScreen = true
	v.Cursor = a.screen.cursor
	if !a.outside.mouse.released {
		v.MouseMode = tea.MouseModeCellMotion
	}
	if c := a.theme.Colours.Background; c != "" && a.theme.grounded {
		v.BackgroundColor, v.ForegroundColor = theme.Colour(c), theme.Colour(a.theme.Colours.Text)
	}
	v.WindowTitle = "lineup"
	// Under a Korean or Russian layout a terminal names the key of the Latin one only if it is
	// asked.
	v.KeyboardEnhancements.ReportAlternateKeys = true
	return v
}

// lookOf is what one pane draws by.
func (a *app) lookOf(p *pane.Pane) pane.Look {
	l := a.look()
	l.Width, l.Accent, l.Model = p.InnerWidth(), p.Accent, p.Spec.Info.Ref.String()
	return l
}

// look is what the panes draw by.
func (a *app) look() pane.Look {
	busy := 0
	for _, p := range a.panes.open {
		busy += text.Int(p.Running() && p.Place().H > 0)
	}
	l := pane.Look{Theme: a.theme.Styles, Panes: max(1, busy), ShowThought: a.panes.thoughts,
		ShowPrompt: a.panes.prompts, Reading: a.reading, Locked: a.panes.together,
		Busy: a.answering(), Label: a.keys.Label, Sums: a.sumsLine(), Later: a.panes.drawLater,
		Best: a.verdict.best}
	if a.replay != nil && a.replay.record { // its frames do not depend on how fast they are made
		l.Panes, l.Later = -1, nil
	}
	return l
}
