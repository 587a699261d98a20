package wire

import "lineup/providers"

// message is a message as a dialect writes it. Without files its content is text, and nothing
// beside role and content stands in it.
type message struct {
	Role    providers.Role `json:"role"`
	Content any            `json:"content"` // a string, or a list of parts
	Images  [][]byte       `json:"images,omitempty"`
	// marks the beginning of the answer, for Mistral and DeepSeek
	Prefix bool `json:"prefix,omitempty"`

	// of Chat Completions and Ollama: the calls of an answer, and which of them a result answers
	ToolCalls  []any  `json:"tool_calls,omitempty"`
	ToolCallID string `json:"tool_call_id,omitempty"`
	ToolName   string `json:"tool_name,omitempty"`
}

// part is one entry of a content that is a list.
type part map[string]any

// withSystem is a request's messages with its system prompt ahead of them.
func withSystem(req providers.Request, write func(providers.Message) message) []message {
	messages := make([]message, 0, len(req.Messages)+1)
	if req.System != "" {
		messages = append(messages, message{Role: "system", Content: req.System})
	}
	return append(messages, written(req.Messages, write)...)
}

func written(messages []providers.Message, write func(providers.Message) message) []message {
	var out []message
	for _, m := range messages {
		out = append(out, write(m))
	}
	return out
}

// parted is a message with its files ahead of its text, as Anthropic advises; a message without
// files keeps its plain text.
func parted(m providers.Message, textType string, file func(providers.Attachment) part) message {
	files := m.Files()
	if len(files) == 0 {
		return message{Role: m.Role, Content: m.Text()}
	}
	var parts []part
	for _, a := range files {
		parts = append(parts, file(a))
	}
	if text := m.Text(); text != "" { // Anthropic refuses an empty part
		parts = append(parts, part{"type": textType, "text": text})
	}
	return message{Role: m.Role, Content: parts}
}

// writeChat writes for Chat Completions. The part for a PDF is OpenAI's, which OpenRouter takes
// too.
// https://developers.openai.com/api/docs/guides/file-inputs
// https://openrouter.ai/docs/features/multimodal/pdfs
func writeChat(m providers.Message) message {
	if len(m.Calls) > 0 || m.Result != nil {
		return writeChatUse(m)
	}
	return parted(m, "text", func(a providers.Attachment) part {
		if a.IsImage() {
			return part{"type": "image_url", "image_url": part{"url": a.DataURL()}}
		}
		return part{"type": "file", "file": part{"filename": a.Name, "file_data": a.DataURL()}}
	})
}

// writeClaude writes for Anthropic's Messages.
// https://platform.claude.com/docs/en/build-with-claude/vision
// https://platform.claude.com/docs/en/build-with-claude/pdf-support
func writeClaude(m providers.Message) message {
	if len(m.Calls) > 0 || m.Result != nil {
		return writeClaudeUse(m)
	}
	return parted(m, "text", func(a providers.Attachment) part {
		source := part{"type": "base64", "media_type": a.Type, "data": a.Data}
		if a.IsImage() {
			return part{"type": "image", "source": source}
		}
		return part{"type": "document", "source": source, "title": a.Name}
	})
}

// writeOllama writes for Ollama, whose messages have a list of images beside their text.
// https://docs.ollama.com/api/chat
func writeOllama(m providers.Message) message {
	out := message{Role: m.Role, Content: m.Text()}
	if len(m.Calls) > 0 || m.Result != nil {
		return writeOllamaUse(m)
	}
	for _, a := range m.Files() {
		out.Images = append(out.Images, a.Data)
	}
	return out
}

// responseParts writes the parts of a user's message for the Responses API.
// https://developers.openai.com/api/docs/guides/images-vision
func responseParts(m providers.Message) []part {
	var parts []part
	for _, a := range m.Files() {
		if a.IsImage() {
			parts = append(parts, part{"type": "input_image", "image_url": a.DataURL()})
			continue
		}
		parts = append(parts, part{"type": "input_file", "filename": a.Name,
			"file_data": a.DataURL()})
	}
	return parts
}
