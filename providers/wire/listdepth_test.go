package wire

import (
	"strings"
	"testing"
)

// Fault: a list within lists took twice as long for each level, so that one of 40 never ended.
func TestAListWithinListsEnds(t *testing.T) {
	for _, levels := range []int{3, 40, 9000} {
		for _, name := range []string{"data", "models", "result"} {
			body := strings.Repeat(`{"`+name+`":`, levels) + `{"none":1}` + strings.Repeat("}", levels)
			if list, err := (openAI{}).decodeList([]byte(body)); len(list) > 1 {
				t.Errorf("%d levels of %s: %v, %v", levels, name, list, err)
			}
		}
	}
}
