package config

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Theme is a set of colours of the screen by what they are for; "" takes the colour of Base. A
// colour is "#rrggbb", "#rgb", or a number from 0 to 255 as text: a colour of the terminal's own.
type Theme struct {
	Base string // a built-in theme or a style; "" for "dark" or "light", as the terminal is

	Background, Text, Muted, Border string
	Good, Warn, Bad                 string
	Select, Match, OnMark           string
	Code                            string
	Accents                         []string // one a pane, in turn

	Syntax string // Chroma's style for code blocks, "none" for no colours

	// Markdown is how answers look: the name of one of Glamour's styles, or a file with one, see
	// IsStyleFile and Config.Path; "" for a look of the colours above.
	Markdown string
}

// IsStyleFile reports whether what a theme says is a file with a style, not a name.
func IsStyleFile(s string) bool {
	return strings.ContainsAny(s, `/\\`) || strings.HasSuffix(s, ".json")
}

// builtinThemes are what [ui] theme can name without a [themes.NAME] section.
func builtinThemes() []string {
	return []string{"auto", "dark", "light", "contrast", "terminal", "plain"}
}

// laterThemes are built in as well. A section of the same name takes their place: it may be older
// than they are.
func laterThemes() []string { return []string{"midnight", "paper"} }

// themes reads the sections [themes.NAME].
func (r *reader) themes(t *table) map[string]Theme {
	themes := map[string]Theme{}
	for _, name := range t.names() {
		p := t.path.key(name)
		if slices.Contains(builtinThemes(), name) {
			r.add(p, atKey, "is the name of a built-in theme; choose another one")
		}
		themes[name] = r.theme(t.sub(name))
	}
	t.done()
	return themes
}

func (r *reader) theme(t *table) Theme {
	var th Theme
	t.choice("base", &th.Base, slices.Concat(builtinThemes(), laterThemes(), r.styles)...)
	if th.Base == "auto" {
		th.Base = ""
	}
	for key, dst := range map[string]*string{
		"background": &th.Background, "text": &th.Text, "muted": &th.Muted, "border": &th.Border,
		"good": &th.Good, "warn": &th.Warn, "bad": &th.Bad,
		"select": &th.Select, "match": &th.Match, "on_mark": &th.OnMark, "code": &th.Code,
	} {
		t.colour(key, dst)
	}
	if t.texts("accents", &th.Accents) {
		for i, c := range th.Accents {
			if !isColour(c) {
				r.add(t.path.key("accents").elem(i), atValue, notColour(c))
			}
		}
	}
	r.style(t, "markdown", &th.Markdown, r.styles...)
	if r.syntaxes == nil {
		t.text("syntax", &th.Syntax)
	} else {
		t.choice("syntax", &th.Syntax, append([]string{"none"}, r.syntaxes()...)...)
	}
	t.done()
	return th
}

// style reads one of some names, or a file with a style of Markdown. Where no styles are known any
// name will do.
func (r *reader) style(t *table, key string, dst *string, names ...string) {
	s, _ := t.values[key].(string)
	file := IsStyleFile(s)
	if !file && len(names) > 0 {
		t.choice(key, dst, names...)
		return
	}
	if !t.text(key, dst) || !file || r.checkStyle == nil {
		return
	}
	for _, mistake := range r.checkStyle(r.file, s) {
		r.add(t.path.key(key), atValue, mistake)
	}
}

// colour reads a colour: text, or a bare number from 0 to 255.
func (t *table) colour(key string, dst *string) {
	var s string
	if n, ok := t.values[key].(int64); ok {
		t.take(key)
		s = strconv.FormatInt(n, 10)
	} else if !t.text(key, &s) {
		return
	}
	if s != "" && !isColour(s) {
		t.r.add(t.path.key(key), atValue, notColour(s))
		return
	}
	*dst = s
}

func notColour(s string) string {
	return quote(s) +
		` is not a colour; write "#rrggbb", or a number from 0 to 255 of the terminal's own colours`
}

func isColour(s string) bool {
	if strings.HasPrefix(s, "#") {
		return regexp.MustCompile(`^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$`).MatchString(s)
	}
	n, err := strconv.Atoi(s)
	return err == nil && n >= 0 && n <= 255 && strconv.Itoa(n) == s
}
