package wire

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"lineup/jsoncheck"
	"lineup/providers"
)

// declare of Chat Completions: response_format, which also vLLM, llama.cpp, Ollama and the gateways
// take, and the tools as they were written.
// https://platform.openai.com/docs/guides/structured-outputs
func (openAI) declare(fields map[string]any, req providers.Request) {
	if s := req.Schema; s != nil {
		fields["response_format"] = map[string]any{"type": "json_schema",
			"json_schema": map[string]any{"name": s.Name, "schema": s.Source,
				"strict": fitsStrict(s.Source)}}
	}
	if len(req.Tools) > 0 {
		fields["tools"] = req.Tools
	}
}

func (openAI) schemaField() string { return "response_format" }

// declare of Ollama takes the bare schema in format, and tools as Chat Completions has them.
// https://github.com/ollama/ollama/blob/main/docs/api.md#structured-outputs
func (ollama) declare(fields map[string]any, req providers.Request) {
	if s := req.Schema; s != nil {
		fields["format"] = s.Source
	}
	if len(req.Tools) > 0 {
		fields["tools"] = req.Tools
	}
}

func (ollama) schemaField() string { return "format" }

// declare of the Messages API uses output_config.format, which is generally available and needs no
// beta header. The other way, a tool that the model is forced to call, is not taken: it would give
// calls in place of an answer, and rules thinking out.
// https://platform.claude.com/docs/en/build-with-claude/structured-outputs
func (anthropic) declare(fields map[string]any, req providers.Request) {
	if s := req.Schema; s != nil {
		config, _ := fields["output_config"].(map[string]any) // an effort may be in it
		if config == nil {
			config = map[string]any{}
			fields["output_config"] = config
		}
		config["format"] = map[string]any{"type": "json_schema", "schema": s.Source}
	}
	var tools []any
	for _, t := range req.Tools {
		tool := map[string]any{"name": t.Name, "input_schema": parametersOf(t)}
		if t.Description != "" {
			tool["description"] = t.Description
		}
		tools = append(tools, tool)
	}
	if tools != nil {
		fields["tools"] = tools
	}
}

func (anthropic) schemaField() string { return "output_config.format" }

// declare of the Responses API has the fields of Chat Completions one level higher.
// https://developers.openai.com/api/reference/resources/responses/methods/create
func (responses) declare(fields map[string]any, req providers.Request) {
	if s := req.Schema; s != nil {
		fields["text"] = map[string]any{"format": map[string]any{"type": "json_schema",
			"name": s.Name, "schema": s.Source, "strict": fitsStrict(s.Source)}}
	}
	var tools []any
	for _, t := range req.Tools {
		tool := map[string]any{"type": "function", "name": t.Name, "parameters": parametersOf(t),
			"strict": false} // as in Chat Completions; the default here is true
		if t.Description != "" {
			tool["description"] = t.Description
		}
		tools = append(tools, tool)
	}
	if tools != nil {
		fields["tools"] = tools
	}
}

func (responses) schemaField() string { return "text.format" }

// parametersOf are a tool's parameters for the protocols that demand some.
func parametersOf(t jsoncheck.Tool) json.RawMessage {
	if t.Parameters == nil {
		return json.RawMessage(`{"type":"object","properties":{}}`)
	}
	return t.Parameters
}

// fitsStrict reports whether OpenAI's strict mode takes a schema. There, each object lists all its
// keys as required and allows no others. With strict, any other schema is refused; without it,
// a schema is only a request.
// https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
func fitsStrict(schema json.RawMessage) bool {
	var v any
	if json.Unmarshal(schema, &v) != nil {
		return false
	}
	root, _ := v.(map[string]any)
	return root["type"] == "object" && root["anyOf"] == nil && strictWithin(v)
}

func strictWithin(v any) bool {
	switch v := v.(type) {
	case []any:
		return !slices.ContainsFunc(v, func(item any) bool { return !strictWithin(item) })
	case map[string]any:
		properties, _ := v["properties"].(map[string]any)
		required, _ := v["required"].([]any)
		if (v["type"] == "object" || properties != nil) &&
			(v["additionalProperties"] != false || len(required) != len(properties)) {
			return false
		}
		for key, inner := range v {
			switch key {
			case "allOf", "oneOf", "not", "if", "then", "else", "dependentRequired",
				"dependentSchemas", "patternProperties", "prefixItems":
				return false
			case "enum", "const", "default", "examples": // values, no schemas
				continue
			case "properties", "$defs", "definitions":
				named, _ := inner.(map[string]any)
				inner = slices.Collect(maps.Values(named))
			}
			if !strictWithin(inner) {
				return false
			}
		}
	}
	return true
}

// Refusals of a schema and of tools. Servers word them in many ways, and some name a field of their
// own inside, such as Gemini's response_schema. llama.cpp tells that it could make no grammar.
var (
	schemaRefused = wordsOf(
		`(?i)response[ _]?(format|schema)|json[ _-]?schema|structured[ _]?outputs?`,
		`output[ _](format|schema)|output_config\.format|text\.format|\bgrammar\b|guided_json`,
		`\binvalid format\b|\bformat\b[^.]{0,40}(not supported|unsupported)|support[^.]{0,20} format`,
	)
	toolsRefused = wordsOf(
		`(?i)\b(tools?|functions?)([ _-](use|calls?|calling|choice))?['"\x60]?\b[^.]{0,40}`+
			`(not (be )?(supported|allowed|available|enabled|permitted)|unsupported|disabled|`+
			`unknown|unrecognized|forbidden)`,
		`(not|n't|no) support(ed|s)?( for)? (the )?['"\x60]?(tools?|functions?)\b`,
		`no endpoints found that support tool`, // OpenRouter's
		`--jinja`,                              // which llama-server wants for tools
	)
)

// refusedDeclaration finds what an error refuses of a request's schema and tools: the name of the
// field, or "". The answer is checked all the same.
func (m *remote) refusedDeclaration(fields map[string]any, e *providers.Error) string {
	switch e.Kind {
	case providers.BadRequest, providers.ServerError:
	case providers.NotFound: // OpenRouter finds no endpoint that supports what is asked
		if !strings.Contains(e.Message, "support") {
			return ""
		}
	default:
		return ""
	}
	said, name := e.Param+" "+e.Message, m.dialect().schemaField()
	outer, _, within := strings.Cut(name, ".")
	if !within && fields[name] != nil || nested(fields, name) != nil {
		in, _ := fields[outer].(map[string]any)
		alone := within && len(in) == 1 && refusal.in(e.Message) &&
			(e.Param == outer || mention(e.Message, outer) >= 0 ||
				strings.HasPrefix(e.Message, outer+":"))
		if alone || schemaRefused.in(said) || strings.HasPrefix(e.Param, name) {
			return name
		}
	}
	if fields["tools"] != nil && (toolsRefused.in(said) || strings.HasPrefix(e.Param, "tools")) {
		return "tools"
	}
	return ""
}
