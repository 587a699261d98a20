package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"lineup/config"
	"lineup/providers"
	"lineup/ui/markdown"
	"lineup/ui/theme"
)

// maxStyle is how many bytes a file with a style may have.
const maxStyle = 256 << 10

// look is the theme of the screen, and those that the user has besides lineup's.
type look struct {
	name string
	own  map[string]theme.Theme
}

// look is the config's theme, or else that of GLAMOUR_STYLE. Other programs read that variable too,
// so a mistake in it is told on standard error and is no error.
func (g *globals) look(cfg config.Config) look {
	l := look{cfg.UI.Theme, map[string]theme.Theme{}}
	for name, t := range cfg.Themes {
		l.own[name] = g.ownTheme(cfg, t)
	}
	switch wanted := g.getenv("GLAMOUR_STYLE"); {
	case cfg.SaysTheme:
		g.styleTheme(&l, cfg.Path(l.name, g.getenv))
	case wanted == "":
	case slices.Contains(theme.Names(), wanted):
		l.name = wanted
	case !config.IsStyleFile(wanted):
		g.warnStyle(fmt.Sprintf("%q is none of Glamour's styles", wanted))
	default:
		if path, err := filepath.Abs(config.ExpandHome(wanted, g.getenv)); err == nil {
			l.name = path // which may be saved in the config, and counts from its folder there
		}
		for _, mistake := range g.styleTheme(&l, l.name) {
			g.warnStyle(mistake)
		}
	}
	return l
}

// backgroundFlag adds --background to all commands.
func backgroundFlag(g *globals, root *cobra.Command) {
	root.PersistentFlags().StringVar(&g.background, "background", "",
		"what the terminal is: dark, light, or auto, which asks it (env LINEUP_BACKGROUND)")
}

// readBackground reads the flag, else the variable LINEUP_BACKGROUND.
func (g *globals) readBackground() error {
	source := "--background"
	if g.background == "" {
		source, g.background = "LINEUP_BACKGROUND", g.getenv("LINEUP_BACKGROUND")
	}
	switch said := g.background; said {
	case "", "dark", "light":
	case "auto":
		g.background = ""
	default:
		return usagef("%s is %s; write dark, light or auto", source, providers.CleanLine(said))
	}
	return nil
}

// themeFlag adds --theme to a command that opens the screen without settings of its own.
func themeFlag(c *cobra.Command, name *string) {
	c.Flags().StringVar(name, "theme", "", "auto, dark, light and others, or a theme of the config")
}

// themeNames are what --theme takes, less the files with styles.
func themeNames(cfg config.Config) []string {
	return append(theme.Names(), slices.Sorted(maps.Keys(cfg.Themes))...)
}

// lookNamed is the look with the theme that a flag names; "" leaves it to the config.
func (g *globals) lookNamed(cfg config.Config, name string) (look, error) {
	switch {
	case name == "":
		return g.look(cfg), nil
	case slices.Contains(themeNames(cfg), name):
		cfg.UI.Theme, cfg.SaysTheme = name, true
		return g.look(cfg), nil
	case !config.IsStyleFile(name):
		return look{}, usagef("--theme %s: there is no such theme; there are %s",
			providers.CleanLine(name), strings.Join(themeNames(cfg), ", "))
	}
	path, err := filepath.Abs(config.ExpandHome(name, g.getenv))
	if err != nil {
		return look{}, usageError{err}
	}
	if _, mistakes := readStyle(path); len(mistakes) > 0 {
		return look{}, usagef("--theme: %s", providers.CleanLine(mistakes[0]))
	}
	cfg.UI.Theme, cfg.SaysTheme = path, true
	return g.look(cfg), nil
}

func (g *globals) warnStyle(mistake string) {
	fmt.Fprintln(g.err, "lineup: GLAMOUR_STYLE: "+providers.CleanLine(mistake))
}

// styleTheme makes a theme of the file with a style that a theme's name is, if it is one.
func (g *globals) styleTheme(l *look, path string) (mistakes []string) {
	if _, own := l.own[l.name]; own || !config.IsStyleFile(l.name) {
		return nil
	}
	style, mistakes := readStyle(path)
	if l.own[l.name] = theme.OfGlamour(style); len(mistakes) > 0 {
		delete(l.own, l.name)
		l.name = ""
	}
	return mistakes
}

// ownTheme is a theme of the config's.
func (g *globals) ownTheme(cfg config.Config, t config.Theme) theme.Theme {
	out := theme.Theme{
		Base: t.Base, Background: t.Background, Text: t.Text, Muted: t.Muted, Border: t.Border,
		Good: t.Good, Warn: t.Warn, Bad: t.Bad, Select: t.Select, Match: t.Match, OnMark: t.OnMark,
		Code: t.Code, Accents: t.Accents, Syntax: t.Syntax,
	}
	if config.IsStyleFile(t.Markdown) {
		if style, mistakes := readStyle(cfg.Path(t.Markdown, g.getenv)); len(mistakes) == 0 {
			out.Markdown = &style
		}
	} else if style, ok := markdown.Glamour(t.Markdown); ok {
		out.Markdown = &style
	}
	return out
}

// styleMistakes checks a file with a style that a config file names.
func (g *globals) styleMistakes(file, path string) []string {
	_, mistakes := readStyle(config.Config{File: file}.Path(path, g.getenv))
	return mistakes
}

// readStyle reads a file with a style of Glamour's. Each mistake has the file, the line and the
// key.
func readStyle(path string) (markdown.Style, []string) {
	info, err := os.Stat(path)
	if err == nil && info.Size() > maxStyle {
		return markdown.Style{}, []string{path + ": is larger than 256 kB, which no style is"}
	}
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return markdown.Style{}, []string{path + ": there is no such file"}
	case err != nil:
		return markdown.Style{}, []string{err.Error()}
	}
	style, found := markdown.ParseGlamour(text)
	var mistakes []string
	for _, m := range found {
		mistakes = append(mistakes, path+":"+m.Error())
	}
	return style, mistakes
}
