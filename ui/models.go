package ui

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"lineup/providers"
	"lineup/ui/text"
)

// Models is where further panes come from. Its methods may be called from several goroutines.
type Models interface {
	// Known lists what the config names, without asking anybody.
	Known() []Choice
	// List lists what can be opened: what the config names first, then what the providers list themselves, as far as
	// they answer before ctx ends.
	List(ctx context.Context) Listing
	// Open makes a pane of a reference.
	Open(ref string) (Spec, error)
}

// Puller is a Models whose servers can fetch what they do not have.
type Puller interface {
	// Pull has the server of a reference fetch its model; see providers.Provider.Pull.
	Pull(ctx context.Context, ref string) iter.Seq2[providers.PullProgress, error]
}

// Listing is what a list of models brought.
type Listing struct {
	Choices  []Choice
	Pulls    []string // providers that can fetch a model by its name
	Problems []string // one line for each provider that gave no list
}

// Choice is a model that can be opened.
type Choice struct {
	Ref        string
	Context    int             // tokens, 0 where nobody says
	Price      providers.Quote // unknown where nobody says
	Size       int64           // bytes on the server's disk, 0 where it does not say
	Local      bool
	Simulated  bool
	Configured bool // the config names it
	Loaded     bool // it is in its server's memory
	Missing    bool // its server does not have it, and can fetch it
}

// listModelsWithin is how long the providers' lists may take; those that are slower are left out.
const listModelsWithin = 5 * time.Second

// provider is the first part of the reference.
func (c Choice) provider() string {
	name, _, _ := strings.Cut(c.Ref, "/")
	return name
}

// about is what there is to say of a model and its server.
func (c Choice) about() string {
	var about []string
	switch {
	case c.Missing:
		about = append(about, "not there, enter pulls it")
	case c.Loaded:
		about = append(about, "loaded")
	case c.Size >= 1e6: // less is no model
		about = append(about, text.Bytes(c.Size))
	}
	switch {
	case c.Simulated:
		about = append(about, "simulated")
	case c.Local && !c.Missing:
		about = append(about, "local")
	}
	return strings.Join(about, ", ")
}

// facts says what is known of a model in columns: what there is to say about it, context and price. w is the room that
// the list has, col that of the first column.
func (c Choice) facts(w, col int) string {
	said := c.about()
	switch {
	case w < 46:
		return strings.TrimSpace(ContextWords(c.Context))
	case w < 66 && c.Missing:
		return said
	case w < 66:
		return fmt.Sprintf("%6s  %13s", ContextWords(c.Context), c.priceWords())
	}
	facts := fmt.Sprintf("%6s  %13s", ContextWords(c.Context), c.priceWords())
	if said == "" {
		return facts
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

// priceWords is the price in USD per million tokens, in and out.
func (c Choice) priceWords() string {
	q := c.Price
	switch {
	case q.Machine != nil:
		return "own machine"
	case !q.Known() && c.Local:
		return "–"
	case !q.Known():
		return "?"
	case q.Price.Input == 0 && q.Price.Output == 0:
		return "free"
	}
	return text.Price(q.Price.Input) + " / " + text.Price(q.Price.Output)
}

// rates says a price in w cells.
func rates(p providers.Price, w int) string {
	s := fmt.Sprintf("$%s in, $%s out per million tokens", text.Price(p.Input), text.Price(p.Output))
	if len(s) > w {
		s = strings.Replace(s, "million tokens", "M tokens", 1)
	}
	return s
}

// ContextWords writes a context length as people say it: 128k, 1M.
func ContextWords(n int) string {
	switch {
	case n <= 0:
		return "?"
	case n >= 1_000_000:
		return strings.Replace(fmt.Sprintf("%.1fM", float64(n)/1e6), ".0M", "M", 1)
	case n%1024 == 0 && n >= 1024:
		return fmt.Sprintf("%dk", n/1024)
	case n >= 1000:
		return fmt.Sprintf("%dk", (n+500)/1000)
	}
	return fmt.Sprint(n)
}
