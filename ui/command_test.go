package ui

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/text/unicode/norm"

	tea "charm.land/bubbletea/v2"

	"lineup/providers"
	"lineup/ui/keys"
)

// overlaySizes are the sizes at which overlays are held to golden frames.
var overlaySizes = [][2]int{{200, 60}, {80, 24}, {40, 12}}

// overlayFrames takes golden frames of an overlay at all sizes, over a turn in Korean: the overlay alone, with its
// hints. What is no overlay is taken with the whole screen.
func overlayFrames(t *testing.T, name string, cfg func() Config, show func(d *driver, shot func(string))) {
	for _, size := range overlaySizes {
		at := fmt.Sprintf("%dx%d", size[0], size[1])
		t.Run(at, func(t *testing.T) {
			drive(t, size[0], size[1], cfg(), func(d *driver) {
				d.press("lit:토큰화가 뭐예요?", "enter")
				d.settle()
				show(d, func(what string) {
					if d.app.layer.overlay == nil {
						d.golden(at + "-" + name + what)
						return
					}
					if rows := strings.Split(d.overlayBox(), "\n"); !strings.Contains(rows[len(rows)-1], "esc ") && d.app.flash == "" {
						t.Errorf("%s%s does not say how it is left: %q", name, what, rows[len(rows)-1])
					}
					goldenText(t, at+"-"+name+what, d.overlayBox()+"\n")
				})
			})
		})
	}
}

func TestPaletteFrames(t *testing.T) {
	overlayFrames(t, "palette", func() Config { return Config{Panes: specs(threeModels()...)} }, func(d *driver, shot func(string)) {
		some := []keys.Action{keys.New, keys.Models, keys.Sessions, keys.Stop, keys.Again, keys.Copy, keys.Continue, keys.Reasoning, keys.NextPane, keys.Zoom, keys.Close,
			keys.Reopen, keys.Help, keys.Quit, keys.Palette, keys.Send, keys.Newline, keys.Recall}
		d.app.keys.actions = slices.DeleteFunc(d.app.keys.actions, func(row action) bool { return !slices.Contains(some, row.Action) }) // new actions leave the frames alone
		d.press("ctrl+p")
		shot("")
		d.press("lit:cpan")
		shot("-search")
		d.press("esc", "lit:/re")
		shot("-slash")
	})
}

// Every action is in the palette, with its keys or its name, and what it does there is what its key does.
func TestThePaletteHasEveryAction(t *testing.T) {
	drive(t, 100, 40, Config{Panes: specs(threeModels()...)}, func(d *driver) {
		commands := d.app.keys.actions.commands(d.app)
		names := map[string]bool{}
		for _, c := range commands {
			if names[c.name] || c.name == "" || c.title == "" || strings.ContainsAny(c.name, " _/") {
				t.Errorf("command %q (%s): a name has to be there, once, and easy to type", c.name, c.title)
			}
			names[c.name] = true
		}
		for _, row := range allActions() {
			if row.Action != keys.Palette && !names[row.slashName()] {
				t.Errorf("%s is not in the palette", row.Action)
			}
		}
		d.press("ctrl+p", "lit:zoom", "enter")
		if !d.app.panes.zoomed || d.app.layer.overlay != nil {
			t.Error("zoom from the palette did not zoom")
		}
	})
}

func TestThePaletteSaysWhyNot(t *testing.T) {
	drive(t, 100, 40, Config{Panes: specs(threeModels()...)}, func(d *driver) {
		d.press("ctrl+p", "lit:copy whole")
		d.wantSees("there is no answer yet")
		d.press("enter")
		d.wantSees("not now: there is no answer yet", "Commands ·")
		d.press("esc", "lit:hi", "enter")
		d.settle()
		d.press("ctrl+p", "lit:copy whole", "enter")
		d.settle()
		d.wantSees("sent the turn")
	})
}

func TestSlashCommandsInThePrompt(t *testing.T) {
	m := says("x/a", "fine", time.Millisecond, 0)
	drive(t, 100, 30, Config{Panes: specs(m, says("x/b", "ok", 0, 0))}, func(d *driver) {
		d.press("lit:/")
		d.wantSees("/new", "tab complete")
		d.press("lit:zo", "tab")
		if got := d.app.prompt.text(); got != "/zoom" {
			t.Errorf("completed to %q", got)
		}
		d.press("enter")
		if !d.app.panes.zoomed || !d.app.prompt.empty() || len(m.asked) > 0 {
			t.Errorf("zoomed %v, prompt %q, %d requests", d.app.panes.zoomed, d.app.prompt.text(), len(m.asked))
		}
		d.press("up")
		if got := d.app.prompt.text(); got != "/zoom" {
			t.Errorf("recalled %q", got)
		}
		d.press("ctrl+c")
	})
}

// What is no command, and what Esc says is none, is a prompt like any other.
func TestAPromptMayBeginWithASlash(t *testing.T) {
	m := says("x/a", "fine", time.Millisecond, 0)
	drive(t, 100, 30, Config{Panes: specs(m)}, func(d *driver) {
		for i, typed := range [][]string{{"lit:/etc/passwd: what is it?"}, {"lit:/zoom", "esc"}} {
			d.press(append(typed, "enter")...)
			d.settle()
			if len(m.asked) != i+1 {
				t.Fatalf("%v was not sent; the screen:\n%s", typed, d.screen())
			}
			want := strings.TrimPrefix(typed[0], "lit:")
			if got := m.asked[i].Messages[len(m.asked[i].Messages)-1]; got.Role != providers.User || got.Content != want {
				t.Errorf("asked %v, want %q", got, want)
			}
		}
	})
}

// The palette's names are short verb phrases, and none of the help's lines is cut off in 80 columns.
func TestNamesAreShort(t *testing.T) {
	for _, row := range allActions() {
		if n := ansi.StringWidth(row.title); n == 0 || n > 40 {
			t.Errorf("%s: %q has %d cells; 40 at most", row.Action, row.title, n)
		}
		if r := row.title[0]; r < 'A' || r > 'Z' || strings.HasSuffix(row.title, ".") {
			t.Errorf("%s: %q does not begin like a name", row.Action, row.title)
		}
		if n := ansi.StringWidth(row.help); n > 42 {
			t.Errorf("%s: %q has %d cells; the help shows 42 of 80 columns", row.Action, row.help, n)
		}
		for _, word := range wordsOf(row.synonyms) {
			if slices.Contains(wordsOf(row.title), word) {
				t.Errorf("%s: %q is in its title already", row.Action, word)
			}
		}
	}
}

// What people call a thing finds it first (screen fault 17): the words of other programs, the names of [keys], parts.
func TestThePaletteFindsWhatPeopleType(t *testing.T) {
	first := map[string]keys.Action{
		"regenerate": keys.Again, "retry": keys.Again, "redo": keys.Again, "rerun": keys.Again, "resend": keys.Again,
		"exit": keys.Quit, "quit": keys.Quit, "leave": keys.Quit, "bye": keys.Quit,
		"system prompt": keys.Detail, "cancel": keys.Stop, "abort": keys.Stop, "interrupt": keys.Stop,
		"search": keys.Sessions, "history": keys.Sessions, "resume": keys.Sessions, "clear": keys.New, "reset": keys.New,
		"theme": keys.Settings, "preferences": keys.Settings, "shortcuts": keys.Help, "keybindings": keys.Help,
		"yank": keys.Copy, "clipboard": keys.Copy, "thinking": keys.Reasoning, "maximize": keys.Zoom,
		"fullscreen": keys.Zoom, "add model": keys.Models, "switch model": keys.Other, "undo": keys.Reopen, "sync": keys.Lock,
		"download": keys.Models, "branch": keys.Edit, "duplicate": keys.Fork, "timeline": keys.Waterfall,
		"title": keys.Rename, "markdown": keys.Export, "usage": keys.Stats, "snippets": keys.Template, "vim": keys.Editor,
		"winner": keys.Promote, "reorder": keys.MoveLeft, "top": keys.Top, "ctrl+r": keys.Again,
		// Words of newcomers, and Korean ones.
		"dark": keys.Settings, "light": keys.Settings, "font": keys.Settings, "config": keys.Settings, "settings": keys.Settings,
		"price": keys.Stats, "money": keys.Stats, "error": keys.Detail, "tutorial": keys.Help,
		"split": keys.Double, "bigger": keys.Zoom, "upload": keys.Gallery, "server": keys.Models, "save": keys.Save, "remove": keys.Models,
		"종료": keys.Quit, "나가기": keys.Quit, "도움말": keys.Help, "단축키": keys.Help, "설정": keys.Settings, "테마": keys.Settings,
		"모델": keys.Models, "세션": keys.Sessions, "새 세션": keys.New, "새 대화": keys.New, "대화": keys.Sessions, "검색": keys.Sessions,
		"찾기": keys.Find, "복사": keys.Copy, "저장": keys.Save, "내보내기": keys.Export, "다시": keys.Again, "재시도": keys.Again,
		"중지": keys.Stop, "취소": keys.Stop, "비용": keys.Stats, "가격": keys.Stats, "통계": keys.Stats, "투표": keys.Voting,
		"비교": keys.Compare, "닫기": keys.Close, "창 닫기": keys.Close, "확대": keys.Zoom, "시스템 프롬프트": keys.Contender,
		norm.NFD.String("종료"): keys.Quit, "도움": keys.Help,
		"clpan": keys.Close, "regnerate": keys.Again, "RETRY": keys.Again, "re-generate": "", "xyzzy": "",
	}
	for _, row := range allActions() { // the names of [keys], and those behind a slash
		if row.Action != keys.Palette {
			first[string(row.Action)], first[row.slashName()] = row.Action, row.Action
		}
	}
	delete(first, "re-generate")
	a := newApp(t.Context(), Config{Panes: specs(threeModels()...)})
	for typed, want := range first {
		a.openPalette()
		p := a.layer.overlay.(*palette)
		p.paste(a, typed)
		got := keys.Action("")
		if left := p.list.Left(); len(left) > 0 {
			got = a.keys.actions[slices.IndexFunc(a.keys.actions, func(row action) bool { return row.slashName() == p.commands[left[0]].name })].Action
		}
		if got != want {
			t.Errorf("%q finds %q first, not %q", typed, got, want)
		}
	}
}

// Fault: Enter met a row that cannot be done now, where the next one fits as well and can.
func TestWhatCanBeDoneIsChosenFirst(t *testing.T) {
	drive(t, 80, 24, Config{Panes: specs(threeModels()...)}, func(d *driver) { // without a store, and no model to choose
		for typed, want := range map[string]string{
			"": "Start new session", "세션": "Start new session", "duplicate": "Double pane",
			"open session": "Open session", // by its very name
		} {
			d.press("ctrl+p", "lit:"+typed)
			p := d.app.layer.overlay.(*palette)
			if got := p.commands[p.list.Selected()]; got.title != want {
				t.Errorf("%q chooses %q, off: %q", typed, got.title, got.off)
			}
			d.press("esc")
		}
		d.press("lit:/세션")
		if m := d.app.prompt.slash.matches[0]; m.command.off != "" {
			t.Errorf("after a slash %s comes first: %s", m.command.title, m.command.off)
		}
		d.press("ctrl+c")
	})
}

// The Korean words belong to actions that there are, and a slash finds by them too.
func TestKoreanWordsFindActions(t *testing.T) {
	table := allActions()
	for name := range koreanWords() {
		if _, ok := table.of(name); !ok {
			t.Errorf("%s is no action", name)
		}
	}
	drive(t, 100, 30, Config{Panes: specs(threeModels()...)}, func(d *driver) {
		d.press("lit:/확대", "enter")
		if !d.app.panes.zoomed {
			t.Errorf("/확대 did not zoom:\n%s", d.screen())
		}
	})
}

// The motions, which everybody does by their keys, come after all others.
func TestMotionsComeLast(t *testing.T) {
	table := allActions()
	at := slices.IndexFunc(table, func(row action) bool { return row.group == groupMoves })
	for _, row := range table[at:] {
		if row.group != groupMoves {
			t.Errorf("%s comes after a motion", row.Action)
		}
	}
	a := newApp(t.Context(), Config{Panes: specs(threeModels()...)})
	for _, typed := range []string{"", "pane", "turn", "find", "next", "down", "s"} {
		a.openPalette()
		p := a.layer.overlay.(*palette)
		p.paste(a, typed)
		last, score := "", math.MaxInt
		for _, i := range p.list.Left() {
			group, fits := p.commands[i].group, 0
			if typed != "" {
				fits, _ = p.list.Rank(i, strings.Fields(typed))
			}
			if last == groupMoves && group != groupMoves && fits == score {
				t.Errorf("%q: %s comes after a motion", typed, p.commands[i].title)
			}
			last, score = group, fits
		}
	}
}

// A command that was pasted with its line end was sent to the models.
func TestAPastedCommandIsACommand(t *testing.T) {
	for pasted, want := range map[string]func(d *driver) bool{
		"/zoom\n":    func(d *driver) bool { return d.app.panes.zoomed },
		"/zoom\r\n":  func(d *driver) bool { return d.app.panes.zoomed },
		"/exprot\n":  func(d *driver) bool { return d.sees("/export") },
		"/zoom\nme ": func(d *driver) bool { return !d.app.panes.zoomed },
	} {
		m := says("x/a", "fine", time.Millisecond, 0)
		drive(t, 100, 30, Config{Panes: specs(m, says("x/b", "ok", 0, 0))}, func(d *driver) {
			d.send(tea.PasteMsg{Content: pasted})
			d.press("enter")
			d.settle()
			if sent := len(m.asked) > 0; sent != strings.HasSuffix(pasted, "me ") || !want(d) {
				t.Errorf("%q: sent %v\n%s", pasted, sent, d.screen())
			}
		})
	}
}
