package compare

import (
	"regexp"
	"sync"
)

// lazily is a regular expression that is compiled when it is first used. Compiling all of them
// took half a millisecond of every start.
func lazily(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
