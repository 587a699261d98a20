package sim

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"time"
)

// The layers of every pull, in bytes, and the number of reports on each.
const (
	pullSteps  = 40
	bigLayer   = 2_019_377_376
	smallLayer = 12_320
)

// ollamaPull fetches a model that the server lacks, a JSON object a line. An unknown model fails as
// at Ollama: with status 200 and a line with the error.
func (s *Server) ollamaPull(w http.ResponseWriter, r *http.Request) {
	var req struct {
		Model  string `json:"model"`
		Name   string `json:"name"` // the field's former name, still read
		Stream *bool  `json:"stream"`
	}
	body, _ := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if fail := decode(body, &req); fail != nil {
		ollama{}.refuse(w, "", fail)
		return
	}
	if req.Model == "" {
		req.Model = req.Name
	}
	p := pull{w: w, r: r, silent: req.Stream != nil && !*req.Stream}
	w.Header().Set("Content-Type", "application/x-ndjson")
	p.say(map[string]any{"status": "pulling manifest"})
	if _, _, fail := s.find(req.Model); fail == nil {
		p.finish()
		return
	}
	i := slices.IndexFunc(s.cfg.Missing, func(m Model) bool {
		rest, ok := m.matches(req.Model)
		return ok && rest == ""
	})
	if i < 0 {
		p.silent = false
		p.say(map[string]string{"error": "pull model manifest: file does not exist"})
		return
	}
	m := s.cfg.Missing[i]
	if !p.layer(digest(m.Name), bigLayer, s.cfg.PullTime) ||
		!p.layer(digest(m.Name+" template"), smallLayer, 0) {
		return
	}
	s.mu.Lock()
	// another client was faster
	if !slices.ContainsFunc(s.models, func(had Model) bool { return had.Name == m.Name }) {
		s.models = append(slices.Clip(s.models), m)
	}
	s.mu.Unlock()
	p.finish()
}

// pull writes the lines of one download.
type pull struct {
	w      http.ResponseWriter
	r      *http.Request
	silent bool // the client wants the last line alone
}

func (p *pull) say(v any) {
	if p.silent {
		return
	}
	line, _ := json.Marshal(v)
	p.w.Write(append(line, '\n'))
	http.NewResponseController(p.w).Flush()
}

// layer tells how a layer comes in, evenly over a time; it reports false where the client has left.
func (p *pull) layer(digest string, total int64, over time.Duration) bool {
	line := map[string]any{"status": "pulling " + digest[:12], "digest": "sha256:" + digest,
		"total": total}
	p.say(line)
	for i := int64(1); i <= pullSteps && over > 0; i++ {
		select {
		case <-time.After(over / pullSteps):
		case <-p.r.Context().Done():
			return false
		}
		line["completed"] = total * i / pullSteps
		p.say(line)
	}
	line["completed"] = total
	p.say(line)
	return p.r.Context().Err() == nil
}

func (p *pull) finish() {
	p.say(map[string]string{"status": "verifying sha256 digest"})
	p.say(map[string]string{"status": "writing manifest"})
	p.silent = false
	p.say(map[string]string{"status": "success"})
}
