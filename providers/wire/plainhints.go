package wire

import (
	"strings"

	"lineup/providers"
)

// What a server's words make plain, whatever kind of error it is. The patterns match lower case.
// Ollama's words are those of its server (server/sched.go, llm/server.go) and of its cloud.
var (
	noMemory = wordsOf(
		`(requires?|needs?) more (system |gpu |video )?(memory|ram|vram)`,
		`out of (gpu |cuda |device |system |video )?memory|cudamalloc failed`,
		`(unable|failed) to allocate|insufficient (gpu |system )?memory`,
		`not enough (gpu |system |video )?(memory|ram|vram)|outofmemory|cannot allocate memory`,
	)
	tooOld = wordsOf(
		`requires a newer version of ollama|unknown model architecture`,
		`unsupported model architecture|ollama version is too old`,
	)
	brokenFile = wordsOf(
		`unable to load model|error loading model|failed to load model|invalid file magic`,
		`digest mismatch|unexpected end of file|file is (truncated|corrupt)`,
	)
	queueFull = wordsOf(
		`maximum pending requests exceeded|server busy`,
	)
	upgrade = wordsOf(
		`ollama\.com/upgrade|requires a (paid )?subscription|upgrade (your plan|for access)`,
	)
)

// plainHint is the next step where the server's words tell it, "" where they do not. It also notes
// what will not pass by itself.
func (p *Provider) plainHint(e *providers.Error, model string, s serverError) string {
	said := strings.ToLower(s.beginning())
	lasting := func(hint string) string {
		no := false
		e.Retry = &no
		return hint
	}
	switch {
	case s.signin && e.Kind == providers.Auth, e.Kind == providers.Auth && p.dialect.pulls() &&
		p.cfg.Key.Source() == "":
		return "sign in with: ollama signin"
	case noMemory.in(said):
		if p.dialect.pulls() {
			return lasting("the model does not fit; use a smaller model, or lower num_ctx")
		}
		return lasting("the model does not fit into the server's memory; " +
			"use a smaller model, or start the server with a smaller context")
	case upgrade.in(said):
		return lasting("the account of " + p.cfg.Name +
			" does not include this model; upgrade it, or use another model")
	case tooOld.in(said):
		return lasting("update the server, which is too old for this model")
	case brokenFile.in(said) && p.dialect.pulls() && model != "":
		return lasting("the server cannot load the model; fetch it again with: " +
			pullCommand(model))
	case queueFull.in(said) && p.dialect.pulls():
		return "the server's queue is full; ask again in a moment, or raise OLLAMA_MAX_QUEUE"
	}
	return ""
}

// pullCommand is how Ollama is told to fetch a model.
func pullCommand(model string) string { return "ollama pull " + model }
