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
	case isPlain(body):
		return body, nil
	case layers > 0 && isZlib(body) && inflates(body, openZlib, looksText):
		z, err := zlib.NewReader(body)
		if err != nil {
			return nil, err
		}
		return r.open(bufio.NewReader(z), layers-1)
	// without the header of zlib, as some servers understand deflate
	case layers > 0 && (r.deflated() && inflates(body, openDeflate, looksText) ||
		inflates(body, openDeflate, beginsAnswer)):
		return r.open(bufio.NewReader(flate.NewReader(body)), layers-1)
	case begins(body, 0x28, 0xb5, 0x2f, 0xfd): // RFC 8878 §3.1.1
		return nil, unread("encoded as zstd, which nobody asked for")
	case isTextByte(first[0]) || !r.encoded():
		return body, nil
	case r.deflated():
		return nil, unread("labelled " + providers.CleanLine(r.label) + " that is not")
	}
	return nil, unread("encoded as " + providers.CleanLine(r.label) + ", which nobody asked for")
}

// deflated reports whether the label names an encoding that is made of deflate.
func (r *inflater) deflated() bool {
	return r.labelled("gzip") || r.labelled("x-gzip") || r.labelled("deflate")
}

// unread is the error of a body that cannot be read.
func unread(what string) *providers.Error {
	return &providers.Error{Kind: providers.Protocol,
		Message: "the server sent an answer " + what,
		Hint:    "turn that encoding off in the server or the proxy before it"}
}

// isPlain reports whether an event stream or a document comes next as it is. The letters of a field
// may begin a compressed body too, its whole name does not.
func isPlain(body *bufio.Reader) bool {
	first, _ := body.Peek(1)
	if len(first) == 1 && bytes.IndexByte([]byte("{[<\": \t\r\n"), first[0]) >= 0 ||
		first[0] == 0xef && begins(body, 0xef, 0xbb, 0xbf) {
		return true
	}
	for _, field := range []string{"data:", "event:", "id:", "retry:"} {
		if len(first) == 1 && first[0] == field[0] && begins(body, []byte(field)...) {
			return true
		}
	}
	return false
}

func openDeflate(b io.Reader) (io.Reader, error) { return flate.NewReader(b), nil }

func openZlib(b io.Reader) (io.Reader, error) { return zlib.NewReader(b) }

// maxTrial bounds how much of a body is looked at to find out how it is compressed, in bytes.
const maxTrial = 1 << 10

// inflates tries whether the next bytes decompress to something that looks as wanted. It waits for
// no more of them than it takes to tell, and leaves them where they are.
func inflates(body *bufio.Reader, open func(io.Reader) (io.Reader, error),
	looks func([]byte) bool) bool {
	for n := max(2, body.Buffered()); n <= maxTrial; n++ {
		packed, short := body.Peek(n)
		z, err := open(bytes.NewReader(packed))
		var plain [8]byte
		got := 0
		if err == nil {
			got, err = io.ReadFull(z, plain[:])
		}
		switch {
		case got > 0 && (err == nil || !looks(plain[:1])):
			return looks(plain[:got])
		case got > 0 && short != nil: // the whole of a short body
			_, end := z.Read(make([]byte, 1))
			return end == io.EOF && looks(plain[:got])
		case err != nil && err != io.ErrUnexpectedEOF && err != io.EOF, short != nil:
			return false
		}
		n = max(n, body.Buffered())
	}
	return false
}

// looksText reports whether all of some bytes may stand in a text, or whether another layer of
// compression begins.
func looksText(b []byte) bool {
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0x7f {
			return b[0] == 0x1f
		}
	}
	return len(b) > 0
}

// beginsAnswer reports whether an answer may begin so: an event stream, JSON, a page, a byte order
// mark, or another layer of compression.
func beginsAnswer(b []byte) bool {
	if !looksText(b) {
		return false
	}
	b = bytes.TrimLeft(b, " \t\r\n")
	if len(b) == 0 || bytes.IndexByte([]byte("{[<\":\xef\x1f"), b[0]) >= 0 {
		return true
	}
	for _, field := range []string{"data:", "event:", "id:", "retry:"} {
		n := min(len(b), len(field))
		if string(b[:n]) == field[:n] {
			return true
		}
	}
	return false
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
