package ui

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/providers"
	"lineup/session"
	"lineup/ui/report"
	"lineup/ui/widget"
)

// shelfOf puts sessions into a store, a day apart.
func shelfOf(t *testing.T) *session.Store {
	t.Helper()
	store := openStore(t)
	for i, s := range []struct{ title, prompt, answer string }{
		{"Haiku about autumn", "Write a haiku about autumn.", "Leaves drift to the ground"},
		{"토큰화가 뭐예요?", "토큰화가 뭐예요?", "토크나이저가 글을 조각으로 나눕니다. 언어 모델은 글자를 직접 읽지 않습니다."},
		{"SQL or NoSQL", "SQL or NoSQL for a shop?\x1b[31m", "It depends on the **transactions** that the shop has."},
	} {
		at := time.Date(2026, 3, 10+i, 12, 0, 0, 0, time.UTC)
		reply := func(ref, text string) *session.Reply {
			return &session.Reply{Model: ref, ServedBy: ref, Status: session.Done, Text: text}
		}
		sess := &session.Session{Title: s.title, Panes: providers.Bare("gate/claude", "local/qwen3:8b"), CreatedAt: at, UpdatedAt: at,
			Turns: []*session.Turn{{Prompt: s.prompt, CreatedAt: at, Replies: []*session.Reply{reply("gate/claude", s.answer), reply("local/qwen3:8b", "짧은 답")}}}}
		for slot, r := range sess.Turns[0].Replies {
			r.Slot = slot
		}
		if err := store.Insert(context.Background(), sess); err != nil {
			t.Fatal(err)
		}
	}
	return store
}

func withSessions(t *testing.T, test func(*realDriver)) {
	kept(t, Config{Store: shelfOf(t), Models: newMarket(), Panes: specs(says("gate/flash", "one", 0, 0)),
		Now: func() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC) }}, test)
}

func TestSessionsFrames(t *testing.T) {
	withSessions(t, func(d *realDriver) {
		for _, size := range overlaySizes {
			at := fmt.Sprintf("%dx%d", size[0], size[1])
			frames := &driver{t: t, app: d.app}
			d.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			d.press("ctrl+s")
			frames.checkFrame()
			frames.golden(at + "-sessions")
			d.press("lit:토크")
			frames.checkFrame()
			frames.golden(at + "-sessions-search")
			d.press("ctrl+e")
			frames.golden(at + "-sessions-export")
			d.press("esc", "esc")
		}
	})
}

func TestSessionsAreFoundAndOpened(t *testing.T) {
	withSessions(t, func(d *realDriver) {
		d.press("ctrl+s")
		d.wantSees("Sessions · 3", "› SQL or NoSQL", "Mar 12", "It depends on the", "SQL or NoSQL for a shop?␛[31m")
		d.press("lit:autumn")
		d.wantSees("Sessions · 1", "› Haiku about autumn", "Leaves drift")
		d.press("ctrl+u", "lit:조각")
		d.wantSees("› 토큰화가 뭐예요?", "» ")
		d.press("enter")
		if d.app.layer.overlay != nil || d.app.sess.Title != "토큰화가 뭐예요?" {
			t.Fatalf("open is %+v", d.app.sess)
		}
		if got := strings.Join(d.app.panes.refs(), " "); got != "gate/claude local/qwen3:8b" {
			t.Errorf("the panes are %s", got)
		}
		d.wantSees("1 claude · gate", "2 qwen3:8b · local", "짧은 답")
		d.press("lit:and then?", "enter")
		got := last(t, d.store)
		if len(got.Turns) != 2 || got.Turns[1].Reply(0).Text != "an answer of gate/claude" {
			t.Errorf("stored: %d turns", len(got.Turns))
		}
	})
}

func TestASessionIsRenamedForkedDeletedAndBroughtBack(t *testing.T) {
	withSessions(t, func(d *realDriver) {
		d.press("ctrl+s", "ctrl+r", "ctrl+u", "lit:데이터베이스", "enter")
		d.wantSees("› 데이터베이스", "renamed")
		d.press("ctrl+f")
		d.wantSees("데이터베이스 (fork)", "Sessions · 4")
		d.press("ctrl+u", "lit:haiku", "ctrl+d")
		d.wantSees("nothing is found", `"Haiku about autumn" is deleted; ctrl+z brings it back`)
		d.press("ctrl+z")
		d.wantSees("› Haiku about autumn", `"Haiku about autumn" is back`)
		d.press("enter", "ctrl+s", "lit:haiku", "ctrl+d")
		d.wantSees("this session is open")
		if list, err := d.store.Sessions(context.Background(), session.Filter{}); err != nil || len(list) != 4 {
			t.Errorf("%d sessions, %v", len(list), err)
		}
	})
}

// A file that is there is never written over, and the formats are those of `lineup sessions export`.
func TestASessionIsExportedToAFile(t *testing.T) {
	dir := t.TempDir()
	withSessions(t, func(d *realDriver) {
		for _, ext := range []string{"md", "json", "jsonl", "html"} {
			file := filepath.Join(dir, "out."+ext)
			d.press("ctrl+s", "ctrl+e")
			d.wantSees("sql-or-nosql.md")
			d.press("ctrl+u", "lit:"+file, "enter")
			d.wantSees("written to ")
			info, err := os.Stat(file)
			if err != nil || info.Size() == 0 || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v, %v", ext, info, err)
			}
			d.press("ctrl+e", "ctrl+u", "lit:"+file, "enter")
			d.wantSees("is there already")
			d.press("esc")
		}
		d.press("ctrl+s", "ctrl+e", "ctrl+u", "lit:"+filepath.Join(dir, "out.exe"), "enter")
		d.wantSees("no format is called")
		d.press("esc", "lit:/export "+filepath.Join(dir, "none.md"), "enter")
		d.wantSees("not now: nothing has been asked yet")
		d.press("ctrl+c", "lit:hi", "enter")
		d.press("lit:/export "+filepath.Join(dir, "this.md"), "enter")
		d.wantSees("written to ")
		d.press("lit:/rename 새 이름", "enter")
		if got := last(t, d.store); got.Title != "새 이름" {
			t.Errorf("the title is %q", got.Title)
		}
	})
}

// A session whose models are gone from the config opens in the panes that are there.
func TestASessionOfUnknownModelsOpensAllTheSame(t *testing.T) {
	store := shelfOf(t)
	kept(t, Config{Store: store, Panes: specs(says("gate/flash", "one", 0, 0))}, func(d *realDriver) {
		d.press("ctrl+s", "enter")
		d.wantSees("not in the config any more: gate/claude, local/qwen3:8b", "1 flash · gate")
		d.wantSees("done, answer of gate/claude") // which is never taken for the pane's own
	})
}

// However fast one types there is one search at a time, and the last word counts.
func TestThereIsOneSearchAtATime(t *testing.T) {
	withSessions(t, func(d *realDriver) {
		a := d.app
		s := &sessions{list: widget.NewList(""), previews: map[string]*report.Preview{}}
		s.list.Raw = true
		a.open(s)
		first := s.search(a)
		for _, r := range "haiku" {
			if _, cmd := a.Update(tea.KeyPressMsg{Code: r, Text: string(r)}); cmd != nil {
				t.Fatal("a second search began beside the first")
			}
		}
		runAll(a, first, nil)
		d.wantSees("› Haiku about autumn", "Sessions · 1")
	})
}

// What a search found is shown without the marks of Markdown, and stays underlined where it moved to.
func TestExcerptsHaveNoMarksOfMarkdown(t *testing.T) {
	a := newApp(t.Context(), Config{Panes: specs(says("x/a", "", 0, 0))})
	text := "모델은 **글자**를 `len` 2 * 3 토크나이저"
	at := strings.Index(text, "토크")
	row := excerpt(a.theme.Styles, false, &session.Hit{Excerpt: text, Marks: []session.Mark{{From: at, To: at + len("토크")}}}, 60)
	if got, want := ansi.Strip(row), "» 모델은 글자를 len 2 * 3 토크나이저"; got != want {
		t.Errorf("the excerpt is %q, want %q", got, want)
	}
	if want := a.theme.Text.Underline(true).Bold(true).Render("토크"); !strings.Contains(row, want) {
		t.Errorf("what was found is not marked in %q", row)
	}
}

func TestSessionsAreFoundByContender(t *testing.T) {
	withSessions(t, func(d *realDriver) {
		d.press("ctrl+s", "lit:contender:local/qwen3:8b")
		d.wantSees("Sessions · 3")
		d.press("lit: autumn") // only answers of this contender and prompts count
		d.wantSees("Sessions · 1", "› Haiku about autumn")
		d.press("ctrl+u", "lit:contender:nobody")
		d.wantSees("nothing is found")
		d.press("ctrl+u", "lit:model:claude drift")
		d.wantSees("Sessions · 1", "› Haiku about autumn")
		d.press("ctrl+u", "lit:model:qwen drift")
		d.wantSees("nothing is found")
	})
}
