package ui

import (
	"fmt"
	"time"

	"lineup/session"
	"lineup/ui/text"
)

// stalledAfter is how long no token may come before a pane says so.
const stalledAfter = 3 * time.Second

// state says in a sign and words what a reply is doing or how it ended.
func state(r *session.Reply, now time.Time) (sign, words string, feel tone) {
	if r == nil {
		return "○", "ready", toneQuiet
	}
	if r.Status.Final() {
		return finalState(r)
	}
	switch r.Phase() {
	case session.PhaseQueued:
		return "◌", "queued behind another pane, " + text.Duration(r.Elapsed(now)), toneQuiet
	case session.PhaseConnecting:
		return "◌", "connecting", toneBusy
	case session.PhaseLoading:
		return "◌", "the server is loading the model", toneWarn
	case session.PhaseAlive:
		return "◌", "waiting, server alive", toneBusy
	case session.PhaseWaiting:
		if r.Elapsed(now) >= silentAfter {
			return "◌", "waiting, server silent", toneWarn
		}
	case session.PhaseRetrying:
		return "↻", fmt.Sprintf("%s, retry in %s", lastOutcome(r), text.Duration(r.RetryAt().Sub(now))), toneWarn
	case session.PhaseThinking, session.PhaseStreaming:
		return streamingState(r, now)
	}
	return "◌", "waiting for the first token", toneBusy
}

// silentAfter is how long a server may say nothing at all before a pane says so.
const silentAfter = 5 * time.Second

func streamingState(r *session.Reply, now time.Time) (sign, words string, feel tone) {
	if gap := r.SinceToken(now); gap >= stalledAfter {
		return "◌", fmt.Sprintf("stalled %ds", int(gap.Seconds())), toneWarn
	}
	words = "streaming"
	if r.Phase() == session.PhaseThinking {
		words = "thinking"
	}
	return "●", words + servedBy(r), toneBusy
}

func finalState(r *session.Reply) (sign, words string, feel tone) {
	sign, words, feel = ownState(r)
	if by := servedBy(r); by != "" && r.Status != session.Failed {
		words += by
		if feel == toneGood {
			feel = toneWarn
		}
	}
	return sign, words, feel
}

// ownState is how a reply ended, whoever served it.
func ownState(r *session.Reply) (sign, words string, feel tone) {
	switch r.Status {
	case session.Done:
		return "✓", "done", toneGood
	case session.Length:
		return "✂", "cut at max_tokens", toneWarn
	case session.Truncated:
		return "✂", "truncated: no end mark", toneBad
	case session.Interrupted:
		return "✗", "interrupted" + reason(r), toneBad
	case session.Filtered:
		return "⊘", "filtered by the provider", toneWarn
	case session.Empty:
		return "∅", "no answer", toneWarn
	case session.Cancelled:
		return "■", "cancelled", toneQuiet
	}
	return "✗", "failed" + reason(r), toneBad
}

// servedBy names the model that answered where a fallback took over.
func servedBy(r *session.Reply) string {
	if r.ServedBy == r.Model {
		return ""
	}
	return ", served by " + text.OneLine(r.ServedBy)
}

// reason names the kind of the error, in words.
func reason(r *session.Reply) string {
	if r.Error == nil {
		return ""
	}
	if r.Error.Status != 0 {
		return fmt.Sprintf(" (%s, HTTP %d)", kindWords(string(r.Error.Kind)), r.Error.Status)
	}
	return " (" + kindWords(string(r.Error.Kind)) + ")"
}

func lastOutcome(r *session.Reply) string {
	if len(r.Attempts) == 0 {
		return "failed"
	}
	a := r.Attempts[len(r.Attempts)-1]
	if a.Status != 0 && a.Status != 200 {
		return fmt.Sprintf("HTTP %d", a.Status)
	}
	return kindWords(a.Outcome)
}

// kindWords makes an error kind readable.
func kindWords(kind string) string {
	b := []byte(kind)
	for i, c := range b {
		if c == '_' {
			b[i] = ' '
		}
	}
	return string(b)
}
