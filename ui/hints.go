package ui

import (
	"slices"
	"strings"

	"lineup/session"
	"lineup/ui/keys"
	"lineup/ui/text"
)

// hintParts are the keys that matter now, the most important first.
func (a *app) hintParts() []string {
	k := a.keys.Label
	switch {
	case a.layer.overlay != nil:
		return a.layer.overlay.hints(a)
	case a.question != nil:
		parts := []string{"enter " + a.question.verb, "esc cancel"}
		if a.question.hint != "" {
			parts = append(parts, a.question.hint)
		}
		return parts
	case a.completing():
		return []string{k(keys.Send) + " run", "tab complete", "↑ ↓ choose", "esc keep as text"}
	}
	if a.prompt.files.paths.open(a) {
		return []string{"tab attach", "↑ ↓ choose", "esc keep as text"}
	}
	if own := a.screen.welcome.hints(a); own != nil && welcomes(a) {
		return own
	}
	var parts []string
	switch {
	case a.replay != nil:
		parts = a.replay.hints(k)
	case a.panes.focused:
		parts = paneHints(a)
	default:
		parts = promptHints(a)
	}
	for _, busy := range []string{a.outside.loads.hint(), a.pulls.hint()} {
		if busy != "" {
			parts = append([]string{busy}, parts...)
		}
	}
	return parts
}

// promptHints are the keys of the prompt. Where not all have room, how to begin a line gives way,
// and help comes before the commands.
func promptHints(a *app) []string {
	k := a.keys.Label
	send, pane := []string{k(keys.Send) + " send"}, k(keys.NextPane)+" pane"
	if a.answering() {
		send = append(send, k(keys.Stop)+" stop")
	} else if hasCallers(a) == "" {
		send = append(send, "/result continues the calls")
	}
	help, commands, quit := k(keys.Help)+" help", k(keys.Palette)+" commands", k(keys.Quit)+" quit"
	parts := append(slices.Clone(send), "ctrl+j newline", pane, commands, help, quit)
	if !strings.HasSuffix(text.Hints(parts, a.screen.width), quit) {
		parts = append(send, pane, help, commands, quit)
	}
	return parts
}

// withWayOut keeps what Esc does in view: where the hints are too long it moves to the second
// place, in fewer words where it has to, else to the first.
func withWayOut(parts []string, width int) []string {
	i := slices.IndexFunc(parts, func(s string) bool { return strings.HasPrefix(s, "esc ") })
	if i <= 0 || strings.Contains(text.Hints(parts, width), parts[i]) {
		return parts
	}
	way := parts[i]
	short, _, _ := strings.Cut(way, ", ")
	rest := slices.Delete(slices.Clone(parts), i, i+1)
	for _, way := range []string{way, short} {
		second := slices.Insert(slices.Clone(rest), 1, way)
		if strings.Contains(text.Hints(second, width), way) {
			return second
		}
	}
	return slices.Insert(rest, 0, way)
}

// offer is a key of a pane in the last line, with one word or two.
type offer struct {
	action keys.Action
	words  string
}

// paneHints are the keys of the focused pane that do something now.
func paneHints(a *app) (parts []string) {
	for _, o := range offersOf(a) {
		row, ok := a.keys.of(o.action)
		hidden := hides(a) && o.action == keys.Stop // whether it has ended tells who is fast
		if !ok || row.why(a) != "" && !hidden || hides(a) && row.tells {
			continue
		}
		label := a.keys.Label(o.action)
		if o.action == keys.Up {
			label += "/" + a.keys.Label(keys.Down)
		}
		parts = append(parts, label+" "+o.words)
	}
	detail := a.keys.Label(keys.Detail) + " hide details" // one wants to leave them
	if i := slices.Index(parts, detail); i > 0 {
		parts = slices.Insert(slices.Delete(parts, i, i+1), 0, detail)
	}
	return parts
}

// offersOf are the keys that may matter in the focused pane, the most important first.
func offersOf(a *app) []offer {
	p := a.panes.now()
	out := []offer{{keys.Prompt, "prompt"}}
	scroll := offer{keys.Up, "scroll"}
	detail := offer{keys.Detail, "detail"}
	if p.ShowsDetail() {
		detail.words = "hide details"
	}
	help, fields := offer{keys.Help, "help"}, offer{keys.Fields, "fields"}
	switch r := p.Reply(); {
	case r == nil:
		return append(out, offer{keys.Contender, "settings"}, offer{keys.Double, "double"},
			offer{keys.Close, "close"}, offer{keys.Zoom, "zoom"}, help,
			offer{keys.MoveLeft, "left"}, offer{keys.MoveRight, "right"})
	case hides(a):
		return append(out, hiddenOffers(a)...)
	case p.ShowsDetail():
		return append(out, scroll, offer{keys.Zoom, "zoom"}, detail,
			offer{keys.Waterfall, "waterfall"}, help)
	case p.Running():
		out = append(out, scroll, offer{keys.Stop, "stop"})
		if r.ReasoningText() != "" {
			out = append(out, offer{keys.Reasoning, "reasoning"})
		}
		return append(out, offer{keys.Zoom, "zoom"}, detail, help,
			offer{keys.Lock, "scroll together"})
	case r.VisibleText() == "":
		return append(out, fields, offer{keys.Again, "ask again"},
			offer{keys.Other, "other model"}, detail, offer{keys.Contender, "settings"}, help,
			scroll)
	case r.Status != session.Done:
		out = append(out, offer{keys.Continue, "continue"}, offer{keys.Again, "ask again"})
	}
	if p.Merges { // no contender: nobody votes for it
		return append(out, scroll, offer{keys.FindNext, "next mark"}, offer{keys.Copy, "copy"},
			offer{keys.Zoom, "zoom"}, detail, help, offer{keys.Find, "find"},
			offer{keys.Compare, "compare"}, offer{keys.Again, "ask again"})
	}
	out = append(out, scroll, offer{keys.Find, "find"}, offer{keys.Copy, "copy"},
		offer{keys.Zoom, "zoom"}, detail)
	return append(out, help, fields, offer{keys.NextTake, "next answer"},
		offer{keys.VoteBest, "vote"}, offer{keys.Compare, "compare"},
		offer{keys.Again, "ask again"}, offer{keys.Edit, "edit"})
}

// hiddenOffers are the keys of every pane in a blind session. They are the same whatever its answer
// is like, which would tell panes apart.
func hiddenOffers(a *app) []offer {
	scroll, zoom := offer{keys.Up, "scroll"}, offer{keys.Zoom, "zoom"}
	help := offer{keys.Help, "help"}
	if a.answering() {
		return []offer{scroll, {keys.Stop, "stop"}, zoom, help, {keys.Lock, "scroll together"}}
	}
	return []offer{{keys.VoteBest, "vote"}, {keys.Ballot, "ballot"}, scroll, {keys.Find, "find"},
		{keys.Copy, "copy"}, zoom, help, {keys.Compare, "compare"}, {keys.Edit, "edit"}}
}
