package main_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// outline is what two translations of a page have in common: the levels of its headings, its commands and config
// without comments, its pictures, and the pages that it leads to.
func outline(page string) (headings, code, pictures, links []string) {
	fenced := false
	comment := regexp.MustCompile(`\s+#\s.*$`)
	picture := regexp.MustCompile(`!\[[^]]*\]\(([^)]+)\)`)
	link := regexp.MustCompile(`[^!]\[[^]]*\]\(([^)]+)\)`)
	for line := range strings.Lines(page) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.HasPrefix(line, "```"):
			fenced = !fenced
			code = append(code, line)
		case fenced, strings.HasPrefix(line, "    "):
			code = append(code, strings.TrimSpace(comment.ReplaceAllString(line, "")))
		case strings.HasPrefix(line, "#"):
			level, _, _ := strings.Cut(line, " ")
			headings = append(headings, level)
		}
		for _, m := range picture.FindAllStringSubmatch(line, -1) {
			pictures = append(pictures, m[1])
		}
		for _, m := range link.FindAllStringSubmatch(" "+line, -1) {
			if !strings.HasPrefix(m[1], "README") && !slices.Contains(links, m[1]) {
				links = append(links, m[1])
			}
		}
	}
	slices.Sort(links)
	return headings, code, pictures, links
}

// The Korean README is the whole one: it has the same headings, commands, pictures and links.
func TestKoreanReadmeKeepsInStep(t *testing.T) {
	headings, code, pictures, links := outline(readFile(t, "README.md"))
	koHeadings, koCode, koPictures, koLinks := outline(readFile(t, "README.ko.md"))
	for _, part := range []struct {
		name     string
		want, is []string
	}{{"headings", headings, koHeadings}, {"code", code, koCode}, {"pictures", pictures, koPictures}, {"links", links, koLinks}} {
		if len(part.want) < 5 {
			t.Errorf("README.md has only %d %s: the test reads it wrongly", len(part.want), part.name)
		}
		if !slices.Equal(part.want, part.is) {
			t.Errorf("the %s of README.ko.md are not those of README.md:\n%q\n%q", part.name, part.is, part.want)
		}
	}
}
