package ui

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/providers"
	"lineup/registry"
	"lineup/session"
)

// connecting is a stock of models that tells what is connected.
type connecting struct {
	stocked
	to []registry.Connection
}

func (c connecting) Connections() []registry.Connection { return c.to }

// welcoming is a screen before its first prompt: n panes, some without a key or a price, and sessions.
func welcoming(n int, store *session.Store) Config {
	var models []*script
	for i := range n {
		m := says([]string{"local/llama3.1:8b", "gate/gemini-2.5-flash", "bare/gpt-5.6", "gate/한국어-모델"}[i%4], "ok", 0, 0)
		m.info.Own = i%4 == 0
		if i%4 == 1 {
			m.info.Price = providers.Quote{Source: providers.CostConfig, Price: providers.Price{Input: 0.3, Output: 2.5}}
		}
		models = append(models, m)
	}
	return Config{Panes: specs(models...), Store: store, Models: connecting{stock(), []registry.Connection{
		{Name: "local", Host: "127.0.0.1:11434", Local: true}, {Name: "gate", Host: "gate.example", Key: "GATE_KEY"},
		{Name: "bare", Host: "api.example", Key: "BARE_KEY", Lacks: true}, {Name: "spare", Host: "spare.example", Key: "a command"}}}}
}

// At every size the screen before the first prompt says what it is, who is asked, what is connected, what to try, and which
// sessions there are.
func TestWelcomeFrames(t *testing.T) {
	day := time.Date(2026, 11, 28, 12, 0, 0, 0, time.Local)
	for _, size := range [][2]int{{200, 60}, {120, 40}, {80, 24}, {40, 12}} {
		for _, n := range []int{1, 8} {
			store := openStore(t)
			for i, title := range []string{"Why is the sky blue?", "토큰화란 무엇이고 왜 한국어에서는 토큰이 더 많이 드나요?", "日本語の敬語を説明してください"} {
				s := &session.Session{Title: title, Panes: []providers.Contender{{Ref: providers.RefOf("x/a")}}, CreatedAt: day, UpdatedAt: day.Add(time.Duration(i) * time.Minute)}
				s.Turns = []*session.Turn{{Prompt: title, CreatedAt: day, Replies: []*session.Reply{{Model: "x/a", Text: "because", Status: session.Done}}}}
				if err := store.Insert(t.Context(), s); err != nil {
					t.Fatal(err)
				}
			}
			cfg := welcoming(n, store)
			cfg.Now = func() time.Time { return day.AddDate(1, 0, 0) }
			drive(t, size[0], size[1], cfg, func(d *driver) {
				d.settle()
				d.golden(fmt.Sprintf("%dx%d-welcome-%d", size[0], size[1], n))
			})
		}
	}
}

// The welcome goes with the first prompt, and comes back with a new session.
func TestWelcomeGoesWithTheFirstPrompt(t *testing.T) {
	const head = "One prompt, several models"
	drive(t, 120, 30, welcoming(2, nil), func(d *driver) {
		d.wantSees(head, "BARE_KEY is not set", "key from GATE_KEY", "from a command", "no price", "$0.30 in, $2.50 out", "all 2")
		d.press("tab")
		d.wantNot(head)
		d.wantSees("1 llama3.1:8b · local")
		d.press("esc")
		d.wantSees(head)
		d.press("lit:hi", "enter")
		d.wantNot(head)
		d.settle()
		d.wantNot(head)
		d.press("ctrl+n")
		d.wantSees(head)
	})
}

// Fault: beside the other column the name of the key's variable was cut, and one pane, or none, was to be voted on.
func TestWelcomeOfOneGatewayNamesItsKey(t *testing.T) {
	for _, key := range []string{"HOLYSHEEP_API_KEY", "OPENROUTER_API_KEY", "AZURE_OPENAI_KOREA_API_KEY"} {
		for _, width := range []int{200, 120, 100, 80, 60} {
			cfg := welcoming(1, nil)
			cfg.Models = connecting{stock(), []registry.Connection{
				{Name: "holysheep", Host: "generativelanguage.example.com", Key: key}}}
			drive(t, width, 40, cfg, func(d *driver) {
				d.settle()
				d.wantSees("1 model, ready", key, "ctrl+p", "every command")
				d.wantNot("then vote")
			})
		}
	}
	drive(t, 80, 24, Config{}, func(d *driver) {
		d.settle()
		before, _, ok := strings.Cut(d.screen(), "type a question below")
		if !ok || !strings.Contains(before, "ctrl+l  choose models") {
			t.Errorf("without a model the first thing to do is to choose one:\n%s", d.screen())
		}
	})
}

// Fault: at 120 columns a model with a long name had no price, and at 80 it had one.
func TestWelcomeShowsThePriceOfLongNames(t *testing.T) {
	for _, ref := range []string{"openrouter/anthropic/claude-haiku-4.5", "anthropic/claude-haiku-4-5-20251001"} {
		for _, size := range [][2]int{{200, 60}, {120, 40}, {100, 30}, {80, 24}, {60, 20}} {
			m := says(ref, "ok", 0, 0)
			m.info.Price = providers.Quote{Source: providers.CostCatalog, Price: providers.Price{Input: 1, Output: 5}}
			drive(t, size[0], size[1], Config{Panes: specs(m)}, func(d *driver) {
				d.settle()
				d.wantSees("$1.00 in, $5.00 out")
			})
		}
	}
}

// Fault: where the keys of the prompt had no room for all, how to begin a line took that of help and quit.
func TestHelpAndQuitComeBeforeNewline(t *testing.T) {
	for width, want := range map[int]string{40: "enter send · tab pane · f1 help", 60: "f1 help · ctrl+p commands", 79: "ctrl+c quit", 80: "ctrl+j newline"} {
		drive(t, width, 24, Config{Panes: specs(threeModels()...)}, func(d *driver) {
			d.settle()
			d.wantSees(want)
		})
	}
}

// A session is opened by ↓ and Enter, or by the mouse. Every other key is for the prompt.
func TestWelcomeOpensASession(t *testing.T) {
	store := openStore(t)
	votedOn(t, store, "older", 1)
	votedOn(t, store, "둘째", 2)
	drive(t, 140, 30, welcoming(1, store), func(d *driver) {
		d.settle()
		d.wantSees("Last sessions", "older", "둘째", "2 turns")
		d.press("down", "down", "down", "up")
		d.wantSees("› 둘째", "enter open session")
		d.press("lit:x")
		d.wantNot("› 둘째")
		d.press("backspace", "down", "esc")
		d.wantNot("›")
		d.press("down", "enter")
		d.settle()
		if d.app.sess == nil || d.app.sess.Title != "둘째" {
			t.Fatalf("enter opened %v", d.app.sess)
		}
		d.press("ctrl+n")
		d.settle()
		for y, row := range strings.Split(d.screen(), "\n") {
			if before, _, ok := strings.Cut(row, "older"); ok {
				d.send(tea.MouseClickMsg{X: ansi.StringWidth(before), Y: y, Button: tea.MouseLeft})
				break
			}
		}
		d.settle()
		if d.app.sess == nil || d.app.sess.Title != "older" {
			t.Fatalf("a click opened %v", d.app.sess)
		}
	})
}

// The welcome tells no more than it knows: a store that cannot be opened, models that are simulated, and nothing of who is who
// in a blind session.
func TestWelcomeIsTruthful(t *testing.T) {
	for _, size := range [][2]int{{200, 60}, {120, 40}, {80, 24}, {40, 12}, {20, 6}} {
		cfg := welcoming(2, nil)
		cfg.StoreErr = errors.New("the database is damaged\x1b[2J")
		drive(t, size[0], size[1], cfg, func(d *driver) {
			if size[0] >= 80 {
				d.wantSees("not read: the database is damaged")
			}
			d.wantNot("kept on this machine")
		})
		m := says("sim/llama", "ok", 0, 0)
		m.info.Simulated = true
		drive(t, size[0], size[1], Config{Panes: specs(m)}, func(d *driver) {
			switch {
			case size[0] >= 80:
				d.wantSees("simulated", "ollama pull llama3.1", "OPENAI_API_KEY", "lineup doctor")
			case size[0] >= 40:
				d.wantSees("simulated", "start Ollama or set a key")
			}
		})
		blind := welcoming(2, nil)
		blind.Blind = true
		drive(t, size[0], size[1], blind, func(d *driver) {
			for _, name := range []string{"llama", "gemini", "GATE_KEY", "gate"} {
				d.wantNot(name)
			}
		})
		drive(t, size[0], size[1], Config{Models: connecting{stock(), nil}}, func(d *driver) {
			if size[1] >= 12 {
				d.wantSees("no model is open")
			}
		})
	}
}
