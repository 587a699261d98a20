package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/term"
	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"

	"lineup/config"
	"lineup/providers"
	"lineup/registry"
	"lineup/session"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// finding is what one check of `lineup doctor` found, and its record in --json.
type finding struct {
	Check   string `json:"check"`
	Subject string `json:"subject"` // what was looked at: a file, a provider
	Status  string `json:"status"`  // one of the verdicts
	Message string `json:"message"`
	Hint    string `json:"hint"` // the next step, "" where there is none to take
}

// The verdicts of a check. Only a failure makes the exit code 1.
const (
	fine    = "ok"
	warning = "warning"
	failure = "failure"
)

// patient holds the things to check. Some may not have been loaded.
type patient struct {
	g      *globals
	cfg    config.Config
	cfgErr error
	reg    *registry.Registry // nil where there is nothing to ask
	found  bool               // the providers are not from the file, but found
	repair bool
}

// checks are all checks, in the order in which they are shown.
func checks() []func(context.Context, *patient) []finding {
	return []func(context.Context, *patient) []finding{checkConfig, checkStore, checkProviders,
		checkTerminal}
}

// errUnwell says that a check failed and that this has been reported already.
var errUnwell = fmt.Errorf("a check failed: %w", errFailed)

func doctorCommand(g *globals) *cobra.Command {
	var asJSON, repair bool
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Check config, saved sessions, providers and terminal, and say what to do",
		Args:  noArgs,
		Long: "Checks the config, the database of the sessions (its structure, size and\n" +
			"permissions), each provider (can it be reached, is its key there and right, what\n" +
			"is left to spend, has it the models of the panes), and the terminal. Says for\n" +
			"each fault what to do. Exit code 1 where a check failed. --repair makes a new\n" +
			"database of what can be read of a damaged one, keeps the old file, and makes the\n" +
			"files readable for you alone.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			p := &patient{g: g, repair: repair}
			var reg *registry.Registry
			reg, p.cfg, p.cfgErr = g.load(cmd.Context())
			if p.cfgErr == nil {
				p.reg = reg
				own, err := g.config(cmd.Context())
				p.found = err == nil && settingsAlone(own)
			}
			well := true
			for _, check := range checks() {
				for _, f := range check(cmd.Context(), p) {
					well = well && f.Status != failure
					if err := g.printFinding(f, asJSON); err != nil {
						return err
					}
				}
			}
			if !well {
				return errUnwell
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a check")
	c.Flags().BoolVar(&repair, "repair", false,
		"salvage a damaged database into a new file, and set permissions right")
	return c
}

func (g *globals) printFinding(f finding, asJSON bool) error {
	f.Message, f.Hint = providers.CleanLine(f.Message), providers.CleanLine(f.Hint)
	if asJSON {
		return printJSON(g.out, f)
	}
	t := theme.New("terminal", nil, false, colorprofile.ANSI)
	sign := map[string]string{fine: "✓", warning: "!", failure: "✗"}[f.Status]
	tone := map[string]theme.Tone{
		fine: theme.Good, warning: theme.Warn, failure: theme.Bad,
	}[f.Status]
	words := g.folded(fmt.Sprintf("%s %s %s: %s", sign, f.Check, providers.CleanLine(f.Subject),
		f.Message), 2) + "\n"
	words = t.Tone(tone).Render(sign) + words[len(sign):]
	if f.Hint != "" {
		words += g.folded("  → "+f.Hint, 4) + "\n"
	}
	_, err := io.WriteString(g.colours(), words)
	return err
}

func checkConfig(_ context.Context, p *patient) []finding {
	f := finding{Check: "config", Subject: "file", Status: fine}
	unusable := p.g.unusable
	switch {
	case p.cfgErr != nil:
		f.Status, f.Message, f.Hint = failure, p.cfgErr.Error(), "correct it; lineup config "+
			"check shows every mistake with its place"
	case p.reg == nil && unusable.String() != "":
		f.Status, f.Message = failure, unusable.String()
	case p.reg == nil:
		f.Status, f.Message, f.Hint = warning, "no provider is named, and no server and no key "+
			"were found: lineup opens simulated models",
			"start Ollama, set a key such as OPENROUTER_API_KEY, or write a config with: "+
				"lineup config init"
	case p.cfg.Found && p.found:
		f.Message = p.cfg.File + " names no provider; found on this machine and in the " +
			"environment: " +
			strings.Join(p.cfg.ProviderNames(), ", ")
	case p.cfg.Found:
		f.Message = fmt.Sprintf("%s, %s", english.Plural(len(p.cfg.Providers), "provider", ""),
			english.Plural(len(p.cfg.Panes), "pane", ""))
	default:
		f.Message = "there is none; found on this machine and in the environment: " +
			strings.Join(p.cfg.ProviderNames(), ", ")
	}
	found := []finding{f}
	for _, problem := range unusable.keys {
		if p.reg != nil {
			found = append(found, finding{Check: "config", Subject: "environment", Status: failure,
				Message: problem})
		}
	}
	return found
}

func checkStore(ctx context.Context, p *patient) []finding {
	path, err := p.g.storePath(p.cfg)
	f := finding{Check: "sessions", Subject: path, Status: fine}
	if err != nil {
		f.Subject, f.Status, f.Message = "file", failure, err.Error()
		return []finding{f}
	}
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		f.Message = "nothing is saved yet"
		return []finding{f}
	}
	h, err := health(ctx, path)
	if p.repair && (len(h.Problems) > 0 || isDamaged(err)) {
		return p.salvage(ctx, f)
	}
	var stored *session.StoreError
	switch {
	case errors.As(err, &stored):
		f.Status, f.Message, f.Hint = failure, string(stored.Reason), stored.Hint
		return []finding{f}
	case err != nil:
		f.Status, f.Message = failure, err.Error()
		return []finding{f}
	case len(h.Problems) > 0:
		f.Status, f.Message = failure, "the file is damaged: "+strings.Join(h.Problems, "; ")
		f.Hint = "quit lineup, then: lineup doctor --repair makes a new file of what can be " +
			"read and keeps this one"
	default:
		f.Message = fmt.Sprintf("sound, %s, %d replies, %d deleted, %.1f MB",
			english.Plural(h.Sessions, "session", ""), h.Replies, h.Deleted, float64(h.Bytes)/1e6)
	}
	return append([]finding{f}, p.permissions(path, h)...)
}

func health(ctx context.Context, path string) (session.Health, error) {
	s, err := session.Open(ctx, path)
	if err != nil {
		return session.Health{}, err
	}
	defer s.Close()
	return s.Health(ctx)
}

func isDamaged(err error) bool {
	var e *session.StoreError
	return errors.As(err, &e) && (e.Reason == session.Damaged || e.Reason == session.Foreign)
}

// salvage is the repair of a damaged database.
func (p *patient) salvage(ctx context.Context, f finding) []finding {
	r, err := session.Salvage(ctx, f.Subject)
	if err != nil {
		f.Status, f.Message, f.Hint = failure, err.Error(), "put a backup in its place "+
			"(lineup.db.v*.bak, backup-*.db), or move it away to start afresh"
		return []finding{f}
	}
	f.Message = fmt.Sprintf("salvaged %s with %d replies; the damaged file is kept as %s",
		english.Plural(r.Sessions, "session", ""), r.Replies, r.Kept)
	if r.Lost > 0 {
		f.Status, f.Message = warning, f.Message+fmt.Sprintf("; %s could not be read",
			english.Plural(r.Lost, "part", ""))
		f.Hint = "a backup may have them: lineup.db.v*.bak and backup-*.db beside it"
	}
	return []finding{f}
}

// permissions says whether others can read the sessions.
func (p *patient) permissions(path string, h session.Health) []finding {
	f := finding{
		Check:   "permissions",
		Subject: path,
		Status:  fine,
		Message: "only you can read the sessions",
	}
	if runtime.GOOS == "windows" || h.File&0o077 == 0 && h.Folder&0o077 == 0 {
		return []finding{f}
	}
	if p.repair && h.File&0o077 != 0 {
		if err := os.Chmod(path, 0o600); err == nil {
			h.File = 0o600
		}
	}
	if h.File&0o077 == 0 && h.Folder&0o022 == 0 { // a folder that others may look into does no harm
		return []finding{f}
	}
	f.Status = warning
	f.Message = fmt.Sprintf("others can reach the sessions: file %04o, folder %04o",
		h.File, h.Folder)
	f.Hint = "chmod 600 the file and 700 its folder; lineup doctor --repair does the first"
	return []finding{f}
}

// checkProviders asks each provider for its models, all at once, with its key, and what it tells of
// the key.
func checkProviders(ctx context.Context, p *patient) []finding {
	if p.reg == nil {
		return nil
	}
	var all []finding
	offers := p.reg.Offers(ctx)
	accounts := p.reg.Accounts(ctx, offers)
	speaks := p.reg.Speaks(ctx, offers)
	for i, o := range offers {
		f := p.provider(o)
		if f.Status == failure && speaks[i] {
			f.Status = warning
			f.Message = o.Provider.BaseURL + " answers, but lists no models"
			f.Hint = "name models by hand, as the provider's pages have them"
		}
		if o.Err == nil && f.Status != failure {
			addAccount(&f, accounts[i])
		}
		all = append(all, f)
	}
	return all
}

func (p *patient) provider(o registry.Offer) finding {
	f := finding{Check: "provider", Subject: o.Provider.Name, Status: fine}
	if name := o.Provider.APIKeyEnv; name != "" && p.g.getenv(name) == "" {
		f.Status, f.Message = failure, "there is no key: the variable "+name+" is empty"
		f.Hint = "set " + name + " to the provider's key"
		return f
	}
	var e *providers.Error
	switch {
	case errors.As(o.Err, &e):
		f.Status, f.Message, f.Hint = failure, fmt.Sprintf("%s: %s (%s)",
			strings.ReplaceAll(string(e.Kind), "_", " "), e.Error(), o.Provider.BaseURL), e.Hint
		return f
	case o.Err != nil:
		f.Status, f.Message = failure, o.Err.Error()
		return f
	}
	f.Message = fmt.Sprintf("%s lists %s", o.Provider.BaseURL,
		english.Plural(len(o.Models), "model", ""))
	if loaded := loadedModels(o.Models); len(loaded) > 0 {
		f.Message += ", loaded " + strings.Join(loaded, ", ")
	}
	var missing []string
	for _, ref := range config.Refs(p.cfg.Panes) {
		model, ours := strings.CutPrefix(ref, o.Provider.Name+"/")
		listed := slices.ContainsFunc(o.Models, func(m providers.Listed) bool {
			return m.ID == model || strings.TrimSuffix(m.ID, ":latest") == model
		})
		settings := strings.Contains(model, "@") // after the name of a simulated model
		if ours && !listed && len(o.Models) > 0 && !settings {
			missing = append(missing, model)
		}
	}
	if len(missing) > 0 {
		f.Status, f.Message = warning, f.Message+", but not "+strings.Join(missing, ", ")
		f.Hint = "lineup models " + o.Provider.Name + " shows what there is"
		if o.Pulls {
			f.Hint = "ollama pull " + missing[0]
		}
	}
	return f
}

// loadedModels names the models that are in memory, with what they take.
func loadedModels(list []providers.Listed) (out []string) {
	for _, m := range list {
		if !m.Memory.Loaded() {
			continue
		}
		name := providers.CleanLine(strings.TrimSuffix(m.ID, ":latest"))
		if memory := text.Memory(m.Memory); memory != "" {
			name += " (" + memory + ")"
		}
		out = append(out, name)
	}
	return out
}

// checkTerminal says what the screen would have to draw with.
func checkTerminal(_ context.Context, p *patient) []finding {
	f := finding{Check: "terminal", Subject: "TERM=" + p.g.getenv("TERM"), Status: fine}
	file, isFile := p.g.out.(term.File)
	if !isFile || !p.g.tty(p.g.out) {
		f.Message = "standard output is no terminal; lineup ask works, the screen needs one"
		return []finding{f}
	}
	w, h, err := term.GetSize(file.Fd())
	locale := p.g.getenv("LC_ALL") + p.g.getenv("LC_CTYPE") + p.g.getenv("LANG")
	locale = strings.ToLower(strings.ReplaceAll(locale, "-", ""))
	f.Message = fmt.Sprintf("%d×%d", w, h)
	switch {
	case err != nil:
		f.Status, f.Message = warning, "its size is not known: "+err.Error()
	case p.g.dumb():
		f.Status, f.Message = failure, "it says that it cannot draw"
		f.Hint = "start lineup with TERM=xterm-256color, or use lineup ask"
	case w < 20 || h < 6:
		f.Status, f.Message, f.Hint = failure, f.Message+" is too small", "make it 20×6 at least"
	case runtime.GOOS != "windows" && !strings.Contains(locale, "utf8"):
		f.Status, f.Message = warning, f.Message+"; the locale does not say UTF-8"
		f.Hint = "export LANG=C.UTF-8"
	}
	return []finding{f}
}
