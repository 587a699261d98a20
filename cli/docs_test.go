package cli

import (
	"os"
	"path/filepath"
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
