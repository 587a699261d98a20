package cli

import "runtime/debug"

// version is the module's version as the Go tool recorded it: a tag, or "devel" for a build from a
// checkout.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" &&
		info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}
