package cli_test

import (
	"context"
	"iter"
	"os"
	"path/filepath"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"lineup/cli"
	"lineup/providers"
	"lineup/ui"
)

// asProgram has the test binary be the program: nothing has to be built. The value may name a fault to make.
const asProgram = "LINEUP_TEST_PROGRAM"

// The faults that the program can be given.
const (
	noFault      = "none"
	faultyUpdate = "update"  // Update panics once there is a file called fault in the home folder
	faultyLook   = "command" // a command panics: the search for servers
	faultyModel  = "model"   // the first pane's model panics in the middle of its answer
	smallFiles   = "disk"    // once the screen is open, no file grows beyond what it has
	bareScreen   = "bare"    // not lineup at all, but a Bubble Tea program that does nothing, for comparison
)

func TestMain(m *testing.M) {
	fault := os.Getenv(asProgram)
	if fault == "" {
		os.Exit(m.Run())
	}
	if fault == bareScreen {
		if _, err := tea.NewProgram(bare{}).Run(); err != nil {
			panic(err)
		}
		os.Exit(0)
	}
	os.Exit(cli.MainWith(func(c *ui.Config) { inject(fault, c) }))
}

func inject(fault string, c *ui.Config) {
	switch fault {
	case faultyUpdate:
		c.Now = func() time.Time {
			if _, err := os.Stat(filepath.Join(os.Getenv("HOME"), "fault")); err == nil {
				panic("the prompt was count, and the key sk-secret")
			}
			return time.Now()
		}
	case faultyLook:
		c.Discover = func(context.Context) ui.Found { panic("the key is sk-secret") }
	case smallFiles:
		limitFiles()
	case faultyModel:
		c.Panes[0].Model = broken{c.Panes[0].Model}
	}
}

// bare says that it is ready, and leaves at any key.
type bare struct{}

func (bare) Init() tea.Cmd { return nil }

func (b bare) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if _, ok := msg.(tea.KeyPressMsg); ok {
		return b, tea.Quit
	}
	return b, nil
}

func (bare) View() tea.View {
	v := tea.NewView("ready")
	v.AltScreen = true
	return v
}

// broken is a model that panics after some events.
type broken struct{ providers.Model }

func (b broken) Stream(ctx context.Context, req providers.Request) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		n := 0
		for ev, err := range b.Model.Stream(ctx, req) {
			if n++; n > 20 {
				panic("in the middle")
			}
			if !yield(ev, err) {
				return
			}
		}
	}
}
