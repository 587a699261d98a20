package wire

import (
	"slices"
	"strings"
	"testing"
	"time"

	"lineup/providers"
)

func epoch(sec int) time.Time { return time.Unix(int64(sec), 0) }

// redactPieces writes a text in pieces of n bytes.
func redactPieces(secret, text string, n int) string {
	r := newRedactor(secret)
	var out strings.Builder
	for len(text) > 0 {
		k := min(n, len(text))
		out.WriteString(r.write(text[:k]))
		text = text[k:]
	}
	out.WriteString(r.close())
	return out.String()
}

func TestAKeyIsCutOutOfAStream(t *testing.T) {
	const secret = "sk-aaab-aaac-0123456" // 20 characters, of which 5 may show
	for in, want := range map[string]string{
		"":                           "",
		"no secret here":             "no secret here",
		"it is " + secret + "!":      "it is sk-aa[key]!",
		secret + secret:              "sk-aa[key]sk-aa[key]",
		"sk-aaab-aaax":               "sk-aaab-aaax",
		"sk-aaab-" + secret:          "sk-aaab-sk-aa[key]",
		"sk-aaab-aaac-012345":        "sk-aaab-aaac-012345", // all but the last character
		"한국어 " + secret + " 끝":       "한국어 sk-aa[key] 끝",
		strings.Repeat("sk-", 5):     strings.Repeat("sk-", 5),
		"sk-aaab-aaac-" + secret[3:]: "sk-aaab-aaac-aaab-aaac-0123456",
	} {
		for n := 1; n <= max(1, len(in)); n++ {
			if got := redactPieces(secret, in, n); got != want {
				t.Errorf("%q in pieces of %d: %q, want %q", in, n, got, want)
				break
			}
		}
	}
	for in, want := range map[string]string{"aaaaaaaaa": "aaaaaaaaa", "aaaaaaaab": "aaa[key]"} { // a secret that overlaps itself
		for n := 1; n <= len(in); n++ {
			if got := redactPieces("aaaaaaab", in, n); got != want {
				t.Errorf("%q in pieces of %d: %q, want %q", in, n, got, want)
			}
		}
	}
}

// What the automaton finds is what a search of the whole text finds.
func TestEverySecretOfTwoLettersInEveryText(t *testing.T) {
	letters := func(bits, n int) string {
		var b strings.Builder
		for i := range n {
			b.WriteByte('a' + byte(bits>>i&1))
		}
		return b.String()
	}
	for s := range 1 << 7 {
		secret := letters(s, 7) // of which 1 may show
		for x := range 1 << 11 {
			text := letters(x, 11)
			want := strings.ReplaceAll(text, secret, secret[:1]+"[key]")
			if got := redactPieces(secret, text, 1+x%4); got != want {
				t.Fatalf("%s in %s: %s, want %s", secret, text, got, want)
			}
		}
	}
}

func TestOrdinaryTextIsNotHeldBack(t *testing.T) {
	r := newRedactor("sk-proj-0123456789abcdefghijklmnop")
	for _, s := range []string{"ask", " s", "sk", "sk-", " sk-proj"} {
		if got := r.write(s); got != s {
			t.Errorf("of %q only %q is shown at once", s, got)
		}
	}
}

func TestGuardedShowsAllTextAndNoSecret(t *testing.T) {
	const secret = "sk-0123456789abcdef"
	var got []providers.Event
	yield := guarded([]string{secret}, func(ev providers.Event, err error) bool {
		got = append(got, ev)
		return true
	})
	for i, s := range []string{"a sk-01", "23456789", "abcdef b", " and sk-012345"} {
		yield(providers.Event{Type: providers.EventText, Text: s, At: epoch(i)}, nil)
	}
	yield(providers.Event{Type: providers.EventNote, Text: "from " + secret}, nil)
	yield(providers.Event{Type: providers.EventFinish, Text: "stopped by " + secret}, nil)
	var text strings.Builder
	for _, ev := range got {
		if strings.Contains(ev.Text, secret[5:]) || ev.Text == "" && (ev.Type == providers.EventText || ev.Type == providers.EventReasoning) {
			t.Errorf("%q shows the secret", ev.Text)
		}
		if ev.Type == providers.EventText {
			text.WriteString(ev.Text)
		}
	}
	if text.String() != "a sk-0[key] b and sk-012345" {
		t.Errorf("text %q", text.String())
	}
	if last := got[len(got)-1]; last.Type != providers.EventFinish {
		t.Errorf("the last event is %v; what was held back must come before the finish", last.Type)
	}
}

// What one secret's redactor holds back at the end may hold another one.
func TestASecretInsideTheBeginningOfAnotherIsCutOut(t *testing.T) {
	const outer, inner = "first-0123-secret-98765-and-more-of-it", "secret-98765"
	text := ""
	yield := guarded([]string{outer, inner}, func(ev providers.Event, err error) bool {
		if ev.Type == providers.EventText {
			text += ev.Text
		}
		return true
	})
	yield(providers.Event{Type: providers.EventText, Text: "it is " + outer[:24]}, nil)
	yield(providers.Event{Type: providers.EventFinish}, nil)
	if text != "it is first-0123-sec[key]-" {
		t.Errorf("%q", text)
	}
}

func TestHeaderSecrets(t *testing.T) {
	got := headerSecrets(map[string]string{"Authorization": "Bearer token-value-1", "X-Portkey-Api-Key": "pk-123456", "X-Title": "my title", "X-Token": "abc",
		"X-Portkey-Provider": "openai"})
	for _, name := range []string{"key", "apikey", "token", "auth", "authorization", "secret", "password", "cookie", "credential", "credentials"} {
		if got := headerSecrets(map[string]string{"X-" + name + "_1": "value-1"}); len(got) != 1 || got[0] != "value-1" {
			t.Errorf("a header called %s: %q", name, got)
		}
	}
	if len(got) != 2 || !strings.Contains(strings.Join(got, " "), "token-value-1") || !strings.Contains(strings.Join(got, " "), "pk-123456") ||
		strings.Contains(strings.Join(got, " "), "Bearer") {
		t.Errorf("%q", got)
	}
}

func TestTheSchemeOfACredentialIsNoPartOfIt(t *testing.T) {
	for _, v := range []string{"Basic dXNlcjpwYXNzd29yZA", "Token dXNlcjpwYXNzd29yZA"} {
		if got := headerSecrets(map[string]string{"Authorization": v}); !slices.Equal(got, []string{"dXNlcjpwYXNzd29yZA"}) {
			t.Errorf("%s: %q", v, got)
		}
	}
}

func TestAWordIsNoSecret(t *testing.T) {
	for v, want := range map[string]bool{"ollama": false, "lm-studio": false, "none": false, "sk-123": true, "k1": false, "correct-horse-battery": true} {
		if isSecret(v) != want {
			t.Errorf("%q: %v", v, !want)
		}
	}
}
