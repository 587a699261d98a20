package sim

import (
	"strconv"
	"strings"
	"time"
)

// stamps writes the Stamp script.
type stamps struct{ seq int }

func (s *stamps) next(now time.Time) string {
	word := strconv.Itoa(s.seq) + ":" + strconv.FormatInt(now.UnixMicro(), 36)
	switch {
	case s.seq == 0:
	case s.seq%64 == 0: // short paragraphs, as models write them
		word = "\n\n" + word
	case s.seq%8 == 0:
		word = "\n" + word
	default:
		word = " " + word
	}
	s.seq++
	return word
}

// ParseStamp reads one word of the Stamp script: the token's number in the
// answer, from 0, a colon, and the time in microseconds since 1970 (UTC) in
// base 36, taken before the server encoded and wrote the token's chunk.
func ParseStamp(word string) (seq int, sent time.Time, ok bool) {
	number, micros, found := strings.Cut(word, ":")
	seq, err := strconv.Atoi(number)
	us, err2 := strconv.ParseInt(micros, 36, 64)
	if !found || err != nil || err2 != nil || seq < 0 || us < 0 {
		return 0, time.Time{}, false
	}
	return seq, time.UnixMicro(us), true
}
