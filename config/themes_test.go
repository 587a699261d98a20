package config

import (
	"errors"
	"testing"
)

// A theme takes the styles of Markdown by name and by file; what is wrong in a file is said at the line that
// names it.
func TestStylesOfMarkdown(t *testing.T) {
	styles := WithStyles([]string{"dark", "dracula"}, func(config, file string) []string {
		if config != "f" {
			t.Errorf("the config is %q", config)
		}
		if file == "bad.json" || file == `C:\bad` {
			return []string{file + ":3: h1.colour: unknown key", file + ":4: h1.bold: must be true or false"}
		}
		return nil
	})
	for _, c := range []struct{ text, theme, markdown, wrong string }{
		{"", "auto", "", ""},
		{"[ui]\ntheme = 'dracula'", "dracula", "", ""},
		{"[ui]\ntheme = './mine.json'", "./mine.json", "", ""},
		{"[ui]\ntheme = 'styles/mine'", "styles/mine", "", ""},
		{"[themes.a]\nmarkdown = 'dark'\n[ui]\ntheme = 'a'", "a", "dark", ""},
		{"[themes.a]\nbase = 'dracula'", "auto", "", ""},
		{"[themes.a]\nmarkdown = 'mine.json'", "auto", "mine.json", ""},
		{"[ui]\ntheme = 'dracla'", "", "", `f:2:9: ui.theme: unknown theme "dracla"; did you mean "dracula"?`},
		{"[ui]\ntheme = 'bad.json'", "", "", "f:2:9: ui.theme: bad.json:3: h1.colour: unknown key\n" +
			"f:2:9: ui.theme: bad.json:4: h1.bold: must be true or false"},
		{"[themes.a]\nmarkdown = 'C:\\bad'", "", "", "f:2:12: themes.a.markdown: C:\\bad:3: h1.colour: unknown key\n" +
			"f:2:12: themes.a.markdown: C:\\bad:4: h1.bold: must be true or false"},
		{"[themes.a]\nmarkdown = 'auto'", "", "", `f:2:12: themes.a.markdown: unknown markdown "auto"; must be dark or dracula`},
		{"[themes.a]\nmarkdown = 1", "", "", "f:2:12: themes.a.markdown: must be text in quotes, not a number"},
	} {
		got, err := Parse("f", []byte(c.text), styles)
		if c.wrong != "" {
			if err == nil || err.Error() != c.wrong {
				t.Errorf("%s:\n got %v\nwant %s", c.text, err, c.wrong)
			}
			continue
		}
		if err != nil || got.UI.Theme != c.theme || got.Themes["a"].Markdown != c.markdown || got.SaysTheme != (c.theme != "auto") {
			t.Errorf("%s: theme %q, Markdown %q, said %t, %v", c.text, got.UI.Theme, got.Themes["a"].Markdown, got.SaysTheme, errors.Unwrap(err))
		}
	}
}
