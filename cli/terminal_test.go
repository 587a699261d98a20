package cli

import (
	"bytes"
	"testing"
)

// Regression: lines on standard output broke inside words on a narrow terminal: those of config
// init and check, of models load, of imports and of changed sessions.
func TestPrintedLinesBreakBetweenWords(t *testing.T) {
	for tty, want := range map[bool]string{
		true:  "there is no config file at\n  /x; write one\n",
		false: "there is no config file at /x; write one\n",
	} {
		var buf bytes.Buffer
		g := &globals{env: env{out: &buf, tty: func(any) bool { return tty },
			getenv: func(name string) string { return map[string]string{"COLUMNS": "28"}[name] }}}
		if err := g.printLine("there is no config file at %s; write one", "/x"); err != nil {
			t.Fatal(err)
		}
		if buf.String() != want {
			t.Errorf("on a terminal %v: %q, want %q", tty, buf.String(), want)
		}
	}
}
