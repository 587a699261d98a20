package load

import (
	"math/rand/v2"
	"strings"
	"sync"
)

// words are common ones, so that most vocabularies have a token for each.
const words = `time year people way day man thing woman life child world school state family student
group country problem hand part place case week company system program question work government
number night point home water room mother area money story fact month lot right study book eye job
word business issue side kind head house service friend father power hour game line end member law
car city name team minute idea body back parent face level office door health person art war history
party result change morning reason research girl guy moment air teacher force education`

// firstTokensPerWord is the guess until the server has counted a prompt: a common English word is a
// token in the vocabularies of Llama, with some for the chat template.
const firstTokensPerWord = 1.1

// prompts makes prompts of a wanted length without knowing the vocabulary: the server's count of
// one prompt sets the number of words of the next. It is safe for concurrent use.
type prompts struct {
	want   int  // tokens
	cached bool // all prompts are the same

	mu    sync.Mutex
	rand  *rand.Rand
	words []string
	count int    // words of a prompt
	same  string // the prompt of cached
}

func newPrompts(want int, cached bool, seed uint64) *prompts {
	return &prompts{want: want, cached: cached, rand: rand.New(rand.NewPCG(seed, 0)),
		words: strings.Fields(words), count: max(1, int(float64(want)/firstTokensPerWord))}
}

// fit corrects the length by the server's count for a prompt of the present length. A count below a
// token for each two words is that of a part, which a cache did not hold. Prompts made longer by it
// could cost a hundred times the estimate.
func (p *prompts) fit(counted int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if counted > 0 && counted >= p.count/2 {
		p.count = max(1, p.count*p.want/counted)
		p.same = ""
	}
}

// next makes a prompt. Prompts differ from their first word on, so that a server that keeps the
// prefixes of prompts finds none.
func (p *prompts) next() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cached && p.same != "" {
		return p.same
	}
	var b strings.Builder
	for i := range p.count {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(p.words[p.rand.IntN(len(p.words))])
	}
	p.same = b.String()
	return p.same
}
