package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"lineup/providers"
)

// serverError is what an error body says, in whichever of the known shapes it says it.
type serverError struct {
	message string
	kind    string // type or error type, lower case
	code    string // lower case; a number stays a number in decimal digits
	param   string
	status  int           // a status inside the body, 0 where there is none
	wait    time.Duration // that the body asks for (Gemini), 0 where it does not
	raw     bool          // the message is the body itself: it has the shape of no known error
}

// maxMessage bounds what is kept of an error message, in bytes.
const maxMessage = 600

// parseErrorBody reads an error body: OpenAI's, Ollama's, Gemini's, vLLM's, xAI's, FastAPI's, Anthropic's,
// Bifrost's and Portkey's JSON shapes, an SSE body, an HTML page (of which only the title counts), plain text, or
// nothing.
func parseErrorBody(body []byte) serverError {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
	switch {
	case len(body) == 0:
		return serverError{}
	case body[0] == '{' || body[0] == '[':
		var v any
		if json.Unmarshal(body, &v) == nil {
			e := serverError{}
			e.take(v, 0)
			if e.message == "" {
				e.message, e.raw = plainJSON(v), true
			}
			e.message = tidyMessage(e.message)
			return e
		}
	case body[0] == '"':
		var said string
		if json.Unmarshal(body, &said) == nil && said != "" {
			return serverError{message: tidyMessage(said), raw: true}
		}
	case body[0] == '<':
		return serverError{message: tidyMessage(htmlTitle(body)), kind: "html"}
	case bytes.HasPrefix(body, []byte("data:")), bytes.HasPrefix(body, []byte("event:")), body[0] == ':':
		for line := range bytes.Lines(body) {
			if data, ok := bytes.CutPrefix(bytes.TrimSpace(line), []byte("data:")); ok {
				if data = bytes.TrimSpace(data); len(data) > 0 && data[0] == '{' {
					return parseErrorBody(data)
				}
			}
		}
	}
	return serverError{message: tidyMessage(string(body)), raw: true}
}

// plainJSON writes a document without needless escapes: a key must be found in it to be cut out.
func plainJSON(v any) string {
	var buf strings.Builder
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // what was JSON can be written as JSON
	return buf.String()
}

// errorWords are the fields in which servers put an error's text, best first.
var errorWords = []string{"message", "error", "detail", "details", "msg", "html-message", "error_message"}

// take reads one value of an error body, descending into what wraps it.
func (e *serverError) take(v any, depth int) {
	if depth > 5 {
		return
	}
	switch v := v.(type) {
	case string:
		if e.message == "" {
			e.message = v
		}
	case []any:
		for _, item := range v { // Gemini wraps in an array; FastAPI and Mistral list one entry a bad field
			e.take(item, depth+1)
			if e.message != "" {
				return
			}
		}
	case map[string]any:
		e.takeObject(v, depth)
	}
}

func (e *serverError) takeObject(o map[string]any, depth int) {
	if inner, ok := o["error"].(map[string]any); ok {
		e.takeObject(inner, depth+1) // the inner object knows best; what it lacks may stand outside
	}
	for _, name := range []string{"type", "error_type", "status"} {
		if s, ok := o[name].(string); ok && e.kind == "" && s != "error" && s != "failure" {
			e.kind = strings.ToLower(s)
		}
	}
	if s, ok := o["retryDelay"].(string); ok { // google.rpc.RetryInfo, among the details of an error
		if d, err := time.ParseDuration(s); err == nil && d > 0 {
			e.wait = d
		}
	}
	if details, ok := o["details"].([]any); ok {
		for _, d := range details {
			if d, ok := d.(map[string]any); ok && d["retryDelay"] != nil {
				e.takeObject(d, depth+1)
			}
		}
	}
	for _, name := range []string{"code", "http_status_code", "status_code", "status"} {
		switch c := o[name].(type) {
		case string:
			if e.code == "" && name == "code" {
				e.code = strings.ToLower(c)
			}
			if n, err := strconv.Atoi(c); err == nil {
				e.setStatus(n)
			}
		case float64:
			e.setStatus(int(c))
		}
	}
	if p, ok := o["param"].(string); ok && e.param == "" {
		e.param = p
	}
	if m, ok := o["metadata"].(map[string]any); ok {
		e.takeMetadata(m, depth)
	}
	if loc, ok := o["loc"].([]any); ok && len(loc) > 0 { // FastAPI and Mistral name the field here
		e.param = fieldPath(loc)
		if msg, ok := o["msg"].(string); ok && e.message == "" {
			e.message = e.param + ": " + msg
		}
	}
	for _, name := range errorWords {
		if e.message != "" {
			return
		}
		e.take(o[name], depth+1)
	}
}

// fieldPath names a place in the request's body: of ["body", "stream_options", "include_usage"] it makes
// stream_options.include_usage.
func fieldPath(loc []any) string {
	var path []string
	for i, step := range loc {
		if i > 0 || step != "body" || len(loc) == 1 {
			path = append(path, fmt.Sprint(step))
		}
	}
	return strings.Join(path, ".")
}

// takeMetadata reads what OpenRouter puts beside its own words: the kind of the error, that the prompt was refused
// (403), and the upstream's own error, of which the message says no more than "Provider returned error".
// https://openrouter.ai/docs/api-reference/errors
func (e *serverError) takeMetadata(m map[string]any, depth int) {
	if s, ok := m["error_type"].(string); ok && e.kind == "" {
		e.kind = strings.ToLower(s)
	}
	if _, flagged := m["flagged_input"]; flagged {
		e.kind = "content_filter"
	}
	if depth > 2 {
		return
	}
	var said serverError
	switch raw := m["raw"].(type) {
	case string:
		said = parseErrorBody([]byte(raw))
	case map[string]any:
		said.takeObject(raw, depth+1)
	}
	if said.message == "" {
		return
	}
	e.message = said.message
	if e.code == "" && said.code != "" { // a status that the upstream had is OpenRouter's own already
		e.code = said.code
	}
	if e.kind == "" {
		e.kind = said.kind
	}
	if e.param == "" {
		e.param = said.param
	}
}

// setStatus takes a number that can be an HTTP status of an error; the innermost object's counts.
func (e *serverError) setStatus(n int) {
	if n >= 400 && n < 600 && e.status == 0 {
		e.status = n
	}
}

var (
	titleRE = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)
	tagRE   = regexp.MustCompile(`(?s)<[a-zA-Z/!][^<>]*>`)
)

// htmlTitle gives the title of a page, which is all of an HTML error that a person can use.
func htmlTitle(body []byte) string {
	if m := titleRE.FindSubmatch(body); m != nil {
		return html.UnescapeString(string(m[1]))
	}
	return "an HTML page without a title"
}

// tidyMessage makes a server's message one clean line without markup.
func tidyMessage(s string) string {
	if strings.Contains(s, "<") {
		s = html.UnescapeString(tagRE.ReplaceAllString(s, " "))
	}
	return providers.CleanLine(s)
}

// shorten bounds what is kept of a message. It comes after the key was cut out, of which it could leave a part.
func shorten(s string) string {
	if len(s) <= maxMessage {
		return s
	}
	cut := maxMessage
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
