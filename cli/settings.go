package cli

import (
	"lineup/config"
	"lineup/registry"
	"lineup/ui"
)

// lineupSaver writes a line-up into the config file, or into a new one where there is none, and
// tells what no file could say.
func (g *globals) lineupSaver(
	cfg config.Config,
) func(registry.Lineup) (file string, left []string, err error) {
	if cfg.File == "" {
		return nil
	}
	return func(l registry.Lineup) (string, []string, error) {
		left, err := config.SaveLineup(cfg.File, l.Config(), g.configOptions()...)
		return cfg.File, left, err
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
