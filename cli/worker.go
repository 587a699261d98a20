package cli

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"lineup/batch/queue"
	"lineup/config"
)

// workerFlags are the flags of lineup worker.
type workerFlags struct {
	queueFlags
	providers  []string
	listen     string
	anyAddress bool
}

func workerCommand(g *globals) *cobra.Command {
	var f workerFlags
	c := &cobra.Command{
		Use:   "worker",
		Short: "Ask what runs have put into a queue, with this machine's config and keys",
		Args:  noArgs,
		Long: "Takes prompts from a queue and asks the models of this machine's config, of each\n" +
			"provider as much at once as its max_concurrent says, until it is interrupted. It\n" +
			"then takes no more, and ends within 30 seconds what it has; that is exit code 0.\n" +
			"What a worker had when it was killed goes back into the queue.\n\n" +
			"--listen serves /healthz (200 while it works and the database answers, else 503)\n" +
			"and /metrics for Prometheus; without it nothing listens. --log FILE keeps a\n" +
			"structured log.",
		Example: "  lineup worker\n" +
			"  lineup worker --providers local --log worker.log --listen 127.0.0.1:9464",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return g.work(cmd.Context(), &f)
		},
	}
	f.register(c.Flags(), "")
	c.Flags().StringSliceVar(&f.providers, "providers", nil,
		"work for these `NAMES` only, with commas; else for all of the config")
	c.Flags().StringVar(&f.listen, "listen", "",
		"serve /healthz and /metrics at this `ADDRESS`, such as 127.0.0.1:9464")
	c.Flags().BoolVar(&f.anyAddress, "any-address", false,
		"allow an address that other machines can reach; there is no key")
	return c
}

// work works until ctx is done, which is how it is meant to end.
func (g *globals) work(ctx context.Context, f *workerFlags) error {
	if f.listen != "" {
		if err := loopbackOnly(f.listen, f.anyAddress); err != nil {
			return err
		}
	} else if f.anyAddress {
		return usagef("--any-address goes with --listen HOST:PORT")
	}
	reg, cfg, err := g.load(ctx)
	if err != nil {
		return err
	}
	if reg == nil {
		return g.nobody(usagef("there is no provider to ask; lineup config init writes a config"))
	}
	names, err := f.works(cfg)
	if err != nil {
		return err
	}
	q, err := g.openQueue(ctx, &f.queueFlags, cfg, queue.Server)
	if err != nil {
		return err
	}
	defer q.Close()
	service := newWorkerService(q)
	if f.listen != "" {
		url, stop, err := service.serve(ctx, f.listen)
		if err != nil {
			return usagef("--listen %s: %w", f.listen, err)
		}
		defer stop()
		fmt.Fprintf(g.err, "lineup: %s/healthz and %[1]s/metrics\n", url)
	}
	name := workerName()
	fmt.Fprintf(g.err, "lineup: worker %s works for %s from %s; ctrl+c ends it\n", name,
		strings.Join(names, ", "), q.Where())
	told := make(chan struct{})
	go func() {
		defer close(told)
		<-ctx.Done()
		service.ends.Store(true)
		fmt.Fprintln(g.err, "lineup: takes no more, and ends what it has")
	}()
	err = q.Work(ctx, queue.Worker{Registry: reg, Providers: names, Name: name, Log: g.log,
		Ended: service.ended})
	if ctx.Err() != nil {
		<-told
		fmt.Fprintln(g.err, "lineup: "+service.words())
	}
	return queueError(err)
}

// works are the providers that the worker asks.
func (f *workerFlags) works(cfg config.Config) ([]string, error) {
	known := cfg.ProviderNames()
	if f.providers == nil {
		return known, nil
	}
	if len(f.providers) == 0 {
		return nil, usagef("--providers is empty; is the variable set that it comes from?")
	}
	var names []string
	for _, name := range f.providers {
		name = strings.TrimSpace(name)
		if !slices.Contains(known, name) {
			words := "it has " + strings.Join(known, ", ")
			if near := config.Nearest(name, known); len(near) > 0 {
				words = "did you mean " + strings.Join(near, ", ") + "?"
			}
			return nil, usagef("--providers: the config has no provider %q; %s", name, words)
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names, nil
}

// workerName tells workers apart in statuses.
func workerName() string {
	host, err := os.Hostname()
	if err != nil || host == "" {
		host = "worker"
	}
	return fmt.Sprintf("%s-%d", host, os.Getpid())
}
