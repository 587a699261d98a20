package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"lineup/config"
	"lineup/providers"
)

// maxReports is how many crash reports are kept.
const maxReports = 20

// report writes down a fault of lineup's own, in the folder crash of the data folder, for a person
// to send: what failed, on which system, and the stack. Its words are chosen so that no prompt,
// answer or key is among them.
func (g *globals) report(p *providers.Panic) (path string, err error) {
	dir, err := config.DataDir(g.dataFlag, g.getenv)
	if err != nil {
		return "", err
	}
	dir = filepath.Join(dir, "crash")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	now := time.Now().UTC()
	path = filepath.Join(dir,
		fmt.Sprintf("%s-%d.txt", now.Format("20060102T150405.000Z"), os.Getpid()))
	text := fmt.Sprintf(
		"A fault in lineup. This report holds no prompts, answers or keys.\n\nin       "+
			"%s\npanic    %s\nversion  %s\ngo       %s\n"+
			"system   %s/%s\nterminal %s\ntime     %s\n\n%s",
		p.In,
		p.Words(),
		version(),
		runtime.Version(),
		runtime.GOOS,
		runtime.GOARCH,
		providers.CleanLine(g.getenv("TERM")),
		now.Format(time.RFC3339),
		p.Stack,
	)
	if err := writeNew(path, []byte(text)); err != nil {
		return "", err
	}
	prune(dir)
	return path, nil
}

// prune removes the oldest reports; their names sort by time.
func prune(dir string) {
	names, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	for i := 0; err == nil && i < len(names)-maxReports; i++ {
		err = os.Remove(names[i])
	}
}

// withReport writes the report of an error that is a fault, and says where it is.
func (g *globals) withReport(err error) error {
	var p *providers.Panic
	if !errors.As(err, &p) {
		return err
	}
	path, failed := g.report(p)
	if failed != nil {
		return fmt.Errorf("%w\nno report of it could be written: %w\n%s\n%s", err, failed,
			p.Words(), p.Stack)
	}
	return fmt.Errorf("%w\nplease report it with the file %s; it holds no prompts, answers or keys",
		err, path)
}
