package compare

import (
	"slices"
	"strings"
	"unicode"
)

// maker is a vendor with its families of models. keys are what the ids of its models hold; names
// are how people write the models and the vendor.
//
// Sources: the vendors' own product pages and lists of models, and the titles of the articles on
// them in the Korean, Japanese, Chinese, Russian, Arabic and Hindi Wikipedia.
type maker struct {
	keys  string // separated by blanks; those of three letters or fewer must be a whole word
	names string // separated by commas
}

func makers() []maker {
	return []maker{
		{"gpt chatgpt openai o1 o3 o4 codex davinci",
			"gpt,chat gpt,open ai,o1,o3,o4,codex,챗gpt,챗 gpt,지피티,챗지피티,오픈ai,오픈에이아이," +
				"チャットgpt,オープンai,オープンエーアイ,чатгпт,гпт,чат gpt,опенаи,شات جي بي تي,चैटजीपीटी"},
		{"claude anthropic",
			"claude,anthropic,클로드,앤트로픽,앤스로픽,안트로픽,クロード,アンソロピック,アンスロピック,克劳德,克勞德," +
				"клод,антропик,كلود,أنثروبيك,क्लॉड,एंथ्रोपिक,โคลด,קלוד"},
		{"gemini gemma bard palm google deepmind",
			"gemini,gemma,bard,google,deep mind,제미나이,제미니,젬마,바드,구글,딥마인드,ジェミニ,ジェマ,グーグル," +
				"ディープマインド,谷歌,джемини,гемини,джемма,гугл,جيميني,جوجل,जेमिनी,गूगल"},
		{"llama meta",
			"llama,code llama,meta,meta ai,facebook,라마,메타,페이스북,ラマ,リャマ,メタ,羊驼,羊駝,ллама,лама,мета," +
				"لاما,ميتا,लामा"},
		{"mistral mixtral ministral codestral magistral devstral pixtral voxtral",
			"mistral,mistral ai,mixtral,ministral,codestral,magistral,devstral,pixtral,voxtral," +
				"미스트랄,믹스트랄,ミストラル,ミクストラル,мистраль,микстраль,ميسترال"},
		{"qwen qwq qvq tongyi qianwen alibaba",
			"qwen,qwq,qvq,tongyi,tongyi qianwen,qianwen,alibaba,alibaba cloud,aliyun,큐웬,퀜,통이치엔원," +
				"통이천문,알리바바,クウェン,アリババ,通义千问,通義千問,通义,通義,千问,千問,阿里巴巴,阿里云,阿里雲,квен,алибаба"},
		{"deepseek", "deep seek,딥시크,ディープシーク,深度求索,дипсик,ديب سيك,डीपसीक"},
		{"grok xai", "grok,x ai,그록,엑스에이아이,グロック,грок"},
		{"phi phi3 phi4 microsoft copilot wizardlm",
			"phi,microsoft,copilot,wizard lm,마이크로소프트,코파일럿,マイクロソフト,微软,微軟,майкрософт"},
		{"command cohere aya", "command,command r,command a,cohere,aya,코히어,コヒア,コーヒア"},
		{"kimi moonshot", "kimi,moonshot,moonshot ai,키미,문샷,ムーンショット,月之暗面,кими"},
		{"glm chatglm zhipu z-ai", "glm,chat glm,zhipu,zhipu ai,z ai,智谱,智譜,智谱清言,지푸"},
		{"minimax abab", "mini max,abab,稀宇,미니맥스"},
		{"yi 01-ai", "yi,01 ai,零一万物"},
		{"ernie wenxin baidu", "ernie,wenxin,baidu,어니봇,바이두,バイドゥ,文心一言,文心,百度"},
		{"doubao seed bytedance", "doubao,seed,byte dance,도우바오,바이트댄스,バイトダンス,豆包,字节跳动"},
		{"hunyuan tencent", "hunyuan,tencent,훈위안,텐센트,テンセント,混元,腾讯"},
		{"baichuan", "baichuan,百川"},
		{"internlm", "intern lm,书生"},
		{"stepfun step-", "step fun,step,阶跃星辰"},
		{"nova titan amazon bedrock", "nova,titan,amazon,아마존,アマゾン,亚马逊"},
		{"granite ibm", "granite,ibm"},
		{"nemotron nvidia", "nemotron,nvidia,네모트론,엔비디아,エヌビディア,英伟达"},
		{"exaone lgai", "exaone,lg,엑사원"},
		{"solar upstage", "solar,upstage,솔라,업스테이지"},
		{"hyperclova clova naver", "hyper clova,clova,naver,하이퍼클로바,클로바,네이버"},
		{"kanana kakao", "kanana,kakao,카나나,카카오"},
		{"jamba ai21", "jamba,ai21"},
		{"dbrx databricks", "dbrx,databricks"},
		{"olmo tulu allenai", "olmo,tulu,allen ai,ai2"},
		{"falcon tii", "falcon,tii"},
		{"smollm huggingface", "smol lm,hugging face,허깅페이스"},
		{"starcoder bigcode", "star coder,big code"},
		{"vicuna lmsys", "vicuna,lmsys"},
		{"hermes nousresearch", "hermes,nous,nous research"},
		{"sonar perplexity", "sonar,perplexity,퍼플렉시티,パープレキシティ"},
		{"reka", "reka"},
		{"arctic snowflake", "arctic,snowflake"},
		{"palmyra", "palmyra"},
		// gateways and servers
		{"groq", "groq"},
		{"ollama", "ollama,올라마"},
		{"openrouter", "open router,오픈라우터"},
		{"portkey", "portkey"},
		{"litellm", "lite llm"},
		{"vllm", "vllm"},
	}
}

// variants are words that belong to a name where they follow it. Alone they stay.
func variants() []string {
	return []string{"sonnet", "opus", "haiku", "flash", "pro", "ultra", "nano", "mini", "micro",
		"turbo", "instruct", "chat", "coder", "code", "preview", "plus", "max", "lite", "large",
		"medium", "small", "next", "thinking", "reasoner", "vision", "maverick", "scout", "oss",
		"exp", "latest", "premier", "소넷", "오푸스", "하이쿠", "플래시", "프로", "터보", "미니", "나노",
		"울트라", "ソネット", "オーパス", "俳句"}
}

// shortKey is up to how many letters a key must be a word of the id.
const shortKey = 3

// namesIn lists the names to hide for one model: its own in several forms, its families', and its
// vendors'.
func namesIn(model string) []string {
	lower := strings.ToLower(model)
	var names []string
	for _, m := range makers() {
		held := func(key string) bool { return holds(lower, key) }
		if slices.ContainsFunc(strings.Fields(m.keys), held) {
			names = append(names, strings.Split(m.names, ",")...)
		}
	}
	_, path, isRef := strings.Cut(lower, "/") // the provider is the user's own name for it
	if !isRef {
		path = lower
	}
	parts := strings.Split(path, "/")
	own := parts[len(parts)-1]
	names = append(names, parts...)
	untagged, _, _ := strings.Cut(own, ":")
	untagged, _, _ = strings.Cut(untagged, "@")
	return append(names, untagged, stem(untagged))
}

// holds reports whether an id has a key; a short one must be a word of it, perhaps with a version.
func holds(id, key string) bool {
	if len(key) > shortKey {
		return strings.Contains(id, key)
	}
	words := strings.FieldsFunc(id, func(c rune) bool { return !unicode.IsLetter(c) && !digit(c) })
	return slices.ContainsFunc(words, func(w string) bool {
		rest, ok := strings.CutPrefix(w, key)
		return ok && (rest == "" || digit(rune(rest[0])) && !digit(rune(key[len(key)-1])))
	})
}

// leastStem is how many letters the first part of a name needs to be one alone.
const leastStem = 5

// stem is the part of a model's name before its version, its size and its variants: mythomax of
// mythomax-l2-13b. It is "" where that is no name.
func stem(name string) string {
	var kept []string
	for _, w := range strings.FieldsFunc(name, separator) {
		if strings.ContainsFunc(w, digit) || slices.Contains(variants(), w) {
			break
		}
		kept = append(kept, w)
	}
	s := strings.Join(kept, " ")
	switch {
	case len(s) < leastStem, slices.Contains([]string{"model", "default", "assistant"}, s):
		return ""
	}
	return s
}
