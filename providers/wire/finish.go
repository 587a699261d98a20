package wire

import (
	"encoding/json"
	"strings"

	"lineup/providers"
)

// finishOverload is DeepSeek's finish reason where its servers are full.
const finishOverload = "insufficient_system_resource"

// finishReason puts the servers' words for the end of an answer into one vocabulary; "" where the
// word says that there is no end yet. Case does not matter, nor do the prefixes that enumerations
// bring along ("FINISH_REASON_STOP", "FinishReason.STOP"). Gemini's endpoint for OpenAI's protocol
// also says "content_filter: PROHIBITED_CONTENT"; vLLM ends what its engine gave up with "abort"
// (vllm-project/vllm#57082). A word that is not known is passed on.
func finishReason(said string) string {
	word, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(said)), ":")
	word = strings.ReplaceAll(strings.ReplaceAll(word, "-", "_"), " ", "_")
	for _, prefix := range []string{"finish_reason_", "finishreason.", "finish_reason.",
		"stop_reason_", "stopreason."} {
		word = strings.TrimPrefix(word, prefix)
	}
	switch word {
	case "", "null", "none", "nil", "undefined", "unspecified", "finish_reason_unspecified",
		"not_finished", "in_progress":
		return ""
	case "stop", "stopped", "eos", "eos_token", "stop_sequence", "stop_token", "end_turn", "end",
		"eot", "end_of_turn",
		"end_of_text", "complete", "completed", "finish", "finished", "done", "success", "load",
		"unload":
		return providers.FinishStop
	case "length", "max_tokens", "max_token", "max_output_tokens", "max_new_tokens",
		"max_completion_tokens", "max_length",
		"token_limit", "token_limit_reached", "max_tokens_reached", "length_limit", "limit",
		"output_limit", "truncated",
		"model_length", "model_context_window_exceeded", "context_length",
		"context_length_exceeded", "context_limit",
		"context_window_exceeded", "max_context_length", "error_limit", "exceed_length",
		"length_exceeded":
		return providers.FinishLength
	case "content_filter", "content_filtered", "content_filter_error", "contentfilter", "filtered",
		"filter", "refusal",
		"refused", "safety", "image_safety", "recitation", "image_recitation", "blocklist",
		"blocked", "block",
		"prohibited_content", "image_prohibited_content", "spii", "language", "model_armor",
		"sensitive",
		"sensitive_content", "risk", "guardrail", "guardrails", "guardrail_intervened",
		"moderation", "moderated",
		"content_policy", "content_policy_violation", "policy_violation", "content_blocked",
		"flagged", "error_toxic",
		"toxic", "data_inspection_failed", "datainspectionfailed", "content_moderation",
		"violation":
		return providers.FinishFilter
	case "tool_calls", "tool_call", "tool_use", "tool_uses", "function_call", "function_calls",
		"tools":
		return providers.FinishTools
	case "abort", "aborted", "error", "failed", "failure", "server_error", "timeout", "time_limit",
		"cancelled", "canceled":
		return providers.FinishError
	case finishOverload:
		return finishOverload
	}
	return providers.CleanLine(said)
}

// finishOf reads a finish reason wherever it stands in: a string, an object with its type, or the
// number that Google's enumeration has for it (1 to 4: STOP, MAX_TOKENS, SAFETY, RECITATION).
func finishOf(raw json.RawMessage) string {
	switch {
	case !present(raw):
		return ""
	case raw[0] == '{':
		var v struct {
			Type   json.RawMessage `json:"type"`
			Reason json.RawMessage `json:"reason"`
		}
		if unmarshal(raw, &v) != nil {
			return ""
		}
		if s := textOf(v.Type); s != "" {
			return s
		}
		return textOf(v.Reason)
	}
	switch s := textOf(raw); s {
	case "0", "false":
		return ""
	case "1", "true":
		return "stop"
	case "2":
		return "max_tokens"
	case "3", "4":
		return "safety"
	default:
		return s
	}
}

// weight orders finish reasons: one that says less never takes the place of one that says more.
// OpenAI ends a refusal with "stop", and Gemini calls of tools.
func weight(finish string) int {
	switch finish {
	case "":
		return 0
	case providers.FinishStop:
		return 1
	case providers.FinishFilter:
		return 3
	}
	return 2
}

// setFinish notes a finish reason.
func (t *streamState) setFinish(said string) {
	if s := finishReason(said); weight(s) >= weight(t.finish) {
		t.finish = s
	}
}
