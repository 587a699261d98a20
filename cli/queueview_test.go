package cli

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"lineup/batch/queue"
	"lineup/ui/theme"
)

// Regression: somebody had scrolled down, the runs were pruned elsewhere, and the next frame ended the screen.
func TestQueueViewStaysInRangeWhereRunsGo(t *testing.T) {
	many := make([]queue.Status, 30)
	for i := range many {
		many[i] = queue.Status{Name: fmt.Sprintf("run-%d", i), Total: 1, Done: 1}
	}
	var m tea.Model = queueView{where: "lineup@db/lineup", all: many, at: time.Now(), width: 80, height: 12,
		style: theme.New("terminal", nil, false, colorprofile.ANSI), look: func() tea.Msg { return nil }}
	for range 20 {
		m, _ = m.Update(tea.KeyPressMsg{Code: tea.KeyPgDown})
	}
	if top := m.View().Content; strings.Contains(top, "run-0 ") {
		t.Fatalf("it has not scrolled:\n%s", top)
	}
	m, again := m.Update(queueNews{all: many[:1], at: time.Now()})
	if again == nil {
		t.Error("the database is not asked again")
	}
	if got := m.View().Content; !strings.Contains(got, "run-0") {
		t.Errorf("the run that is left is out of sight:\n%s", got)
	}
	m, _ = m.Update(queueNews{at: time.Now()})
	if got := m.View().Content; !strings.Contains(got, "no runs") {
		t.Errorf("nothing says that the queue is empty:\n%s", got)
	}
}
