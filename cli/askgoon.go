package cli

import (
	"context"
	"slices"

	"github.com/spf13/pflag"

	"lineup/blind"
	"lineup/providers"
	"lineup/registry"
	"lineup/session"
)

// goOnFlags are the flags of lineup ask that go on with a saved session.
type goOnFlags struct {
	session string
	result  bool
}

func (f *goOnFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.session, "continue", "",
		"go on with the saved session `ID`; its panes are asked, each with its conversation")
	flags.BoolVar(&f.result, "result", false,
		"with --continue: PROMPT is the result of the tools that the last answers call")
}

// check refuses flags that choose models or settings: the session has its own.
func (f *goOnFlags) check(all askFlags) error {
	switch {
	case f.result && f.session == "":
		return usagef("--result goes with --continue ID, the session whose answers call tools")
	case f.session == "":
		return nil
	case all.paneFlags.given() || all.system != "" || all.schema != "" || all.tools != "":
		return usagef("--continue asks the panes of the session as they are; " +
			"leave out --model, --lineup, --set, --system, --schema and --tools")
	case all.noSave:
		return usagef("--continue and --no-save exclude each other")
	case f.result && (len(all.attach) > 0 || all.judge.given || all.merge.given):
		return usagef("--result is no prompt: it goes without --attach, --judge and --merge")
	}
	return nil
}

// conversation is a saved session that a question goes on with. A nil one is a new session.
type conversation struct {
	session *session.Session
	slots   []int // of the panes that are asked
	result  bool  // the prompt is the result of tools
}

// slot is the pane of a model, by its place among those that are asked.
func (c *conversation) slot(i int) int {
	if c == nil {
		return i
	}
	return c.slots[i]
}

// order are the panes that are asked, nil for all of a new session.
func (c *conversation) order() []int {
	if c == nil {
		return nil
	}
	return c.slots
}

// runs reports whether an answer is on its way, which another process waits for.
func (c *conversation) runs() bool {
	for _, t := range c.session.Turns {
		if slices.ContainsFunc(t.All(), func(r *session.Reply) bool { return !r.Status.Final() }) {
			return true
		}
	}
	return false
}

// spent is the money that the session has cost so far.
func (c *conversation) spent() (sum session.Spent) {
	if c != nil {
		for _, t := range c.session.Turns {
			sum = sum.Plus(t.Spent())
		}
	}
	return sum
}

// goOn reads a session and opens the models of its last turn. For a result of tools it opens only
// those whose answers call one.
func (g *globals) goOn(
	ctx context.Context, f goOnFlags, reg *registry.Registry, store *lateStore,
) ([]registry.Spec, *conversation, error) {
	opened, err := store.reopen(ctx)
	if err != nil {
		return nil, nil, err
	}
	sess, err := loadSession(ctx, opened, f.session)
	if err != nil {
		return nil, nil, err
	}
	if blind.Hides(sess) {
		return nil, nil, usagef("the session is blind, and the answers would tell who is who; "+
			"go on with it on the screen: lineup --session %s", sess.ID)
	}
	c := &conversation{session: sess, result: f.result}
	if c.runs() {
		return nil, nil, usagef("session %s is still being answered in another lineup; "+
			"go on with it when that has ended", sess.ID)
	}
	specs, err := c.open(reg)
	return specs, c, err
}

// open opens the models that are asked.
func (c *conversation) open(reg *registry.Registry) (specs []registry.Spec, err error) {
	if len(c.session.Turns) == 0 {
		return nil, usagef("session %s is empty", c.session.ID)
	}
	last := c.session.Turns[len(c.session.Turns)-1]
	for slot, r := range last.Replies {
		if r == nil || r.Merge || c.result && !c.session.CallsTools(slot) {
			continue
		}
		who := r.Contender
		if who == nil {
			who = &providers.Contender{Ref: providers.RefOf(r.Model)}
		}
		spec, err := reg.OpenContender(*who)
		if err != nil {
			return nil, usagef("%s of the session cannot be asked: %w", r.Model, err)
		}
		if schema, tools, ok := c.session.Declared(slot); ok {
			spec.Schema, spec.Tools = schema, tools
		}
		specs, c.slots = append(specs, spec), append(c.slots, slot)
	}
	switch {
	case len(specs) > 0:
		reg.Adapt()
		return specs, nil
	case c.result:
		return nil, usagef("no last answer of session %s calls a tool", c.session.ID)
	}
	return nil, usagef("session %s has no answer to go on from", c.session.ID)
}
