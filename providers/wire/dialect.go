package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"lineup/providers"
)

// dialect is a wire protocol. Its values hold no state; a decoder holds that of one stream.
type dialect interface {
	// path of the request, below the base URL.
	path() string
	// body of the request, as JSON fields; nothing stands in it that is not set.
	body(model string, params providers.Params, req providers.Request) map[string]any
	// authorize puts the key where the protocol has it, and what the protocol wants in each header. key may be "".
	authorize(h http.Header, key string)
	// frames cuts a response body into frames.
	frames(r io.Reader, came func() time.Time) frameReader
	// decoder for one stream.
	decoder() decoder
	// listPath and decodeList ask for the models that there are.
	listPath() string
	decodeList(body []byte) ([]providers.Listed, error)
}

// decoder turns the frames of one stream into events.
type decoder interface {
	// decode appends what a frame says to out. It returns errStreamEnd at the protocol's own end mark, and a
	// *failure where the server reports an error inside the stream.
	decode(f frame, out []providers.Event) ([]providers.Event, error)
	// whole appends what a complete, unstreamed answer says.
	whole(data []byte, out []providers.Event) ([]providers.Event, error)
	// state is what the decoder has seen so far.
	state() *streamState
}

// errStreamEnd is the protocol's own end mark. It proves nothing: a gateway sends it after its upstream died.
var errStreamEnd = errors.New("end of stream")

// errNotJSON is a payload that is no JSON document of the protocol.
var errNotJSON = errors.New("the server sent something that is not the protocol's JSON")

// foreignError is errNotJSON with the payload in question.
type foreignError struct{ data []byte }

func (e *foreignError) Error() string { return errNotJSON.Error() }
func (e *foreignError) Unwrap() error { return errNotJSON }

// failure is an error that the server reported inside a stream under HTTP 200.
type failure struct{ serverError }

func (f *failure) Error() string { return f.message }

// streamFailure reads the error object of a frame.
func streamFailure(frame []byte) *failure { return &failure{parseErrorBody(frame)} }

// bearer sends a key as RFC 6750 has it.
func bearer(h http.Header, key string) {
	if key != "" {
		h.Set("Authorization", "Bearer "+key)
	}
}

// unmarshal decodes JSON and forgives a field of the wrong type: one odd field must not hide the others.
func unmarshal(data []byte, v any) error {
	err := json.Unmarshal(data, v)
	var wrongType *json.UnmarshalTypeError
	if err == nil || errors.As(err, &wrongType) {
		return nil
	}
	return errNotJSON
}

// decodeLines handles documents that a server ran together: several data lines of one event, each a document.
func decodeLines(f frame, data []byte, out []providers.Event, decode func(frame, []providers.Event) ([]providers.Event, error)) ([]providers.Event, error) {
	if bytes.IndexByte(data, '\n') < 0 {
		return out, errNotJSON
	}
	for line := range bytes.Lines(data) {
		if f.data = bytes.TrimSpace(line); len(f.data) == 0 {
			continue
		}
		var err error
		if out, err = decode(f, out); err != nil {
			return out, err
		}
	}
	return out, nil
}

// isText reports whether a raw JSON value is a string that is not empty.
func isText(raw json.RawMessage) bool { return len(raw) > 2 && raw[0] == '"' }

// tellsError reports whether a raw error field tells of one. Beside an answer, null, "", {} and false do not.
func tellsError(raw json.RawMessage) bool {
	switch string(raw) {
	case "", "null", `""`, "{}", "false":
		return false
	}
	return true
}

// present reports whether a raw JSON value is there and not null.
func present(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" }
