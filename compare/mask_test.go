package compare

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func panes() *Mask {
	return NewMask("openai/gpt-4o", "anthropic/claude-sonnet-4-5", "holysheep/gemini-2.5-flash", "local/llama3.1:8b", "openrouter/qwen/qwen3-32b",
		"local/tiny-think", "local/mythomax-l2-13b", "cohere/command-r-plus")
}

func TestMask(t *testing.T) {
	for text, want := range map[string]string{
		"I am ChatGPT, made by OpenAI.":              "I am ▒▒▒, made by ▒▒▒.",
		"GPT-4o, gpt4o, Gpt 4O, ＧＰＴ－４ｏ, gpt‑4o-mini": "▒▒▒, ▒▒▒, ▒▒▒, ▒▒▒, ▒▒▒",
		"I'm CLAUDE 3.5 Sonnet by anthropic":         "I'm ▒▒▒ by ▒▒▒",
		"claude-sonnet-4-5-20250929 said":            "▒▒▒ said",
		"Claude's answer; Claudes Antwort":           "▒▒▒'s answer; ▒▒▒ Antwort",
		"**Claude**_Opus_ `gemini`":                  "**▒▒▒**_▒▒▒_ `▒▒▒`",
		"Gemini 2.5 Flash and Google DeepMind":       "▒▒▒ and ▒▒▒ ▒▒▒",
		"Meta's LLaMA-3.1-8B-Instruct":               "▒▒▒'s ▒▒▒",
		"llama3.1:8b, Llama 3.1 8B, two llamas":      "▒▒▒, ▒▒▒, two ▒▒▒",
		"Cl\u200baude and Cl\u00adaude":              "▒▒▒ and ▒▒▒",
		"클로드입니다. 저는클로드 3.5 소넷이에요":                    "▒▒▒입니다. 저는▒▒▒이에요",
		"앤트로픽의 클로드, 오픈AI의 챗GPT와 제미나이":                "▒▒▒의 ▒▒▒, ▒▒▒의 ▒▒▒와 ▒▒▒",
		"라마는 메타가 만들었다; 드라마, 라마단, 파노라마":               "▒▒▒는 ▒▒▒가 만들었다; 드라마, 라마단, 파노라마",
		"私はクロードです。ジェミニ、チャットGPT、ラマ。ドラマ":               "私は▒▒▒です。▒▒▒、▒▒▒、▒▒▒。ドラマ",
		"我是通义千问，由阿里云开发。Qwen3-32B 谷歌":                 "我是▒▒▒，由▒▒▒开发。▒▒▒ ▒▒▒",
		"Я Клод, с Клодом; Мета и метафора":          "Я ▒▒▒, с ▒▒▒; ▒▒▒ и метафора",
		"أنا كلود":                          "أنا ▒▒▒",
		"I am Command R+, from Cohere":      "I am ▒▒▒+, from ▒▒▒",
		"tiny-think, Tiny Think, tinythink": "▒▒▒, ▒▒▒, ▒▒▒",
		"MythoMax L2 13B or MythoMax":       "▒▒▒ or ▒▒▒",
		"myGPT ClaudeBot meta-llama":        "my▒▒▒ ▒▒▒Bot ▒▒▒-▒▒▒",
		"Claude Monet":                      "▒▒▒ Monet",
		// not names of these panes, or no names
		"a haiku and a sonnet in a flash": "a haiku and a sonnet in a flash",
		"Mistral, Grok and DeepSeek":      "Mistral, Grok and DeepSeek",
		"metadata, commander, dramallama": "metadata, commander, dramallama",
		"egpt gptx claudette geminiano":   "egpt gptx claudette geminiano",
		"":                                "",
		"plain \xff bytes":                "plain \xff bytes",
	} {
		if got, _ := panes().Text(text); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

// Names in odd forms were not masked whole: with marks of Markdown or tags inside, as references, in
// letters of another style or script, in parts of syllables, spelled out, with a version in bold.
func TestMaskSeesThroughForms(t *testing.T) {
	for text, want := range map[string]string{
		// marks of Markdown inside: in pairs they go with the name, else they stay
		"G**P**T and Cl*au*de":                   "▒▒▒ and ▒▒▒",
		"**G**PT, G**PT**, **C**l**a**ude":       "**▒▒▒**, **▒▒▒**, **▒▒▒**",
		"`G`PT-4o ~~Cl~~aude __Cl__aude":         "`▒▒▒` ~~▒▒▒~~ __▒▒▒",
		`gpt\-4o, GPT\-4\.5, Claude 3\.5 Sonnet`: "▒▒▒, ▒▒▒, ▒▒▒",
		"G\\PT Cl\\aude":                         "▒▒▒ ▒▒▒",
		"Cl[au](https://x.io/a?b)de [G]PT":       "▒▒▒ [▒▒▒",
		"Cl<b>au</b>de, G<!-- -->PT, G<wbr>PT":   "▒▒▒, ▒▒▒, ▒▒▒",
		"클**로**드 제\\미나이":                         "▒▒▒ ▒▒▒",
		"**Claude** 3.5 **Sonnet** said":         "**▒▒▒** ▒▒▒ **▒▒▒** said",
		"**GPT**-4o, *GPT*\\-4o, *GPT* **3**":    "**▒▒▒**, *▒▒▒*, *▒▒▒* **▒▒▒**",
		"**GPT**-*4o*, *GPT*\\-**4o**":           "**▒▒▒**-*▒▒▒*, *▒▒▒*-**▒▒▒**",
		"[Claude](https://claude.ai) 4.5":        "[▒▒▒](https://▒▒▒.ai) ▒▒▒",
		// references, and the escapes of JSON
		"&#67;laude G&#x50;T &#71;&#80;&#84;": "▒▒▒ ▒▒▒ ▒▒▒",
		"Cl&shy;aude Cl&#8203;aude G&zwnj;PT": "▒▒▒ ▒▒▒ ▒▒▒",
		`{"a":"Cl\u0061ude","b":"\u0047PT"}`:  `{"a":"▒▒▒","b":"▒▒▒"}`,
		`{"a":"it is\nclaude\tgpt-4o"}`:       `{"a":"it is\n▒▒▒\t▒▒▒"}`,
		`{"a":"\ud074\ub85c\ub4dc"}`:          `{"a":"▒▒▒"}`,
		// other letters
		"𝗖𝗹𝗮𝘂𝗱𝗲 𝓖𝓟𝓣-𝟒𝐨 ⒼⓅⓉ ᴄʟᴀᴜᴅᴇ 🅲🅻🅰🆄🅳🅴 🇬 🇵 🇹": "▒▒▒ ▒▒▒ ▒▒▒ ▒▒▒ ▒▒▒ ▒▒▒",
		"Сlаudе GРT GΡT": "▒▒▒ ▒▒▒ ▒▒▒", // Cyrillic and Greek among them
		"C\u0332l\u0332a\u0332u\u0332d\u0332e\u0332 Çláudé": "▒▒▒\u0332 ▒▒▒",
		"ｸﾛｰﾄﾞです ＣＬＡＵＤＥ　３．５":                                "▒▒▒です ▒▒▒",
		"C\u034flaude Cl\u115faude Cl\u3164aude":            "▒▒▒ ▒▒▒ ▒▒▒",
		// Korean letters
		"\u110f\u1173\u11af\u1105\u1169\u1103\u1173입니다": "▒▒▒입니다",
		"ㅋㅡㄹㄹㅗㄷㅡ 클ㄹㅗ드":                                  "▒▒▒ ▒▒▒",
		// spelled out
		"I am C l a u d e, C-L-A-U-D-E, C.l.a.u.d.e.": "I am ▒▒▒, ▒▒▒, ▒▒▒.",
		"G P T - 4 o and G P T 4":                     "▒▒▒ and ▒▒▒",
		"**G** **P** **T** says":                      "**▒▒▒** says",
		"클 로 드 입니다, 제-미-나-이":                          "▒▒▒ 입니다, ▒▒▒",
		"C\nl\na\nu\nd\ne\n":                          "▒▒▒\n",
		// a list stays one
		"1. Claude\n2. GPT-4o\n3. Gemini": "1. ▒▒▒\n2. ▒▒▒\n3. ▒▒▒",
		"Claude\n3.5 Sonnet":              "▒▒▒",
		"1. **Claude**\n2. **GPT**\n":     "1. **▒▒▒**\n2. **▒▒▒**\n",
		// what a reader sees is one word: links with titles, labels and parentheses, code with blanks
		`[Cl](https://x.io "t)t")aude, [Cl](</a b>)aude`: "[▒▒▒, [▒▒▒",
		"[Cl](https://x.io/(y))aude, [Cl][1]aude":        "[▒▒▒, [▒▒▒",
		"[Cl][1][au](https://x.io)de, Cl![au](a.png)de":  "[▒▒▒, ▒▒▒",
		"`` Cl ``aude, ` G `PT":                          "`` ``▒▒▒, ` `▒▒▒",
		"라**마**, *라*마는, 라**마**단":                         "**▒▒▒**, *▒▒▒*는, **▒▒▒**단",
		// no names
		"cla ude cl,aude g,p,t":                "cla ude cl,aude g,p,t",
		"a < b, G < PT, 3 * 4, x_ai y_i":       "a < b, G < PT, 3 * 4, x_ai y_i",
		`\nude \u0041 & &amp; &#x &; Cl& &#0;`: `\nude \u0041 & &amp; &#x &; Cl& &#0;`,
		"드라마 드 라 마 가":                          "드라마 드 라 마 가",
		"é ü й ｱ ﾞ ½ … 한 ㅎㅏㄴ":                  "é ü й ｱ ﾞ ½ … 한 ㅎㅏㄴ",
	} {
		if got, _ := panes().Text(text); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestMaskReportsNames(t *testing.T) {
	_, named := panes().Text("Claude, claude, Claude and GPT-4o")
	if want := []string{"Claude", "claude", "GPT-4o"}; !reflect.DeepEqual(named, want) {
		t.Errorf("named %q", named)
	}
	if text, named := NewMask().Text("Claude"); text != "Claude" || named != nil {
		t.Errorf("%q %q", text, named)
	}
}

// A model asked by another's reference, by an alias and by a bare name hides the same family.
func TestMaskKnowsFamilies(t *testing.T) {
	for model, text := range map[string]string{
		"openrouter/deepseek/deepseek-r1-distill-qwen-32b": "DeepSeek Qwen 딥시크 深度求索",
		"local/codellama:7b":       "CodeLlama Meta",
		"chatgpt-4o-latest":        "ChatGPT OpenAI",
		"gate/o3-mini":             "o3-mini OpenAI O3",
		"local/phi3:mini":          "Phi-3 Microsoft",
		"azure/my-deployment":      "my-deployment",
		"x/glm-4.6":                "GLM-4.6 智谱",
		"x/kimi-k2":                "Kimi 月之暗面",
		"bedrock/us.amazon.nova-1": "Nova Amazon",
	} {
		masked, _ := NewMask(model).Text(text)
		if left := strings.TrimSpace(strings.ReplaceAll(masked, MaskText, "")); left != "" {
			t.Errorf("%s: %q of %q is left", model, left, text)
		}
	}
	// a short key is no part of a word
	if masked, _ := NewMask("local/dolphin-yin").Text("Microsoft yi phi"); masked != "Microsoft yi phi" {
		t.Error(masked)
	}
}

// However a text is cut, the pieces make the same as the whole, and no name shows in between.
func FuzzMaskStream(f *testing.F) {
	for _, s := range []string{"I am Claude 3.5 Sonnet by Anthropic.", "GPT-4o mini, 클로드는 通义千问 Клодом", "Claude", "Cl\u200baude\xff GPT-", "llama llamas 3 . 1",
		"G**P**T Cl<b>aude</b> C&#108;aude ㅋㅡㄹㄹㅗㄷㅡ G P T - 4 o **GPT** *4o* Cl[a](b)ude \\u0047PT ｸﾛｰﾄﾞ 𝗖laude", "Meta " + strings.Repeat("9", 60), "gpt" + strings.Repeat("4", 45) + "x"} {
		f.Add(s, uint64(0x5a5a5a5a5a5a5a5a))
	}
	f.Fuzz(func(t *testing.T, text string, cuts uint64) {
		m := panes()
		whole, named := m.Text(text)
		s := m.Stream()
		var out strings.Builder
		from := 0
		for i := range len(text) {
			if cuts>>(i%64)&1 == 1 {
				out.WriteString(s.Write(text[from:i]))
				from = i
				if !strings.HasPrefix(whole, out.String()) {
					t.Fatalf("%q shows %q of %q", text[:i], out.String(), whole)
				}
			}
		}
		out.WriteString(s.Write(text[from:]) + s.Close())
		if out.String() != whole || !reflect.DeepEqual(s.Named(), named) {
			t.Errorf("%q: in pieces %q %q, whole %q %q", text, out.String(), s.Named(), whole, named)
		}
		if len(named) == 0 && whole != text {
			t.Errorf("%q became %q without a name", text, whole)
		}
		if utf8.ValidString(text) != utf8.ValidString(whole) {
			t.Errorf("%q became %q", text, whole)
		}
	})
}
