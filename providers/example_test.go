package providers_test

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"lineup/providers"
)

// parrot is a model that says the prompt again.
type parrot struct{ name string }

func (p parrot) Stream(_ context.Context, req providers.Request) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		for word := range strings.FieldsSeq(req.Messages[0].Content) {
			if !yield(providers.Event{Type: providers.EventText, At: time.Now(), Text: p.name + " says " + word + ". "}, nil) {
				return
			}
		}
		yield(providers.Event{Type: providers.EventFinish, At: time.Now(), Text: providers.FinishStop}, nil)
	}
}

// Start asks several models at once. Their events are taken in batches, each model's in the order in which
// they came; the last one of each says how it ended.
func ExampleStart() {
	req := providers.Request{Messages: []providers.Message{{Role: providers.User, Content: "hello again"}}}
	run := providers.Start(context.Background(), []providers.Call{
		{Model: parrot{"Polly"}, Request: req}, {Model: parrot{"Rio"}, Request: req},
	})
	answers, open := make([]string, run.Len()), run.Len()
	var events []providers.Event
	for open > 0 {
		<-run.Ready()
		for i := range run.Len() {
			events = run.Take(i, events[:0])
			for _, ev := range events {
				switch ev.Type {
				case providers.EventText:
					answers[i] += ev.Text
				case providers.EventEnd:
					open--
				}
			}
		}
	}
	for _, a := range answers {
		fmt.Println(strings.TrimSpace(a))
	}
	// Output:
	// Polly says hello. Polly says again.
	// Rio says hello. Rio says again.
}
