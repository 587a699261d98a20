package cli

import "testing"

// Regression: a server on every address was announced as http://[::]:8808, which reaches nobody.
func TestReachable(t *testing.T) {
	for url, want := range map[string]string{
		"http://[::]:8808":      "http://127.0.0.1:8808",
		"http://0.0.0.0:80":     "http://127.0.0.1:80",
		"http://127.0.0.1:9":    "http://127.0.0.1:9",
		"http://[::1]:9":        "http://[::1]:9",
		"http://192.168.1.2:80": "http://192.168.1.2:80",
	} {
		if got, everywhere := reachable(url); got != want || everywhere != (got != url) {
			t.Errorf("%s is %s, %v; want %s", url, got, everywhere, want)
		}
	}
}

func TestSimListensWhereItMay(t *testing.T) {
	for listen, fine := range map[string]bool{
		"127.0.0.1:0": true, "127.9.9.9:1": true, "[::1]:0": true, "localhost:8808": true,
		"0.0.0.0:1": false, ":1": false, "[::]:1": false, "10.0.0.1:1": false, "example.com:1": false, "8808": false,
	} {
		if err := (simFlags{listen: listen}).check(); (err == nil) != fine {
			t.Errorf("%s: %v", listen, err)
		}
	}
	if err := (simFlags{listen: "0.0.0.0:1", any: true}).check(); err != nil {
		t.Error(err)
	}
}
