package batch

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"

	"github.com/gofrs/flock"

	"lineup/batch/suite"
	"lineup/session"
)

// StaleSuffix is what the file is called, after the result file, that gets the lines that nobody
// asks for any more.
const StaleSuffix = ".stale"

const lockSuffix = ".lock"

// ErrBusy says that another run writes the file.
var ErrBusy = errors.New("another run writes it; wait until it has ended, or name another file")

// mark is what is known of a line. The zero mark is a line that is not there.
type mark uint8

const (
	there    mark = 1 << iota
	failed        // the reply is no answer
	missed        // a check failed
	unjudged      // the case has checks, and nobody can say whether it passed
	outdated      // the case has other checks now, which were not made yet
)

func markOf(status session.Status, pass *bool, c *suite.Case) mark {
	m := there
	if !status.Answer() {
		m |= failed
	}
	switch {
	case pass != nil && !*pass:
		m |= missed
	case pass == nil && (len(c.Checks) > 0 || c.Unchecked != ""):
		m |= unjudged
	}
	return m
}

// Results is the result file of a run. It belongs to one run at a time.
type Results struct {
	// Stale are the lines whose request is asked no more, by id, prompt and contender; Run moves
	// them.
	Stale []string
	// Rejudged is how many lines have other checks now; Run makes them.
	Rejudged int
	// Torn reports whether the last line is a piece of one, which Run cuts off.
	Torn bool

	plan  *Plan
	path  string
	lock  *flock.Flock
	marks []mark // by the index of the plan

	fate  map[int]fate // of lines that do not stay as they are, by their number in the file
	lines int          // whole ones
	whole int64        // their bytes
	ends  bool         // the last of them has no newline

	mu    sync.Mutex
	file  *os.File
	dirty bool // something was written since the last sync
	again int  // lines that a later one replaces
}

// fate is what becomes of a line.
type fate uint8

const (
	stale   fate = iota + 1
	dropped      // another line says the same
	rejudge
)

// Open reads the result file of a plan, which need not exist, and locks it. It changes nothing yet.
// The error wraps ErrBusy where another run has the file.
func Open(plan *Plan, path string) (*Results, error) {
	r := Nothing(plan)
	r.path = path
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no file that a run can go on with; name another one", path)
	}
	if err := r.acquire(); err != nil {
		return nil, err
	}
	if err := r.read(); err != nil {
		r.release()
		return nil, err
	}
	return r, nil
}

// Nothing are the results of a plan that has no file yet.
func Nothing(plan *Plan) *Results {
	return &Results{plan: plan, marks: make([]mark, plan.size()), fate: map[int]fate{}}
}

// acquire locks the file. The lock lies beside it, because the file itself may be replaced.
func (r *Results) acquire() error {
	for {
		lock := flock.New(r.path+lockSuffix, flock.SetPermissions(0o600))
		ok, err := lock.TryLock()
		if err != nil {
			return err
		}
		if !ok {
			_ = lock.Close()
			return fmt.Errorf("%s: %w", r.path, ErrBusy)
		}
		mine, err := lock.Stat()
		found, gone := os.Stat(lock.Path())
		if err == nil && gone == nil && os.SameFile(mine, found) {
			r.lock = lock
			return nil
		}
		_ = lock.Close() // a run that ended has removed the file meanwhile
	}
}

func (r *Results) release() {
	if r.lock == nil {
		return
	}
	_ = os.Remove(r.lock.Path())
	_ = r.lock.Close()
	_ = os.Remove(r.lock.Path()) // Windows removes no open file
}

// head is as much of a line as tells what it answers.
type head struct {
	Type      string `json:"type"`
	ID        string `json:"id"`
	PromptID  string `json:"prompt_id"`
	Prompt    string `json:"prompt"`
	Take      int    `json:"take"`
	Contender struct {
		ID    string `json:"id"`
		Label string `json:"label"`
	} `json:"contender"`
	Status   session.Status `json:"status"`
	Request  string         `json:"request"`
	Checking string         `json:"checking"`
	Pass     *bool          `json:"pass"`
}

// read finds out what the file has.
func (r *Results) read() error {
	f, err := os.Open(r.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	known := newPlaces(r.plan)
	failures := map[int]int{} // line number of a failure, by index
	rest, err := eachLine(f, func(n int, line []byte) error {
		r.lines, r.whole = n, r.whole+int64(len(line))
		return r.take(n, line, known, failures)
	})
	if err != nil {
		return err
	}
	return r.takeRest(rest, known, failures)
}

// take notes what a whole line has.
func (r *Results) take(n int, line []byte, known *places, failures map[int]int) error {
	line = trim(line)
	if len(line) == 0 {
		return nil
	}
	var h head
	if err := json.Unmarshal(line, &h); err != nil || h.Type != "reply" {
		return fmt.Errorf("%s:%d: this is no line of a run; name another file with -o", r.path, n)
	}
	at, ok := known.find(h.ID, h.PromptID, h.Contender.ID, h.Take)
	if !ok || !known.same(at, h) {
		r.fate[n] = stale
		r.Stale = append(r.Stale, fmt.Sprintf("case %s, prompt %s, %s", h.ID, h.PromptID,
			h.Contender.Label))
		return nil
	}
	i, c := r.plan.index(at), &r.plan.Suite.Cases[at.cas]
	m := markOf(h.Status, h.Pass, c)
	switch before := r.marks[i]; {
	case before == 0:
	case before&failed != 0 && m&failed == 0: // what was asked again has its answer
		if r.fate[failures[i]] == rejudge {
			r.Rejudged--
		}
		r.fate[failures[i]] = dropped
	default:
		r.fate[n] = dropped
		return nil
	}
	if m&failed != 0 {
		failures[i] = n
	}
	if r.plan.asks(at) && h.Checking != known.checking(at.cas) {
		r.fate[n] = rejudge
		r.Rejudged++
		m = m&(there|failed) | outdated
	}
	r.marks[i] = m
	return nil
}

// takeRest says what becomes of what follows the last newline.
func (r *Results) takeRest(rest []byte, known *places, failures map[int]int) error {
	length := len(rest)
	rest = bytes.Trim(rest, "\x00") // which a file system may leave behind after a crash
	if json.Valid(trim(rest)) && len(rest) == length {
		r.ends = true
		r.lines, r.whole = r.lines+1, r.whole+int64(length)
		return r.take(r.lines, rest, known, failures)
	}
	const begin = `{"type":"reply"`
	piece := rest[:min(len(rest), len(begin))]
	if r.whole == 0 && !bytes.HasPrefix([]byte(begin), piece) {
		return fmt.Errorf("%s:1: this is no line of a run; name another file with -o", r.path)
	}
	r.Torn = length > 0
	return nil
}

// utf8BOM may stand before the first line of a file that an editor has saved.
const utf8BOM = "\ufeff"

func trim(line []byte) []byte {
	return bytes.TrimSpace(bytes.TrimPrefix(line, []byte(utf8BOM)))
}

// eachLine gives the lines of a file with their newlines and numbers, from 1. It returns what
// follows the last newline.
func eachLine(f io.Reader, each func(n int, line []byte) error) (rest []byte, err error) {
	in := bufio.NewReaderSize(f, 64<<10)
	var long []byte
	for n := 1; ; {
		piece, err := in.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			long = append(long, piece...)
			continue
		case errors.Is(err, io.EOF):
			return append(long, piece...), nil
		case err != nil:
			return nil, err
		}
		line := piece
		if len(long) > 0 {
			long = append(long, piece...)
			line = long
		}
		if err := each(n, line); err != nil {
			return nil, err
		}
		long = long[:0]
		n++
	}
}

// places finds the place of a line in a plan.
type places struct {
	plan       *Plan
	cases      map[string]int
	prompts    map[string]int
	contenders map[string]int

	of     int    // the case whose checks are known
	checks string // how they are identified
}

func newPlaces(p *Plan) *places {
	k := &places{plan: p, cases: make(map[string]int, len(p.Suite.Cases)),
		prompts: map[string]int{}, contenders: map[string]int{}, of: -1}
	for i := range p.Suite.Cases {
		k.cases[p.Suite.Cases[i].ID] = i
	}
	for i := range p.Suite.Prompts {
		k.prompts[p.Suite.Prompts[i].ID] = i
	}
	for i := range p.Specs {
		k.contenders[p.Specs[i].Effective().ID()] = i
	}
	return k
}

func (k *places) find(id, promptID, contender string, take int) (at place, ok bool) {
	c, isCase := k.cases[id]
	p, isPrompt := k.prompts[promptID]
	s, isPane := k.contenders[contender]
	at = place{c, p, s, take}
	ok = isCase && isPrompt && isPane && take >= 0 && take < k.plan.Repeat && k.plan.has(at)
	return at, ok
}

// same reports whether a line answers what would be asked now.
func (k *places) same(at place, h head) bool {
	q, err := k.plan.question(at)
	if h.Request == "" { // of another program
		return err == nil && h.Prompt == q.prompt
	}
	return err == nil && h.Request == requestID(q.request)
}

// checking identifies the checks of a case. Lines of one case mostly stand together.
func (k *places) checking(cas int) string {
	if cas != k.of {
		k.of, k.checks = cas, checking(&k.plan.Suite.Cases[cas])
	}
	return k.checks
}
