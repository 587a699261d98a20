package wire

import (
	"strings"
	"time"
)

// comebackVerb is what says that a time or a span is one to wait for.
const comebackVerb = `\b(?:again|retry|retrying|wait|waiting|available|access|allowed|resets?|` +
	`back|resumes?|lifted|cool ?down|until|renews?|refresh(?:es)?|next request)\b`

var (
	comebackSpan = wordsOf(`(?i)`+comebackVerb+`[^.;\d]{0,40}((?:`+spanPart+`)+)`,
		`(?i)(?:^|[.,;:(!]\s*)in ((?:`+spanPart+`)+)`)
	comebackISO  = wordsOf(`(?i)` + comebackVerb + `[^.;\d]{0,40}?\b(P\d*[DTW][\dDTHMS.]*)`)
	comebackTime = wordsOf(`(?i)` + comebackVerb +
		`[^.;\d]{0,40}(\d{4}-\d\d-\d\d(?:T| at | )\d\d:\d\d(?::\d\d)?(?:\.\d+)?` +
		`(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?)`)
	// a time of day says when only with its zone
	comebackHour = wordsOf(`(?i)` + comebackVerb +
		`[^.;\d]{0,40}\b(\d\d?:\d\d)(?::00)? ?(?:UTC|GMT|Z)(?:$|[^\w+-])`)
	// of Chinese, Japanese and Korean
	comebackAfter  = wordsOf(`((?:` + afterPart + `)+)(?:之|以)?(?:后|後|후|뒤)`)
	afterPiece     = wordsOf(afterPart)
	comebackClock  = wordsOf(`(?i)` + comebackVerb + `[^.;\d]{0,20}\b(\d\d?:\d\d:\d\d(?:\.\d+)?)\b`)
	comebackNumber = wordsOf(`(?i)\bretry[-_ ]?after(?:[-_ ]?seconds?)?["']?\s*[:=]\s*` +
		`(\d+(?:\.\d+)?)\.?\s*(?:$|[^\s\w.:/-])`)
	comebackOne = wordsOf(`(?i)` + comebackVerb +
		`[^.;\d]{0,20} (?:in|after|for) (?:an?|one) (minute|hour|day)\b`)
	someMore = wordsOf(`(?i)(\d) more ([smhdw])`)
	// another day, without a time: longer than anybody waits
	comebackDay = wordsOf(`(?i)` + comebackVerb +
		`[^.;\d]{0,40}\b(?:tomorrow|midnight|next (?:day|week|month))\b`)
)

// comebackWords reads when to come back from an error's words. What they leave open is not guessed.
func comebackWords(message string, now time.Time) time.Duration {
	message = someMore.re().ReplaceAllString(message, "$1 $2")
	for _, w := range []wording{comebackTime, comebackISO, comebackClock, comebackNumber} {
		if m := w.re().FindStringSubmatch(message); m != nil {
			if wait := comeback(m[1], now); wait > 0 {
				return wait
			}
		}
	}
	if m := comebackHour.re().FindStringSubmatch(message); m != nil {
		wait := untilHour(m[1], now)
		if today := now.Add(wait).UTC().Day() == now.UTC().Day(); today &&
			strings.Contains(strings.ToLower(m[0]), "tomorrow") {
			wait += 24 * time.Hour
		}
		return wait
	}
	for _, at := range comebackSpan.re().FindAllStringSubmatchIndex(message, -1) {
		from, to := at[2], at[3]
		if from < 0 { // the second form
			from, to = at[4], at[5]
		}
		if to < len(message) && isLetter(message[to]) && isLetter(message[to-1]) {
			continue // the unit is the beginning of another word
		}
		return min(parseSpan(message[from:to]), maxComeback)
	}
	if m := comebackAfter.re().FindStringSubmatch(message); m != nil {
		return min(afterSpan(m[1]), maxComeback)
	}
	if m := comebackOne.re().FindStringSubmatch(message); m != nil {
		return parseSpan("1" + m[1])
	}
	return 0
}

// afterPart is a number with a unit of Chinese, Japanese or Korean.
const afterPart = `(\d+(?:\.\d+)?) ?(毫秒|秒|分|小时|小時|時間|天|日|초|분|시간|일)(?:钟|鐘|間)? ?`

// afterSpan adds up the parts of a span such as 1시간 30분.
func afterSpan(span string) (sum time.Duration) {
	units := map[string]string{"毫秒": "ms", "秒": "s", "분": "m", "초": "s", "分": "m", "小时": "h",
		"小時": "h", "時間": "h", "시간": "h", "天": "d", "日": "d", "일": "d"}
	for _, m := range afterPiece.re().FindAllStringSubmatch(span, -1) {
		sum += parseSpan(m[1] + units[m[2]])
	}
	return sum
}

// untilHour is the time until the clock of UTC shows this next.
func untilHour(clock string, now time.Time) time.Duration {
	t, err := time.Parse("15:04", clock)
	if err != nil {
		return 0
	}
	const day = 24 * time.Hour
	sinceMidnight := now.UTC().Sub(now.UTC().Truncate(day))
	at := time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
	return (at - sinceMidnight + day) % day
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
