package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"lineup/batch"
	"lineup/blind"
	"lineup/config"
	"lineup/providers"
	"lineup/registry"
	"lineup/session"
	"lineup/ui"
)

// screenFlags say which session the screen opens.
type screenFlags struct {
	resume  bool
	session string
	panes   paneFlags
	results string // a result file to open, "" for none

	blind, blindGiven bool
}

// hides reports whether sessions begin blind: by the flag, else by the line-up, else by the config.
func (f screenFlags) hides(cfg config.Config) bool {
	if f.blindGiven {
		return f.blind
	}
	if l, ok := cfg.Lineup(f.panes.lineup); ok && l.Blind != nil {
		return *l.Blind
	}
	return cfg.Compare.Blind
}

// simulatedNotice stands on the screen as long as the models are simulated for want of real ones.
const simulatedNotice = "SIMULATED models: no local server, no API key found. Start Ollama " +
	"or set a key."

// canDraw returns an error with the next step if there is no terminal, in the given words, or if
// the terminal cannot draw.
func (g *globals) canDraw(without string) error {
	switch {
	case !g.tty(g.in) || !g.tty(g.out):
		return usagef("%s", without)
	case g.dumb():
		return usagef(
			"this terminal says that it cannot draw (TERM=dumb). Ask in plain text with: " +
				"lineup ask PROMPT. " +
				"If it can draw after all, start lineup with TERM=xterm-256color",
		)
	}
	return nil
}

// dumb reports whether the terminal says that it can do no more than write lines.
func (g *globals) dumb() bool { return g.getenv("TERM") == "dumb" }

// openScreen runs the TUI on what the config says, or on what can be found.
func (g *globals) openScreen(ctx context.Context, f screenFlags) error {
	const without = "the screen needs a terminal; in scripts use: lineup ask PROMPT"
	if err := g.canDraw(without); err != nil {
		return err
	}
	cfg, err := g.config(ctx)
	if err != nil {
		return err
	}
	look := g.look(cfg)
	uc := ui.Config{
		Version:    version(),
		System:     cfg.System,
		Keys:       cfg.Keys,
		FPS:        cfg.UI.FrameRate,
		Budget:     session.Budget(cfg.Budget),
		Theme:      look.name,
		Themes:     look.own,
		NoMouse:    !cfg.UI.Mouse,
		Motion:     cfg.UI.Motion,
		Background: g.background,
		Templates:  cfg.Templates,
		Repeat:     f.panes.times(cfg),
		Blind:      f.hides(cfg),
		LivePace:   cfg.Compare.Pace == "live",
		Compare: ui.Compare{
			Readers:     ui.Readers{Merge: cfg.Compare.Merge, Judge: cfg.Compare.Judge},
			MergePrompt: cfg.Compare.MergePrompt, Criteria: cfg.Compare.Criteria},
		SaveSettings: g.settingsSaver(cfg),
		SaveLineup:   g.lineupSaver(cfg),
		Lineup:       f.panes.lineup,
		Results:      f.results,
		CaseOf:       batch.CaseSession,
		StartRun:     g.startRun,
		CostPlan:     g.planCost,
	}
	if dir, err := config.DataDir(g.dataFlag, g.getenv); err == nil {
		uc.DraftFile = filepath.Join(dir, "draft.json")
	}
	if uc.Store, uc.StoreErr = g.openStore(ctx, cfg); uc.Store != nil {
		defer uc.Store.Close()
	} else {
		late := g.lateStore(cfg)
		defer late.close()
		uc.Reopen = late.reopen
	}
	if f.resume || f.session != "" {
		if uc.Session, err = findSession(ctx, uc.Store, uc.StoreErr, f); err != nil {
			return err
		}
	}
	var simulator simulation
	defer simulator.close()
	if !settingsAlone(cfg) {
		reg := g.registry(cfg)
		uc.Models = reg
		if uc.Panes, uc.Notice, err = f.openPanes(reg, uc.Session); err != nil {
			return err
		}
	} else {
		uc.Discover = func(ctx context.Context) ui.Found {
			return g.find(ctx, cfg, f, uc.Session, &simulator)
		}
	}
	return g.show(ctx, uc)
}

// lateStore opens a store as soon as possible. At the start the file may be locked, or the disk
// full.
type lateStore struct {
	open func(context.Context) (*session.Store, error)

	mu     sync.Mutex
	store  *session.Store
	closed bool
}

// lateStore is the store of a config.
func (g *globals) lateStore(cfg config.Config) *lateStore {
	return &lateStore{open: func(ctx context.Context) (*session.Store, error) {
		return g.openStore(ctx, cfg)
	}}
}

// reopen tries once more. The store that it gives is closed by close.
func (l *lateStore) reopen(ctx context.Context) (*session.Store, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.store != nil || l.closed {
		return l.store, nil
	}
	s, err := l.open(ctx)
	if err == nil {
		l.store = s
	}
	return s, err
}

func (l *lateStore) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	if l.store != nil {
		_ = l.store.Close() // what is in it is durable already
	}
}

// find opens what is there, or the simulated models. It runs while the first frame is already on
// the screen.
func (g *globals) find(
	ctx context.Context, cfg config.Config, f screenFlags, resumed *session.Session,
	simulator *simulation,
) ui.Found {
	cfg, unusable := g.discover(ctx, cfg)
	problems := unusable.String()
	if len(cfg.Panes) > 0 {
		reg := g.registry(cfg)
		specs, missing, err := f.openPanes(reg, resumed)
		if err != nil {
			return ui.Found{Notice: err.Error()}
		}
		return ui.Found{Panes: specs, Models: reg, Notice: cmp.Or(problems, missing),
			OneServer: len(cfg.Providers) == 1}
	}
	reg, specs, err := simulator.start(g, f.panes)
	if err != nil {
		return ui.Found{Notice: "the simulated models could not be started: " + err.Error()}
	}
	notice := simulatedNotice
	if problems != "" {
		notice = "SIMULATED models. " + problems
	}
	return ui.Found{Panes: specs, Models: reg, Notice: notice}
}

// openPanes opens the panes of the flags, else those of a session. It names those that cannot be
// opened here. With neither, or where none of them can be opened, it opens those of the config.
func (f screenFlags) openPanes(
	reg *registry.Registry, s *session.Session,
) (specs []registry.Spec, notice string, err error) {
	if f.panes.given() && blind.Hides(s) {
		return nil, "", usagef("session %s hides who is who, and goes on in its own panes", s.ID)
	}
	if f.panes.given() || s == nil || len(s.Panes) == 0 {
		specs, err = f.panes.open(reg, "")
		return specs, "", err
	}
	var missing []string
	for _, c := range s.Panes {
		spec, err := reg.OpenContender(c)
		if err != nil {
			missing = append(missing, providers.CleanLine(c.Label()))
			continue
		}
		specs = append(specs, spec)
	}
	if len(missing) == 0 {
		return specs, "", nil
	}
	notice = "This session had models that are not in the config: " + strings.Join(missing, ", ")
	if blind.Hides(s) {
		notice = fmt.Sprintf("This session had %d panes that are not in the config", len(missing))
	}
	if len(specs) == 0 {
		notice += ". The models of the config go on with it."
		specs, err = openAll(reg, reg.Panes())
	}
	return specs, notice, err
}

// leaveWithin is how long the program runs on after a signal. The screen needs 1.9 s at most (see
// ui.Run). Anything longer is a store or a terminal that hangs; the rest is saved by then.
const leaveWithin = 2 * time.Second

// screenGC is how much garbage may lie about, in percent of what lives. With Go's 100, 16 answers
// of 10,000 tokens took 10 MB more, and hardly less CPU.
const screenGC = 50

// show runs the screen, and says how to come back to the session.
func (g *globals) show(ctx context.Context, uc ui.Config) error {
	uc.Report = g.report
	if g.alter != nil {
		g.alter(&uc)
	}
	defer context.AfterFunc(ctx, func() {
		time.Sleep(leaveWithin)
		g.exit(exitInterrupted)
	})()
	defer debug.SetGCPercent(debug.SetGCPercent(screenGC))
	id, err := ui.Run(ctx, uc)
	if id != "" && uc.Store != nil &&
		!errors.Is(err, ui.ErrGone) { // a terminal that takes no output would hold us
		fmt.Fprintf(g.err, "session %s; go on with: lineup --session %s\n", id, id)
	}
	return err
}

// findSession loads the session to go on with.
func findSession(
	ctx context.Context, store *session.Store, storeErr error, f screenFlags,
) (*session.Session, error) {
	if storeErr != nil {
		return nil, storeErr
	}
	name := f.session
	if f.resume {
		if name != "" {
			return nil, usagef("--resume and --session exclude each other")
		}
		name = "last"
	}
	return loadSession(ctx, store, name)
}

// loadSession finds a session by its id, a part of it, or "last".
func loadSession(ctx context.Context, store *session.Store, name string) (*session.Session, error) {
	id, err := store.Resolve(ctx, name)
	if errors.Is(err, session.ErrNotFound) || errors.Is(err, session.ErrAmbiguous) {
		return nil, usageError{err}
	}
	if err != nil {
		return nil, err
	}
	return store.Session(ctx, id)
}
