package text

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"
	"github.com/dustin/go-humanize/english"
)

// Int is 1 for true and 0 for false, for counting and for rows that may be absent.
func Int(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Bytes writes a size as people say it.
func Bytes(n int64) string {
	digits := 0
	if n >= 1e9 {
		digits = 1
	}
	number, prefix := scaled(n, digits)
	return number + " " + prefix + "B"
}

// scaled writes a number with the prefix of its thousands: 12.3 and k.
func scaled(n int64, digits int) (number, prefix string) {
	v, prefix := humanize.ComputeSI(float64(n))
	number = strconv.FormatFloat(v, 'f', digits, 64)
	if strings.HasPrefix(number, "1000") { // rounded up to the next prefix
		v, prefix = humanize.ComputeSI(1.001 * float64(n))
		number = strconv.FormatFloat(v, 'f', digits, 64)
	}
	return number, prefix
}

// Grouped writes a number with commas between thousands: 1,204.
func Grouped(n int) string { return humanize.Comma(int64(n)) }

// Count shows tokens by the thousand, million and billion: 391, 12.3k, 4.1M.
func Count(n int64) string {
	if n < 10e3 {
		return strconv.FormatInt(n, 10)
	}
	number, prefix := scaled(n, 1)
	return number + prefix
}

// Digits3 writes a number with three digits, and without zeros at its end where it is whole.
func Digits3(v float64) string {
	if math.Abs(v-math.Round(v)) < 5e-7*max(1, v) {
		return Grouped(int(math.Round(v)))
	}
	switch {
	case v >= 100:
		return Grouped(int(math.Round(v)))
	case v >= 10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

// Plural gives a word its plural s unless n is 1.
func Plural(n int, word string) string {
	return english.PluralWord(n, word, "")
}

// Value is what v points to, and whether it is known at all.
func Value(v *float64) (float64, bool) {
	if v == nil {
		return 0, false
	}
	return *v, true
}

// Volume writes a number of tokens: 500k, 1M, 678M, 1.90G.
func Volume(v float64) string {
	for _, u := range []struct {
		from float64
		unit string
	}{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if v >= u.from*0.9995 {
			return Digits3(v/u.from) + u.unit
		}
	}
	return Digits3(v)
}

// ContextLength writes a context length as people say it: 128k, 1M.
func ContextLength(n int) string {
	switch {
	case n <= 0:
		return "?"
	case n >= 1_000_000:
		return strings.Replace(fmt.Sprintf("%.1fM", float64(n)/1e6), ".0M", "M", 1)
	case n%1024 == 0 && n >= 1024:
		return fmt.Sprintf("%dk", n/1024)
	case n >= 1000:
		return fmt.Sprintf("%dk", (n+500)/1000)
	}
	return fmt.Sprint(n)
}
