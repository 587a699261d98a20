package wire

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"lineup/providers"
)

// responseDecoder decodes the events of the Responses API. A piece of text comes up to four times:
// in deltas, at the end of its part, at the end of its item, and in the answer as a whole. Servers
// leave some of these out, so that a piece counts where it comes first.
type responseDecoder struct {
	seen   streamState
	served string

	said      map[partPlace]bool // parts of which something has come
	text      pieces
	reasoning pieces

	callPlaces []partPlace // of the calls of tools

	spelling string // the kind of reasoning that came first: a summary, or the text itself
}

// pieces is one sort of text so far: the place of its last piece, and the form of that event.
type pieces struct {
	begun bool
	last  partPlace
	form  *template
}

func (d *responseDecoder) state() *streamState { return &d.seen }

func (d *responseDecoder) decode(f frame, out []providers.Event) ([]providers.Event, error) {
	data := bytes.TrimSpace(f.data)
	if len(data) == 0 || signOfLife(f.event) {
		return out, nil
	}
	if string(data) == "[DONE]" { // of gateways that end all their streams so
		d.seen.endNative()
		return out, errStreamEnd
	}
	if s, simple, ok := d.text.form.match(data); ok {
		return d.seen.addPiece(s, simple, f, out), nil
	}
	if s, _, ok := d.reasoning.form.match(data); ok {
		return d.seen.addReasoning(s, f, out), nil
	}
	var ev responseEvent
	if err := unmarshal(data, &ev); err != nil {
		if f.event == "error" { // in plain words
			return out, streamFailure(data)
		}
		return decodeLines(f, data, out, d.decode)
	}
	if ev.Type == "" {
		ev.Type = f.event
	}
	f.data = data
	switch {
	case ev.Type == "error" || tellsError(ev.Error) && ev.Object != "response":
		return out, streamFailure(data)
	case strings.HasPrefix(ev.Type, "response."):
		d.seen.payload = true
		return d.take(&ev, f, out)
	case ev.Object == "response":
		var r response
		_ = unmarshal(data, &r) // it was JSON a moment ago
		return d.end(&r, f, out)
	// OpenAI's sign of life, and that of gateways before it
	case ev.Type == "keepalive" || ev.Type == "ping":
	case !strings.Contains(ev.Type, "."):
		native, ok := d.seen.takeNative(data, f, out)
		if ok {
			return native, nil
		}
		d.seen.addForeign(data)
	}
	return out, nil
}

// take reads an event by its name. Names that are not known are left alone: new ones come with each
// new tool.
func (d *responseDecoder) take(
	ev *responseEvent, f frame, out []providers.Event,
) ([]providers.Event, error) {
	switch strings.TrimPrefix(ev.Type, "response.") {
	case "created", "queued", "in_progress":
		var r response
		_ = unmarshal(ev.Response, &r)
		return d.seen.addUsage(r.Usage, f, d.serve(r.Model, f, out)), nil
	case "output_text.delta", "refusal.delta", "output_text.done", "refusal.done":
		return d.takeText(ev, f, out), nil
	case "reasoning_summary_text.delta", "reasoning_summary.delta", "reasoning_text.delta",
		"reasoning.delta",
		"reasoning_summary_text.done", "reasoning_summary.done", "reasoning_text.done",
		"reasoning.done":
		return d.takeReasoning(ev, f, out), nil
	case "content_part.done":
		if ev.Part != nil {
			out = d.takePart(ev.Part, ev.place(ev.ContentIndex), f, out)
		}
	case "reasoning_summary_part.done":
		if ev.Part != nil {
			out = d.takePart(ev.Part, ev.place(ev.SummaryIndex), f, out)
		}
	case "output_item.added":
		if ev.Item != nil && ev.Item.isToolCall() {
			return d.takeCall(ev.Item, ev.place(0), false, f, out), nil
		}
	case "output_item.done":
		if ev.Item != nil {
			out = d.takeItem(ev.Item, ev.place(0), f, out)
		}
	case "function_call_arguments.delta":
		return d.seen.addCall(callPiece{key: d.callAt(ev.place(0)),
			arguments: textOf(ev.Delta)}, f, out), nil
	case "function_call_arguments.done":
		return d.seen.addCall(callPiece{key: d.callAt(ev.place(0)), whole: true,
			arguments: textOf(ev.Arguments)}, f, out), nil
	case "custom_tool_call_input.delta", "custom_tool_call_input.done":
		return d.seen.addTools(f, out), nil
	case "completed", "incomplete", "failed", "cancelled", "done":
		var r response
		_ = unmarshal(ev.Response, &r) // the event's name says enough
		if r.Timings == nil {          // llama-server's stand beside the answer
			r.Timings = ev.Timings
		}
		if !present(r.Usage) {
			r.Usage = ev.Usage
		}
		if said := strings.TrimPrefix(ev.Type, "response."); said != "completed" && said != "done" {
			r.Status = said
		}
		return d.end(&r, f, out)
	}
	return out, nil
}

// serve tells of the model that answers.
func (d *responseDecoder) serve(model string, f frame, out []providers.Event) []providers.Event {
	if model == "" || model == d.served {
		return out
	}
	d.served = model
	return append(out, providers.Event{Type: providers.EventServed, At: f.at,
		Text: providers.CleanLine(model)})
}

// takeText reads a piece of the answer, or all of a part of it. A refusal is shown, and filters the
// answer.
func (d *responseDecoder) takeText(
	ev *responseEvent, f frame, out []providers.Event,
) []providers.Event {
	raw := ev.Delta
	whole := strings.HasSuffix(ev.Type, ".done")
	if whole {
		raw = ev.Text
	}
	refusal := strings.Contains(ev.Type, ".refusal.")
	if refusal && whole {
		raw = ev.Refusal
	}
	out, fresh := d.addText(raw, refusal, whole, ev.place(ev.ContentIndex), f, out)
	if fresh && !whole && !refusal && quoted(ev.Delta) {
		d.text.form = ev.form(f.data)
	}
	return out
}

// addText adds a piece of text at its place. A whole part counts only where nothing has come of it
// before.
func (d *responseDecoder) addText(
	raw json.RawMessage, refusal, whole bool, at partPlace, f frame, out []providers.Event,
) ([]providers.Event, bool) {
	s := textWithin(raw, 0)
	if s == "" || whole && d.said[at] {
		return out, false
	}
	d.note(at)
	if d.text.begun && !sameItem(d.text.last, at) { // another message
		s = "\n\n" + s
	}
	d.text.begun, d.text.last = true, at
	if refusal {
		return d.seen.addRefusal(s, f, out), true
	}
	return d.seen.addAnswer(s, f, out), true
}

// takeReasoning reads a piece of reasoning, or all of a part of it. Of a summary and the text that
// it sums up, the one that comes first is taken.
func (d *responseDecoder) takeReasoning(
	ev *responseEvent, f frame, out []providers.Event,
) []providers.Event {
	spelling, part := "text", ev.ContentIndex
	if strings.Contains(ev.Type, "summary") {
		spelling, part = "summary", ev.SummaryIndex
	}
	raw, whole := ev.Delta, strings.HasSuffix(ev.Type, ".done")
	if whole {
		raw = ev.Text
	}
	out, fresh := d.addReasoning(raw, spelling, whole, ev.place(part), f, out)
	if fresh && !whole && quoted(ev.Delta) {
		d.reasoning.form = ev.form(f.data)
	}
	return out
}

// addReasoning adds a piece of reasoning at its place. The parts of a summary are paragraphs.
func (d *responseDecoder) addReasoning(
	raw json.RawMessage, spelling string, whole bool, at partPlace, f frame, out []providers.Event,
) ([]providers.Event, bool) {
	s := textWithin(raw, 0)
	at.part = ^at.part // apart from the parts of a message that has the same number
	if s == "" || d.spelling != "" && d.spelling != spelling || whole && d.said[at] {
		return out, false
	}
	d.note(at)
	d.spelling = spelling
	if d.reasoning.begun && d.reasoning.last != at {
		s = "\n\n" + s
	}
	d.reasoning.begun, d.reasoning.last = true, at
	return d.seen.addReasoning(s, f, out), true
}

// note remembers that something of a part has come.
func (d *responseDecoder) note(at partPlace) {
	if d.said == nil {
		d.said = map[partPlace]bool{}
	}
	d.said[at] = true
}

// sameItem reports whether two parts belong to the same item.
func sameItem(a, b partPlace) bool { return a.item == b.item && a.id == b.id }

// takePart reads a part that is whole.
func (d *responseDecoder) takePart(
	p *responsePart, at partPlace, f frame, out []providers.Event,
) []providers.Event {
	switch p.Type {
	case "output_text", "text", "refusal":
		raw, refusal := p.Text, p.Type == "refusal"
		if refusal {
			raw = p.Refusal
		}
		out, _ = d.addText(raw, refusal, true, at, f, out)
	case "reasoning_text":
		out, _ = d.addReasoning(p.Text, "text", true, at, f, out)
	case "summary_text":
		out, _ = d.addReasoning(p.Text, "summary", true, at, f, out)
	}
	return out
}

// takeItem reads an item that begins, or one that is whole.
func (d *responseDecoder) takeItem(
	it *responseItem, at partPlace, f frame, out []providers.Event,
) []providers.Event {
	if it.isToolCall() {
		return d.takeCall(it, at, true, f, out)
	}
	reasons := it.Type == "reasoning"
	for _, raw := range []json.RawMessage{it.Summary, it.Content} {
		for i, p := range partsOf(raw) {
			at.part = i
			if reasons && p.Type == "text" {
				p.Type = "reasoning_text"
			}
			out = d.takePart(&p, at, f, out)
		}
	}
	if reasons && isText(it.Encrypted) && !d.seen.reasoning {
		out = d.seen.addHidden(f, out)
	}
	return out
}

// takeCall reads a call that begins, or one that is whole. lineup declares functions alone.
func (d *responseDecoder) takeCall(it *responseItem, at partPlace, whole bool, f frame,
	out []providers.Event) []providers.Event {
	if it.Type != "function_call" {
		return d.seen.addTools(f, out)
	}
	a := toolArgs{Arguments: it.Arguments}
	p := callPiece{key: d.callAt(at), id: it.CallID, name: it.Name, whole: whole}
	p.arguments, _ = a.text()
	return d.seen.addCall(p, f, out)
}

// callAt numbers the calls by their places.
func (d *responseDecoder) callAt(at partPlace) int {
	if n := slices.Index(d.callPlaces, at); n >= 0 {
		return n
	}
	d.callPlaces = append(d.callPlaces, at)
	return len(d.callPlaces) - 1
}

// partsOf reads the parts of an item, or the string in place of one.
func partsOf(raw json.RawMessage) []responsePart {
	if isText(raw) {
		return []responsePart{{Type: "text", Text: raw}}
	}
	if present(raw) && raw[0] == '{' {
		var p responsePart
		_ = unmarshal(raw, &p)
		return []responsePart{p}
	}
	var parts []responsePart
	_ = unmarshal(raw, &parts) // what is no list has no parts
	return parts
}

// end reads the answer as a whole, which is the end of a stream.
func (d *responseDecoder) end(
	r *response, f frame, out []providers.Event,
) ([]providers.Event, error) {
	d.seen.payload = true
	out = d.serve(r.Model, f, out)
	out = d.takeOutput(r.Output, f, out)
	out = d.seen.addUsage(r.Usage, f, out)
	out = d.seen.addLlamaTimings(r.Timings, f, out)
	switch {
	case tellsError(r.Error), r.Status == "failed", r.Status == "cancelled":
		return out, responseFailure(r)
	case r.Status == "incomplete":
		d.seen.setFinish(incompleteReason(r.Incomplete.Reason))
	case (d.seen.tools || len(d.seen.calls) > 0) && !d.seen.text:
		d.seen.setFinish(providers.FinishTools)
	default:
		d.seen.setFinish(providers.FinishStop)
	}
	return out, errStreamEnd
}

// takeOutput reads the items of a whole answer. In a stream they have come already, as a rule; what
// has come under other numbers is not taken twice.
func (d *responseDecoder) takeOutput(
	items []responseItem, f frame, out []providers.Event,
) []providers.Event {
	text, reasoning, calls := d.seen.text, d.seen.reasoning, len(d.seen.calls)
	for i := range items {
		it := &items[i]
		if it.isToolCall() && calls > 0 && !d.seen.calledAs(it.CallID) {
			continue
		}
		if reasons := it.Type == "reasoning"; reasons && reasoning || !reasons && text &&
			!it.isToolCall() {
			continue
		}
		out = d.takeItem(it, partPlace{item: i}, f, out)
	}
	return out
}

// incompleteReason gives the finish reason of an answer that the server did not complete. Without
// a reason, or with one of the server's own, the answer counts as cut.
func incompleteReason(reason string) string {
	switch reason {
	case "max_output_tokens", "max_tokens", "length":
		return providers.FinishLength
	case "content_filter":
		return providers.FinishFilter
	case "":
		return finishIncomplete
	}
	return finishIncomplete + ": " + reason
}

// responseFailure is the error of an answer that failed.
func responseFailure(r *response) *failure {
	if present(r.Error) {
		if f := streamFailure(r.Error); f.message != "" {
			return f
		}
	}
	if r.Status == "cancelled" {
		return &failure{serverError{message: "the server cancelled the answer"}}
	}
	return &failure{serverError{message: "the server says that the answer failed, and not why"}}
}

func (d *responseDecoder) whole(data []byte, out []providers.Event) ([]providers.Event, error) {
	var r response
	if err := unmarshal(data, &r); err != nil {
		return out, errNotJSON
	}
	if r.Object != "response" && (r.Output == nil || r.Status == "") {
		if out, ok := d.seen.takeNative(data, frame{bytes: len(data)}, out); ok {
			return out, nil
		}
		if f := streamFailure(data); !f.raw {
			return out, f
		}
		return out, &foreignError{data}
	}
	f := frame{bytes: len(data)}
	// what there is so far, of an answer that goes on elsewhere
	if r.Status == "queued" || r.Status == "in_progress" {
		d.seen.payload = true
		return d.takeOutput(r.Output, f, out), nil
	}
	out, err := d.end(&r, f, out)
	if err == errStreamEnd {
		err = nil
	}
	return out, err
}
