package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tree lists the paths of all keys and array elements of a decoded document.
func tree(p path, v any, into map[string]path) {
	switch v := v.(type) {
	case map[string]any:
		for name, item := range v {
			into[p.key(name).id()] = p.key(name)
			tree(p.key(name), item, into)
		}
	case []map[string]any:
		for i, item := range v {
			into[p.elem(i).id()] = p.elem(i)
			tree(p.elem(i), item, into)
		}
	case []any:
		for i, item := range v {
			into[p.elem(i).id()] = p.elem(i)
			tree(p.elem(i), item, into)
		}
	}
}

// checkIndex holds the index of a valid document against the decoder's own
// result: the same paths, and at each key's position that very key.
func checkIndex(t *testing.T, src string, values map[string]any) {
	t.Helper()
	ix := newIndex(src)
	paths := map[string]path{}
	tree(nil, values, paths)
	for id, p := range paths {
		at, ok := ix.places[id]
		if !ok {
			t.Errorf("no position for %s in\n%s", id, src)
			continue
		}
		if at.value < at.key || at.value > len(src) {
			t.Errorf("%s: key at byte %d, value at byte %d of %d in\n%s", id, at.key, at.value, len(src), src)
		}
		last := p[len(p)-1]
		if last.elem {
			continue
		}
		s := scanner{index: &index{}, src: src, pos: at.key}
		if seg := s.dottedKey(); len(seg) == 0 || seg[0].name != last.name {
			t.Errorf("%s: at byte %d stands %.20q in\n%s", id, at.key, src[at.key:], src)
		}
	}
	for id := range ix.places {
		if _, ok := paths[id]; !ok {
			t.Errorf("a position for %s, which is not in\n%s", id, src)
		}
	}
}

// documents are valid TOML with what makes finding keys hard.
func documents() []string {
	return []string{
		"",
		"# only a comment",
		"a = 1\nb = 'x' # c = 2\n",
		"a.b.c = 1\na . d = 2\n\"e f\".'g.h' = 3\n",
		"[a]\nb = 1\n[a.c]\nd = 2\n[e.f]\n[e]\ng = 1\n",
		"[ a . \"b/c:d\" ]\nx = 1\n",
		"[[a]]\nb = 1\n[[a]]\nb = 2\n[a.c]\nd = 1\n[[a.e]]\n[[a.e]]\nf = 1\n",
		"a = { b = 1, \"c\" = { d = [1, { e = 2 }] }, f.g = 3 }\n",
		"a = { b = 1, # comment } ]\n  c = 2,\n}\nd = 1\n",
		"a = [ # [1, 2\n  \"x]\", 'y,z', # }\n  [1, [2]],\n  1979-05-27 07:32:00,\n]\nb = 2\n",
		"a = \"\"\"\nb = 1\n[c]\n\\\"\"\" x \"\"\"\"\"\nd = 1\n",
		"a = '''\nb = 1 \\'''\nc = ''''x''''\n",
		"a = \"\\\"] b = 1\"\nc = 'C:\\'\nd = 1\n",
		"a = 1\r\n[b]\r\nc = [\r\n1,\r\n2\r\n]\r\n",
		"\"\\u0061\\x62\\t\" = 1\n\"\" = 2\n'\\u0061' = 3\n",
		"\"제미나이\" = { \"온도\" = 0.5 }\n",
		"a = [\"\"\"x\"\"\"\"\", { b = '''y''''' }, 3]\n",
		"a = true\nb = -1.5e3\nc = 0x1F\nd = inf\ne = 07:32:00\nf = [] \ng = {}\n",
		"1234 = 1\n-a- = 2\n3.14 = 3\n",
		example,
	}
}

func TestIndexAgreesWithDecoder(t *testing.T) {
	for _, src := range documents() {
		values, err := decodeTOML(src)
		if err != nil {
			t.Errorf("%v in\n%s", err, src)
			continue
		}
		checkIndex(t, src, values)
	}
}

func FuzzIndex(f *testing.F) {
	for _, src := range documents() {
		f.Add(src)
	}
	for _, src := range wrongFiles(f) {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		ix := newIndex(src) // whatever the text is
		for id, at := range ix.places {
			if at.key < 0 || at.key > len(src) || at.value < 0 || at.value > len(src) {
				t.Fatalf("%s stands at %+v of %d bytes", id, at, len(src))
			}
		}
		if _, problem := notText(src); problem != "" || ix.tooDeep >= 0 {
			return
		}
		if values, err := decodeTOML(src); err == nil {
			checkIndex(t, src, values)
		}
	})
}

func TestLineColumn(t *testing.T) {
	src := "a = 1\r\n한글 = 2\n\n"
	for _, c := range []struct{ offset, line, column int }{
		{-5, 1, 1}, {0, 1, 1}, {4, 1, 5}, {7, 2, 1}, {10, 2, 2}, {13, 2, 3}, {18, 3, 1}, {19, 4, 1}, {99, 4, 1},
	} {
		line, column := newIndex(src).lineColumn(c.offset)
		if line != c.line || column != c.column {
			t.Errorf("byte %d is at %d:%d, want %d:%d", c.offset, line, column, c.line, c.column)
		}
	}
}

// wrongFiles are the texts of testdata/wrong.txtar.
func wrongFiles(tb testing.TB) []string {
	_, sections := readTxtar(tb, filepath.Join("testdata", "wrong.txtar"))
	var out []string
	for i := 0; i < len(sections); i += 2 {
		out = append(out, sections[i].text)
	}
	return out
}

// FuzzParse: no text makes the loader panic, and each mistake stands inside the
// file and is one line.
func FuzzParse(f *testing.F) {
	for _, src := range append(documents(), wrongFiles(f)...) {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		c, err := Parse("f", []byte(src), WithActions(testActions()))
		if err == nil {
			for _, pane := range append(c.Panes, lineupPanes(c)...) {
				if _, err := c.ResolvePane(pane); err != nil {
					t.Errorf("a pane that cannot be resolved: %v", err)
				}
			}
			return
		}
		lines := strings.Split(strings.TrimPrefix(src, "\ufeff"), "\n")
		for _, d := range err.(Errors) {
			if d.Line < 1 || d.Line > len(lines) {
				t.Fatalf("%v: the file has %d lines", d, len(lines))
			}
			if d.Column < 1 || d.Column > len([]rune(lines[d.Line-1]))+1 {
				t.Errorf("%v: the line is %q", d, lines[d.Line-1])
			}
			if strings.ContainsAny(d.String(), "\n\r\x1b") {
				t.Errorf("not one plain line: %q", d.String())
			}
		}
	})
}

func TestExampleAtRoot(t *testing.T) {
	root, err := os.ReadFile("../config.example.toml")
	if err != nil {
		t.Fatal(err)
	}
	if string(root) != example {
		t.Error("config.example.toml differs from config/example.toml: cp config/example.toml config.example.toml")
	}
}

// lineupPanes are the panes of all line-ups.
func lineupPanes(c Config) (panes []Pane) {
	for _, l := range c.Lineups {
		panes = append(panes, l.Panes...)
	}
	return panes
}
