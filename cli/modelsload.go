package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lineup/figures"
	"lineup/providers"
	"lineup/registry"
	"lineup/ui/text"
)

// keepForGood is the word for a model that stays until it is unloaded.
const keepForGood = "forever"

func modelsLoadCommand(g *globals) *cobra.Command {
	var keep string
	c := &cobra.Command{
		Use:   "load REF",
		Short: "Have a server load a model into its memory, and wait for it",
		Long: "Asks the server of REF to load its model, waits until it is there, and says how\n" +
			"much memory it takes, as far as the server tells. It works with Ollama, LM Studio\n" +
			"0.4 and llama-server's router. A model that is loaded stays as it is. Ctrl+C stops\n" +
			"the wait; a router goes on loading.",
		Example: "  lineup models load local/llama3.1:8b\n" +
			"  lineup models load local/llama3.1:8b --keep-alive 2h",
		Args: oneModel,
		RunE: func(cmd *cobra.Command, args []string) error {
			var stay *time.Duration
			if cmd.Flags().Changed("keep-alive") {
				d, err := keepAliveOf(keep)
				if err != nil {
					return err
				}
				stay = &d
			}
			return g.loadModel(cmd.Context(), args[0], stay)
		},
	}
	c.Flags().StringVar(&keep, "keep-alive", "",
		"how long it stays after its last request, such as 30m, or forever (Ollama)")
	return c
}

func modelsUnloadCommand(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "unload REF",
		Short: "Have a server give up the memory of a model",
		Long: "Asks the server of REF to unload its model, and waits a while until it is gone.\n" +
			"It works with Ollama, LM Studio 0.4 and llama-server's router. Answers under way\n" +
			"may be cut off, except by Ollama, which ends them first. A model that is not\n" +
			"loaded is no mistake.",
		Example: "  lineup models unload local/llama3.1:8b",
		Args:    oneModel,
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.unloadModel(cmd.Context(), args[0])
		},
	}
}

// keepAliveOf reads --keep-alive: a time, or forever; negative is forever too, as Ollama has it.
func keepAliveOf(s string) (time.Duration, error) {
	if s == keepForGood {
		return -1, nil
	}
	d, err := time.ParseDuration(s)
	switch {
	case err != nil:
		return 0, usagef("--keep-alive %q: write a time such as 30m or 2h, or %s", s, keepForGood)
	case d == 0:
		return 0, usagef(
			"--keep-alive 0 would unload it at once: lineup models unload REF does that")
	}
	return d, nil
}

func (g *globals) loadModel(ctx context.Context, ref string, keep *time.Duration) error {
	reg, err := g.modelRegistry(ctx, ref)
	if err != nil {
		return err
	}
	var m providers.Memory
	began := time.Now()
	err = g.waitForServer("loading "+ref, func() (err error) {
		m, err = reg.Load(ctx, ref, keep)
		return err
	})
	if err != nil {
		return memoryFailure(ref, err)
	}
	said := []string{fmt.Sprintf("%s is loaded", providers.CleanLine(ref))}
	for _, part := range []string{text.Memory(m), contextWords(m), text.UntilWords(m, time.Now())} {
		if part != "" {
			said = append(said, part)
		}
	}
	said = append(said, "after "+figures.Duration(time.Since(began)))
	return g.printLine("%s", strings.Join(said, ", "))
}

func contextWords(m providers.Memory) string {
	if m.Context == 0 {
		return ""
	}
	return "context " + text.ContextLength(m.Context)
}

func (g *globals) unloadModel(ctx context.Context, ref string) error {
	reg, err := g.modelRegistry(ctx, ref)
	if err != nil {
		return err
	}
	err = g.waitForServer("unloading "+ref, func() error { return reg.Unload(ctx, ref) })
	if err != nil {
		return memoryFailure(ref, err)
	}
	return g.printLine("%s is unloaded", providers.CleanLine(ref))
}

// modelRegistry opens the registry for a command about one model, which must be one of a provider.
func (g *globals) modelRegistry(ctx context.Context, ref string) (*registry.Registry, error) {
	reg, _, err := g.load(ctx)
	switch {
	case err != nil:
		return nil, err
	case reg == nil:
		return nil, g.nobody(usagef(
			"there is no provider with that model; lineup config init writes a config"))
	}
	if _, err := reg.Open(ref); err != nil {
		return nil, usageError{err}
	}
	return reg, nil
}

// memoryFailure is the error of a command with the next step.
func memoryFailure(ref string, err error) error {
	e := providers.AsError(err)
	if e.Kind == providers.Cancelled {
		return context.Canceled
	}
	said := providers.CleanLine(e.Message)
	if !strings.Contains(said, ref) {
		said = ref + ": " + said
	}
	if e.Hint != "" {
		said += "; " + providers.CleanLine(e.Hint)
	}
	return errors.New(said)
}

// waitForServer does what may take minutes. On a terminal a line says for how long it has.
func (g *globals) waitForServer(what string, do func() error) error {
	if !g.tty(g.err) || g.dumb() {
		return do()
	}
	what = providers.CleanLine(what)
	began := time.Now()
	stop := g.liveOn(g.err).follow(func(width int) []string {
		return []string{text.Cut(fmt.Sprintf("%s, %s (ctrl+c stops the wait)", what,
			figures.Duration(time.Since(began))), width-1)}
	})
	defer stop(false)
	return do()
}
