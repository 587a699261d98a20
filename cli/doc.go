// Package cli is lineup's command line: it reads flags and config, wires the other packages
// together, and turns what happened into exit codes.
//
//	0    every reply is an answer (done, or cut at max_tokens)
//	1    at least one reply failed, or a command could not do its work
//	2    wrong usage or a wrong config; nothing was sent
//	3    all replies are there, and one is not what was asked for
//	130  interrupted
//
// Standard output carries answers and records only; everything else goes to standard error.
package cli
