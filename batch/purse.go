package batch

import (
	"sync"

	"lineup/providers"
	"lineup/registry"
	"lineup/session"
	"lineup/turn"
)

// AssumedOutput is how many tokens an answer is thought to have before anything is known of its
// model.
const AssumedOutput = 500

// price is what a request may cost, before it is sent.
type price struct {
	usd     float64
	unknown bool // nobody knows the price of the model
	guessed bool // nothing is known of the length of its answers
}

// priceOf estimates a request. Nobody pays for simulated models, nor for one's own without a price.
func priceOf(cal *session.Calibration, info providers.Info, input float64) price {
	if e := turn.EstimateOf(cal, info, input, 0); e.Unknown == 0 {
		return price{usd: e.USD}
	}
	switch {
	case info.Price.Machine != nil: // which costs by the second
		return price{}
	case !info.Price.Known():
		return price{unknown: true}
	}
	limited, most := info, AssumedOutput
	limited.Params.MaxTokens = &most
	usd, _ := cal.Guess(limited, input, 0)
	return price{usd: usd, guessed: true}
}

// purse is the money of a run: what was spent, and what is reserved for requests on their way.
type purse struct {
	limit *float64            // USD; nil: none
	note  func(session.Spent) // told of each payment; nil: nobody

	mu       sync.Mutex
	reserved float64
	spent    session.Spent
	by       map[string]session.Spent // by provider
	most     map[string]float64       // that a request has cost, by model
}

// reserve takes money for a request, unless there is too little.
func (p *purse) reserve(usd float64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.limit != nil && usd > 0 && p.spent.USD+p.reserved+usd > *p.limit {
		return false
	}
	p.reserved += usd
	return true
}

// pay notes what a reply has cost.
func (p *purse) pay(r *session.Reply) {
	var paid session.Spent
	if paid.Add(r); p.note != nil && paid != (session.Spent{}) {
		p.note(paid)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.spent.Add(r)
	if p.by == nil {
		p.by = map[string]session.Spent{}
	}
	provider := providers.RefOf(r.ServedBy).Provider
	one := p.by[provider]
	one.Add(r)
	p.by[provider] = one
	if usd := r.Cost.USD; usd != nil && *usd > p.most[r.Model] {
		if p.most == nil {
			p.most = map[string]float64{}
		}
		p.most[r.Model] = *usd
	}
}

// release gives back what was reserved, when the request is paid.
func (p *purse) release(usd float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reserved = max(0, p.reserved-usd)
}

// at is what was spent at one provider.
func (p *purse) at(provider string) session.Spent {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.by[provider]
}

func (p *purse) sum() session.Spent {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.spent
}

// atLeast is an estimate that is no less than what a request to the model has cost already.
func (p *purse) atLeast(one price, model string) price {
	p.mu.Lock()
	defer p.mu.Unlock()
	if most, ok := p.most[model]; ok {
		one.usd, one.guessed = max(one.usd, most), false
	}
	return one
}

// Estimate is what the requests of a run to one contender may cost.
type Estimate struct {
	Label    string
	Provider string
	Requests int
	USD      float64
	Unknown  bool // nobody knows the price
	Guessed  bool // nothing is known of the length of the answers
	Judge    bool // it judges the answers of others
}

func (e *Estimate) add(one price) {
	e.Requests++
	e.USD += one.usd
	e.Unknown, e.Guessed = e.Unknown || one.unknown, e.Guessed || one.guessed
}

// Estimate says what is still to be asked, by contender, and what that may cost. It fails where a
// prompt cannot be made.
func (r *Run) Estimate() ([]Estimate, error) {
	out := make([]Estimate, len(r.plan.Specs))
	for i, s := range r.plan.Specs {
		out[i] = Estimate{Label: s.Effective().Label(), Provider: s.Info.Ref.Provider}
	}
	byJudge := map[string]*Estimate{}
	for _, l := range r.lanes {
		todo := &lane{specs: l.specs}
		for j := todo.next(r); j != nil; j = todo.next(r) {
			q, err := r.plan.question(j.at)
			if err != nil {
				return nil, err
			}
			out[j.at.spec].add(r.priceOf(r.plan.Specs[j.at.spec], q))
			r.addJudges(byJudge, j.at, q)
		}
	}
	r.each(func(at place, m mark) {
		if m&outdated == 0 || m&failed != 0 { // a failed reply passes no check: nobody is asked
			return
		}
		if q, err := r.plan.question(at); err == nil { // it has been asked before
			r.addJudges(byJudge, at, q)
		}
	})
	for _, model := range Judges(r.plan.Suite) {
		if e := byJudge[model]; e != nil {
			out = append(out, *e)
		}
	}
	return out, nil
}

// addJudges adds what the judges of an answer may cost.
func (r *Run) addJudges(byJudge map[string]*Estimate, at place, q question) {
	for _, c := range r.plan.Suite.Cases[at.cas].Checks {
		for _, model := range c.Models {
			if byJudge[model] == nil {
				byJudge[model] = &Estimate{Label: model, Judge: true,
					Provider: r.o.Judges[model].Info.Ref.Provider}
			}
			byJudge[model].add(r.judgePrice(model, q))
		}
	}
}

// priceOf is what a question may cost of a contender.
func (r *Run) priceOf(s registry.Spec, q question) price {
	model := s.Info.Ref.String()
	return priceOf(r.o.Calibration, s.Info, r.o.Calibration.EstimateInput(model, q.request))
}

// rubricTokens is about what a judge is told beside the prompt and the answer.
const rubricTokens = 300

// judgePrice is what the judgement of an answer may cost.
func (r *Run) judgePrice(model string, q question) price {
	s := r.o.Judges[model]
	input := r.o.Calibration.EstimateInput(s.Info.Ref.String(), q.request)
	return priceOf(r.o.Calibration, s.Info, input+AssumedOutput+rubricTokens)
}
