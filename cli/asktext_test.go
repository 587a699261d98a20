package cli

import (
	"bytes"
	"testing"

	"lineup/providers"
	"lineup/registry"
	"lineup/session"
)

// What turns out to be reasoning is parted from the answer if it is printed already, and not printed else. Nothing
// reaches the terminal that it would obey.
func TestWhatWasReasoningAndWhatATerminalObeys(t *testing.T) {
	var out, told bytes.Buffer
	g := &globals{env: env{out: &out, err: &told, tty: func(any) bool { return false }, getenv: func(string) string { return "" }}}
	ref, _ := providers.ParseRef("gate/m")
	spec := registry.Spec{Info: providers.Info{Ref: ref, Name: "m"}}
	p := newTextPrinter(g, []registry.Spec{spec, spec}, 0, nil)
	first := &session.Reply{Slot: 0, Model: "gate/m", ServedBy: "gate/m", Status: session.Done, Text: "x"}
	second := &session.Reply{Slot: 1, Model: "gate/m", ServedBy: "gate/m", Status: session.Done, Text: "x"}
	text := func(s string) providers.Event { return providers.Event{Type: providers.EventText, Text: s} }
	for _, e := range []struct {
		reply *session.Reply
		event providers.Event
	}{
		{first, text("hm, a")}, {second, text("well")}, {first, providers.Event{Type: providers.EventMoved}},
		{second, providers.Event{Type: providers.EventMoved}}, {first, text("one\x1b[2J \u061c\u202e two\r\n")},
		{second, text("three\u2028four")}, {first, providers.Event{Type: providers.EventEnd}},
		{second, providers.Event{Type: providers.EventEnd}},
	} {
		if err := p.event(e.reply, e.event); err != nil {
			t.Fatal(err)
		}
	}
	want := "## gate/m\n\nhm, a\n\none␛[2J ␦ two\n\n## gate/m\n\nthree\nfour\n"
	if got := out.String(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
