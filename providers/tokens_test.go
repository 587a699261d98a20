package providers

import (
	"math"
	"strings"
	"testing"
)

// The bounds lie a third around the counts that byte-pair tokenizers of this size give.
func TestEstimatesByScript(t *testing.T) {
	for _, c := range []struct {
		name, text string
		low, high  float64
	}{
		{"English", "The quick brown fox jumps over the lazy dog, and then it sleeps in the warm afternoon sun.", 14, 28},
		{"Korean", "토큰화는 문장을 작은 단위로 나누는 과정입니다.", 12, 26},
		{"Japanese", "トークン化とは、文章を小さな単位に分割することです。", 12, 27},
		{"Chinese", "分词是把句子切成小单位的过程。", 8, 16},
		{"accents", "éàüößçñ", 3.3, 3.4}, // seven at twice a letter's weight
		{"code", "for (int i = 0; i < n; i++) { sum += a[i]; }", 14, 28},
		{"a line of dots", "Chapter 3 " + strings.Repeat(".", 60) + " 3", 5, 14}, // 3 + 4 + 1
		{"a rule", strings.Repeat("─", 80), 4, 20},
		{"blank lines", strings.Repeat("\n", 40), 1, 4},
		{"a heading's line", strings.Repeat("=", 78), 1, 9},
		{"a word again and again", strings.Repeat("word ", 1000), 700, 1300},
		{"nothing", "", 0, 0},
	} {
		if got := EstimateTokens(c.text); got < c.low || got > c.high {
			t.Errorf("%s: %.1f tokens, want %v to %v", c.name, got, c.low, c.high)
		}
	}
}

func TestTextIsToldApartByKind(t *testing.T) {
	for kind, chars := range map[int]string{latinText: " azAZ", markText: "\n0~@[`{", hangulText: "\uac00\ud7a3",
		kanaHanText: "\u3040\u30ff\u4e00\u9fff\u3400\u4dbf", otherText: "\u0080é\uabff\ud7a4\u303f\u3100\u33ff\u4dc0\ua000😀"} {
		for _, r := range chars {
			for k, n := range EstimateByKind(string(r)) {
				if n > 0 != (k == kind) {
					t.Errorf("%q counts as kind %d: %v, want %d", r, k, n, kind)
				}
			}
		}
	}
}

func TestAnEstimateIsTheSumOfItsPieces(t *testing.T) {
	s := "Hello, 세계! これは test 1234 😀\n\tfunc(x)"
	sum := 0.0
	for _, r := range s {
		sum += EstimateTokens(string(r))
	}
	if got := EstimateTokens(s); math.Abs(got-sum) > 1e-9 {
		t.Errorf("whole %.6f, pieces %.6f", got, sum)
	}
}
