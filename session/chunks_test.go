package session

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"
)

func TestChunks(t *testing.T) {
	chunks := []Chunk{{0, 1, false}, {312_400 * time.Microsecond, 7, true}, {312_400 * time.Microsecond, 0, true},
		{2 * time.Second, 300, false}, {10 * time.Minute, 1 << 20, false}}
	packed := encodeChunks(chunks)
	got, err := decodeChunks(packed)
	if err != nil || !slices.Equal(got, chunks) {
		t.Errorf("%v, %v", got, err)
	}
	var stream []Chunk
	for i := range 1000 { // 100 tokens a second
		stream = append(stream, Chunk{At: time.Duration(i) * 10 * time.Millisecond, Len: 4})
	}
	if n := len(encodeChunks(stream)); n > 3*len(stream) {
		t.Errorf("a token takes %.1f bytes", float64(n)/float64(len(stream)))
	}
}

func TestChunksKeepMicroseconds(t *testing.T) {
	in := []Chunk{{At: 1999 * time.Nanosecond, Len: 1}, {At: 3999 * time.Nanosecond, Len: 1}}
	got, err := decodeChunks(encodeChunks(in))
	if err != nil || got[0].At != 1*time.Microsecond || got[1].At != 3*time.Microsecond {
		t.Errorf("%v, %v", got, err)
	}
}

// FuzzChunks: whatever stands in the database, decoding gives an error or chunks that pack to the same again.
func FuzzChunks(f *testing.F) {
	f.Add(encodeChunks([]Chunk{{time.Second, 3, true}, {2 * time.Second, 4, false}}))
	f.Add([]byte{0x80})
	f.Add(bytes.Repeat([]byte{0xff}, 20))
	f.Fuzz(func(t *testing.T, b []byte) {
		chunks, err := decodeChunks(b)
		if err != nil {
			if !errors.Is(err, errContent) {
				t.Errorf("error %v", err)
			}
			return
		}
		again, err := decodeChunks(encodeChunks(chunks))
		if err != nil || !slices.Equal(again, chunks) {
			t.Errorf("%v became %v, %v", chunks, again, err)
		}
	})
}
