package sim

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
)

// failure is an error that goes to the client, without its dialect.
type failure struct {
	status  int
	message string
	kind    string // OpenAI's error.type
	code    string // OpenAI's error.code; "": null
	header  http.Header
	body    string // in place of the dialect's error object
}

func badRequest(message string) *failure {
	return &failure{status: http.StatusBadRequest, message: message, kind: "invalid_request_error"}
}

func unknownModel(name string) *failure {
	return &failure{
		status: http.StatusNotFound, message: fmt.Sprintf("model '%s' not found", name),
		kind: "invalid_request_error", code: "model_not_found",
	}
}

func unauthorized(message string) *failure {
	return &failure{
		status: http.StatusUnauthorized, message: message,
		kind: "invalid_request_error", code: "invalid_api_key",
	}
}

// usual returns what hosted servers say with a status: OpenAI's documented
// error messages, OpenRouter's for 402, Anthropic's for 529, and for the
// statuses of proxies, which know no API, their HTML pages.
func usual(status int) *failure {
	f := &failure{status: status, kind: "invalid_request_error", message: http.StatusText(status)}
	switch status {
	case 401:
		f.message, f.code = "Incorrect API key provided.", "invalid_api_key"
	case 402:
		f.message, f.kind, f.code = "Insufficient credits. Add more credits and try again.",
			"insufficient_quota", "insufficient_quota"
	case 403:
		f.message, f.kind, f.code = "This key has no access to the model.", "permission_error",
			"model_access_denied"
	case 429:
		f.message, f.kind, f.code = "Rate limit reached: limit 3 requests a minute. Please try "+
			"again later.", "requests", "rate_limit_exceeded"
	case 500:
		f.message, f.kind = "The server had an error while processing your request.", "server_error"
	case 503:
		f.message, f.kind = "The engine is currently overloaded, please try again later.",
			"server_error"
	case 529:
		f.message, f.kind = "Overloaded", "overloaded_error"
	case 502, 504:
		f.html("%d %s", "nginx", http.StatusText(status))
	case 520:
		f.html("sim.invalid | %d: %s", "cloudflare", "Web server is returning an unknown error")
	case 521:
		f.html("sim.invalid | %d: %s", "cloudflare", "Web server is down")
	case 522:
		f.html("sim.invalid | %d: %s", "cloudflare", "Connection timed out")
	case 523:
		f.html("sim.invalid | %d: %s", "cloudflare", "Origin is unreachable")
	case 524:
		f.html("sim.invalid | %d: %s", "cloudflare", "A timeout occurred")
	default:
		if status >= 500 {
			f.kind = "server_error"
		}
	}
	if f.message == "" {
		f.message = "status " + strconv.Itoa(status)
	}
	return f
}

// html turns the failure into a proxy's error page.
func (f *failure) html(title, server, text string) {
	title = fmt.Sprintf(title, f.status, text)
	f.header = http.Header{"Content-Type": {"text/html"}, "Server": {server}}
	f.body = "<html>\r\n<head><title>" + title + "</title></head>\r\n<body>\r\n<center><h1>" +
		title + "</h1></center>\r\n<hr><center>" + server + "</center>\r\n</body>\r\n</html>\r\n"
}

// failure is what a FaultStatus answers to a request for the named model.
func (f Fault) failure(model string) *failure {
	fail := usual(f.Status)
	if f.Status == http.StatusNotFound {
		fail = unknownModel(model)
	}
	if f.Body != "" {
		fail.body, fail.header = f.Body, nil
	}
	header := make(http.Header)
	for _, more := range []http.Header{fail.header, f.Header} {
		for name, values := range more {
			header[http.CanonicalHeaderKey(name)] = values
		}
	}
	if f.RetryAfter > 0 { // whole seconds, never fewer than meant
		header.Set("Retry-After", strconv.Itoa(int(math.Ceil(f.RetryAfter.Seconds()))))
	}
	fail.header = header
	return fail
}

// refuse writes a failure; body and contentType are the dialect's error object.
func (f *failure) refuse(w http.ResponseWriter, contentType string, body []byte) {
	if f.body != "" {
		body = []byte(f.body)
	}
	h := w.Header()
	h.Set("Content-Type", contentType)
	for name, values := range f.header {
		h[name] = values
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(f.status)
	w.Write(body)
}
