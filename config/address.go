package config

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// address is what a base URL comes to.
type address struct {
	local bool // loopback or private
	plain bool // http, not https
	host  string
}

const noUser = "must not hold a user name or password; name the key with api_key_env"

// parseBaseURL reads the base URL of a provider. For one that cannot be used, problem gives the
// reason and a better form. It never repeats a part that may be a credential.
func parseBaseURL(raw string) (a address, problem string) {
	if raw == "" {
		return a, "must not be empty"
	}
	u, err := url.Parse(raw)
	switch bare := !strings.Contains(raw, "://"); {
	case strings.ContainsFunc(raw, isSpaceOrControl) || strings.HasPrefix(raw, "http:") && bare,
		strings.HasPrefix(raw, "https:") && bare:
		return a, "is not a URL; write it like https://api.example.com/v1"
	case bare && strings.Contains(raw, "@"):
		return a, noUser
	case bare:
		return a, "needs http:// or https:// in front, as in " + quote(schemeFor(raw)+raw)
	case err != nil:
		return a, "is not a URL; write it like https://api.example.com/v1"
	case u.Scheme != "http" && u.Scheme != "https":
		return a, "must begin with http:// or https://, not " + quote(u.Scheme+"://")
	case u.Hostname() == "":
		return a, "has no host; write it like https://api.example.com/v1"
	case u.User != nil:
		return a, noUser
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return a, "must end before any ? or #; a key goes into api_key_env, other settings into " +
			"headers or body"
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return a, "has the port " + quote(port) + "; ports go from 1 to 65535"
		}
	}
	for _, endpoint := range []string{"/chat/completions", "/completions", "/messages", "/api/chat",
		"/api/generate"} {
		if base, ok := strings.CutSuffix(strings.TrimRight(raw, "/"), endpoint); ok {
			return a, "ends with " + endpoint + ", which lineup adds itself; write " + quote(base)
		}
	}
	host := u.Hostname()
	return address{local: isLocalHost(host), plain: u.Scheme == "http", host: host}, ""
}

// schemeFor proposes a scheme for an address without one.
func schemeFor(hostport string) string {
	if u, err := url.Parse("http://" + hostport); err == nil && isLocalHost(u.Hostname()) {
		return "http://"
	}
	return "https://"
}

// isLocalHost says whether a host is this machine or on a private network (RFC
// 1918, RFC 4193): where plain http is no risk beyond one's own wires. A name
// other than localhost is not, whatever it resolves to today.
func isLocalHost(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") { // RFC 6761 §6.3
		return true
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	// A client that connects to the unspecified address reaches its own machine.
	return ip.IsLoopback() || ip.IsPrivate() || ip.IsUnspecified()
}

func isSpaceOrControl(r rune) bool { return r <= ' ' || r == 0x7f }
