package text

import "testing"

func TestNumbers(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := Grouped(n); got != want {
			t.Errorf("Grouped(%d) is %q, want %q", n, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0", 9999: "9999", 10_000: "10.0k", 391_044: "391.0k", 999_949: "999.9k", 999_950: "1.0M",
		41_000_000: "41.0M", 1_904_761_905: "1.9G"} {
		if got := Count(n); got != want {
			t.Errorf("Count(%d) is %q, want %q", n, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0 B", 512: "512 B", 2_000: "2 kB", 999_999: "1 MB", 134_217_728: "134 MB",
		5_225_387_677: "5.2 GB", 999_960_000_000: "1.0 TB"} {
		if got := Bytes(n); got != want {
			t.Errorf("Bytes(%d) is %q, want %q", n, got, want)
		}
	}
}
