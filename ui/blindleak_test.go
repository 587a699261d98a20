package ui

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/blind/blindtest"
	"lineup/providers"
	"lineup/registry"
	"lineup/session"
	"lineup/ui/keys"
)

// spy is a screen on a blind session that notes whatever a person can see, copy or find in a file.
type spy struct {
	t    *testing.T
	cast blindtest.Cast
	app  *app
	seen []sight
}

// sight is something that was seen.
type sight struct{ after, what string }

// spyOn opens the session of a cast in a store of its own, on a screen of a size.
func spyOn(t *testing.T, variant, w, h int) *spy {
	t.Helper()
	cast := blindtest.CastOf(variant)
	store := openStore(t)
	sess := cast.Session()
	if err := store.Insert(context.Background(), sess); err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	shelf := shelf{"p/reader": says("p/reader", "VERDICT: A", 0, 0)} // merges and judges
	var panes []registry.Spec
	for slot, c := range cast.Contenders() {
		m := says(c.Ref.String(), cast.Answer(slot, 9), 0, 0)
		shelf[c.Ref.String()] = m
		spec := registry.Spec{Info: m.info, Model: m, Pane: c, Fallbacks: []string{"local/" + cast.Ref(2)}}
		spec.Info.Contender, spec.Info.Params, spec.Info.Name = c, c.Settings.Params, c.Name
		spec.Info.Context, spec.Info.Local = 1000*(slot+variant), slot == variant
		spec.Info.Price = providers.Quote{Price: providers.Price{Input: float64(1 + variant), Output: 3}, Source: providers.CostConfig}
		panes = append(panes, spec)
	}
	models := stocked{configured{shelf, nil}, &[]registry.Lineup{{Name: "cheap", Panes: cast.Contenders()}}}
	limit := 0.01 // which is spent
	s := &spy{t: t, cast: cast}
	s.app = newApp(context.Background(), Config{Panes: panes, Session: sess, Shuffle: backwards, Store: store, Models: models,
		Now:     func() time.Time { return time.Date(2026, 11, 28, 13, 0, 0, 0, time.UTC) },
		Compare: Compare{Readers: Readers{Merge: "p/reader", Judge: "p/reader"}},
		Budget:  session.Budget{Session: &limit}, Templates: map[string]string{"review": "Review: {{text}}"},
		SaveLineup:   func(registry.Lineup) (string, []string, error) { return "config.toml", nil, nil },
		SaveSettings: func(Settings) (string, error) { return "config.toml", nil }})
	runAll(s.app, s.app.Init(), nil)
	s.send("opening", tea.WindowSizeMsg{Width: w, Height: h})
	return s
}

// send hands a message over, runs what it brings about, and notes what is to be seen then.
func (s *spy) send(after string, msg tea.Msg) {
	_, cmd := s.app.Update(msg)
	if cmd == nil { // the frame is there
		s.look(after)
		return
	}
	s.follow(after, cmd)
}

// follow runs a command with all that it brings about, but what would leave the screen.
func (s *spy) follow(after string, cmd tea.Cmd) {
	see := func(msg tea.Msg) {
		if reflect.TypeOf(msg) == reflect.TypeOf(tea.SetClipboard("")()) {
			s.note(after+", copied", fmt.Sprint(msg))
		}
	}
	runAll(s.app, cmd, see)
	_, cmd = s.app.Update(nil)
	runAll(s.app, cmd, see)
	s.look(after)
}

// look notes what the screen shows.
func (s *spy) look(after string) {
	v := s.app.View()
	s.note(after, ansi.Strip(v.Content)+"\n"+v.WindowTitle)
}

func (s *spy) note(after, what string) {
	what = blindtest.Shown(what)
	if n := len(s.seen); n == 0 || s.seen[n-1].what != what {
		s.seen = append(s.seen, sight{after, what})
	}
}

// press types keys as realDriver.press does.
func (s *spy) press(after string, names ...string) {
	for _, k := range names {
		after += " " + k
		if text, ok := strings.CutPrefix(k, "lit:"); ok {
			for _, r := range text {
				s.send(after, tea.KeyPressMsg{Code: r, Text: string(r)})
			}
			continue
		}
		s.send(after, keyMsg(k))
	}
}

// files notes the files that were written. Those with the whole record may tell.
func (s *spy) files(after string) {
	err := filepath.WalkDir(".", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		s.note(after+", name of a file", path)
		if filepath.Ext(path) != wholeRecord {
			s.note(after+", "+path, string(text))
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// probes are keys that go about in whatever is open: overlays, questions, panes.
func probes(row action) []string {
	all := []string{"tab", "down", "right", "lit:a", "lit:cl", "enter", "enter", "esc", "pgdown", "lit:=", "tab", "esc"}
	if row.Action == keys.Merge || row.Action == keys.Judge { // Tab lists all models that may read, whoever answers
		all = slices.DeleteFunc(all, func(k string) bool { return k == "tab" })
	}
	return all
}

// spied does everything that an action can do in each pane.
func spied(t *testing.T, row action, variant, w, h int) *spy {
	s := spyOn(t, variant, w, h)
	for _, i := range []int{0, 2} { // the second is served by a fallback
		name := fmt.Sprintf("%s in pane %d", row.Action, i+1)
		for _, by := range row.Keys {
			s.press(name, "esc", "esc", fmt.Sprintf("alt+%d", i+1), by)
			s.press(name+" by "+by, probes(row)...)
		}
		s.press(name, "esc", "esc", fmt.Sprintf("alt+%d", i+1))
		s.follow(name, s.app.do(row.Action))
		s.press(name, probes(row)...)
		s.press(name, "esc", "esc", "lit:i", "lit:/"+row.slashName()+" ", "down", "tab", "esc", "ctrl+c")
		if row.arg.do == nil || row.why(s.app) != "" {
			continue
		}
		values := []string{"1", "2", fmt.Sprint("Alpha ", i), "x.md", "x.html", "x.jsonl", "x.cast", "x.json", "nothing"}
		if row.arg.values != nil {
			values = append(values, row.arg.values(s.app)...)
		}
		for _, value := range values {
			s.follow(name+" "+value, row.arg.do(s.app, value))
			s.press(name+" "+value, probes(row)...)
		}
	}
	s.files(row.slashName())
	return s
}

// check finds secrets in what was seen.
func (s *spy) check() {
	s.t.Helper()
	for _, at := range s.seen {
		if found := s.cast.Secret(at.what); found != "" {
			s.t.Errorf("after %s, %q is to be seen:\n%s", at.after, found, at.what)
			return
		}
	}
}

// same compares what was seen of two sessions that differ in nothing but who is who.
func (s *spy) same(o *spy) {
	s.t.Helper()
	for i := range min(len(s.seen), len(o.seen)) {
		if a, b := s.seen[i], o.seen[i]; a != b {
			s.t.Errorf("who is who shows after %s:\n%s\nafter %s:\n%s", a.after, a.what, b.after, b.what)
			return
		}
	}
	if len(s.seen) != len(o.seen) {
		s.t.Errorf("%d and %d things are to be seen", len(s.seen), len(o.seen))
	}
}

// Whatever one does on the screen of a blind session: no secret is to be seen, and everything looks the same whoever answered.
// It goes over the table of actions, so that a new action, and a new view behind one, is looked at too.
func TestNoActionTellsWhoIsWho(t *testing.T) {
	t.Setenv("EDITOR", "")
	t.Setenv("VISUAL", "")
	sizes := [][2]int{{160, 45}, {80, 24}}
	if raceDetector { // at both sizes the same goroutines run
		sizes = sizes[1:]
	}
	for _, row := range allActions() {
		switch row.Action {
		case keys.Blind: // TestBlindSession
			continue
		case keys.Suspend, keys.Quit, keys.Editor: // show nothing
			continue
		}
		for _, size := range sizes {
			t.Run(fmt.Sprintf("%s %dx%d", row.Action, size[0], size[1]), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { // nobody waits for clocks
					one := spied(t, row, 0, size[0], size[1])
					one.check()
					one.same(spied(t, row, 1, size[0], size[1]))
				})
			})
		}
	}
}
