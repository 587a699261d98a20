package cli

import (
	"context"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"lineup/config"
	"lineup/providers"
	"lineup/session"
)

// completeWithin is how long a completion waits for the store, which another program may hold, and
// for a config that is a pipe.
const completeWithin = time.Second

// completeSessions is how many sessions are offered: those used last.
const completeSessions = 50

// values offers what an argument or a flag can be. Args are the arguments before it.
type values func(ctx context.Context, g *globals, args []string) []string

// addCompletions tells the shell what the arguments and the flags of all commands can be. It asks
// no server: the answers come from the config, the kept lists, the catalogue and the saved
// sessions.
func addCompletions(g *globals, root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	if scripts, _, err := root.Find([]string{"completion"}); err == nil {
		scripts.Args = noArgs
		scripts.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	}
	arguments := map[string]values{
		"ask": nil, "sessions search": nil, "models": providerNames,
		"models load": firstModel, "models unload": firstModel,
		"replay": firstID, "sessions show": firstID, "sessions export": firstID,
		"sessions fork": firstID, "sessions rename": firstID, "sessions rm": sessionIDs,
		"sessions diff": firstID, "sessions restore": deletedIDs, "sessions tag": idThenTags,
	}
	flags := map[string]values{
		"model": modelRefs, "self": modelRefs, "judge": modelRefs, "merge": modelRefs,
		"by-judge": modelRefs, "provider": providerNames,
		"lineup":  lineupNames,
		"session": sessionIDs, "continue": sessionIDs, "tag": tagNames, "theme": offeredThemes,
		"status": list(statuses()...), "by": list("model", "provider", "day", "contender"),
		"sessions export --format": list(formatNames()...),
		"sessions import --format": list("auto", "lineup", "chatgpt", "llm", "run"),
		"run --session":            nil, // the title of a new one
		"worker --providers":       providerNames,
	}
	var visit func(*cobra.Command, string)
	visit = func(c *cobra.Command, path string) {
		for _, sub := range c.Commands() {
			visit(sub, strings.TrimSpace(path+" "+sub.Name()))
		}
		if offer, ok := arguments[path]; ok {
			c.ValidArgsFunction = g.completer(offer)
		} else if c.ValidArgsFunction == nil && !takesFiles(path) {
			c.ValidArgsFunction = cobra.NoFileCompletions
		}
		c.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			offer, ok := flags[path+" --"+f.Name]
			if !ok {
				offer = flags[f.Name]
			}
			if f.Value.Type() != "bool" && !slices.Contains(fileFlags(), f.Name) {
				_ = c.RegisterFlagCompletionFunc(f.Name, g.completer(offer)) // the flag is there
			}
		})
	}
	visit(root, "")
	_ = root.MarkPersistentFlagDirname("data-dir") // the flag is there
}

// takesFiles names the commands whose arguments are files.
func takesFiles(path string) bool {
	return slices.Contains([]string{"run", "report", "results", "sessions import",
		"sessions backup"}, path)
}

// fileFlags are the flags of all commands that name a file.
func fileFlags() []string {
	return []string{"config", "log", "svg", "html", "output", "attach", "schema", "tools", "from",
		"md", "junit", "csv"}
}

// expandPaths puts the home folder in the place of ~ in every argument and flag that names a file.
// It changes args in place.
func (g *globals) expandPaths(cmd *cobra.Command, args []string) {
	if takesFiles(strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()+" ")) {
		for i := range args {
			args[i] = config.ExpandHome(args[i], g.getenv)
		}
	}
	for _, name := range fileFlags() {
		f := cmd.Flags().Lookup(name)
		if f == nil || !f.Changed {
			continue
		}
		if several, ok := f.Value.(pflag.SliceValue); ok {
			files := several.GetSlice()
			for i := range files {
				files[i] = config.ExpandHome(files[i], g.getenv)
			}
			_ = several.Replace(files) // any text will do
		} else {
			_ = f.Value.Set(config.ExpandHome(f.Value.String(), g.getenv)) // any text will do
		}
	}
}

// completer makes what cobra wants of values. Nil offers nothing, and no files either.
func (g *globals) completer(offer values) cobra.CompletionFunc {
	return func(
		cmd *cobra.Command, args []string, typed string,
	) ([]cobra.Completion, cobra.ShellCompDirective) {
		if offer == nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		fits := slices.DeleteFunc(offer(cmd.Context(), g, args),
			func(v string) bool { return !strings.HasPrefix(v, typed) })
		return fits, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	}
}

func list(names ...string) values {
	return func(context.Context, *globals, []string) []string { return slices.Clone(names) }
}

// described is a value with what the shell shows beside it.
func described(value, what string) string {
	return cobra.CompletionWithDesc(value, strings.ReplaceAll(providers.CleanLine(what), "\t", " "))
}

// knownConfig is the config, or else the providers with a key in the environment.
func (g *globals) knownConfig(ctx context.Context) config.Config {
	ctx, cancel := context.WithTimeout(ctx, completeWithin)
	defer cancel()
	cfg, err := g.config(ctx)
	if err != nil {
		return config.Default()
	}
	if settingsAlone(cfg) {
		keyed := config.Assemble(nil, config.KeyProviders(g.getenv))
		cfg.Providers, cfg.Panes = keyed.Providers, keyed.Panes
	}
	return cfg
}

// saved gives the newest sessions and the tags, or none where the store takes too long. It makes no
// store where there is none.
func (g *globals) saved(
	ctx context.Context, f session.Filter,
) ([]session.Summary, []session.TagCount) {
	path, err := g.storePath(g.knownConfig(ctx))
	if err != nil {
		return nil, nil
	}
	if _, err := os.Stat(path); err != nil {
		return nil, nil
	}
	type found struct {
		sessions []session.Summary
		tags     []session.TagCount
	}
	ctx, cancel := context.WithTimeout(ctx, completeWithin)
	defer cancel()
	done := make(chan found, 1)
	go func() {
		defer close(done)
		s, err := session.Open(ctx, path)
		if err != nil {
			return
		}
		defer s.Close()
		var all found
		f.Limit = completeSessions
		all.sessions, _ = s.Sessions(ctx, f) // what cannot be read is not offered
		all.tags, _ = s.Tags(ctx)
		done <- all
	}()
	select {
	case all := <-done:
		return all.sessions, all.tags
	case <-ctx.Done():
		return nil, nil
	}
}

func sessionIDs(ctx context.Context, g *globals, args []string) []string {
	return g.ids(ctx, session.Filter{}, args)
}

func deletedIDs(ctx context.Context, g *globals, args []string) []string {
	return g.ids(ctx, session.Filter{Deleted: true}, args)
}

// ids offers sessions that are not among the arguments yet.
func (g *globals) ids(ctx context.Context, f session.Filter, args []string) []string {
	sessions, _ := g.saved(ctx, f)
	var out []string
	for i, s := range sessions {
		if i == 0 {
			out = append(out, described("last", s.Title))
		}
		if !slices.Contains(args, s.ID) {
			out = append(out,
				described(s.ID, s.UpdatedAt.Local().Format("2006-01-02 15:04")+"  "+s.Title))
		}
	}
	return out
}

// firstID offers sessions for the first argument alone.
func firstID(ctx context.Context, g *globals, args []string) []string {
	if len(args) > 0 {
		return nil
	}
	return sessionIDs(ctx, g, args)
}

func idThenTags(ctx context.Context, g *globals, args []string) []string {
	if len(args) == 0 {
		return sessionIDs(ctx, g, args)
	}
	return tagNames(ctx, g, args)
}

func tagNames(ctx context.Context, g *globals, _ []string) []string {
	_, tags := g.saved(ctx, session.Filter{})
	var out []string
	for _, t := range tags {
		out = append(out, described(t.Tag, english.Plural(t.Sessions, "session", "")))
	}
	return out
}

func providerNames(ctx context.Context, g *globals, _ []string) []string {
	return g.knownConfig(ctx).ProviderNames()
}

func offeredThemes(ctx context.Context, g *globals, _ []string) []string {
	return themeNames(g.knownConfig(ctx))
}

// lineupNames are the line-ups of the config.
func lineupNames(ctx context.Context, g *globals, _ []string) []string {
	return g.knownConfig(ctx).LineupNames()
}

// modelRefs offers the models of the config, then those of saved sessions, then those that the
// providers are known to have.
func modelRefs(ctx context.Context, g *globals, _ []string) []string {
	cfg := g.knownConfig(ctx)
	reg := g.registry(cfg)
	seen := map[string]bool{}
	var out []string
	add := func(ref, what string) {
		if !seen[ref] {
			seen[ref] = true
			out = append(out, described(ref, what))
		}
	}
	for _, ref := range reg.Named() {
		add(ref, "config")
	}
	sessions, _ := g.saved(ctx, session.Filter{})
	for _, s := range sessions {
		if s.Hides {
			continue
		}
		for _, ref := range s.Panes {
			provider, _, _ := strings.Cut(ref, "/")
			if _, known := cfg.Provider(provider); known || len(cfg.Providers) == 0 {
				add(ref, "used "+s.UpdatedAt.Local().Format(time.DateOnly))
			}
		}
	}
	for _, c := range reg.Offline() {
		add(c.Ref, c.Name)
	}
	return out
}

// firstModel offers models for the first argument alone.
func firstModel(ctx context.Context, g *globals, args []string) []string {
	if len(args) > 0 {
		return nil
	}
	return modelRefs(ctx, g, args)
}

// formatNames are the formats of sessions export.
func formatNames() []string {
	var names []string
	for _, f := range (exportFlags{}).formats(context.Background()) {
		names = append(names, f.name)
	}
	return names
}
