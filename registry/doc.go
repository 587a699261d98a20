// Package registry turns model references into models that can be asked: it joins the config, the
// keys, the price lists and the providers. It also lists what the providers offer, and has servers
// fetch models that they lack.
package registry
