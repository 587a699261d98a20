package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
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
	// further codes, types and reasons of the same error, lower case, apart by spaces
	also   string
	param  string
	status int           // a status inside the body, 0 where there is none
	wait   time.Duration // that the body asks for, 0 where it does not
	until  time.Time     // when to come back, where the body names a time
	need   int           // tokens that the request has, where the body counts them
	name   string        // of an exception, as the server writes it
	raw    bool          // the message is the body itself: it has the shape of no known error
	signin bool          // the body says where to sign in (Ollama, of its cloud)
}

// maxMessage bounds what is kept of an error message, in bytes.
const maxMessage = 600

// parseErrorBody reads an error body: JSON in the shapes that servers and gateways use, XML, an
// event stream, an HTML page, of which only the title counts, plain text, or nothing. JSON in no
// known shape is quoted.
func parseErrorBody(body []byte) serverError {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
	switch {
	case len(body) == 0:
		return serverError{}
	case body[0] == '{' || body[0] == '[':
		if v, ok := firstDocument(body); ok {
			return readErrorDocument(v)
		}
	case body[0] == '"':
		var said string
		if json.Unmarshal(body, &said) == nil && said != "" {
			// JSON written into a string
			if inner := parseErrorBody([]byte(said)); !inner.raw && inner.kind != "html" {
				return inner
			}
			return serverError{message: tidyMessage(said), raw: true}
		}
	case body[0] == '<':
		if e, ok := readErrorXML(body); ok {
			return e
		}
		return serverError{message: tidyMessage(pageWords(body)), kind: "html"}
	case bytes.HasPrefix(body, []byte("data:")), bytes.HasPrefix(body, []byte("event:")),
		body[0] == ':':
		for line := range bytes.Lines(body) {
			if data, ok := bytes.CutPrefix(bytes.TrimSpace(line), []byte("data:")); ok {
				if data = bytes.TrimSpace(data); len(data) > 0 && data[0] == '{' {
					return parseErrorBody(data)
				}
			}
		}
	}
	e := serverError{message: string(body), raw: true}
	e.openMessage(0) // words with an upstream's JSON in them
	e.message = tidyMessage(e.message)
	return e
}

// firstDocument reads the JSON document that a body begins with. A server may have run another one
// into it.
func firstDocument(body []byte) (v any, ok bool) {
	if json.Unmarshal(body, &v) == nil {
		return v, true
	}
	v = nil
	return v, json.NewDecoder(bytes.NewReader(body)).Decode(&v) == nil
}

// readErrorDocument reads an error that is JSON.
func readErrorDocument(v any) serverError {
	e := serverError{}
	e.take(v, 0)
	switch {
	case e.message == "" && e.name != "":
		e.message = e.name
	case e.message == "":
		e.message, e.raw = plainJSON(v), true
	default:
		e.openMessage(0)
	}
	e.message = tidyMessage(e.message)
	return e
}

// plainJSON writes a document without needless escapes: a key must be found in it to be cut out.
func plainJSON(v any) string {
	var buf strings.Builder
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // what was JSON can be written as JSON
	return buf.String()
}

// openMessage reads an upstream's error in a gateway's message, written there as JSON. The
// gateway's own words before it stay.
func (e *serverError) openMessage(depth int) {
	at := strings.IndexAny(e.message, "{[")
	if at < 0 || depth > 2 {
		return
	}
	v, ok := firstDocument([]byte(e.message[at:]))
	if !ok {
		return
	}
	var inner serverError
	if inner.take(v, 0); inner.message == "" {
		return
	}
	inner.openMessage(depth + 1)
	e.message, e.raw = e.message[:at]+inner.message, false
	e.lack(&inner)
}

// lack fills in from another reading of the error what this one has not.
func (e *serverError) lack(o *serverError) {
	fill := func(to *string, from string) {
		if *to == "" {
			*to = from
		}
	}
	fill(&e.kind, o.kind)
	fill(&e.param, o.param)
	e.addCode(o.code)
	e.addCode(o.also)
	if e.code == "" {
		e.code = o.code
	}
	if e.status == 0 {
		e.status = o.status
	}
	if e.wait == 0 {
		e.wait = o.wait
	}
	if e.until.IsZero() {
		e.until = o.until
	}
}

// Names of fields in which servers put an error's text, folded (see fold) and best first, and of
// those that wrap them.
var (
	errorWords = []string{"message", "errormessage", "errmessage", "statusmessage", "statusmsg",
		"errormsg", "errmsg", "errordescription", "error", "detail", "details", "msg",
		"faultstring", "errors", "htmlmessage", "err", "description", "reason", "title"}
	errorBoxes = []string{"error", "err", "fault", "exception", "baseresp", "failure"}
	otherBoxes = []string{"response", "responsemetadata", "header", "result", "output", "data",
		"body"}
)

// fold gives an object's fields by their names without case and signs: error_msg, errorMsg and
// ErrorMsg are one.
func fold(o map[string]any) map[string]any {
	out := make(map[string]any, len(o))
	for name, v := range o {
		folded := strings.NewReplacer("_", "", "-", "", "@", "").Replace(strings.ToLower(name))
		if _, taken := out[folded]; !taken || folded == name {
			out[folded] = v
		}
	}
	return out
}

// take reads one value of an error body, descending into what wraps it.
func (e *serverError) take(v any, depth int) {
	if depth > 5 {
		return
	}
	switch v := v.(type) {
	case string:
		if e.message == "" && !isSuccess(v) {
			e.message = v
		}
	case []any:
		// Gemini wraps in an array; FastAPI and Mistral list one entry a bad field
		for _, item := range v {
			e.take(item, depth+1)
			if e.message != "" {
				return
			}
		}
	case map[string]any:
		e.takeObject(fold(v), depth)
	}
}

// isSuccess reports whether a text says that all is well. Some servers send it with every answer.
func isSuccess(s string) bool {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "", "ok", "success", "succeeded", "successful", "null", "none", "成功":
		return true
	}
	return false
}

// takeObject reads a folded object.
func (e *serverError) takeObject(o map[string]any, depth int) {
	for _, name := range errorBoxes {
		if inner, ok := o[name].(map[string]any); ok && depth < 5 {
			// the inner object knows best; what it lacks may stand outside
			e.takeObject(fold(inner), depth+1)
		}
	}
	e.takeKind(o)
	e.takeCode(o)
	e.takeWait(o)
	e.takeReasons(o)
	if p, ok := o["param"].(string); ok && e.param == "" {
		e.param = p
	}
	if _, ok := o["signinurl"]; ok {
		e.signin = true
	}
	if n, ok := o["nprompttokens"].(float64); ok { // llama.cpp
		e.need = int(n)
	}
	if m, ok := o["metadata"].(map[string]any); ok {
		e.takeMetadata(fold(m), depth)
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
	if fields, ok := o["errors"].(map[string]any); ok && e.message == "" {
		e.takeFields(fields)
	}
	for _, name := range otherBoxes { // Tencent's Response, Spark's header
		inner, ok := o[name].(map[string]any)
		if e.message != "" || !ok || depth > 2 {
			continue
		}
		if f := fold(inner); isError(f) {
			e.takeObject(f, depth+1)
		}
	}
}

// takeFields reads the messages of an object that has some for each bad field, as Rails and Laravel
// write them. The first field counts.
func (e *serverError) takeFields(fields map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		said := fields[name]
		if list, ok := said.([]any); ok && len(list) > 0 {
			said = list[0]
		}
		if text, ok := said.(string); ok && text != "" {
			e.param, e.message = name, name+": "+text
			return
		}
	}
}

// isError reports whether a folded object looks like an error.
func isError(o map[string]any) bool {
	for _, name := range []string{"error", "errors", "errorcode", "errcode", "errormessage",
		"errormsg", "errmsg", "fault", "statusmsg"} {
		if o[name] != nil {
			return true
		}
	}
	return (o["code"] != nil || o["type"] != nil) && (o["message"] != nil || o["msg"] != nil)
}

// takeKind reads the type of an error. A type that is an address (RFC 9457) says nothing.
func (e *serverError) takeKind(o map[string]any) {
	for _, name := range []string{"type", "errortype", "status"} {
		s, ok := o[name].(string)
		if s = awsType(s); ok && e.kind == "" && s != "error" && s != "failure" &&
			!strings.ContainsAny(s, ":/") {
			e.kind = strings.ToLower(s)
			if strings.HasSuffix(s, "Exception") {
				e.name = s
			}
		}
	}
}

// awsType is the type of an error of AWS without its namespace, as in
// com.amazon.coral.service#AccessDeniedException, and without the address that may follow it.
// https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html#operation-error-serialization
func awsType(s string) string {
	if !strings.Contains(s, "Exception") {
		return s
	}
	s, _, _ = strings.Cut(s, ":")
	return s[strings.LastIndexByte(s, '#')+1:]
}

// takeCode reads a code, which is a word or a number; a number may be an HTTP status.
func (e *serverError) takeCode(o map[string]any) {
	for _, name := range []string{"code", "httpstatuscode", "statuscode", "httpstatus", "errorcode",
		"errcode", "status"} {
		switch c := o[name].(type) {
		case string:
			if e.code == "" && name != "status" && name != "statuscode" && name != "httpstatus" {
				e.code = strings.ToLower(c)
			}
			if n, err := strconv.Atoi(c); err == nil {
				e.setStatus(n)
			}
		case float64:
			e.setStatus(int(c))
		}
	}
}

// takeReasons collects what else names the error for programs: the reasons of google.rpc.ErrorInfo
// among the details, Azure's innererror, GraphQL's extensions, an OAuth error beside its
// description.
func (e *serverError) takeReasons(o map[string]any) {
	for _, name := range []string{"details", "errors"} {
		list, _ := o[name].([]any)
		for _, d := range list {
			if d, ok := d.(map[string]any); ok {
				d := fold(d)
				e.takeWait(d)
				if m, ok := d["metadata"].(map[string]any); ok { // google.rpc.ErrorInfo
					e.takeWait(fold(m))
				}
				e.addCode(d["reason"])
				e.addCode(d["code"])
			}
		}
	}
	for _, name := range []string{"innererror", "extensions"} {
		if inner, ok := o[name].(map[string]any); ok {
			e.addCode(fold(inner)["code"])
		}
	}
	kind, _ := o["type"].(string)
	e.addCode(awsType(kind))
	if o["errordescription"] != nil {
		e.addCode(o["error"])
	}
}

// addCode notes a further code.
func (e *serverError) addCode(v any) {
	s, _ := v.(string)
	if s = strings.ToLower(s); s == "" || s == "error" || len(s) > 80 ||
		strings.ContainsAny(s, ":/") || s == e.kind || s == e.code ||
		slices.Contains(strings.Fields(e.also), s) {
		return
	}
	e.also = strings.TrimSpace(e.also + " " + s)
}

// fieldPath names a place in the request's body: of ["body", "stream_options", "include_usage"] it
// makes stream_options.include_usage.
func fieldPath(loc []any) string {
	var path []string
	for i, step := range loc {
		if i > 0 || step != "body" || len(loc) == 1 {
			path = append(path, fmt.Sprint(step))
		}
	}
	return strings.Join(path, ".")
}

// takeMetadata reads what OpenRouter puts beside its own words: the kind of the error, that the
// prompt was refused (403), the headers of the upstream's answer, and the upstream's own error. Its
// message says no more than "Provider returned error".
// https://openrouter.ai/docs/api-reference/errors
func (e *serverError) takeMetadata(m map[string]any, depth int) {
	if s, ok := m["errortype"].(string); ok && e.kind == "" {
		e.kind = strings.ToLower(s)
	}
	if _, flagged := m["flaggedinput"]; flagged {
		e.kind = "content_filter"
	}
	e.takeWait(m)
	if depth > 2 {
		return
	}
	var said serverError
	switch raw := m["raw"].(type) {
	case string:
		said = parseErrorBody([]byte(raw))
	case map[string]any:
		said.takeObject(fold(raw), depth+1)
	}
	if said.message == "" {
		return
	}
	e.message = said.message
	said.status, said.raw = 0, false // a status that the upstream had is OpenRouter's own already
	if said.code != "" {
		e.code = said.code
	}
	e.lack(&said)
}

// setStatus takes a number that can be an HTTP status of an error; the innermost object's counts.
func (e *serverError) setStatus(n int) {
	if n >= 400 && n < 600 && e.status == 0 {
		e.status = n
	}
}

var tagRE = regexp.MustCompile(`(?s)<[a-zA-Z/!][^<>]*>`)

// tidyMessage makes a server's message one clean line without markup.
func tidyMessage(s string) string {
	if strings.Contains(s, "<") {
		s = plainText(s)
	}
	return providers.CleanLine(s)
}

// shorten bounds what is kept of a message. It comes after the key was cut out, of which it could
// leave a part.
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
