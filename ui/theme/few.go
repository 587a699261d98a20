package theme

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// leastHue is how far the brightest and the darkest part of a colour lie apart, of 255, where it
// is more than a tinted grey.
const leastHue = 48

// in256 is a theme for a terminal of 256 colours. The drawing library (x/ansi Convert256,
// 2026-11-28) takes reds for greys: a failure would look like a hint.
func in256(c Theme) Theme {
	for _, s := range []*string{&c.Good, &c.Warn, &c.Bad, &c.Code, &c.Select, &c.Match} {
		*s = hued(*s)
	}
	accents := make([]string, len(c.Accents))
	for i, s := range c.Accents {
		accents[i] = hued(s)
	}
	c.Accents = accents
	return c
}

// hued is a colour that keeps its hue in 256 colours: it, or the nearest one of the cube.
func hued(name string) string {
	if !strings.HasPrefix(name, "#") {
		return name
	}
	want := parts(name)
	if spread(want) < leastHue || spread(partsOf(ansi.Convert256(Colour(name)).RGBA())) > 0 {
		return name
	}
	levels := [...]int{0, 0x5f, 0x87, 0xaf, 0xd7, 0xff}
	best, least := name, 1<<30
	for _, r := range levels {
		for _, g := range levels {
			for _, b := range levels {
				dr, dg, db := r-want[0], g-want[1], b-want[2]
				far := 2*dr*dr + 4*dg*dg + 3*db*db // as the eye weighs them
				far += 3*(dr-dg)*(dr-dg) + 3*(db-dg)*(db-dg)
				if far < least && spread([3]int{r, g, b}) > 0 {
					best, least = fmt.Sprintf("#%02X%02X%02X", r, g, b), far
				}
			}
		}
	}
	return best
}

// parts are the red, green and blue of a colour, each of 255.
func parts(name string) [3]int { return partsOf(Colour(name).RGBA()) }

func partsOf(r, g, b, _ uint32) [3]int { return [3]int{int(r >> 8), int(g >> 8), int(b >> 8)} }

// spread is how far the brightest and the darkest part lie apart.
func spread(c [3]int) int { return max(c[0], c[1], c[2]) - min(c[0], c[1], c[2]) }
