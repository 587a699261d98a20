package wire

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"lineup/providers"
)

// Account is what a provider tells of itself and of the key that it is asked with. What it does not
// tell is zero.
type Account struct {
	Server  string   // its name and version, as "Ollama 0.17.4"
	Slots   int      // requests that it answers at the same time
	Context int      // tokens that one of them may have
	Spent   *float64 // USD, with this key
	Limit   *float64 // USD that this key may spend in all
	Left    []Money  // what there is to spend, by currency; nothing: no limit, or none that is told
	Empty   bool     // the provider refuses requests for want of money
}

// Money is an amount in a currency, "USD" or "CNY".
type Money struct {
	Amount   float64
	Currency string
}

// Account asks what a provider has to say beside its models: OpenRouter, DeepSeek and LiteLLM on
// the key, Ollama and llama.cpp on themselves. OpenRouter and llama.cpp list their models to
// everybody, so that this alone tells whether the key is right. Others are not asked. The error is
// an *Error.
func (p *Provider) Account(ctx context.Context) (Account, error) {
	return p.dialect.account(ctx, p)
}

// beside is a path next to the /v1 of the base URL.
func (p *Provider) beside(path string) string {
	u := *p.base
	u.Path = strings.TrimSuffix(strings.TrimRight(u.Path, "/"), "/v1") + path
	return u.String()
}

// document fetches one document into v. What is no JSON of that form says nothing.
func (p *Provider) document(ctx context.Context, url string, v any) error {
	body, _, err := p.get(ctx, url)
	if err == nil {
		_ = json.Unmarshal(body, v)
	}
	return err
}

func (p *Provider) ollamaAccount(ctx context.Context) (Account, error) {
	var v struct {
		Version string `json:"version"`
	}
	if err := p.document(ctx, p.url("/api/version"), &v); err != nil || v.Version == "" {
		return Account{}, err
	}
	return Account{Server: p.clean("Ollama " + v.Version)}, nil
}

// llamaAccount asks for /props, which unlike the list of models wants the key. Where the server
// keeps it to itself there is nothing to say.
// https://github.com/ggml-org/llama.cpp/tree/master/tools/server
func (p *Provider) llamaAccount(ctx context.Context) (Account, error) {
	var v struct {
		Build    string `json:"build_info"`
		Slots    int    `json:"total_slots"`
		Defaults struct {
			Context int `json:"n_ctx"`
		} `json:"default_generation_settings"`
	}
	err := p.document(ctx, p.beside("/props"), &v)
	if err != nil && !isAuth(err) {
		return Account{}, nil
	}
	return Account{Server: p.clean(strings.TrimSpace("llama.cpp " + v.Build)),
		Slots: max(0, v.Slots), Context: max(0, v.Defaults.Context)}, err
}

// openRouterAccount: https://openrouter.ai/docs/api-reference/limits
func (p *Provider) openRouterAccount(ctx context.Context) (Account, error) {
	var v struct {
		Data struct {
			Limit *float64 `json:"limit"`
			Left  *float64 `json:"limit_remaining"`
			Usage *float64 `json:"usage"`
		} `json:"data"`
	}
	if err := p.document(ctx, p.url("/key"), &v); err != nil {
		return Account{}, err
	}
	a := Account{Spent: v.Data.Usage, Limit: v.Data.Limit}
	if left := v.Data.Left; left != nil {
		a.Left, a.Empty = []Money{{*left, "USD"}}, *left <= 0
	}
	return a, nil
}

// deepSeekAccount: https://api-docs.deepseek.com/api/get-user-balance. The amounts are strings.
func (p *Provider) deepSeekAccount(ctx context.Context) (Account, error) {
	var v struct {
		Available *bool `json:"is_available"`
		Balances  []struct {
			Currency string `json:"currency"`
			Total    string `json:"total_balance"`
		} `json:"balance_infos"`
	}
	u := *p.base
	u.Path = "/user/balance"
	if err := p.document(ctx, u.String(), &v); err != nil {
		return Account{}, err
	}
	a := Account{Empty: v.Available != nil && !*v.Available}
	for _, b := range v.Balances {
		if amount, err := strconv.ParseFloat(b.Total, 64); err == nil {
			a.Left = append(a.Left, Money{amount, p.clean(b.Currency)})
		}
	}
	return a, nil
}

// liteLLMAccount asks for what the proxy knows of the key. One without a database, or without keys,
// knows nothing; and the key itself was right already, or there would be no list.
// https://docs.litellm.ai/docs/proxy/virtual_keys
func (p *Provider) liteLLMAccount(ctx context.Context) Account {
	var v struct {
		Info struct {
			Spend  *float64 `json:"spend"`
			Budget *float64 `json:"max_budget"`
		} `json:"info"`
	}
	a := Account{Server: "LiteLLM"}
	if p.document(ctx, p.beside("/key/info"), &v) != nil {
		return a
	}
	if a.Spent, a.Limit = v.Info.Spend, v.Info.Budget; a.Spent != nil && a.Limit != nil {
		left := *a.Limit - *a.Spent
		a.Left, a.Empty = []Money{{left, "USD"}}, left <= 0
	}
	return a
}

func isAuth(err error) bool {
	e := providers.AsError(err)
	return e.Kind == providers.Auth || e.Status == http.StatusUnauthorized
}
