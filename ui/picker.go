package ui

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/providers"
	"lineup/registry"
	"lineup/ui/keys"
	"lineup/ui/pane"
	"lineup/ui/text"
	"lineup/ui/widget"
)

// picker chooses models: those that have a pane, by marks, or another one for one pane.
type picker struct {
	list    *widget.List
	choices []registry.Choice
	pulls   []string       // providers that can fetch a model by its name
	marks   map[string]int // how many panes each model shall have
	had     map[string]int // how many it has
	one     *oneModel      // what one model is wanted for, nil for all panes
	now     func() time.Time

	// cells of the column that says what the server has of a model, where there is little room and
	// where there is more
	about, fullAbout int
	longest          int // cells of the longest name of which something is said
}

// oneModel says what one model is wanted for.
type oneModel struct {
	title, verb string // such as "Another model for pane 2", "replace"
	done        func(a *app, ref string) tea.Cmd
}

// Messages of the picker.
type (
	// knownMsg brings what the config names.
	knownMsg struct{ choices []registry.Choice }
	// choicesMsg brings what the providers have.
	choicesMsg struct{ listing registry.Listing }
)

// pick opens the picker, for one model or for all panes; the list comes when the providers have
// answered.
func (a *app) pick(one *oneModel) tea.Cmd {
	if a.cfg.Models == nil {
		a.flash = "there are no other models to choose from"
		return nil
	}
	list := widget.NewList("type a part of the name")
	p := &picker{list: list, had: map[string]int{}, one: one, now: a.now}
	p.list.Waiting = "asking the providers…"
	p.list.Side, p.list.Head = p.side, factsHead
	for _, ref := range a.panes.refs() {
		p.had[ref]++
	}
	p.marks = maps.Clone(p.had)
	p.list.Marking = one == nil
	p.show(nil)
	a.open(p)
	return p.ask(a)
}

// pickOther chooses another model for a pane.
func (a *app) pickOther(p *pane.Pane) tea.Cmd {
	if a.busy() {
		return nil
	}
	if p.Merges {
		return pickMerger(a)
	}
	return a.pick(&oneModel{fmt.Sprintf("Pane %d · another model, asked the same", p.Number),
		"replace and regenerate", (*app).take})
}

// ask asks for the names, those that are at hand and those that the providers have.
func (p *picker) ask(a *app) tea.Cmd {
	models, ctx := a.cfg.Models, a.ctx
	return tea.Batch(
		tell(p, func() tea.Msg { return knownMsg{models.Known()} }),
		tell(p, func() tea.Msg {
			ctx, cancel := context.WithTimeout(ctx, listModelsWithin)
			defer cancel()
			return choicesMsg{models.List(ctx)}
		}))
}

func (p *picker) below() int { return p.list.Below() }

func (p *picker) heading(a *app) string {
	if p.one != nil {
		return p.one.title
	}
	n := 0
	for _, marks := range p.marks {
		n += marks
	}
	return fmt.Sprintf("Models · %d %s", n, text.Plural(n, "pane"))
}

func (p *picker) room(_ *app, w, h int) (int, int) {
	return min(w, 104), min(h, max(14, min(p.list.Height(), 34)))
}

func (p *picker) hints(a *app) []string {
	const more, filter = "→ ← panes", "type to filter"
	i := p.list.Selected()
	if i >= 0 && p.choice(i).Missing {
		return p.missingHints(a, p.choice(i).Ref)
	}
	hints := p.mainHints(i, more, filter)
	if i < 0 || canLoad(a) != "" {
		return hints
	}
	key, c := a.keys.Label(keys.Load), p.choice(i)
	switch l := a.outside.loads.of(c.Ref); {
	case l != nil:
		return slices.Insert(hints, 1, "ctrl+x stop "+l.doing())
	case c.Memory.Loaded():
		return slices.Insert(hints, 2, key+" unload")
	case c.Memory.State == providers.MemoryUnknown:
		return hints
	}
	return slices.Insert(hints, 2, key+" load")
}

// missingHints are the keys for a model that its server has to pull first.
func (p *picker) missingHints(a *app, ref string) []string {
	switch {
	case a.pulls.of(ref) != nil:
		return []string{"ctrl+x stop pull", "esc close, keep pulling", "↑ ↓ choose"}
	case p.marks[ref] > 0:
		return []string{"enter pull", "space unmark", "esc close", "↑ ↓ choose"}
	}
	return []string{"enter pull", "esc close", "↑ ↓ choose"}
}

// mainHints are the keys for marks and panes.
func (p *picker) mainHints(i int, more, filter string) []string {
	switch {
	case p.one != nil:
		return []string{"enter " + p.one.verb, "esc close", "↑ ↓ choose", filter}
	case maps.Equal(p.marks, p.had) && i >= 0 && p.had[p.choice(i).Ref] > 0:
		return []string{"space unmark", "enter go to pane", "esc close", more, "↑ ↓ choose", filter}
	case maps.Equal(p.marks, p.had):
		return []string{"space mark", "enter add", "esc close", more, "↑ ↓ choose", filter}
	}
	return []string{"enter apply marks", "space mark", "esc close", more, "↑ ↓ choose", filter}
}

func (p *picker) view(a *app, w, h int) ([]string, *tea.Cursor) {
	p.list.Each(func(i int, it *widget.Item) {
		it.Marks, it.Busy = p.marks[p.choice(i).Ref], ""
		if pull := a.pulls.of(p.choice(i).Ref); pull != nil {
			it.Busy = pull.progress(min(50, w-widget.MinText-8))
		} else if l := a.outside.loads.of(p.choice(i).Ref); l != nil {
			it.Busy = l.doing() + "…"
		}
	})
	return p.list.View(a.theme.Styles, w, h)
}

func (p *picker) side(i, w int) string {
	about := p.about
	if w >= fullFacts {
		about = p.fullAbout
	}
	const mark = 6 // cells before the name
	about = min(about, max(shortAbout, w-mark-p.longest-2-factsWidth))
	return modelFacts(p.choice(i), w, about, p.now())
}

// choice is what stands behind an item: one of the list, or a name that was typed.
func (p *picker) choice(i int) registry.Choice {
	if i < len(p.choices) {
		return p.choices[i]
	}
	return registry.Choice{Ref: p.typed()[i-len(p.choices)], Missing: true}
}

// typed are the references that the filter itself may stand for, where a provider can fetch models.
func (p *picker) typed() []string {
	name := strings.TrimSpace(p.list.Typed())
	if name == "" || strings.ContainsAny(name, " \t") {
		return nil
	}
	var refs []string
	for _, provider := range p.pulls {
		ref := provider + "/" + strings.TrimPrefix(name, provider+"/")
		known := func(c registry.Choice) bool { return c.Ref == ref }
		if ref != provider+"/" && !slices.ContainsFunc(p.choices, known) {
			refs = append(refs, ref)
		}
	}
	return refs
}

// show takes a list of choices; models of panes that it leaves out stay, so that they can be
// unmarked.
func (p *picker) show(choices []registry.Choice) {
	p.choices = slices.Clone(choices)
	for _, ref := range slices.Sorted(maps.Keys(p.had)) {
		if !slices.ContainsFunc(choices, func(c registry.Choice) bool { return c.Ref == ref }) {
			p.choices = append(p.choices, registry.Choice{Ref: ref, Configured: true})
		}
	}
	slices.SortStableFunc(p.choices, func(a, b registry.Choice) int {
		return text.Int(b.Configured) - text.Int(a.Configured)
	})
	p.items()
}

// items makes the rows of the list, with what was typed as the last ones.
func (p *picker) items() {
	var items []widget.Item
	p.about, p.fullAbout, p.longest = 0, 0, 0
	for _, c := range p.choices {
		p.measure(c)
		group := "Open, or named in the config"
		if !c.Configured {
			group, _, _ = strings.Cut(text.OneLine(c.Ref), "/")
			if c.Local && !c.Simulated && group != "local" {
				group += " · local"
			}
		}
		items = append(items, widget.Item{Text: text.OneLine(c.Ref), Group: group})
	}
	for _, ref := range p.typed() {
		items = append(items, widget.Item{Text: text.OneLine(ref), Always: true})
		p.measure(registry.Choice{Missing: true})
	}
	p.list.Set(items)
}

// measure makes room for what is said about a model.
func (p *picker) measure(c registry.Choice) {
	about := len(aboutModel(c, false, p.now()))
	p.about = max(p.about, about)
	p.fullAbout = max(p.fullAbout, len(aboutModel(c, true, p.now())))
	if about > 0 {
		p.longest = max(p.longest, ansi.StringWidth(text.OneLine(c.Ref)))
	}
}

func (p *picker) heard(a *app, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case knownMsg:
		if p.list.Waiting != "" {
			p.show(msg.choices)
		}
	case choicesMsg:
		p.list.Waiting, p.pulls = "", msg.listing.Pulls
		p.list.Notes = nil
		for _, problem := range msg.listing.Problems {
			p.list.Notes = append(p.list.Notes, text.OneLine(problem))
		}
		p.show(msg.listing.Choices)
	case loadMsg:
		return p.ask(a)
	case pullMsg:
		if msg.err == nil { // it is there: it is marked, and listed with what its server says of it
			if p.one == nil && p.marks[msg.pull.ref] == 0 {
				p.marks[msg.pull.ref] = 1
			}
			return p.ask(a)
		}
	}
	return nil
}

func (p *picker) press(a *app, k tea.KeyPressMsg) tea.Cmd {
	i := p.list.Selected()
	switch name := k.String(); {
	case closes(k):
		a.leave()
	case name == "enter":
		return p.enter(a)
	case p.one == nil && slices.Contains([]string{"space", "left", "right"}, name):
		p.mark(i, name)
	case name == "ctrl+x" && i >= 0:
		if pull := a.pulls.of(p.choice(i).Ref); pull != nil {
			pull.cancel()
		}
		if l := a.outside.loads.of(p.choice(i).Ref); l != nil {
			l.cancel()
		}
	case a.keys.find(k, keys.InPrompt) == keys.Load:
		return p.load(a, i)
	default:
		if p.list.Press(k) && len(p.pulls) > 0 {
			p.items()
			p.list.Refilter()
		}
	}
	return nil
}

// load has the server of the selected model load it, or unload what is loaded.
func (p *picker) load(a *app, i int) tea.Cmd {
	switch {
	case i < 0:
		return nil
	case p.choice(i).Missing:
		a.flash = "it is not there yet: enter pulls it"
		return nil
	}
	return a.outside.loads.start(a, p.choice(i).Ref, p.choice(i).Memory.Loaded())
}

// mark marks and unmarks a model, or gives it a pane more or less. A model that is not there can
// only lose the panes that it has.
func (p *picker) mark(i int, key string) {
	if i < 0 || p.choice(i).Missing && (p.marks[p.choice(i).Ref] == 0 || key == "right") {
		return
	}
	ref := p.choice(i).Ref
	switch n := p.marks[ref]; {
	case key == "right":
		p.marks[ref]++
	case key == "left" && n > 1:
		p.marks[ref]--
	case n > 0:
		delete(p.marks, ref)
	case key == "space":
		p.marks[ref] = 1
	}
}

// enter takes what is marked. Where no mark was changed it means the selected model alone: a new
// pane, or the pane that it has.
func (p *picker) enter(a *app) tea.Cmd {
	i := p.list.Selected()
	if i >= 0 && p.choice(i).Missing && a.pulls.of(p.choice(i).Ref) == nil {
		return a.pulls.start(a, p.choice(i).Ref)
	}
	switch {
	case i >= 0 && p.choice(i).Missing:
		a.flash = "it is being pulled"
		return nil
	case p.one != nil && i >= 0:
		a.leave()
		return p.one.done(a, p.choice(i).Ref)
	case p.one != nil:
		return nil
	case maps.Equal(p.marks, p.had) && i < 0:
		return nil
	case maps.Equal(p.marks, p.had):
		ref := p.choice(i).Ref
		if p.had[ref] > 0 {
			a.leave()
			a.focus(slices.Index(a.panes.refs(), ref))
			return nil
		}
		p.marks[ref]++
		cmd := p.apply(a)
		if a.layer.overlay == p {
			delete(p.marks, ref)
		}
		return cmd
	}
	return p.apply(a)
}

// apply opens and closes panes until they are those that are marked. Nothing happens where that
// cannot be done.
func (p *picker) apply(a *app) tea.Cmd {
	total := 0
	for _, n := range p.marks {
		total += n
	}
	switch {
	case total == 0:
		a.flash = "one model has to stay marked"
		return nil
	case total > maxPanes:
		a.flash = fmt.Sprintf("%d models are marked; the screen holds %d panes", total, maxPanes)
		return nil
	}
	var added []registry.Spec
	for _, c := range p.choices {
		for n := p.had[c.Ref]; n < p.marks[c.Ref]; n++ {
			spec, err := a.cfg.Models.Open(c.Ref)
			if err != nil {
				a.flash = text.OneLine(err.Error())
				return nil
			}
			added = append(added, spec)
		}
	}
	a.leave()
	return a.changePanes(p.surplus(a), added)
}

// surplus are the panes whose model has more of them than marks, the last ones first.
func (p *picker) surplus(a *app) []*pane.Pane {
	over := map[string]int{}
	for ref, n := range p.had {
		over[ref] = n - p.marks[ref]
	}
	var out []*pane.Pane
	for _, pane := range slices.Backward(a.panes.asked()) {
		if ref := pane.Spec.Info.Ref.String(); over[ref] > 0 {
			over[ref]--
			out = append(out, pane)
		}
	}
	return out
}

func (p *picker) paste(_ *app, s string) tea.Cmd {
	p.list.Paste(s)
	p.items()
	p.list.Refilter()
	return nil
}

func (p *picker) click(a *app, _, y int) tea.Cmd {
	switch {
	case !p.list.Click(y):
		return nil
	case p.one == nil && !p.choice(p.list.Selected()).Missing:
		p.mark(p.list.Selected(), "space")
		return nil
	}
	return p.enter(a)
}

func (p *picker) wheel(_ *app, by int) { p.list.Wheel(by) }

// take puts another model into the current pane and asks it what the former one was asked last. The
// conversation and the settings of the pane stay: the new model goes on with them. A name was the
// former one's.
func (a *app) take(ref string) tea.Cmd {
	p := a.panes.now()
	c := p.Spec.Contender()
	if c.Ref.String() != ref {
		c.Ref, c.Name = providers.RefOf(ref), ""
	}
	spec, err := a.cfg.Models.OpenContender(c)
	if err != nil {
		a.flash = text.OneLine(err.Error())
		return nil
	}
	kept := a.replaceModel(p, spec.Declaring(p.Spec))
	if t, _ := lastAsked(a.sess, p.Slot); t == nil {
		return kept
	}
	return tea.Batch(kept, a.again(p))
}

// changePanes closes panes and opens others, in the places of the closed ones if possible. A closed
// pane is stopped; what it said stays in the session, and it can be brought back.
func (a *app) changePanes(gone []*pane.Pane, added []registry.Spec) tea.Cmd {
	var cmds []tea.Cmd
	before := len(a.panes.asked())
	for _, spec := range added {
		cmds = append(cmds, a.openPane(spec))
	}
	fresh := slices.Clone(a.panes.asked()[before:])
	slices.Reverse(gone) // left to right
	for i, p := range gone {
		at := slices.Index(a.panes.open, p)
		cmds = append(cmds, a.closePane(p))
		if i < len(fresh) {
			from := slices.Index(a.panes.open, fresh[i])
			a.panes.open = slices.Insert(slices.Delete(a.panes.open, from, from+1), at, fresh[i])
		}
	}
	a.panes.current = max(0, min(a.panes.current, len(a.panes.open)-1))
	if len(fresh) > 0 {
		a.panes.current = slices.Index(a.panes.open, fresh[0])
	}
	a.panes.zoomed = false
	a.flash = changeWords(len(gone), len(added))
	return tea.Batch(append(cmds, a.keepPanes())...)
}

func changeWords(gone, added int) string {
	var parts []string
	if added > 0 {
		parts = append(parts, fmt.Sprintf("%d %s opened", added, text.Plural(added, "pane")))
	}
	if gone > 0 {
		parts = append(parts, fmt.Sprintf("%d closed, with the answers kept in the session", gone))
	}
	return strings.Join(parts, ", ")
}
