package suite

import (
	"lineup/batch/check"
	"lineup/config"
	"lineup/providers"
)

// Suite is what a run asks: prompts × cases × panes × repeats. It is for reading only.
type Suite struct {
	// The panes are those of a config: a suite names them as the config does. nil where it names
	// none.
	Panes []config.Pane
	// that the panes need beside those of the config; another program's file brings its own
	Providers []config.Provider
	System    *string // {{variables}} in it are those of the case; nil where the suite says none
	Repeat    int     // 0 where the suite says none
	Prompts   []Prompt
	Cases     []Case
	Unread    []config.Diagnostic // what the file says and lineup does not read
}

// Prompt is a template.
type Prompt struct {
	ID   string // its name, or its position from 0
	Text string // with {{variables}}
	// the text is the case's own
	PerCase bool
	// braces in the text are no variables
	Plain bool
	// in place of Text: makes the prompt of a case by another program's rules
	Make func(c *Case) (Asked, error)
}

// Case is what the variables of a prompt are, and what must hold for its answers.
type Case struct {
	ID     string // or its position from 0
	Vars   Vars
	Prompt string  // of a prompt that is PerCase
	System *string // in place of the suite's, and of the panes'; nil where the case says none
	Checks []check.Check
	Rule   check.Rule
	// why no answer to the case can be judged, or "": there is something in it that is not read
	Unchecked string
	// the panes that are asked, by their position in Suite.Panes; nil for all
	Panes []int
}

// Asked is a prompt with the values of a case.
type Asked struct {
	Text     string              // for the record: the message, or a conversation as JSON
	System   *string             // in place of the suite's, and of the panes'; nil where none is
	Messages []providers.Message // the last one is the user's
}

// Verdict says whether a case passed; nil where it has no checks, or cannot be judged.
func (c *Case) Verdict(results []check.Result) *bool {
	if c.Unchecked != "" {
		return nil
	}
	return check.Verdict(results, c.Checks, c.Rule)
}
