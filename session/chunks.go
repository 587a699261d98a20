package session

import (
	"encoding/binary"
	"fmt"
	"time"
)

// encodeChunks packs arrivals: for each piece two unsigned varints, the microseconds since the
// piece before and twice the bytes of text, plus one where it is reasoning. A token takes three or
// four bytes.
func encodeChunks(chunks []Chunk) []byte {
	b := make([]byte, 0, 4*len(chunks))
	last := int64(0)
	for _, c := range chunks {
		at := max(last, c.At.Microseconds()) // arrivals never run backwards
		size := uint64(c.Len) << 1
		if c.Reasoning {
			size |= 1
		}
		b = binary.AppendUvarint(b, uint64(at-last))
		b = binary.AppendUvarint(b, size)
		last = at
	}
	return b
}

// decodeChunks is the reverse; times come back in whole microseconds.
func decodeChunks(b []byte) ([]Chunk, error) {
	if len(b) == 0 {
		return nil, nil
	}
	chunks := make([]Chunk, 0, len(b)/4+1)
	at := uint64(0)
	for len(b) > 0 {
		delta, n := binary.Uvarint(b)
		if n <= 0 {
			return nil, fmt.Errorf("timings of a reply: %w", errContent)
		}
		size, m := binary.Uvarint(b[n:])
		at += delta
		if m <= 0 || delta > maxChunkTime || at > maxChunkTime || size>>1 > maxChunkLen {
			return nil, fmt.Errorf("timings of a reply: %w", errContent)
		}
		chunks = append(chunks, Chunk{At: time.Duration(at) * time.Microsecond, Len: int(size >> 1),
			Reasoning: size&1 == 1})
		b = b[n+m:]
	}
	return chunks, nil
}

// What is beyond these is no chunk but damage: a year in microseconds, and two gigabytes.
const (
	maxChunkTime = 366 * 24 * 3600 * 1_000_000
	maxChunkLen  = 1<<31 - 1
)
