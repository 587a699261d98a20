package check

// Names are the names of all checks, without prefixes.
func Names() (names []string) {
	for _, k := range kinds() {
		names = append(names, k.name)
	}
	return names
}
