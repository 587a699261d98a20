package ui

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"

	"lineup/blind"
	"lineup/blind/blindtest"
	"lineup/session"
)

// castOf records a session and reads it as a player does: the header, then [time, "o", data] with times that never run back.
// The terminal is given with what it shows at a moment.
func castOf(t *testing.T, s *session.Session, cfg CastConfig) (castHeader, func(at float64) string, float64) {
	t.Helper()
	var b bytes.Buffer
	if err := Cast(context.Background(), &b, s, cfg); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	var header castHeader
	if err := json.Unmarshal([]byte(lines[0]), &header); err != nil {
		t.Fatal(err)
	}
	type output struct {
		at   float64
		data string
	}
	var outputs []output
	last := 0.0
	for _, line := range lines[1:] {
		var ev []any
		if err := json.Unmarshal([]byte(line), &ev); err != nil || len(ev) != 3 || ev[1] != "o" {
			t.Fatalf("no event: %.80s", line)
		}
		at, ok := ev[0].(float64)
		if data, isText := ev[2].(string); !ok || !isText || at < last {
			t.Fatalf("no event behind %f: %.80s", last, line)
		} else {
			outputs, last = append(outputs, output{at, data}), at
		}
	}
	return header, func(at float64) string {
		term := vt.NewEmulator(header.Width, header.Height)
		defer term.Close()
		for _, o := range outputs {
			if o.at > at {
				break
			}
			if _, err := term.WriteString(o.data); err != nil {
				t.Fatal(err)
			}
		}
		var rows []string
		for y := range header.Height {
			var row strings.Builder
			for x := 0; x < header.Width; x++ {
				if c := term.CellAt(x, y); c != nil && c.Width > 0 {
					row.WriteString(c.Content)
				}
			}
			rows = append(rows, row.String())
		}
		return strings.Join(rows, "\n")
	}, last
}

// TestCast: a terminal that is fed with the cast shows each word at its time, and the answers at the end.
func TestCast(t *testing.T) {
	for _, speed := range []float64{1, 2} {
		header, show, last := castOf(t, recordedSession(), CastConfig{Width: 150, Height: 30, Speed: speed})
		if header.Version != 2 || header.Width != 150 || header.Height != 30 || header.Title != "Tokens" || header.Timestamp != 1795439052 {
			t.Errorf("header %+v", header)
		}
		for _, c := range []struct {
			at       float64
			has, not string
		}{
			{0.3, "waiting for the first token", "alpha"}, {0.6, "alpha", "alpha one two three"}, {1.2, "alpha one two three four end", "beta"},
			{2.1, "slow down", "beta one two"}, {4.1, "beta one two", "three end"}, {7.1, "beta one two three end", "And a byte"}, {7.1, "fastest 1 llama 0.92s", "octet"},
			{last * speed, "an octet", "What is a token 2"}, {last * speed, "eight bits", "streaming"},
		} {
			screen := show(c.at / speed)
			if !strings.Contains(screen, c.has) || strings.Contains(screen, c.not) {
				t.Errorf("at %.1f s, want %q and not %q:\n%s", c.at, c.has, c.not, screen)
			}
			if !strings.Contains(screen, "1 llama · replay, local") || !strings.Contains(screen, "REPLAY of 20261123-130412-aaz0v") {
				t.Errorf("at %.1f s it is not marked as a replay:\n%s", c.at, screen)
			}
		}
		if want := (7 + 2 + 0.32 + 2) / speed; last < want-0.2 || last > want+0.2 {
			t.Errorf("it takes %.2f s, want %.2f", last, want)
		}
	}
	if err := Cast(context.Background(), &bytes.Buffer{}, recordedSession(), CastConfig{Width: 10, Height: 3}); err == nil {
		t.Error("a cast for no terminal")
	}
	castOf(t, &session.Session{ID: "x"}, CastConfig{})
}

// TestCastOfHostileText: what a text holds never reaches the terminal as control sequences.
func TestCastOfHostileText(t *testing.T) {
	s := recordedSession()
	s.Title = "\x1b]0;owned\x07title"
	r := s.Turns[1].Replies[0]
	r.Text, r.Chunks = "\x1b[2J\x1b]0;owned\x07\u009b31m <b> end", []session.Chunk{{At: time.Second, Len: 3}}
	var b bytes.Buffer
	if err := Cast(context.Background(), &b, s, CastConfig{}); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{`\u001b]0`, `\u0007`, "\u009b"} {
		if strings.Contains(b.String(), bad) {
			t.Errorf("%q is in the cast", bad)
		}
	}
	if n := strings.Count(b.String(), `\u001b[2J`); n != 1 {
		t.Errorf("the screen is cleared %d times", n)
	}
}

// A replay of a blind session shows its answers as they came in step, and never a name.
func TestABlindReplayStreams(t *testing.T) {
	cast := blindtest.CastOf(0)
	s := cast.Session()
	_, at, end := castOf(t, blind.Of(s).Played(s), CastConfig{Width: 160, Height: 45})
	begun, half := false, false
	for second := range int(end) + 1 {
		frame := at(float64(second))
		if secret := cast.Secret(frame); secret != "" {
			t.Fatalf("after %d s %q is to be seen:\n%s", second, secret, frame)
		}
		begun = begun || strings.Contains(frame, "Alpha 0.0:")
		half = half || strings.Contains(frame, "Alpha 0.0:") && !strings.Contains(frame, "A second line")
	}
	if !begun || !half {
		t.Errorf("the answer is to be seen: %v; in part: %v", begun, half)
	}
}
