package promptfoo

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"lineup/batch/suite"
	"lineup/providers"
)

// prompt is a template of promptfoo.
type prompt struct {
	id, raw string
	at      *node
	texts   map[string]string // by case, where a test has a prefix or a suffix
	wrong   bool              // it cannot be rendered for some test, which has been told
}

// make makes the prompt of a case.
func (p *prompt) make(c *suite.Case) (suite.Asked, error) {
	text, own := p.texts[c.ID]
	if !own {
		text = p.raw
	}
	return ask(text, c.Vars.Map())
}

// readPrompts reads prompts: texts, files, and tables with a label.
func (r *reader) readPrompts(t *node) {
	list := t.get("prompts")
	if list == nil {
		r.wrong(t, "needs prompts")
		return
	}
	items := list.list
	if list.kind != listNode {
		items = []*node{list}
	}
	for _, item := range items {
		label := ""
		if item.kind == tableNode {
			r.unreadKeys(item, "id", "label", "raw")
			label, _ = item.get("label").text()
			if id, ok := item.get("id").text(); ok && item.get("raw") == nil {
				item = &node{line: item.line, column: item.column, value: id}
			} else {
				item = item.get("raw")
			}
		}
		text, ok := item.text()
		if !ok {
			at := item
			if at == nil {
				at = list
			}
			r.wrong(at, "a prompt is a text, a file://… or a table with id or raw and label")
			continue
		}
		r.addPrompts(item, label, text)
	}
	if len(items) == 0 {
		r.wrong(list, "names no prompt")
	}
}

// fileEndings are those of files with prompts that are read.
var fileEndings = regexp.MustCompile(`\.(txt|md|json|yaml|yml|j2)$`)

// addPrompts adds the prompts of a text, which may name a file.
func (r *reader) addPrompts(at *node, label, text string) {
	add := func(id, raw string) {
		r.prompts = append(r.prompts, &prompt{id: id, raw: raw, at: at,
			texts: map[string]string{}})
	}
	inFile := strings.HasPrefix(text, "file://")
	if !inFile && !strings.Contains(text, "\n") && fileEndings.MatchString(text) {
		_, err := os.Stat(r.path(text))
		inFile = err == nil
	}
	if !inFile {
		add(label, text)
		return
	}
	files := []string{r.path(text)}
	if strings.ContainsAny(text, "*?[{") {
		files, _ = filepath.Glob(files[0]) // a bad pattern names no file
	}
	if len(files) == 0 {
		r.wrong(at, "there is no file %s", text)
	}
	for _, file := range files {
		body, err := suite.ReadFile(file)
		switch ending := strings.ToLower(filepath.Ext(file)); {
		case err != nil:
			r.wrong(at, "%v", err)
		case !fileEndings.MatchString(ending):
			r.wrong(at, "prompts from %s files are not read", ending)
		case ending == ".txt":
			r.parts(label, body, add)
		case ending == ".yaml" || ending == ".yml":
			if n := r.yaml(file, body); n != nil {
				add(label, jsonText(n.plain(), ""))
			}
		default:
			add(label, body)
		}
	}
}

// parts adds the prompts of a text file: they stand between lines of ---.
func (r *reader) parts(label, body string, add func(id, raw string)) {
	var part strings.Builder
	flush := func() {
		if text := strings.TrimSpace(part.String()); text != "" {
			add(label, text)
			label = ""
		}
		part.Reset()
	}
	for line := range strings.Lines(body) {
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		if strings.TrimSpace(line) == "---" {
			flush()
			continue
		}
		part.WriteString(line + "\n")
	}
	flush()
}

// ask renders a prompt with the variables of a case. A prompt that is JSON is filled text by text.
// In any other, the variables may hold variables themselves.
func ask(raw string, vars map[string]any) (suite.Asked, error) {
	if v, isJSON := parseJSON(raw); isJSON {
		filled, err := deepRendered(v, vars)
		if err != nil {
			return suite.Asked{}, err
		}
		return chat(jsonText(filled, ""))
	}
	values := make(map[string]any, len(vars))
	for name, v := range vars {
		values[name] = v
		if text, ok := v.(string); ok && !undefinedIn(text, vars) {
			filled, err := render(wrapRaw(text), vars)
			if err != nil {
				return suite.Asked{}, err
			}
			values[name] = filled
		}
	}
	text, err := render(wrapRaw(raw), values)
	if err != nil {
		return suite.Asked{}, err
	}
	return chat(text)
}

var usedVariable = regexp.MustCompile(`\{\{\s*([^{}\s|]+)\s*(?:\|[^}]+)?\}\}`)

// undefinedIn reports whether a text has a variable that has no value.
func undefinedIn(text string, vars map[string]any) bool {
	for _, m := range usedVariable.FindAllStringSubmatch(text, -1) {
		root := nameToken(m[1])
		if _, ok := vars[root]; root != "" && root != "env" && !ok {
			return true
		}
	}
	return false
}

// deepRendered fills the texts of a value.
func deepRendered(v any, vars map[string]any) (any, error) {
	switch v := v.(type) {
	case string:
		return render(v, vars)
	case []any:
		return each(v, func(item any) (any, error) { return deepRendered(item, vars) })
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, item := range v {
			var err error
			if out[key], err = deepRendered(item, vars); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	return v, nil
}

// chat makes a request of a rendered prompt: messages in JSON or YAML, or one of the user.
func chat(text string) (suite.Asked, error) {
	trimmed := strings.TrimSpace(text)
	var v any
	isChat := false
	if strings.HasPrefix(trimmed, "- role:") {
		n, err := parseYAML(text)
		if err != nil {
			return suite.Asked{}, unread("the conversation in YAML: " + err.Error())
		}
		v, isChat = n.plain(), true
	} else {
		v, isChat = parseJSON(text)
	}
	if !isChat {
		if strings.HasPrefix(trimmed, "[") && strings.HasSuffix(trimmed, "]") ||
			strings.HasPrefix(trimmed, "{") && strings.HasSuffix(trimmed, "}") {
			return suite.Asked{}, unread("what looks like JSON and is none")
		}
		return suite.Asked{Text: text,
			Messages: []providers.Message{{Role: providers.User, Content: text}}}, nil
	}
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		return suite.Asked{}, unread("JSON that is no list of messages")
	}
	asked := suite.Asked{Text: text}
	var said []string
	for i, item := range list {
		if err := addMessage(&asked, item, i == len(list)-1); err != nil {
			return suite.Asked{}, err
		}
		message, _ := item.(map[string]any)
		said = append(said, fmt.Sprintf(`{"role":%s,"content":%s}`,
			jsonText(message["role"], ""), jsonText(message["content"], "")))
	}
	if trimmed[0] == '[' {
		asked.Text = "[" + strings.Join(said, ",") + "]"
	}
	if len(asked.Messages) == 0 {
		return suite.Asked{}, unread("a conversation without a message of the user")
	}
	return asked, nil
}

// addMessage adds a message of a conversation.
func addMessage(asked *suite.Asked, item any, last bool) error {
	message, _ := item.(map[string]any)
	role, _ := message["role"].(string)
	content, isText := message["content"].(string)
	if !isText {
		return unread("a message whose content is no text")
	}
	switch {
	case (role == "system" || role == "developer") && len(asked.Messages) == 0:
		if asked.System != nil {
			content = *asked.System + "\n\n" + content
		}
		asked.System = &content
	case role == "user":
		asked.Messages = append(asked.Messages,
			providers.Message{Role: providers.User, Content: content})
	case role == "assistant" && !last:
		asked.Messages = append(asked.Messages,
			providers.Message{Role: providers.Assistant, Content: content})
	default:
		return unread("a message of " + cmp.Or(role, "nobody") + " at this place")
	}
	return nil
}

// resolved are the variables as promptfoo has them when it renders: files are read, a line break at
// the end is cut off, and {{names}} of other variables are replaced.
func (r *reader) resolved(vars []variable, t *test) map[string]any {
	out := make(map[string]any, len(vars))
	for _, v := range vars {
		text, isText := v.value.(string)
		if !isText {
			out[v.name] = v.value
			continue
		}
		if strings.HasPrefix(text, "file://") {
			text = r.variableFile(text, t)
		}
		out[v.name] = strings.TrimSuffix(text, "\n")
	}
	for range 5 {
		done := true
		for _, v := range vars {
			text, isText := out[v.name].(string)
			m := plainVariable.FindStringSubmatch(text)
			if !isText || m == nil {
				continue
			}
			if value, ok := out[m[1]]; ok {
				out[v.name] = strings.Replace(text, m[0], jsString(value), 1)
				done = false
			}
		}
		if done {
			break
		}
	}
	return out
}

var plainVariable = regexp.MustCompile(`\{\{\s*(\w+)\s*\}\}`)

// variableFile is the text of a file that a variable names.
func (r *reader) variableFile(text string, t *test) string {
	file := r.path(text)
	ending := strings.ToLower(filepath.Ext(file))
	switch ending {
	case ".js", ".cjs", ".mjs", ".ts", ".py", ".pdf", ".png", ".jpg", ".jpeg", ".gif", ".webp",
		".bmp", ".svg", ".mp3", ".wav", ".m4a", ".ogg", ".flac", ".mp4", ".mov", ".webm":
		r.unread(t.at, "the variable "+text)
		t.unchecked = cmp.Or(t.unchecked, "the variable "+text+" is not read")
		return text
	}
	body, err := suite.ReadFile(file)
	if err != nil {
		r.wrong(t.at, "%v", err)
		return ""
	}
	if ending == ".yaml" || ending == ".yml" {
		n, err := parseYAML(body)
		if err != nil {
			r.wrong(t.at, "%s is no YAML: %v", text, err)
			return ""
		}
		return orderedJSON(n)
	}
	return strings.TrimSpace(body)
}

// orderedJSON is JSON.stringify of a value, with its keys in the order of the file.
func orderedJSON(n *node) string {
	var parts []string
	switch n.kind {
	case listNode:
		for _, item := range n.list {
			parts = append(parts, orderedJSON(item))
		}
		return "[" + strings.Join(parts, ",") + "]"
	case tableNode:
		for _, e := range n.keys {
			parts = append(parts, jsonText(e.name, "")+":"+orderedJSON(e.value))
		}
		return "{" + strings.Join(parts, ",") + "}"
	}
	return jsonText(n.value, "")
}
