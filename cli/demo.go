package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"lineup/atomicfile"
	"lineup/batch"
	"lineup/config"
	"lineup/registry"
	"lineup/ui"
	"lineup/ui/report"
)

// demoFlags are the flags of lineup demo.
type demoFlags struct {
	theme string
	panes paneFlags
	hide  bool
	tour  bool
}

func demoCommand(g *globals) *cobra.Command {
	var f demoFlags
	c := &cobra.Command{
		Use:   "demo",
		Short: "Open the screen on simulated models: no network, no key",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return g.demo(cmd.Context(), f)
		},
	}
	themeFlag(c, &f.theme)
	f.panes.register(c.Flags())
	c.Flags().BoolVar(&f.hide, "blind", false, "hide who is who until F4 reveals it")
	c.Flags().BoolVar(&f.tour, "tour", false,
		"play a tour of two minutes; any key takes over, and nothing is kept")
	for _, other := range []string{"blind", "model", "lineup", "set"} {
		c.MarkFlagsMutuallyExclusive("tour", other)
	}
	return c
}

func (g *globals) demo(ctx context.Context, f demoFlags) error {
	const without = "the demo needs a terminal; in scripts use: lineup ask PROMPT"
	if err := g.canDraw(without); err != nil {
		return err
	}
	cfg, err := g.config(ctx)
	if err != nil {
		return err
	}
	look, err := g.lookNamed(cfg, f.theme)
	if err != nil {
		return err
	}
	uc := ui.Config{Version: version(), Keys: cfg.Keys, FPS: cfg.UI.FrameRate,
		Theme: look.name, Themes: look.own, NoMouse: !cfg.UI.Mouse, Motion: cfg.UI.Motion,
		Background: g.background,
		Templates:  cfg.Templates, Blind: f.hide,
		Notice: "DEMO: SIMULATED models, canned answers, made-up prices; real timing"}
	var s simulation
	defer s.close()
	if f.tour {
		return g.tour(ctx, uc, &s)
	}
	uc.SaveSettings = g.settingsSaver(cfg)
	if uc.Models, uc.Panes, err = s.start(g, f.panes); err != nil {
		return err
	}
	if uc.Store, uc.StoreErr = g.openStore(ctx, cfg); uc.Store != nil {
		defer uc.Store.Close()
	}
	return g.show(ctx, uc)
}

// tour shows the tour on the simulated models. Config, sessions and results lie in a folder of its
// own, which is removed in the end: nothing of the user's is read or written, but for the look and
// the keys in uc.
func (g *globals) tour(ctx context.Context, uc ui.Config, s *simulation) error {
	dir, err := os.MkdirTemp("", "lineup-tour-")
	if err != nil {
		return fmt.Errorf("the tour needs a folder for its session: %w",
			atomicfile.ExplainTemp(err))
	}
	defer os.RemoveAll(dir)
	reg, err := s.tourRegistry(g)
	if err != nil {
		return err
	}
	own := *g
	own.err = io.Discard // nothing of the session is there afterwards
	own.dataFlag, own.configFlag = dir, filepath.Join(dir, "config.toml")
	for name, text := range map[string]string{
		"config.toml": tourConfig(s.running.URL), ui.TourRun: tourRun,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return atomicfile.ExplainTemp(err)
		}
	}
	uc.Tour, uc.Models = true, reg
	if uc.Panes, err = openAll(reg, reg.Panes()); err != nil {
		return err
	}
	if uc.Store, err = own.openStore(ctx, config.Config{}); err != nil {
		return err
	}
	defer uc.Store.Close()
	uc.CostPlan = own.planCost
	uc.CaseOf = batch.CaseSession
	uc.StartRun = func(
		ctx context.Context, file string, panes []registry.Spec,
	) (ui.BatchRun, error) {
		if file == ui.TourRun {
			file = filepath.Join(dir, file)
		}
		return own.startRun(ctx, file, panes)
	}
	return own.show(ctx, uc)
}

// tourRegistry serves the simulated models with one more setting: a fallback.
func (s *simulation) tourRegistry(g *globals) (*registry.Registry, error) {
	return s.serve(g, tourConfig)
}

// planCost is the plan of lineup cost without flags.
func (g *globals) planCost(ctx context.Context) (*report.CostPlan, error) {
	quiet := *g
	quiet.err = io.Discard // which is the screen
	return quiet.costPlan(ctx, defaultCostFlags())
}

// tourConfig is the config of the tour: one model more that thinks and writes English, and a
// fallback for the one that is always down.
func tourConfig(url string) string {
	const more = `
[models."sim-gateway/down-sim"]
fallback = ["sim-gateway/flash-sim"]

[models."sim-gateway/sage-sim"]
price = { input = 3.00, output = 15.00 }
`
	const panes = `["sim-local/llama-sim", "sim-gateway/flash-sim", "sim-gateway/sage-sim"]`
	return simConfigOf(url, panes) + more
}

// tourRun is what the tour runs: questions with known answers, in two languages.
const tourRun = `[[prompts]]
text = "{{question}}"

[[cases]]
id = "saturn"
vars = { question = "How many moons does Saturn have?" }
checks = [{ contains = "274" }]

[[cases]]
id = "hangul"
vars = { question = "When did King Sejong publish Hangul?" }
checks = [{ contains = "Sejong" }, { contains = "1446" }]

[[cases]]
id = "sky"
vars = { question = "하늘은 왜 파란가요?" }
checks = [{ contains = "레일리" }, { max_ms = 20000 }]

[[cases]]
id = "undo"
vars = { question = "How do I undo my last git commit?" }
checks = [{ contains = "git reset" }, { not_contains = "--hard" }]
`
