package cli

import (
	"strings"
	"testing"
	"time"

	"lineup/providers"
	"lineup/session"
)

// told plays the events of a reply to a teller, and returns what it says.
func told(live bool, model string, events []providers.Event) string {
	ref := func(s string) providers.Info {
		p, m, _ := strings.Cut(s, "/")
		return providers.Info{Ref: providers.Ref{Provider: p, Model: m}}
	}
	var out strings.Builder
	t := &teller{err: &out, live: live, tales: map[takeOf]*tale{}}
	start := time.Unix(1000, 0)
	r := session.NewReply(0, ref(model), providers.Request{}, start)
	for _, ev := range events {
		if ev.Type == providers.EventAttemptStart {
			info := ref(ev.Text)
			ev.Attempt, ev.Text = &info, ""
		}
		ev.At = start.Add(ev.Wait)
		if ev.Type != providers.EventWait {
			ev.Wait = 0
		}
		r.Apply(ev)
		t.event(r, ev)
	}
	t.end(r)
	return out.String()
}

// asks, fails and end make events; the times are of the whole turn.
func asks(model string, at time.Duration) providers.Event {
	return providers.Event{Type: providers.EventAttemptStart, Text: model, Wait: at}
}

func fails(err *providers.Error, at time.Duration) providers.Event {
	return providers.Event{Type: providers.EventAttemptEnd, Err: err, Wait: at}
}

// Regression: ask printed a fallback's answer without a word, and only the last error of a chain.
func TestAskTellsOfEveryTry(t *testing.T) {
	late := &providers.Error{Kind: providers.TimeoutFirstToken, Message: "no token within 1s"}
	busy := &providers.Error{Kind: providers.RateLimit, Status: 429, Message: "slow down"}
	gone := &providers.Error{Kind: providers.Cancelled, Message: "cancelled"}
	answer := []providers.Event{{Type: providers.EventText, Text: "hi"}, {Type: providers.EventFinish, Text: "stop"},
		{Type: providers.EventAttemptEnd}, {Type: providers.EventEnd}}
	fallback := append([]providers.Event{asks("p/a", 0), fails(late, time.Second), asks("p/b", time.Second)}, answer...)
	retry := append([]providers.Event{asks("p/a", 0), fails(busy, 0), {Type: providers.EventWait, Wait: 2 * time.Second},
		asks("p/a", 2*time.Second)}, answer...)
	chain := []providers.Event{asks("p/a", 0), fails(busy, 0), {Type: providers.EventWait, Wait: time.Second},
		asks("p/a", time.Second), fails(busy, time.Second), asks("p/b", time.Second), fails(late, 3*time.Second),
		{Type: providers.EventEnd, Err: late}}
	for _, c := range []struct {
		name        string
		events      []providers.Event
		live, quiet string
	}{
		{"an answer", append([]providers.Event{asks("p/a", 0)}, answer...), "", ""},
		{"a fallback", fallback,
			"p/a: timed out before the first token after 1.0 s; asking p/b\np/a: answered by p/b\n",
			"p/a: timed out before the first token after 1.0 s; answered by p/b\n"},
		{"a retry", retry,
			"p/a: slow down (HTTP 429); asking again in 2.0 s\n",
			"p/a: slow down (HTTP 429); answered at try 2\n"},
		{"a chain that fails", chain,
			"p/a: slow down (HTTP 429); asking again in 1.0 s\np/a: slow down (HTTP 429); asking p/b\n" +
				"p/a: error: p/b: no token within 1s\n  2 models, 3 attempts\n",
			"p/a: error: p/b: no token within 1s\n  2 models, 3 attempts: p/a: slow down (HTTP 429), 2 times; " +
				"p/b: timed out before the first token after 2.0 s\n"},
		{"a stop", []providers.Event{asks("p/a", 0), {Type: providers.EventEnd, Err: gone}}, "p/a: cancelled\n", "p/a: cancelled\n"},
		{"notes", append([]providers.Event{asks("p/a", 0), {Type: providers.EventDropped, Text: "temperature"},
			{Type: providers.EventNote, Text: "read 10 of 20 tokens"}}, answer...),
			"p/a: the server refuses temperature; it was left out\np/a: read 10 of 20 tokens\n",
			"p/a: the server refuses temperature; it was left out\np/a: read 10 of 20 tokens\n"},
		{"loading", append([]providers.Event{asks("p/a", 0), {Type: providers.EventLoading}, {Type: providers.EventLoading}}, answer...),
			"p/a: the server is loading the model\n", ""},
	} {
		for live, want := range map[bool]string{true: c.live, false: c.quiet} {
			got := strings.ReplaceAll(told(live, "p/a", c.events), "lineup: ", "")
			if got != want {
				t.Errorf("%s, watched %v:\n got %q\nwant %q", c.name, live, got, want)
			}
		}
	}
}
