package wire

import (
	"net/http"
	"strings"

	"lineup/providers"
)

// Own reports whether the server has told that it is a program which runs models itself: llama.cpp
// in its Server header (tools/server/server-http.cpp), and vLLM, llama.cpp, LM Studio, SGLang and
// Ollama as the owner in their lists of models. What LiteLLM passes on does not count.
func (p *Provider) Own() bool { return p.own.Load() }

// hearHeader looks for a program of one's own in the header of an answer.
func (p *Provider) hearHeader(h http.Header) {
	if strings.HasPrefix(h.Get("Server"), "llama.cpp") && !isLiteLLM(h) {
		p.own.Store(true)
	}
}

// hearList looks for it in a list of models, all of which must be its own.
func (p *Provider) hearList(h http.Header, list []providers.Listed) {
	p.hearHeader(h)
	if len(list) == 0 || isLiteLLM(h) {
		return
	}
	for _, m := range list {
		switch m.Owner {
		case "llamacpp", "vllm", "sglang", "organization_owner", "library":
		default:
			return
		}
	}
	p.own.Store(true)
}
