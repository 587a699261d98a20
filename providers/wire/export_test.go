package wire

import (
	"context"
	"net"
	"net/http"
	"net/url"
)

// DialWith lets a provider reach its server by another way than the network, such as a pipe in a synctest bubble.
func (p *Provider) DialWith(dial func(context.Context) (net.Conn, error)) {
	p.client.Transport.(*http.Transport).DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx) }
}

// UseProxy sends the provider's requests through a proxy. Tests need it because net/http reads the environment once,
// and never takes a proxy to this machine.
func (p *Provider) UseProxy(proxy *url.URL) {
	p.client.Transport.(*http.Transport).Proxy = http.ProxyURL(proxy)
}
