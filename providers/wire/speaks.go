package wire

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"

	"lineup/providers"
)

// Speaks reports whether the provider's API is at its address, for a provider that lists no models.
// It sends a chat without messages, which every server refuses and none bills: a refusal of that is
// an API's, a missing page is not.
func (p *Provider) Speaks(ctx context.Context, model string) bool {
	fields := p.dialect.body(model, providers.Params{}, providers.Request{})
	fields["stream"] = false
	req, err := p.newRequest(ctx, http.MethodPost, p.url(p.dialect.path()), fields)
	if err != nil {
		return false
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(inflate(resp), maxErrorBody)) // a part says enough
	page := bytes.HasPrefix(bytes.TrimSpace(body), []byte("<"))
	switch {
	case page, resp.StatusCode >= 300 && resp.StatusCode < 400:
		return false
	case resp.StatusCode == http.StatusNotFound, resp.StatusCode == http.StatusMethodNotAllowed,
		resp.StatusCode == http.StatusNotImplemented:
		s := parseErrorBody(body)
		return !s.raw && strings.Contains(strings.ToLower(s.message+" "+s.code), "model")
	}
	return resp.StatusCode < 500
}
