package wire

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"lineup/providers"
	"lineup/providers/arrival"
)

// newClient makes a provider's own HTTP client. It follows no redirect, because a redirect could
// carry the key to another host, and it leaves all waiting to the deadlines.
func newClient(caFile string) (*http.Client, error) {
	t := &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		HTTP2:               &http.HTTP2Config{SendPingTimeout: pingAfter, PingTimeout: pingAfter},
		DialContext:         arrival.Dial(&net.Dialer{KeepAlive: 30 * time.Second}),
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: mostIdle,
		IdleConnTimeout:     90 * time.Second,
		// net/http would wait for a whole block; inflate undoes it as it comes
		DisableCompression: true,
		OnProxyConnectResponse: func(_ context.Context, proxy *url.URL, _ *http.Request,
			resp *http.Response) error {
			if resp.StatusCode == http.StatusOK {
				return nil
			}
			return &proxyError{proxy: proxy.Host, status: resp.StatusCode}
		},
	}
	if caFile != "" {
		pem, err := os.ReadFile(caFile)
		if err != nil {
			return nil, fmt.Errorf("ca_file: %w", err)
		}
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		if !pool.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("ca_file: %s holds no PEM certificate", caFile)
		}
		t.TLSClientConfig = &tls.Config{RootCAs: pool}
	}
	return &http.Client{
		Transport: t,
		CheckRedirect: func(*http.Request,
			[]*http.Request) error {
			return http.ErrUseLastResponse
		},
	}, nil
}

// mostIdle is how many connections wait for a next request: as many as a run has requests at once.
// Else it would open, and lose, one for each of the others.
const mostIdle = 128

// pingAfter is how long an HTTP/2 connection may be silent before it is asked whether it is still
// there. One that a laptop has slept over, or that a router has forgotten, would otherwise cost the
// next request its deadline.
const pingAfter = 15 * time.Second

// proxyError is a proxy's refusal to connect to the server.
type proxyError struct {
	proxy  string
	status int
}

func (e *proxyError) Error() string {
	return fmt.Sprintf("the proxy %s answers %d %s", e.proxy, e.status, http.StatusText(e.status))
}

// newRequest builds a request to the provider with its key and headers.
func (p *Provider) newRequest(ctx context.Context, method, address string, body any) (*http.Request,
	error) {
	var r io.Reader
	if body != nil {
		var buf bytes.Buffer
		enc := json.NewEncoder(&buf)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(body); err != nil {
			return nil, &providers.Error{Kind: providers.BadRequest,
				Message: "the request cannot be written as JSON: " + err.Error(), Err: err}
		}
		r = &buf
	}
	req, err := http.NewRequestWithContext(ctx, method, address, r)
	if err != nil {
		return nil, &providers.Error{Kind: providers.BadRequest,
			Message: providers.CleanLine(err.Error()), Hint: "check " + p.address(), Err: err}
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
		// Not sent, but it lets net/http repeat the request where a kept connection turns out to be
		// closed.
		req.Header["Idempotency-Key"] = nil
	}
	key, err := p.cfg.Key.get(ctx)
	if err != nil {
		return nil, p.keyError(ctx, err)
	}
	p.setHeaders(req.Header, key)
	return req, nil
}

// ask sends a request body to a path below the base URL, with a model's own headers over those of
// the provider; see send.
func (p *Provider) ask(ctx context.Context, path string, fields map[string]any,
	headers map[string]string, yield consumer) (*answer, error) {
	req, err := p.newRequest(ctx, http.MethodPost, p.url(path), fields)
	if err != nil {
		return nil, err
	}
	for name, v := range headers {
		req.Header.Set(name, v)
	}
	return p.send(req, yield)
}

// send sends a request and yields EventConnected when the connection is there and EventSent when
// the request has gone out over it. The caller closes the body. It returns nil without an error
// when the consumer has left.
func (p *Provider) send(req *http.Request, yield consumer) (*answer, error) {
	type result struct {
		resp *http.Response
		err  error
	}
	ctx, cancel := context.WithCancel(req.Context())
	steps := make(chan providers.Event, 16)
	var phases phaseClock
	var came arrivals
	trace := phases.trace(came.on, func(ev providers.Event) {
		if ev.Type == providers.EventSent {
			came.sent(ev.At)
		}
		select {
		case steps <- ev:
		// a request that net/http repeats on a fresh connection is sent twice, but hardly eight
		// times
		default:
		}
	})
	done := make(chan result, 1)
	go func() {
		defer providers.Catch("a request", func(p *providers.Panic) { done <- result{err: p} })
		resp, err := p.client.Do(req.WithContext(httptrace.WithClientTrace(ctx, trace)))
		done <- result{resp, err}
	}()
	left := false
	for {
		select {
		case ev := <-steps:
			if !left && !yield(ev, nil) {
				left = true
				cancel()
			}
		case a := <-done:
			if a.err != nil {
				cancel()
				if left {
					return nil, nil
				}
				return nil, p.unanswered(req.Context(), a.err, &phases)
			}
			a.resp.Body = &cancelBody{a.resp.Body, cancel}
			for range len(steps) {
				ev := <-steps
				left = left || !yield(ev, nil)
			}
			if left {
				a.resp.Body.Close()
				return nil, nil
			}
			return &answer{a.resp, came.now}, nil
		}
	}
}

// cancelBody ends the request's context with its body, so that the connection of an unread answer
// closes at once and a local server stops generating. A gateway in between may read its upstream to
// the end all the same: Portkey 1.15.2 does.
type cancelBody struct {
	io.ReadCloser
	cancel context.CancelFunc
}

func (b *cancelBody) Close() error {
	b.cancel()
	return b.ReadCloser.Close()
}

// phaseClock measures how a connection is made. Addresses tried in parallel overlap, and a dial may
// go on for a request that has got another connection; therefore the lock.
type phaseClock struct {
	mu             sync.Mutex
	dns, dial, tls time.Time // when each began
	phases         providers.Phases
}

// trace gives each connection to on, and to step what the consumer of a stream is told of.
func (c *phaseClock) trace(on func(net.Conn), step func(providers.Event)) *httptrace.ClientTrace {
	begin := func(t *time.Time) {
		c.mu.Lock()
		defer c.mu.Unlock()
		*t = time.Now()
	}
	end := func(t *time.Time, d *time.Duration) {
		c.mu.Lock()
		defer c.mu.Unlock()
		*d = time.Since(*t)
	}
	return &httptrace.ClientTrace{
		DNSStart:     func(httptrace.DNSStartInfo) { begin(&c.dns) },
		DNSDone:      func(httptrace.DNSDoneInfo) { end(&c.dns, &c.phases.DNS) },
		ConnectStart: func(string, string) { begin(&c.dial) },
		ConnectDone: func(_, _ string, err error) {
			if err == nil {
				end(&c.dial, &c.phases.Connect)
			}
		},
		TLSHandshakeStart: func() { begin(&c.tls) },
		TLSHandshakeDone: func(_ tls.ConnectionState, err error) {
			if err == nil {
				end(&c.tls, &c.phases.TLS)
			}
		},
		GotConn: func(i httptrace.GotConnInfo) {
			on(i.Conn)
			ph := providers.Phases{Reused: true}
			if !i.Reused {
				c.mu.Lock()
				ph = c.phases
				c.mu.Unlock()
			}
			step(providers.Event{Type: providers.EventConnected, At: time.Now(), Phases: &ph})
		},
		WroteRequest: func(httptrace.WroteRequestInfo) {
			step(providers.Event{Type: providers.EventSent, At: time.Now()})
		},
	}
}

// shaking reports whether the other side has taken the connection and left the TLS handshake
// unanswered.
func (c *phaseClock) shaking() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.tls.IsZero() && c.phases.TLS == 0
}

// unanswered is transportError for a request whose connection was traced. A plain server may wait
// for the rest of what it takes for the beginning of a request, as llama-server does: then there is
// a connection, but no TLS within its deadline.
func (p *Provider) unanswered(ctx context.Context, err error, phases *phaseClock) *providers.Error {
	e := p.transportError(ctx, err)
	// the time that a list may take
	if e.Kind == providers.Cancelled && ctx.Err() == context.DeadlineExceeded {
		e = &providers.Error{Kind: providers.TimeoutTotal, Message: "no answer in time",
			Hint: "the server may be overloaded or stopped; try again in a moment", Err: err}
	}
	if !strings.HasPrefix(string(e.Kind), "timeout_") || !phases.shaking() {
		return e
	}
	e.Message = p.base.Host + " takes the connection but does not answer in TLS: " + e.Message
	e.Hint = "if the server speaks plain HTTP, write http:// in " + p.address() +
		"; else check the network"
	return e
}

// transportError says why there was no answer at all.
func (p *Provider) transportError(ctx context.Context, err error) *providers.Error {
	if ctx.Err() != nil {
		return providers.CauseOf(ctx)
	}
	var fault *providers.Panic
	if errors.As(err, &fault) {
		return fault.AsError()
	}
	e := &providers.Error{Kind: providers.ConnectionLost, Err: err,
		Message: "the connection was lost before an answer came: " + p.clean(rootMessage(err)),
		Hint:    "try again; if it stays so, check " + p.address()}
	var op *net.OpError
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var proxy *proxyError
	host := p.base.Host
	switch {
	case errors.As(err, &proxy):
		e.Kind, e.Message = providers.Unreachable, p.clean(proxy.Error())
		e.Hint = p.proxyHint()
	case errors.As(err, &op) && op.Op == "socks connect": // a SOCKS proxy is there, and refuses
		e.Kind, e.Message = providers.Unreachable,
			"the proxy before "+host+" refuses: "+p.clean(rootMessage(err))
		e.Hint = p.proxyHint()
	// ahead of what the connection to it failed of
	case errors.As(err, &op) && op.Op == "proxyconnect":
		e.Kind, e.Message = providers.Unreachable,
			"the proxy before "+host+" cannot be reached: "+p.clean(rootMessage(err))
		e.Hint = p.proxyHint()
	case errors.As(err, &dns):
		e.Kind, e.Message = providers.Unreachable,
			"the host "+p.base.Hostname()+" cannot be looked up: "+p.clean(dns.Err)
		if dns.IsNotFound {
			e.Message = "the host " + p.base.Hostname() + " is not known"
		}
		e.Hint = "check the network, and " + p.address()
	case errors.As(err, &cert):
		e.Kind, e.Message = providers.Unreachable,
			"the certificate of "+host+" is not trusted: "+p.clean(rootMessage(err))
		e.Hint = p.certificateHint(cert.Err)
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		e.Kind, e.Message = providers.Unreachable, host+" does not speak TLS"
		e.Hint = "write http:// in " + p.address()
	case errors.As(err, &op) && op.Op == "dial":
		e.Kind, e.Message = providers.Unreachable,
			"nothing answers at "+host+": "+p.clean(rootMessage(err))
		e.Hint = p.unreachableHint()
	case strings.HasPrefix(rootMessage(err), "malformed HTTP"): // net/http has no type for it
		e.Kind, e.Message = providers.Protocol,
			host+" does not speak HTTP: "+p.clean(rootMessage(err))
		e.Hint = "check host and port in " + p.address()
		if strings.Contains(rootMessage(err), tlsAlert) {
			e.Message, e.Hint = host+" speaks TLS",
				"write https:// in "+p.address()
		}
	default:
		if broken := p.framingError(err); broken != nil {
			return broken
		}
	}
	return e
}

// tlsAlert is the beginning of an alert record of TLS (RFC 8446 §5.1: type 21, version 3.x), as
// net/http quotes it.
const tlsAlert = `"\x15\x03`

func (p *Provider) proxyHint() string {
	return "check HTTPS_PROXY and HTTP_PROXY, or name " + p.base.Hostname() + " in NO_PROXY"
}

// certificateHint says what to do about a certificate: it is another host's, its time is over, or
// nobody here knows who signed it.
func (p *Provider) certificateHint(err error) string {
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &host):
		return "the certificate is another host's; check the host in " + p.address()
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the certificate's time is over, or this machine's clock is wrong"
	}
	return "set ca_file of provider " + p.cfg.Name + " to the certificate of your own authority"
}

func (p *Provider) unreachableHint() string {
	if hint := p.dialect.startHint(); hint != "" {
		return hint + "; or correct " + p.address()
	}
	if p.cfg.Local {
		return "start the server, or correct " + p.address()
	}
	return "check " + p.address() + ", the network and the proxy"
}

// rootMessage is the innermost error's text: "connection refused" rather than the whole chain
// around it.
func rootMessage(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}

// bodyError says what the end of a stream's body means, when it was not a clean one.
func (p *Provider) bodyError(ctx context.Context, err error) *providers.Error {
	if ctx.Err() != nil {
		return providers.CauseOf(ctx)
	}
	var known *providers.Error
	if errors.As(err, &known) {
		return known
	}
	if broken := p.framingError(err); broken != nil {
		return broken
	}
	if isProtocolFault(err) {
		return &providers.Error{Kind: providers.Protocol, Message: err.Error(),
			Hint: "the server does not keep to the protocol; try again, or use another model",
			Err:  err}
	}
	return &providers.Error{Kind: providers.ConnectionLost,
		Message: "the connection broke in the middle of the answer: " + p.clean(rootMessage(err)),
		Hint:    "ask again", Err: err}
}
