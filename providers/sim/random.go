package sim

import (
	"fmt"
	"hash/fnv"
)

// mix scatters the bits of x (the SplitMix64 generator's step, Steele et al.
// 2014), so that neighbouring seeds give unrelated numbers.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// unit maps x onto [0, 1).
func unit(x uint64) float64 { return float64(x>>11) / (1 << 53) }

// hash gives one number for a seed and some texts in order.
func hash(seed uint64, texts ...string) uint64 {
	h := fnv.New64a()
	for _, t := range texts {
		fmt.Fprintf(h, "%d:%s", len(t), t)
	}
	return mix(seed ^ h.Sum64())
}

// identifier returns 24 hexadecimal digits for a number, the length of
// Anthropic's and Ollama's message ids.
func identifier(x uint64) string {
	return fmt.Sprintf("%016x%08x", mix(x), uint32(mix(x+1)))
}
