package ui

import (
	"testing"

	"lineup/session"
)

// What can do nothing says why: in the palette, behind a slash, and where Enter is pressed on it. What can does not.
func TestWhatCanDoNothingSaysWhy(t *testing.T) {
	cut := &session.Reply{Text: "half", Status: session.Length}
	done := &session.Reply{Text: "see:\n```go\nx\n```", Status: session.Done}
	for _, c := range []struct {
		name  string
		reply *session.Reply // of the current pane, nil for none
		why   map[action]string
	}{
		{"nothing asked", nil, map[action]string{actAgain: "nothing has been asked yet", actContinue: "nothing has been asked yet",
			actEdit: "nothing has been asked yet", actFork: "nothing has been asked yet", actRename: "nothing has been asked yet",
			actWaterfall: "nothing has been asked yet", actRecall: "nothing has been asked yet", actStop: "nothing is being answered",
			actPickCode: "there is no answer yet", actCopy: "there is no answer yet", actCopyTurn: "there is no answer yet",
			actPromote: "there is no answer yet", actNextTake: "there is no answer yet", actFind: "there is no answer yet",
			actMoveLeft: "it is the leftmost pane", actMoveRight: "", actReopen: "no pane was closed", actZoom: "", actHelp: "", actReasoning: ""}},
		{"done, with code", done, map[action]string{actAgain: "", actContinue: "no answer was cut off", actPickCode: "", actCopy: "",
			actPromote: "", actNextTake: "there is one answer only", actFork: "", actEdit: "", actFind: ""}},
		{"cut off, without code", cut, map[action]string{actContinue: "", actPickCode: "no code in this answer", actPromote: ""}},
		{"failed", &session.Reply{Status: session.Failed}, map[action]string{actAgain: "", actContinue: "no answer was cut off",
			actCopy: "there is no answer to copy", actPromote: "no finished answer", actPickCode: "no code in this answer", actDetail: ""}},
	} {
		a := newApp(t.Context(), Config{Panes: specs(threeModels()...)})
		if c.reply != nil {
			turn := &session.Turn{Prompt: "go", Replies: []*session.Reply{c.reply, nil, nil}}
			a.sess = &session.Session{Turns: []*session.Turn{turn}}
			a.panes[0].turns = appendTurn(nil, newTurnView(turn, c.reply))
		}
		off := map[string]string{}
		for _, cmd := range a.commands() {
			off[cmd.name] = cmd.off
		}
		for act, want := range c.why {
			if got := off[act.slash()]; got != want {
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
