package config

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
)

// maxModelList bounds what is read of a model list.
const maxModelList = 4 << 20

// ask finds out whether a model server answers. The answers are those of
// Ollama 0.17, llama.cpp 0.5, LM Studio, vLLM and LiteLLM.
func (c candidate) ask(ctx context.Context, client *http.Client) (Found, bool) {
	a, problem := parseBaseURL(c.baseURL)
	if problem != "" {
		return Found{}, false
	}
	f := Found{Provider: Provider{Name: c.name, Kind: c.kind, BaseURL: c.baseURL, Local: a.local}}
	if a.plain && !a.local {
		f.Problem = "OLLAMA_HOST names " + quote(a.host) +
			" over plain http, readable by anyone on the way; " +
			"use https, or write a [providers.ollama] section with allow_http = true"
		return f, true
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.list, nil)
	if err != nil {
		return Found{}, false
	}
	request.Header.Set("Accept", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return Found{}, false
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxModelList))
	if err != nil {
		return Found{}, false
	}
	if response.StatusCode == http.StatusOK {
		if c.kind == Ollama {
			return f.ollama(body)
		}
		return f.openAI(body)
	}
	return f.refused(response, body)
}

// listed is one model of a server's list.
type listed struct {
	name     string
	modified time.Time // zero where the server does not say
	chat     bool      // it answers prompts, on this machine
	size     int64     // in bytes; 0 where the server does not say
}

// ollama reads the answer of GET /api/tags.
func (f Found) ollama(body []byte) (Found, bool) {
	var tags struct {
		Models json.RawMessage `json:"models"` // null where none is installed
	}
	var models []struct {
		Name       string `json:"name"`
		ModifiedAt string `json:"modified_at"` // RFC 3339
		Size       int64  `json:"size"`
		RemoteHost string `json:"remote_host"` // set for a model of Ollama's cloud
		Details    struct {
			Family string `json:"family"`
		} `json:"details"`
	}
	if json.Unmarshal(body, &tags) != nil || tags.Models == nil ||
		json.Unmarshal(tags.Models, &models) != nil {
		return Found{}, false
	}
	var list []listed
	for _, m := range models {
		cloud := m.RemoteHost != "" || strings.HasSuffix(m.Name, "-cloud") ||
			strings.HasSuffix(m.Name, ":cloud")
		modified, _ := time.Parse(time.RFC3339Nano, m.ModifiedAt) // without a date it is the oldest
		list = append(list, listed{m.Name, modified, !cloud && isChat(m.Name) &&
			isChat(m.Details.Family), m.Size})
	}
	newestFirst := func(a, b listed) int { return b.modified.Compare(a.modified) }
	choice := slices.Clone(list)
	slices.SortStableFunc(choice, newestFirst)
	// Llama 3 is the usual thing to compare with. Otherwise the model fetched last is the one its
	// owner is trying out.
	slices.SortStableFunc(choice,
		func(a, b listed) int { return llama3First(a.name) - llama3First(b.name) })
	return f.with(list, choice,
		"Ollama has no model for prompts yet; fetch one: ollama pull llama3.1"), true
}

func llama3First(name string) int {
	if strings.HasPrefix(strings.ToLower(name), "llama3") {
		return 0
	}
	return 1
}

// openAI reads the answer of GET /v1/models.
func (f Found) openAI(body []byte) (Found, bool) {
	var answer struct {
		Object string `json:"object"`
		Data   []struct {
			ID      string `json:"id"`
			OwnedBy string `json:"owned_by"`
		} `json:"data"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return Found{}, false
	}
	var list []listed
	for _, m := range answer.Data {
		if m.ID == "" {
			continue
		}
		// LiteLLM lists patterns such as openai/* too.
		list = append(list, listed{name: m.ID, chat: isChat(m.ID) && !strings.Contains(m.ID, "*")})
		// Two programs say who they are, whatever port they were put on.
		switch m.OwnedBy {
		case "llamacpp", "vllm":
			f.Provider.Name = m.OwnedBy
			f.Provider.Own = new(true)
		}
	}
	if len(list) == 0 && answer.Object != "list" {
		return Found{}, false
	}
	return f.with(list, list, "the server at "+f.Provider.BaseURL+" has no model for prompts "+
		"loaded; load one there"), true
}

// with takes over the names in list and chooses the first model in choice that
// answers prompts; none is the problem given.
func (f Found) with(list, choice []listed, none string) Found {
	for _, m := range list {
		if !strings.ContainsFunc(m.name, unicode.IsControl) {
			f.Models = append(f.Models, m.name)
		}
	}
	for _, m := range choice {
		if m.chat && slices.Contains(f.Models, m.name) {
			f.Chat = append(f.Chat, m.name)
			if m.size > 0 {
				if f.Sizes == nil {
					f.Sizes = map[string]int64{}
				}
				f.Sizes[m.name] = m.size
			}
		}
	}
	if len(f.Chat) == 0 {
		f.Problem = none
		return f
	}
	f.Model = f.Chat[0]
	return f
}

// refused reads an answer other than 200: a model server that is still loading
// (llama.cpp, 503) or wants a key (401), or no model server at all.
func (f Found) refused(response *http.Response, body []byte) (Found, bool) {
	var answer struct {
		Error json.RawMessage `json:"error"`
	}
	var detail struct {
		Type string `json:"type"`
	}
	if f.Provider.Kind != OpenAI || json.Unmarshal(body, &answer) != nil || answer.Error == nil {
		return Found{}, false
	}
	isObject := json.Unmarshal(answer.Error, &detail) == nil
	isLlamaCpp := strings.Contains(response.Header.Get("Server"), "llama.cpp")
	switch response.StatusCode {
	case http.StatusServiceUnavailable:
		if !isLlamaCpp && detail.Type != "unavailable_error" {
			return Found{}, false
		}
		// It will list its model later; it serves that one under any name.
		f.Provider.Name, f.Model, f.Loading = "llamacpp", "default", true
		return f, true
	case http.StatusUnauthorized, http.StatusForbidden:
		isVLLM := !isObject && string(answer.Error) == `"Unauthorized"`
		if !isLlamaCpp && !isVLLM && detail.Type != "authentication_error" &&
			detail.Type != "auth_error" {
			return Found{}, false
		}
		if isLlamaCpp {
			f.Provider.Name = "llamacpp"
		}
		f.Problem = "the server at " + f.Provider.BaseURL + " wants a key; write a [providers." +
			f.Provider.Name +
			"] section with its base_url and api_key_env"
		return f, true
	}
	return Found{}, false
}

// isChat says whether a model, by its name or family, answers prompts, rather
// than embedding, ranking, hearing, speaking, painting or judging them.
func isChat(name string) bool {
	name = strings.ToLower(name)
	for _, part := range []string{"embed", "minilm", "rerank", "whisper", "stable-diffusion",
		"dall-e", "moderation", "nomic-bert"} {
		if strings.Contains(name, part) {
			return false
		}
	}
	words := strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune("-_/:.", r) })
	for _, word := range []string{"bge", "e5", "gte", "bert", "tts", "asr", "clip", "sdxl", "flux",
		"guard", "guard3"} {
		if slices.Contains(words, word) {
			return false
		}
	}
	return true
}

// hostOf is the host and port of a URL; "" where it has none.
func hostOf(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	return u.Host
}
