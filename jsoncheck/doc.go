// Package jsoncheck reads the JSON that an answer is to hold, and checks it: an answer of its own
// against a JSON Schema, and the declarations of tools.
//
// The schemas are those of draft 2020-12, or of the older draft that "$schema" names.
// [Parse] reads a schema. References within it are followed. What lies elsewhere is never fetched:
// a schema with such a reference is refused, with its line. "format" says what a text is meant for
// and is not checked, as the draft has it.
//
// [Schema.Check] takes the whole answer for JSON, or its only code fence where the answer is none;
// text around that fence does no harm. Numbers keep all their digits. A key that comes twice
// is an error: some programs take the first value, some the second.
package jsoncheck
