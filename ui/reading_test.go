package ui

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/session"
	"lineup/ui/text"
)

// clustered are texts whose letters and emoji are made of several characters.
var clustered = []string{
	"हिन्दी में नमस्ते", "ทำไม น้ำ", "ນ້ຳ ຊື່", "தமிழ் நிர்வாகம்", "বাংলা ক্ষ", "မြန်မာ", "ភាសាខ្មែរ", "తెలుగు", "മലയാളം",
	"👨‍👩‍👧", "👍🏽", "⚠️ 1️⃣", "🇰🇷", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "e\u0301\u0323", "עִבְרִית", "עבֿרית\u200cא", "क्\u200dष",
}

// Where the terminal counts clusters (mode 2027), they are shown as they were written: in answers, reasoning and
// prompts, also where it says so late. Elsewhere every cluster is as wide as the terminal counts it.
func TestClustersAreShownAsWrittenWhereTheTerminalCountsThem(t *testing.T) {
	for _, value := range []ansi.ModeSetting{ansi.ModeReset, ansi.ModeSet, ansi.ModePermanentlySet, ansi.ModeNotRecognized, ansi.ModePermanentlyReset} {
		on := value != ansi.ModeNotRecognized && value != ansi.ModePermanentlyReset
		for _, s := range clustered {
			drive(t, 100, 30, Config{Panes: specs(says("x/a", "answer "+s+" end", 0, 0))}, func(d *driver) {
				d.press("lit:prompt "+s+" end", "enter")
				d.settle()
				d.press("lit:draft " + s + " end")
				d.send(tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: value})
				for _, what := range []string{"answer ", "prompt ", "draft "} {
					if d.sees(what+s+" end") != on && ansi.StringWidth(s) != ansi.StringWidthWc(s) {
						t.Errorf("mode %d: %s%s: as written: %t\n%s", value, what, s, !on, d.screen())
					}
				}
				if d.send(tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: ansi.ModeNotRecognized}); !on {
					return
				}
				if strings.Contains(d.screen(), "\ufe0f") || strings.Contains(d.screen(), "👧") {
					t.Errorf("%s stays as it is where the terminal has no such mode", s)
				}
			})
		}
	}
}

// A key shows the answers of all panes as they came, while they come too, and the session keeps the choice.
func TestRawText(t *testing.T) {
	store, err := session.Open(t.Context(), filepath.Join(t.TempDir(), "lineup.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	const answer = "## A *title*\nwith $x$\r\n\n- one\u202e\n\n\tindented\n```go\nx := 1\n```\nend \u200fof it"
	raw := []string{"## A *title*", "with $x$␍", "- one<U+202E>", "    indented", "```go", "x := 1", "end <U+200F>of it"}
	drive(t, 100, 30, Config{Panes: specs(says("x/a", answer, 0, 0), says("x/b", answer, 0, 0)), Store: store}, func(d *driver) {
		d.press("lit:hi", "enter")
		d.settle()
		d.press("alt+1")
		d.wantNot("## A")
		before := d.screen()
		d.press("R")
		for _, line := range raw {
			if n := strings.Count(d.screen(), line); n != 2 {
				t.Errorf("%q stands %d times on the screen of two panes:\n%s", line, n, d.screen())
			}
		}
		d.settle()
		if l := d.app.sess.Layout; !l.Raw {
			t.Errorf("the session keeps %+v", l)
		}
		d.press("R")
		if lines := strings.Split(before, "\n")[:20]; strings.Join(strings.Split(d.screen(), "\n")[:20], "\n") != strings.Join(lines, "\n") {
			t.Errorf("as Markdown again:\n%s\nnot\n%s", d.screen(), before)
		}
		d.press("R", "i", "lit:again", "enter")
		d.settle()
		d.wantSees(raw...)
	})
	sess := stored(t, store)
	drive(t, 100, 30, Config{Panes: specs(says("x/a", answer, 0, 0), says("x/b", answer, 0, 0)), Store: store, Session: sess}, func(d *driver) {
		d.wantSees(raw...)
	})
}

func TestFedClusters(t *testing.T) {
	for _, s := range clustered {
		for cut := range s {
			f := text.Feed{Clusters: true}
			if got := f.Add(s[:cut]) + f.Add(s[cut:]) + f.Flush(); got != s {
				t.Errorf("%q cut at %d is %q", s, cut, got)
			}
		}
	}
}

// The prompt stays above its answer at each size: it was lost where the blank row after it was the first in view.
func TestThePromptStaysAboveItsAnswer(t *testing.T) {
	text := strings.TrimSpace(strings.Repeat("A sentence of the answer.\n\n", 9))
	cfg := Config{Panes: specs(says("p/m", text, time.Second, 0), says("p/n", text, time.Second, 0))}
	drive(t, 160, 60, cfg, func(d *driver) {
		d.press("lit:What is it?", "enter")
		d.until(func() bool { return !d.app.answering() })
		for high := 45; high >= 22; high-- {
			d.send(tea.WindowSizeMsg{Width: 100 + high%2, Height: high})
			d.settle()
			if got := strings.Count(d.screen(), "› What is it?"); got != 2 {
				t.Fatalf("at %d rows %d panes of 2 show the prompt:\n%s", high, got, d.screen())
			}
		}
	})
}
