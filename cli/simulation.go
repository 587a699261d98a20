package cli

import (
	"context"
	"fmt"
	"net/netip"
	"strings"

	"github.com/spf13/cobra"

	"lineup/config"
	"lineup/providers/sim"
	"lineup/registry"
)

// simulation is the simulated servers of this process.
type simulation struct{ running *sim.Running }

// start serves the simulated models on a free port of the loopback and opens panes on them: those
// that the flags name, or one for each model.
func (s *simulation) start(
	g *globals, f paneFlags,
) (*registry.Registry, []registry.Spec, error) {
	reg, err := s.registry(g)
	if err != nil {
		return nil, nil, err
	}
	specs, err := f.open(reg, "")
	return reg, specs, err
}

// registry serves the simulated models and gives the config that reaches them.
func (s *simulation) registry(g *globals) (*registry.Registry, error) {
	return s.serve(g, simConfig)
}

// serve is registry with a config of its own, made for the URL of the servers.
func (s *simulation) serve(
	g *globals, text func(url string) string,
) (*registry.Registry, error) {
	var err error
	if s.running, err = sim.New(sim.Config{}).Start(""); err != nil {
		return nil, err
	}
	cfg, err := config.Parse("simulated servers", []byte(text(s.running.URL)))
	if err != nil {
		return nil, err
	}
	return registry.New(cfg, registry.Options{Getenv: g.getenv, Log: g.log, Simulated: true}), nil
}

func (s *simulation) close() {
	if s.running != nil {
		s.running.Close()
	}
}

// simConfig is a config file that reaches simulated servers at a URL. The prices are made up, like
// the models.
func simConfig(url string) string {
	return simConfigOf(url,
		`["sim-local/llama-sim", "sim-gateway/flash-sim", "sim-gateway/hangul-sim"]`)
}

// simConfigOf is simConfig with panes of its own.
func simConfigOf(url, panes string) string {
	return fmt.Sprintf(
		`panes = %[2]s

[providers.sim-local]
kind = "ollama"
base_url = "%[1]s"

[providers.sim-local.cost]
monthly_usd = 800

[providers.sim-gateway]
kind = "openai"
base_url = "%[1]s/v1"
max_concurrent = 10

[lineups.temperatures]
panes = [
  { model = "sim-gateway/flash-sim", temperature = 0 },
  { model = "sim-gateway/flash-sim", temperature = 1 },
]

[models."sim-local/fresh-sim"] # which the server has to pull first
max_tokens = 400

[models."sim-gateway/flash-sim"]
price = { input = 0.30, output = 2.50 }

[models."sim-gateway/hangul-sim"]
price = { input = 1.10, output = 4.40 }
`,
		url, panes,
	)
}

// simFlags are the flags of lineup sim.
type simFlags struct {
	listen string
	any    bool
	seed   uint64
}

func simCommand(g *globals) *cobra.Command {
	var f simFlags
	c := &cobra.Command{
		Use:   "sim",
		Short: "Serve the simulated models on the loopback, for trying clients",
		Long: "Serves simulated models in the dialects of Ollama, OpenAI and Anthropic on one\n" +
			"port, and prints the config that reaches them. A model's name may carry\n" +
			"overrides, such as flash-sim@tps=100,ttft=200ms,tokens=3000 or\n" +
			"flash-sim@fault=reset:50.",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return g.serveSim(cmd.Context(), f)
		},
	}
	c.Flags().StringVar(&f.listen, "listen", "127.0.0.1:8808", "address to listen on")
	c.Flags().BoolVar(&f.any, "any-address", false,
		"allow an address that other machines can reach; there is no key")
	c.Flags().Uint64Var(&f.seed, "seed", 0, "seed of the answers and the jitter")
	return c
}

// check refuses an address in reach of other machines, unless --any-address is set.
func (f simFlags) check() error { return loopbackOnly(f.listen, f.any) }

// serveSim serves until it is interrupted, which is how it is meant to end.
func (g *globals) serveSim(ctx context.Context, f simFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	running, err := sim.New(sim.Config{Seed: f.seed}).Start(f.listen)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w; choose another address with --listen", f.listen,
			err)
	}
	defer running.Close()
	var names []string
	for _, m := range sim.DemoModels() {
		names = append(names, m.Name)
	}
	url, everywhere := reachable(running.URL)
	if everywhere {
		fmt.Fprintln(g.out, "# Other machines can reach it too, at any address of this one.")
	}
	fmt.Fprintf(
		g.out,
		"# Simulated servers at %s; end with ctrl+c.\n# Models: %s\n# This config reaches "+
			"them:\n\n%s",
		url,
		strings.Join(names, ", "),
		simConfig(url),
	)
	<-ctx.Done()
	return nil
}

// reachable is the URL at which this machine reaches a server. One that listens everywhere has no
// address of its own.
func reachable(url string) (_ string, everywhere bool) {
	addr, err := netip.ParseAddrPort(strings.TrimPrefix(url, "http://"))
	if err != nil || !addr.Addr().IsUnspecified() {
		return url, false
	}
	return fmt.Sprintf("http://127.0.0.1:%d", addr.Port()), true
}
