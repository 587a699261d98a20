package session

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"github.com/oklog/ulid/v2"
)

// owner is the sign of life of a process that writes replies: a lock on the file run/ID.lock beside
// the database. Each unfinished reply names the id of its process. The operating system drops the
// lock when the process ends, however it ends, and keeps it while the process is merely slow or
// suspended. So who can take the lock, or finds no file, knows that the owner is dead. Process ids
// would not do: they are used again, and a database may be carried to another machine.
type owner struct {
	dir string

	mu   sync.Mutex
	id   string
	lock *flock.Flock
}

const lockSuffix = ".lock"

// acquireTries bounds how often a sweeping process may remove the file between its creation and its
// lock.
const acquireTries = 5

// acquire gives the id of this process, which it makes on first use: only looking at sessions
// leaves no file.
func (o *owner) acquire(ids *idSource, now time.Time) (string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.id != "" {
		return o.id, nil
	}
	if err := os.MkdirAll(o.dir, 0o700); err != nil {
		return "", err
	}
	for range acquireTries {
		id, err := ids.turn(now)
		if err != nil {
			return "", err
		}
		lock := flock.New(o.file(id), flock.SetPermissions(0o600))
		ok, err := lock.TryLock()
		if err != nil {
			return "", err
		}
		if ok && stillThere(lock) {
			o.id, o.lock = id, lock
			o.sweep()
			return id, nil
		}
		_ = lock.Close()
	}
	return "", errors.New("no lock file stays in " + o.dir)
}

// stillThere reports whether a locked file is the one that others find under its name.
func stillThere(lock *flock.Flock) bool {
	mine, err := lock.Stat()
	if err != nil {
		return false
	}
	found, err := os.Stat(lock.Path())
	return err == nil && os.SameFile(mine, found)
}

// sweep removes the lock files of dead processes. That is always right: no file means dead too.
func (o *owner) sweep() {
	files, _ := os.ReadDir(o.dir) // without a list there is nothing to remove
	for _, f := range files {
		id, isLock := strings.CutSuffix(f.Name(), lockSuffix)
		if !isLock {
			continue
		}
		if bury, dead := o.dead(id); dead {
			bury()
		}
	}
}

// dead reports whether an owner has ended. If so, its file stays locked until bury removes it, so
// that nobody else repairs the same replies; bury must be called.
func (o *owner) dead(id string) (bury func(), dead bool) {
	if _, err := ulid.ParseStrict(id); err != nil { // not one of ours, and no name for a file
		return func() {}, true
	}
	lock := flock.New(o.file(id), flock.SetFlag(os.O_RDWR)) // never creates the file
	ok, err := lock.TryLock()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return func() {}, true
	case err != nil || !ok: // in doubt it lives
		return nil, false
	}
	return func() { remove(lock) }, true
}

// is reports whether an id is this process's own.
func (o *owner) is(id string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return id != "" && o.id == id
}

// release removes the file of this process, if it has one.
func (o *owner) release() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.lock != nil {
		remove(o.lock)
	}
	o.id, o.lock = "", nil
}

// remove deletes a locked file and unlocks it. Windows deletes no open file, so there it takes a
// second try. A file that stays behind does no harm: the next process removes it.
func remove(lock *flock.Flock) {
	err := os.Remove(lock.Path())
	_ = lock.Close()
	if err != nil {
		_ = os.Remove(lock.Path())
	}
}

func (o *owner) file(id string) string { return filepath.Join(o.dir, id+lockSuffix) }
