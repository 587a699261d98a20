package providers

import (
	"context"
	"sync"
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

// InOrder calls enter when all calls of the same [Run] with a lower slot have come to a queue, have
// said something or have ended. Outside a Run, or once ctx is done, it calls it at once.
func InOrder(ctx context.Context, enter func()) {
	o, ok := ctx.Value(orderKey{}).(*order)
	if !ok {
		enter()
		return
	}
	if o.before != nil {
		select {
		case <-o.before:
		case <-ctx.Done():
		}
	}
	enter()
	o.come()
}
