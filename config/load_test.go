package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the wanted messages of testdata/wrong.txtar again")

// section is one "-- name --" part of a txtar file.
type section struct{ name, text string }

func readTxtar(t testing.TB, file string) (comment string, sections []section) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		name, isHead := strings.CutPrefix(line, "-- ")
		name, isTail := strings.CutSuffix(name, " --\n")
		switch {
		case isHead && isTail:
			sections = append(sections, section{name: name})
		case len(sections) == 0:
			comment += line
		default:
			sections[len(sections)-1].text += line
		}
	}
	return comment, sections
}

// testActions are a few actions of a screen.
func testActions() []Action {
	return []Action{
		{"send", []string{"enter"}, "prompt"},
		{"recall", []string{"up"}, "prompt"},
		{"models", []string{"ctrl+l"}, Everywhere},
		{"sessions", []string{"ctrl+s"}, Everywhere},
		{"new_session", []string{"ctrl+n"}, Everywhere},
		{"regenerate", []string{"ctrl+r"}, Everywhere},
		{"editor", []string{"ctrl+e"}, Everywhere},
		{"suspend", []string{"ctrl+z"}, Everywhere},
		{"line_up", []string{"k", "up"}, "pane"},
		{"zoom", []string{"z"}, "pane"},
		{"copy", []string{"y"}, "pane"},
	}
}

func TestWrongFiles(t *testing.T) {
	const file = "testdata/wrong.txtar"
	comment, sections := readTxtar(t, file)
	fresh := comment
	for i := 0; i+1 < len(sections); i += 2 {
		input, want := sections[i], sections[i+1]
		name := strings.TrimSuffix(input.name, ".toml")
		if want.name != name+".want" {
			t.Fatalf("%s is followed by %s", input.name, want.name)
		}
		c, err := Parse("config.toml", []byte(input.text), WithActions(testActions()),
			WithSyntaxes(func() []string { return []string{"github", "xcode"} }))
		var mistakes Errors
		if !errors.As(err, &mistakes) {
			t.Errorf("%s: error %v is no Errors", name, err)
			continue
		}
		got := err.Error() + "\n"
		fresh += "-- " + input.name + " --\n" + input.text + "-- " + want.name + " --\n" + got
		if strings.Contains(got, "CANARY") {
			t.Errorf("%s: the message repeats a key:\n%s", name, got)
		}
		if len(c.Providers)+len(c.Panes) > 0 {
			t.Errorf("%s: a Config with settings came with the error", name)
		}
		if got != want.text && !*update {
			t.Errorf("%s: the messages differ; look at both, then -update.\ngot\n%swant\n%s", name, got, want.text)
		}
	}
	if *update {
		if err := os.WriteFile(file, []byte(fresh), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// Column and line must be those that an editor shows, whatever the file's
// encoding marks and line ends.
func TestPositionsWithMarkAndLineEnds(t *testing.T) {
	for name, text := range map[string]string{
		"byte order mark": "\ufeffpannes = []\n",
		"CRLF":            "# a\r\n\r\n  system = 3\r\n",
		"no newline":      "ui = 1",
		"tabs":            "[ui]\n\tthem = 1",
	} {
		want := map[string]string{
			"byte order mark": `f:1:1: pannes: unknown key; did you mean "panes"?`,
			"CRLF":            `f:3:12: system: must be text in quotes, not a number`,
			"no newline":      `f:1:6: ui: must be a table, as in [ui], not a number`,
			"tabs":            `f:2:2: ui.them: unknown key; did you mean "theme"?`,
		}[name]
		if _, err := Parse("f", []byte(text)); err == nil || err.Error() != want {
			t.Errorf("%s: got\n%v\nwant\n%s", name, err, want)
		}
	}
}

func TestNotText(t *testing.T) {
	for text, want := range map[string]string{
		"\xff\xfea\x00=\x001\x00": "f:1:1: the file is UTF-16; save it as UTF-8",
		"a\x00=\x001\x00":         "f:1:1: the file is UTF-16; save it as UTF-8",
		"a = 1\nb = \"한\xff\"":    "f:2:7: the file is not UTF-8 text here; save it as UTF-8",
		"a = 1\x1b[31m":           "f:1:6: control character U+001B; remove it",
		"a = 1\rb = 2\r":          "f:1:6: a carriage return without a line feed; save the file with ordinary line ends",
	} {
		if _, err := Parse("f", []byte(text)); err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

// The decoder needs minutes for these, and its recursion a deep stack.
func TestDeepNestingIsAnError(t *testing.T) {
	for _, c := range []struct{ start, repeated string }{{"a = ", "["}, {"a = ", "{a="}, {"a = ", "[{a="}, {"", "a."}, {"[", "a."}} {
		text := c.start + strings.Repeat(c.repeated, maxFileSize/len(c.repeated)-2)
		_, err := Parse("f", []byte(text))
		if err == nil || !strings.Contains(err.Error(), "nested too deeply") {
			t.Errorf("%s%s…: got %.200v", c.start, c.repeated, err)
		}
	}
}

func TestLoadFileErrors(t *testing.T) {
	dir := t.TempDir()
	big := filepath.Join(dir, "big.toml")
	if err := os.WriteFile(big, bytes.Repeat([]byte("# log\n"), maxFileSize/6+1), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path, want string
		missing    bool
	}{
		{filepath.Join(dir, "none.toml"), "does not exist", true},
		{dir, "is a folder", false},
		{big, "larger than 256 kB", false},
	} {
		_, err := Load(c.path)
		var fileErr *FileError
		if !errors.As(err, &fileErr) || fileErr.Path != c.path || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want a FileError with %q", c.path, err, c.want)
		}
		if errors.Is(err, fs.ErrNotExist) != c.missing {
			t.Errorf("%s: errors.Is(err, fs.ErrNotExist) is %v", c.path, !c.missing)
		}
	}
}

// env is a getenv function over a map.
func env(vars map[string]string) func(string) string {
	return func(name string) string { return vars[name] }
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	none := filepath.Join(dir, "none.toml")
	file := filepath.Join(dir, "lineup", "config.toml")
	xdg := map[string]string{"XDG_CONFIG_HOME": dir}

	c, err := Open("", env(xdg))
	if err != nil || c.Found || c.File != file || c.UI != Default().UI {
		t.Errorf("no file in the usual place: %+v, %v", c, err)
	}
	if _, err := Open(none, env(xdg)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file of the flag: %v", err)
	}
	if _, err := Open("", env(map[string]string{"LINEUP_CONFIG": none})); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file of LINEUP_CONFIG: %v", err)
	}

	if err := os.Mkdir(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("system = \"usual\""), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err = Open("", env(xdg))
	if err != nil || !c.Found || c.File != file || c.System != "usual" {
		t.Errorf("file in the usual place: %+v, %v", c, err)
	}
	if err := os.WriteFile(file, []byte("system = 3"), 0o600); err != nil {
		t.Fatal(err)
	}
	var mistakes Errors
	if _, err = Open("", env(xdg)); !errors.As(err, &mistakes) || mistakes[0].File != file {
		t.Errorf("wrong file in the usual place: %v", err)
	}
}

func TestExampleLoads(t *testing.T) {
	c, err := Parse("config.toml", []byte(example))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Panes) != 3 || c.Panes[0].Ref != "local/llama3.1:8b" {
		t.Errorf("panes %q", Refs(c.Panes))
	}
	for _, ref := range c.Panes {
		if _, err := c.ResolvePane(ref); err != nil {
			t.Error(err)
		}
	}
	// Every section that exists is shown: the top-level keys stand in the text.
	for _, key := range topLevel() {
		text := "\n" + example
		shown := false
		for _, form := range []string{"\n" + key + " =", "\n# " + key + " =", "\n[" + key + "]", "\n[" + key + "."} {
			shown = shown || strings.Contains(text, form)
		}
		if !shown {
			t.Errorf("the example does not show %s", key)
		}
	}
}

// TestEverySetting reads a file that uses every key once.
func TestEverySetting(t *testing.T) {
	c, err := Load("testdata/every.toml", WithActions(testActions()))
	if err != nil {
		t.Fatal(err)
	}
	ms := func(n int) *time.Duration { return new(time.Duration(n) * time.Millisecond) }
	params := Params{Temperature: new(0.5), TopP: new(0.9), MinP: new(0.05), TopK: new(40), MaxTokens: new(100), Seed: new(int64(-1)),
		Stop: []string{"END"}, ReasoningEffort: "low", NumCtx: new(8192), Options: map[string]any{"mirostat": int64(2)}}
	timeouts := Timeouts{ms(1000), ms(2000), ms(0), ms(0), ms(500)}
	retry := Retry{new(3), ms(250), ms(4000)}
	price := Price{new(0.3), new(2.5), new(0.03), new(0.4), new(0.6), new(2.0), new(0.001), new(0.002),
		[]Tier{{200_000, Price{Input: new(0.6), Output: new(5.0)}}}}
	want := Config{
		File: "testdata/every.toml", Found: true,
		Panes: []Pane{{Ref: "z/m"}, {Ref: "a/x/y"}}, System: "Be brief.", Store: "~/lineup.db",
		Providers: []Provider{
			{Name: "z", Kind: OpenAI, BaseURL: "https://z.example/v1", APIKeyEnv: "Z_KEY", Cost: Cost{Price: price}},
			{Name: "a", Kind: Anthropic, BaseURL: "http://gpu.example", APIKeyCmd: "pass show a", APIKeyKeyring: "a",
				MaxConcurrent: new(4), AllowHTTP: true, CAFile: "ca.pem",
				Headers: map[string]string{"X-Team": "red"}, HeadersEnv: map[string]string{"X-Token": "A_TOKEN"},
				Body:   map[string]any{"n": int64(1), "deep": map[string]any{"list": []any{"x", true, 0.5}}, "rows": []any{map[string]any{"k": "v"}}},
				Params: params, Timeouts: timeouts, Retry: retry, Cost: Cost{MonthlyUSD: new(800.0)}},
			{Name: "l", Kind: Ollama, BaseURL: "http://[::1]:11434", Local: true},
		},
		Models: map[string]Model{"z/m": {Name: "Zed", System: new(""), Fallback: []string{"a/x/y"}, Params: params, Price: price,
			Timeouts: timeouts, Retry: retry, Headers: map[string]string{"X-Model": "m"}, Body: map[string]any{"k": "v"}}},
		Params: params, Timeouts: timeouts, Retry: retry,
		UI:        UI{Theme: "light", FrameRate: 20, Motion: "reduced", Mouse: false},
		Compare:   Compare{Blind: true, Pace: "live", Merge: "z/m", MergePrompt: "{{prompt}}: {{answers}}", Judge: "a/x/y", Criteria: "Short."},
		Budget:    Budget{Session: new(1.0), Day: new(5.0)},
		Keys:      map[string][]string{"zoom": {"ctrl+alt+f"}, "copy": {"f2", "Y"}, "suspend": {}},
		Templates: map[string]string{"review": "Review {{code}}"},
		Themes: map[string]Theme{"own": {Base: "light", Background: "#fbf7ef", Text: "#222", Muted: "8", Border: "250",
			Good: "#000001", Warn: "#000002", Bad: "#000003", Select: "#000004", Match: "#000005", OnMark: "#000006", Code: "#000007",
			Accents: []string{"#aabbcc", "12"}, Syntax: "none", Markdown: "mine.json"}},
		SaysTheme: true,
	}
	got, wanted := dump(t, c), dump(t, want)
	if got != wanted {
		t.Errorf("got\n%s\nwant\n%s", got, wanted)
	}
}

// dump writes a value with what its pointers point at.
func dump(t *testing.T, v any) string {
	t.Helper()
	text, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Regression: a file with mistakes gave the address of a database for the place of the sessions,
// and a folder of that name was made.
func TestStoreOfWrongFileIsNoAddress(t *testing.T) {
	for _, store := range []string{"postgres://me:pw@db/lineup", "host=db password=pw", "file:///x.db"} {
		c, err := Parse("config.toml", []byte(`store = "`+store+`"`))
		if err == nil || c.Store != "" {
			t.Errorf("%s: store %q, error %v", store, c.Store, err)
		}
	}
	if c, _ := Parse("config.toml", []byte("store = \"x.db\"\nxyzzy = 1")); c.Store != "x.db" {
		t.Errorf("store %q", c.Store)
	}
}

// A password of an address is hidden wherever a message shows the text.
func TestMessagesHidePasswords(t *testing.T) {
	for text, want := range map[string]string{
		"postgres://me:pw@db/x":           `"postgres://me:(hidden)@db/x"`,
		"postgres://me:p@w@db/x":          `"postgres://me:(hidden)@db/x"`,
		"see http://a/b and http://u:p@c": `"see http://a/b and http://u:(hidden)@c"`,
		"postgres://me@db/x":              `"postgres://me@db/x"`,
		"host=db PassWord=pw user=me":     `"host=db PassWord=(hidden)"`,
		"https://host/한국어":                `"https://host/한국어"`,
	} {
		if got := quote(text); got != want {
			t.Errorf("quote(%q) = %s, want %s", text, got, want)
		}
	}
}
