// Package suite reads what a run asks: prompts, cases and checks.
//
// [Read] takes a text file with a prompt a line, a .jsonl or .csv file with a case a line, or a
// suite in TOML. It finds all mistakes at once, with file, line and column, before anything is
// asked.
package suite
