package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"lineup/batch/check"
)

// checksTopic is the page of lineup help checks. It is no command: it has nothing to run.
func checksTopic(g *globals) *cobra.Command {
	topic := &cobra.Command{
		Use:   "checks",
		Short: "What a suite of lineup run can check of an answer",
		Long: "The checks that a suite of lineup run can make of an answer, as in\n\n  " +
			"checks = [{ contains = \"안녕\" }, { not_icontains = \"sorry\", weight = 2 }]\n\n" +
			check.Help() + "\n" +
			"i before the name of a check of text, but regex, ignores case. not_ before any\n" +
			"name turns it round. Each check may have weight (1) and name. Texts may hold\n" +
			"{{variables}}. A failed reply passes no check, and neither does an unknown number,\n" +
			"under not_ too.",
	}
	// The page of a command would go on with its flags.
	topic.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		p := newHelpPage(g.width())
		p.prose(cmd.Long)
		fmt.Fprint(cmd.OutOrStdout(), p.String())
	})
	return topic
}
