package registry

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"

	"lineup/atomicfile"
	"lineup/config"
	"lineup/providers"
)

// Prices are the price lists of gateways, by the name of the provider.
type Prices map[string]PriceList

// PriceList is the price list of one gateway. It applies only while the provider keeps its address.
type PriceList struct {
	BaseURL string                     `json:"base_url"`
	AsOf    string                     `json:"as_of"` // the day of the list
	Models  map[string]providers.Quote `json:"models"`
	Vision  map[string]bool            `json:"vision,omitempty"` // who takes images
}

// PricesOf collects the prices in lists of models, and which models take images. Gateways that list
// neither are left out, and so are servers of one's own: what they serve changes.
func PricesOf(offers []Offer) Prices {
	out := Prices{}
	for _, o := range offers {
		l := PriceList{BaseURL: o.Provider.BaseURL, Models: map[string]providers.Quote{},
			Vision: map[string]bool{}}
		for _, m := range o.Models {
			if m.Price.Known() {
				l.Models[m.ID], l.AsOf = m.Price, m.Price.AsOf
			}
			if m.Vision != nil && !o.Provider.Local {
				l.Vision[m.ID] = *m.Vision
			}
		}
		if len(l.Models)+len(l.Vision) > 0 {
			out[o.Provider.Name] = l
		}
	}
	return out
}

// Len is the number of prices in all lists.
func (p Prices) Len() (n int) {
	for _, list := range p {
		n += len(list.Models)
	}
	return n
}

// clone copies the table, not the lists: these never change.
func (p Prices) clone() Prices {
	c := Prices{}
	maps.Copy(c, p)
	return c
}

// find returns the price of a model, if the list is from the provider's present address.
func (p Prices) find(c config.Provider, model string) (providers.Quote, bool) {
	list := p[c.Name]
	if list.BaseURL != c.BaseURL {
		return providers.Quote{}, false
	}
	q, ok := list.Models[model]
	if !ok || q.Source != providers.CostListed {
		return providers.Quote{}, false
	}
	q.AsOf = list.AsOf
	return q, true
}

// sees tells whether a model takes images, by the list of the provider's present address; nil where
// that does not say.
func (p Prices) sees(c config.Provider, model string) *bool {
	list := p[c.Name]
	if v, ok := list.Vision[model]; ok && list.BaseURL == c.BaseURL {
		return &v
	}
	return nil
}

func (r *Registry) learnPrices(fresh Prices) {
	r.mu.Lock()
	defer r.mu.Unlock()
	maps.Copy(r.prices, fresh)
}

func (r *Registry) listedPrice(eff config.Effective) (providers.Quote, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.prices.find(eff.Provider, eff.Ref.Model)
}

// priceFileSchema is the version of the file format.
const priceFileSchema = 1

type priceFile struct {
	Schema    int              `json:"schema"`
	Providers Prices           `json:"providers"`
	Asked     map[string]Asked `json:"asked,omitempty"` // by provider
}

// Asked is the day when a provider was last asked for its prices, whether it lists any or not.
type Asked struct {
	BaseURL string `json:"base_url"`
	Day     string `json:"day"`
	Own     bool   `json:"own,omitempty"` // the server is a machine of one's own, as it said
}

// readPriceFile reads what keepPrices wrote. A missing or damaged file holds no prices.
func readPriceFile(path string) (f priceFile) {
	text, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(text, &f) != nil || f.Schema != priceFileSchema {
		return priceFile{}
	}
	return f
}

// KeepPrices replaces the lists of some providers in a file, and keeps those of the others. The
// file is replaced as a whole and never half written. Only its owner can read it.
func KeepPrices(path string, fresh Prices) error { return keepPrices(path, fresh, nil) }

func keepPrices(path string, fresh Prices, asked map[string]Asked) error {
	f := readPriceFile(path)
	f.Schema, f.Providers = priceFileSchema, f.Providers.clone()
	maps.Copy(f.Providers, fresh)
	if f.Asked == nil {
		f.Asked = map[string]Asked{}
	}
	maps.Copy(f.Asked, asked)
	text, err := json.MarshalIndent(f, "", " ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("the prices could not be kept: %w", err)
	}
	if err := atomicfile.Replace(path, 0o600, atomicfile.Bytes(append(text, '\n'))); err != nil {
		return fmt.Errorf("the prices could not be kept: %w", err)
	}
	return nil
}
