package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lineup/providers"
	"lineup/registry"
	"lineup/session"
)

// modelsFlags are the flags of lineup models.
type modelsFlags struct {
	json    bool
	refresh bool
}

func modelsCommand(g *globals) *cobra.Command {
	var f modelsFlags
	c := &cobra.Command{
		Use:   "models [FILTER…]",
		Short: "What each provider offers, with context and prices",
		Long: "Asks every provider for its models, all at once, and lists them with their\n" +
			"context windows and prices in USD per million tokens, where each price is from\n" +
			"and of which day. Of Ollama, LM Studio and llama-server's router it shows what is\n" +
			"loaded, and as far as they tell, its memory on the graphics card and in all, and\n" +
			"until when. Each FILTER must stand somewhere in the reference or the name.\n" +
			"--refresh keeps the prices that gateways list themselves (OpenRouter, LiteLLM) in\n" +
			"prices.json of the data folder; until the next time they count before the\n" +
			"built-in catalogue, and a price in the config counts before both.",
		Example: "  lineup models\n" +
			"  lineup models openrouter sonnet\n" +
			"  lineup models load local/llama3.1:8b\n" +
			"  lineup models --refresh --json | jq 'select(.price.source == \"listed\") | .ref'",
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.models(cmd.Context(), f, args)
		},
	}
	c.Flags().BoolVar(&f.json, "json", false, "print one JSON object a model")
	c.Flags().BoolVar(&f.refresh, "refresh", false, "keep the prices that gateways list")
	c.AddCommand(modelsLoadCommand(g), modelsUnloadCommand(g))
	return c
}

// modelRecord is one line of `lineup models --json`. What is not known is null.
type modelRecord struct {
	Type     string           `json:"type"` // always "model"
	Ref      string           `json:"ref"`
	Provider string           `json:"provider"`
	Model    string           `json:"model"`
	Name     string           `json:"name"`
	Context  *int             `json:"context"` // tokens
	Size     *int64           `json:"size"`    // bytes on the server's disk
	Loaded   bool             `json:"loaded"`  // in the server's memory, as far as it tells
	Chat     bool             `json:"chat"`
	Vision   *bool            `json:"vision"` // takes images; null where nobody says
	Listed   bool             `json:"listed"` // by the provider itself, not only by the config
	Price    *providers.Quote `json:"price"`
	memoryRecord
	memory providers.Memory
}

// memoryRecord is what a server says of a model in its memory.
type memoryRecord struct {
	State         *providers.MemoryState `json:"state"`          // null: the server does not tell
	MemoryGPU     *int64                 `json:"memory_gpu"`     // bytes
	MemoryTotal   *int64                 `json:"memory_total"`   // bytes, the card's included
	LoadedContext *int                   `json:"loaded_context"` // tokens
	Until         *string                `json:"until"`          // a time in UTC, or "unloaded"
}

// untilUnloaded stands in place of a time where the server keeps a model until it is told to unload
// it.
const untilUnloaded = "unloaded"

func newMemoryRecord(m providers.Memory) (r memoryRecord) {
	if m.State != providers.MemoryUnknown {
		r.State = &m.State
	}
	if !m.Loaded() {
		return r
	}
	r.MemoryGPU, r.MemoryTotal = m.GPU, m.Total
	if m.Context > 0 {
		r.LoadedContext = &m.Context
	}
	switch {
	case m.Stays:
		r.Until = new(untilUnloaded)
	case !m.Until.IsZero():
		r.Until = new(m.Until.UTC().Format(session.TimeLayout))
	}
	return r
}

// failureRecord stands in --json for a provider that did not answer.
type failureRecord struct {
	Type     string `json:"type"` // always "error"
	Provider string `json:"provider"`
	Message  string `json:"message"`
	Hint     string `json:"hint"`
}

func (g *globals) models(ctx context.Context, f modelsFlags, filter []string) error {
	reg, cfg, err := g.load(ctx)
	if err != nil {
		return err
	}
	if reg == nil {
		return g.nobody(errors.New("there is no config, no model server on this machine and no " +
			"API key in the environment; start Ollama, set a key such as OPENROUTER_API_KEY, " +
			"or write a config with: lineup config init"))
	}
	g.tellUnusable()
	if !cfg.Found {
		found := strings.Join(cfg.ProviderNames(), ", ")
		fmt.Fprintln(g.err, "lineup: no config; these providers were found: "+found)
	}
	offers := reg.Offers(ctx)
	if err := g.printModels(modelRecords(reg, offers, filter), offers, f.json); err != nil {
		return err
	}
	if f.refresh {
		if err := g.keepPrices(registry.PricesOf(offers)); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(offers, func(o registry.Offer) bool { return o.Err == nil }) {
		return nil
	}
	return errFailed
}

// keepPrices keeps listed prices for later, and says where.
func (g *globals) keepPrices(fresh registry.Prices) error {
	if fresh.Len() == 0 {
		fmt.Fprintln(g.err, "lineup: no provider lists prices of its own; "+
			"those of the catalogue and the config still count")
		return nil
	}
	path, err := g.pricePath()
	if err == nil {
		err = registry.KeepPrices(path, fresh)
	}
	if err == nil {
		fmt.Fprintf(g.err, "lineup: %d listed prices are kept in %s\n", fresh.Len(), path)
	}
	return err
}

// modelRecords are the models that fit the filter.
func modelRecords(reg *registry.Registry, offers []registry.Offer, filter []string) []modelRecord {
	var out []modelRecord
	for _, o := range offers {
		for _, c := range reg.Choices(o) {
			r := modelRecord{Type: "model", Ref: c.Ref, Provider: o.Provider.Name, Name: c.Name,
				Model:  strings.TrimPrefix(c.Ref, o.Provider.Name+"/"),
				Loaded: c.Memory.Loaded(), Chat: c.Chat, Vision: c.Vision, Listed: c.Listed,
				memoryRecord: newMemoryRecord(c.Memory), memory: c.Memory}
			if c.Context > 0 {
				r.Context = &c.Context
			}
			if c.Size > 0 {
				r.Size = &c.Size
			}
			if c.Price.Known() {
				r.Price = &c.Price
			}
			if fits(r, filter) {
				out = append(out, r)
			}
		}
	}
	return out
}

func fits(r modelRecord, filter []string) bool {
	text := strings.ToLower(r.Ref + " " + r.Name)
	for _, word := range filter {
		if !strings.Contains(text, strings.ToLower(word)) {
			return false
		}
	}
	return true
}

func (g *globals) printModels(records []modelRecord, offers []registry.Offer, asJSON bool) error {
	for _, o := range offers {
		if o.Err == nil {
			continue
		}
		r := failureRecord{
			Type:     "error",
			Provider: o.Provider.Name,
			Message:  providers.CleanLine(o.Err.Error()),
		}
		var e *providers.Error
		if errors.As(o.Err, &e) {
			r.Message = cmp.Or(providers.CleanLine(e.Message), r.Message)
			r.Hint = providers.CleanLine(e.Hint)
		}
		if asJSON {
			if err := printJSON(g.out, r); err != nil {
				return err
			}
			continue
		}
		line := "lineup: " + r.Provider + ": " + r.Message
		if r.Hint != "" {
			line += "; " + r.Hint
		}
		fmt.Fprintln(g.err, line)
	}
	if asJSON {
		for _, r := range records {
			if err := printJSON(g.out, r); err != nil {
				return err
			}
		}
		return nil
	}
	if len(records) == 0 {
		fmt.Fprintln(g.err, "lineup: no model fits")
		return nil
	}
	width := 0 // in a pipe each model is one line
	if g.tty(g.out) {
		width = g.width()
	}
	_, err := fmt.Fprint(g.out, modelTable(records, time.Now(), width))
	return err
}
