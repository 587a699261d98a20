package config

import (
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// ollamaURL turns OLLAMA_HOST into the address that a client asks, as Ollama's own client does
// (envconfig/config.go, Host). A missing scheme is http, a missing host 127.0.0.1. A missing port
// is 11434, or 80 and 443 after a scheme. Quotes and spaces around the value are dropped. A wrong
// port counts as missing.
func ollamaURL(host string) string {
	host = strings.Trim(strings.TrimSpace(host), `"'`)
	scheme, rest, hasScheme := strings.Cut(host, "://")
	port := "11434"
	switch {
	case !hasScheme && host == "ollama.com":
		scheme, rest, port = "https", host, "443"
	case !hasScheme:
		scheme, rest = "http", host
	case scheme == "http":
		port = "80"
	case scheme == "https":
		port = "443"
	}
	rest, path, _ := strings.Cut(rest, "/")
	name, given, err := net.SplitHostPort(rest)
	if err != nil {
		name, given = strings.Trim(rest, "[]"), port
	}
	if n, err := strconv.Atoi(given); err == nil && n >= 0 && n <= 65535 {
		port = given
	}
	if ip, err := netip.ParseAddr(name); err == nil && ip.IsUnspecified() {
		name = "127.0.0.1"
		if ip.Is6() {
			name = "::1"
		}
	}
	if name == "" {
		name = "127.0.0.1"
	}
	address := scheme + "://" + net.JoinHostPort(name, port)
	if path = strings.Trim(path, "/"); path != "" {
		address += "/" + path
	}
	return address
}
