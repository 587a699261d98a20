package check

// kind is a row of the table of checks.
type kind struct {
	name  string
	value string   // what the check takes, as help shows it
	args  []string // further keys
	text  bool     // on the visible text: i before the name ignores case
	doc   string   // one line
	read  func(r *reading) body
}

// kinds are all checks, in the order of the documentation.
func kinds() []kind {
	return []kind{
		{name: "contains", value: `"TEXT"`, text: true, read: readText(contains),
			doc: "the text is in the answer"},
		{name: "contains_all", value: `["TEXT", …]`, text: true, read: readTexts(containsAll),
			doc: "each of the texts is in the answer"},
		{name: "contains_any", value: `["TEXT", …]`, text: true, read: readTexts(containsAny),
			doc: "one of the texts is in the answer"},
		{name: "starts_with", value: `"TEXT"`, text: true, read: readText(startsWith),
			doc: "the answer begins with the text"},
		{name: "ends_with", value: `"TEXT"`, text: true, read: readText(endsWith),
			doc: "the answer ends with the text"},
		{name: "equals", value: `"TEXT"`, text: true, read: readText(equals),
			doc: "the answer is the text; white space around either does not count"},
		{name: "regex", value: `"PATTERN"`, read: readRegex,
			doc: "the pattern (RE2 syntax) matches somewhere in the answer"},
		{name: "json", value: "true", read: readJSON,
			doc: "the answer is JSON, or its only code fence is"},
		{name: "schema", value: `"FILE" or a table`, read: readSchema,
			doc: "the answer is JSON, as for json, and fits the JSON Schema"},
		{name: "json_path", value: `"$.a[0]"`, read: readJSONPath,
			args: []string{"equals", "contains", "regex", "at_least", "at_most"},
			doc:  "the path (RFC 9535) is in the JSON; each value there is as the other keys say"},
		{name: "max_ms", value: "NUMBER", read: readNumber(duration),
			doc: "duration_ms is at most the number"},
		{name: "max_ttft_ms", value: "NUMBER", read: readNumber(ttft),
			doc: "ttft_ms is at most the number"},
		{name: "min_tok_s", value: "NUMBER", read: readNumber(speed),
			doc: "tokens_per_second is at least the number"},
		{name: "max_tokens", value: "NUMBER", read: readNumber(output),
			doc: "the output has at most so many tokens"},
		{name: "max_usd", value: "NUMBER", read: readNumber(cost),
			doc: "the reply cost at most so many dollars"},
		{name: "similar", value: `"TEXT"`, args: []string{"at_least"}, read: readSimilar,
			doc: "1 − edit distance ÷ longer length, in characters, is at_least (0.8)"},
		{name: "refused", value: "false", read: readRefused,
			doc: "a heuristic: whether the answer reads like a refusal"},
		{name: "language", value: `"CODE"`, read: readLanguage,
			doc: "a heuristic: the language of the answer, by its script and its short words"},
		{name: "expr", value: `"EXPRESSION"`, read: readExpr,
			doc: "an expression of expr-lang over the JSON line is true"},
		{name: "command", value: `["PROGRAM", "ARG", …]`, read: readCommand,
			doc: "the program ends with 0 within 30 s; the JSON line is its standard input"},
		{name: "judge", value: `"QUESTION"`, args: []string{"by", "at_least"}, read: readJudge,
			doc: "a model (by) gives a grade from 1 to 5 that is at_least (4)"},
		{name: "tool_call", value: `"NAME"`, args: []string{"args"}, read: readToolCall,
			doc: "the tool was called, with at least these arguments"},
	}
}

// common are the keys that every check takes.
func common() []string { return []string{"weight", "name"} }

// The prefixes of a name.
const (
	notPrefix = "not_"
	anyCase   = "i"
)
