package wire

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// protocolOf names the kind of the dialect of a document, by fields of that dialect alone; "" for
// an unknown one. The document may stand in the framing of an event stream.
func protocolOf(data []byte) string {
	data = bytes.TrimSpace(data)
	for line := range bytes.Lines(data) {
		if doc, ok := bytes.CutPrefix(bytes.TrimSpace(line), []byte("data:")); ok {
			data = bytes.TrimSpace(doc)
			break
		}
	}
	var o map[string]json.RawMessage
	if json.NewDecoder(bytes.NewReader(data)).Decode(&o) != nil {
		return ""
	}
	object, kind := textOf(o["object"]), textOf(o["type"])
	switch {
	case strings.HasPrefix(object, "chat.completion"), object == "text_completion",
		present(o["choices"]) && o["choices"][0] == '[':
		return "openai"
	case object == "response", strings.HasPrefix(kind, "response."):
		return "responses"
	case strings.HasPrefix(kind, "message_"), strings.HasPrefix(kind, "content_block_"),
		kind == "message" && present(o["role"]) && present(o["content"]):
		return "anthropic"
	case (present(o["message"]) || present(o["response"])) &&
		(present(o["done"]) || present(o["done_reason"])):
		return "ollama"
	case present(o["candidates"]):
		return protocolGemini
	}
	return ""
}

// protocolGemini is Google's own protocol, which lineup does not speak: its endpoint for OpenAI's
// stands beside it.
const protocolGemini = "gemini"

// protocolHint says what to write into the config where a server speaks another protocol than it
// was asked in; "" where that is not known.
func (p *Provider) protocolHint(kind string) string {
	base := strings.TrimSuffix(strings.TrimSuffix(p.where(), "/api"), "/v1")
	versioned := base + "/v1"
	if versionPath.MatchString(p.base.Path) && !strings.HasSuffix(p.base.Path, "/v1") {
		versioned = p.where()
	}
	whose := ""
	switch kind {
	case p.cfg.Kind:
	case "openai":
		whose, base = "OpenAI's protocol", versioned
	case "responses":
		whose, base = "OpenAI's Responses API", versioned
	case "anthropic":
		whose = "Anthropic's protocol"
	case "ollama":
		whose = "Ollama's protocol"
	case protocolGemini:
		return fmt.Sprintf(`the server speaks Gemini's own protocol; check kind and base_url of provider %s: Google's endpoint for kind = "openai" ends in /v1beta/openai`, p.cfg.Name)
	}
	if whose == "" {
		return ""
	}
	return fmt.Sprintf(`this speaks %s; check kind and base_url of provider %s: set kind = "%s" and base_url = "%s"`,
		whose, p.cfg.Name, kind, base)
}

// readForeign reads the beginning of a body that is nothing of the protocol, no further than needed
// to tell what it is.
func readForeign(body *bufio.Reader) []byte {
	var text []byte
	for len(text) < maxErrorBody {
		line, err := body.ReadSlice('\n')
		text = append(text, line...)
		if err != nil && err != bufio.ErrBufferFull || protocolOf(text) != "" {
			break
		}
	}
	return text
}
