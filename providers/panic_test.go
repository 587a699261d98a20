package providers

import (
	"strings"
	"testing"
)

// What a panic says may quote a prompt or a key; what Go says of itself may not.
func TestPanicWordsQuoteNothing(t *testing.T) {
	var none []int
	for _, c := range []struct {
		fail func()
		want string
	}{
		{func() { panic("the key is sk-secret") }, "a value of type string"},
		{func() { panic(&Error{Message: "sk-secret"}) }, "a value of type *providers.Error"},
		{func() { none[len(none)] = 1 }, "runtime error: index out of range [0] with length 0"},
	} {
		var got *Panic
		func() {
			defer Catch("a test", func(p *Panic) { got = p })
			c.fail()
		}()
		if got == nil || got.Words() != c.want || strings.Contains(got.Error(), "secret") || !strings.Contains(string(got.Stack), "panic_test.go") {
			t.Errorf("%+v, want %q with a stack", got, c.want)
		}
	}
}
