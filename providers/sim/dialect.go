package sim

import (
	"bytes"
	"encoding/json"
	"net/http"
	"time"
)

// dialect is one wire protocol.
type dialect interface {
	name() string
	// read checks the key, where the dialect has one, and reads the request.
	read(h http.Header, body []byte, key string) (query, *failure)
	// check refuses what this model cannot do.
	check(q query, m Model) *failure
	// headers are those of a successful answer.
	headers(h http.Header, id string, stream bool)
	// refuse answers with an error.
	refuse(w http.ResponseWriter, id string, f *failure)
	encoder(id string, q query, now time.Time) encoder
}

// several is a dialect whose requests may ask for more than one answer.
type several interface {
	// encoders makes one encoder for each answer. They share a response: the
	// last one to end, or to be written whole, closes it.
	encoders(id string, q query, now time.Time, n int) []encoder
}

// encoder writes one answer. Each method appends to the buffer what goes out
// in one write; none of them keeps it.
type encoder interface {
	// open is sent with the headers. If it is nothing, the headers wait for
	// the first delta.
	open(to *bytes.Buffer, promptTokens int)
	delta(to *bytes.Buffer, reasoning bool, text string, now time.Time)
	end(to *bytes.Buffer, o outcome)
	ping(to *bytes.Buffer)
	fail(to *bytes.Buffer, f *failure)
	// whole is the answer to a request that does not stream.
	whole(to *bytes.Buffer, reasoning, text string, o outcome)
}

// outcome is what an encoder tells at the end.
type outcome struct {
	now       time.Time
	prompt    int       // tokens
	reasoning int       // tokens
	output    int       // tokens, reasoning included
	length    bool      // cut by the client's limit
	stop      string    // the client's stop sequence that ended the answer, "" for none
	call      *toolCall // that the answer is, with all its arguments; nil for text

	total, load, promptTime, outputTime time.Duration
}

// writeJSON appends an object and a newline, with Go's escapes of <, > and &,
// which Ollama's are too.
func writeJSON(to *bytes.Buffer, v any) {
	if err := json.NewEncoder(to).Encode(v); err != nil {
		panic("sim: " + err.Error()) // a type of this package that is no JSON
	}
}

// writeEvent appends a server-sent event, without a name if event is "".
func writeEvent(to *bytes.Buffer, event string, v any) {
	if event != "" {
		to.WriteString("event: " + event + "\n")
	}
	to.WriteString("data: ")
	writeJSON(to, v)
	to.WriteByte('\n')
}

// jsonObject is writeJSON for a body of its own.
func jsonObject(v any) []byte {
	var b bytes.Buffer
	writeJSON(&b, v)
	return b.Bytes()
}
