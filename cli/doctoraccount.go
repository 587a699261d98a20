package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"lineup/providers"
)

// account is what a provider tells of itself and of its key.
type account struct {
	providers.Account
	err error
}

// accounts asks the providers that have listed their models, all at once.
func (g *registry) accounts(ctx context.Context, offers []offer) []account {
	out := make([]account, len(offers))
	errs := g.askAll(ctx, func(ctx context.Context, i int, p *providers.Provider) (err error) {
		if offers[i].err == nil {
			out[i].Account, err = p.Account(ctx)
		}
		return err
	})
	for i, err := range errs {
		out[i].err = err
	}
	return out
}

// into adds to what is known of a provider what it tells of itself, and judges it: a provider may list its models to
// everybody and refuse the key, or have nothing left for it.
func (a account) into(f *finding) {
	var e *providers.Error
	switch {
	case errors.As(a.err, &e) && e.Kind == providers.Auth:
		f.Status, f.Message, f.Hint = failure, "auth: "+e.Error(), e.Hint
		return
	case a.err != nil: // the models are there all the same
		return
	}
	said := []string{f.Message}
	if a.Server != "" {
		said[0] = strings.Replace(f.Message, " lists ", " ("+a.Server+") lists ", 1)
	}
	if a.Slots > 0 && a.Context > 0 {
		said = append(said, fmt.Sprintf("%s at a time, %d tokens each", counted(a.Slots, "request"), a.Context))
	}
	if a.Spent != nil {
		said = append(said, "$"+amount(*a.Spent)+" spent with this key")
	}
	for _, m := range a.Left {
		said = append(said, inCurrency(m)+" left")
	}
	if a.Spent != nil && a.Limit == nil {
		said = append(said, "the key has no limit of its own")
	}
	f.Message = strings.Join(said, "; ")
	if a.Empty {
		f.Status, f.Hint = failure, "requests will be refused: top the account up, or raise the limit of the key"
	}
}

func inCurrency(m providers.Money) string {
	if m.Currency == "USD" {
		return "$" + amount(m.Amount)
	}
	return amount(m.Amount) + " " + m.Currency
}

func amount(v float64) string { return fmt.Sprintf("%.2f", max(0, v)) }
