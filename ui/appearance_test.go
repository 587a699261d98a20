package ui

import (
	"testing"

	uv "github.com/charmbracelet/ultraviolet"

	tea "charm.land/bubbletea/v2"

	"lineup/ui/theme"
)

// A light terminal that does not answer got dark colours: green on white.
func TestTheGroundOfATerminal(t *testing.T) {
	for _, c := range []struct {
		env, answer string
		dark, known bool
	}{
		{"", "", true, false}, {"0;15", "", false, true}, {"15;0", "", true, true}, {"0;default;15", "", false, true}, {"12;8", "", true, true},
		{"0;7", "", false, true}, {"nonsense", "", true, false}, {"0;default", "", true, false}, {"0;99", "", true, false},
		{"0;15", "dark", true, true}, {"", "light", false, true}, {"15;0", "light", false, true},
	} {
		a := newAppearance("", nil, "")
		a.hint(c.env)
		a.waited()
		if c.answer != "" {
			a.hear(c.answer == "dark", byTerminal)
		}
		if known := a.by != byNobody; a.dark != c.dark || known != c.known {
			t.Errorf("%q, then %q: dark %v, known %v", c.env, c.answer, a.dark, known)
		}
		anywhere := theme.Anywhere("", nil, a.profile).Colours.Good
		if own := a.Colours.Good == anywhere; own == c.known {
			t.Errorf("%q, then %q: the colours for any ground: %v", c.env, c.answer, own)
		}
	}
}

// Who counts: the user, then the terminal's ground, its scheme, COLORFGBG, and at last nobody. A terminal that does not
// tell its ground may tell its scheme, at once or when its user changes it.
func TestWhoTellsTheGround(t *testing.T) {
	dark, light := theme.New("", nil, true, 0).Colours.Good, theme.New("", nil, false, 0).Colours.Good
	any := theme.Anywhere("", nil, 0).Colours.Good
	ground := map[string]tea.Msg{"dark": tea.BackgroundColorMsg{Color: theme.Colour("#000000")}, "light": tea.BackgroundColorMsg{Color: theme.Colour("#ffffff")}}
	for name, c := range map[string]struct {
		background, env string
		msgs            []tea.Msg
		want            string
	}{
		"nothing":                           {"", "", nil, any},
		"a late answer":                     {"", "", []tea.Msg{groundMsg{}, ground["light"]}, light},
		"the scheme alone":                  {"", "", []tea.Msg{uv.LightColorSchemeEvent{}, groundMsg{}}, light},
		"the scheme, late":                  {"", "", []tea.Msg{groundMsg{}, uv.DarkColorSchemeEvent{}}, dark},
		"the scheme against the ground":     {"", "", []tea.Msg{uv.LightColorSchemeEvent{}, ground["dark"]}, dark},
		"the ground, then the scheme":       {"", "", []tea.Msg{ground["dark"], uv.LightColorSchemeEvent{}}, dark},
		"the scheme changes":                {"", "", []tea.Msg{uv.LightColorSchemeEvent{}, uv.DarkColorSchemeEvent{}}, dark},
		"the scheme against the variable":   {"", "15;0", []tea.Msg{uv.LightColorSchemeEvent{}}, light},
		"the user against all":              {"light", "15;0", []tea.Msg{ground["dark"], uv.DarkColorSchemeEvent{}, groundMsg{}}, light},
		"the user says dark":                {"dark", "", []tea.Msg{ground["light"]}, dark},
		"the variable, and nothing answers": {"", "0;15", []tea.Msg{groundMsg{}}, light},
	} {
		drive(t, 100, 30, Config{Panes: specs(says("x/a", "ok", 0, 0)), Background: c.background}, func(d *driver) {
			d.app.theme.hint(c.env)
			for _, msg := range append(c.msgs, groundMsg{}) {
				d.send(msg)
			}
			if got := d.app.theme.Colours.Good; got != c.want {
				t.Errorf("%s: good is %s, want %s", name, got, c.want)
			}
		})
	}
}

// A theme with a ground of its own follows the scheme. Asked for its ground, the terminal would answer with the theme's.
func TestContrastFollowsTheScheme(t *testing.T) {
	drive(t, 100, 30, Config{Panes: specs(says("x/a", "ok", 0, 0)), Theme: "contrast"}, func(d *driver) {
		d.send(tea.BackgroundColorMsg{Color: theme.Colour("#000000")})
		d.send(uv.LightColorSchemeEvent{})
		if got, want := d.app.theme.Colours.Background, theme.New("contrast", nil, false, 0).Colours.Background; got != want {
			t.Errorf("its ground is %s, want %s", got, want)
		}
	})
}
