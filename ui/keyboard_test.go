package ui

import (
	"strings"
	"testing"
	"time"
)

// feedKeys gives a joiner pieces, each so long after the one before, and returns all that it passed on.
func feedKeys(j *joiner, gap time.Duration, pieces ...string) string {
	now := time.Unix(0, 0)
	var out strings.Builder
	for _, p := range pieces {
		now = now.Add(gap)
		out.Write(j.add([]byte(p), now))
	}
	return out.String()
}

// A sequence that arrives in two reads is the same sequence, whatever it is and wherever it is torn.
func TestTornSequencesAreWhole(t *testing.T) {
	for _, seq := range []string{
		"\x1b[A", "\x1b[1;5C", "\x1bOP", "\x1b[15~", "\x1b[<64;20;15M", "\x1b[<0;1;2m", "\x1b[200~text\x1b[201~",
		"\x1b[200~a\x1b[31mred\x1b[0m\x1b[201~", "\x1b]11;rgb:1111/2222/3333\x1b\\", "\x1b]11;rgb:1111/2222/3333\x07",
		"\x1bP1$r0m\x1b\\", "\x1b[?2027;2$y", "\x1b[12618::99;5u", "\x1b[27u", "\x1b\x1b[A", "\x1bx", "한글 ok", "\x1b한",
		"\x1b[?62;22c", "\x1b[I", "\x1b[3;1R",
	} {
		for _, gap := range []time.Duration{time.Millisecond, 100 * time.Millisecond, 450 * time.Millisecond} {
			for at := 1; at < len(seq); at++ {
				if at == 1 && seq[0] == escByte && seq[1] != '[' && seq[1] != 'O' || at < 3 && seq == "\x1b\x1b[A" {
					continue // a bare Esc is a key, and passes at once
				}
				got := feedKeys(&joiner{}, gap, seq[:at], seq[at:])
				want := seq
				if at == 1 && seq[0] == escByte { // the Esc has been passed on, and what follows is no text
					want = "\x1b" + seq
				}
				if got != want {
					t.Errorf("%q torn at %d, %v apart, gives %q, want %q", seq, at, gap, got, want)
				}
			}
		}
	}
}

// The rest of a mouse sequence is no text either when it comes late.
func TestLateRests(t *testing.T) {
	for _, c := range []struct{ held, late, want string }{
		{"\x1b[<64;20", ";15M", "\x1b[<64;20;15M"},
		{"\x1b[<64;", "20;15M", "\x1b[<64;20;15M"},
		{"\x1b[1;", "5C", "\x1b[1;5C"},
		{"\x1b[20", "0~pasted\x1b[201~", "\x1b[200~pasted\x1b[201~"},
		{"\x1b[<64;20", "hello", "hello"}, // it was never finished: its beginning is dropped, the words are kept
		{"\x1b[1;", "x", "x"},
		{"\x1b[", "A cat", "A cat"},
		{"\x1b]11;rgb:1111/", "no\n", "no\n"},
		{"\x1b]11;rgb:1111/", "2222/3333\x07", "\x1b]11;rgb:1111/2222/3333\x07"},
		{"\xed\x95", "\x9c", "한"},
	} {
		if got := feedKeys(&joiner{}, 3*time.Second, c.held, c.late); got != c.want {
			t.Errorf("%q, then %q late, gives %q, want %q", c.held, c.late, got, c.want)
		}
	}
}

// Over ssh the last bytes of a paste may come a moment later: the keyboard was dead for good then.
func TestPasteWithALateEnd(t *testing.T) {
	for at := range len(pasteEnd) {
		got := feedKeys(&joiner{}, 10*time.Second, "\x1b[200~hello "+pasteEnd[:at], pasteEnd[at:], "typed")
		if want := "\x1b[200~hello \x1b[201~typed"; got != want {
			t.Errorf("torn at %d: %q, want %q", at, got, want)
		}
	}
}

func TestPasteWithoutAnEnd(t *testing.T) {
	for _, quit := range []string{"\x03", "\x1b[99;5u", "\x1b[12618::99;5u"} {
		got := feedKeys(&joiner{}, 200*time.Millisecond, "\x1b[200~an end that never comes", quit, quit, "x")
		if want := "\x1b[200~an end that never comes\x1b[201~x"; got != want {
			t.Errorf("%q twice: %q, want %q", quit, got, want)
		}
	}
	if got, want := feedKeys(&joiner{}, 5*time.Second, "\x1b[200~lost", "a", "b"), "\x1b[200~lost\x1b[201~ab"; got != want {
		t.Errorf("typing after a silence: %q, want %q", got, want)
	}
	// A stalled paste goes on as a paste: its line ends must never send it.
	if got, want := feedKeys(&joiner{}, 5*time.Second, "\x1b[200~one\r", "two\rthree\r", pasteEnd), "\x1b[200~one\rtwo\rthree\r\x1b[201~"; got != want {
		t.Errorf("a stalled paste: %q, want %q", got, want)
	}
}

// F1 of the Linux console typed A.
func TestKeysOfTheLinuxConsole(t *testing.T) {
	if got := feedKeys(&joiner{}, 0, "\x1b[[A", "\x1b[[E"); got != "\x1bOP\x1b[15~" {
		t.Errorf("F1 and F5 are %q", got)
	}
}

func FuzzJoiner(f *testing.F) {
	f.Add("\x1b[200~hello \x1b[201~x\x1b[A한", uint8(9))
	f.Add("\x1b]11;rgb:1/2/3\x07\x1b[<64;20;15M", uint8(3))
	f.Fuzz(func(t *testing.T, s string, at uint8) {
		cut := min(int(at), len(s))
		j := &joiner{}
		got := feedKeys(j, time.Millisecond, s[:cut], s[cut:]) + string(j.held)
		if len(s) > heldMost || strings.Contains(s, "\x03") || strings.Contains(s, "99") || strings.Contains(s, "\x1b[[") {
			return
		}
		if strings.ReplaceAll(got, "\x1b", "") != strings.ReplaceAll(s, "\x1b", "") {
			t.Errorf("%q cut at %d became %q", s, cut, got)
		}
	})
}
