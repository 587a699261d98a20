package providers

import "time"

// Listed is one entry of a provider's own list of models.
type Listed struct {
	ID       string
	Name     string
	Owner    string    // owned_by, "" where the server does not say
	Context  int       // tokens, 0 where the server does not say
	Modified time.Time // of local models
	Price    Quote     // where the gateway lists prices
	Size     int64     // bytes on the server's disk, 0 where it does not say
	Memory   Memory    // what the server says of the model in its memory
	Chat     bool      // false for models that are known not to chat (embeddings and the like)
	Vision   *bool     // whether it takes images; nil where the server does not say
}
