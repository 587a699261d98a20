package config

import (
	"time"

	"lineup/jsoncheck"
)

// Kind is the wire protocol of a provider.
type Kind string

// The dialects that lineup speaks.
const (
	OpenAI    Kind = "openai"    // Chat Completions: every gateway, vLLM, llama.cpp, LM Studio
	Ollama    Kind = "ollama"    // Ollama's native /api/chat
	Anthropic Kind = "anthropic" // Messages
	Responses Kind = "responses" // OpenAI's Responses API
)

// MaxPanes is how many panes the screen holds.
const MaxPanes = 16

// Config is everything a config file can say. Durations, numbers and texts are
// checked; references in Panes, Lineups and Fallback name providers that exist.
type Config struct {
	File  string // the file it was read from, as it was named; "" without one
	Found bool   // the file exists

	Panes     []Pane              // left to right, at most MaxPanes
	Lineups   []Lineup            // in the order of the file
	System    string              // the system prompt of every pane
	Store     string              // SQLite file; "" for the usual place
	Providers []Provider          // in the order of the file
	Models    map[string]Model    // by model reference
	Params    Params              // for every model
	Timeouts  Timeouts            // for every provider
	Retry     Retry               // for every provider
	UI        UI                  // the screen
	Compare   Compare             // votes, merging and judging
	Budget    Budget              // where spending stops
	Queue     Queue               // where runs of several machines meet
	Keys      map[string][]string // action → its keys; only the actions that the file rebinds
	Templates map[string]string   // name → prompt with {{variables}}
	Themes    map[string]Theme    // the user's own, by name
	SaysTheme bool                // the file sets UI.Theme
}

// Provider is one endpoint: an address, a dialect, a key, limits.
type Provider struct {
	Name    string
	Kind    Kind
	BaseURL string // as the file gives it
	// the variable that names BaseURL, "" for the file; its errors name it in turn
	BaseURLEnv string
	Local      bool  // BaseURL is a loopback or private address
	Own        *bool // whether the server is the user's own machine; nil: the file does not say

	// Where the key comes from; the first one set counts. All empty: no key.
	APIKeyEnv     string // name of an environment variable
	APIKeyCmd     string // command line whose first output line is the key
	APIKeyKeyring string // entry of the system's keyring

	MaxConcurrent *int              // requests at a time; unset: see Effective
	AllowHTTP     bool              // plain http beyond private addresses is accepted
	CAFile        string            // PEM file of further authorities; see Config.Path
	Headers       map[string]string // further request headers
	HeadersEnv    map[string]string // header → environment variable that holds its value
	Body          map[string]any    // further fields of the request body, ready for JSON

	Params   Params
	Timeouts Timeouts
	Retry    Retry
	Cost     Cost
}

// OnSite reports whether the server gets what a machine of one's own needs: longer deadlines, and
// one request at a time. The file decides, else the address.
func (p Provider) OnSite() bool { return first(&p.Local, p.Own) }

// Model is what a file says about one model reference.
type Model struct {
	Name     string   // label to show; "" for the model's own name
	System   *string  // system prompt in place of Config.System
	Fallback []string // model references to try in turn
	Vision   *bool    // whether it takes images, where nobody else says so or says it wrong

	Schema *jsoncheck.Schema // that answers are to fit; nil for text
	Tools  []jsoncheck.Tool  // that are declared
	// the files of both, as the config names them; "" where they come from elsewhere
	SchemaFile, ToolsFile string

	Params   Params
	Price    Price
	Timeouts Timeouts
	Retry    Retry
	Headers  map[string]string
	Body     map[string]any
}

// Pane is what a file says about one pane: a model, and settings that hold in this pane over those
// of the model's own section.
type Pane struct {
	Ref string // model reference
	Model
	// the prompt as it is sent, with {{prompt}} for what was typed; "" for as typed
	Template string
	// the name of the template in the config, or its file; "" where it comes from elsewhere
	TemplateName string
}

// Refs are the model references of panes.
func Refs(panes []Pane) []string {
	refs := make([]string, len(panes))
	for i, p := range panes {
		refs[i] = p.Ref
	}
	return refs
}

// Lineup is a saved set of panes, with what a session of it begins with.
type Lineup struct {
	Name  string
	Panes []Pane

	Blind    *bool
	Judge    string // model reference, or ""
	Merge    string // model reference, or ""
	Repeat   *int   // how often each pane is asked
	Template string // of panes without their own
	Layout   Layout

	TemplateName string // as that of a Pane
}

// Layout is how the panes of a line-up stand at first.
type Layout struct {
	Zoomed   *int // the pane that has the screen to itself, from 1
	Together bool // they scroll together
	Raw      bool // answers are shown as they came
}

// Params are sampling parameters. Unset ones are not sent at all.
type Params struct {
	Temperature     *float64
	TopP            *float64 // 0 to 1
	MinP            *float64 // 0 to 1
	TopK            *int
	MaxTokens       *int // output tokens
	Seed            *int64
	Stop            []string       // nil is unset, empty clears a wider setting
	ReasoningEffort string         // "low", "medium", "high", …; servers differ; "" is unset
	NumCtx          *int           // context length in tokens (Ollama)
	Options         map[string]any // further fields of Ollama's options
}

// Timeouts are the deadlines of a request; unset (nil) takes the wider setting,
// zero turns one off.
type Timeouts struct {
	Connect    *time.Duration
	Headers    *time.Duration
	FirstToken *time.Duration
	Idle       *time.Duration
	Total      *time.Duration
}

// Retry says how often and how patiently a request is tried again.
type Retry struct {
	Max  *int           // further tries after the first
	Base *time.Duration // wait before the first of them; doubles with each
	Cap  *time.Duration // longest wait
}

// Price is in USD per million tokens, Request and Image in USD each.
type Price struct {
	Input        *float64
	Output       *float64
	CacheRead    *float64
	CacheWrite   *float64 // cache entries that live five minutes
	CacheWrite1h *float64 // cache entries that live an hour
	Reasoning    *float64
	Request      *float64
	Image        *float64
	Tiers        []Tier // of long prompts, the shortest first
}

// Set reports whether the file says anything about the price.
func (p Price) Set() bool {
	for _, v := range []*float64{p.Input, p.Output, p.CacheRead, p.CacheWrite, p.CacheWrite1h,
		p.Reasoning, p.Request, p.Image} {
		if v != nil {
			return true
		}
	}
	return len(p.Tiers) > 0
}

// Tier is what holds instead where a prompt has more than Above tokens. What it leaves out stays as
// in the price around it.
type Tier struct {
	Above int
	Price
}

// Cost is what a self-hosted provider costs: by the time that it works, or by the token.
type Cost struct {
	MonthlyUSD    *float64 // rent, or all costs together
	HoursPerMonth *float64 // that it works; unset: all
	Watts         *float64 // while it works
	USDPerKWh     *float64
	MachineUSD    *float64 // what the machine cost
	MachineYears  *float64 // its life
	Price
}

// Machine reports whether the cost goes by time.
func (c Cost) Machine() bool { return c.MonthlyUSD != nil || c.Watts != nil || c.MachineUSD != nil }

// UI is how the screen looks and behaves.
type UI struct {
	Theme     string // a built-in theme, a name in Config.Themes, or a style, see Theme.Markdown
	FrameRate int    // frames a second, 1 to 120
	Motion    string // "auto", "full" or "reduced"
	Mouse     bool
}

// Compare is how answers are compared.
type Compare struct {
	Blind       bool   // sessions begin without names
	Pace        string // of text in blind sessions: "together" or "live"
	Merge       string // model reference of who merges answers, or ""
	MergePrompt string // what it is asked, with {{prompt}} and {{answers}}; "" for the built-in one
	Judge       string // model reference of the judge, or ""
	Criteria    string // what a judge goes by; "" for the built-in ones
}

// Budget is in USD; nil is no limit.
type Budget struct {
	Session *float64
	Day     *float64
}

// Default is the Config of an empty file.
func Default() Config {
	return Config{UI: UI{Theme: "auto", FrameRate: 30, Motion: "auto", Mouse: true},
		Compare: Compare{Pace: "together"}}
}

// Lineup finds a line-up by its name.
func (c Config) Lineup(name string) (Lineup, bool) {
	for _, l := range c.Lineups {
		if l.Name == name {
			return l, true
		}
	}
	return Lineup{}, false
}

// LineupNames lists the line-ups in the order of the file.
func (c Config) LineupNames() []string {
	names := make([]string, len(c.Lineups))
	for i, l := range c.Lineups {
		names[i] = l.Name
	}
	return names
}

// Provider finds a provider by its name.
func (c Config) Provider(name string) (Provider, bool) {
	for _, p := range c.Providers {
		if p.Name == name {
			return p, true
		}
	}
	return Provider{}, false
}

// ProviderNames lists the providers in the order of the file.
func (c Config) ProviderNames() []string {
	names := make([]string, len(c.Providers))
	for i, p := range c.Providers {
		names[i] = p.Name
	}
	return names
}
