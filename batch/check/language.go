package check

import (
	"context"
	"maps"
	"slices"
	"strings"
	"unicode"

	"lineup/config"
)

// shortWords are the words that tell languages in Latin letters apart.
func shortWords() map[string]string {
	return map[string]string{
		"en": "the and of to is in that it for with you this are was have not be on as what " +
			"from how your they we can will there good hello morning yes please thank",
		"de": "der die das und ist nicht ein eine zu den mit auf für von im sich dem des auch " +
			"als es an wie ich du wir sie sind guten hallo bitte danke",
		"fr": "le la les et est un une des du de pour dans que qui ne pas sur avec ce je vous " +
			"nous il elle sont au plus bonjour merci oui",
		"es": "el la los las y es un una de del que en por con no se para su como más lo pero " +
			"hola gracias está buenos sí usted son muy",
		"it": "il lo la gli e è un una di del della che in per con non si sono come più ma ciao " +
			"grazie buongiorno sì questo anche nel",
		"pt": "o a os as e é um uma de do da que em por com não se para seu como mais mas olá " +
			"obrigado bom são você está também na no",
		"nl": "de het een en is niet van in op te dat die voor met zijn ik je wij ze ook aan " +
			"als hallo dank goede wat hoe",
		"sv": "och är det en ett som på av för med inte den att jag du vi till har om var hej " +
			"tack god",
		"pl": "i w na z nie to jest się że do jak o po co ale dla przez czy są dzień dobry " +
			"dziękuję tak",
		"tr": "ve bir bu da de için ile ne çok var gibi ama daha değil mi ben sen merhaba " +
			"teşekkür evet günaydın olan",
		"vi": "và là của có không được một cho với các này trong những người đã xin chào cảm ơn " +
			"tôi bạn",
		"id": "yang dan di ini itu dengan untuk tidak dari pada adalah ke akan saya anda " +
			"selamat terima kasih pagi ada",
	}
}

// scripts are the languages that their letters tell. Japanese is told by its kana, Chinese by Han
// letters without any.
func scripts() map[string]*unicode.RangeTable {
	return map[string]*unicode.RangeTable{
		"ko": unicode.Hangul, "zh": unicode.Han, "ru": unicode.Cyrillic, "el": unicode.Greek,
		"ar": unicode.Arabic, "he": unicode.Hebrew, "hi": unicode.Devanagari, "th": unicode.Thai,
	}
}

// languages are the codes that the check takes.
func languages() []string {
	codes := slices.Collect(maps.Keys(scripts()))
	codes = slices.AppendSeq(codes, maps.Keys(shortWords()))
	return slices.Sorted(slices.Values(append(codes, "ja")))
}

// languageOf guesses the language of a text, and says "" where it cannot. The script of most
// letters decides, and in Latin script the short words. This is a heuristic: ru stands for every
// language in Cyrillic letters, ar and hi likewise for their scripts.
func languageOf(text string) string {
	prose := withoutCode(text)
	counts := map[string]int{}
	kana, latin, letters, tables := 0, 0, 0, scripts()
	for _, c := range prose {
		if !unicode.IsLetter(c) {
			continue
		}
		letters++
		switch {
		case unicode.In(c, unicode.Hiragana, unicode.Katakana):
			kana++
		case unicode.Is(unicode.Latin, c):
			latin++
		default:
			for code, table := range tables {
				if unicode.Is(table, c) {
					counts[code]++
				}
			}
		}
	}
	if kana > 0 && kana*8 >= counts["zh"] { // Chinese may quote a Japanese name
		counts["ja"], counts["zh"] = kana+counts["zh"], 0
	}
	best, most := "", 0
	for _, code := range slices.Sorted(maps.Keys(counts)) {
		if counts[code] > most {
			best, most = code, counts[code]
		}
	}
	// A syllable of Hangul or a Han letter says as much as two or three Latin ones.
	if most > 0 && most*2 >= latin {
		return best
	}
	if letters == 0 {
		return ""
	}
	return latinLanguage(prose)
}

// latinLanguage guesses by short words; "" where none is there, or two languages have as many.
func latinLanguage(text string) string {
	seen := map[string]int{}
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.Is(unicode.Mn, c)
	}) {
		seen[word]++
	}
	best, most, second := "", 0, 0
	words := shortWords()
	for _, code := range slices.Sorted(maps.Keys(words)) {
		n := 0
		for _, word := range strings.Fields(words[code]) {
			n += seen[word]
		}
		switch {
		case n > most:
			best, most, second = code, n, most
		case n > second:
			second = n
		}
	}
	if most == second {
		return ""
	}
	return best
}

// withoutCode leaves out code fences: their words are English as a rule.
func withoutCode(text string) string {
	parts := strings.Split(text, "```")
	var b strings.Builder
	for i := 0; i < len(parts); i += 2 {
		b.WriteString(parts[i] + "\n")
	}
	if strings.TrimSpace(b.String()) == "" { // there is nothing but code
		return text
	}
	return b.String()
}

// readLanguage reads language = "CODE".
func readLanguage(r *reading) body {
	var code string
	if !r.t.Text(r.key, &code) {
		return body{}
	}
	if !strings.Contains(code, "{{") && !slices.Contains(languages(), baseOf(code)) {
		nearest := config.Nearest(code, languages())
		message := "no language is known by this code"
		if len(nearest) == 0 {
			message += "; known are " + strings.Join(languages(), ", ")
		}
		r.wrong(r.key, message, nearest...)
	}
	return body{texts: []string{code},
		words: func(fill func(string) string) string { return fill(code) },
		run: func(_ context.Context, a asked) answer {
			got := languageOf(a.text)
			if got == "" {
				return unknown()
			}
			return answer{holds: got == baseOf(a.fill(code)), why: "it looks like " + got}
		}}
}

// baseOf is a language without its region: "pt" of "pt-BR".
func baseOf(code string) string {
	base, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(code), "_", "-"), "-")
	return base
}
