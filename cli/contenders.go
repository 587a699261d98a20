package cli

import (
	"errors"
	"slices"

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/pflag"

	"lineup/config"
	"lineup/registry"
)

// paneFlags say which panes a command asks, and with what settings.
type paneFlags struct {
	models []string
	lineup string
	set    []string
}

func (f *paneFlags) register(flags *pflag.FlagSet) {
	flags.StringArrayVarP(&f.models, "model", "m", nil,
		"model reference with settings, 'PROVIDER/MODEL key=value …'; may be repeated")
	flags.StringVarP(&f.lineup, "lineup", "l", "", "the panes of a line-up of the config")
	flags.StringArrayVar(&f.set, "set", nil, "a setting of all panes, key=value; may be repeated")
}

// given reports whether the flags say anything.
func (f *paneFlags) given() bool { return len(f.models)+len(f.set) > 0 || f.lineup != "" }

// panes are the panes that the flags name, else those of the config. own tells for each whether its
// own system prompt stands on the command line. A setting of -m holds over the same one of --set.
func (f *paneFlags) panes(cfg config.Config) (panes []config.Pane, own []bool, err error) {
	switch {
	case len(f.models) > 0 && f.lineup != "":
		return nil, nil, usagef("--model and --lineup exclude each other")
	case f.lineup != "":
		l, err := lineupNamed(cfg, f.lineup)
		if err != nil {
			return nil, nil, err
		}
		panes = l.Panes
	case len(f.models) == 0:
		panes = cfg.Panes
	}
	if len(panes) > 0 {
		if panes, err = cfg.Set(panes, f.set); err != nil {
			return nil, nil, usageError{config.Each("--set: ", err)}
		}
	}
	var errs []error
	for _, arg := range f.models {
		p, err := cfg.ParsePane(arg)
		if err != nil {
			if same := func(e error) bool { return e.Error() == err.Error() }; !slices.ContainsFunc(
				errs, same) {
				errs = append(errs, err)
			}
			continue
		}
		wide, err := cfg.Set([]config.Pane{{Ref: p.Ref}}, f.set)
		if err != nil {
			return nil, nil, usageError{config.Each("--set: ", err)}
		}
		panes = append(panes, p.Over(wide[0]))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, nil, usageError{err}
	}
	set, err := cfg.Set(make([]config.Pane, 1), f.set)
	if err != nil {
		return nil, nil, usageError{config.Each("--set: ", err)}
	}
	own = make([]bool, len(panes))
	for i := range panes {
		own[i] = set[0].System != nil || len(f.models) > 0 && panes[i].System != nil
	}
	return panes, own, nil
}

// lineupNamed finds a line-up of the config.
func lineupNamed(cfg config.Config, name string) (config.Lineup, error) {
	l, ok := cfg.Lineup(name)
	if ok {
		return l, nil
	}
	names := cfg.LineupNames()
	if len(names) == 0 {
		return l, usagef("the config has no line-ups; write a section [lineups.%s] with panes",
			name)
	}
	if near := config.Nearest(name, names); len(near) > 0 {
		return l, usagef("no line-up is called %q; did you mean %s?", name,
			english.WordSeries(near, "or"))
	}
	return l, usagef("no line-up is called %q; the config has %s", name,
		english.WordSeries(names, "and"))
}

// times is how many takes the line-up of the flags wants of each pane, 0 where none says so.
func (f *paneFlags) times(cfg config.Config) int {
	if l, ok := cfg.Lineup(f.lineup); ok && l.Repeat != nil {
		return *l.Repeat
	}
	return 0
}

// open opens the panes of the flags. A system prompt of the command line, in system, holds over
// those of the config, but not over one that a pane has on the command line.
func (f *paneFlags) open(reg *registry.Registry, system string) ([]registry.Spec, error) {
	panes, own, err := f.panes(reg.Config())
	if err != nil {
		return nil, err
	}
	specs, err := openAll(reg, panes)
	if err != nil {
		return nil, err
	}
	for i := range specs {
		if system != "" && !own[i] {
			specs[i].Info.Contender.Settings.System = nil
			specs[i].Pane.Settings.System = nil
		}
	}
	return specs, nil
}
