package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"lineup/config"
	"lineup/providers"
	"lineup/providers/wire"
	"lineup/registry"
	"lineup/session"
)

// askFlags are the flags of lineup ask.
type askFlags struct {
	models     []string
	json       bool
	system     string
	noSave     bool
	overBudget bool
}

func askCommand(g *globals) *cobra.Command {
	var f askFlags
	c := &cobra.Command{
		Use:   "ask [-m PROVIDER/MODEL]… [--json] PROMPT",
		Short: "Ask one prompt of N models and stream the answers to standard output",
		Long: "Asks one prompt of the models that -m names, or of the panes of the config.\n" +
			"With one model the bare answer goes to standard output, so that it pipes; with several each has a heading.\n" +
			"PROMPT may be - or be left out in a pipe; then it is read from standard input.",
		Example: "  lineup ask -m local/llama3.1:8b \"Why is the sky blue?\"\n" +
			"  git diff | lineup ask -m openrouter/anthropic/claude-sonnet-4 \"Review this:\" -\n" +
			"  lineup ask --json -m local/llama3.1:8b -m holysheep/gemini-2.5-flash \"Hi\" | jq .metrics",
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.ask(cmd.Context(), f, args)
		},
	}
	c.Flags().StringArrayVarP(&f.models, "model", "m", nil, "model reference, PROVIDER/MODEL; may be repeated")
	c.Flags().BoolVar(&f.json, "json", false, "print one JSON object a reply, in order of completion")
	c.Flags().StringVar(&f.system, "system", "", "system prompt, in place of the config's")
	c.Flags().BoolVar(&f.overBudget, "over-budget", false, "ask although the budget of the config is used up")
	c.Flags().BoolVar(&f.noSave, "no-save", false, "do not keep the session")
	return c
}

func (g *globals) ask(ctx context.Context, f askFlags, args []string) error {
	// A reader that has had enough, as head has, closes the pipe. The signal would end lineup before the answers are saved.
	signal.Ignore(syscall.SIGPIPE)
	prompt, err := g.promptOf(args)
	if err != nil {
		return err
	}
	var simulator simulation
	defer simulator.close()
	specs, system, store, cfg, err := g.askSetup(ctx, f, &simulator)
	if err != nil {
		return err
	}
	if store != nil {
		defer store.Close()
	}
	q := question{g: g, specs: specs, store: store, prompt: prompt, system: system}
	if q.habits, err = q.withinBudget(ctx, cfg, f.overBudget); err != nil {
		return err
	}
	if f.json {
		q.show = &jsonPrinter{out: g.out}
	} else {
		q.show = newTextPrinter(g, specs)
	}
	return q.run(ctx)
}

// askSetup opens the models to ask and the store.
func (g *globals) askSetup(ctx context.Context, f askFlags, simulator *simulation) (specs []registry.Spec, system string, store *session.Store, cfg config.Config, err error) {
	var reg *registry.Registry
	reg, cfg, err = g.load(ctx)
	if err != nil {
		return nil, "", nil, cfg, err
	}
	if reg == nil {
		if reg, err = simulator.registry(g); err != nil {
			return nil, "", nil, cfg, err
		}
		fmt.Fprintln(g.err, "lineup: no config, no local server and no API key was found; these are SIMULATED models")
	}
	refs := f.models
	if len(refs) == 0 {
		refs = reg.Panes()
	}
	if len(refs) == 0 {
		return nil, "", nil, cfg, usagef("no model is named; use -m PROVIDER/MODEL, or set panes in the config")
	}
	if specs, err = openAll(reg, refs); err != nil {
		return nil, "", nil, cfg, err
	}
	system = cfg.System
	if f.system != "" {
		system = f.system
		for i := range specs {
			specs[i].System = ""
		}
	}
	if !f.noSave {
		if store, err = g.openStore(ctx, cfg); err != nil {
			fmt.Fprintln(g.err, "lineup: this session is not saved: "+providers.CleanLine(err.Error()))
		}
	}
	return specs, system, store, cfg, nil
}

// promptOf joins the arguments; "-", and an empty command line in a pipe, stand for standard input.
func (g *globals) promptOf(args []string) (string, error) {
	if len(args) == 0 {
		if g.tty(g.in) {
			return "", usagef("no prompt; write lineup ask PROMPT, or pipe one in")
		}
		args = []string{"-"}
	}
	var parts []string
	read := false
	for _, a := range args {
		if a == "-" && !read {
			read = true
			text, err := io.ReadAll(g.in)
			if err != nil {
				return "", fmt.Errorf("standard input could not be read: %w", err)
			}
			a = "\n" + strings.ToValidUTF8(strings.TrimRight(string(text), "\r\n"), "\uFFFD") + "\n"
		}
		parts = append(parts, a)
	}
	prompt := strings.TrimSpace(strings.Join(parts, " "))
	if prompt == "" {
		return "", usagef("the prompt is empty")
	}
	return prompt, nil
}

// printer shows replies while they come.
type printer interface {
	// event is called behind each event that has been applied to a reply.
	event(r *session.Reply, ev providers.Event) error
	// close is called when all replies have ended.
	close() error
}

// warmWithin is how long the requests wait for the connections of all models.
const warmWithin = 1500 * time.Millisecond

// question is one prompt on its way to its answers.
type question struct {
	g      *globals
	specs  []registry.Spec
	store  *session.Store // nil: nothing is kept
	prompt string
	system string
	show   printer
	habits *session.Calibration // of the models, for estimates

	turn  *session.Turn
	saver *session.Saver
}

// run asks, prints and keeps. The error is errFailed where a reply is no answer, the context's where the user
// interrupted, and standard output's where it takes no more: then the requests end, and what has come is kept.
func (q *question) run(ctx context.Context) error {
	calls := q.begin(ctx)
	var cold []*wire.Provider
	for _, s := range q.specs {
		cold = append(cold, s.Provider)
	}
	wire.WarmAll(ctx, warmWithin, cold)
	run := providers.Start(ctx, calls)
	tick := time.NewTicker(session.SaveEvery)
	defer tick.Stop()
	open := len(q.turn.Replies)
	var unread error // nobody reads the answers any more
	var events []providers.Event
	for open > 0 {
		select {
		case <-run.Ready():
		case <-tick.C:
		}
		for i, r := range q.turn.Replies {
			events = run.Take(i, events[:0])
			for _, ev := range events {
				r.Apply(ev)
				if unread == nil {
					if unread = q.show.event(r, ev); unread != nil {
						run.CancelAll()
					}
				}
				if ev.Type == providers.EventEnd {
					open--
					q.finish(ctx, r)
				}
			}
		}
		q.savePartial(ctx)
	}
	if unread == nil {
		unread = q.show.close()
	}
	switch {
	case errors.Is(unread, syscall.EPIPE): // which is no news to the reader that left
		return errFailed
	case unread != nil:
		return fmt.Errorf("standard output: %w", unread)
	}
	return q.outcome(ctx)
}

// begin puts the turn into the store and makes the calls.
func (q *question) begin(ctx context.Context) []providers.Call {
	now := time.Now()
	q.turn = &session.Turn{Prompt: q.prompt, CreatedAt: now}
	sess := &session.Session{Title: session.TitleOf(q.prompt), System: q.system, CreatedAt: now, UpdatedAt: now}
	var calls []providers.Call
	for i, s := range q.specs {
		req := providers.Request{System: s.System, Messages: []providers.Message{{Role: providers.User, Content: q.prompt}}}
		if req.System == "" {
			req.System = q.system
		}
		sess.Panes = append(sess.Panes, s.Info.Ref.String())
		q.turn.Replies = append(q.turn.Replies, q.habits.NewReply(i, s.Info, req, now))
		calls = append(calls, providers.Call{Model: s.Model, Request: req})
	}
	if q.store != nil {
		q.complain(q.keepTurn(ctx, sess))
	}
	return calls
}

// keepTurn writes the prompt down before it goes out.
func (q *question) keepTurn(ctx context.Context, sess *session.Session) error {
	if err := q.store.CreateSession(ctx, sess); err != nil {
		return err
	}
	t, err := q.store.AddTurn(ctx, sess.ID, q.prompt, q.turn.Replies)
	if err != nil {
		return err
	}
	q.turn = t
	q.saver = session.NewSaver(t.ID)
	return nil
}

// complain says once that the session is not kept, and stops keeping it.
func (q *question) complain(err error) {
	if err != nil {
		fmt.Fprintln(q.g.err, "lineup: this session is not saved: "+providers.CleanLine(err.Error()))
		q.store, q.saver = nil, nil
	}
}

func (q *question) savePartial(ctx context.Context) {
	if q.saver == nil || !q.saver.Due(time.Now()) {
		return
	}
	batch := q.saver.Batch(q.turn.Replies)
	if len(batch) == 0 {
		return
	}
	err := q.store.AppendPartial(context.WithoutCancel(ctx), batch)
	if err == nil {
		q.saver.Saved(batch)
	}
	q.complain(err)
}

func (q *question) finish(ctx context.Context, r *session.Reply) {
	if q.store == nil {
		return
	}
	err := q.store.FinishReply(context.WithoutCancel(ctx), q.turn.ID, r)
	if err == nil {
		q.saver.Finished(r.Slot)
	}
	q.complain(err)
}

func (q *question) outcome(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Canceled
	}
	for _, r := range q.turn.Replies {
		if !r.Status.Answer() {
			return errFailed
		}
	}
	return nil
}

// jsonPrinter prints one record a reply, when it has ended.
type jsonPrinter struct{ out io.Writer }

func (p *jsonPrinter) event(r *session.Reply, ev providers.Event) error {
	if ev.Type != providers.EventEnd {
		return nil
	}
	enc := json.NewEncoder(p.out)
	enc.SetEscapeHTML(false)
	return enc.Encode(r)
}

func (p *jsonPrinter) close() error { return nil }
