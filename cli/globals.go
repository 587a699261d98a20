package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"

	"lineup/atomicfile"
	"lineup/config"
	"lineup/registry"
	"lineup/session"
	"lineup/ui"
	"lineup/ui/markdown"
	"lineup/ui/theme"
)

// globals are what the flags of every command say, and what is made of it once.
type globals struct {
	env
	configFlag string
	dataFlag   string
	logFlag    string
	background string       // of the terminal, "dark" or "light"; "" asks it
	told       bool         // that the config has mistakes
	log        *slog.Logger // where --log says; never nil once a command runs
	logFile    *logFile     // of --log, nil for none

	opened   *registry.Registry // the last one that was made, nil for none
	unusable problems           // what load has found and cannot use
}

// isTerminal reports whether a stream is a terminal.
func isTerminal(stream any) bool {
	f, ok := stream.(term.File)
	return ok && term.IsTerminal(f.Fd())
}

// config loads the file that applies, which may be a pipe. A mistake in it is wrong usage.
func (g *globals) config(ctx context.Context) (config.Config, error) {
	cfg, err := interruptible(ctx, func() (config.Config, error) {
		return config.Open(g.configFlag, g.getenv, g.configOptions()...)
	})
	if ctx.Err() != nil {
		return cfg, ctx.Err()
	}
	if err != nil {
		return cfg, usageError{err}
	}
	return cfg, nil
}

// configForStore loads the config for a command that needs no more of it than where the sessions
// are kept: mistakes are told and do not stop it.
func (g *globals) configForStore(ctx context.Context) (config.Config, error) {
	cfg, err := g.config(ctx)
	var mistakes config.Errors
	if errors.As(err, &mistakes) {
		if g.told {
			return cfg, nil
		}
		g.told = true
		fmt.Fprintf(g.err, "lineup: %s has mistakes, which lineup config check lists\n", cfg.File)
		return cfg, nil
	}
	return cfg, err
}

// configOptions are what package config has to know of the screen.
func (g *globals) configOptions() []config.Option {
	return []config.Option{config.WithActions(actions()), config.WithSyntaxes(theme.SyntaxNames),
		config.WithStyles(markdown.GlamourNames(), g.styleMistakes)}
}

// actions tells package config what keys can be bound to.
func actions() []config.Action {
	var out []config.Action
	for _, b := range ui.Bindings() {
		out = append(out,
			config.Action{Name: string(b.Action), Keys: b.Keys, Scope: config.Scope(b.Scope)})
	}
	return out
}

// storePath is where the sessions are kept.
func (g *globals) storePath(cfg config.Config) (string, error) {
	if cfg.Store != "" {
		return cfg.Path(cfg.Store, g.getenv), nil
	}
	dir, err := config.DataDir(g.dataFlag, g.getenv)
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "lineup.db"), nil
}

// openStore opens the sessions.
func (g *globals) openStore(ctx context.Context, cfg config.Config) (*session.Store, error) {
	path, err := g.storePath(cfg)
	if err != nil {
		return nil, err
	}
	return session.Open(ctx, path)
}

// openLog opens the file of --log; without the flag nothing is logged. The file is closed by the
// end of the process: every line is written at once.
func (g *globals) openLog() error {
	g.log = slog.New(slog.DiscardHandler)
	if g.logFlag == "" {
		return nil
	}
	f, err := openLogFile(g.logFlag)
	if err != nil {
		return usagef("--log %w", err)
	}
	g.logFile = &logFile{to: f, path: g.logFlag}
	g.log = slog.New(slog.NewTextHandler(g.logFile, nil))
	return nil
}

// settingsAlone reports whether a config says nothing about whom to ask.
func settingsAlone(cfg config.Config) bool { return len(cfg.Providers) == 0 && len(cfg.Panes) == 0 }

// load gives the providers of the config, or, where it names none, those that can be found. With
// neither it returns nil, and nobody says why.
func (g *globals) load(ctx context.Context) (*registry.Registry, config.Config, error) {
	cfg, err := g.config(ctx)
	if err != nil {
		return nil, cfg, err
	}
	if settingsAlone(cfg) {
		if cfg, g.unusable = g.discover(ctx, cfg); len(cfg.Panes) == 0 {
			return nil, cfg, nil
		}
	}
	return g.registry(cfg), cfg, nil
}

// nobody is why a command has nobody to ask: what load has found and cannot use, or else nothing.
func (g *globals) nobody(nothing error) error {
	if problem := g.unusable.String(); problem != "" {
		return usageError{errors.New(problem)}
	}
	return nothing
}

// tellUnusable names the keys that load cannot use, where there is something else to ask.
func (g *globals) tellUnusable() {
	for _, problem := range g.unusable.keys {
		fmt.Fprintln(g.err, "lineup: "+problem)
	}
}

// registry makes the models of a config, with the prices that were kept.
func (g *globals) registry(cfg config.Config) *registry.Registry {
	o := registry.Options{Getenv: g.getenv, Log: g.log}
	if path, err := g.pricePath(); err == nil {
		o.PriceFile = path
	}
	g.opened = registry.New(cfg, o)
	return g.opened
}

// settleWithin is how long a command waits, after its answers, for the price lists of the day.
const settleWithin = time.Second

// settle waits for what the registry does in the background.
func (g *globals) settle() {
	if g.opened != nil {
		g.opened.Settle(settleWithin)
	}
}

// pricePath is the file with the prices that gateways listed.
func (g *globals) pricePath() (string, error) {
	dir, err := config.DataDir(g.dataFlag, g.getenv)
	return filepath.Join(dir, "prices.json"), err
}

// openAll opens panes that the user has named. A mistake in a reference is wrong usage.
func openAll(reg *registry.Registry, panes []config.Pane) ([]registry.Spec, error) {
	specs, err := reg.OpenAll(panes)
	if err != nil {
		return nil, usageError{err}
	}
	return specs, nil
}

// discover adds the servers on this machine and the keys in the environment to a config that names
// no provider.
func (g *globals) discover(ctx context.Context, cfg config.Config) (config.Config, problems) {
	local := config.Discover(ctx, config.Env{Getenv: g.getenv})
	keyed := config.KeyProviders(g.getenv)
	found := config.Assemble(local, keyed)
	cfg.Providers, cfg.Panes = found.Providers, found.Panes
	return cfg, problems{problemsOf(local), problemsOf(keyed)}
}

// problems say what was found but cannot be used, and what to do about it.
type problems struct{ servers, keys []string }

func (p problems) String() string {
	return strings.Join(slices.Concat(p.servers, p.keys), "; ")
}

func problemsOf(found []config.Found) (list []string) {
	for _, f := range found {
		if f.Problem != "" {
			list = append(list, f.Problem)
		}
	}
	return list
}

// writeNew creates a file that must not exist yet, with its folder.
func writeNew(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return atomicfile.Explain(path, err)
	}
	err := atomicfile.Create(path, 0o600, atomicfile.Bytes(text))
	if errors.Is(err, fs.ErrExist) {
		return usagef("%s exists already and is left as it is; edit it, or move it away first",
			path)
	}
	return err
}
