package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// What the help knows, the pages in docs know too: every command, and every flag.
func TestDocsNameEveryCommandAndFlag(t *testing.T) {
	pages, err := filepath.Glob("../docs/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatalf("no pages: %v", err)
	}
	var all strings.Builder
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	docs := all.String()
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		if !c.IsAvailableCommand() || c.Name() == "help" {
			return
		}
		if path := c.CommandPath(); !c.HasSubCommands() && !strings.Contains(docs, path) {
			t.Errorf("no page in docs names the command %s", path)
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden && f.Name != "help" && !strings.Contains(docs, "--"+f.Name) {
				t.Errorf("no page in docs names --%s of %s", f.Name, c.CommandPath())
			}
		})
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	root := newRoot(&globals{})
	for _, c := range root.Commands() {
		visit(c)
	}
}

// words cuts a line as a shell does, as far as the pages go: quotes and comments, and a pipe ends it.
func words(line string) (out []string) {
	var word strings.Builder
	var quote rune
	begun := false
	end := func() {
		if begun {
			out = append(out, word.String())
		}
		word.Reset()
		begun = false
	}
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote, begun = r, true
		case quote == 0 && r == ' ':
			end()
		case quote == 0 && (r == '|' || r == '#' && !begun):
			end()
			return out
		default:
			word.WriteRune(r)
			begun = true
		}
	}
	end()
	return out
}

// Every command in the READMEs and among the questions is one that lineup has, with flags and arguments that it takes.
func TestCommandsInPagesAreThere(t *testing.T) {
	for page, least := range map[string]int{"../README.md": 10, "../README.ko.md": 10, "../docs/questions.md": 15} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for line := range strings.Lines(string(text)) {
			_, command, ok := strings.Cut(strings.TrimRight(line, "\n"), "lineup")
			if !strings.HasPrefix(line, "    ") || !ok || strings.Contains(line, "go install") {
				continue
			}
			found++
			root := newRoot(&globals{})
			c, rest, err := root.Find(words(command))
			if err == nil {
				err = c.ParseFlags(rest)
			}
			if err == nil {
				err = c.ValidateArgs(c.Flags().Args())
			}
			if err != nil {
				t.Errorf("%s: %s: %v", page, strings.TrimSpace(line), err)
			}
		}
		if found < least {
			t.Errorf("%s has only %d commands", page, found)
		}
	}
}

// Fault: the example by hand gave the database's address as a flag, which ps shows to everybody with the password in it.
func TestNoPageGivesAPasswordAsAFlag(t *testing.T) {
	pages, _ := filepath.Glob("../docs/*.md")
	password := regexp.MustCompile(`--queue[ =]["']?(\$|postgres(ql)?://[^@\s]*:[^@\s]*@)`)
	for _, page := range append(pages, "../README.md", "../README.ko.md", "../compose.yaml", "../Dockerfile") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		if found := password.FindString(string(text)); found != "" {
			t.Errorf("%s has %s", page, found)
		}
	}
}
