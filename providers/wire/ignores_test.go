package wire

import (
	"fmt"
	"testing"
)

func TestWhatAProtocolHasNoFieldFor(t *testing.T) {
	for kind, want := range map[string]string{
		"openai": "[num_ctx]", "ollama": "[]", "anthropic": "[min_p seed num_ctx]",
		"responses": "[top_k min_p seed stop num_ctx]",
	} {
		p, err := New(Config{Name: "x", Kind: kind, BaseURL: "http://127.0.0.1:1/v1"})
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(p.Ignores()); got != want {
			t.Errorf("%s has no field for %s, want %s", kind, got, want)
		}
	}
}
