package cli

import (
	"cmp"
	"fmt"
	"image/color"
	"io"
	"strings"

	"charm.land/fang/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"lineup/ui/text"
)

const (
	proseWidth = 80  // of paragraphs, which are hard to read where they are wider
	helpWidth  = 100 // of everything else
	stackBelow = 64  // cells: here a list has its names and its texts below each other
)

// helpPage is the page of one command, for a terminal of some width. Fang's own pages break long
// lines inside words. Only its colours are used: the terminal's own, which can be read on any
// ground.
type helpPage struct {
	strings.Builder
	width  int
	colour fang.ColorScheme
}

func newHelpPage(width int) *helpPage {
	return &helpPage{
		width: min(width, helpWidth), colour: fang.AnsiColorScheme(lipgloss.LightDark(true)),
	}
}

// help prints the page of a command.
func (g *globals) help(c *cobra.Command, _ []string) {
	page := helpText(c, g.width())
	_, _ = io.WriteString(g.colours(), page) // a reader that has gone is nothing to tell of
}

func helpText(c *cobra.Command, width int) string {
	p := newHelpPage(width)
	p.prose(cmp.Or(c.Long, c.Short))
	p.title("usage")
	own := flagItems(c.LocalFlags())
	if !c.HasAvailableSubCommands() || len(own) > 1 { // a bare group has --help alone
		p.row(strings.TrimSuffix(c.UseLine(), " [flags]")+" [FLAGS]", 6)
	}
	if c.HasAvailableSubCommands() {
		p.row(c.CommandPath()+" COMMAND [FLAGS] [ARGUMENTS]", 6)
	}
	if c.Example != "" {
		p.title("examples")
		for line := range strings.SplitSeq(c.Example, "\n") {
			p.example(strings.TrimSpace(line))
		}
	}
	var below []helpItem
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() || sub.IsAdditionalHelpTopicCommand() {
			below = append(below, helpItem{sub.Name(), sub.Short})
		}
	}
	p.list("commands", p.colour.Command, below)
	p.list("flags", p.colour.Flag, own)
	p.list("flags of every command", p.colour.Flag, flagItems(c.InheritedFlags()))
	return p.String()
}

// refuseUnknownTopics has lineup help name what it does not know. Cobra's shows the first page.
func refuseUnknownTopics(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	help, _, err := root.Find([]string{"help"})
	if err != nil || help == root {
		return
	}
	show := help.Run
	help.Run, help.RunE = nil, func(c *cobra.Command, args []string) error {
		if topic, rest, err := root.Find(args); err == nil && len(rest) > 0 {
			return noArgs(topic, rest)
		}
		show(c, args)
		return nil
	}
}

func (p *helpPage) title(s string) {
	style := lipgloss.NewStyle().Bold(true).Foreground(p.colour.Title)
	p.WriteString("\n" + style.Render(strings.ToUpper(s)) + "\n")
}

// row writes a line below a title; where it is broken it goes on after indent cells.
func (p *helpPage) row(line string, indent int) {
	p.WriteString(fold("  "+line, p.width, indent) + "\n")
}

// prose writes paragraphs, filled again for the width. Lines that begin with blanks stay lines.
func (p *helpPage) prose(s string) {
	var words []string
	end := func() {
		if len(words) > 0 {
			p.WriteString(fold(strings.Join(words, " "), min(p.width, proseWidth), 0) + "\n")
		}
		words = nil
	}
	for line := range strings.SplitSeq(strings.TrimSpace(s), "\n") {
		line = strings.ReplaceAll(line, "\t", "  ")
		switch cut := strings.TrimLeft(line, " "); {
		case cut == "":
			end()
			p.WriteByte('\n')
		case cut != line:
			end()
			p.columns(len(line)-len(cut), cut)
		case strings.HasPrefix(cut, "#### "): // cobra's pages on completions
			end()
			p.WriteString(cut[len("#### "):] + "\n")
		default:
			words = append(words, strings.Fields(cut)...)
		}
	}
	end()
}

// columns writes a line that begins after lead cells. Its second column goes below the first where
// there is no room beside it.
func (p *helpPage) columns(lead int, line string) {
	name, rest, two := strings.Cut(line, "  ")
	rest = strings.TrimLeft(rest, " ")
	at := lead + ansi.StringWidth(line) - ansi.StringWidth(rest)
	switch {
	case lead > p.width/2:
		p.row("  "+line, 4)
	case !two:
		p.WriteString(fold(text.Spaces(lead)+line, p.width, lead+2) + "\n")
	case at > p.width/2:
		p.row(name, 4)
		p.row("  "+rest, 4)
	default:
		p.WriteString(fold(text.Spaces(lead)+line, p.width, at) + "\n")
	}
}

// example writes a line for a shell. A longer one goes on after a backslash, so that it can be
// copied; what is said of it stands above it then.
func (p *helpPage) example(line string) {
	room := p.width - 2
	if command, says, ok := strings.Cut(line, " # "); ok && ansi.StringWidth(line) > room {
		p.row("# "+says, 4)
		line = strings.TrimSpace(command)
	}
	at, quote := 0, rune(0)
	var word strings.Builder
	p.WriteString("  ")
	put := func(last bool) {
		wide, more := ansi.StringWidth(word.String()), 2
		if last {
			more = 0
		}
		switch {
		case at == 0:
		case at+1+wide+more > room:
			p.WriteString(" \\\n      ")
			at = 4
		default:
			p.WriteByte(' ')
			at++
		}
		p.WriteString(word.String())
		at += wide
		word.Reset()
	}
	for i, r := range line {
		switch {
		case r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
			quote = r
		case quote == 0 && r == ' ' &&
			(!isBareFlag(word.String()) || strings.HasPrefix(line[i:], " -")):
			put(false)
			continue
		}
		word.WriteRune(r)
	}
	put(true)
	p.WriteByte('\n')
}

// isBareFlag reports whether a value may follow, which stays on the line of its flag.
func isBareFlag(word string) bool {
	return strings.HasPrefix(word, "-") && !strings.ContainsAny(word, " =")
}

// helpItem is a name and what it is.
type helpItem struct{ name, about string }

// list writes items in two columns, or below each other where that leaves no room.
func (p *helpPage) list(title string, colour color.Color, items []helpItem) {
	if len(items) == 0 {
		return
	}
	p.title(title)
	column := 0
	for _, it := range items {
		column = max(column, ansi.StringWidth(it.name)+4)
	}
	style := lipgloss.NewStyle().Foreground(colour)
	for _, it := range items {
		if p.width < stackBelow {
			p.WriteString("  " + style.Render(strings.TrimSpace(it.name)) + "\n" +
				fold("    "+it.about, p.width, 4) + "\n")
			continue
		}
		gap := text.Spaces(column - 2 - ansi.StringWidth(it.name))
		about := fold(text.Spaces(column)+it.about, p.width, column)
		p.WriteString("  " + style.Render(it.name) + gap + about[column:] + "\n")
	}
}

// flagItems are the flags in the order of their names.
func flagItems(set *pflag.FlagSet) (items []helpItem) {
	short := ""
	set.VisitAll(func(f *pflag.Flag) {
		if f.Shorthand != "" && !f.Hidden {
			short = "    "
		}
	})
	set.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		name, value, usage := flagWords(f)
		if f.Shorthand == "" {
			name = short + name
		}
		items = append(items, helpItem{strings.TrimRight(name+" "+value, " "), usage})
	})
	return items
}

// flagWords are a flag's names, what its value is called, "" for a switch, and what it does.
func flagWords(f *pflag.Flag) (name, value, usage string) {
	value, usage = pflag.UnquoteUsage(f)
	name = "--" + f.Name
	if f.Shorthand != "" {
		name = "-" + f.Shorthand + ", " + name
	}
	switch value {
	case "":
	case "string", "stringArray":
		value = "TEXT"
	case "strings":
		value = "TEXT,…"
	case "int", "uint", "float":
		value = "NUMBER"
	default:
		value = strings.ToUpper(value)
	}
	if d := f.DefValue; d != "" && d != "false" && d != "0" && d != "[]" {
		usage += fmt.Sprintf(" (default %s)", d)
	}
	return name, value, strings.Join(strings.Fields(usage), " ")
}
