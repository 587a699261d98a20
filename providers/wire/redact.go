package wire

import (
	"regexp"
	"strings"
)

// isSecret tells a credential from the words that people write where a local server wants any key
// at all ("ollama", "lm-studio"): cut out of an answer, those would only damage it.
func isSecret(v string) bool {
	return len(v) >= 12 || len(v) >= 6 && strings.ContainsAny(v, "0123456789")
}

// redact cuts secrets out of a text that came from outside.
func redact(s string, secrets []string) string {
	for _, secret := range secrets {
		s = strings.ReplaceAll(s, secret, "[key]")
	}
	return s
}

// maskedWord is a word with its middle left out, as servers name the key that they refuse: OpenAI
// says sk-proj-****cdef, LiteLLM sk-...cdef.
var maskedWord = regexp.MustCompile(`([^\s*.…'"=(]*)(\*{2,}|\.{3,}|…)([^\s*.…'"=),;]*)`)

// redactMasked cuts out what a server shows of a secret when it leaves out its middle: both ends
// together are more of it than may be told (see shownOfKey).
func redactMasked(s string, secrets []string) string {
	if len(secrets) == 0 {
		return s
	}
	return maskedWord.ReplaceAllStringFunc(s, func(word string) string {
		part := maskedWord.FindStringSubmatch(word)
		for _, secret := range secrets {
			if head, tail := part[1], part[3]; len(head)+len(tail) > 3 &&
				strings.HasPrefix(secret, head) && strings.HasSuffix(secret, tail) {
				return "[key]"
			}
		}
		return word
	})
}

// redactor cuts one secret out of a text that comes in pieces. It runs the Knuth–Morris–Pratt
// automaton over the text and holds back the matched part. The first characters are no secret (see
// describeKey) and are not held back: so the "sk-" at the end of many words delays nothing. What is
// written does not depend on where the pieces are cut.
type redactor struct {
	secret string
	// fail[i]: length of the longest proper prefix of secret that is a suffix of secret[:i+1]
	fail  []int
	lead  int // characters that are shown all the same
	state int // characters matched; those from lead on are held back
}

func newRedactor(secret string) *redactor {
	fail := make([]int, len(secret))
	for i, k := 1, 0; i < len(secret); i++ {
		for k > 0 && secret[i] != secret[k] {
			k = fail[k-1]
		}
		if secret[i] == secret[k] {
			k++
		}
		fail[i] = k
	}
	return &redactor{secret: secret, fail: fail, lead: shownOfKey(secret)}
}

// write takes the next piece and returns what may be shown.
func (r *redactor) write(piece string) string {
	held := max(0, r.state-r.lead)
	if r.state == 0 && strings.IndexByte(piece, r.secret[0]) < 0 {
		return piece
	}
	text := r.secret[r.state-held:r.state] + piece
	var out strings.Builder
	shown := 0
	for i := held; i < len(text); i++ {
		for r.state > 0 && text[i] != r.secret[r.state] {
			r.state = r.fail[r.state-1]
		}
		if text[i] == r.secret[r.state] {
			r.state++
		}
		if r.state == len(r.secret) {
			out.WriteString(text[shown:max(shown, i+1-len(r.secret)+r.lead)])
			out.WriteString("[key]")
			shown, r.state = i+1, 0
		}
	}
	end := len(text) - max(0, r.state-r.lead)
	if shown == 0 {
		return text[:end]
	}
	out.WriteString(text[shown:end])
	return out.String()
}

// close gives what is still held back at the end of the text.
func (r *redactor) close() string {
	held := r.secret[min(r.lead, r.state):r.state]
	r.state = 0
	return held
}
