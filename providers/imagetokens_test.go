package providers

import (
	"math"
	"testing"
)

// The wanted numbers are worked out by hand from the makers' pages.
func TestTokensOfFiles(t *testing.T) {
	for _, c := range []struct {
		model string
		w, h  int
		want  float64
	}{
		{"anthropic/claude-sonnet-4-5", 1000, 1000, 1333.3},
		{"anthropic/claude-sonnet-4-5", 8000, 8000, 1600},
		{"anthropic/claude-sonnet-4-5", 200, 200, 53.3},
		{"google/gemini-2.5-flash", 384, 384, 258},
		{"google/gemini-2.5-flash", 960, 540, 516},   // two tiles
		{"openai/gpt-4o", 1024, 1024, 765},           // 768², four tiles
		{"openai/gpt-4o", 2048, 4096, 1105},          // 1024 × 2048, 768 × 1536, six tiles
		{"openrouter/openai/gpt-5", 1024, 1024, 630}, // 70 + 4·140
		{"openai/gpt-4.1-mini", 1024, 1024, 1658.9},  // 1024 patches · 1.62
		{"local/qwen2.5vl:7b", 280, 280, 100},        // 10 × 10
		{"local/gemma3:4b", 4000, 3000, 256},
		{"mistral/pixtral-12b", 1024, 1024, 4160}, // 64·64 + 64
		{"x/grok-4", 4000, 4000, 1792},
		{"gate/who-knows", 10, 10, 255},
	} {
		a := &Attachment{Type: "image/png", Width: c.w, Height: c.h}
		if got := FileTokens(c.model, a); math.Abs(got-c.want) > 0.1 {
			t.Errorf("%s, %d×%d: %.1f, want %.1f", c.model, c.w, c.h, got, c.want)
		}
	}
	for _, c := range []struct {
		model string
		a     Attachment
		want  float64
	}{
		{"p/claude", Attachment{Type: TypePDF, Pages: 3}, 6900},
		{"p/gemini-2.5-pro", Attachment{Type: TypePDF, Pages: 3}, 774},
		{"p/m", Attachment{Type: TypePDF, Data: make([]byte, 40_001)}, 4600},
		{"p/m", Attachment{Type: TypeText, Data: []byte("text is counted as text")}, 0},
	} {
		if got := FileTokens(c.model, &c.a); got != c.want {
			t.Errorf("%s, %s: %v, want %v", c.model, c.a.Type, got, c.want)
		}
	}
}
