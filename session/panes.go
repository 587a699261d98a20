package session

import (
	"encoding/json"
	"fmt"
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
	Models []string `json:"models"`
	Layout
}

func paneList(panes []string, l Layout) (string, error) {
	if panes == nil {
		panes = []string{}
	}
	var v any = panes
	if l != (Layout{}) {
		v = paneRecord{panes, l}
	}
	b, err := json.Marshal(v)
	return string(b), err
}

func parsePanes(list []byte) (panes []string, l Layout, err error) {
	if len(list) > 0 && list[0] == '{' {
		var rec paneRecord
		if err := json.Unmarshal(list, &rec); err != nil {
			return nil, Layout{}, fmt.Errorf("%w: %w", errContent, err)
		}
		return rec.Models, rec.Layout, nil
	}
	if err := json.Unmarshal(list, &panes); err != nil {
		return nil, Layout{}, fmt.Errorf("%w: %w", errContent, err)
	}
	return panes, Layout{}, nil
}
