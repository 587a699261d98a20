package session

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lineup/providers"
)

// The size at which the store's targets hold: 100,000 replies in 5,000 sessions of 5 turns and 4 panes.
const (
	benchSessions = 5000
	benchTurns    = 5
	benchPanes    = 4
)

// prose makes texts whose words are as unevenly frequent as in a language (Zipf), one in three of them Korean.
type prose struct {
	rng          *rand.Rand
	latin, korea *rand.Zipf
}

func newProse() *prose {
	rng := rand.New(rand.NewPCG(1, 2))
	return &prose{rng, rand.NewZipf(rng, 1.1, 4, 40_000), rand.NewZipf(rng, 1.1, 4, 40_000)}
}

func (p *prose) word() string {
	if p.rng.IntN(3) == 0 {
		n := p.korea.Uint64()
		w := []rune{}
		for range 2 + n%3 {
			w = append(w, rune(0xac00+n*7919%11172))
			n = n*31 + 17
		}
		return string(w)
	}
	const syllables = "ta ko re mi lun das ver pel son ger chi mor tis en qua bri fen lor uk ad "
	n := p.latin.Uint64() + 3
	var b strings.Builder
	for n > 0 {
		b.WriteString(strings.TrimSpace(syllables[n%20*3:][:3]))
		n /= 20
	}
	return b.String()
}

func (p *prose) text(words int) string {
	var b strings.Builder
	for i := range words {
		if i > 0 {
			b.WriteByte(" \n"[min(1, i%23/22)])
		}
		b.WriteString(p.word())
	}
	return b.String()
}

// answer is a finished reply of so many words, a chunk each.
func (p *prose) answer(slot, words int) *Reply {
	text := p.text(words)
	ttft, dur, tps, usd := 312.4, 2103.9, 80.5, 0.0001
	r := &Reply{Type: "reply", Slot: slot, Model: fmt.Sprintf("holysheep/model-%d", slot), ServedBy: fmt.Sprintf("holysheep/model-%d", slot),
		ServedModel: "model", Status: Done, Text: text, FinishReason: "stop",
		Metrics: Metrics{TTFT: &ttft, VisibleTTFT: &ttft, Duration: &dur, TokensPerSecond: &tps},
		Usage:   Usage{Input: 20, Output: words, Source: Reported}, Cost: Cost{USD: &usd, Source: "config"},
		Attempts: []Attempt{{Model: "holysheep/model", Ended: 2103.9, Outcome: "done", Status: 200}}}
	for i := range words {
		r.Chunks = append(r.Chunks, Chunk{At: time.Duration(i) * 12345 * time.Microsecond, Len: len(text) / words})
	}
	return r
}

func benchStore(b *testing.B) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "lineup.db")
	s, err := Open(context.Background(), path)
	if err != nil {
		b.Fatal(err)
	}
	p := newProse()
	start := time.Now()
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for range benchSessions {
		at = at.Add(time.Hour)
		sess := &Session{Title: p.text(5), Panes: providers.Bare("local/llama3.1:8b", "holysheep/gemini-2.5-flash"), CreatedAt: at}
		for range benchTurns {
			t := &Turn{Prompt: p.text(20)}
			for slot := range benchPanes {
				t.Replies = append(t.Replies, p.answer(slot, 150))
			}
			sess.Turns = append(sess.Turns, t)
		}
		if err := s.Insert(context.Background(), sess); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%d replies written in %v, %d MB", benchSessions*benchTurns*benchPanes, time.Since(start).Round(time.Second), info.Size()>>20)
	return path
}

// BenchmarkStore measures the store with 100,000 replies in it, which takes a minute or two to make.
func BenchmarkStore(b *testing.B) {
	path := benchStore(b)
	ctx := context.Background()
	b.Run("Open", func(b *testing.B) {
		for b.Loop() {
			s, err := Open(ctx, path)
			if err != nil {
				b.Fatal(err)
			}
			b.StopTimer()
			s.Close()
			b.StartTimer()
		}
	})
	s, err := Open(ctx, path)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	for _, limit := range []int{50, 0} {
		b.Run(fmt.Sprintf("List/%d", limit), func(b *testing.B) {
			for b.Loop() {
				if _, err := s.Sessions(ctx, Filter{Limit: limit}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("Session", func(b *testing.B) {
		id, err := s.Resolve(ctx, "last")
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if _, err := s.Session(ctx, id); err != nil {
				b.Fatal(err)
			}
		}
	})
	p := newProse()
	for range 5000 {
		p.word()
	}
	for _, q := range []string{"t", "ta", "tak", "mitare", "ta ko", "mire lundas", "가", "값", p.latest('k'), p.latest('k')[3:], p.latest('l'), "zzzz", "++"} {
		b.Run("Search/"+strings.ReplaceAll(q, " ", "_"), func(b *testing.B) {
			hits := 0
			for b.Loop() {
				h, err := s.Search(ctx, q, Filter{})
				if err != nil {
					b.Fatal(err)
				}
				hits = len(h)
			}
			b.ReportMetric(float64(hits), "hits")
		})
	}
	for _, by := range Groupings() {
		b.Run("Stats/"+string(by), func(b *testing.B) {
			for b.Loop() {
				if _, err := s.Stats(ctx, StatsQuery{By: by}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	benchWrites(b, s)
}

// latest gives a word of some rarity, Korean ('k') or Latin.
func (p *prose) latest(kind rune) string {
	for {
		w := p.word()
		if (w[0] >= 0x80) == (kind == 'k') && len(w) >= 6 {
			return w
		}
	}
}

func benchWrites(b *testing.B, s *Store) {
	ctx := context.Background()
	sess := &Session{Title: "bench"}
	if err := s.CreateSession(ctx, sess); err != nil {
		b.Fatal(err)
	}
	waiting := func() (rs []*Reply) {
		for slot := range benchPanes {
			rs = append(rs, NewReply(slot, providers.Info{Ref: providers.Ref{Provider: "p", Model: "m"}}, providers.Request{}, time.Now()))
		}
		return rs
	}
	b.Run("AddTurn", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.AddTurn(ctx, sess.ID, "What is a token?", waiting()); err != nil {
				b.Fatal(err)
			}
		}
	})
	p := newProse()
	b.Run("AppendPartial", func(b *testing.B) { // 250 ms of four panes at 100 tok/s
		replies := waiting()
		t, err := s.AddTurn(ctx, sess.ID, "What is a token?", replies)
		if err != nil {
			b.Fatal(err)
		}
		saver := NewSaver(t.ID)
		at := time.Now()
		for b.Loop() {
			for _, r := range replies {
				for range 25 {
					at = at.Add(time.Millisecond)
					r.Apply(providers.Event{Type: providers.EventText, At: at, Text: "토큰 "})
				}
			}
			batch := saver.Batch(replies)
			if err := s.AppendPartial(ctx, batch); err != nil {
				b.Fatal(err)
			}
			saver.Saved(batch)
		}
	})
	b.Run("FinishReply", func(b *testing.B) {
		replies := waiting()
		t, err := s.AddTurn(ctx, sess.ID, "What is a token?", replies)
		if err != nil {
			b.Fatal(err)
		}
		r := p.answer(0, 400)
		for b.Loop() {
			if err := s.FinishReply(ctx, t.ID, r); err != nil {
				b.Fatal(err)
			}
		}
	})
}
