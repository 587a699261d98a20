package batch

import (
	"errors"
	"io"
	"os"
	"time"

	"lineup/atomicfile"
)

// resultMode is the mode of new result files, which hold prompts and answers.
const resultMode = 0o600

// settle brings the file into the state that a run goes on from, and opens it for further lines. A
// torn line is cut off. Lines that nobody asks for go to the stale file. Lines with other checks
// are judged again, so many at a time.
func (r *Results) settle(judge judging, atOnce int) error {
	if err := r.cut(); err != nil {
		return err
	}
	if len(r.fate) > 0 {
		if err := r.rewrite(judge, atOnce); err != nil {
			return err
		}
	}
	f, err := os.OpenFile(r.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, resultMode)
	r.file = f
	return err
}

// cut cuts off what follows the last whole line, and ends that one.
func (r *Results) cut() error {
	if !r.Torn && !r.ends {
		return nil
	}
	f, err := os.OpenFile(r.path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Truncate(r.whole); err != nil {
		return err
	}
	if r.ends {
		if _, err := f.WriteAt([]byte("\n"), r.whole); err != nil {
			return err
		}
	}
	return f.Sync()
}

// rewrite writes the file again with what stays of it. Until the new one is whole the old one is
// there.
func (r *Results) rewrite(judge judging, atOnce int) error {
	if err := r.moveStale(); err != nil {
		return err
	}
	known := newPlaces(r.plan)
	return atomicfile.Replace(r.path, resultMode, func(out *os.File) error {
		w := bufferedWriter(out)
		group := judged{r: r, judge: judge, atOnce: atOnce, known: known, out: w}
		err := r.each(func(n int, line []byte) error {
			switch r.fate[n] {
			case stale, dropped:
				return nil
			case rejudge:
				return group.add(line)
			}
			if err := group.flush(); err != nil {
				return err
			}
			_, err := w.Write(line)
			return err
		})
		return errors.Join(err, group.flush(), w.Flush())
	})
}

// each gives the lines of the file, all with a newline.
func (r *Results) each(do func(n int, line []byte) error) error {
	f, err := os.Open(r.path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = eachLine(f, do)
	return err
}

// moveStale adds the stale lines to their own file, and makes sure that they are there before they
// go from here.
func (r *Results) moveStale() error {
	if len(r.Stale) == 0 {
		return nil
	}
	f, err := os.OpenFile(r.path+StaleSuffix, os.O_CREATE|os.O_APPEND|os.O_WRONLY, resultMode)
	if err != nil {
		return err
	}
	defer f.Close()
	before, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	w := bufferedWriter(f)
	err = r.each(func(n int, line []byte) error {
		if r.fate[n] != stale {
			return nil
		}
		_, err := w.Write(line)
		return err
	})
	if err = errors.Join(err, w.Flush(), f.Sync()); err != nil {
		_ = f.Truncate(before) // the next run moves them all
	}
	return err
}

// add writes a line at once and in one piece.
func (r *Results) add(at place, line []byte, m mark) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n, err := r.file.Write(line); err != nil {
		if n > 0 { // a full disk takes a part
			if end, err := r.file.Seek(0, io.SeekEnd); err == nil {
				_ = r.file.Truncate(end - int64(n)) // else the next run cuts it off
			}
		}
		return err
	}
	i := r.plan.index(at)
	if r.marks[i] != 0 {
		r.again++
	}
	r.marks[i], r.dirty = m, true
	return nil
}

// syncEvery is how long a line may be written without being on the disk.
const syncEvery = time.Second

// keepSynced brings what was written to the disk each second, until done is closed.
func (r *Results) keepSynced(done <-chan struct{}) {
	tick := time.NewTicker(syncEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			r.sync()
		case <-done:
			return
		}
	}
}

// sync brings what was written to the disk. Writers do not wait for it.
func (r *Results) sync() {
	r.mu.Lock()
	dirty := r.dirty
	r.dirty = false
	r.mu.Unlock()
	if dirty {
		_ = r.file.Sync() // the error of a write comes with the next one
	}
}

// Close ends the file. Failures that have an answer now leave it.
func (r *Results) Close() error {
	defer r.release()
	if r.file == nil {
		return nil
	}
	err := errors.Join(r.file.Sync(), r.file.Close())
	if err != nil || r.again == 0 {
		return err
	}
	again := Nothing(r.plan)
	again.path = r.path
	if err := again.read(); err != nil {
		return err
	}
	for n, f := range again.fate { // everything else was settled before
		if f != dropped {
			delete(again.fate, n)
		}
	}
	again.Stale = nil
	return again.rewrite(nil, 0)
}
