package cli

import "lineup/ui"

// MainWith is Main with a change to what the screen is given.
func MainWith(alter func(*ui.Config)) int { return process(alter) }
