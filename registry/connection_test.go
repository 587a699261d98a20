package registry

import (
	"strings"
	"testing"

	"lineup/config"
)

// What is connected is told without a request, a command or a secret.
func TestConnections(t *testing.T) {
	cfg, err := config.Parse("test", []byte(`
[providers.here]
kind = "ollama"
base_url = "http://127.0.0.1:11434"

[providers.keyed]
base_url = "https://gate.example:8443/v1"
api_key_env = "GATE_KEY"

[providers.lacking]
base_url = "https://other.example/v1"
api_key_env = "NO_KEY"

[providers.asking]
base_url = "https://third.example/v1"
api_key_cmd = "touch ran"

[providers.kept]
base_url = "https://openrouter.ai/api/v1"
api_key_keyring = "kept"
`))
	if err != nil {
		t.Fatal(err)
	}
	getenv := func(name string) string { return map[string]string{"GATE_KEY": "sk-secret"}[name] }
	got := New(cfg, Options{Getenv: getenv}).Connections()
	want := []Connection{
		{Name: "here", Host: "127.0.0.1:11434", Local: true},
		{Name: "keyed", Host: "gate.example:8443", Key: "GATE_KEY"},
		{Name: "lacking", Host: "other.example", Key: "NO_KEY", Lacks: true},
		{Name: "asking", Host: "third.example", Key: "a command"},
		{Name: "kept", Host: "openrouter.ai", Key: "the keyring"},
	}
	for i, w := range want {
		if i >= len(got) || got[i] != w {
			t.Errorf("connection %d of %+v, want %+v", i, got, w)
		}
	}
	for _, c := range got {
		if s := c.Name + c.Host + c.Key; strings.Contains(s, "secret") {
			t.Errorf("%+v has a secret", c)
		}
	}
}
