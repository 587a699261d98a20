package ui

import (
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
)

// mentions reads the files that words name as @path, or as @"path". Only their base names stay in
// the words. Other words after an @ stay: they name a person or a decorator. missing gets the first
// one that means a file and names none.
func mentions(words string, take func(found), missing *string) string {
	var b strings.Builder
	for {
		at := nextMention(words)
		if at < 0 {
			b.WriteString(words)
			return b.String()
		}
		b.WriteString(words[:at])
		words = words[at:]
		path, length := mentioned(words)
		info, err := os.Stat(expand(path))
		if short := strings.TrimRight(path, ".,;:!?)]}'\""); err != nil && short != path {
			if i, e := os.Stat(expand(short)); e == nil {
				info, err, path, length = i, nil, short, len("@")+len(short)
			}
		}
		switch {
		case err == nil && (!info.IsDir() || plainPath(path)), errors.Is(err, fs.ErrPermission):
			take(look(path))
			b.WriteString(mention(filepath.Base(path)))
		default:
			if err != nil && *missing == "" && (plainPath(path) || fileLike(path)) {
				*missing = words[:length]
			}
			b.WriteString(words[:length])
		}
		words = words[length:]
	}
}

// nextMention is where the next @ at the beginning of a word stands, or -1.
func nextMention(s string) int {
	before := ' '
	for i, r := range s {
		if r == '@' && (unicode.IsSpace(before) || strings.ContainsRune("([{\"'", before)) {
			return i
		}
		before = r
	}
	return -1
}

// mentioned is the path at the beginning of words, and how long it stands there with its mark.
func mentioned(words string) (path string, length int) {
	rest := words[len("@"):]
	if quoted, ok := strings.CutPrefix(rest, `"`); ok {
		if end := strings.IndexAny(quoted, "\"\n"); end > 0 && quoted[end] == '"' {
			return quoted[:end], len(`@""`) + end
		}
	}
	if end := strings.IndexFunc(rest, unicode.IsSpace); end >= 0 {
		rest = rest[:end]
	}
	return rest, len("@") + len(rest)
}

// plainPath reports whether a word can be nothing but a path.
func plainPath(s string) bool {
	for _, start := range []string{"/", "./", "../", "~/"} {
		if strings.HasPrefix(s, start) {
			return true
		}
	}
	return filepath.IsAbs(s)
}

// fileLike reports whether a word has the ending of a file that can be attached.
func fileLike(s string) bool {
	endings := []string{".png", ".jpg", ".jpeg", ".gif", ".webp", ".pdf", ".txt", ".md"}
	return slices.Contains(endings, strings.ToLower(filepath.Ext(s)))
}

// pathsIn splits a paste of paths. Terminals paste a dropped file: bare, quoted, with blanks
// escaped, or as a file:// URL. It is nil for any other text.
func pathsIn(s string) (paths []string) {
	s = strings.TrimSpace(s)
	if len(s) > 4096 || s == "" {
		return nil
	}
	if plainPath(s) && !strings.ContainsAny(s, "'\"\\\n") && exists(expand(s)) {
		return []string{s} // with blanks in it
	}
	for _, word := range shellWords(s) {
		if u, err := url.Parse(word); err == nil && u.Scheme == "file" {
			word = u.Path
		}
		if !plainPath(word) {
			return nil
		}
		paths = append(paths, word)
	}
	return paths
}

// shellWords splits words at blanks as a shell does, with its quotes and backslashes.
func shellWords(s string) (words []string) {
	var word strings.Builder
	quote, escaped, begun := rune(0), false, false
	for _, r := range s {
		switch {
		case escaped:
			word.WriteRune(r)
			escaped = false
		case r == '\\' && quote != '\'' && os.PathSeparator != '\\':
			escaped, begun = true, true
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote, begun = r, true
		case quote == 0 && unicode.IsSpace(r):
			if begun {
				words = append(words, word.String())
			}
			word.Reset()
			begun = false
		default:
			word.WriteRune(r)
			begun = true
		}
	}
	if begun {
		words = append(words, word.String())
	}
	return words
}
