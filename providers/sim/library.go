package sim

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode"
)

//go:embed answers
var answerFiles embed.FS

// text is one answer or one piece of reasoning, cut into tokens.
type text struct {
	id     int // tells the texts of one script apart
	topic  string
	pieces []string
}

// library holds the texts of each script in the order of their file names.
type library struct {
	answers, reasoning map[Script][]text
}

// newLibrary reads the embedded texts. A file is answers/SCRIPT/TOPIC-N.md;
// the topic "reasoning" is what a model thinks before it answers.
func newLibrary() library {
	lib := library{answers: make(map[Script][]text), reasoning: make(map[Script][]text)}
	err := fs.WalkDir(answerFiles, "answers",
		func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			content, err := answerFiles.ReadFile(name)
			if err != nil {
				return err
			}
			script := Script(path.Base(path.Dir(name)))
			topic, _, _ := strings.Cut(path.Base(name), "-")
			shelf := lib.answers
			if topic == "reasoning" {
				shelf = lib.reasoning
			}
			shelf[script] = append(shelf[script],
				newText(len(shelf[script]), topic, string(content)))
			return nil
		})
	if err != nil {
		// Only a program built without its files gets here.
		panic(fmt.Sprintf("sim: embedded answers: %v", err))
	}
	return lib
}

func newText(id int, topic, content string) text {
	return text{id, topic, split(strings.TrimSpace(content))}
}

const general = "general"

// topics returns what a prompt is about, the most specific topic first and
// "general" last.
//
// All words of a keyword must be mentioned. One of Latin letters matches a whole
// word, also before a Korean particle, or where longer than three letters the
// beginning of a word; all others match anywhere.
func topics(prompt string) []string {
	table := []struct {
		topic    string
		keywords []string
	}{
		{"moons", []string{"saturn", "enceladus", "토성"}},
		{"sky", []string{"sky", "sunset", "rayleigh", "하늘", "노을"}},
		{"history", []string{"sejong", "joseon", "hangul invent", "hangul who", "hangul when",
			"세종", "훈민정음", "조선", "한글 누가", "한글 언제",
			"한글 만든", "한글 만들"}},
		{"git", []string{"git", "commit", "rebase", "커밋", "깃허브", "깃에"}},
		{"api", []string{"429", "retry", "backoff", "timeout", "time-out", "rate limit", "재시도",
			"타임아웃", "시간 초과"}},
		{"sleep", []string{"sleep", "coffee", "caffeine", "insomnia", "수면", "커피", "카페인",
			"잠을", "잠이", "불면"}},
		{"seoul", []string{"seoul", "travel", "trip", "visit korea", "서울", "여행"}},
		{"food", []string{"recipe", "cook", "kimchi", "stew", "dinner", "lunch", "요리", "김치",
			"찌개", "레시피", "메뉴", "뭐 먹"}},
		{"why", []string{"first token", "slow", "latency", "첫 토큰", "느려", "느린", "느리"}},
		{"tokens", []string{"token", "bpe", "토큰"}},
		{"unicode", []string{"unicode", "utf", "emoji", "hangul", "bytes", "글자", "유니코드",
			"한글", "이모지", "바이트"}},
		{"cost", []string{"cost", "price", "pricing", "gpu", "cheap", "budget", "self-host",
			"selfhost", "비용", "가격", "요금", "저렴", "싸요"}},
		{"compare", []string{"comparison", "compar model", "differen model", "compar local",
			"hosted local", "gateway local", "sqlite", "postgres",
			"비교 모델", "차이 모델", "비교 로컬",
			"게이트웨이 로컬"}},
		{"sort", []string{"sort", "quicksort", "code", "function", "write python", "script",
			"write go", "algorithm", "fizzbuzz", "정렬", "코드", "함수", "알고리즘"}},
		{"languages", []string{"rust", "golang", "python", "java", "javascript", "typescript",
			"kotlin", "program", "러스트", "파이썬", "자바", "코틀린", "프로그래밍"}},
		{"learning", []string{"machine learning", "deep learning", "neural", "llm", "llms",
			"language model", "artificial intelligence", "hallucinat",
			"머신러닝", "딥러닝", "기계 학습",
			"인공지능", "신경망", "언어 모델", "환각"}},
		{"poem", []string{"poem", "haiku", "joke", "story", "funny",
			"하이쿠", "농담", "시를 써", "시 한 편",
			"이야기 하나", "웃긴", "재미있는"}},
		{"greeting", []string{"hello", "hi", "hey", "thank", "are you", "can you do", "안녕", "고마",
			"반가", "너는 누구", "뭘 할 수", "무엇을 할 수",
			"잘 지내", "어떻게 지내"}},
	}
	prompt = strings.ToLower(prompt)
	words := strings.FieldsFunc(prompt, func(r rune) bool {
		return r != '-' &&
			!unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	var found []string
	for _, row := range table {
		for _, k := range row.keywords {
			if mentions(prompt, words, k) {
				found = append(found, row.topic)
				break
			}
		}
	}
	return append(found, general)
}

func mentions(prompt string, words []string, keyword string) bool {
	for part := range strings.FieldsSeq(keyword) {
		if part[0] >= 0x80 {
			if !strings.Contains(prompt, part) {
				return false
			}
			continue
		}
		if !slices.ContainsFunc(words, func(w string) bool {
			rest, ok := strings.CutPrefix(w, part)
			return ok && (rest == "" || rest[0] >= 0x80 || len(part) > 3)
		}) {
			return false
		}
	}
	return true
}

// rank orders texts by how well they suit a prompt. Texts of the same topic
// are rotated by shift, so that models beside each other answer differently.
func rank(texts []text, prompt string, shift int) []text {
	ranked := make([]text, 0, len(texts))
	add := func(belongs func(text) bool) {
		from := len(ranked)
		for _, t := range texts {
			if belongs(t) {
				ranked = append(ranked, t)
			}
		}
		rotate(ranked[from:], shift)
	}
	wanted := topics(prompt)
	for _, topic := range wanted {
		add(func(t text) bool { return t.topic == topic })
	}
	add(func(t text) bool { return !slices.Contains(wanted, t.topic) })
	return ranked
}

func rotate(texts []text, shift int) {
	if len(texts) == 0 {
		return
	}
	n := shift % len(texts)
	slices.Reverse(texts[:n])
	slices.Reverse(texts[n:])
	slices.Reverse(texts)
}

// choose returns the texts for the last prompt of a conversation, the answer
// first and then what a longer answer goes on with. No text is given twice in
// a conversation before all have been given.
func choose(texts []text, prompts []string, shift int) []text {
	var ranked []text
	used := make(map[int]bool)
	for _, prompt := range prompts {
		ranked = rank(texts, prompt, shift)
		if len(used) == len(texts) {
			clear(used)
		}
		best := slices.IndexFunc(ranked, func(t text) bool { return !used[t.id] })
		used[ranked[best].id] = true
		ranked[0], ranked[best] = ranked[best], ranked[0]
	}
	return ranked
}
