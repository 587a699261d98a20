package queue_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"lineup/batch/queue"
	"lineup/config"
	"lineup/registry"
)

// What a process of the test binary is to work, where it is to be a worker.
const (
	workerEnv = "LINEUP_TEST_WORKER" // the URL of the database
	configEnv = "LINEUP_TEST_CONFIG" // the text of a config
	namesEnv  = "LINEUP_TEST_PROVIDERS"
)

// workerProcess is a worker until SIGTERM.
func workerProcess(url string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, func() { fmt.Println("it stops") })
	err := func() error {
		cfg, err := config.Parse("c.toml", []byte(os.Getenv(configEnv)))
		if err != nil {
			return err
		}
		q, err := queue.Open(ctx, url+"&pool_max_conns=6", queue.Server)
		if err != nil {
			return err
		}
		defer q.Close()
		return q.Work(ctx, queue.Worker{Registry: registry.New(cfg, registry.Options{Getenv: os.Getenv}),
			Providers: strings.Fields(os.Getenv(namesEnv)), Name: fmt.Sprint("process-", os.Getpid())})
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// process is a worker in a process of its own.
type process struct {
	*exec.Cmd
	stops chan struct{} // closed when it has seen SIGTERM, or has ended
	ended chan error
}

// start starts a worker process, which is killed with the test at the latest.
func start(t testing.TB, url, text, names string, env ...string) *process {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), workerEnv+"="+url, configEnv+"="+text, namesEnv+"="+names), env...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{cmd, make(chan struct{}), make(chan error, 1)}
	go func() {
		out.Read(make([]byte, 1))
		close(p.stops)
		io.Copy(io.Discard, out)
		p.ended <- cmd.Wait()
		close(p.ended)
	}()
	t.Cleanup(func() {
		cmd.Process.Kill()
		<-p.ended
	})
	return p
}
