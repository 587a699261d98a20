package config

import _ "embed"

//go:embed example.toml
var example string

// Example is a commented config file that shows every section. It loads without
// complaint on any machine: `lineup config init` writes it.
func Example() []byte { return []byte(example) }
