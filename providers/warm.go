package providers

import (
	"context"
	"net/http"
)

// Warm opens a connection to the provider, so that the next request is not charged for looking the host up, TCP and
// TLS, and its Phases say reused. It sends a HEAD request to the base URL, without the key; what is answered does not
// matter. Over HTTP/1 each request of a race needs a connection of its own: call Warm once for each, at the same time.
// The error is an *Error.
func (p *Provider) Warm(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, p.where(), nil)
	if err != nil {
		return &Error{Kind: BadRequest, Message: CleanLine(err.Error()), Hint: "check base_url of provider " + p.cfg.Name, Err: err}
	}
	req.Header.Set("User-Agent", userAgent)
	resp, err := p.client.Do(req)
	if err != nil {
		return p.transportError(ctx, err)
	}
	return resp.Body.Close()
}
