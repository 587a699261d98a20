package wire

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"lineup/providers"
)

// llamaRouter is llama-server without a model of its own: it runs one process a model, and its list
// says how each of them is. It tells no memory and no time, and how long a model stays is up to
// --sleep-idle-seconds and --models-max.
// https://github.com/ggml-org/llama.cpp/tree/master/tools/server#using-multiple-models
type llamaRouter struct{}

// routed is the state of a model in the router's list: {"status":{"value":"loaded"}}, "" for other
// lists. A model whose process has died is unloaded and failed, or in older versions failed alone.
func (e listEntry) routed() providers.MemoryState {
	status, ok := e["status"].(map[string]any)
	if !ok {
		return providers.MemoryUnknown
	}
	value, _ := status["value"].(string)
	failed, _ := status["failed"].(bool)
	switch {
	case value == "loaded", value == "loading", value == "sleeping":
		return providers.MemoryState(value)
	case failed, value == "failed":
		return providers.MemoryFailed
	case value == "unloaded", value == "downloaded", value == "downloading":
		return providers.MemoryUnloaded
	}
	return providers.MemoryUnknown
}

// remember asks for the list again only for a model that is not from the list, as its state is
// there already.
func (llamaRouter) remember(ctx context.Context, p *Provider, list []providers.Listed) {
	for i := range list {
		m := &list[i]
		if m.Memory.State == providers.MemoryUnknown {
			if e, _ := p.routedModel(ctx, m.ID); e != nil {
				m.Memory.State, m.Context = e.routed(), e.context()
			}
		}
		if m.Memory.Loaded() {
			m.Memory.Context = m.Context
		}
	}
}

// routedModel asks for one entry of the router's list, nil where there is none. A model has further
// names, its aliases.
func (p *Provider) routedModel(ctx context.Context, model string) (listEntry, error) {
	body, _, err := p.get(ctx, p.beside("/v1/models"))
	if err != nil {
		return nil, err
	}
	entries, _ := decodeListOf(body, "data")
	for _, e := range entries {
		aliases, _ := e["aliases"].([]any)
		for _, name := range append(aliases, e.id()) {
			if name == model {
				return e, nil
			}
		}
	}
	return nil, nil
}

// Bounds of the wait for a model of the router.
const (
	routerPoll  = 250 * time.Millisecond
	routerTries = 20 // polls that may say nothing of the model
	awayCounts  = 4  // so many of them is a poll where nothing answers at the address
)

// load asks the router to load a model, which it does later, and waits for that. A model that is
// loading or loaded already is refused with 400.
func (llamaRouter) load(ctx context.Context, p *Provider, model string, how LoadOptions) error {
	if err := p.keepAliveRefused(how); err != nil {
		return err
	}
	_, err := p.memoryPost(ctx, "/models/load", model, map[string]any{"model": model})
	if err != nil && !saysOf(err, "already") {
		if e := providers.AsError(err); saysOf(err, "file not found") {
			e.Message = fmt.Sprintf("the router has no model %q", providers.CleanLine(model))
			e.Hint = "list what there is with: lineup models"
		}
		return err
	}
	silent := 0
	for {
		e, err := p.routedModel(ctx, model)
		switch state := e.routed(); state {
		case providers.MemoryLoaded:
			return nil
		case providers.MemoryFailed:
			return p.loadFailed(e)
		case providers.MemoryLoading:
			silent = 0
		default:
			if silent++; err != nil && providers.AsError(err).Kind == providers.Unreachable {
				silent += awayCounts - 1
			}
			if silent > routerTries {
				return notLoading(err)
			}
		}
		if err := waitFor(ctx, routerPoll); err != nil {
			return err
		}
	}
}

// notLoading is the error of a router that took a model and no longer tells of it. err says why, or
// is nil where its list is there without the model.
func notLoading(err error) *providers.Error {
	if err == nil {
		return &providers.Error{Kind: providers.ServerError,
			Message: "the router took the model and does not load it",
			Hint:    "its own output says why; look with: lineup models"}
	}
	e := providers.AsError(err)
	switch e.Kind {
	case providers.Unreachable, providers.TimeoutConnect, providers.ConnectionLost:
		e.Message = "the server went away while it loaded the model: " + e.Message
		e.Hint = "the output of llama-server says why; it may have had too little memory; " +
			"start it again"
	}
	return e
}

// loadFailed is the error of a model whose process has ended.
func (p *Provider) loadFailed(e listEntry) *providers.Error {
	failed := &providers.Error{Kind: providers.ServerError,
		Message: "the model could not be loaded", Hint: "the output of llama-server says why"}
	status, _ := e["status"].(map[string]any)
	if code, err := strconv.Atoi(string(numberOf(status["exit_code"]))); err == nil {
		failed.Message += fmt.Sprintf(": its process ended with code %d", code)
	}
	return failed
}

// unload is done at once for a model that is not running, which the router refuses with 400.
func (llamaRouter) unload(ctx context.Context, p *Provider, model string) error {
	_, err := p.memoryPost(ctx, "/models/unload", model, map[string]any{"model": model})
	if saysOf(err, "not running") || saysOf(err, "not loaded") {
		return nil
	}
	return err
}

// saysOf reports whether words stand in the message of an error.
func saysOf(err error, words string) bool {
	return err != nil && strings.Contains(strings.ToLower(providers.AsError(err).Message), words)
}

// llamaAlone is llama-server with the one model that it was started with.
type llamaAlone struct{}

func (llamaAlone) remember(context.Context, *Provider, []providers.Listed) {}

func (llamaAlone) load(_ context.Context, p *Provider, _ string, _ LoadOptions) error {
	return p.oneModel()
}

func (llamaAlone) unload(_ context.Context, p *Provider, _ string) error { return p.oneModel() }

func (p *Provider) oneModel() error {
	return p.cannotLoad("this llama-server has one model, loaded for as long as it runs",
		"start it without -m, with --models-dir DIR, and it loads and unloads models")
}
