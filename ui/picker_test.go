package ui

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"lineup/providers"
	"lineup/providers/wire"
	"lineup/registry"
	"lineup/ui/report"
	"lineup/ui/text"
	"lineup/ui/theme"
	"lineup/ui/widget"
)

// market is a source of models whose servers fetch what is missing.
type market struct {
	choices []registry.Choice
	pulled  map[string]bool
	fail    *providers.Error // how pulls and loads end, nil for well
	asked   []string         // what was loaded and unloaded
}

// Load takes a second.
func (m *market) Load(ctx context.Context, ref string, _ *time.Duration) (providers.Memory, error) {
	return m.inMemory(ctx, ref, "load ", providers.Memory{State: providers.MemoryLoaded, GPU: new(int64(6_100_000_000)), Total: new(int64(6_100_000_000)), Context: 8192})
}

func (m *market) Unload(ctx context.Context, ref string) error {
	_, err := m.inMemory(ctx, ref, "unload ", providers.Memory{State: providers.MemoryUnloaded})
	return err
}

func (m *market) inMemory(ctx context.Context, ref, what string, then providers.Memory) (providers.Memory, error) {
	m.asked = append(m.asked, what+ref)
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		return providers.Memory{}, &providers.Error{Kind: providers.Cancelled, Message: "cancelled"}
	}
	if m.fail != nil {
		return providers.Memory{}, m.fail
	}
	for i := range m.choices {
		if m.choices[i].Ref == ref {
			m.choices[i].Memory = then
		}
	}
	return then, nil
}

func (m *market) Known() []registry.Choice {
	var out []registry.Choice
	for _, c := range m.choices {
		if c.Configured {
			out = append(out, registry.Choice{Ref: c.Ref, Configured: true})
		}
	}
	return out
}

func (m *market) List(context.Context) registry.Listing {
	out := registry.Listing{Pulls: []string{"local"}, Problems: []string{"office gave no list: nothing answers at 10.0.0.7:8000"}}
	for _, c := range m.choices {
		c.Missing = c.Missing && !m.pulled[c.Ref]
		out.Choices = append(out.Choices, c)
	}
	return out
}

// OpenContender opens the model with its settings as they are.
func (m *market) OpenContender(c providers.Contender) (registry.Spec, error) {
	spec, err := m.Open(c.Ref.String())
	spec.Pane = c
	spec.Info.Contender = c
	return spec, err
}

func (m *market) Open(ref string) (registry.Spec, error) {
	if strings.HasPrefix(ref, "local/broken") {
		return registry.Spec{}, fmt.Errorf("%s cannot be opened", ref)
	}
	return specs(says(ref, "an answer of "+ref, time.Millisecond, 0))[0], nil
}

func (m *market) Pull(ctx context.Context, ref string) iter.Seq2[wire.PullProgress, error] {
	return func(yield func(wire.PullProgress, error) bool) {
		for i := range int64(11) {
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
				yield(wire.PullProgress{}, &providers.Error{Kind: providers.Cancelled, Message: "cancelled"})
				return
			}
			if i == 5 && m.fail != nil {
				yield(wire.PullProgress{}, m.fail)
				return
			}
			if !yield(wire.PullProgress{Status: "pulling a1b2", Completed: i * 2e8, Total: 2e9}, nil) {
				return
			}
		}
		m.pulled[ref] = true
		yield(wire.PullProgress{Status: "success", Completed: 2e9, Total: 2e9, Done: true}, nil)
	}
}

func newMarket() *market {
	listed := func(in, out float64) providers.Quote {
		return providers.Quote{Source: providers.CostListed, Price: providers.Price{Input: in, Output: out}}
	}
	return &market{pulled: map[string]bool{}, choices: []registry.Choice{
		{Ref: "local/llama3.1:8b", Configured: true, Local: true, Own: true, Memory: providers.Memory{State: providers.MemoryLoaded, GPU: new(int64(4_100_000_000)), Total: new(int64(5_600_000_000)), Stays: true}, Context: 8192, Size: 4_700_000_000},
		{Ref: "gate/flash", Configured: true, Context: 1_048_576, Price: listed(0.3, 2.5)},
		{Ref: "gate/claude", Configured: true, Context: 200_000, Price: listed(3, 15)},
		{Ref: "local/exaone3.5", Configured: true, Local: true, Own: true, Missing: true},
		{Ref: "local/qwen3:8b", Local: true, Own: true, Context: 40_960, Size: 5_200_000_000, Memory: providers.Memory{State: providers.MemoryUnloaded}},
		{Ref: "gate/한국어-모델", Context: 32_768, Price: listed(0.075, 0.3)},
		{Ref: "gate/a-model-with-a-very-long-name-indeed-20250514:free", Context: 131_072, Price: providers.Quote{Source: providers.CostListed}},
		{Ref: "local/broken"},
	}}
}

func TestPickerFrames(t *testing.T) {
	overlayFrames(t, "models", func() Config { return Config{Panes: specs(threeModels()...), Models: newMarket()} }, func(d *driver, shot func(string)) {
		d.press("ctrl+l")
		d.settle()
		shot("")
		d.press("lit:gate", "down", "down", "space", "right")
		shot("-marked")
		d.press("ctrl+u", "lit:exa", "enter")
		d.until(func() bool { return d.sees("40%") })
		shot("-pulling")
		d.app.pulls[0].cancel()
		d.settle()
	})
}

// Fault: the list price of Anthropic stood at a gateway's model as if it were the gateway's own.
func TestAMakersListPriceIsMarkedAsAGuess(t *testing.T) {
	q := providers.Quote{Source: providers.CostCatalog, Maker: "anthropic", Price: providers.Price{Input: 3, Output: 15}}
	long, short := priceOf(providers.Info{Price: q})
	got := []string{long, short, priceWords(registry.Choice{Price: q}), report.Rates(q, 80)}
	want := []string{"~$3.00 in, ~$15.00 out per M tokens", "~$3.00 in, ~$15.00 out", "~3.00 / 15.00", "~$3.00 in, ~$15.00 out per million tokens"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	q.Price = providers.Price{Input: 15, Output: 75}
	if words := priceWords(registry.Choice{Price: q}); words != "~15.00/75.00" {
		t.Errorf("%q, which the column must hold", words)
	}
	q.Maker, q.Price = "", providers.Price{Input: 3, Output: 15}
	if long, _ := priceOf(providers.Info{Price: q}); long != "$3.00 in, $15.00 out per M tokens" {
		t.Error(long)
	}
}

// panes are the references of the panes, left to right.
func (d *driver) panes() string { return strings.Join(d.app.panes.refs(), " ") }

func (d *driver) wantPanes(want string) {
	d.t.Helper()
	if got := d.panes(); got != want {
		d.t.Errorf("the panes are %s, want %s; the screen:\n%s", got, want, d.screen())
	}
}

func TestThePickerAddsRemovesAndReplacesPanes(t *testing.T) {
	drive(t, 130, 40, Config{Panes: specs(says("gate/flash", "one", 0, 0), says("gate/claude", "two", 0, 0)), Models: newMarket()}, func(d *driver) {
		d.press("lit:hi", "enter")
		d.settle()
		open := func(keys ...string) {
			d.press("ctrl+l")
			d.settle()
			d.press(keys...)
			d.settle()
		}
		open("lit:llama", "enter")
		d.wantPanes("gate/flash gate/claude local/llama3.1:8b")
		if d.app.panes.current != 2 || d.app.panes.open[2].Reply() != nil {
			t.Error("the new pane is not the current one, or has a history")
		}
		open("lit:flash", "enter") // it has a pane
		d.wantPanes("gate/flash gate/claude local/llama3.1:8b")
		if d.app.panes.current != 0 || !d.app.panes.focused {
			t.Error("a model that has a pane did not get the focus")
		}
		open("lit:flash", "space", "ctrl+u", "lit:qwen", "space", "enter") // in its place
		d.wantPanes("local/qwen3:8b gate/claude local/llama3.1:8b")
		open("lit:claude", "space", "enter")
		d.wantPanes("local/qwen3:8b local/llama3.1:8b")
		open("lit:qwen", "right", "enter") // the same model twice
		d.wantPanes("local/qwen3:8b local/llama3.1:8b local/qwen3:8b")
		d.press("lit:i", "lit:again", "enter")
		d.settle()
		turn := d.app.sess.Turns[1]
		n := 0
		for _, r := range turn.Replies {
			n += text.Int(r != nil)
		}
		if n != 3 || d.app.panes.open[0].Reply() == d.app.panes.open[2].Reply() {
			t.Errorf("%d replies of three panes, two of one model", n)
		}
		open("lit:qwen", "left", "enter")
		d.wantPanes("local/qwen3:8b local/llama3.1:8b")
		if got := d.app.sess.Turns[0].Replies[1].Text; got != "two" {
			t.Errorf("the answer of the closed pane is now %q", got)
		}
	})
}

func TestThePickerRefusesWhatCannotBe(t *testing.T) {
	drive(t, 130, 40, Config{Panes: specs(says("gate/flash", "one", 0, 0)), Models: newMarket()}, func(d *driver) {
		d.press("ctrl+l")
		d.settle()
		d.wantSees("office gave no list: nothing answers at 10.0.0.7:8000")
		d.press("lit:flash", "space", "enter")
		d.wantSees("one model has to stay marked")
		for range 17 {
			d.press("right")
		}
		d.press("enter")
		d.wantSees("17 models are marked; the screen holds 16 panes")
		d.press("left", "ctrl+u", "lit:broken", "space", "enter")
		d.wantSees("17 models are marked")
		d.press("space", "ctrl+u", "lit:flash", "left", "ctrl+u", "lit:broken", "space", "enter")
		d.wantSees("local/broken cannot be opened")
		d.wantPanes("gate/flash")
		d.press("esc")
		d.wantPanes("gate/flash")
	})
}

// A pane that is closed while it answers is stopped; the others go on, and a new one can be opened beside them.
func TestPanesComeAndGoWhileOthersAnswer(t *testing.T) {
	long := func(ref string) *script {
		return says(ref, strings.Repeat("word ", 1000), 10*time.Millisecond, 10*time.Millisecond)
	}
	drive(t, 130, 40, Config{Panes: specs(long("gate/flash"), long("gate/claude")), Models: newMarket()}, func(d *driver) {
		d.press("lit:go", "enter")
		d.until(func() bool { return d.sees("word word") })
		gone := d.app.panes.open[0]
		d.press("ctrl+l", "lit:flash", "space", "ctrl+u", "lit:llama")
		d.until(func() bool { return d.sees("local/llama3.1:8b") })
		d.press("space", "enter")
		d.wantPanes("local/llama3.1:8b gate/claude")
		d.until(func() bool { return !gone.Running() })
		if gone.Reply().Status != "cancelled" || !d.app.panes.open[1].Running() {
			t.Errorf("the closed pane is %s, the other one runs: %v", gone.Reply().Status, d.app.panes.open[1].Running())
		}
		d.press("esc", "esc")
		d.settle()
	})
}

func TestAMissingModelIsPulledAndOpened(t *testing.T) {
	m := newMarket()
	drive(t, 130, 40, Config{Panes: specs(says("gate/flash", "one", 0, 0)), Models: m}, func(d *driver) {
		d.press("ctrl+l")
		d.settle()
		d.press("lit:exa")
		d.wantSees("not there, enter pulls it")
		d.press("enter")
		d.until(func() bool { return d.sees("50%") })
		d.wantSees("1.0 GB of 2.0 GB")
		d.press("esc")
		d.wantSees("pulling local/exaone3.5 50%")
		d.settle()
		d.wantSees("local/exaone3.5 is there; ctrl+l opens it")
		d.press("ctrl+l")
		d.settle()
		d.press("lit:exa", "enter")
		d.wantPanes("gate/flash local/exaone3.5")
	})
}

// Fault: an open pane whose model its server has not was not to be closed here, and a pull gave it a second one.
func TestTheMissingModelOfAnOpenPane(t *testing.T) {
	m := newMarket()
	drive(t, 130, 40, Config{Panes: specs(says("gate/flash", "one", 0, 0), says("local/exaone3.5", "two", 0, 0)), Models: m}, func(d *driver) {
		d.press("ctrl+l")
		d.settle()
		d.press("lit:exa")
		d.wantSees("enter pull · space unmark · esc close")
		d.press("right", "enter")
		d.until(func() bool { return d.sees("50%") })
		d.wantSees("ctrl+x stop pull · esc close, keep pulling")
		d.settle()
		d.wantSees("[x] local/exaone3.5", "2 panes")
		m.pulled = map[string]bool{}
		d.press("esc", "esc", "ctrl+l")
		d.settle()
		d.press("lit:exa", "space", "ctrl+u", "enter")
		d.wantPanes("gate/flash")
	})
}

func TestAnyNameCanBePulled(t *testing.T) {
	m := newMarket()
	drive(t, 130, 40, Config{Panes: specs(says("gate/flash", "one", 0, 0)), Models: m}, func(d *driver) {
		d.press("ctrl+l")
		d.settle()
		d.press("lit:phi4:14b")
		d.wantSees("local/phi4:14b")
		d.press("enter")
		d.until(func() bool { return len(d.app.pulls) > 0 })
		d.press("ctrl+x")
		d.settle()
		d.wantSees("pull stopped")
		m.fail = &providers.Error{Kind: providers.NotFound, Message: "file does not exist", Hint: "check the name at ollama.com/library"}
		d.press("enter")
		d.settle()
		d.wantSees("local/phi4:14b: file does not exist; check the name")
		if len(m.pulled) > 0 {
			t.Errorf("pulled %v", m.pulled)
		}
	})
}

// Regression: providers without panes in the config gave an empty screen that named the config. The
// models are offered at once.
func TestModelsAreOfferedWhereNoneIsOpen(t *testing.T) {
	m := &market{choices: []registry.Choice{{Ref: "gate/flash", Chat: true}, {Ref: "gate/pro", Chat: true}}}
	drive(t, 100, 30, Config{Models: m, Store: openStore(t)}, func(d *driver) {
		d.spawn(d.app.Init())
		d.settle()
		d.wantSees("gate/flash", "gate/pro")
		d.press("esc")
		d.wantSees("no model is open; ctrl+l chooses one")
		d.press("lit:hi", "enter")
		d.wantSees("no model is open; ctrl+l chooses one")
		d.press("ctrl+l")
		d.settle()
		d.press("enter")
		d.settle()
		d.press("enter")
		d.settle()
		d.wantSees("an answer of gate/flash")
	})
}

// A model is loaded and unloaded from the list while the screen goes on; what the list says follows.
func TestThePickerLoadsAndUnloads(t *testing.T) {
	m := newMarket()
	drive(t, 130, 40, Config{Panes: specs(says("gate/flash", "one", 0, 0)), Models: m}, func(d *driver) {
		d.press("ctrl+l")
		d.settle()
		d.wantSees("loaded 4.1 GB GPU of 5.6 GB, stays, local")
		d.press("lit:qwen")
		d.wantSees("ctrl+o load")
		d.press("ctrl+o")
		d.wantSees("loading…")
		d.wantSees("ctrl+x stop loading")
		d.press("ctrl+o")
		d.wantSees("local/qwen3:8b is loading already")
		d.settle()
		d.wantSees("local/qwen3:8b is loaded, 6.1 GB GPU")
		d.press("ctrl+u", "lit:qwen")
		d.wantSees("ctrl+o unload")
		d.press("ctrl+o", "esc")
		d.wantSees("unloading local/qwen3:8b")
		d.settle()
		d.wantSees("local/qwen3:8b is unloaded")
		d.press("ctrl+l")
		d.settle()
		d.press("lit:qwen", "ctrl+o", "ctrl+x")
		d.settle()
		d.wantSees("local/qwen3:8b: loading stopped")
		d.press("ctrl+u", "lit:exaone", "ctrl+o")
		d.wantSees("enter pulls it")
		m.fail = &providers.Error{Kind: providers.ServerError, Message: "model requires more system memory", Hint: "unload another model first"}
		d.press("ctrl+u", "lit:qwen", "ctrl+o")
		d.settle()
		d.wantSees("requires more system memory; unload another model first")
		if got := strings.Join(m.asked, ", "); got != "load local/qwen3:8b, unload local/qwen3:8b, load local/qwen3:8b, load local/qwen3:8b" {
			t.Errorf("asked: %s", got)
		}
	})
}

// The model of a pane is loaded by a key, and unloaded by name; behind letters neither says who it is.
func TestAPaneLoadsItsModel(t *testing.T) {
	m := newMarket()
	drive(t, 130, 40, Config{Panes: specs(says("gate/flash", "one", 0, 0)), Models: m}, func(d *driver) {
		d.press("ctrl+o")
		d.wantSees("loading gate/flash")
		d.settle()
		d.wantSees("gate/flash is loaded, 6.1 GB GPU")
		d.press("lit:/unload", "enter")
		d.settle()
		d.wantSees("gate/flash is unloaded")
	})
}

// Fault: at 80 columns what the server has of a model cut the names of all.
func TestTheNameOfAModelComesBeforeWhatIsSaidOfIt(t *testing.T) {
	for name, said := range map[string]string{"local/exaone": "not there, enter pulls it", "local/llama3.1:70b-instruct-q4_K_M": "not there  "} {
		p := &picker{list: widget.NewList(""), now: time.Now}
		p.list.Marking, p.list.Side = true, p.side
		p.show([]registry.Choice{{Ref: name, Missing: true, Configured: true}})
		rows, _ := p.list.View(theme.New("plain", nil, true, colorprofile.TrueColor), 76, 10)
		if all := ansi.Strip(strings.Join(rows, "\n")); !strings.Contains(all, name+"  ") || !strings.Contains(all, said) {
			t.Errorf("it does not show %q and %q:\n%s", name, said, all)
		}
	}
}
