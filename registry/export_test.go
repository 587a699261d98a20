package registry

// ReadPrices reads the file of the lists of prices.
func ReadPrices(path string) Prices { return readPriceFile(path).Providers.clone() }
