package providers

import (
	"context"
	"sync"
	"time"
)

// order is where a call of a Run stands among the others. They come to the queues of their
// providers in the order of their slots: which of two panes a server answers first is not left to
// chance.
type order struct {
	before <-chan struct{} // closed when the call before has come; nil for the first
	came   chan struct{}
	once   sync.Once
}

// follow makes the place after another one, which may be nil.
func follow(before *order) *order {
	o := &order{came: make(chan struct{})}
	if before != nil {
		o.before = before.came
	}
	return o
}

// come lets the next one come.
func (o *order) come() { o.once.Do(func() { close(o.came) }) }

type orderKey struct{}

// orderPatience is how long a call waits for those before it. One of them may have to ask its
// server something first, whether the model takes images for one, and that server may be down.
const orderPatience = 100 * time.Millisecond

// InOrder calls enter when all calls of the same [Run] with a lower slot have come to a queue, have
// said something or have ended, and does not wait long for that. Outside a Run, or once ctx is
// done, it calls it at once.
func InOrder(ctx context.Context, enter func()) {
	o, ok := ctx.Value(orderKey{}).(*order)
	if !ok {
		enter()
		return
	}
	if o.before != nil {
		late := time.NewTimer(orderPatience)
		defer late.Stop()
		select {
		case <-o.before:
		case <-late.C:
		case <-ctx.Done():
		}
	}
	enter()
	o.come()
}
