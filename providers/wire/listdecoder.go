package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"lineup/providers"
	"lineup/providers/price"
)

// errNoList is a document in which no list of models was found.
var errNoList = errors.New("no list of models")

// listEntry is one model of a list, by its folded fields (see fold).
type listEntry map[string]any

// decodeListOf reads a list of models: OpenAI's, Ollama's, Anthropic's, and what others make of
// them. envelopes name the fields in which the dialect has its list, best first. A document without
// a list is an error, unlike an empty list.
func decodeListOf(body []byte, envelopes ...string) ([]listEntry, error) {
	var v any
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	if list, ok := findList(v, append(envelopes, "data", "models", "result", "results", "items",
		"list", "modellist", "response", "body"), 3); ok {
		return list, nil
	}
	return nil, errNoList
}

// findList finds the entries in a document: it is the list, or one of its fields is, down to a
// depth of objects within each other.
func findList(v any, envelopes []string, depth int) (list []listEntry, ok bool) {
	switch v := v.(type) {
	case []any:
		return listEntries(v)
	case map[string]any:
		o := fold(v)
		for _, name := range envelopes {
			inner, there := o[name]
			switch inner := inner.(type) {
			case nil:
				if there { // Ollama's list of nothing was null once
					return nil, true
				}
			case []any:
				if list, ok := listEntries(inner); ok {
					return list, true
				}
			case map[string]any:
				if depth > 0 {
					if list, ok := findList(inner, envelopes, depth-1); ok {
						return list, true
					}
				}
				if list := keyedEntries(inner); name == "models" && list != nil {
					return list, true
				}
			}
		}
	}
	return nil, false
}

// listEntries reads the entries of a list: objects with an id, or ids alone.
func listEntries(all []any) (list []listEntry, ok bool) {
	for _, v := range all {
		switch v := v.(type) {
		case string:
			list = append(list, listEntry{"id": v})
		case map[string]any:
			if e := listEntry(fold(v)); e.id() != "" {
				list = append(list, e)
			}
		}
	}
	return list, len(list) > 0 || len(all) == 0
}

// keyedEntries reads a list whose entries are named by their ids.
func keyedEntries(o map[string]any) (list []listEntry) {
	for id, v := range o {
		if v, ok := v.(map[string]any); ok {
			e := listEntry(fold(v))
			e["id"] = id
			list = append(list, e)
		}
	}
	return list
}

// text is a field that is a string, of the names the first that is there.
func (e listEntry) text(names ...string) string {
	for _, name := range names {
		if s, ok := e[name].(string); ok && s != "" {
			return s
		}
	}
	return ""
}

func (e listEntry) id() string {
	return e.text("id", "model", "name", "modelid", "modelname", "key", "slug")
}

// contextNames are the fields in which servers tell how much a model can read, folded, best first:
// OpenRouter and Together, vLLM, llama.cpp, Groq, Mistral, GitHub Copilot, Venice, LiteLLM and
// Anthropic, Gemini.
var contextNames = []string{"contextlength", "maxmodellen", "nctx", "contextwindow",
	"maxcontextlength", "maxcontextwindow", "contextsize", "maxcontextwindowtokens",
	"availablecontexttokens", "maxinputtokens", "inputtokenlimit", "maxprompttokens",
	"maxinputlength", "maxsequencelength", "maxseqlen", "contexttokens", "context"}

// context finds the context of a model, in tokens: among the fields of the entry, else in one of
// its objects.
func (e listEntry) context() int {
	for _, name := range contextNames {
		if n := tokensOf(e[name]); n > 0 {
			return n
		}
	}
	return e.inner(3)
}

// inner looks for the context in the objects of an entry.
func (e listEntry) inner(depth int) (most int) {
	for _, v := range e {
		in, ok := v.(map[string]any)
		if !ok || depth == 0 {
			continue
		}
		f := listEntry(fold(in))
		for _, name := range contextNames {
			most = max(most, tokensOf(f[name]))
		}
		most = max(most, f.inner(depth-1))
	}
	return most
}

// tokensOf reads a number of tokens, which may be text: "131072", "128k".
func tokensOf(v any) int {
	var s string
	switch v := v.(type) {
	case json.Number:
		s = v.String()
	case string:
		s = strings.ToLower(strings.TrimSpace(v))
	}
	unit := 1.0
	if digits, ok := strings.CutSuffix(s, "k"); ok {
		s, unit = digits, 1024
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || n <= 0 || n*unit > 1<<40 {
		return 0
	}
	return int(n * unit)
}

// chats reports whether a model takes part in conversations. One without a type does.
func (e listEntry) chats() bool {
	kind := strings.ToLower(e.text("type", "modeltype", "task"))
	for _, other := range []string{"embed", "rerank", "image", "audio", "speech", "transcri", "tts",
		"moderation", "video", "feature-extraction"} {
		if strings.Contains(kind, other) && !strings.Contains(kind, "text") {
			return false
		}
	}
	return true
}

// vision tells whether a model takes images: OpenRouter's architecture.input_modalities (modality
// in older lists, such as "text+image->text"), the modalities or capabilities that others list, and
// yes-or-no fields. Nil is not known.
func (e listEntry) vision() *bool {
	return e.visionWithin(2)
}

func (e listEntry) visionWithin(depth int) *bool {
	for _, name := range []string{"inputmodalities", "modality", "supportsvision",
		"supportsimages", "imageinput", "vision", "supportsimageinput", "capabilities"} {
		switch v := e[name].(type) {
		case bool:
			return &v
		case string:
			in, _, _ := strings.Cut(strings.ToLower(v), "->")
			if sees := strings.Contains(in, "image"); sees || strings.Contains(in, "text") {
				return &sees
			}
		case []any:
			if sees, known := namesVision(v, name == "capabilities"); known {
				return &sees
			}
		}
	}
	if depth == 0 {
		return nil
	}
	// the objects in which these fields stand, and Anthropic's {"image_input": {"supported": …}}
	for _, name := range []string{"architecture", "capabilities", "modalities", "modelinfo",
		"imageinput", "supports", "modelspec"} {
		if in, ok := e[name].(map[string]any); ok {
			f := listEntry(fold(in))
			if b, ok := f["supported"].(bool); ok && name == "imageinput" {
				return &b
			}
			if v := f.visionWithin(depth - 1); v != nil {
				return v
			}
			if v, ok := f["input"].([]any); ok && name == "modalities" {
				sees, _ := namesVision(v, false)
				return &sees
			}
		}
	}
	return nil
}

// namesVision reports whether a list of names has images in it. That capabilities are silent of
// them proves nothing, unless Ollama's "completion" is among them.
func namesVision(names []any, capabilities bool) (sees, known bool) {
	known = !capabilities && len(names) > 0
	for _, n := range names {
		switch s, _ := n.(string); strings.ToLower(s) {
		case "image", "vision", "images", "multimodal":
			return true, true
		case "completion":
			known = true
		}
	}
	return false, known
}

// listed is the entry as lineup keeps it.
func (e listEntry) listed() providers.Listed {
	m := providers.Listed{ID: e.id(), Chat: e.chats(), Context: e.context(),
		Name:  e.text("displayname", "title", "name"),
		Owner: e.text("ownedby"),
		Price: e.price(), Vision: e.vision(), Memory: providers.Memory{State: e.routed()}}
	if m.Name == m.ID {
		m.Name = ""
	}
	if size, err := strconv.ParseInt(string(numberOf(e["size"])), 10, 64); err == nil {
		m.Size = size
	}
	m.Modified, _ = time.Parse(time.RFC3339, e.text("modifiedat")) // a local server's
	return m
}

func numberOf(v any) json.Number {
	n, _ := v.(json.Number)
	return n
}

// price reads OpenRouter's price object. Its numbers are text there; elsewhere they are numbers.
func (e listEntry) price() providers.Quote {
	pricing, ok := e["pricing"].(map[string]any)
	if !ok {
		return providers.Quote{}
	}
	texts := map[string]any{}
	for name, v := range pricing {
		if n, ok := v.(json.Number); ok {
			v = n.String()
		}
		texts[name] = v
	}
	data, err := json.Marshal(texts)
	if err != nil {
		return providers.Quote{}
	}
	var prices price.TokenPrices
	if unmarshal(data, &prices) != nil {
		return providers.Quote{}
	}
	return prices.Quote()
}

// listedOf gives all entries, each id once.
func listedOf(entries []listEntry) []providers.Listed {
	list := make([]providers.Listed, 0, len(entries))
	for _, e := range entries {
		if m := e.listed(); !slices.ContainsFunc(list,
			func(have providers.Listed) bool { return have.ID == m.ID }) {
			list = append(list, m)
		}
	}
	return list
}
