//go:build unix

package check

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/agnivade/levenshtein"
)

// The distance is that of the plain table, for texts around the 64 cells of a word.
func TestLevenshtein(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	text := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteRune([]rune("ab안녕😀")[rng.IntN(5)])
		}
		return b.String()
	}
	for _, n := range []int{0, 1, 2, 5, 31, 63, 64, 65, 127, 128, 129, 200} {
		for _, m := range []int{0, 1, 3, 60, 64, 66, 130, 190} {
			a, b := text(n), text(m)
			want := levenshtein.ComputeDistance(a, b)
			if got, ok := Levenshtein([]rune(a), []rune(b)); got != want || !ok {
				t.Errorf("%q, %q: %d, want %d", a, b, got, want)
			}
		}
	}
}

// Long texts take bounded work: the ends that they share cost nothing, and too much is refused.
func TestLevenshteinOfLongTexts(t *testing.T) {
	same := []rune(strings.Repeat("가나다", 1_000_000))
	if d, ok := Levenshtein(same, append([]rune("x"), same...)); d != 1 || !ok {
		t.Errorf("%d, %v", d, ok)
	}
	other := []rune(strings.Repeat("라마바", 1_000_000))
	if _, ok := similarity(same, other); ok {
		t.Error("3,000,000 characters were compared with as many others")
	}
}

// When its time is over, a command ends with all that it started.
func TestCommandEndsWithItsGroup(t *testing.T) {
	folder := t.TempDir()
	script := filepath.Join(folder, "slow.sh")
	text := "#!/bin/sh\nsleep 300 &\necho $! > pid\nwait\n"
	if err := os.WriteFile(script, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	a := runCommand(context.Background(), 500*time.Millisecond, folder, []byte("{}"), script, nil)
	if !a.broken || a.why != "it took longer than 0.5 s" {
		t.Errorf("%+v", a)
	}
	said, err := os.ReadFile(filepath.Join(folder, "pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(said)))
	if err != nil {
		t.Fatal(err)
	}
	for begun := time.Now(); running(pid); {
		if time.Since(begun) > 5*time.Second {
			t.Fatalf("process %d still runs", pid)
		}
		runtime.Gosched()
	}
}

// running reports whether a process is there and is no zombie.
func running(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

func TestLanguages(t *testing.T) {
	for text, want := range map[string]string{
		"안녕하세요. GPT-4o mini와 Llama 3.1 8B를 비교합니다.":               "ko",
		"日本語のテキストです。":                                            "ja",
		"这是一个关于の的中文句子，讲的是日本的品牌名称和它的历史。":                          "zh",
		"Это не перевод.":                                        "ru",
		"The quick brown fox jumps over the lazy dog.":           "en",
		"Le chat est sur la table et il dort.":                   "fr",
		"El perro no está en la casa, pero su dueño sí.":         "es",
		"Il gatto non è nella casa della nonna.":                 "it",
		"O gato não está em casa, mas também não foi embora.":    "pt",
		"De kat is niet in het huis van mijn oma.":               "nl",
		"```python\nfor the in and: pass\n```\nDas ist der Code": "de",
		"":      "",
		"42":    "",
		"Seoul": "",
	} {
		if got := languageOf(text); got != want {
			t.Errorf("%q looks like %q, want %q", text, got, want)
		}
	}
}
