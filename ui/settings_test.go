package ui

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

func TestSettingsFrames(t *testing.T) {
	overlayFrames(t, "settings", func() Config {
		return Config{Panes: specs(threeModels()...), SaveSettings: func(Settings) (string, error) { return "c.toml", nil }}
	}, func(d *driver, shot func(string)) {
		d.press("lit:/set", "enter")
		shot("")
	})
}

// A change holds at once; the config is written only on request.
func TestSettingsHoldAtOnceAndAreSavedOnRequest(t *testing.T) {
	var saved []Settings
	var fail error
	cfg := Config{Panes: specs(says("x/a", "hi", 0, 0)), Theme: "dark", SaveSettings: func(s Settings) (string, error) {
		saved = append(saved, s)
		return "lineup.toml", fail
	}}
	drive(t, 80, 24, cfg, func(d *driver) {
		d.press("ctrl+p", "lit:settings", "enter")
		d.wantSees("‹ dark ›", "‹ 30 a second ›", "‹ auto ›", "‹ lineup's ›")
		d.press("right", "down", "left", "down", "left", "down", "space")
		d.wantSees("‹ light ›", "‹ 20 a second ›", "‹ reduced ›", "‹ the terminal's ›")
		if d.app.theme.name != "light" || d.app.View().MouseMode != tea.MouseModeNone || len(saved) > 0 {
			t.Errorf("theme %q, mouse %v, saved %v", d.app.theme.name, d.app.View().MouseMode, saved)
		}
		if got := d.app.pace.next(time.Time{}).Sub(time.Time{}); got != calmPeriod {
			t.Errorf("the next frame comes after %v", got)
		}
		d.press("s")
		d.settle()
		d.wantSees("saved in [ui] of lineup.toml")
		if want := (Settings{Theme: "light", FrameRate: 20, Motion: "reduced"}); len(saved) != 1 || saved[0] != want {
			t.Errorf("saved %+v, want %+v", saved, want)
		}
		fail = errors.New("the disk is full")
		d.press("s")
		d.settle()
		d.wantSees("not saved: the disk is full")
	})
}

func templatesConfig(m *script) Config {
	return Config{Panes: specs(m), Templates: map[string]string{
		"review":    "Review this code. Name the worst problem first.\n\n{{code}}",
		"translate": "Translate into {{ language }}: {{text}} ({{language}})",
		"plain":     "Say hello.",
	}}
}

func TestTemplateFrames(t *testing.T) {
	overlayFrames(t, "template", func() Config { return templatesConfig(says("x/a", "ok", 0, 0)) }, func(d *driver, shot func(string)) {
		d.press("lit:/template t")
		shot("-names")
		d.press("tab", "enter", "lit:한국어", "enter")
		shot("")
	})
}

func TestATemplateAsksForItsVariables(t *testing.T) {
	m := says("x/a", "ok", 0, 0)
	drive(t, 100, 30, templatesConfig(m), func(d *driver) {
		d.press("lit:/template translate", "enter")
		d.wantSees("Template · translate", "language", "text")
		d.press("lit:한국어", "enter")
		// A pasted text lost its lines and its indentation.
		d.send(tea.PasteMsg{Content: "two {{language}}\r\n\tlines\n"})
		d.wantSees("two {{language}}⏎    lines")
		d.press("enter", "enter")
		d.settle()
		if got := m.asked[0].Messages[0].Content; got != "Translate into 한국어: two {{language}}\n\tlines (한국어)" {
			t.Errorf("asked %q", got)
		}
		d.press("ctrl+p", "lit:template plain", "enter")
		if got := d.app.prompt.text(); got != "Say hello." {
			t.Errorf("the prompt is %q", got)
		}
		d.press("ctrl+c", "lit:/template nothing", "enter", "ctrl+c")
		d.press("ctrl+p", "lit:insert template", "enter")
		d.wantSees("Templates · 3", "› plain", "review: asks for code", "enter insert")
		d.press("esc")
	})
}

func TestVariables(t *testing.T) {
	for text, want := range map[string]string{
		"{{a}} {{ b c }} {{a}}": "[a b c]", "{{}} {{ }} { {x} } {{{": "[]", "{{언어}}": "[언어]", "{{a\n}}": "[a]", "{{{x}}}": "[x]",
	} {
		if got := fmt.Sprint(variables(text)); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	if got := fill("{{a}}-{{ b }}", map[string]string{"a": "{{b}}", "b": "2"}); got != "{{b}}-2" || strings.Contains(got, "{{a}}") {
		t.Errorf("filled: %q", got)
	}
}
