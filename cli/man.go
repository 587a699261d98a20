package cli

import (
	"io"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func manCommand(g *globals) *cobra.Command {
	return &cobra.Command{Use: "man", Short: "Print the manual page", Hidden: true, Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := io.WriteString(g.out, manPage(cmd.Root()))
			return err
		}}
}

// roff writes a manual page in the macros of man(7).
type roff struct{ strings.Builder }

// text escapes what would be a request or a special character of roff.
func (roff) text(s string) string {
	s = strings.NewReplacer(`\`, `\e`, `-`, `\-`).Replace(s)
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			line = `\&` + line
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// macro writes a request with its arguments in quotes.
func (r *roff) macro(name string, args ...string) {
	r.WriteString("." + name)
	for _, a := range args {
		r.WriteString(` "` + strings.ReplaceAll(r.text(a), `"`, `\(dq`) + `"`)
	}
	r.WriteByte('\n')
}

func (r *roff) line(s string) { r.WriteString(r.text(strings.TrimSpace(s)) + "\n") }

// literal writes lines as they are.
func (r *roff) literal(s string) {
	r.macro("PP")
	r.macro("nf")
	r.WriteString(r.text(s) + "\n")
	r.macro("fi")
}

// manPage describes all commands and their flags.
func manPage(root *cobra.Command) string {
	var r roff
	r.macro("TH", "LINEUP", "1", buildDay(), "lineup "+version(), "User Commands")
	r.macro("SH", "NAME")
	r.line("lineup - " + strings.ToLower(root.Short[:1]) + root.Short[1:])
	r.macro("SH", "SYNOPSIS")
	r.line("lineup [FLAGS]")
	r.macro("br")
	r.line("lineup COMMAND [FLAGS] [ARGUMENTS]")
	r.macro("SH", "DESCRIPTION")
	r.line(root.Long)
	r.macro("SH", "OPTIONS")
	r.flags(root.Flags(), nil)
	r.macro("SH", "COMMANDS")
	for _, sub := range root.Commands() {
		r.command(sub, root.PersistentFlags())
	}
	r.macro("SH", "EXIT STATUS")
	for _, status := range [][2]string{
		{"0", "all replies are answers"},
		{"1", "at least one reply failed, or the command could not do its work"},
		{"2", "wrong usage or a wrong config; nothing was sent"},
		{"130", "interrupted"},
	} {
		r.macro("TP")
		r.line(status[0])
		r.line(status[1])
	}
	r.macro("SH", "FILES")
	r.macro("TP")
	r.line("$XDG_CONFIG_HOME/lineup/config.toml")
	r.line("the config file; LINEUP_CONFIG names another one")
	r.macro("TP")
	r.line("$XDG_DATA_HOME/lineup/lineup.db")
	r.line("the saved sessions; LINEUP_DATA_DIR names another folder")
	return r.String()
}

// command describes a command and those below it. Flags in known stand elsewhere.
func (r *roff) command(c *cobra.Command, known *pflag.FlagSet) {
	if !c.IsAvailableCommand() {
		return
	}
	r.macro("SS", strings.TrimSpace(c.Parent().CommandPath()+" "+c.Use))
	about := c.Long
	if about == "" {
		about = c.Short + "."
	}
	for i, paragraph := range strings.Split(about, "\n\n") {
		if i > 0 && strings.HasPrefix(paragraph, "  ") {
			r.literal(paragraph)
			continue
		}
		if i > 0 {
			r.macro("PP")
		}
		r.line(paragraph)
	}
	r.flags(c.LocalFlags(), known)
	if c.Example != "" {
		r.literal(c.Example)
	}
	for _, sub := range c.Commands() {
		r.command(sub, known)
	}
}

// flags describes flags in the order of their names.
func (r *roff) flags(set, known *pflag.FlagSet) {
	set.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" || known != nil && known.Lookup(f.Name) != nil {
			return
		}
		name, value, usage := flagWords(f)
		r.macro("TP")
		r.WriteString(`\fB` + r.text(name) + `\fR`)
		if value != "" {
			r.WriteString(` \fI` + r.text(value) + `\fR`)
		}
		r.WriteString("\n")
		r.line(usage)
	})
}

// buildDay is the day of the commit that was built, "" for a build without one.
func buildDay() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if day, _, ok := strings.Cut(s.Value, "T"); ok && s.Key == "vcs.time" {
			return day
		}
	}
	return ""
}
