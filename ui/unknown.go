package ui

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/dustin/go-humanize/english"

	"lineup/registry"
	"lineup/ui/keys"
	"lineup/ui/text"
)

// holds reports whether a prompt looks like a mistyped command. Then it names the nearest commands.
// The same text once more is sent.
func (s *slash) holds(a *app, typed string) bool {
	name, ok := commandName(typed)
	if !ok || s.hidden || s.confirmed == typed {
		s.confirmed = ""
		return false
	}
	s.confirmed = typed
	said := s.wrongValue(typed)
	if said == "" {
		said = nearCommands(a.keys.actions, name)
	}
	a.flash = said + "; " + a.keys.Label(keys.Send) + " again sends it as text"
	return true
}

// wrongValue says of a command that takes one of some values, which ones it takes; "" where the
// text is no such command.
func (s *slash) wrongValue(typed string) string {
	name, given, _ := strings.Cut(typed[1:], " ")
	i := slices.IndexFunc(s.commands, func(c command) bool { return c.name == name })
	given = strings.TrimSpace(given)
	if given == "" || i < 0 || len(s.commands[i].values) == 0 {
		return ""
	}
	return text.OneLine(fmt.Sprintf("/%s does not take %s; it takes %s", name, given,
		english.WordSeries(s.commands[i].values, "or")))
}

// nearCommands says that there is no such command, or that it takes no argument, and names the
// nearest ones.
func nearCommands(all actions, name string) string {
	var names []string
	for _, row := range all {
		names = append(names, row.slashName())
	}
	lower := strings.ToLower(name)
	if slices.Contains(names, lower) {
		return "/" + lower + " takes nothing after its name"
	}
	near := registry.Nearest(lower, names)
	if len(near) == 0 {
		return "there is no command /" + name + "; / lists them"
	}
	return "there is no command /" + name + "; nearest: /" + strings.Join(near, ", /")
}

// commandName is the word after the slash of a line that looks like a command: of letters, digits
// and hyphens. A path, a text of several lines and one that begins with a blank are no commands.
func commandName(typed string) (name string, ok bool) {
	rest, ok := strings.CutPrefix(oneCommand(typed), "/")
	if !ok || strings.Contains(rest, "\n") || rest == "" || unicode.IsSpace([]rune(rest)[0]) {
		return "", false
	}
	name = strings.TrimRight(strings.Fields(rest)[0], ".,:;?!")
	for i, r := range name {
		if !unicode.IsLetter(r) && (i == 0 || !unicode.In(r, unicode.Digit, unicode.Mark) &&
			r != '-' && r != '_') {
			return "", false
		}
	}
	return name, name != "" && !slices.Contains(rootFolders(), name)
}

// rootFolders are the folders under / of Linux and macOS: a text may begin with one of them.
func rootFolders() []string {
	return []string{"Applications", "Library", "System", "Users", "Volumes", "bin", "boot", "dev",
		"etc", "home", "lib", "lib64", "media", "mnt", "nix", "opt", "private", "proc", "root",
		"run", "sbin", "snap", "srv", "sys", "tmp", "usr", "var"}
}
