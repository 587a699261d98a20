package session

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"
)

// A session's id is 20261123-130412-kd7f3: the time of its creation in UTC, to the second, and five
// characters that refine it. People type these ids, and a ULID is bad at that: all ULIDs of the
// same quarter of an hour share their first six characters, so that a unique prefix is long and
// tells nothing. Here a prefix is a date or a time, easy to remember (20261123-13). The last five
// characters are unique and name the session too. The parts are most significant first, so that ids
// sort by time as text:
//
//	20261123-130412  UTC, because local time runs twice through one hour a year and would sort wrongly
//	kd               the part of the second, in 484 steps of about two milliseconds
//	7f3              random; within one step the next number instead, so that one process's ids always rise
//
// The part of the second is written in letters only. A short id therefore never reads as the start
// of a date.
const (
	idLayout  = "20060102-150405"
	shortLen  = 5                                  // length of the part after the time
	letters   = "abcdefghjkmnpqrstvwxyz"           // Crockford's alphabet without its digits
	alphabet  = "0123456789abcdefghjkmnpqrstvwxyz" // Crockford's: no i, l, o, u to misread
	steps     = int64(len(letters) * len(letters))
	randoms   = int64(len(alphabet) * len(alphabet) * len(alphabet))
	perSecond = steps * randoms
)

// idSource makes ids. It is safe for concurrent use.
type idSource struct {
	mu sync.Mutex
	// the latest session id as a number: seconds · perSecond + step · randoms + random
	last    int64
	entropy *ulid.MonotonicEntropy // of turns and runs, which nobody types
}

func newIDSource() *idSource { return &idSource{entropy: ulid.Monotonic(rand.Reader, 0)} }

// session makes the id of a session that is created at a time.
func (s *idSource) session(at time.Time) string {
	step := int64(at.Nanosecond()) * steps / int64(time.Second)
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails: it ends the program instead
	n := at.Unix()*perSecond + step*randoms +
		int64(binary.LittleEndian.Uint64(b[:])%uint64(randoms))
	s.mu.Lock()
	defer s.mu.Unlock()
	// Rise within a second. Further back it is a clock that was set, or an imported session with an
	// old date.
	if n <= s.last && s.last-n < perSecond {
		n = s.last + 1
	}
	s.last = n
	return formatID(n)
}

func formatID(n int64) string {
	sec, rest := n/perSecond, n%perSecond
	step, r := rest/randoms, rest%randoms
	var b strings.Builder
	b.WriteString(time.Unix(sec, 0).UTC().Format(idLayout))
	b.WriteByte('-')
	l, a := int64(len(letters)), int64(len(alphabet))
	b.WriteByte(letters[step/l])
	b.WriteByte(letters[step%l])
	b.WriteByte(alphabet[r/(a*a)])
	b.WriteByte(alphabet[r/a%a])
	b.WriteByte(alphabet[r%a])
	return b.String()
}

// ShortID is the part of a session's id that is enough to name it.
func ShortID(id string) string { return id[max(0, len(id)-shortLen):] }

// turn makes the id of a turn or of a run: a ULID in lower case.
func (s *idSource) turn(at time.Time) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, err := ulid.New(ulid.Timestamp(at), s.entropy)
	if err != nil {
		return "", fmt.Errorf("making an id: %w", err)
	}
	return strings.ToLower(id.String()), nil
}
