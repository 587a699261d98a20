package config

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// example is a config file that shows every section, with explanations. It loads without complaint
// on any machine.
//
//go:embed example.toml
var example string

// providersHeading is the line of the example above its providers.
const providersHeading = "# ---- Providers:"

// Starter is a config file to begin with: the servers and keys that were found, and the rest of the
// example as comments. A setting that is commented out has no space after its #. Without anything
// found all of it is comments, and lineup goes on looking for servers and keys.
func Starter(found []Found) []byte {
	found = slices.DeleteFunc(slices.Clone(found), func(f Found) bool { return f.Problem != "" })
	c := Assemble(found, nil)
	c.Panes = slices.DeleteFunc(c.Panes, func(p Pane) bool { // that a file cannot name
		_, problem := checkRef(p.Ref, c.ProviderNames())
		return problem != nil
	})
	root, sections, _ := strings.Cut(example, providersHeading)
	var b strings.Builder
	if len(c.Panes) > 0 {
		intro, rest, _ := strings.Cut(root, "panes = [")
		_, rest, _ = strings.Cut(rest, "]\n")
		b.WriteString(intro + "panes = [\n")
		for _, p := range c.Panes {
			b.WriteString("  " + tomlText(p.Ref) + ",\n")
		}
		b.WriteString("]\n" + commentOut(rest))
	} else {
		b.WriteString(commentOut(root))
	}
	if len(c.Providers) > 0 {
		b.WriteString("# ---- Providers: found on this machine and in the environment ----------\n")
	}
	for _, p := range c.Providers {
		fmt.Fprintf(&b, "\n[providers.%s]\nkind = %s\nbase_url = %s\n", p.Name,
			tomlText(string(p.Kind)), tomlText(p.BaseURL))
		if p.APIKeyEnv != "" {
			fmt.Fprintf(&b, "api_key_env = %s\n", tomlText(p.APIKeyEnv))
		}
	}
	if len(c.Providers) > 0 {
		b.WriteString("\n\n")
	}
	b.WriteString(providersHeading + commentOut(sections))
	return []byte(b.String())
}

// commentOut puts a # before every line that says something.
func commentOut(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		// the first one goes on with a line
		if i > 0 && line != "" && !strings.HasPrefix(line, "#") {
			lines[i] = "#" + line
		}
	}
	return strings.Join(lines, "\n")
}

// tomlText quotes a text. TOML knows all escapes of JSON.
func tomlText(s string) string {
	quoted, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string is always JSON
	}
	return string(quoted)
}
