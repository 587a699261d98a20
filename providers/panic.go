package providers

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// Panic is a fault in lineup itself: a panic that was caught, as an error.
type Panic struct {
	In    string // what failed, as in "the screen"
	Value any    // of the panic
	Stack []byte // of the goroutine that failed
}

func (p *Panic) Error() string { return "a fault in lineup, in " + p.In }

// AsError is what the pane shows that the fault belongs to. It is not worth a second try.
func (p *Panic) AsError() *Error {
	return &Error{Kind: Protocol, Message: "lineup made a mistake while reading this answer",
		Hint: "please report it", Err: p}
}

// Words tells what the panic said, for a report. Only the words of Go's own run-time errors are
// sure to quote nothing; of any other value the type must do: it may hold a prompt, an answer or a
// key.
func (p *Panic) Words() string {
	if e, ok := p.Value.(runtime.Error); ok {
		return e.Error()
	}
	return fmt.Sprintf("a value of type %T", p.Value)
}

// Catch, deferred, hands a panic over instead of letting it end the program.
func Catch(in string, caught func(*Panic)) {
	if v := recover(); v != nil {
		caught(&Panic{In: in, Value: v, Stack: debug.Stack()})
	}
}
