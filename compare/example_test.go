package compare_test

import (
	"fmt"

	"lineup/compare"
)

func ExampleDiff() {
	c := compare.Diff("**결론**은 42 ms", "결론은 40 ms")
	fmt.Printf("%.2f\n", c.Similarity)
	for _, op := range c.Ops {
		fmt.Printf("%s %q\n", op.Kind, op.Text)
	}
	// Output:
	// 0.67
	// delete "**"
	// equal "결론"
	// delete "**"
	// equal "은 "
	// delete "42"
	// insert "40"
	// equal " ms"
}

func ExampleAgree() {
	a := compare.Agree([]string{"It takes 42 ms.", "It takes 40 ms.", "42ms"})
	for _, f := range a.Facts {
		fmt.Print(f.Text, ":")
		for i, places := range f.In {
			if len(places) > 0 {
				fmt.Print(" ", i+1)
			}
		}
		fmt.Println()
	}
	// Output:
	// 42 ms: 1 3
	// 40 ms: 2
}
