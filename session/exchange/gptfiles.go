package exchange

import (
	"encoding/json"
	"strings"

	"lineup/providers"
)

// gptFile is a file that a message names.
type gptFile struct {
	id, name string
}

// gptPart is a part of a message that is no text: an image, or sound.
type gptPart struct {
	Type    string      `json:"content_type"`
	Pointer lax[string] `json:"asset_pointer"`
	Text    gptText     `json:"text"`
}

// id is the part's file: file-service://file-…, sediment://file_…, with options after # or ?.
func (p gptPart) id() string {
	_, id, ok := strings.Cut(p.Pointer.v, "://")
	if !ok {
		return ""
	}
	if end := strings.IndexAny(id, "#?"); end >= 0 {
		id = id[:end]
	}
	return id
}

// files are the files that a message names in its metadata, and the images among its parts.
func (m *gptMessage) files() (listed, parts []gptFile) {
	for _, raw := range m.Metadata.v.Attachments.v {
		listed = append(listed, gptFileOf(raw))
	}
	for _, raw := range m.Content.Parts.v {
		var p gptPart
		if json.Unmarshal(raw, &p) == nil && strings.HasPrefix(p.Type, "image") {
			parts = append(parts, gptFile{id: p.id()})
		}
	}
	return listed, parts
}

// gptFileOf reads an entry of the list of attachments.
func gptFileOf(attachment json.RawMessage) gptFile {
	var f struct {
		Name lax[string] `json:"name"`
		ID   lax[string] `json:"id"`
	}
	_ = json.Unmarshal(attachment, &f) // what it is called is all that is wanted
	return gptFile{f.ID.v, f.Name.v}
}

// attach gives the present turn the files of its prompt, each once. What cannot be had is noted.
// The result says which were attached, by id.
func (b *gptBuilder) attach(m *gptMessage) map[string]bool {
	listed, parts := m.files()
	got, seen := map[string]bool{}, map[string]bool{}
	for _, f := range append(listed, parts...) {
		if f.id != "" && seen[f.id] {
			continue
		}
		seen[f.id] = true
		a, err := b.assets.attachment(f.id, f.name)
		if err != nil {
			b.miss(f, err)
			continue
		}
		got[f.id] = true
		b.turn.Attachments = append(b.turn.Attachments, a)
	}
	return got
}

// miss notes a file that is left out.
func (b *gptBuilder) miss(f gptFile, err error) {
	name := providers.CleanLine(f.name)
	if name == "" {
		name = providers.CleanLine(f.id)
	}
	if name == "" {
		name = "a file without a name"
	}
	b.missing = append(b.missing, Missing{name, err.Error()})
}
