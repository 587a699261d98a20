package sim

import (
	"net/http"
	"time"
)

type openaiModel struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Created int64  `json:"created"`
	OwnedBy string `json:"owned_by"`
}

func newOpenAIModel(name string) openaiModel {
	return openaiModel{name, "model", installed().Unix(), "sim"}
}

// listModels serves two dialects that share a path; Anthropic's requests are
// known by their version header.
func (s *Server) listModels(w http.ResponseWriter, r *http.Request) {
	id := identifier(hash(s.cfg.Seed, "models"))
	if r.Header.Get("Anthropic-Version") != "" {
		if fail := (anthropic{}).authorize(r.Header, s.cfg.Key); fail != nil {
			anthropic{}.refuse(w, id, fail)
			return
		}
		s.anthropicModels(w)
		return
	}
	if fail := (openai{}).authorize(r.Header, s.cfg.Key); fail != nil {
		openai{}.refuse(w, id, fail)
		return
	}
	list := struct {
		Object string        `json:"object"`
		Data   []openaiModel `json:"data"`
	}{"list", []openaiModel{}}
	for _, m := range s.has() {
		list.Data = append(list.Data, newOpenAIModel(m.Name))
	}
	writeAPI(w, list)
}

func (s *Server) openaiModel(w http.ResponseWriter, r *http.Request) {
	fail := openai{}.authorize(r.Header, s.cfg.Key)
	name := r.PathValue("name")
	if fail == nil {
		_, _, fail = s.find(name)
	}
	if fail != nil {
		openai{}.refuse(w, identifier(hash(s.cfg.Seed, name)), fail)
		return
	}
	writeAPI(w, newOpenAIModel(name))
}

func (s *Server) anthropicModels(w http.ResponseWriter) {
	type model struct {
		Type        string    `json:"type"`
		ID          string    `json:"id"`
		DisplayName string    `json:"display_name"`
		CreatedAt   time.Time `json:"created_at"`
	}
	list := struct {
		Data    []model `json:"data"`
		HasMore bool    `json:"has_more"`
		FirstID string  `json:"first_id"`
		LastID  string  `json:"last_id"`
	}{Data: []model{}}
	for _, m := range s.has() {
		list.Data = append(list.Data, model{"model", m.Name, m.Name + " (simulated)", installed()})
		list.LastID = m.Name
	}
	if len(list.Data) > 0 {
		list.FirstID = list.Data[0].ID
	}
	writeAPI(w, list)
}
