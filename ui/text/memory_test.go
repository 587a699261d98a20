package text_test

import (
	"testing"
	"time"

	"lineup/providers"
	"lineup/ui/text"
)

func TestMemoryInWords(t *testing.T) {
	gb := func(n float64) *int64 { v := int64(n * 1e9); return &v }
	for want, m := range map[string]providers.Memory{
		"5.6 GB GPU":           {GPU: gb(5.6), Total: gb(5.6)},
		"4.1 GB GPU of 5.6 GB": {GPU: gb(4.1), Total: gb(5.6)},
		"5.6 GB CPU":           {GPU: gb(0), Total: gb(5.6)},
		"5.6 GB":               {Total: gb(5.6)},
		"4.1 GB GPU":           {GPU: gb(4.1)},
		"7.0 GB GPU":           {GPU: gb(7), Total: gb(5.6)},
		"":                     {GPU: gb(0), Total: gb(1e-9)},
	} {
		m.State = providers.MemoryLoaded
		if got := text.Memory(m); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if m.State = providers.MemoryLoading; text.Memory(m) != "" {
			t.Errorf("%q of a model that is not loaded", text.Memory(m))
		}
	}
}

func TestUntilIsInTheReadersZone(t *testing.T) {
	now := time.Date(2026, 11, 28, 22, 0, 0, 0, time.FixedZone("KST", 9*3600))
	for want, m := range map[string]providers.Memory{
		"22:18":        {Until: time.Date(2026, 11, 28, 13, 18, 19, 0, time.UTC)},
		"29 Nov 00:10": {Until: time.Date(2026, 11, 28, 15, 10, 0, 0, time.UTC)},
		"1 Jan 2027":   {Until: time.Date(2026, 12, 31, 20, 0, 0, 0, time.UTC)},
		"unloading":    {Until: now.Add(-time.Second)},
		"stays":        {Stays: true},
		"":             {},
	} {
		m.State = providers.MemoryLoaded
		if got := text.Until(m, now); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		words := "until " + want
		switch want {
		case "stays":
			words = "until it is unloaded"
		case "unloading", "":
			words = want
		}
		if got := text.UntilWords(m, now); got != words {
			t.Errorf("%q, want %q", got, words)
		}
	}
}
