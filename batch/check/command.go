package check

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// commandTime is how long a command may take.
const commandTime = 30 * time.Second

// readCommand reads command = ["PROGRAM", "ARG", …].
func readCommand(r *reading) body {
	var args []string
	if !r.t.Texts(r.key, &args) {
		return body{}
	}
	if len(args) == 0 || args[0] == "" {
		r.wrong(r.key, `names no program; write ["./check.sh"]`)
		return body{}
	}
	program, folder := args[0], r.t.Path(".")
	if strings.ContainsAny(program, `/\`) {
		path, err := filepath.Abs(r.t.Path(program))
		if err != nil {
			r.wrong(r.key, err.Error())
		}
		program = path
	}
	if _, err := exec.LookPath(program); err != nil {
		r.wrong(r.key, whyNoProgram(args[0], err))
	}
	return body{whole: true, texts: args[1:],
		words: func(fill func(string) string) string { return fill(strings.Join(args, " ")) },
		run: func(ctx context.Context, a asked) answer {
			filled := make([]string, len(args)-1)
			for i, arg := range args[1:] {
				filled[i] = a.fill(arg)
			}
			return runCommand(ctx, commandTime, folder, a.Line, program, filled)
		}}
}

// whyNoProgram says why a program cannot be run.
func whyNoProgram(name string, err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Sprintf("there is no file %q", name)
	}
	var e *exec.Error
	if errors.As(err, &e) {
		err = e.Err
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return fmt.Sprintf("%q cannot be run: %v", name, err)
}

// runCommand runs a program with a JSON line as its input. When the time is over, the program ends
// with all that it started.
func runCommand(ctx context.Context, limit time.Duration, folder string, line []byte,
	program string, args []string,
) answer {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = folder
	cmd.Stdin = bytes.NewReader(append(bytes.TrimRight(line, "\n"), '\n'))
	var out tail
	cmd.Stdout, cmd.Stderr = &out, &out
	// A child that outlives the program may hold its output open.
	cmd.WaitDelay = time.Second
	ownGroup(cmd)
	err := cmd.Run()
	endGroup(cmd)
	last := cut(out.lastLine(), maxReason)
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil && errors.Is(context.Cause(ctx), context.DeadlineExceeded):
		return broken(fmt.Sprintf("it took longer than %g s", limit.Seconds()))
	case ctx.Err() != nil:
		return broken("it was stopped")
	case err == nil, errors.Is(err, exec.ErrWaitDelay):
		return answer{holds: true, why: last, said: true}
	case errors.As(err, &exit) && exit.Exited():
		if last == "" {
			last = fmt.Sprintf("exit code %d", exit.ExitCode())
		}
		return answer{why: last, said: true}
	}
	return broken(cut(err.Error(), maxReason))
}

// maxTail bounds what is kept of a program's output, in bytes.
const maxTail = 64 << 10

// tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	kept []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, p...)
	if len(t.kept) > 2*maxTail {
		t.kept = append(t.kept[:0], t.kept[len(t.kept)-maxTail:]...)
	}
	return len(p), nil
}

// lastLine is the last line with something in it.
func (t *tail) lastLine() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := strings.TrimSpace(strings.ToValidUTF8(string(t.kept), "\uFFFD"))
	return strings.TrimSpace(text[strings.LastIndexAny(text, "\r\n")+1:])
}
