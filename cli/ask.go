package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"lineup/compare"
	"lineup/config"
	"lineup/providers"
	"lineup/registry"
	"lineup/session"
	"lineup/turn"
)

// askFlags are the flags of lineup ask.
type askFlags struct {
	paneFlags
	json       bool
	plain      bool
	system     string
	noSave     bool
	overBudget bool
	schema     string
	tools      string
	attach     []string
	repeat     int
	goOnFlags
	judgeFlags
	mergeFlags
}

func askCommand(g *globals) *cobra.Command {
	var f askFlags
	c := &cobra.Command{
		Use:   "ask [-m PROVIDER/MODEL]… [--json] PROMPT",
		Short: "Ask one prompt of N models and stream the answers to standard output",
		Long: "Asks one prompt of the models that -m names, or of the panes of the config. The\n" +
			"bare answer of a single model goes to standard output, for pipes. Several\n" +
			"answers have headings. On a terminal Markdown is drawn, and the numbers of each\n" +
			"answer follow; --plain prints the text itself. PROMPT may be - or be left out in\n" +
			"a pipe; then it is read from standard input. --attach sends files with it: text\n" +
			"as a block with its name, pictures and PDFs as the provider takes them. If one\n" +
			"cannot be attached, nothing is sent. --schema asks for JSON, and checks it.\n" +
			"--tools declares tools; the models' calls are printed and never run. --repeat asks\n" +
			"each model several times, one take after the other. The summary at the end has\n" +
			"medians and ranges, how many answers are the same, and whether a seed was\n" +
			"honoured. The session goes on from the first answer. Exit code 1 means that an\n" +
			"answer failed or could not be saved, 2 that nothing was sent, 3 that an answer\n" +
			"does not fit the schema.",
		Example: "  lineup ask -m local/llama3.1:8b \"Why is the sky blue?\"\n" +
			"  git diff | lineup ask -m openrouter/anthropic/claude-sonnet-4 \"Review this:\" -\n" +
			"  lineup ask --json -m local/llama3.1:8b -m holysheep/gemini-2.5-flash \"Hi\"" +
			" | jq .metrics\n" +
			"  lineup ask -n 5 -m 'local/llama3.1:8b temperature=0 seed=7' \"Name a colour\"",
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("repeat") && f.repeat < 1 {
				return usagef("--repeat %d: a prompt is asked once or more often", f.repeat)
			}
			return g.ask(cmd.Context(), f, args)
		},
	}
	flags := c.Flags()
	f.paneFlags.register(flags)
	flags.BoolVar(&f.json, "json", false, "print one JSON object a reply, in order of completion")
	flags.BoolVar(&f.plain, "plain", false,
		"print the text itself on a terminal too, not Markdown as it looks")
	flags.IntVarP(&f.repeat, "repeat", "n", 0,
		"ask each model `N` times, one after the other, and sum up what came")
	flags.StringVar(&f.system, "system", "", "system prompt, in place of the config's")
	flags.StringArrayVarP(&f.attach, "attach", "a", nil,
		"`FILE` that goes with the prompt: text, PNG, JPEG, GIF, WebP, PDF; may be repeated")
	flags.StringVar(&f.schema, "schema", "",
		"`FILE` with a JSON Schema that the answers are to fit; each is checked")
	flags.StringVar(&f.tools, "tools", "",
		"`FILE` with tools to declare, as Chat Completions has them; they are never run")
	f.goOnFlags.register(flags)
	f.mergeFlags.register(flags)
	f.judgeFlags.register(flags)
	flags.BoolVar(&f.overBudget, "over-budget", false, "ask although the budget is used up")
	flags.BoolVar(&f.noSave, "no-save", false, "do not save the session")
	return c
}

func (g *globals) ask(ctx context.Context, f askFlags, args []string) error {
	// A reader that has had enough, as head has, closes the pipe. Its signal would end lineup
	// before the answers are saved.
	signal.Ignore(syscall.SIGPIPE)
	prompt, err := g.promptOf(ctx, args)
	if err != nil {
		return err
	}
	files, err := readAttachments(f.attach)
	if err != nil {
		return err
	}
	var simulator simulation
	defer simulator.close()
	if err := f.goOnFlags.check(f); err != nil {
		return err
	}
	who, err := g.askWhom(ctx, f, &simulator)
	defer who.store.close()
	if err != nil {
		return err
	}
	cfg, specs := who.cfg, who.specs
	lineup, _ := cfg.Lineup(f.lineup)
	judge, err := f.judgeFlags.open(who.reg, lineup, f.json)
	if err != nil {
		return err
	}
	merge, err := f.mergeFlags.open(who.reg, lineup)
	if err != nil {
		return err
	}
	if err := f.declare(ctx, specs); err != nil {
		return err
	}
	q := question{g: g, prompt: prompt, files: files, system: cfg.System, specs: specs,
		earlier: who.earlier, noSave: f.noSave,
		times: cmp.Or(f.repeat, f.paneFlags.times(cfg)), merge: merge, judge: judge}
	if f.system != "" {
		q.system = f.system
	}
	if f.noSave {
		q.keeper = turn.NewKeeper(nil, nil, nil)
	} else {
		store, err := who.store.reopen(ctx)
		q.keeper = turn.NewKeeper(store, who.store.reopen, err)
	}
	if q.calibration, err = q.withinBudget(ctx, cfg, f.overBudget); err != nil {
		return err
	}
	if f.json {
		q.show = &jsonPrinter{out: g.out, tell: newTeller(g)}
	} else {
		var draws *rendering
		// JSON is no Markdown
		asJSON := slices.ContainsFunc(specs, func(s registry.Spec) bool { return s.Schema != nil })
		if g.rendered(f.plain) && !asJSON {
			draws = g.newRendering(cfg)
		}
		show := newTextPrinter(g, specs, q.times, draws)
		show.order = who.earlier.order()
		q.show = show
	}
	q.spend = func(what string, sum session.Spent) { g.spend(cfg, what, sum) }
	defer g.settle()
	return q.run(ctx)
}

// whom has the models to ask, and where their answers are kept.
type whom struct {
	reg     *registry.Registry
	specs   []registry.Spec
	cfg     config.Config
	earlier *conversation // the session that is gone on with, nil for a new one
	store   *lateStore
}

// askWhom opens the models to ask, and the store, which is to be closed in any case.
func (g *globals) askWhom(
	ctx context.Context, f askFlags, simulator *simulation,
) (w whom, err error) {
	w.reg, w.cfg, err = g.askRegistry(ctx, simulator)
	w.store = g.lateStore(w.cfg)
	switch {
	case err != nil:
	case f.session != "":
		w.specs, w.earlier, err = g.goOn(ctx, f.goOnFlags, w.reg, w.store)
		if err == nil {
			w.cfg.System = w.earlier.session.System
		}
	default:
		w.specs, err = f.paneFlags.open(w.reg, f.system)
		if err == nil && len(w.specs) == 0 {
			err = usagef("no model is named; " +
				"use -m PROVIDER/MODEL, or set panes in the config")
		}
	}
	return w, err
}

// askRegistry has the models of the config, else those that are found, else simulated ones.
func (g *globals) askRegistry(
	ctx context.Context, simulator *simulation,
) (*registry.Registry, config.Config, error) {
	reg, cfg, err := g.load(ctx)
	switch {
	case err != nil:
		return nil, cfg, err
	case reg != nil:
		g.tellUnusable()
		return reg, cfg, nil
	case g.unusable.String() != "":
		return nil, cfg, g.nobody(nil)
	}
	if reg, err = simulator.registry(g); err == nil {
		fmt.Fprintln(g.err, "lineup: no config, no local server and no API key was found; "+
			"these are SIMULATED models")
	}
	return reg, cfg, err
}

// promptOf joins the arguments. A "-", or an empty command line in a pipe, is standard input.
func (g *globals) promptOf(ctx context.Context, args []string) (string, error) {
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
			text, err := io.ReadAll(waiting(ctx, g.in))
			if err != nil {
				return "", fmt.Errorf("standard input could not be read: %w", err)
			}
			a = "\n" + strings.ToValidUTF8(strings.TrimRight(string(text), "\r\n"), "\uFFFD") + "\n"
		}
		parts = append(parts, a)
	}
	prompt := session.TrimPrompt(strings.Join(parts, " "))
	if prompt == "" {
		return "", usagef("the prompt is empty")
	}
	return prompt, nil
}

// printer shows replies while they come.
type printer interface {
	// event is called for each event, after a batch of them has been applied to the reply.
	event(r *session.Reply, ev providers.Event) error
	// close is called when all replies have ended and are saved, or cannot be.
	close() error
}

// question is one prompt on its way to its answers.
type question struct {
	g           *globals
	prompt      string
	files       []providers.Attachment
	system      string
	specs       []registry.Spec
	times       int // that each model is asked, 0 for no repeat
	keeper      *turn.Keeper
	show        printer
	calibration *session.Calibration

	merge  *merging        // nil: nobody merges the answers
	judge  *judging        // nil: nobody judges them
	budget *session.Budget // nil: it does not count
	before session.Spent   // in the session, before the question
	day    session.Spent   // today, before the question

	earlier *conversation // what is gone on with; nil: nothing
	noSave  bool          // no session tells what the question has cost
	spend   func(what string, sum session.Spent)
}

// run asks, prints and saves. It returns errFailed if a reply is no answer or could not be saved,
// merged or judged, errUnfit if one does not fit its schema, the context's error after an
// interrupt, and the error of standard output. The last one ends the requests; the text so far is
// saved.
func (q *question) run(ctx context.Context) error {
	t := q.begin(time.Now())
	switch p := q.show.(type) {
	case *jsonPrinter:
		p.turn, p.keeper = t, q.keeper
	case *textPrinter:
		p.turn = t
	}
	unread := q.follow(ctx, t, q.show)
	saved := q.settle(ctx, t)
	if unread == nil {
		unread = q.show.close()
	}
	merged, judged := true, true
	if unread == nil && ctx.Err() == nil && q.merge != nil {
		merged, unread = q.merge.run(ctx, q, t)
	}
	if unread == nil && ctx.Err() == nil && q.judge != nil {
		judged, unread = q.judge.run(ctx, q, t)
	}
	if q.noSave {
		q.spend(session.SpentOnQuestion, t.Record.Spent())
	}
	switch {
	case errors.Is(unread, syscall.EPIPE): // which is no news to the reader that left
		return errFailed
	case unread != nil:
		return unread
	case ctx.Err() != nil:
		return context.Canceled
	case !saved || !merged || !judged || slices.ContainsFunc(t.Replies, failed):
		return errFailed
	case slices.ContainsFunc(t.Replies, (*session.Reply).FailsSchema):
		return errUnfit
	}
	return nil
}

// follow asks the models of a turn and shows what they say.
func (q *question) follow(ctx context.Context, t *turn.Turn, show printer) error {
	return q.keeper.Follow(ctx, t, func(r *session.Reply, events []providers.Event) error {
		for _, ev := range events {
			if err := show.event(r, ev); err != nil {
				return err
			}
		}
		return nil
	})
}

func failed(r *session.Reply) bool { return !r.Status.Answer() }

// begin makes the turn, and a session for it.
func (q *question) begin(now time.Time) *turn.Turn {
	var panes []providers.Contender
	for _, s := range q.specs {
		panes = append(panes, s.Contender())
	}
	sess := turn.NewSession(q.prompt, q.system, panes, now)
	if q.earlier != nil {
		sess = q.earlier.session
	}
	t := turn.New(sess, q.prompt, now)
	t.Record.Attachments = q.files
	t.Record.ToolResult = q.earlier != nil && q.earlier.result
	for i, s := range q.specs {
		t.AskTimes(q.times, q.earlier.slot(i), s, q.messages(i), q.calibration, now)
	}
	return t
}

// messages are what a model is sent, by its place among those that are asked.
func (q *question) messages(i int) []providers.Message {
	if e := q.earlier; e != nil {
		return e.session.Next(e.slot(i), &session.Turn{Prompt: q.prompt, Attachments: q.files,
			ToolResult: e.result})
	}
	return []providers.Message{{Role: providers.User, Content: q.prompt, Attachments: q.files}}
}

// settle saves the rest, and tells what could not be saved.
func (q *question) settle(ctx context.Context, t *turn.Turn) (saved bool) {
	err := q.keeper.Settle(ctx, func(err error) {
		fmt.Fprintf(q.g.err, "lineup: not saved yet: %s; trying for %s\n",
			providers.CleanLine(err.Error()), turn.Patience)
	})
	if err == nil {
		return true
	}
	what := "this session is"
	if owed := q.keeper.Owed(); t.Record.ID != "" && len(owed) > 0 {
		var models []string
		for _, r := range owed {
			models = append(models, r.Model)
		}
		what = "the answers of " + strings.Join(models, ", ") + " are"
		if len(models) == 1 {
			what = "the answer of " + models[0] + " is"
		}
	}
	fmt.Fprintf(q.g.err, "lineup: %s not saved: %s\n", what, providers.CleanLine(err.Error()))
	return false
}

// jsonPrinter prints one record a reply, when it has ended. While another program holds the store
// the ids are not known yet, and records wait for them, at the longest until close.
type jsonPrinter struct {
	out    io.Writer
	tell   *teller
	turn   *turn.Turn
	keeper *turn.Keeper
	ended  []*session.Reply // that wait for their ids, in order of completion
}

// askRecord is the record of lineup ask --json: the reply, and where it belongs.
type askRecord struct {
	*session.Reply
	System  *string `json:"system,omitempty"` // where it is not the session's
	Prompt  string  `json:"prompt"`
	Session *string `json:"session"` // null if it is not saved, as is Turn
	Turn    *string `json:"turn"`
	Take    *int    `json:"take,omitempty"` // of a repeat, from 0

	Attachments []attachmentRecord `json:"attachments,omitempty"`
}

func (p *jsonPrinter) event(r *session.Reply, ev providers.Event) error {
	if p.tell.live {
		p.tell.event(r, ev)
	}
	if ev.Type == providers.EventEnd {
		p.ended = append(p.ended, r)
	}
	if p.turn.Record.ID == "" && p.keeper.Waits() {
		return nil
	}
	return p.flush()
}

// flush prints the replies that have ended.
func (p *jsonPrinter) flush() error {
	for _, r := range p.ended {
		record := askRecord{Reply: r, Prompt: p.turn.Record.Prompt,
			Attachments: attachmentRecords(p.turn.Record.Attachments)}
		if r.System != p.turn.Session.System {
			record.System = &r.System
		}
		if r.Repeat > 0 {
			record.Take = &r.Take
		}
		if id := p.turn.Record.ID; id != "" {
			record.Session, record.Turn = &p.turn.Session.ID, &id
		}
		if err := printJSON(p.out, record); err != nil {
			return err
		}
	}
	p.ended = p.ended[:0]
	return nil
}

// close prints what is left, and a summary of each pane that was asked several times.
func (p *jsonPrinter) close() error {
	if err := p.flush(); err != nil {
		return err
	}
	for _, s := range summaries(p.turn) {
		if err := printJSON(p.out, s); err != nil {
			return err
		}
	}
	return nil
}

// summaries sum up the panes of a turn that were asked several times, in the order of the panes.
func summaries(t *turn.Turn) (out []compare.Repeat) {
	for slot := range t.Record.Replies {
		takes, _ := t.Takes(slot)
		if len(takes) > 0 && takes[0].Repeat > 0 {
			out = append(out, compare.SumUp(takes))
		}
	}
	return out
}
