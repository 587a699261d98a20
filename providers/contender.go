package providers

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// Contender is a model with its settings: what a pane asks, and what is compared. Two panes of one
// model with other settings are two contenders.
type Contender struct {
	Ref      Ref
	Name     string // that a person gave it, or ""; no part of its identity
	Settings Settings
}

// Settings are what changes the request of a model. Prices, deadlines, retries, fallbacks and
// headers are none, nor is the system prompt of the session.
type Settings struct {
	Params
	Options map[string]any `json:"options,omitempty"` // further ones of Ollama's
	Body    map[string]any `json:"body,omitempty"`    // further fields of the request body
	// the contender's own system prompt; nil takes the session's
	System *string `json:"system,omitempty"`
	// the prompt as it is sent, with PromptVariable in the place of what was typed; "" for as typed
	Template string `json:"template,omitempty"`
}

// PromptVariable stands in a template for the prompt.
const PromptVariable = "{{prompt}}"

// Bare makes contenders of model references, without settings.
func Bare(refs ...string) []Contender {
	out := make([]Contender, len(refs))
	for i, r := range refs {
		out[i].Ref = RefOf(r)
	}
	return out
}

// Refs are the model references of contenders.
func Refs(all []Contender) []string {
	out := make([]string, len(all))
	for i, c := range all {
		out[i] = c.Ref.String()
	}
	return out
}

// Without is the parameters without those that a server refused, by their names in the config or
// on the wire.
func (p Params) Without(refused ...string) Params {
	for _, name := range refused {
		switch name {
		case "temperature":
			p.Temperature = nil
		case "top_p":
			p.TopP = nil
		case "top_k":
			p.TopK = nil
		case "min_p":
			p.MinP = nil
		case "max_tokens", "max_completion_tokens", "max_output_tokens", "num_predict":
			p.MaxTokens = nil
		case "seed":
			p.Seed = nil
		case "stop", "stop_sequences":
			p.Stop = nil
		case "reasoning_effort", "reasoning", "thinking", "think":
			p.ReasoningEffort = ""
		case "num_ctx":
			p.NumCtx = nil
		}
	}
	return p
}

// ParamsCalled gives the parameters, by their names in the config, that a server means by its own
// names.
func ParamsCalled(names ...string) (keys []string) {
	one, some, seed := 1, 1.0, int64(1)
	all := Params{Temperature: &some, TopP: &some, TopK: &one, MinP: &some, MaxTokens: &one,
		Seed: &seed, Stop: []string{"."}, ReasoningEffort: "low", NumCtx: &one}
	left := Settings{Params: all.Without(names...)}.Fields()
	for _, key := range ParamKeys() {
		if !slices.ContainsFunc(left, func(f Field) bool { return f.Key == key }) {
			keys = append(keys, key)
		}
	}
	return keys
}

// Fill puts a prompt into the template.
func (s Settings) Fill(prompt string) string {
	switch {
	case s.Template == "":
		return prompt
	case !strings.Contains(s.Template, PromptVariable):
		return strings.TrimRight(s.Template, "\n") + "\n\n" + prompt
	}
	return strings.ReplaceAll(s.Template, PromptVariable, prompt)
}

// IsZero reports whether nothing is set.
func (s Settings) IsZero() bool { return len(s.Fields()) == 0 }

// Equal reports whether both change a request in the same way.
func (s Settings) Equal(o Settings) bool {
	a, b := s.Fields(), o.Fields()
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// Same reports whether two contenders ask the same of the same model, whatever their names are.
func (c Contender) Same(o Contender) bool { return c.Ref == o.Ref && c.Settings.Equal(o.Settings) }

// idBytes is how much of the hash an id shows.
const idBytes = 6

// ID is 12 hex digits of the SHA-256 of the canonical JSON of model and settings. It is the same
// on every machine. The name is no part of it.
func (c Contender) ID() string {
	settings, err := canonical(c.Settings)
	if err != nil { // what no config can say, and no file
		settings = []byte("null")
	}
	model, _ := canonical(c.Ref.String())
	sum := sha256.Sum256([]byte(`{"model":` + string(model) + `,"settings":` + string(settings) + `}`))
	return hex.EncodeToString(sum[:idBytes])
}

// Label is the name, or else the reference and the settings.
func (c Contender) Label() string {
	if c.Name != "" {
		return c.Name
	}
	label := c.Ref.String()
	for _, f := range c.Settings.Fields() {
		label += " " + f.Key + "=" + f.Short(labelRunes)
	}
	return label
}

// String is the label.
func (c Contender) String() string { return c.Label() }

// labelRunes is how much of a long setting, such as a system prompt, stands in a label.
const labelRunes = 32

// contenderRecord is a contender as records have it.
type contenderRecord struct {
	ID       string   `json:"id"`
	Model    string   `json:"model"`
	Label    string   `json:"label"`
	Settings Settings `json:"settings"`
}

// MarshalJSON gives {"id", "model", "label", "settings"}. Settings are a flat object with the keys
// of the config.
func (c Contender) MarshalJSON() ([]byte, error) {
	return encodePlain(contenderRecord{c.ID(), c.Ref.String(), c.Label(), c.Settings})
}

// UnmarshalJSON takes back what MarshalJSON gives. The label becomes the name where it is not the
// one that the settings make.
func (c *Contender) UnmarshalJSON(data []byte) error {
	var rec contenderRecord
	if err := decodeExactly(data, &rec); err != nil {
		return err
	}
	*c = Contender{Ref: RefOf(rec.Model), Settings: rec.Settings}
	if rec.Label != "" && rec.Label != c.Label() {
		c.Name = rec.Label
	}
	return nil
}
