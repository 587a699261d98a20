package wire

import (
	"compress/gzip"
	"errors"
	"strings"

	"lineup/providers"
)

// framingFault has net/http's words for broken framing, which it has no types for: odd headers, odd
// sizes of chunks. It will be broken again.
var framingFault = wordsOf(
	`(?i)transfer encoding|content-length|malformed (MIME|chunk)`,
	`invalid (byte in chunk|header field)|chunk(ed)? (length|line|encoding)`,
	`headers? (exceeded|too large)|trailer|too many (1xx|headers)`,
)

// framingError is the error of such an answer, nil where the fault is another one.
func (p *Provider) framingError(err error) *providers.Error {
	said := rootMessage(err)
	if !framingFault.in(said) {
		return nil
	}
	what := "its framing is malformed"
	switch lower := strings.ToLower(said); {
	case strings.Contains(lower, "transfer encoding"):
		what = "its header Transfer-Encoding is malformed"
	case strings.Contains(lower, "content-length"):
		what = "its header Content-Length is malformed"
	case strings.Contains(lower, "chunk"):
		what = "a chunk of its body is malformed"
	case strings.Contains(lower, "header"):
		what = "a header is malformed"
	}
	return &providers.Error{Kind: providers.Protocol, Message: p.base.Host +
		" does not keep to HTTP: " + what + ": " + p.clean(said),
		Hint: "correct the server, or the proxy before it", Err: err}
}

// isProtocolFault reports whether the end of a body means that the server does not keep to the
// protocol.
func isProtocolFault(err error) bool {
	return errors.Is(err, errLineTooLong) || errors.Is(err, gzip.ErrHeader) ||
		errors.Is(err, gzip.ErrChecksum)
}
