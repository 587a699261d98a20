package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"

	"lineup/providers"
)

// PullProgress is how far a model's download has come.
type PullProgress struct {
	// in the server's words: "pulling manifest", "verifying sha256 digest", "success"
	Status    string
	Completed int64 // bytes of all layers that have begun
	Total     int64 // of those layers; 0 until the first has begun
	Done      bool  // the model is there
}

// Pulls reports whether the provider can fetch missing models. Ollama alone can.
func (p *Provider) Pulls() bool {
	return p.dialect.pulls()
}

// Pull has the server fetch a model, and yields how far it is with every line that the server
// writes. It ends with Done, or with an *Error; leaving the loop or ending ctx stops the download,
// and a later Pull goes on with it. There is no deadline: a download takes as long as it takes.
// Wire: Ollama 0.17.4, api/types.go ProgressResponse, one JSON object a line.
func (p *Provider) Pull(ctx context.Context, model string) iter.Seq2[PullProgress, error] {
	return func(yield func(PullProgress, error) bool) {
		if !p.Pulls() {
			yield(PullProgress{}, &providers.Error{Kind: providers.BadRequest,
				Message: "provider " + p.cfg.Name +
					" cannot fetch models", Hint: "only Ollama can"})
			return
		}
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		req, err := p.newRequest(ctx, http.MethodPost, p.url("/api/pull"),
			map[string]any{"model": model, "stream": true})
		if err != nil {
			yield(PullProgress{}, err)
			return
		}
		resp, err := p.client.Do(req)
		if err != nil {
			yield(PullProgress{}, p.transportError(ctx, err))
			return
		}
		defer resp.Body.Close()
		body := inflate(resp)
		if resp.StatusCode != http.StatusOK {
			text, _ := io.ReadAll(io.LimitReader(body, maxErrorBody))
			yield(PullProgress{}, p.pullError(p.statusError(model, resp, text)))
			return
		}
		p.readPull(ctx, model, body, yield)
	}
}

// readPull reads the lines of a download.
func (p *Provider) readPull(ctx context.Context, model string, body io.Reader,
	yield func(PullProgress, error) bool) {
	lines := newLineReader(body, p.now)
	var sum pullSum
	for {
		line, _, whole, err := lines.next()
		if errors.Is(err, io.EOF) {
			yield(sum.at, &providers.Error{Kind: providers.Truncated,
				Message: "the server stopped before " + providers.CleanLine(model) + " was there",
				Hint:    "pull it again: it goes on where it stopped"})
			return
		}
		if err != nil {
			yield(sum.at, p.pullError(p.bodyError(ctx, err)))
			return
		}
		// torn: what comes next says why
		if line = bytes.TrimSpace(line); len(line) == 0 || !whole && !json.Valid(line) {
			continue
		}
		at, said, err := sum.add(line)
		at.Status = p.clean(at.Status)
		switch {
		case err != nil:
			yield(at, &providers.Error{Kind: providers.Protocol,
				Message: "the server does not answer a pull as Ollama does",
				Hint:    "check base_url and kind of provider " + p.cfg.Name, Err: err})
			return
		case said != "":
			yield(at, p.pullError(p.classify(model, 0, parseErrorBody(line))))
			return
		case !yield(at, nil) || at.Done:
			return
		}
	}
}

// pullError puts the next step for a download in the place of that for an answer.
func (p *Provider) pullError(e *providers.Error) *providers.Error {
	switch e.Kind {
	case providers.ConnectionLost, providers.Truncated:
		e.Hint = "pull it again: it goes on where it stopped"
	case providers.Unreachable, providers.Auth, providers.Cancelled, providers.Protocol:
	default:
		e.Hint = "check the name at ollama.com/library, and whether the server reaches that site"
	}
	return e
}

// pullSum adds up the layers of a download.
type pullSum struct {
	layers map[string]layer // by digest
	at     PullProgress
}

type layer struct{ completed, total int64 }

// Bounds of what a download adds up, so that nothing overflows; a model has about five layers.
const (
	maxLayers = 1000
	maxLayer  = 1 << 50 // bytes
)

// add takes one line. It returns what the line says is wrong, in the server's words, or an error
// where the line is no JSON object.
func (t *pullSum) add(line []byte) (at PullProgress, failed string, err error) {
	var v struct {
		Status    string `json:"status"`
		Digest    string `json:"digest"`
		Total     int64  `json:"total"`
		Completed int64  `json:"completed"`
		Error     any    `json:"error"`
	}
	if err := json.Unmarshal(line, &v); err != nil {
		return t.at, "", err
	}
	if v.Error != nil {
		return t.at, "error", nil
	}
	t.at.Status, t.at.Done = v.Status, v.Status == "success"
	if v.Digest == "" || v.Total <= 0 || len(t.layers) >= maxLayers {
		return t.at, "", nil
	}
	if t.layers == nil {
		t.layers = map[string]layer{}
	}
	was := t.layers[v.Digest]
	total := max(was.total, min(v.Total, maxLayer))
	// a layer that starts over does not go back
	now := layer{min(max(was.completed, v.Completed), total), total}
	t.layers[v.Digest] = now
	t.at.Completed += now.completed - was.completed
	t.at.Total += now.total - was.total
	return t.at, "", nil
}
