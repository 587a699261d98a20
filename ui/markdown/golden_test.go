package markdown

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files from what is drawn")

// TestGolden draws testdata/sample.md in each style, narrow and wide. After a change of looks, run with -update and
// look at every changed file in a terminal: cat testdata/golden/*.
func TestGolden(t *testing.T) {
	doc, err := os.ReadFile("testdata/sample.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, style := range map[string]Style{"dark": Dark(""), "light": Light(""), "plain": Plain()} {
		for _, width := range []int{40, 72} {
			got := strings.Join(draw(style, width, string(doc)), "\n") + "\n"
			file := filepath.Join("testdata", "golden", fmt.Sprintf("%s-%d.txt", name, width))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if d := diff(strings.Split(got, "\n"), strings.Split(string(want), "\n")); d != "" {
				t.Errorf("%s: %s", file, d)
			}
		}
	}
}
