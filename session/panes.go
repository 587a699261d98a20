package session

import (
	"encoding/json"
	"fmt"

	"lineup/providers"
)

// Layout is how the panes of a session stand on the screen, beside their order.
type Layout struct {
	// the pane that has the screen to itself, from 1 at the left; 0: none has
	Zoomed   int  `json:"zoomed,omitempty"`
	Together bool `json:"together,omitempty"` // they scroll together
	Raw      bool `json:"raw,omitempty"`      // answers are shown as they came, not as Markdown
}

// paneRecord is the panes of a session in the store where there is more to tell than their models.
// Else they are a list of these.
type paneRecord struct {
	Models []string     `json:"models"`
	Panes  []PaneRecord `json:"panes,omitempty"` // where one of them has a name or settings
	Layout
}

// PaneRecord is a pane in a record: a model with a name and settings of its own.
type PaneRecord struct {
	Model    string             `json:"model"`
	Name     string             `json:"name,omitempty"`
	Settings providers.Settings `json:"settings,omitzero"`
}

// PaneRecords are the records of panes. There are none if all are models without further settings.
func PaneRecords(panes []providers.Contender) (records []PaneRecord) {
	more := false
	for _, p := range panes {
		records = append(records, PaneRecord{p.Ref.String(), p.Name, p.Settings})
		more = more || p.Name != "" || !p.Settings.IsZero()
	}
	if !more {
		return nil
	}
	return records
}

// PanesOf takes back what PaneRecords gave. Where there are no records, the models are all.
func PanesOf(models []string, records []PaneRecord) []providers.Contender {
	if len(records) != len(models) {
		return providers.Bare(models...)
	}
	panes := make([]providers.Contender, len(records))
	for i, r := range records {
		panes[i] = providers.Contender{Ref: providers.RefOf(r.Model), Name: r.Name,
			Settings: r.Settings}
	}
	return panes
}

func paneList(panes []providers.Contender, l Layout) (string, error) {
	refs, records := providers.Refs(panes), PaneRecords(panes)
	var v any = refs
	if l != (Layout{}) || records != nil {
		v = paneRecord{refs, records, l}
	}
	b, err := json.Marshal(v)
	return string(b), err
}

func parsePanes(list []byte) (panes []providers.Contender, l Layout, err error) {
	if len(list) > 0 && list[0] == '{' {
		var rec paneRecord
		if err := json.Unmarshal(list, &rec); err != nil {
			return nil, Layout{}, fmt.Errorf("%w: %w", errContent, err)
		}
		return PanesOf(rec.Models, rec.Panes), rec.Layout, nil
	}
	var refs []string
	if err := json.Unmarshal(list, &refs); err != nil {
		return nil, Layout{}, fmt.Errorf("%w: %w", errContent, err)
	}
	return providers.Bare(refs...), Layout{}, nil
}
