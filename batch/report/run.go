package report

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"io/fs"
	"os"

	"lineup/atomicfile"
)

// Run is a result file that has been read.
type Run struct {
	Name       string // of the file
	Contenders []Contender
	Cases      []string // their ids, in the order of the file
	Prompts    []string // their ids, in the order of the file
	Results    []Result
	// lines that were left out, or are none
	Bad     []BadLine
	Torn    int // the number of the last line where it is torn, 0 where it is whole
	Doubled int // lines that a later one with the same identity takes the place of

	file *os.File
}

// BadLine is a line that is no result, by its number from 1.
type BadLine struct {
	Line   int
	Reason string
}

// Hashes makes runs comparable: those that were opened with the same one.
type Hashes struct{ seed maphash.Seed }

// NewHashes gives new ones.
func NewHashes() Hashes { return Hashes{maphash.MakeSeed()} }

const (
	readSize = 1 << 20
	// a longer line's buffer is given back
	longLine = 4 << 20
	// lines between two looks at the context
	checkEvery = 1024
)

// Open reads a result file. Bad lines are left out and named. A last line that is torn is no
// mistake: the run was killed while it wrote. A pipe is copied to a temporary file first, because
// lines are read again for their texts. The file stays open until [Run.Close].
func Open(ctx context.Context, path string, h Hashes) (*Run, error) {
	f, err := open(path)
	if err != nil {
		return nil, err
	}
	run := &Run{Name: path, file: f}
	if err := run.read(ctx, h); err != nil {
		_ = f.Close()
		return nil, err
	}
	return run, nil
}

// missingError says that there is no result file.
type missingError struct {
	path string
	err  error
}

// Error names the file and the next step.
func (e *missingError) Error() string {
	return "there is no file " + e.path + "; lineup run FILE -o OUT.jsonl writes such results"
}

// Unwrap gives the error of the system.
func (e *missingError) Unwrap() error { return e.err }

// open opens a file in which one can go back.
func open(path string) (*os.File, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &missingError{path, err}
	}
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	switch {
	case err != nil:
		_ = f.Close()
		return nil, err
	case info.IsDir():
		_ = f.Close()
		return nil, fmt.Errorf("%s is a folder; name the result file in it", path)
	case info.Mode().IsRegular():
		return f, nil
	}
	defer f.Close()
	return spool(f)
}

// spool copies a stream into a temporary file, which has no name any more if the system allows it.
func spool(from io.Reader) (*os.File, error) {
	to, err := os.CreateTemp("", "lineup-report-*")
	if err != nil {
		return nil, atomicfile.ExplainTemp(err)
	}
	_ = os.Remove(to.Name()) // Windows refuses; its own clean-up takes the file
	if _, err = io.Copy(to, from); err == nil {
		_, err = to.Seek(0, io.SeekStart)
	}
	if err != nil {
		_ = to.Close()
		return nil, atomicfile.ExplainTemp(err)
	}
	return to, nil
}

// Close closes the file. The texts of the run cannot be read any more.
func (run *Run) Close() error { return run.file.Close() }

// identity is what a line is known by.
type identity struct{ of, prompt, contender, take int32 }

func (r *Result) identity() identity { return identity{r.Case, r.Prompt, r.Contender, r.Take} }

func (run *Run) read(ctx context.Context, h Hashes) error {
	r := &reader{run: run, seed: h.seed, cases: map[string]int32{}, prompts: map[string]int32{},
		contenders: map[string]int32{}, ids: map[string]int32{}, kinds: map[string]string{}}
	seen := map[identity]int32{}
	lines := lineReader{r: bufio.NewReaderSize(run.file, readSize)}
	for n := 1; ; n++ {
		if n%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		at := lines.next
		text, whole, err := lines.read()
		if err != nil {
			return fmt.Errorf("%s: %w", run.Name, err)
		}
		if text == nil {
			return nil
		}
		trimmed := bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\ufeff")))
		if len(trimmed) == 0 {
			continue
		}
		result, err := r.line(trimmed)
		switch {
		case err == nil:
		case errors.Is(err, errOther):
			continue
		case errors.Is(err, errTorn) && !whole:
			run.Torn = n
			continue
		default:
			run.Bad = append(run.Bad, BadLine{n, err.Error()})
			continue
		}
		result.at, result.size = at, len(text)
		if old, ok := seen[result.identity()]; ok {
			run.Results[old] = result
			run.Doubled++
			continue
		}
		seen[result.identity()] = int32(len(run.Results))
		run.Results = append(run.Results, result)
	}
}

// lineReader reads lines of any length.
type lineReader struct {
	r    *bufio.Reader
	long []byte
	next int64 // where the next line begins
}

// read gives the next line, nil at the end; it holds until the next call. whole says that a newline
// ends it.
func (l *lineReader) read() (text []byte, whole bool, err error) {
	if cap(l.long) > longLine {
		l.long = nil
	}
	l.long = l.long[:0]
	for {
		part, err := l.r.ReadSlice('\n')
		l.next += int64(len(part))
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			l.long = append(l.long, part...)
			continue
		case err != nil && !errors.Is(err, io.EOF):
			return nil, false, err
		}
		if len(l.long) > 0 {
			l.long = append(l.long, part...)
			part = l.long
		}
		if len(part) == 0 {
			return nil, false, nil
		}
		return part, err == nil, nil
	}
}

// Line reads the line of a result again.
func (run *Run) Line(r *Result) ([]byte, error) { return run.text(r, nil) }

// text is Line into a buffer, which it may use.
func (run *Run) text(r *Result, buf []byte) ([]byte, error) {
	if cap(buf) < r.size {
		buf = make([]byte, r.size)
	}
	buf = buf[:r.size]
	if _, err := run.file.ReadAt(buf, r.at); err != nil {
		return nil, fmt.Errorf("%s has changed while it was read: %w", run.Name, err)
	}
	return bytes.TrimPrefix(buf, []byte("\ufeff")), nil
}
