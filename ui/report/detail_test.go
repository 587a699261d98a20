package report

import (
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"lineup/session"
	"lineup/ui/theme"
)

func TestPhasesThatTookNoTimeAreNotTold(t *testing.T) {
	for _, c := range []struct {
		phases   session.Phases
		underWay bool
		want     string
	}{
		{session.Phases{Connect: 10}, false, "connect 10ms, no headers came"},
		{session.Phases{Connect: 10}, true, "connect 10ms, no headers yet"},
		{session.Phases{DNS: 20, Connect: 10, TLS: 40, Headers: 120}, false, "DNS 20ms, connect 10ms, TLS 40ms, headers after 0.12s"},
		{session.Phases{Reused: true, Headers: 120}, true, "open connection used again, headers after 0.12s"},
		{session.Phases{}, true, "no headers yet"},
	} {
		if got := phaseLine(&c.phases, c.underWay); got != c.want {
			t.Errorf("%+v: %q, want %q", c.phases, got, c.want)
		}
	}
}

func TestPartsOfUsageThatAreNoneAreNotTold(t *testing.T) {
	if got := partsOf(part{0, "read from cache"}, part{0, "written to it"}); got != "" {
		t.Errorf("%q", got)
	}
	if got := partsOf(part{3, "read from cache"}, part{0, "written to it"}); got != " (3 read from cache)" {
		t.Errorf("%q", got)
	}
}

// Regression: estimates wore no mark in a pane's numbers, and a cost that is not known was always said to lack a price.
func TestCostsInDetail(t *testing.T) {
	usd := 0.000048
	for want, r := range map[string]*session.Reply{
		"~$0.000048, config":       {Status: session.Truncated, Cost: session.Cost{USD: &usd, Source: "~config"}},
		"$0.000048, gateway":       {Status: session.Done, Cost: session.Cost{USD: &usd, Source: "gateway"}},
		"none: nothing came of it": {Status: session.Failed, Attempts: []session.Attempt{{Status: 401}}, Error: &session.ErrorInfo{Status: 401}},
		"none yet":                 {Status: session.Waiting, Attempts: []session.Attempt{{}}},
		"not known; a price goes under [models.\"g/m\"] in the config":                    {Status: session.Done, Model: "g/m", Usage: session.Usage{Output: 3}},
		"not known: nobody says whether a request is billed that ended before its answer": {Status: session.Cancelled, Attempts: []session.Attempt{{}}},
	} {
		if got := costLine(r); got != want {
			t.Errorf("%s: %q, want %q", r.Status, got, want)
		}
	}
	r := &session.Reply{Status: session.Truncated, Usage: session.Usage{Input: 10, Output: 19, Source: session.Estimated}}
	if got := ansi.Strip(strings.Join(Detail(r, Setup{}, theme.New("dark", nil, false, colorprofile.ANSI), 60, ""), "\n")); !strings.Contains(got, "~10 in") || !strings.Contains(got, "~19 out") {
		t.Errorf("estimated tokens without a mark:\n%s", got)
	}
}

// What the server measured has a unit, and a count no decimals.
func TestServerNumbersHaveUnits(t *testing.T) {
	for name, c := range map[string]struct {
		v    float64
		want string
	}{
		"load_ms":              {4, "load 4ms"},
		"output_ms":            {5650.8, "output 5.7s"},
		"output_tokens":        {340, "output tokens 340"},
		"predicted_per_second": {186.24, "predicted per second 186.2"},
	} {
		if got := serverLine(name, c.v); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// Fault: the system prompt in force could be seen nowhere on the screen.
func TestTheSystemPromptIsInTheDetails(t *testing.T) {
	detail := func(system string) string {
		return ansi.Strip(strings.Join(Detail(&session.Reply{Model: "x/a", System: system}, Setup{}, theme.Styles{}, 60, ""), "\n"))
	}
	if got := detail("Answer briefly.\nIn 한국어."); !strings.HasSuffix(got, "System prompt\n  Answer briefly.\n  In 한국어.") {
		t.Errorf("the details are\n%s", got)
	}
	if got := detail(" \n"); strings.Contains(got, "System prompt") {
		t.Errorf("a system prompt that is none is shown:\n%s", got)
	}
}

// The rows of an attempt that was broken looked like the row of its phases below it.
func TestLongDetailsHang(t *testing.T) {
	got := strings.Join(hang("  ", "1 gate/flash: done, from 0.00s to 0.12s", 20), "\n")
	if want := "  1 gate/flash:\n    done, from 0.00s\n    to 0.12s"; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if got := hang("  ", "finish reason: stop", 21); len(got) != 1 || got[0] != "  finish reason: stop" {
		t.Errorf("%q", got)
	}
}
