package ui

import (
	"fmt"
	"strconv"

	tea "charm.land/bubbletea/v2"
)

// paneNumbers are the numbers of the open panes.
func paneNumbers(a *app) []string {
	var out []string
	for i := range a.panes.open {
		out = append(out, strconv.Itoa(i+1))
	}
	return out
}

// goToPane gives the focus to the pane with a number. Alt and a digit do so for the first ten.
func goToPane(a *app, number string) tea.Cmd {
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > len(a.panes.open) {
		a.flash = fmt.Sprintf("there are panes 1 to %d", len(a.panes.open))
		return nil
	}
	a.focus(n - 1)
	return nil
}

// choosePane offers the panes by number and name.
func choosePane(a *app) {
	var out []command
	for i, p := range a.panes.open {
		number := strconv.Itoa(i + 1)
		title := number + " " + p.FullName()
		out = append(out, command{name: number, title: title, words: wording{name: title},
			keys: "/pane " + number,
			run:  func(a *app, _ string) tea.Cmd { return goToPane(a, number) }})
	}
	a.choose("Panes", "go", "type a number or a name", out)
}
