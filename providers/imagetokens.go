package providers

import (
	"math"
	"strings"
)

// FileTokens estimates how many tokens an image or a PDF has for a model, by the rules of the
// model's maker as far as its name tells one. A text file counts as text and is 0 here. Servers
// differ, so the estimate is always marked.
func FileTokens(model string, a *Attachment) float64 {
	name := strings.ToLower(model[strings.IndexByte(model, '/')+1:])
	switch {
	case a.IsImage():
		return imageTokens(name, float64(a.Width), float64(a.Height))
	case a.Type == TypePDF:
		return pdfTokens(name, a)
	}
	return 0
}

// imageTokens knows the makers' rules for a picture of w × h pixels.
func imageTokens(name string, w, h float64) float64 {
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(name, p) {
				return true
			}
		}
		return false
	}
	switch {
	// https://platform.claude.com/docs/en/build-with-claude/vision: w·h/750 after scaling to
	// 1568 pixels a side, at most about 1,600
	case has("claude"):
		w, h = within(w, h, 1568)
		return min(1600, w*h/750)
	// https://ai.google.dev/gemini-api/docs/tokens: 258, or 258 a tile of 768 × 768 pixels
	case has("gemini"):
		if w <= 384 && h <= 384 {
			return 258
		}
		return 258 * patches(w, h, 768)
	// https://ai.google.dev/gemma/docs/core/model_card_3: 256 each
	case has("gemma"):
		return 256
	// processors of Qwen2-VL and Qwen2.5-VL on Hugging Face: patches of 14 pixels, merged 2 × 2
	case has("qwen"):
		return patches(w, h, 28)
	// LLaVA 1.5: 24 × 24 patches of 14 pixels, whatever the size
	case has("llava", "bakllava", "moondream"):
		return 576
	// https://docs.mistral.ai/capabilities/vision: patches of 16 pixels of at most 1024 a side, and
	// a break after each row
	case has("pixtral", "mistral"):
		w, h = within(w, h, 1024)
		return patches(w, h, 16) + math.Ceil(h/16)
	// https://docs.x.ai/docs/guides/image-understanding: 256 a tile of 448 pixels, one more for the
	// whole, at most 1,792
	case has("grok"):
		return min(1792, 256*(patches(w, h, 448)+1))
	// https://developers.openai.com/api/docs/guides/images-vision: patches of 32 pixels, at most
	// 1,536, times a factor of the model
	case has("4.1-mini", "gpt-5-mini"):
		return 1.62 * min(1536, patches(w, h, 32))
	case has("4.1-nano", "gpt-5-nano"):
		return 2.46 * min(1536, patches(w, h, 32))
	case has("o4-mini"):
		return 1.72 * min(1536, patches(w, h, 32))
	case has("4o-mini"):
		return 2833 + 5667*tiles(w, h)
	case has("gpt-5"):
		return 70 + 140*tiles(w, h)
	case has("o1", "o3"):
		return 75 + 150*tiles(w, h)
	}
	return 85 + 170*tiles(w, h) // GPT-4o, and whoever is not known
}

// tiles are OpenAI's: of 512 pixels, after scaling into a square of 2048 and then to 768 on the
// shorter side.
func tiles(w, h float64) float64 {
	w, h = within(w, h, 2048)
	if short := min(w, h); short > 768 {
		w, h = w*768/short, h*768/short
	}
	return patches(w, h, 512)
}

// patches is how many squares cover a picture.
func patches(w, h, side float64) float64 {
	return max(1, math.Ceil(w/side)) * max(1, math.Ceil(h/side))
}

// within scales a picture down to a longest side.
func within(w, h, side float64) (float64, float64) {
	if long := max(w, h); long > side {
		return w * side / long, h * side / long
	}
	return w, h
}

const (
	// https://platform.claude.com/docs/en/build-with-claude/pdf-support: about 7,000 for three
	// pages, text and picture together
	pageTokens = 2300
	// https://ai.google.dev/gemini-api/docs/document-processing
	geminiPageTokens = 258
	// bytes of a page, where its pages cannot be counted
	pageBytes = 40_000
)

func pdfTokens(name string, a *Attachment) float64 {
	n := float64(a.Pages)
	if n == 0 {
		n = math.Ceil(float64(len(a.Data)) / pageBytes)
	}
	if strings.Contains(name, "gemini") {
		return n * geminiPageTokens
	}
	return n * pageTokens
}
