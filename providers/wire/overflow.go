package wire

import (
	"strconv"
	"strings"
)

// An overflow of the context is worded in dozens of ways, and every server adds another one. These
// words are therefore looked for by what they are about: something of the request, a bound, and
// that the one goes beyond the other.
var (
	overSubject = wordsOf(
		`\b(prompts?|inputs?|requests?|requested|messages?|conversation|query|text|sequence|`+
			`tokens?|history|question|chat|content|context)\b`,
		`\bn_prompt|输入|提示词|请求`,
	)
	overBound = wordsOf(
		`context[ _-]?(length|window|size|limit|len)|\bcontext\b|\bn_ctx\b|\bnum_ctx\b`,
		`max_?(model|seq|sequence|input|prompt|context|total)_?(len|length|tokens?)`,
		`(sequence|prompt|input) length|model('s)? (maximum |max )?(sequence |input )?length`,
		`max(imum)? (model|sequence|input|prompt|context|total|allowed)?[ _]?(length|size|`+
			`tokens?)`,
		`(token|tokens|length|size|input|prompt|model|model's) limit|limit[^.]{0,30}tokens?`,
		`tokens?[^.]{0,30}limit|number of (input )?tokens|allowed length|上下文|最大长度|长度|token数`,
	)
	overBeyond = wordsOf(
		`exceed|surpass|overflow|beyond|longer than|larger than|greater than|bigger than`,
		`more than|less than|fewer than|at most|not be over|over the|above the`,
		`too (long|large|many|big)`,
		`(does ?n.t|does not|can ?not|can't|cannot|will not|won't) fit|reduce|shorten|shorter`,
		`truncat|out of (range|bounds)|maximum of|up to|<=?|>|≤|超过|超出|超长|过长|太长`,
	)
	overPlain = wordsOf(
		`\b(prompts?|inputs?|messages?|conversation|context|text|history|question|`+
			`chat history|sequence|content)\b[^.,;]{0,40}\btoo (long|large|big)\b`,
		`\btoo many (input |prompt |total |context )?tokens\b`,
		`\btoo (long|large)( an?)? (prompt|input|context|message|conversation)|context overflow`,
		`提示词?过长|输入过长|输入太长|prompt ?超长|input_length_error`,
	)
	overCode = wordsOf(
		`context_?(length|window|size|limit)`,
		`(prompt|input|request|message|text)s?_?(is_?)?too_?(long|large|many)`,
		`too_?many_?(input_?|prompt_?)?tokens|max_?(prompt|input|context)_?tokens_?exceed`,
		`tokens?_?limit_?(reached|exceeded)|token_?count_?exceed|(prompt|input)_?length`,
		`string_above_max_length`,
	)

	// What speaks of something else: limits a time, money, files, a parameter.
	overTimed = wordsOf(
		`per[ -](min|hour|day|sec|month|week)|/ ?(min|minute|day|hour|month|s)\b`,
		`\b(tpm|tpd|rpm|rpd|tps)\b|\brate\b|\bquota|please wait|slow down`,
		`(try again|retry) (in|later|after)|daily|monthly|weekly|hourly|billing|credits?\b`,
		`budget|balance|subscription|your plan|concurren`,
	)
	overFile = wordsOf(
		`\b(images?|audio|video|files?|uploads?|attachments?|pdf|pixels?|megabytes?|mb|mib|` +
			`bytes|kb)\b`,
	)
	overLimit = wordsOf(
		`max_?(completion_|new_|output_)?tokens\b|maxoutputtokens|maxtokens|num_predict`,
		`max[ -]tokens|maximum tokens|(completion|output|response|reply|generated) tokens?`,
		`tokens? (to generate|of output|for the (completion|response))`,
	)
)

// overflows reports whether an error's words, in lower case, say that the prompt is longer than the
// model can read. A limit on what it may write is a parameter's matter.
func overflows(message, param string) bool {
	if overTimed.in(message) || overLimit.in(message) || overLimit.in(strings.ToLower(param)) ||
		overFile.in(message) && !strings.Contains(message, "token") {
		return false
	}
	if overPlain.in(message) {
		return true
	}
	if !overSubject.in(message) || otherParam(param) {
		return false
	}
	bound, beyond, outweighs := overBound.in(message), overBeyond.in(message), outweighs(message)
	return bound && beyond || beyond && outweighs || outweighs && bound
}

// otherParam reports whether a refused parameter holds no part of the conversation.
func otherParam(param string) bool {
	name, _, _ := strings.Cut(strings.ToLower(param), ".")
	name, _, _ = strings.Cut(name, "[")
	switch name {
	case "", "messages", "input", "prompt", "instructions", "system", "contents", "inputs":
		return false
	}
	return true
}

var tokenNumber = wordsOf(
	`\d[\d,_]*`,
)

// leastContext is smaller than any context, and larger than other numbers that stand beside the
// word "tokens".
const leastContext = 128

// outweighs finds two numbers beside words of tokens or lengths: a request, and a smaller limit.
func outweighs(message string) bool {
	small, large := tokenNumbers(message)
	return small >= leastContext && large > small
}

// tokenNumbers gives the smallest and the largest number that a message counts tokens or a length
// with, 0 where it has none.
func tokenNumbers(message string) (small, large int) {
	for _, at := range tokenNumber.re().FindAllStringIndex(message, -1) {
		near := message[max(0, at[0]-32):min(len(message), at[1]+24)]
		if !strings.Contains(near, "token") && !strings.Contains(near, "length") &&
			!strings.Contains(near, "context") &&
			!strings.Contains(near, "limit") && !strings.Contains(near, "request") &&
			!strings.Contains(near, "max") {
			continue
		}
		n, err := strconv.Atoi(strings.NewReplacer(",", "", "_", "").Replace(message[at[0]:at[1]]))
		if err != nil || n < leastContext {
			continue
		}
		if small == 0 || n < small {
			small = n
		}
		large = max(large, n)
	}
	return small, large
}
