package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"lineup/jsoncheck"
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

// spoken is a contender with a system prompt.
func spoken(ref, system string) providers.Contender {
	return providers.Contender{Ref: providers.RefOf(ref), Settings: providers.Settings{System: &system}}
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
		"a text":                     {[]providers.Contender{warm("x/llama", 0), spoken("x/llama", "두 문장.\n\"짧게\"")}, []string{"1 temp 0 ", "2 system 두 문장. \"짧게\" "}},
		"one pane":                   {[]providers.Contender{warm("x/llama", 0)}, []string{"1 llama · x "}},
		"what is equal is not shown": {[]providers.Contender{warm("x/llama", 0), seeded}, []string{"1 seed default ", "2 seed 0 "}},
		"what it lacks is left out":  {[]providers.Contender{warm("x/llama", 1), seeded}, []string{"1 temp 1 ", "2 temp 0, seed 0 "}},
		"unless it alone tells":      {[]providers.Contender{warm("x/llama", 0), seeded, warm("x/llama", 1)}, []string{"1 temp 0 ", "2 temp 0, seed 0 ", "3 temp 1 "}},
		"names":                      {[]providers.Contender{called(warm("x/llama", 0), "차가운"), called(warm("x/llama", 1), "hot")}, []string{"1 차가운 · x ", "2 hot · x "}},
		"the same name":              {[]providers.Contender{called(warm("x/llama", 0), "mine"), called(warm("x/llama", 1), "mine")}, []string{"1 mine · temp 0 · x ", "2 mine · temp 1 · x "}},
		"nothing differs":            {[]providers.Contender{warm("x/llama", 1), warm("x/llama", 1)}, []string{"1 llama · x ", "2 llama · x "}},
	} {
		drive(t, 160, 24, Config{Panes: asked("ok", c.panes...)}, func(d *driver) {
			d.press("tab")
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
		d.wantSees("1 llama temp 0", "2 llama temp 1")
		d.press("tab")
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

// configured is a shelf with what a config says of its models. Parameters are whole numbers.
type configured struct {
	shelf
	says map[string]providers.Contender
}

func (c configured) Open(ref string) (registry.Spec, error) {
	spec, err := c.shelf.Open(ref)
	if own, ok := c.says[ref]; ok {
		spec.Info.Contender, spec.Info.Name = own, own.Name
	}
	return spec, err
}

func (c configured) Change(_, now providers.Contender) (registry.Spec, error) {
	return c.OpenContender(now)
}

func (configured) ReadSettings(_ string, pairs []string) (out providers.Settings, err error) {
	for _, pair := range pairs {
		key, value, _ := strings.Cut(pair, "=")
		var v float64
		if _, err := fmt.Sscanf(value, "%g", &v); err != nil {
			return out, fmt.Errorf("%s: must be a number, not %q", key, value)
		}
		whole, long := int(v), int64(v)
		switch key {
		case "temperature":
			out.Temperature = &v
		case "top_k":
			out.TopK = &whole
		case "seed":
			out.Seed = &long
		}
	}
	return out, nil
}

// o opens a form with what is set in the pane, what it inherits and what its server refused. What it is left with by Enter holds
// from the next turn on and is kept with the session.
func TestSettingsOfAPane(t *testing.T) {
	inherited := warm("x/a", 0.7)
	seed := int64(42)
	inherited.Settings.Seed = &seed
	m := says("x/a", "좋아요", 0, 0)
	m.events = append([]scripted{{0, providers.Event{Type: providers.EventDropped, Text: "top_k"}, nil}}, m.events...)
	models := configured{shelf{"x/a": m}, map[string]providers.Contender{"x/a": inherited}}
	for _, size := range [][2]int{{200, 60}, {120, 40}, {80, 24}} {
		store, id := openStore(t), ""
		drive(t, size[0], size[1], Config{Panes: asked("좋아요", inherited), Models: models, Store: store, System: "간단히 답하세요."}, func(d *driver) {
			d.app.panes.open[0].Spec.Model, d.app.panes.open[0].Spec.Pane = m, providers.Bare("x/a")[0]
			d.press("lit:하나", "enter")
			d.settle()
			d.press("alt+1", "o")
			d.wantSees("Pane 1 · x/a", "temperature", "0.7", "from the config", "42", "refused by the server", "간단히 답하세요.", "the session's")
			d.press("down", "down")
			d.send(tea.PasteMsg{Content: "모든 답은\n한국어로."})
			d.press("down", "down", "lit:warm")
			d.wantSees(`must be a number, not "warm"`)
			d.press("enter")
			d.wantSees(`temperature: must be a number, not "warm"`, "Pane 1 · ")
			d.golden(fmt.Sprintf("%dx%d-pane-settings", size[0], size[1]))
			d.press("backspace", "backspace", "backspace", "backspace", "lit:0", "enter")
			d.settle()
			d.wantSees("pane 1: the settings hold from the next turn on")
			d.press("i", "lit:둘", "enter")
			d.settle()
			if got := m.asked[len(m.asked)-1].System; got != "모든 답은\n한국어로." {
				t.Errorf("the system prompt sent is %q", got)
			}
			if c := d.app.sess.Panes[0]; c.Settings.Temperature == nil || *c.Settings.Temperature != 0 {
				t.Errorf("the session has the pane as %v", c)
			}
			d.press("alt+1", "o", "down", "down", "down", "down", "ctrl+u", "enter") // what is emptied is inherited again
			d.settle()
			if c := d.app.panes.open[0].Spec.Contender(); c.Settings.Temperature != nil || c.Settings.System == nil {
				t.Errorf("after the field was emptied the pane has %v", c)
			}
			d.press("o", "enter")
			d.wantSees("nothing was changed")
			id = d.app.sess.ID
		})
		kept, err := store.Session(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if c := kept.Panes[0]; c.Settings.Temperature != nil || c.Settings.System == nil || c.Settings.Seed != nil {
			t.Errorf("the session keeps the pane as %v", c)
		}
		if c := kept.Turns[1].Replies[0].Contender; c.Settings.System == nil || *c.Settings.System != "모든 답은\n한국어로." {
			t.Errorf("the second reply was asked of %v", c)
		}
	}
}

// A model that is not there is said at its field; "" in the field of the system prompt sends none.
func TestSettingsOfAPaneAreChecked(t *testing.T) {
	models := configured{shelf{"x/a": says("x/a", "ok", 0, 0), "x/other": says("x/other", "ok", 0, 0)}, nil}
	drive(t, 120, 40, Config{Panes: asked("ok", warm("x/a", 1)), Models: models}, func(d *driver) {
		d.press("alt+1", "o", "lit:bc")
		d.wantSees("x/abc is not there")
		d.press("enter")
		d.wantSees("model: x/abc is not there")
		d.press("ctrl+u", "lit:x/other", "down", "lit:따로", "down", `lit:""`, "enter")
		d.settle()
		c := d.app.panes.open[0].Spec.Contender()
		if c.Ref.String() != "x/other" || c.Name != "따로" || c.Settings.System == nil || *c.Settings.System != "" || *c.Settings.Temperature != 1 {
			t.Errorf("the pane asks %v %v", c, c.Settings.Fields())
		}
		d.press("o", "down", "down")
		d.wantSees(`""`, "none is sent")
		d.press("enter")
		d.wantSees("nothing was changed")
		d.press("o", "down", "down", "ctrl+e")
		d.wantSees("no editor is set")
		d.press("esc")
		if d.app.layer.overlay != nil {
			t.Error("Esc does not leave the form")
		}
	})
}

// D doubles a pane with its conversation. The answers are copies: they are kept, come back on reopening in the same slots, are
// sent as the history of the new pane, and count once.
func TestADoubledPaneHasTheConversation(t *testing.T) {
	m := says("x/a", "alpha", 300*time.Millisecond, 0)
	models := configured{shelf{"x/a": m}, nil}
	store := openStore(t)
	var id string
	drive(t, 120, 40, Config{Panes: asked("alpha", called(warm("x/a", 0), "cold")), Models: models, Store: store}, func(d *driver) {
		d.app.panes.open[0].Spec.Model = m
		d.press("lit:one", "enter")
		d.settle()
		first := d.app.sess.Turns[0].Replies[0]
		first.Repeat, first.Warmup = 5, true
		d.press("alt+1", "D")
		d.settle()
		d.wantSees("pane 1 doubled; o changes one thing in it", "1 cold · x", "2 a · x")
		if n := strings.Count(d.screen(), "alpha"); n != 2 {
			t.Errorf("the answer is seen %d times", n)
		}
		d.press("o", "down", "down", "down", "down", "ctrl+u", "lit:1", "enter")
		d.settle()
		d.press("i", "lit:two", "enter")
		d.settle()
		last := m.asked[len(m.asked)-1]
		if got := fmt.Sprint(last.Messages); len(last.Messages) != 3 || last.Messages[1].Content != "alpha" {
			t.Errorf("the doubled pane was asked %s", got)
		}
		id = d.app.sess.ID
	})
	kept, err := store.Session(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	twin := kept.Turns[0].Reply(1)
	if twin == nil || !twin.Copied || twin.Repeat != 0 || twin.Warmup || twin.Text != "alpha" || kept.Turns[1].Reply(1).Copied {
		t.Fatalf("the copy in the store is %+v", twin)
	}
	other := twin.Snapshot()
	slower := *other.Metrics.Duration + 5000
	other.Slot, other.Copied, other.Metrics.Duration, other.Metrics.FromEnter = 2, false, &slower, &slower
	if v := verdictOf(&session.Turn{Replies: []*session.Reply{kept.Turns[0].Reply(0), twin, other}}); v.answers != 2 || len(v.crowns) == 0 || v.crowns[0].slot != 0 {
		t.Errorf("with a copy the verdict is %+v", v)
	}
	groups, err := store.Stats(t.Context(), session.StatsQuery{})
	if err != nil {
		t.Fatal(err)
	}
	if len(groups) != 1 || groups[0].Replies != 3 {
		t.Errorf("statistics count %+v, not 3 replies", groups)
	}
	drive(t, 120, 40, Config{Panes: asked("x", kept.Panes...), Session: kept}, func(d *driver) {
		if got := fmt.Sprint(d.app.panes.open[0].Slot, d.app.panes.open[1].Slot); got != "0 1" {
			t.Errorf("reopened, the panes have slots %s", got)
		}
		if n := strings.Count(d.screen(), "alpha"); n != 4 {
			t.Errorf("reopened, the answers are seen %d times:\n%s", n, d.screen())
		}
	})
}

func TestDoubledFrames(t *testing.T) {
	models := configured{shelf{"local/llama3.1:8b": says("local/llama3.1:8b", "글자의 조각입니다.", 300*time.Millisecond, 20*time.Millisecond)}, nil}
	for _, size := range [][2]int{{200, 60}, {120, 40}, {80, 24}} {
		drive(t, size[0], size[1], Config{Panes: asked("글자의 조각입니다.", providers.Bare("local/llama3.1:8b")...), Models: models}, func(d *driver) {
			d.press("lit:토큰이 뭐예요?", "enter")
			d.settle()
			d.press("alt+1", "D", "o", "down", "down", "down", "down", "lit:1.5", "enter")
			d.settle()
			d.golden(fmt.Sprintf("%dx%d-doubled", size[0], size[1]))
		})
	}
}

// The form stays usable where there is little room: every frame is whole, and the field with the cursor is in view.
func TestTheFormOfAPaneInSmallPlaces(t *testing.T) {
	models := configured{shelf{"x/a": says("x/a", "ok", 0, 0)}, nil}
	for _, size := range [][2]int{{20, 6}, {24, 8}, {40, 12}, {60, 10}, {80, 14}} {
		drive(t, size[0], size[1], Config{Panes: asked("ok", warm("x/a", 1)), Models: models}, func(d *driver) {
			d.press("alt+1", "o")
			for range 20 {
				d.press("down")
				if c := d.app.View().Cursor; c == nil || c.X < 0 || c.X >= size[0] || c.Y < 0 || c.Y >= size[1] {
					t.Fatalf("%v: the cursor is at %+v:\n%s", size, c, d.screen())
				}
			}
			d.wantSees("num_")
			for range 20 {
				d.press("up")
			}
			d.press("down", "lit:한국어 이름이 아주 길어서 줄을 넘습니다")
			if c := d.app.View().Cursor; c == nil || c.X >= size[0] {
				t.Errorf("%v: the cursor is at %+v", size, c)
			}
		})
	}
}

// Two panes of one contender, of which one alone has a schema or tools, both had them or none had them on reopening: the config was
// asked which, and it cannot tell them apart.
func TestPanesThatDifferInTheirSchemaAlone(t *testing.T) {
	schema, err := jsoncheck.Parse("s", []byte(`{"type":"object"}`))
	if err != nil {
		t.Fatal(err)
	}
	tools := []jsoncheck.Tool{{Name: "weather"}}
	c := warm("x/a", 0)
	promoted := 1
	for _, configured := range []registry.Spec{{}, {Schema: schema}, {Schema: schema, Tools: tools}} {
		specs := asked("hi", c, c, called(c, "alone"))
		kept := &session.Session{ID: "kept", Title: "t", Panes: []providers.Contender{c, c, called(c, "alone")}, Turns: []*session.Turn{{Prompt: "p", Promoted: &promoted}}}
		for i := range specs {
			specs[i] = specs[i].DeclaringOnly(configured)
			r := session.NewReply(i, specs[i].Info, providers.Request{}, time.Now())
			r.Status, r.Text = session.Done, "{}"
			kept.Turns[0].Put(r)
		}
		kept.Turns[0].Replies[1].Schema, kept.Turns[0].Replies[1].Tools = schema, tools
		drive(t, 120, 40, Config{Panes: specs, Session: kept}, func(d *driver) {
			for i, p := range d.app.panes.open[:2] {
				if got := p.Spec; p.Slot != i || (got.Schema != nil) != (i == 1) || (len(got.Tools) > 0) != (i == 1) {
					t.Errorf("with %+v in the config pane %d, slot %d, has schema %v and tools %v", configured, i+1, p.Slot, got.Schema, got.Tools)
				}
			}
			if got := d.app.panes.open[2].Spec; (got.Schema != nil) != (configured.Schema != nil) {
				t.Errorf("the pane that has no twin has schema %v", got.Schema)
			}
		})
	}
}
