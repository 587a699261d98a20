package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"

	"lineup/config"
	"lineup/providers"
)

// priceLists are the prices that gateways have listed, as `lineup models --refresh` keeps them: by provider.
type priceLists map[string]priceList

// priceList is what one gateway has listed. It holds no key, and counts only as long as the provider stands at the same
// address.
type priceList struct {
	BaseURL string                     `json:"base_url"`
	AsOf    string                     `json:"as_of"` // the day on which it was fetched
	Models  map[string]providers.Quote `json:"models"`
}

// priceFileSchema is the version of the file's form.
const priceFileSchema = 1

type priceFile struct {
	Schema    int        `json:"schema"`
	Providers priceLists `json:"providers"`
}

// pricePath is where listed prices are kept.
func (g *globals) pricePath() (string, error) {
	dir, err := config.DataDir(g.dataFlag, g.getenv)
	return filepath.Join(dir, "prices.json"), err
}

// listedPrices reads what --refresh has kept. Without the file, or with a damaged one, there are no listed prices; the
// next --refresh writes it anew.
func (g *globals) listedPrices() priceLists {
	path, err := g.pricePath()
	if err != nil {
		return nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	var f priceFile
	if json.Unmarshal(text, &f) != nil || f.Schema != priceFileSchema {
		return nil
	}
	return f.Providers
}

// keepPrices puts the lists of some providers in place of those that are kept. The file is written beside the old one
// and then takes its place, so that it is never half there.
func (g *globals) keepPrices(fresh priceLists) error {
	path, err := g.pricePath()
	if err != nil {
		return err
	}
	all := g.listedPrices()
	if all == nil {
		all = priceLists{}
	}
	maps.Copy(all, fresh)
	text, err := json.MarshalIndent(priceFile{priceFileSchema, all}, "", " ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("the prices could not be kept: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), "prices-*.json") // made with mode 0600
	if err != nil {
		return fmt.Errorf("the prices could not be kept: %w", err)
	}
	_, err = f.Write(append(text, '\n'))
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		if e := os.Remove(f.Name()); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
		return fmt.Errorf("the prices could not be kept: %w", err)
	}
	return nil
}

// find gives the listed price of a model, if the list is that of the same address.
func (l priceLists) find(p config.Provider, model string) (providers.Quote, bool) {
	list := l[p.Name]
	if list.BaseURL != p.BaseURL {
		return providers.Quote{}, false
	}
	q, ok := list.Models[model]
	if !ok || q.Source != providers.CostListed {
		return providers.Quote{}, false
	}
	q.AsOf = list.AsOf
	return q, true
}
