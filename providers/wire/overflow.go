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
		`\bn_(prompt|tokens|past)|输入|提示词|请求`,
	)
	overBound = wordsOf(
		`context[ _-]?(length|window|size|limit|len)|\bcontext\b|\bn_ctx\b|\bnum_ctx\b`,
		`max_?(model|seq|sequence|input|prompt|context|total)_?(len|length|tokens?)`,
		`(sequence|prompt|input|messages?|request|conversation) length|model('s)? (maximum |max )?(sequence |input )?length`,
		`max(imum)? (model|sequence|input|prompt|context|total|allowed)?[ _]?(length|size|`+
			`tokens?)`,
		`(token|tokens|length|size|input|prompt|model|model's) limit|limit[^.]{0,30}tokens?`,
		`tokens?[^.]{0,30}limit|number of (input )?tokens|allowed length|上下文|最大长度|长度|token数`,
	)
	overBeyond = wordsOf(
		`exceed|surpass|overflow|beyond|(longer|larger|greater|bigger|higher) than`,
		`more than|less than|fewer than|at most|not be over|over (the|limit)|above the`,
		`too (long|large|many|big)`,
		`(does ?n.t|does not|can ?not|can't|cannot|will not|won't) fit|reduce|shorten|shorter`,
		`truncat|out of (range|bounds)|maximum of|up to|<=?|>|≤|超过|超出|超长|过长|太长`,
	)
	overPlain = wordsOf(
		`\b(prompts?|inputs?|messages?|conversation|context|text|history|question|`+
			`chat history|sequence|content)\b[^.,;]{0,40}\btoo (long|large|big)\b`,
		`\b(prompts?|inputs?|messages?|conversation|text|requests?)\b[^.;]{0,60}\b(longer|larger|`+
			`bigger) than`,
		`\b(prompts?|inputs?|messages?|text|conversation)\b[^.;]{0,40}\b(under|at most|`+
			`no more than|less than|fewer than|up to|max(imum)?( of)?) \d[\d,.]*k? ?(tokens?|`+
			`characters?|chars|words)`,
		`\b(prompts?|requests?|inputs?|messages?|conversation|text)\b[^.;]{0,30}\bmore tokens than`,
		`\brequests?( is)? too large for (the |this )?model`,
		`\btoo many (input |prompt |total |context )?tokens\b|\brequests? (is )?too long`,
		`(cannot|can't|can not|n't|not) fit (the |your |in(to)? the )?(prompt|input|request|context)`,
		`\btoo (long|large)( an?)? (prompt|input|context|message|conversation)|context overflow`,
		`提示词?过长|输入过长|输入太长|prompt ?超长|input_length_error`,
		`(プロンプト|入力|コンテキスト|トークン)[^。]{0,20}(長すぎ|超え|超過)`,
		`(프롬프트|입력|컨텍스트|토큰)[^.]{0,20}(너무 (길|깁)|초과)`,
	)
	overCode = wordsOf(
		`context_?(length|window|size|limit)`,
		`(prompt|input|request|message|text)s?_?(is_?)?too_?(long|large|many)`,
		`too_?many_?(input_?|prompt_?)?tokens|max_?(prompt|input|context)_?tokens_?exceed`,
		`tokens?_?limit_?(reached|exceeded)|token_?count_?exceed|(prompt|input)_?length`,
		`string_above_max_length`,
	)

	// Tokens that are counted in the request, whatever the limit is called.
	overRequest = wordsOf(
		`total number of tokens|tokens? (count )?(in|of|from) (the |your |this |a |an )?(user )?(requests?|prompts?|inputs?|`+
			`messages?|conversation|context|query|text)\b`,
		`\b(prompt|requests?|inputs?|messages?|total|conversation|context)('s)? tokens?\b`,
		`\btoken count\b`,
		`\b(prompt|request|input|conversation)\b[^.;]{0,20} exceeds? (the )?max(imum)? (\w+ )?tokens`,
	)
	limitsRequest = wordsOf(`\bmax(imum)?( number of)? (\w+ )?tokens? (in|of|from)\b`)
	overAnswer    = wordsOf(
		`max_(completion_|new_|output_)?tokens\b|maxoutputtokens|maxtokens|num_predict`,
		`(completion|output|response|reply|generated) tokens?|tokens? to generate`,
		`tokens? (of output|for (the )?(output|completion|response))`,
	)

	// The sum of the prompt and the answer is a matter of the context.
	overSum = wordsOf(
		`\b(prompt|inputs?|messages)\b[^.;]{0,60}(\+|\bplus\b|\band\b)[^.;]{0,40}(max_|output|` +
			`completion|generated|new[ _])`,
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
	tokens := strings.Contains(message, "token")
	switch {
	case overTimed.in(message), overFile.in(message) && !tokens:
		return false
	case overSum.in(message) && overBeyond.in(message):
		return true
	case overRequest.in(message) && !overAnswer.in(message) && !limitsRequest.in(message) &&
		!otherParam(param) && (overBeyond.in(message) || outweighs(message)):
		return true
	case overLimit.in(message), overLimit.in(strings.ToLower(param)):
		return false
	}
	if overPlain.in(message) {
		return true
	}
	if !overSubject.in(message) || otherParam(param) {
		return false
	}
	bound, beyond, outweighs := overBound.in(message), overBeyond.in(message), outweighs(message)
	return bound && beyond || outweighs && (bound || beyond || tokens)
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

var (
	tokenNumber  = wordsOf(`\d[\d,_]*k?`)
	countsTokens = wordsOf(`token|length|context|limit|request|max|only supports?|window`)
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
		if !countsTokens.in(near) {
			continue
		}
		digits := strings.NewReplacer(",", "", "_", "", "k", "000").Replace(message[at[0]:at[1]])
		n, err := strconv.Atoi(digits)
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
