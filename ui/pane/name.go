package pane

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/dustin/go-humanize/english"

	"lineup/blind"
	"lineup/providers"
	"lineup/session"
	"lineup/ui/report"
	"lineup/ui/text"
)

// called is the name of a pane on the screen: its own or its model's, with the settings that tell
// it from the others if need be.
type called struct {
	name     string // a person's for the pane, or the model's; "" where all panes have that model
	settings string // such as "temp 0, seed 7", or ""
	provider bool   // another pane has a model of the same name

	// what the detail view says of panes of the same model that differ in more than one setting
	apart []string
}

// Hide has the panes of a screen hide who they are behind a veil, nil for not hiding it. Panes that
// hide it are coloured by their letters.
func Hide(panes []*Pane, veil *blind.Veil) {
	for _, p := range panes {
		if p.veil.Same(veil) {
			continue
		}
		p.veil, p.dirty = veil, true
		if veil != nil {
			p.Accent, p.detail = p.Slot, false
		}
	}
}

// Hidden reports whether the pane hides who it is.
func (p *Pane) Hidden() bool { return p.veil != nil }

// Tell names the panes of a screen, left to right, so that each can be told from the others. It is
// to be called when a pane has come, gone, moved or changed.
func Tell(panes []*Pane) {
	all := make([]providers.Contender, len(panes))
	for i, p := range panes {
		if !p.Merges { // which has a name of its own
			all[i] = p.Spec.Effective()
		}
	}
	differing := providers.TellApart(all)
	for i, p := range panes {
		was := p.called
		if p.Merges {
			p.called = called{name: p.ownName()}
			p.dirty = p.dirty || !was.same(p.called)
			continue
		}
		p.called = called{name: p.ownName(), apart: apartFrom(all, i)}
		if p.Hidden() {
			p.called = called{name: session.Letter(p.Slot)}
			p.dirty = p.dirty || !was.same(p.called)
			continue
		}
		twins, alike, strangers := 0, 0, 0 // same model, same name, other model
		for j, other := range panes {
			switch same := all[i].Ref == all[j].Ref; {
			case i == j, other.Merges:
				continue
			case same:
				twins++
			default:
				strangers++
			}
			if other.ownName() == p.called.name {
				alike++
				p.called.provider = p.called.provider || all[i].Ref != all[j].Ref
			}
		}
		named := p.called.name != all[i].Ref.Model
		if twins > 0 && (!named || alike > 0) {
			p.called.settings = shortest(all, differing, i)
		}
		if p.called.settings != "" && !named && strangers == 0 {
			p.called.name = ""
		}
		p.dirty = p.dirty || !was.same(p.called)
	}
}

func (c called) same(o called) bool {
	return c.name == o.name && c.settings == o.settings && c.provider == o.provider &&
		slices.Equal(c.apart, o.apart)
}

// setup is what the pane asks now, for its detail view.
func (p *Pane) setup() report.Setup {
	if p.Spec.Replayed {
		return report.Setup{}
	}
	return report.Setup{Own: p.Spec.Contender(), All: p.Spec.Effective(), Apart: p.called.apart}
}

// ownName is the name of the pane by itself.
func (p *Pane) ownName() string {
	switch {
	case p.Hidden() && p.Merges:
		return "merge"
	case p.Hidden():
		return session.Letter(p.Slot)
	}
	info := p.Spec.Info
	name := cmp.Or(info.Contender.Name, info.Name, info.Ref.Model)
	if p.Merges {
		return "merge by " + name
	}
	return name
}

// Name tells the pane from the others on the screen, without its number. It is one line, safe to
// show.
func (p *Pane) Name() string {
	c := p.called
	name := cmp.Or(c.name, p.ownName())
	if c.provider {
		name = p.Spec.Info.Ref.Provider + "/" + name
	}
	return text.OneLine(strings.TrimSpace(name + " " + c.settings))
}

// Called is the number of the pane and its name, or the letter alone that stands for it.
func (p *Pane) Called() string {
	if p.Hidden() {
		return p.Name()
	}
	return fmt.Sprintf("%d %s", p.Number, p.Name())
}

// FullName is the model's reference with the pane's own name and the settings that tell it apart.
func (p *Pane) FullName() string {
	if p.Hidden() {
		return p.Name()
	}
	full := p.Spec.Info.Ref.String()
	if p.Merges {
		return text.OneLine("merge by " + full)
	}
	for _, s := range []string{p.ownName(), p.called.settings} {
		if s != "" && s != p.Spec.Info.Ref.Model {
			full += " · " + s
		}
	}
	return text.OneLine(full)
}

// ShortName is Name in so many cells. The settings are kept: the model may be the same one.
func (p *Pane) ShortName(room int) string {
	c := p.called
	if c.settings == "" {
		return text.Cut(p.Name(), room)
	}
	settings := text.OneLine(c.settings)
	left := room - ansi.StringWidth(settings) - 1
	name := text.OneLine(cmp.Or(c.name, p.ownName()))
	if c.name == "" || left < min(minName, ansi.StringWidth(name)) {
		return text.Cut(settings, room)
	}
	return text.Cut(name, left) + " " + settings
}

// minName is the least room in which a part of a name is worth showing.
const minName = 4

// shortest is what a title says of the settings in which a pane differs. Those that it lacks are
// left out where the others tell it apart.
func shortest(all []providers.Contender, differing [][]providers.Field, i int) string {
	set := setWords(differing[i])
	for j, other := range all {
		if other.Ref == all[i].Ref && !other.Same(all[i]) && setWords(differing[j]) == set {
			return settingWords(differing[i])
		}
	}
	if set == "" {
		return settingWords(differing[i])
	}
	return set
}

// setWords is settingWords without the settings that a pane lacks.
func setWords(fields []providers.Field) string {
	return settingWords(slices.DeleteFunc(slices.Clone(fields), providers.Field.Lacking))
}

// settingWords are settings in the form of a title.
func settingWords(fields []providers.Field) string {
	words := make([]string, len(fields))
	for i, f := range fields {
		words[i] = f.Title()
	}
	return strings.Join(words, ", ")
}

// apartFrom says with which panes of the same model one pane differs in more than one setting.
func apartFrom(all []providers.Contender, i int) (out []string) {
	for j, other := range all {
		if i == j || other.Ref != all[i].Ref {
			continue
		}
		fields := providers.TellApart([]providers.Contender{all[i], other})[0]
		if len(fields) < 2 {
			continue
		}
		keys := make([]string, len(fields))
		for k, f := range fields {
			keys[k] = f.Key
		}
		out = append(out, fmt.Sprintf("pane %d differs in %d settings, %s: comparing them proves "+
			"nothing about any single one", j+1, len(fields), english.WordSeries(keys, "and")))
	}
	return out
}
