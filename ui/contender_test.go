package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"lineup/providers"
	"lineup/registry"
	"lineup/session"
)

// asked makes panes of contenders that all say the same.
func asked(text string, all ...providers.Contender) []registry.Spec {
	var out []registry.Spec
	for _, c := range all {
		m := says(c.Ref.String(), text, 300*time.Millisecond, 20*time.Millisecond)
		spec := registry.Spec{Info: m.info, Model: m, Pane: c}
		spec.Info.Contender, spec.Info.Params = c, c.Settings.Params
		if c.Name != "" {
			spec.Info.Name = c.Name
		}
		out = append(out, spec)
	}
	return out
}

// warm is a contender with a temperature.
func warm(ref string, temperature float64) providers.Contender {
	return providers.Contender{Ref: providers.RefOf(ref), Settings: providers.Settings{Params: providers.Params{Temperature: &temperature}}}
}

func called(c providers.Contender, name string) providers.Contender {
	c.Name = name
	return c
}

// Titles show what tells a pane from its neighbours: the settings in which panes of one model differ, and the model only where
// there is another one. Fault: two panes of one model had the same title.
func TestTitlesTellPanesApart(t *testing.T) {
	seeded := warm("x/llama", 0)
	seeded.Settings.Seed = new(int64)
	for name, c := range map[string]struct {
		panes []providers.Contender
		want  []string
	}{
		"one model":                  {[]providers.Contender{warm("x/llama", 0), warm("x/llama", 1)}, []string{"1 temp 0 ", "2 temp 1 "}},
		"a bare one":                 {[]providers.Contender{warm("x/llama", 0), providers.Bare("x/llama")[0]}, []string{"1 temp 0 ", "2 temp default "}},
		"another model":              {[]providers.Contender{warm("x/llama", 0), warm("x/llama", 1), warm("x/qwen", 1)}, []string{"1 llama · temp 0 · x ", "2 llama · temp 1 · x ", "3 qwen · x "}},
		"one pane":                   {[]providers.Contender{warm("x/llama", 0)}, []string{"1 llama · x "}},
		"what is equal is not shown": {[]providers.Contender{warm("x/llama", 0), seeded}, []string{"1 seed default ", "2 seed 0 "}},
		"names":                      {[]providers.Contender{called(warm("x/llama", 0), "차가운"), called(warm("x/llama", 1), "hot")}, []string{"1 차가운 · x ", "2 hot · x "}},
		"the same name":              {[]providers.Contender{called(warm("x/llama", 0), "mine"), called(warm("x/llama", 1), "mine")}, []string{"1 mine · temp 0 · x ", "2 mine · temp 1 · x "}},
		"nothing differs":            {[]providers.Contender{warm("x/llama", 1), warm("x/llama", 1)}, []string{"1 llama · x ", "2 llama · x "}},
	} {
		drive(t, 160, 24, Config{Panes: asked("ok", c.panes...)}, func(d *driver) {
			for _, want := range c.want {
				if !d.sees(want) {
					t.Errorf("%s: no title is %q:\n%s", name, want, strings.Split(d.screen(), "\n")[1])
				}
			}
		})
	}
}

// Everything else that names panes tells those of one model apart as well: verdict, waterfall, tabs, comparison, list of panes,
// and what is said of a closed one.
func TestPanesOfOneModelAreToldApartEverywhere(t *testing.T) {
	panes := asked("one two", warm("x/llama", 0), warm("x/llama", 1.5))
	panes[0].Model.(*script).events[0].after = time.Second
	drive(t, 120, 30, Config{Panes: panes}, func(d *driver) {
		d.press("lit:go", "enter")
		d.settle()
		d.wantSees("first 2 temp 1.5")
		d.press("alt+1", "w")
		d.wantSees("1 temp 0", "2 temp 1.5", "Waterfall")
		d.press("esc", "=")
		d.settle()
		d.wantSees("1 temp 0", "2 temp 1.5")
		d.press("esc", "ctrl+p", "lit:go to pane", "enter")
		d.wantSees("1 x/llama · temp 0", "2 x/llama · temp 1.5")
		d.press("esc", "alt+2", "ctrl+w")
		d.wantSees("temp 1.5 closed", "1 llama · x")
	})
	drive(t, 50, 14, Config{Panes: asked("ok", warm("x/llama", 0), warm("x/llama", 1), warm("x/qwen", 1))}, func(d *driver) {
		d.wantSees("1 ○ temp 0", "2 ○ temp 1")
	})
}

// The detail view lists the settings of a reply with where they came from, and warns of panes of the model that differ in more
// than one. Fault: the parameters of a pane could be seen nowhere on the screen.
func TestDetailsListTheSettings(t *testing.T) {
	system := "두 문장으로\n대답하세요."
	one, two := warm("x/llama", 0.5), warm("x/llama", 1)
	two.Settings.System, two.Settings.Seed, two.Name = &system, new(int64), "terse"
	panes := asked("ok", one, two)
	panes[1].Pane.Settings.Seed = nil // it stands in the config
	panes[1].Model.(*script).events = append([]scripted{{0, providers.Event{Type: providers.EventDropped, Text: "temperature"}, nil}}, panes[1].Model.(*script).events...)
	drive(t, 200, 60, Config{Panes: panes}, func(d *driver) {
		d.press("lit:go", "enter")
		d.settle()
		d.press("alt+1", "d")
		d.wantSees("temperature 0.5, set in this pane", "contender "+one.ID()+": x/llama temperature=0.5",
			"pane 2 differs in 3 settings, temperature, seed and system")
		d.press("d", "alt+2", "d")
		d.wantSees("name: terse", "seed 0, from the config", "contender "+two.ID(), "temperature 1: refused by the server, and left out",
			`system "두 문장으로`, "set in this pane", "pane 1 differs in 3 settings")
	})
}

// Golden frames of one model in four panes, with a detail view.
func TestContenderFrames(t *testing.T) {
	for _, size := range [][2]int{{200, 60}, {120, 40}, {80, 24}} {
		panes := asked("온도는 글자를 고르는 방식을 바꿉니다.", warm("local/llama3.1:8b", 0), warm("local/llama3.1:8b", 0.5), warm("local/llama3.1:8b", 1),
			warm("local/llama3.1:8b", 1.5))
		drive(t, size[0], size[1], Config{Panes: panes}, func(d *driver) {
			d.press("lit:온도가 뭐예요?", "enter")
			d.settle()
			d.press("alt+3", "d")
			d.golden(fmt.Sprintf("%dx%d-contenders", size[0], size[1]))
		})
	}
}

// A replay shows what the recorded panes were called and asked with.
func TestReplayNamesTheRecordedContenders(t *testing.T) {
	s := recordedSession()
	for _, turn := range s.Turns {
		for i, r := range turn.Replies[:2] {
			c := warm("gate/flash", float64(i))
			r.Model, r.ServedBy, r.Contender = "gate/flash", "gate/flash", &c
		}
		turn.Replies = turn.Replies[:2]
	}
	drive(t, 120, 30, Config{Replay: &Replay{Session: s}}, func(d *driver) {
		d.wantSees("1 temp 0 · replay", "2 temp 1 · replay")
	})
	for _, turn := range s.Turns {
		turn.Replies[0].Contender.Name, turn.Replies[0].Name = "cold", "cold"
	}
	drive(t, 120, 30, Config{Replay: &Replay{Session: s}}, func(d *driver) {
		d.wantSees("1 cold · replay, gate")
	})
}

// On reopening, each pane takes the slot that its contender answered last, whatever the order of panes of one model.
func TestPanesOfOneModelFindTheirSlots(t *testing.T) {
	said := func(slot int, c providers.Contender) *session.Reply {
		return &session.Reply{Slot: slot, Model: c.Ref.String(), Contender: &c, Status: session.Done, Text: "x"}
	}
	cold, hot, bare := warm("x/a", 0), warm("x/a", 1), providers.Bare("x/a")[0]
	s := &session.Session{Turns: []*session.Turn{{Replies: []*session.Reply{said(0, cold), said(1, hot), said(2, bare)}}}}
	for name, c := range map[string]struct {
		panes []providers.Contender
		want  string
	}{
		"as they were":              {[]providers.Contender{cold, hot, bare}, "[0 1 2]"},
		"moved":                     {[]providers.Contender{bare, hot, cold}, "[2 1 0]"},
		"one was closed":            {[]providers.Contender{hot, bare}, "[1 2]"},
		"one has changed":           {[]providers.Contender{warm("x/a", 0.3), hot, bare}, "[0 1 2]"},
		"a changed one comes last":  {[]providers.Contender{hot, cold, warm("x/a", 0.3)}, "[1 0 2]"},
		"the same twice":            {[]providers.Contender{hot, hot}, "[1 0]"},
		"a name changes nothing":    {[]providers.Contender{called(hot, "warm"), bare}, "[1 2]"},
		"another one is a new slot": {[]providers.Contender{hot, warm("x/b", 1)}, "[1 3]"},
	} {
		if got := fmt.Sprint(slotsOf(s, asked("", c.panes...))); got != c.want {
			t.Errorf("%s: slots %s, want %s", name, got, c.want)
		}
	}
	twins := &session.Session{Turns: []*session.Turn{{Replies: []*session.Reply{said(0, hot), said(1, hot)}}}}
	if got := fmt.Sprint(slotsOf(twins, asked("", cold, hot))); got != "[0 1]" {
		t.Errorf("the second of two equal slots goes to %s", got)
	}
}

// Two panes of one model keep their settings when the picker is opened and left by Enter, and when other marks change.
func TestThePickerKeepsSettings(t *testing.T) {
	panes := asked("ok", warm("x/a", 0), warm("x/a", 1))
	models := shelf{"x/a": says("x/a", "ok", 0, 0), "x/other": says("x/other", "ok", 0, 0)}
	drive(t, 120, 30, Config{Panes: panes, Models: models}, func(d *driver) {
		open := func() string { return fmt.Sprint(d.app.panes.contenders()) }
		want := open()
		d.press("ctrl+l")
		d.settle()
		d.press("enter")
		d.settle()
		if got := open(); got != want {
			t.Errorf("Enter in the picker made of %s\n%s", want, got)
		}
		d.press("ctrl+l")
		d.settle()
		d.press("lit:other", "space", "enter")
		d.settle()
		if got := open(); got != strings.TrimSuffix(want, "]")+" x/other]" {
			t.Errorf("a further model made of %s\n%s", want, got)
		}
		d.press("alt+1", "m")
		d.settle()
		d.press("lit:other", "enter")
		d.settle()
		if c := d.app.panes.open[0].Spec.Contender(); c.Ref.String() != "x/other" || c.Settings.Temperature == nil {
			t.Errorf("another model in the pane lost its settings: %v", c)
		}
	})
}
