package registry

import (
	"net/url"
	"strings"
)

// Connection is what is known of a provider without asking it.
type Connection struct {
	Name  string
	Host  string // with the port; "" where the address has none
	Local bool   // it is on this machine or in the private network
	// where its key comes from, such as "OPENAI_API_KEY" or "a command"; "" for no key
	Key   string
	Lacks bool // the variable of the key is not set
}

// Connections lists the providers of the config. It asks nobody and runs no command for a key.
func (r *Registry) Connections() []Connection {
	var out []Connection
	for _, p := range r.cfg.Providers {
		c := Connection{Name: p.Name, Local: p.OnSite()}
		if u, err := url.Parse(p.BaseURL); err == nil {
			c.Host = u.Host
		}
		switch {
		case p.APIKeyEnv != "":
			c.Key = p.APIKeyEnv
			c.Lacks = strings.TrimSpace(r.getenv(p.APIKeyEnv)) == ""
		case p.APIKeyCmd != "":
			c.Key = "a command"
		case p.APIKeyKeyring != "":
			c.Key = "the keyring"
		}
		out = append(out, c)
	}
	return out
}
