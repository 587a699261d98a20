package attach

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"lineup/providers"
)

// MaxFile bounds a file, in bytes: no provider takes more in one request (see the limits of package
// wire).
const MaxFile = 50 << 20

// Read reads a file. The error leaves its path out.
func Read(path string) (providers.Attachment, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return providers.Attachment{}, plain(err)
	case info.IsDir():
		return providers.Attachment{}, errors.New("it is a folder; name the files in it")
	case !info.Mode().IsRegular(): // reading a pipe may never end
		return providers.Attachment{}, errors.New("it is not a regular file")
	case info.Size() > MaxFile:
		return providers.Attachment{}, tooLarge(info.Size())
	}
	f, err := os.Open(path)
	if err != nil {
		return providers.Attachment{}, plain(err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxFile+1)) // it may have grown
	if err != nil {
		return providers.Attachment{}, plain(err)
	}
	return New(path, data)
}

// New makes an attachment of bytes. Only the last part of the name is kept.
func New(name string, data []byte) (providers.Attachment, error) {
	sum := sha256.Sum256(data)
	a := providers.Attachment{Name: baseName(name), Data: data, SHA256: hex.EncodeToString(sum[:])}
	switch {
	case len(data) == 0:
		return a, errors.New("it is empty")
	case len(data) > MaxFile:
		return a, tooLarge(int64(len(data)))
	}
	return a, identify(&a)
}

func tooLarge(size int64) error {
	return fmt.Errorf("it has %d MB, and no provider takes more than %d MB", size>>20, MaxFile>>20)
}

// baseName cuts the folders off a path, those of Windows too: a name may come from an export that
// was made there.
func baseName(path string) string {
	name := filepath.Base(path)
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	return strings.ToValidUTF8(name, "\ufffd")
}

// plain says what went wrong with a file, without its path.
func plain(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("there is no such file")
	}
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}
