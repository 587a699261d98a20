package wire

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/http"
	"slices"
	"strings"

	"lineup/providers"
)

// inflate undoes the compression of a body, as it arrives. No encoding is ever asked for, and the
// labels of those that come all the same are often wrong: a body is what its first bytes say.
func inflate(resp *http.Response) io.Reader {
	return &inflater{body: bufio.NewReader(resp.Body), label: resp.Header.Get("Content-Encoding")}
}

// inflater looks at a body when it is first read.
type inflater struct {
	body  *bufio.Reader
	label string
	plain io.Reader // nil until the body has been looked at
	err   error
}

func (r *inflater) Read(p []byte) (int, error) {
	if r.plain == nil && r.err == nil {
		r.plain, r.err = r.open(r.body, 2)
	}
	if r.err != nil {
		return 0, r.err
	}
	return r.plain.Read(p)
}

// open looks at the first bytes. Compression may have been applied twice.
func (r *inflater) open(body *bufio.Reader, layers int) (io.Reader, error) {
	first, err := body.Peek(1)
	if err != nil { // nothing comes: its end says why
		return body, nil
	}
	switch {
	case layers > 0 && first[0] == 0x1f && begins(body, 0x1f, 0x8b): // RFC 1952 §2.3.1
		z, err := gzip.NewReader(body)
		if err != nil {
			return nil, err
		}
		return r.open(bufio.NewReader(z), layers-1)
	case layers > 0 && r.labelled("deflate") && isZlib(body):
		z, err := zlib.NewReader(body)
		if err != nil {
			return nil, err
		}
		return r.open(bufio.NewReader(z), layers-1)
	case layers > 0 && r.labelled("deflate") && !isTextByte(first[0]): // without the header of zlib
		return r.open(bufio.NewReader(flate.NewReader(body)), layers-1)
	case isTextByte(first[0]) || !r.encoded():
		return body, nil
	}
	return nil, &providers.Error{Kind: providers.Protocol,
		Message: "the server sent an answer encoded as " + providers.CleanLine(r.label) +
			", which nobody asked for",
		Hint: "turn that encoding off in the server or the proxy before it"}
}

// begins reports whether the next bytes are these.
func begins(body *bufio.Reader, want ...byte) bool {
	got, _ := body.Peek(len(want)) // shorter where the body ends
	return bytes.Equal(got, want)
}

// isZlib reports whether a header of zlib comes next. RFC 1950 §2.2: the compression method is 8,
// and the two bytes are a multiple of 31.
func isZlib(body *bufio.Reader) bool {
	b, _ := body.Peek(2) // shorter where the body ends
	return len(b) == 2 && b[0]&0x0f == 8 && (int(b[0])<<8|int(b[1]))%31 == 0
}

// labelled reports whether the label names an encoding.
func (r *inflater) labelled(encoding string) bool {
	return slices.Contains(strings.Fields(strings.ReplaceAll(strings.ToLower(r.label), ",", " ")),
		encoding)
}

// encoded reports whether the label names an encoding that real bodies have.
// https://www.iana.org/assignments/http-parameters
func (r *inflater) encoded() bool {
	for _, encoding := range []string{"gzip", "x-gzip", "deflate", "br", "zstd", "compress",
		"x-compress", "dcb", "dcz"} {
		if r.labelled(encoding) {
			return true
		}
	}
	return false
}

// isTextByte reports whether JSON, an event stream, a page or plain words may begin with a byte: a
// byte order mark and letters beyond ASCII are among them.
func isTextByte(c byte) bool {
	return c >= ' ' && c < 0x7f || c == '\n' || c == '\r' || c == '\t' || c >= 0xc2 && c <= 0xf4
}
