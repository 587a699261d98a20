package session

import "strings"

// TrimPrompt takes from a prompt what carries no meaning: blank lines before it and white space
// after it. The blanks before its first line stay: they may be the indentation of code.
func TrimPrompt(s string) string {
	s = strings.TrimRight(s, " \t\r\n")
	for {
		line, rest, ok := strings.Cut(s, "\n")
		if !ok || strings.TrimSpace(line) != "" {
			return s
		}
		s = rest
	}
}
