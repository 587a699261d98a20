package wire

import (
	"slices"
	"testing"

	"lineup/providers"
)

func TestRefusedParametersAreRecognised(t *testing.T) {
	all := []string{"model", "messages", "stream", "stream_options", "temperature", "top_p", "top_k", "min_p", "seed", "stop",
		"max_tokens", "reasoning_effort"}
	p := testProvider(t, Config{})
	for _, c := range []struct {
		name, body string
		status     int
		fields     []string
		want       string
	}{
		{"OpenAI", `{"error":{"message":"Unsupported value: 'temperature' does not support 0.7 with this model.","type":"invalid_request_error","param":"temperature","code":"unsupported_value"}}`, 400, all, "temperature"},
		{"OpenAI, unknown", `{"error":{"message":"Unknown parameter: 'top_k'.","param":"top_k","code":"unknown_parameter"}}`, 400, all, "top_k"},
		{"OpenAI, max_tokens", `{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","param":"max_tokens","code":"unsupported_parameter"}}`, 400, all, "max_tokens"},
		{"a limit that is too large is no refusal", `{"error":{"message":"max_tokens is too large: 99999. This model supports at most 4096 completion tokens","param":"max_tokens","code":"invalid_value"}}`, 400, all, ""},
		{"an inner parameter", `{"error":{"message":"Unknown parameter","param":"stream_options.include_usage"}}`, 400, all, "stream_options"},
		{"Mistral", `{"detail":[{"type":"extra_forbidden","loc":["body","min_p"],"msg":"Extra inputs are not permitted"}]}`, 422, all, "min_p"},
		{"Mistral, of a field within one", `{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","stream_options","include_usage"],"msg":"Extra inputs are not permitted","input":true}]},"type":"invalid_request_error","param":null,"code":null}`, 422, all, "stream_options"},
		{"Anthropic, top_k beside thinking", `{"type":"error","error":{"type":"invalid_request_error","message":"` + "`top_k` must be unset when thinking is enabled." + `"}}`, 400, all, "top_k"},
		{"Anthropic, top_p beside thinking", `{"type":"error","error":{"type":"invalid_request_error","message":"` + "`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled." + `"}}`, 400, all, "top_p"},
		{"Anthropic, two of which one is enough", `{"type":"error","error":{"type":"invalid_request_error","message":"` + "`temperature` and `top_p` cannot both be specified for this model. Please use only one." + `"}}`, 400, all, "top_p"},
		{"the same through LiteLLM", `{"error":{"message":"litellm.BadRequestError: AnthropicException - temperature and top_p cannot both be specified for this model. Please use only one.","type":null,"param":null,"code":"400"}}`, 400, all, "top_p"},
		{"Gemini", `[{"error":{"code":400,"message":"Invalid JSON payload received. Unknown name \"top_k\": Cannot find field.","status":"INVALID_ARGUMENT"}}]`, 400, all, "top_k"},
		{"Groq", `{"error":{"message":"property 'min_p' is unsupported","type":"invalid_request_error"}}`, 400, all, "min_p"},
		{"Anthropic", `{"type":"error","error":{"type":"invalid_request_error","message":"top_k: Extra inputs are not permitted"}}`, 400, all, "top_k"},
		{"Ollama /v1", `{"error":{"message":"\"tiny\" does not support thinking","type":"api_error"}}`, 400, all, "reasoning_effort"},
		{"Ollama", `{"error":"think value \"high\" is not supported for this model"}`, 400, []string{"model", "think"}, "think"},
		{"Anthropic, thinking that cannot be turned off", `{"type":"error","error":{"type":"invalid_request_error","message":"\"thinking.type.disabled\" is not supported for this model."}}`, 400, []string{"model", "thinking"}, "thinking"},
		{"Ollama behind OpenRouter's spelling", `{"error":{"message":"\"tiny\" does not support thinking"}}`, 400, []string{"model", "reasoning"}, "reasoning"},
		{"Ollama in Anthropic's protocol", `{"error":{"message":"\"tiny\" does not support thinking"}}`, 400, []string{"model", "thinking"}, "thinking"},
		{"what is not sent is not dropped", `{"error":{"message":"Unknown parameter: 'foo'","param":"foo"}}`, 400, all, ""},
		{"nor what must be sent", `{"error":{"message":"Unknown parameter: 'messages'","param":"messages"}}`, 400, all, ""},
		{"plain words are no parameters", `{"error":{"message":"this is not supported, please stop"}}`, 400, all, ""},
		{"a longer word is another parameter", `{"error":{"message":"not supported: xtop_k, top_kZ, top_k2, Atop_k and top_k_"}}`, 400, all, ""},
		{"the first one named", `{"error":{"message":"seed is fine. Unsupported: min_p, top_k"}}`, 400, all, "min_p"},
		{"only of a bad request", `{"error":{"message":"Unknown parameter: 'top_k'","param":"top_k"}}`, 500, all, ""},
	} {
		fields := map[string]any{}
		for _, f := range c.fields {
			fields[f] = 1
		}
		var l quirks
		e := p.statusError("m", respond(c.status), []byte(c.body))
		if again := l.adapt("m", fields, e); again != (c.want != "") {
			t.Errorf("%s: worth asking again: %v, want %q dropped", c.name, again, c.want)
			continue
		}
		before := len(fields)
		dropped := l.apply("m", fields)
		if _, there := fields[c.want]; there {
			t.Errorf("%s: %s is still sent", c.name, c.want)
		}
		if c.want == "max_tokens" {
			if fields["max_completion_tokens"] == nil || len(dropped) != 0 {
				t.Errorf("%s: %v, dropped %v; want it under its other name", c.name, fields, dropped)
			}
		} else if c.want != "" && (len(fields) != before-1 || len(dropped) != 1 || dropped[0] != configName(c.want)) {
			t.Errorf("%s: dropped %v", c.name, dropped)
		}
	}
}

func TestParametersAreToldByTheConfigsNames(t *testing.T) {
	for field, want := range map[string]string{"think": "reasoning_effort", "thinking": "reasoning_effort", "reasoning": "reasoning_effort",
		"output_config": "reasoning_effort", "random_seed": "seed", "stop_sequences": "stop", "max_completion_tokens": "max_tokens", "top_k": "top_k"} {
		if got := configName(field); got != want {
			t.Errorf("%s is told as %s, want %s", field, got, want)
		}
	}
}

func TestWhatWasLearnedIsKeptAModel(t *testing.T) {
	p := testProvider(t, Config{})
	refuse := func(param string) *providers.Error {
		return p.statusError("m", respond(400), []byte(`{"error":{"message":"Unsupported parameter","param":"`+param+`"}}`))
	}
	var l quirks
	fields := func() map[string]any { return map[string]any{"top_k": 1, "min_p": 1, "max_tokens": 1} }
	l.adapt("m", fields(), refuse("top_k"))
	l.adapt("m", fields(), refuse("min_p"))
	if got := l.apply("m", fields()); !slices.Equal(got, []string{"top_k", "min_p"}) {
		t.Errorf("dropped %v", got)
	}
	if l.adaptive("m") || l.adaptive("other") {
		t.Error("a refused parameter makes a model think adaptively")
	}
	if got := l.apply("other", fields()); got != nil {
		t.Errorf("another model lost %v", got)
	}
	other := map[string]any{"max_completion_tokens": 1}
	l.adapt("mistral", other, refuse("max_completion_tokens"))
	if got := l.apply("mistral", other); len(got) != 0 || len(other) != 1 || other["max_tokens"] != 1 {
		t.Errorf("dropped %v, left %v; want the limit under its other name", got, other)
	}
	// A server that takes neither name of the limit gets none.
	l.adapt("m", fields(), refuse("max_tokens"))
	second := fields()
	l.apply("m", second)
	if !l.adapt("m", second, refuse("max_completion_tokens")) {
		t.Error("the second refusal is not learned")
	}
	third := fields()
	if got := l.apply("m", third); !slices.Contains(got, "max_tokens") || len(third) != 0 {
		t.Errorf("dropped %v, left %v", got, third)
	}
}
