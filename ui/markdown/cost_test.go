package markdown

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// answers are what models write, in pieces of about a token's length.
var answers = map[string]string{
	"latin": `## Why retries need jitter

When many clients **fail together**, they also *retry together*, and the server that was about to recover is hit by the
same wave again. Spreading the attempts breaks that rhythm, which matters more than the exact curve of the backoff.

1. **Full jitter** waits a random time between zero and the cap, and is the simplest to get right.
2. **Equal jitter** keeps half of the delay fixed, so no client comes back at once; see ` + "`Retry-After`" + ` too.
   - It never returns before the server asked for.
   - It costs a little more time on average than [full jitter](https://example.com/jitter).

> A retry is a promise that the request may be sent twice.

`,
	"korean": `## 재시도에 지터가 필요한 이유

많은 클라이언트가 **동시에 실패하면** 다시 *동시에 재시도하게* 되고, 막 회복하려던 서버는 같은 파도를 한 번 더 맞습니다. 시도를
흩어 놓으면 그 박자가 깨지는데, 이것이 백오프 곡선의 정확한 모양보다 더 중요합니다. 그래서 대부분의 라이브러리가 이를 기본으로 둡니다.

1. **완전 지터**는 0에서 상한까지의 임의 시간을 기다리며, 올바르게 만들기가 가장 쉽습니다.
2. **균등 지터**는 지연의 절반을 고정하므로 바로 돌아오는 클라이언트가 없습니다. ` + "`Retry-After`" + `도 참고하세요.
   - 서버가 요청한 시각보다 먼저 돌아오지 않습니다.
   - 평균적으로 [완전 지터](https://example.com/jitter)보다 조금 더 오래 걸립니다.

> 재시도는 요청이 두 번 전송될 수도 있다는 약속입니다.

`,
	"code": "The loop is short:\n\n```go\n" + `// Retry calls f until it succeeds or n attempts have failed.
func Retry(ctx context.Context, n int, f func() error) error {
	wait := 500 * time.Millisecond
	for i := range n {
		err := f()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(wait << i):
		}
	}
	return fmt.Errorf("gave up after %d attempts", n)
}
` + "```\n\nThe same in Python:\n\n```python\n" + `def retry(n, f):
    """Call f until it succeeds or n attempts have failed."""
    for i in range(n):
        try:
            return f()
        except OSError as e:
            time.sleep(500 * 2 ** i)  # no jitter yet
    raise RuntimeError(f"gave up after {n} attempts")
` + "```\n\n",
}

// answer returns an answer of about n characters.
func answer(kind string, n int) string {
	return repeat(answers[kind], n)
}

// repeat repeats text to about n characters, with a number in each copy, so that no two are the same.
func repeat(text string, n int) string {
	var b strings.Builder
	for i := range n/len([]rune(text)) + 1 {
		b.WriteString(strings.ReplaceAll(text, "500", fmt.Sprint(500+i)))
	}
	return b.String()
}

// inTokens splits text into pieces of four characters, about a token's.
func inTokens(text string) (pieces []string) {
	runes := []rune(text)
	for len(runes) > 0 {
		n := min(4, len(runes))
		pieces, runes = append(pieces, string(runes[:n])), runes[n:]
	}
	return pieces
}

// A player streams pieces at 100 a second with a Render a frame, 30 a second, as one of eight panes. The clock of the
// time budget runs as it would: a thirtieth of a second a frame, whatever a frame takes.
type player struct {
	*Stream
	frame   int
	left    float64
	instant bool // drawing takes no time by the budget's clock
}

// play returns the time spent.
func (p *player) play(pieces []string) (spent time.Duration) {
	const perSecond, frames = 100.0, 30
	for len(pieces) > 0 {
		start := time.Now()
		p.frame++
		p.now = func() time.Time {
			now := time.Unix(0, int64(p.frame)*int64(time.Second)/frames)
			if p.instant {
				return now
			}
			return now.Add(time.Since(start))
		}
		for p.left += perSecond / frames; p.left >= 1 && len(pieces) > 0; p.left-- {
			p.Write(pieces[0])
			pieces = pieces[1:]
		}
		p.Render(8)
		spent += time.Since(start)
	}
	return spent
}

// BenchmarkStream streams answers of 10,000 and 160,000 characters.
func BenchmarkStream(b *testing.B) {
	for _, kind := range []string{"latin", "korean", "code"} {
		for _, n := range []int{10_000, 160_000} {
			b.Run(fmt.Sprintf("%s/%dk", kind, n/1000), func(b *testing.B) {
				pieces := inTokens(answer(kind, n))
				for b.Loop() {
					s := &player{Stream: New(Dark(""), 60)}
					s.play(pieces)
					s.Finish()
					s.Render(8)
				}
				perToken := float64(b.Elapsed().Nanoseconds()) / float64(b.N) / float64(len(pieces))
				b.ReportMetric(perToken, "ns/token")
				b.ReportMetric(1e9/perToken*4, "chars/s")
			})
		}
	}
}

// longAnswers are answers of n characters: ordinary ones, and one block each.
func longAnswers(n int) map[string]string {
	code := after(answers["code"], "```go\n")
	code = code[:strings.Index(code, "```")]
	return map[string]string{
		"latin":       answer("latin", n),
		"korean":      answer("korean", n),
		"code":        answer("code", n),
		"one fence":   "```go\n" + repeat(code, n),
		"plain fence": "```\n" + repeat("log line 500 that nobody will ever read to its end\n", n),
		"one table": "| model | speed | price | note |\n|---|---|---|---|\n" +
			repeat("| llama3.1:8b | 500 tok/s | $0.00 | runs on the laptop, and answers in Korean too |\n", n),
		"one list": repeat("- item **500** says something at some length, with `code` in it, and ends\n", n),
	}
}

// BenchmarkFlat streams 30,000 tokens and compares the last quarter with the first.
func BenchmarkFlat(b *testing.B) {
	for kind, text := range longAnswers(120_000) {
		b.Run(kind, func(b *testing.B) {
			pieces := inTokens(text)[:30_000]
			var first, last time.Duration
			for b.Loop() {
				s := &player{Stream: New(Dark(""), 60)}
				q := len(pieces) / 4
				first += s.play(pieces[:q])
				s.play(pieces[q : 3*q])
				last += s.play(pieces[3*q:])
			}
			perToken := float64(b.N) * float64(len(pieces)/4)
			b.ReportMetric(float64(first.Nanoseconds())/perToken, "ns/token-first")
			b.ReportMetric(float64(last.Nanoseconds())/perToken, "ns/token-last")
			b.ReportMetric(float64(last)/float64(first), "last/first")
		})
	}
}

// What a token costs does not grow with the answer. The cost is taken in bytes allocated, which do not depend on the
// machine.
func TestFlat(t *testing.T) {
	for kind, text := range longAnswers(24_000) {
		pieces := inTokens(text)[:6_000]
		s := &player{Stream: New(Dark(""), 60), instant: true}
		var cost [4]float64
		for q := range cost {
			var before, now runtime.MemStats
			runtime.ReadMemStats(&before)
			s.play(pieces[q*1500 : (q+1)*1500])
			runtime.ReadMemStats(&now)
			cost[q] = float64(now.TotalAlloc - before.TotalAlloc)
		}
		if cost[3] > 1.2*max(cost[0], cost[1]) {
			t.Errorf("%s: the quarters cost %.0f bytes", kind, cost)
		}
	}
}

// BenchmarkOneShot draws a whole answer at once, as when a session is opened.
func BenchmarkOneShot(b *testing.B) {
	for kind := range answers {
		b.Run(kind, func(b *testing.B) {
			text := answer(kind, 20_000)
			for b.Loop() {
				s := New(Dark(""), 60)
				s.Write(text)
				s.Finish()
				s.Render(1)
			}
		})
	}
}

// BenchmarkResize draws eight answers of 20,000 characters at another width.
func BenchmarkResize(b *testing.B) {
	for _, kind := range []string{"latin", "korean", "code"} {
		b.Run(kind, func(b *testing.B) {
			var streams []*Stream
			for range 8 {
				s := New(Dark(""), 60)
				s.Write(answer(kind, 20_000))
				s.Finish()
				s.Render(8)
				streams = append(streams, s)
			}
			width := 60
			for b.Loop() {
				width = 60 + 61 - width
				for _, s := range streams {
					s.Resize(width)
					s.Render(8)
				}
			}
		})
	}
}

// BenchmarkNew makes a stream, and BenchmarkFirst draws its first words too.
func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		New(Dark(""), 60)
	}
}

func BenchmarkFirst(b *testing.B) {
	for b.Loop() {
		s := New(Dark(""), 60)
		s.Write("Hello **world**")
		s.Render(1)
	}
}
