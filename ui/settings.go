package ui

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/ui/keys"
	"lineup/ui/text"
)

// Settings are what the user can change of the screen while it runs. Their names and values are
// those of the [ui] section of the config.
type Settings struct {
	Theme     string
	FrameRate int
	Motion    string // "auto", "full" or "reduced"
	Mouse     bool
}

// settings is the overlay that changes them. A change holds at once; the config changes only on
// request.
type settings struct {
	at      int
	changed bool // since they were last saved
	saving  bool
}

// settingsSavedMsg says where the settings were written, or why not.
type settingsSavedMsg struct {
	file string
	err  error
}

// setting is one line of the overlay.
type setting struct {
	name, value, about string
	change             func(a *app, by int) // to the next value, or the one before
}

// current are the settings that hold.
func (s *settings) current(a *app) Settings {
	return Settings{Theme: a.theme.choice(), FrameRate: a.pace.rate, Motion: a.pace.motion,
		Mouse: !a.outside.mouse.released}
}

// setTheme draws everything in another theme.
func (s *settings) setTheme(a *app, name string) {
	a.theme.use(name)
	a.retheme()
}

// step is the value by places further in a ring of values; one that is not there counts as the
// first.
func step[T comparable](values []T, now T, by int) T {
	i := max(0, slices.Index(values, now))
	return values[(i+by+len(values))%len(values)]
}

// frameRates are those that the settings offer.
func frameRates() []int { return []int{5, 10, 15, 20, 30, 60} }

func (s *settings) lines(a *app) []setting {
	now := s.current(a)
	mouse := "lineup's"
	if !now.Mouse {
		mouse = "the terminal's"
	}
	return []setting{
		{"Theme", now.Theme, "auto asks the terminal", func(a *app, by int) {
			s.setTheme(a, step(a.theme.choices(), now.Theme, by))
		}},
		{"Frame rate", fmt.Sprintf("%d a second", now.FrameRate),
			fmt.Sprintf("more than %d from the next start", a.pace.most), func(a *app, by int) {
				a.pace.rate = step(frameRates(), nearestRate(now.FrameRate), by)
			}},
		{"Motion", now.Motion, "reduced: new text four times a second", func(a *app, by int) {
			a.pace.motion = step([]string{"auto", "full", "reduced"}, now.Motion, by)
		}},
		{"Mouse", mouse, a.keys.Label(keys.Mouse) + " changes it at any time", func(a *app, _ int) {
			a.outside.mouse.released = !a.outside.mouse.released
		}},
	}
}

// nearestRate is the rate offered that is not above a rate.
func nearestRate(rate int) int {
	best := frameRates()[0]
	for _, r := range frameRates() {
		if r <= rate {
			best = r
		}
	}
	return best
}

func (s *settings) heading(*app) string { return "Settings" }

func (s *settings) room(_ *app, w, h int) (int, int) { return min(w, 76), min(h, 6) }

func (s *settings) hints(a *app) []string {
	hints := []string{"← → change", "↑ ↓ choose", "esc close"}
	if a.cfg.SaveSettings != nil {
		hints = []string{"← → change", "↑ ↓ choose", "s save to config", "esc close"}
	}
	return hints
}

func (s *settings) view(a *app, w, h int) ([]string, *tea.Cursor) {
	th := a.theme
	var rows []string
	for i, l := range s.lines(a) {
		lead, style, about := "  ", th.Text, th.Dim
		if i == s.at {
			lead, style, about = "› ", th.Picked.Bold(true), th.Picked
		}
		row := style.Render(lead + text.Pad(l.name, 12) + text.Pad("‹ "+l.value+" ›", 18))
		room := max(0, w-ansi.StringWidth(row))
		words := ""
		if room > 14 {
			words = "  " + text.Cut(l.about, room-2)
		}
		rows = append(rows, row+about.Render(text.Pad(words, room)))
	}
	note := "in effect until lineup ends"
	switch {
	case s.saving:
		note = "saving…"
	case a.cfg.SaveSettings != nil && s.changed:
		note = "changed; s saves to the config"
	case a.cfg.SaveSettings != nil:
		note = "s saves to the config"
	}
	if h > len(rows)+1 {
		rows = append(rows, "")
	}
	rows = append(rows, th.Dim.Render(text.Cut(note, w)))
	return rows, nil
}

func (s *settings) press(a *app, k tea.KeyPressMsg) tea.Cmd {
	lines := s.lines(a)
	switch k.String() {
	case "esc", "ctrl+c", "q":
		a.leave()
	case "up", "k", "ctrl+p":
		s.at = (s.at + len(lines) - 1) % len(lines)
	case "down", "j", "tab", "ctrl+n":
		s.at = (s.at + 1) % len(lines)
	case "left", "h":
		s.change(a, -1)
	case "right", "l", "enter", "space":
		s.change(a, 1)
	case "s", "ctrl+s":
		return s.save(a)
	}
	return nil
}

func (s *settings) change(a *app, by int) {
	s.lines(a)[s.at].change(a, by)
	s.changed = true
}

// save writes the settings into the config, in a command.
func (s *settings) save(a *app) tea.Cmd {
	write, now := a.cfg.SaveSettings, s.current(a)
	if write == nil || s.saving {
		return nil
	}
	s.saving = true
	return tell(s, func() tea.Msg {
		file, err := write(now)
		return settingsSavedMsg{file, err}
	})
}

func (s *settings) heard(a *app, msg tea.Msg) tea.Cmd {
	if m, ok := msg.(settingsSavedMsg); ok {
		s.saving = false
		if m.err != nil {
			a.flash = "not saved: " + text.OneLine(m.err.Error())
			return nil
		}
		s.changed = false
		a.flash = "saved in [ui] of " + text.OneLine(m.file)
	}
	return nil
}

func (s *settings) click(a *app, _, y int) tea.Cmd {
	if y < len(s.lines(a)) {
		if s.at == y {
			s.change(a, 1)
		}
		s.at = y
	}
	return nil
}

func (s *settings) wheel(a *app, by int) {
	if by != 0 {
		s.change(a, by/max(by, -by))
	}
}
