package main_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// module is the path of this module, as go.mod names it.
const module = "lineup"

// mayImport says for each part of the program which other parts it may import, in the order main → cli → ui →
// turn → registry → session → providers. A part is a package with its subpackages; a subpackage that has a line of its own is a part of its own.
// Each part may import itself.
func mayImport() map[string][]string {
	return map[string][]string{
		"main":              {"cli"},
		"cli":               {"htmlpage", "metrics", "batch/report", "batch", "batch/check", "batch/queue", "batch/suite", "blind", "figures", "atomicfile", "providers/attach", "compare", "config", "jsoncheck", "ui", "ui/report", "ui/chart", "ui/markdown", "ui/text", "ui/theme", "turn", "registry", "session", "session/exchange", "load", "providers", "providers/price", "providers/sim", "providers/wire"},
		"atomicfile":        {},
		"config":            {"atomicfile", "jsoncheck"},
		"jsoncheck":         {},
		"figures":           {},
		"htmlpage":          {},
		"metrics":           {},
		"ui/picture":        {"providers"},
		"ui":                {"ui/picture", "batch/report", "blind", "figures", "atomicfile", "compare", "providers/attach", "ui/text", "ui/theme", "ui/keys", "ui/redraw", "ui/widget", "ui/report", "ui/pane", "ui/chart", "ui/markdown", "turn", "registry", "session", "session/exchange", "providers", "providers/price", "providers/wire"},
		"ui/text":           {"providers"},
		"turn":              {"compare", "registry", "session", "providers", "providers/wire"},
		"batch":             {"atomicfile", "batch/check", "batch/promptfoo", "batch/suite", "batch/template", "config", "providers", "providers/policy", "registry", "session", "turn"},
		"batch/batchtest":   {"batch/suite", "providers"},
		"batch/check":       {"batch/template", "compare", "config", "jsoncheck", "session"}, // checks are read with the tools of a config
		"batch/promptfoo":   {"batch/check", "batch/suite", "config", "jsoncheck", "providers", "session"},
		"batch/queue":       {"batch", "jsoncheck", "providers", "providers/policy", "registry", "session"},
		"batch/report":      {"atomicfile", "compare", "figures", "htmlpage", "providers", "session"},
		"batch/suite":       {"batch/check", "batch/template", "config", "jsoncheck", "providers"}, // a suite names its panes as the config does, and is read with its tools
		"batch/template":    {},
		"load":              {"session", "providers"},
		"blind/blindtest":   {"jsoncheck", "providers", "session"},
		"blind":             {"compare", "jsoncheck", "providers", "session"},
		"compare":           {"jsoncheck", "providers", "session"},
		"registry":          {"atomicfile", "config", "jsoncheck", "providers", "providers/policy", "providers/price", "providers/wire"},
		"ui/theme":          {"ui/markdown"},
		"ui/widget":         {"providers", "session", "ui/text", "ui/theme"},
		"ui/report":         {"batch/queue", "batch/report", "figures", "compare", "jsoncheck", "ui/text", "ui/theme", "ui/chart", "session", "providers", "providers/price"},
		"ui/pane":           {"blind", "figures", "providers", "registry", "session", "ui/keys", "ui/markdown", "ui/report", "ui/text", "ui/theme"},
		"ui/chart":          {},
		"ui/keys":           {},
		"ui/redraw":         {},
		"ui/markdown":       {"session/cjk", "session/dialect"},
		"session":           {"atomicfile", "jsoncheck", "providers"},
		"session/exchange":  {"atomicfile", "figures", "htmlpage", "compare", "jsoncheck", "session", "session/dialect", "providers", "providers/attach"},
		"session/cjk":       {},
		"session/dialect":   {"session/cjk"},
		"session/storetest": {},
		"providers":         {"figures", "jsoncheck"},
		"providers/attach":  {"providers"},
		"providers/policy":  {"providers"},
		"providers/price":   {"providers"},
		"providers/wire":    {"jsoncheck", "providers", "providers/arrival", "providers/policy", "providers/price"},
		"providers/sim":     {"providers/arrival"},
		"providers/arrival": {},
	}
}

// standardOnly names the parts that import nothing beyond Go's standard library.
func standardOnly() []string {
	return []string{"atomicfile", "htmlpage", "providers/sim", "providers/arrival"}
}

func TestImportsRunOneWay(t *testing.T) {
	listedParts := map[string]bool{}
	said := map[string]bool{} // each system would say it again
	for _, p := range goList(t) {
		if p.Module.Main {
			listedParts[partOf(p.ImportPath)] = true
		}
		for _, sentence := range offences(p) {
			if !said[sentence] {
				t.Error(sentence)
			}
			said[sentence] = true
		}
	}
	for part := range mayImport() {
		if !listedParts[part] {
			t.Errorf("go list names no package of %s; take its line out of mayImport", part)
		}
	}
}

// A rule that never speaks proves nothing: each of these is an import that the program must not have.
func TestOffencesAreNamed(t *testing.T) {
	pack := func(path string, imports ...string) listed {
		return listed{ImportPath: path, Imports: imports, Module: listedModule{Main: true}}
	}
	allowed := func(part string) string { return orNone(mayImport()[part]) }
	cgo := listed{ImportPath: "example.com/fast", CgoFiles: []string{"fast.go"}}
	for _, c := range []struct {
		name string
		of   listed
		want string // "" where nothing is wrong
	}{
		{"downwards", pack("lineup/ui", "fmt", "lineup/session", "lineup/ui/markdown"), ""},
		{"within a part", pack("lineup/session/deep", "lineup/session"), ""},
		{"any library", pack("lineup/ui", "charm.land/lipgloss/v2"), ""},
		{"upwards", pack("lineup/session", "lineup/ui"), "lineup/session must not import lineup/ui; of lineup's packages session may import " + allowed("session")},
		{"from a subpackage", pack("lineup/session/deep", "lineup/cli"), "lineup/session/deep must not import lineup/cli; of lineup's packages session may import " + allowed("session")},
		{"config outside cli", pack("lineup/ui", "lineup/config"), "lineup/ui must not import lineup/config; of lineup's packages ui may import " + allowed("ui")},
		{"main past cli", pack("lineup", "lineup/ui"), "lineup must not import lineup/ui; of lineup's packages main may import cli"},
		{"the simulator in providers", pack("lineup/providers", "lineup/providers/sim"), "lineup/providers must not import lineup/providers/sim; of lineup's packages providers may import " + allowed("providers")},
		{"a library in the simulator", pack("lineup/providers/sim", "github.com/google/uuid"), "lineup/providers/sim must not import github.com/google/uuid; providers/sim may import the standard library only"},
		{"cgo of its own", pack("lineup/ui", "C"), `lineup/ui must not import "C"; nothing in lineup may use cgo`},
		{"cgo of a library", cgo, "example.com/fast must not be imported; its file fast.go uses cgo"},
		{"a new part", pack("lineup/queue", "fmt"), "lineup/queue has no place in the program; give it a line in mayImport"},
	} {
		if got := strings.Join(offences(c.of), "\n"); got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
	}
}

// offences says in a sentence each what a package imports and must not.
func offences(p listed) []string {
	var out []string
	if !p.Module.Main {
		for _, file := range p.CgoFiles {
			out = append(out, fmt.Sprintf("%s must not be imported; its file %s uses cgo", p.ImportPath, file))
		}
		return out
	}
	from := partOf(p.ImportPath)
	may, known := mayImport()[from]
	if !known {
		return []string{p.ImportPath + " has no place in the program; give it a line in mayImport"}
	}
	for _, path := range p.Imports {
		to := partOf(path)
		own := path == module || strings.HasPrefix(path, module+"/")
		switch {
		case path == "C":
			out = append(out, p.ImportPath+` must not import "C"; nothing in lineup may use cgo`)
		case own && to != from && !slices.Contains(may, to):
			out = append(out, fmt.Sprintf("%s must not import %s; of lineup's packages %s may import %s", p.ImportPath, path, from, orNone(may)))
		case !own && slices.Contains(standardOnly(), from) && !isStandard(path):
			out = append(out, fmt.Sprintf("%s must not import %s; %s may import the standard library only", p.ImportPath, path, from))
		}
	}
	return out
}

// partOf gives the part that a package of lineup belongs to: the longest line of mayImport that its path begins with.
// Where there is none, it is the package's path without the module.
func partOf(path string) string {
	if path == module {
		return "main"
	}
	inside := strings.TrimPrefix(path, module+"/")
	best := ""
	for part := range mayImport() {
		if (inside == part || strings.HasPrefix(inside, part+"/")) && len(part) > len(best) {
			best = part
		}
	}
	if best == "" {
		return inside
	}
	return best
}

// isStandard goes by the rule of the Go command: only paths outside the standard library begin with a dotted element.
func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

func orNone(parts []string) string {
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}

// listed is what the test reads of `go list -json`.
type listed struct {
	ImportPath string
	Imports    []string
	CgoFiles   []string
	Module     listedModule // zero for the standard library
}

type listedModule struct {
	Path string
	Main bool
}

// goList lists the packages of lineup and all that they are built from outside the standard library, for each system
// that lineup is released for: a file may be built on one of them alone.
func goList(t *testing.T) []listed {
	t.Helper()
	var out []listed
	for _, system := range []string{"linux", "darwin", "windows"} {
		cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Imports,CgoFiles,Module", "./...")
		// Without cgo the Go command leaves the files that use it out of the list.
		cmd.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=1")
		dec := json.NewDecoder(bytes.NewReader(output(t, cmd)))
		for {
			var p listed
			err := dec.Decode(&p)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("go list: %v", err)
			}
			if p.Module != (listedModule{}) {
				out = append(out, p)
			}
		}
	}
	return out
}

func output(t *testing.T, cmd *exec.Cmd) []byte {
	t.Helper()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, stderr.Bytes())
	}
	return out
}

func TestReadmeNamesTheCommands(t *testing.T) {
	readme := readFile(t, "README.md")
	for _, command := range []string{"go run .", "go test ./..."} {
		if !strings.Contains(readme, command) {
			t.Errorf("README.md does not name the command %q", command)
		}
	}
}

// Each direct dependency has a row, in which its module path stands as go.mod writes it.
func TestReadmeNamesTheDependencies(t *testing.T) {
	inTable := map[string]bool{}
	for line := range strings.Lines(readFile(t, "README.md")) {
		if !strings.HasPrefix(strings.TrimSpace(line), "|") {
			continue
		}
		for _, word := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" \t\n|`[](),;", r) }) {
			inTable[word] = true
		}
	}
	var file struct {
		Require []struct {
			Path     string
			Indirect bool
		}
	}
	if err := json.Unmarshal(output(t, exec.Command("go", "mod", "edit", "-json")), &file); err != nil {
		t.Fatalf("go mod edit -json: %v", err)
	}
	var direct int
	for _, dep := range file.Require {
		if dep.Indirect {
			continue
		}
		direct++
		if !inTable[dep.Path] {
			t.Errorf("README.md has no row for the direct dependency %s in its table", dep.Path)
		}
	}
	if direct == 0 {
		t.Error("go.mod marks every dependency as indirect; run go mod tidy")
	}
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
