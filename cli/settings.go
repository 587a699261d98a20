package cli

import (
	"lineup/config"
	"lineup/ui"
)

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
