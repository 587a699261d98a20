package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"lineup/config"
	"lineup/providers"
)

// noArgs refuses arguments, as wrong usage. It names the command that may have been meant.
func noArgs(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return nil
	case !cmd.HasSubCommands():
		return usagef("%s takes no arguments, but was given %s", cmd.CommandPath(), quoted(args))
	}
	message := fmt.Sprintf("unknown command %q for %s", providers.CleanLine(args[0]),
		cmd.CommandPath())
	if near := config.Nearest(args[0], commandNames(cmd)); len(near) > 0 &&
		!strings.Contains(args[0], " ") {
		return mistyped(cmd, "%s; did you mean %s?", message, strings.Join(near, ", "))
	}
	if !cmd.HasParent() {
		return mistyped(cmd, "%s; to ask it: lineup ask %s", message, quoted(args))
	}
	return mistyped(cmd, "%s; there are %s", message, strings.Join(commandNames(cmd), ", "))
}

// mistyped is a mistake in the words of a command, and says where the right ones stand.
func mistyped(cmd *cobra.Command, format string, args ...any) error {
	return usagef(format+"\nsee %s --help", append(args, cmd.CommandPath())...)
}

// commandNames lists the commands below one, with their other names.
func commandNames(cmd *cobra.Command) []string {
	var names []string
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			names = append(append(names, sub.Name()), sub.Aliases...)
		}
	}
	return names
}

// longestQuote is how much of a command line a message repeats, in characters.
const longestQuote = 60

// quoted writes arguments as one argument of a shell, or PROMPT where they are long or need
// escapes.
func quoted(args []string) string {
	line := strings.Join(args, " ")
	q := strconv.Quote(line)
	if len([]rune(line)) > longestQuote || q != `"`+line+`"` || strings.ContainsAny(line, "$`!") {
		return "PROMPT"
	}
	return q
}

// flagError is a mistake in the flags, with the flag that may have been meant.
func flagError(cmd *cobra.Command, err error) error {
	// The flags are read first: those of an unknown command are unknown too.
	if before := cmd.Flags().Args(); cmd.HasSubCommands() && len(before) > 0 {
		return noArgs(cmd, before)
	}
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return mistyped(cmd, "%w", err)
	}
	var names []string
	all := func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	}
	cmd.Flags().VisitAll(all) // cobra has added the flags of the commands above by now
	near := config.Nearest(unknown.GetSpecifiedName(), names)
	if len(near) == 0 {
		return mistyped(cmd, "%w", err)
	}
	return mistyped(cmd, "%w; did you mean --%s?", err, strings.Join(near, ", --"))
}
