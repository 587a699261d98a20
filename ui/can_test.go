package ui

import (
	"testing"

	"lineup/session"
	"lineup/ui/keys"
)

// What can do nothing says why: in the palette, behind a slash, and where Enter is pressed on it. What can does not.
func TestWhatCanDoNothingSaysWhy(t *testing.T) {
	cut := &session.Reply{Text: "half", Status: session.Length}
	done := &session.Reply{Text: "see:\n```go\nx\n```", Status: session.Done}
	for _, c := range []struct {
		name  string
		reply *session.Reply // of the current pane, nil for none
		why   map[keys.Action]string
	}{
		{"nothing asked", nil, map[keys.Action]string{keys.Again: "nothing has been asked yet", keys.Continue: "nothing has been asked yet",
			keys.Edit: "nothing has been asked yet", keys.Fork: "nothing has been asked yet", keys.Rename: "nothing has been asked yet",
			keys.Waterfall: "nothing has been asked yet", keys.Recall: "nothing has been asked yet", keys.Stop: "nothing is being answered",
			keys.PickCode: "there is no answer yet", keys.Copy: "there is no answer yet", keys.CopyTurn: "there is no answer yet",
			keys.Promote: "there is no answer yet", keys.NextTake: "there is no answer yet", keys.Find: "there is no answer yet",
			keys.MoveLeft: "it is the leftmost pane", keys.MoveRight: "", keys.Reopen: "no pane was closed", keys.Zoom: "", keys.Help: "", keys.Reasoning: ""}},
		{"done, with code", done, map[keys.Action]string{keys.Again: "", keys.Continue: "no answer was cut off", keys.PickCode: "", keys.Copy: "",
			keys.Promote: "", keys.NextTake: "there is one answer only", keys.Fork: "", keys.Edit: "", keys.Find: ""}},
		{"cut off, without code", cut, map[keys.Action]string{keys.Continue: "", keys.PickCode: "no code in this answer", keys.Promote: ""}},
		{"failed", &session.Reply{Status: session.Failed}, map[keys.Action]string{keys.Again: "", keys.Continue: "no answer was cut off",
			keys.Copy: "there is no answer to copy", keys.Promote: "no finished answer", keys.PickCode: "no code in this answer", keys.Detail: ""}},
	} {
		a := newApp(t.Context(), Config{Panes: specs(threeModels()...)})
		if c.reply != nil {
			turn := &session.Turn{Prompt: "go", Replies: []*session.Reply{c.reply, nil, nil}}
			a.sess = &session.Session{Turns: []*session.Turn{turn}}
			a.panes.open[0].Add(turn, c.reply)
		}
		off := map[string]string{}
		for _, cmd := range a.keys.actions.commands(a) {
			off[cmd.name] = cmd.off
		}
		for act, want := range c.why {
			if got := off[slashOf(a, act)]; got != want {
				t.Errorf("%s: %s: %q, not %q", c.name, act, got, want)
			}
			if a.flash = ""; want != "" {
				if a.do(act); a.flash != want {
					t.Errorf("%s: doing %s says %q, not %q", c.name, act, a.flash, want)
				}
			}
		}
	}
}

func TestMayHaveCode(t *testing.T) {
	for text, want := range map[string]bool{"plain `x`": false, "a\n```\nb\n```": true, "a\n\n    b": true, "\tb": true, "~~~\nb": true} {
		if got := mayHaveCode(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func slashOf(a *app, name keys.Action) string {
	row, _ := a.keys.of(name)
	return row.slashName()
}
