package providers

import (
	"context"
	"net"
	"net/http"
)

// DialWith lets a provider reach its server by another way than the network, such as a pipe in a synctest bubble.
func (p *Provider) DialWith(dial func(context.Context) (net.Conn, error)) {
	p.client.Transport.(*http.Transport).DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx) }
}
