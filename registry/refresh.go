package registry

import (
	"context"
	"errors"
	"iter"
	"time"

	"lineup/config"
	"lineup/providers"
	"lineup/providers/wire"
)

// Price lists are fetched without a command: once a day a provider, after the first answer that it
// gave. By then its key is there and no clock of an answer runs. Nobody waits for a list; the next
// question has its prices.

// today names the day of a price list.
func today() string { return time.Now().UTC().Format(time.DateOnly) }

// priced tells each attempt the price of the moment, and has the price list of the provider fetched
// after an answer.
type priced struct {
	model    providers.Model
	registry *Registry
	provider *wire.Provider
	eff      config.Effective
}

// Unwrap returns the model itself.
func (m priced) Unwrap() providers.Model { return m.model }

func (m priced) Stream(
	ctx context.Context, req providers.Request,
) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		for ev, err := range m.model.Stream(ctx, req) {
			switch {
			case ev.Type == providers.EventAttemptStart && ev.Attempt != nil:
				info := *ev.Attempt
				info.Price, info.Own = m.registry.quote(m.eff), m.registry.own(m.eff)
				ev.Attempt = &info
			case ev.Type == providers.EventHeaders:
				ev.Own = m.registry.own(m.eff)
			case ev.Type == providers.EventAttemptEnd && ev.Err == nil && err == nil:
				m.registry.refreshPrices(m.eff.Provider, m.provider)
			}
			if !yield(ev, err) {
				return
			}
		}
	}
}

// refreshPrices fetches the price list of a provider in the background, if none was asked for
// today.
func (r *Registry) refreshPrices(c config.Provider, p *wire.Provider) {
	if c.Kind != config.OpenAI && c.Kind != config.Responses || !r.due(c) {
		return
	}
	r.fetches.Go(func() {
		ctx, cancel := context.WithTimeout(r.background, answersWithin)
		defer cancel()
		models, err := p.List(ctx)
		var e *providers.Error
		if errors.As(err, &e) && e.Kind == providers.Unreachable { // the network may be there later
			r.mu.Lock()
			defer r.mu.Unlock()
			delete(r.asked, c.Name)
			return
		}
		fresh := PricesOf([]Offer{{Provider: c, Models: models}})
		r.learnPrices(fresh)
		r.keepPrices(fresh, map[string]Asked{c.Name: r.askedNow(c)})
	})
}

// keepPrices keeps what was fetched for later, where there is a file for it. Prices are not worth a
// complaint.
func (r *Registry) keepPrices(fresh Prices, asked map[string]Asked) {
	if r.priceFile == "" {
		return
	}
	r.writing.Lock()
	defer r.writing.Unlock()
	if err := keepPrices(r.priceFile, fresh, asked); err != nil {
		r.log.Warn("price lists", "error", err)
	}
}

// askedNow notes that a provider was asked today, and what it told of itself.
func (r *Registry) askedNow(c config.Provider) Asked {
	r.mu.Lock()
	defer r.mu.Unlock()
	a := Asked{BaseURL: c.BaseURL, Day: today()}
	last := r.asked[c.Name]
	a.Own = last.Own && last.BaseURL == c.BaseURL
	if p := r.open[c.Name]; p != nil && p.Own() {
		a.Own = true
	}
	r.asked[c.Name] = a
	return a
}

// due reports whether the list of a provider is to be fetched, and notes that it will be.
func (r *Registry) due(c config.Provider) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	now, last := Asked{BaseURL: c.BaseURL, Day: today()}, r.asked[c.Name]
	if last.BaseURL == now.BaseURL {
		now.Own = last.Own
	}
	list := r.prices[c.Name]
	if r.priceFile == "" || r.simulated || last == now || list.BaseURL == c.BaseURL &&
		list.AsOf == now.Day {
		return false
	}
	r.asked[c.Name] = now
	return true
}

// Settle waits for the price lists on their way, at most for a while. The rest is given up.
func (r *Registry) Settle(most time.Duration) {
	done := make(chan struct{})
	go func() {
		r.fetches.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(most):
		r.leave()
		<-done
	}
}
