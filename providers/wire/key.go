package wire

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync/atomic"
	"time"
)

// Key is a provider's credential. It knows where it comes from, and gets its value when it is first
// needed. The zero Key is no key at all. A Key never formats as its value.
type Key struct {
	source string
	advice string // what to do where it cannot be got
	load   func(context.Context) (string, error)
	turn   chan struct{} // holds one token while the key is being got
	value  *atomic.Pointer[string]
}

// EnvKey is a key in the environment variable name.
func EnvKey(name string, getenv func(string) string) Key {
	return newKey(name, "set it, for example: export "+name+"=…",
		func(context.Context) (string, error) {
			v := strings.TrimSpace(getenv(name))
			if v == "" {
				return "", fmt.Errorf("the environment variable %s is not set", name)
			}
			return v, nil
		})
}

// keyCommandTimeout is how long a key command may take; a password manager may ask the user.
const keyCommandTimeout = 30 * time.Second

// CommandKey is a key that a shell command prints on its first line. The command runs once; what it
// says on standard error is shown where it fails.
func CommandKey(command string) Key {
	return newKey("the command in api_key_cmd", "run that command by hand and see what it says",
		func(ctx context.Context) (string, error) {
			asked := ctx
			ctx, cancel := context.WithTimeout(ctx, keyCommandTimeout)
			defer cancel()
			cmd := shell(ctx, command)
			cmd.WaitDelay = time.Second
			out, err := cmd.Output()
			if asked.Err() != nil {
				return "", asked.Err()
			}
			if err != nil || ctx.Err() != nil {
				return "", keyCommandFailure(err, out, ctx.Err() != nil)
			}
			first, _, _ := strings.Cut(string(out), "\n")
			if first = strings.TrimSpace(first); first == "" {
				return "", errors.New("api_key_cmd printed no key on its first line")
			}
			return first, nil
		})
}

// keyCommandFailure says why a key command gave none, with what it said on standard error. A
// command that prints the key and fails all the same may have said it there too (set -x).
func keyCommandFailure(err error, out []byte, late bool) error {
	what := fmt.Sprintf("api_key_cmd failed (%v)", err)
	if late {
		what = fmt.Sprintf("api_key_cmd did not end within %s", keyCommandTimeout)
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return errors.New(what)
	}
	said := tidyMessage(string(exit.Stderr))
	for word := range strings.FieldsSeq(string(out)) {
		if isSecret(word) {
			said = redact(said, spellings(word))
		}
	}
	if said == "" {
		return errors.New(what)
	}
	return errors.New(what + ": " + said)
}

// KeyringKey is a key in the system's keyring under entry; get fetches it.
func KeyringKey(entry string, get func(ctx context.Context, entry string) (string, error)) Key {
	source := "entry " + entry + " of the keyring"
	return newKey(source, "store it in the keyring as "+entry+", or use api_key_env",
		func(ctx context.Context) (string, error) {
			v, err := get(ctx, entry)
			if err != nil {
				return "", fmt.Errorf("%s: %w", source, err)
			}
			if v = strings.TrimSpace(v); v == "" {
				return "", fmt.Errorf("%s is empty", source)
			}
			return v, nil
		})
}

func newKey(source, advice string, load func(context.Context) (string, error)) Key {
	return Key{source: source, advice: advice, load: load, turn: make(chan struct{}, 1),
		value: new(atomic.Pointer[string])}
}

// Source names where the key comes from: a variable, the command, or "" for no key.
func (k Key) Source() string { return k.source }

func (k Key) String() string   { return "key from " + k.source }
func (k Key) GoString() string { return k.String() }

// get returns the key, "" where the provider has none. A success is remembered, a failure is not.
func (k Key) get(ctx context.Context) (string, error) {
	if k.load == nil {
		return "", nil
	}
	select {
	case k.turn <- struct{}{}:
		defer func() { <-k.turn }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	if v := k.known(); v != "" {
		return v, nil
	}
	v, err := k.load(ctx)
	if err != nil {
		return "", err
	}
	for _, r := range v {
		if r <= ' ' || r >= 0x7f {
			return "", fmt.Errorf("the key from %s holds a character that no key has; was it "+
				"pasted with something else?", k.source)
		}
	}
	k.value.Store(&v)
	return v, nil
}

// known returns the key if it has been got, else "".
func (k Key) known() string {
	if k.load == nil {
		return ""
	}
	if v := k.value.Load(); v != nil {
		return *v
	}
	return ""
}

// describeKey tells what may be told of a key: its length and its first characters.
func describeKey(v string) string {
	return fmt.Sprintf("%d characters, begins with %q", len(v), v[:shownOfKey(v)])
}

// shownOfKey is how many of a key's first characters may be shown: never more than a quarter of it,
// and at most eight.
func shownOfKey(v string) int { return min(8, len(v)/4) }
