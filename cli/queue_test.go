package cli

import (
	"bytes"
	"errors"
	"testing"
)

// Fault: where the database went away halfway, nobody learnt which runs were removed, or that lines were taken out.
func TestWhatWasDoneBeforeAFailureIsTold(t *testing.T) {
	away := errors.New("the database is away")
	for _, c := range []struct {
		do   func(g *globals) error
		want string
	}{
		{func(g *globals) error { return g.tellPruned([]string{"one", "둘"}, false, away) }, "one: removed\n둘: removed\n"},
		{func(g *globals) error { return g.tellPruned([]string{"one"}, true, away) }, `{"type":"pruned","name":"one"}` + "\n"},
		{func(g *globals) error { return g.tellPruned(nil, false, away) }, ""},
		{func(g *globals) error { return g.tellCancelled("one", 7, false, away) },
			"one: 7 lines taken out; the same lineup run goes on\n"},
		{func(g *globals) error { return g.tellCancelled("one", 7, true, away) }, `{"type":"cancelled","name":"one","lines":7}` + "\n"},
		{func(g *globals) error { return g.tellCancelled("one", 0, false, away) }, ""},
	} {
		var out, errs bytes.Buffer
		pipe := func(any) bool { return false }
		if err := c.do(&globals{env: env{out: &out, err: &errs, tty: pipe}}); !errors.Is(err, away) {
			t.Errorf("%v", err)
		}
		if out.String() != c.want || errs.Len() > 0 {
			t.Errorf("%q, want %q; %s", out.String(), c.want, errs.String())
		}
	}
}
