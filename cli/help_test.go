package cli

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Regression: below 120 columns the terminal broke the lists of commands and flags inside words,
// and below 80 the paragraphs came out ragged. The marks of a flag's value were printed.
func TestHelpFitsTheTerminal(t *testing.T) {
	g := &globals{}
	root := newRoot(g)
	addCompletions(g, root)
	root.InitDefaultHelpCmd()
	var visit func(c *cobra.Command, width int)
	visit = func(c *cobra.Command, width int) {
		c.InitDefaultHelpFlag()
		page := ansi.Strip(helpText(c, width))
		for line := range strings.SplitSeq(page, "\n") {
			// A word that is wider than the line stays whole: so does a quoted one, and one with
			// its flag.
			words := strings.Fields(strings.TrimSuffix(line, ` \`))
			if ansi.StringWidth(line) > width && len(words) > 1 &&
				!strings.ContainsAny(line, `'"`) && !isBareFlag(words[0]) {
				t.Errorf("%s at %d columns: too wide: %q", c.CommandPath(), width, line)
			}
		}
		if strings.Contains(page, "`") && c.Name() != "fish" {
			t.Errorf("%s at %d columns shows the marks of values:\n%s", c.CommandPath(), width, page)
		}
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden && !strings.Contains(page, "--"+f.Name) {
				t.Errorf("%s at %d columns does not name --%s", c.CommandPath(), width, f.Name)
			}
		})
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() && !strings.Contains(page, "\n  "+sub.Name()) {
				t.Errorf("%s at %d columns does not list %s", c.CommandPath(), width, sub.Name())
			}
			visit(sub, width)
		}
	}
	for _, width := range []int{40, 63, 64, 80, 100, 200} {
		visit(root, width)
	}
}

// Regression: examples were cut where they did not fit, and the comments of examples lost their
// column. One that is too long goes on after a backslash.
func TestHelpExamplesCanBeCopied(t *testing.T) {
	c := &cobra.Command{Use: "ask PROMPT", Run: func(*cobra.Command, []string) {},
		Example: "  ask            # nothing\n  ask --json -m local/llama3.1:8b --set k=v 'two words'   # says so"}
	wide := helpText(c, 80)
	if !strings.Contains(wide, "\n  ask            # nothing\n") {
		t.Errorf("the comment lost its column:\n%s", wide)
	}
	narrow := ansi.Strip(helpText(c, 30))
	want := "\n  # says so\n  ask --json \\\n      -m local/llama3.1:8b \\\n      --set k=v 'two words'\n"
	if !strings.Contains(narrow, want) {
		t.Errorf("got:\n%s\nwant in it:\n%s", narrow, want)
	}
}

// Regression: a mistake in the flags of a command led to the list of all commands.
func TestMistakeNamesTheHelpOfItsCommand(t *testing.T) {
	for _, args := range []string{
		"ask --modle x hi", "ask -q hi", "sessions list --nope", "sessions frob", "help sessions frob",
	} {
		g := &globals{env: env{getenv: func(string) string { return "" }}}
		root := newRoot(g)
		root.SetArgs(strings.Fields(args))
		_, err := root.ExecuteC()
		path := "lineup " + strings.Fields(strings.TrimPrefix(args, "help "))[0]
		if strings.HasPrefix(args, "sessions list") {
			path += " list"
		}
		if err == nil || !strings.HasSuffix(err.Error(), "\nsee "+path+" --help") {
			t.Errorf("%s: %v", args, err)
		}
	}
}
