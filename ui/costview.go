package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"lineup/ui/report"
	"lineup/ui/text"
)

// CostPlan compares one's own machine with gateways, as lineup cost does without flags.
type CostPlan func(context.Context) (*report.CostPlan, error)

// costView shows the plan: chart, tables, assumptions.
type costView struct {
	plan *report.CostPlan // nil while it is made
	err  error
	lineScroll
}

// plannedMsg brings the plan, or why there is none.
type plannedMsg struct {
	plan *report.CostPlan
	err  error
}

func canPlanCost(a *app) string {
	return unless(a.cfg.CostPlan != nil, "nothing here can compare costs")
}

func openCost(a *app) tea.Cmd {
	v := &costView{}
	a.open(v)
	plan, ctx := a.cfg.CostPlan, a.ctx
	return tell(v, func() tea.Msg {
		p, err := plan(ctx)
		return plannedMsg{p, err}
	})
}

func (v *costView) heard(_ *app, msg tea.Msg) tea.Cmd {
	if m, ok := msg.(plannedMsg); ok {
		v.plan, v.err = m.plan, m.err
	}
	return nil
}

func (v *costView) heading(*app) string { return "Break-even" }

func (v *costView) hints(*app) []string { return v.hinted("esc close") }

// room does not wait for the plan, so the overlay keeps its size.
func (v *costView) room(_ *app, w, h int) (int, int) { return min(w, 120), h }

func (v *costView) view(a *app, w, h int) ([]string, *tea.Cursor) {
	t := a.theme.Styles
	switch {
	case v.err != nil:
		return text.Wrap(text.OneLine(v.err.Error()), w), nil
	case v.plan == nil:
		return []string{t.Dim.Render("planning…")}, nil
	}
	return v.window(v.plan.Rows(t, w, h), h), nil
}

func (v *costView) press(a *app, k tea.KeyPressMsg) tea.Cmd {
	if closes(k) || k.String() == "q" {
		a.leave()
		return nil
	}
	v.scrolls(a, k)
	return nil
}

func (v *costView) click(*app, int, int) tea.Cmd { return nil }
