package cli

import (
	"lineup/config"
	"lineup/registry"
	"lineup/ui"
)

// lineupSaver writes panes as a line-up into the config file, or into a new one where there is
// none.
func (g *globals) lineupSaver(cfg config.Config) func(registry.Lineup) (string, error) {
	if cfg.File == "" {
		return nil
	}
	return func(l registry.Lineup) (string, error) {
		panes := make([]config.Pane, len(l.Panes))
		for i, c := range l.Panes {
			panes[i] = registry.PaneOf(c)
		}
		return cfg.File, config.SaveLineup(cfg.File, l.Name, panes, g.configOptions()...)
	}
}

// settingsSaver writes the screen's settings into the config file, or into a new one where there is
// none.
func (g *globals) settingsSaver(cfg config.Config) func(ui.Settings) (string, error) {
	if cfg.File == "" {
		return nil
	}
	return func(s ui.Settings) (string, error) {
		return cfg.File, config.SaveUI(
			cfg.File,
			config.UI{Theme: s.Theme, FrameRate: s.FrameRate, Motion: s.Motion, Mouse: s.Mouse},
			g.configOptions()...)
	}
}
