// Package promptfoo reads the configuration files of promptfoo, with promptfoo's own rules: the
// same file gives the same verdicts here and there. Whatever is not read is named with its line,
// and no test passes because of it.
package promptfoo
