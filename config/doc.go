// Package config reads lineup's settings and finds what needs no settings.
//
// A config file is TOML. Load reads and checks all of it. It returns a Config that can be used, or
// one error of type Errors that lists every mistake with its line, its column and the nearest right
// name. Nothing is half accepted: a Config with an error holds no settings.
//
// Settings that a file leaves out stay unset (nil), so that zero can be meant.
// Config.Resolve folds them for one model reference, the narrower section over
// the wider one: model, provider, whole file, built-in default.
//
// A key (the secret) never stands in a file: a provider names the variable, the
// command or the keyring entry that holds it, and a literal key is refused
// without being repeated in the message.
//
// Without a file, KeyProviders names the gateways that the environment has keys
// for (at once, no network), Discover asks the well-known ports of this machine
// for model servers (200 ms at most), and Assemble makes a Config of both.
//
// The package reads no environment of its own: functions that need it take a
// getenv function, as os.Getenv is one.
package config
