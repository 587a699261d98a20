package ui

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"lineup/figures"
	"lineup/providers"
	"lineup/providers/wire"
	"lineup/registry"
	"lineup/ui/text"
)

// Models is where further panes come from. Its methods may be called from several goroutines.
type Models interface {
	// Known lists what the config names, without asking anybody.
	Known() []registry.Choice
	// List lists all models that can be opened: first those of the config, then those of each
	// provider that answers before ctx ends.
	List(ctx context.Context) registry.Listing
	// Open makes a pane of a reference.
	Open(ref string) (registry.Spec, error)
	// OpenContender makes a pane of a model with settings of its own.
	OpenContender(c providers.Contender) (registry.Spec, error)
}

// Puller is a Models whose servers can fetch what they do not have.
type Puller interface {
	// Pull has the server of a reference fetch its model; see wire.Provider.Pull.
	Pull(ctx context.Context, ref string) iter.Seq2[wire.PullProgress, error]
}

// listModelsWithin is how long the providers' lists may take; those that are slower are left out.
const listModelsWithin = 5 * time.Second

// aboutModel is what there is to say of a model and its server. Where there is room, full adds how
// much memory it takes and until when.
func aboutModel(c registry.Choice, full bool, now time.Time) string {
	var about []string
	switch loaded := text.InMemory(c.Memory); {
	case c.Missing:
		about = append(about, "not there, enter pulls it")
	case loaded != "" && full:
		if memory := text.Memory(c.Memory); memory != "" {
			loaded += " " + memory
		}
		about = append(about, loaded)
		switch until := text.UntilWords(c.Memory, now); {
		case c.Memory.Stays:
			about = append(about, "stays")
		case until != "":
			about = append(about, until)
		}
	case loaded != "":
		about = append(about, loaded)
	case c.Size >= 1e6: // less is no model
		about = append(about, text.Bytes(c.Size))
	}
	switch {
	case c.Simulated:
		about = append(about, "simulated")
	case c.Local && c.Configured && !c.Missing: // else its provider says so
		about = append(about, "local")
	}
	return strings.Join(about, ", ")
}

// fullFacts is the width of a list that has room for everything about the memory of a model.
const fullFacts = 92

// Cells of what stands at the right of a wide list of models: what is said of a model at least,
// such as "not there", and context and price with the gap before them.
const (
	shortAbout = 9
	factsWidth = 23
)

// modelFacts lists in columns what is known of a model: a remark, context and price. w is the width
// of the list, col that of the first column. The remark is short where it has no room.
func modelFacts(c registry.Choice, w, col int, now time.Time) string {
	said := aboutModel(c, w >= fullFacts, now)
	loaded := text.InMemory(c.Memory)
	if loaded != "" {
		loaded += "  "
	}
	switch {
	case w < 46:
		return loaded + text.ContextLength(c.Context)
	case w < 66 && c.Missing:
		return said
	case w < 66:
		return fmt.Sprintf("%s%6s  %13s", loaded, text.ContextLength(c.Context), priceWords(c))
	}
	facts := fmt.Sprintf("%6s  %13s", text.ContextLength(c.Context), priceWords(c))
	if said == "" {
		return facts
	}
	if ansi.StringWidth(said) > col {
		said, _, _ = strings.Cut(said, ", ")
	}
	return text.Pad(said, col) + "  " + facts
}

// factsHead names the columns.
func factsHead(w int) string {
	switch {
	case w < 46:
		return "context"
	case w < 66:
		return fmt.Sprintf("%7s %13s", "context", "$ in / out")
	}
	return fmt.Sprintf("%7s %13s", "context", "$/M in / out")
}

// priceWidth is how wide the column of the prices is.
const priceWidth = 13

// priceWords is the price in USD per million tokens, in and out.
func priceWords(c registry.Choice) string {
	q := c.Price
	switch {
	case q.Machine != nil:
		return "own machine"
	case !q.Known() && c.Own:
		return "–"
	case !q.Known():
		return "?"
	case q.Price.Input == 0 && q.Price.Output == 0:
		return "free"
	}
	in, out := figures.Approx(q.Maker != "")+text.Price(q.Price.Input), text.Price(q.Price.Output)
	if words := in + " / " + out; len(words) <= priceWidth {
		return words
	}
	return in + "/" + out
}
