package report

import (
	"fmt"
	"strings"
	"time"

	"lineup/figures"
	"lineup/session"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// stalledAfter is how long no token may come before a pane says so.
const stalledAfter = 3 * time.Second

// State says in a sign and words what a reply is doing or how it ended.
func State(r *session.Reply, now time.Time) (sign, words string, feel theme.Tone) {
	if r == nil {
		return "○", "ready", theme.Quiet
	}
	if r.Status.Final() {
		return finalState(r)
	}
	switch r.Phase() {
	case session.PhaseQueued:
		return "◌", "queued behind another pane, " + figures.Duration(r.Elapsed(now)), theme.Quiet
	case session.PhaseConnecting:
		return "◌", "connecting", theme.Busy
	case session.PhaseLoading:
		return "◌", "the server is loading the model", theme.Warn
	case session.PhaseAlive:
		return "◌", "waiting, server alive", theme.Busy
	case session.PhaseWaiting:
		if r.Elapsed(now) >= silentAfter {
			return "◌", "waiting, server silent", theme.Warn
		}
	case session.PhaseRetrying:
		return "↻", fmt.Sprintf("%s, retry in %s", lastOutcome(r),
			figures.Duration(r.RetryAt().Sub(now))), theme.Warn
	case session.PhaseThinking, session.PhaseStreaming:
		return streamingState(r, now)
	}
	return "◌", "waiting for the first token", theme.Busy
}

// Brief says the same as the words of State in a dozen cells, for a row that has no room for them.
func Brief(r *session.Reply, now time.Time) string {
	switch {
	case r == nil:
		return "ready"
	case r.Status.Final():
		return briefEnd(r)
	}
	switch r.Phase() {
	case session.PhaseQueued:
		return "queued " + figures.Duration(r.Elapsed(now))
	case session.PhaseLoading:
		return "loading"
	case session.PhaseWaiting:
		if r.Elapsed(now) >= silentAfter {
			return "server silent"
		}
		return "waiting"
	case session.PhaseAlive:
		return "waiting"
	case session.PhaseRetrying:
		return "retry " + figures.Duration(r.RetryAt().Sub(now))
	case session.PhaseThinking, session.PhaseStreaming:
		if r.ServedBy != r.Model && r.SinceToken(now) < stalledAfter {
			return "fallback"
		}
	}
	_, words, _ := State(r, now)
	return words
}

// briefEnd says in a word or two how a reply ended.
func briefEnd(r *session.Reply) string {
	failed := r.Status == session.Failed
	switch {
	case failed && r.Error != nil && r.Error.Status != 0:
		return fmt.Sprintf("HTTP %d", r.Error.Status)
	case r.ServedBy != r.Model && !failed:
		return "fallback"
	}
	_, words, _ := ownState(r)
	for _, end := range []string{" (", ":", " at ", " by "} {
		words, _, _ = strings.Cut(words, end)
	}
	return words
}

// silentAfter is how long a server may say nothing at all before a pane says so.
const silentAfter = 5 * time.Second

func streamingState(r *session.Reply, now time.Time) (sign, words string, feel theme.Tone) {
	if gap := r.SinceToken(now); gap >= stalledAfter {
		return "◌", fmt.Sprintf("stalled %ds", int(gap.Seconds())), theme.Warn
	}
	words = "streaming"
	if r.Phase() == session.PhaseThinking {
		words = "thinking"
	}
	return "●", words + servedBy(r), theme.Busy
}

func finalState(r *session.Reply) (sign, words string, feel theme.Tone) {
	sign, words, feel = ownState(r)
	if by := servedBy(r); by != "" && r.Status != session.Failed {
		words += by
		if feel == theme.Good {
			feel = theme.Warn
		}
	}
	return sign, words, feel
}

// ownState is how a reply ended, whoever served it.
func ownState(r *session.Reply) (sign, words string, feel theme.Tone) {
	switch r.Status {
	case session.Done:
		return "✓", "done", theme.Good
	case session.Length:
		return "✂", "cut at max_tokens", theme.Warn
	case session.Truncated:
		return "✂", "truncated: no end mark", theme.Bad
	case session.Interrupted:
		return "✗", "interrupted" + reason(r), theme.Bad
	case session.Filtered:
		return "⊘", "filtered by the provider", theme.Warn
	case session.Empty:
		return "∅", "no answer", theme.Warn
	case session.Cancelled:
		return "■", "cancelled", theme.Quiet
	}
	return "✗", "failed" + reason(r), theme.Bad
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

// kindWords makes an error kind readable. A record may come from elsewhere: nothing in it acts.
func kindWords(kind string) string {
	return text.OneLine(strings.ReplaceAll(kind, "_", " "))
}
