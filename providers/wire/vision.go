package wire

import (
	"context"
	"io"
	"iter"
	"net/http"
	"sync"
	"time"

	"lineup/providers"
)

// seen remembers which models take images, as far as the server has been asked.
type seen struct {
	mu     sync.Mutex
	models map[string]*bool
}

func (s *seen) note(model string, sees bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.models == nil {
		s.models = map[string]*bool{}
	}
	s.models[model] = &sees
}

// takesNoImages are refusals of models that take text alone. llama.cpp (a 500): "image input is not
// supported - hint: …"; OpenRouter (a 404): "No endpoints found that support image input"; OpenAI:
// "image_url is only supported by certain models"; vLLM: "… is not a multimodal model"; DeepSeek:
// "unknown variant `image_url`, expected `text`"; Groq: "messages[0].content must be a string";
// Ollama's runner: "this model is missing data required for image input".
var takesNoImages = wordsOf(
	`(?i)\bimages? inputs? (is|are) not supported`,
	`support (image|vision|multimodal) input`,
	`image_url.{0,3} is only supported by certain models`,
	`not a multimodal model`,
	"unknown variant .image(_url)?., expected .text",
	`content must be a string`,
	`missing data required for image input`,
	`(does not|doesn't|do not|cannot) (support|accept|take|process) (images?|vision|pictures?)\b`,
)

// seesWithin is how long a server may take to say whether a model takes images.
const seesWithin = 3 * time.Second

// Sees asks the server whether a model takes images; nil where it does not say. Each model is asked
// about once. A server of one's own that does not know it is asked again: it may be pulled later.
func (p *Provider) Sees(ctx context.Context, model string) *bool {
	p.seen.mu.Lock()
	defer p.seen.mu.Unlock()
	if v, ok := p.seen.models[model]; ok {
		return v
	}
	asking, cancel := context.WithTimeout(ctx, seesWithin)
	defer cancel()
	v := p.dialect.sees(asking, p, model)
	if v == nil && (asking.Err() != nil || p.cfg.Local) {
		return nil
	}
	if p.seen.models == nil {
		p.seen.models = map[string]*bool{}
	}
	p.seen.models[model] = v
	return v
}

// sees looks into the list of models, and asks servers of one's own that may be Ollama or llama.cpp
// in their own ways.
func (usual) sees(ctx context.Context, p *Provider, model string) *bool {
	if p.cfg.Local {
		if v := p.ollamaSees(ctx, model); v != nil {
			return v
		}
		if v := p.llamaSees(ctx); v != nil {
			return v
		}
	}
	list, err := p.List(ctx)
	if err != nil {
		return nil
	}
	for _, m := range list {
		if m.ID == model {
			return m.Vision
		}
	}
	return nil
}

func (ollama) sees(ctx context.Context, p *Provider, model string) *bool {
	return p.ollamaSees(ctx, model)
}

// ollamaSees asks /api/show, whose capabilities name "vision".
// https://docs.ollama.com/api/show
func (p *Provider) ollamaSees(ctx context.Context, model string) *bool {
	body := p.show(ctx, model)
	if body == nil {
		return nil
	}
	m := providers.Listed{}
	addShown(&m, body)
	return m.Vision
}

// llamaSees asks llama.cpp's /props, which tells the modalities of the model that it serves.
func (p *Provider) llamaSees(ctx context.Context) *bool {
	var v struct {
		Modalities struct {
			Vision *bool `json:"vision"`
		} `json:"modalities"`
	}
	if p.document(ctx, p.beside("/props"), &v) != nil {
		return nil
	}
	return v.Modalities.Vision
}

// show asks Ollama about one model; nil where there is no answer.
func (p *Provider) show(ctx context.Context, model string) []byte {
	req, err := p.newRequest(ctx, http.MethodPost, p.beside("/api/show"),
		map[string]any{"model": model})
	if err != nil {
		return nil
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return nil
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxLine))
	if err != nil || resp.StatusCode != http.StatusOK {
		return nil
	}
	return body
}

// careful sends no request whose files are known not to be taken. It stands outside the attempts:
// a refused request is none.
type careful struct {
	model    providers.Model
	provider *Provider
	info     providers.Info
}

func (m careful) Stream(
	ctx context.Context, req providers.Request,
) iter.Seq2[providers.Event, error] {
	if !hasFiles(req) {
		return m.model.Stream(ctx, req)
	}
	return func(yield func(providers.Event, error) bool) {
		info := m.info
		if info.Vision == nil {
			info.Vision = m.provider.Sees(ctx, info.Ref.Model)
		}
		if err := m.provider.Refuses(info, req); err != nil {
			yield(providers.Event{At: time.Now()}, err)
			return
		}
		if blind(info) {
			req = withoutEarlierFiles(req)
		}
		for ev, err := range m.model.Stream(ctx, req) {
			if !yield(ev, err) {
				return
			}
		}
	}
}

func hasFiles(req providers.Request) bool {
	for i := range req.Messages {
		if len(req.Messages[i].Files()) > 0 {
			return true
		}
	}
	return false
}

// withoutEarlierFiles leaves the files out that a model does not see. The turns before were another
// model's: this one goes on from its words.
func withoutEarlierFiles(req providers.Request) providers.Request {
	last := len(req.Messages) - 1
	messages := make([]providers.Message, len(req.Messages))
	for i, m := range req.Messages {
		if i < last && len(m.Files()) > 0 {
			m.Content, m.Attachments = m.Text(), nil
		}
		messages[i] = m
	}
	req.Messages = messages
	return req
}
