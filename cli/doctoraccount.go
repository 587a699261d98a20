package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dustin/go-humanize/english"

	"lineup/providers"
	"lineup/providers/wire"
	"lineup/registry"
)

// addAccount completes the finding about a provider by what the provider tells of the key. It may
// list its models to everybody and yet refuse the key, or have no money left for it.
func addAccount(f *finding, a registry.Account) {
	var e *providers.Error
	switch {
	case errors.As(a.Err, &e) && e.Kind == providers.Auth:
		f.Status, f.Message, f.Hint = failure, "auth: "+e.Error(), e.Hint
		return
	case a.Err != nil: // the models are there all the same
		return
	}
	said := []string{f.Message}
	if a.Server != "" {
		said[0] = strings.Replace(f.Message, " lists ", " ("+a.Server+") lists ", 1)
	}
	if a.Slots > 0 && a.Context > 0 {
		said = append(said,
			fmt.Sprintf("%s at a time, %d tokens each",
				english.Plural(a.Slots, "request", ""), a.Context))
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
		f.Status, f.Hint = failure, "requests will be refused: top the account up, or raise "+
			"the limit of the key"
	}
}

func inCurrency(m wire.Money) string {
	if m.Currency == "USD" {
		return "$" + amount(m.Amount)
	}
	return amount(m.Amount) + " " + m.Currency
}

func amount(v float64) string { return fmt.Sprintf("%.2f", max(0, v)) }
