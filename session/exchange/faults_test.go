package exchange

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

// gpt makes a conversation of ChatGPT: each message is JSON, the child of the one before.
func gpt(head string, messages ...string) string {
	var nodes []string
	for i, m := range messages {
		nodes = append(nodes, fmt.Sprintf(`"n%d": {"message": %s, "parent": "n%d", "children": ["n%d"]}`, i, m, i-1, i+1))
	}
	return fmt.Sprintf(`{%s, "current_node": "n%d", "mapping": {%s}}`, head, len(messages)-1, strings.Join(nodes, ", "))
}

func gptSaid(role, text string) string {
	words, _ := json.Marshal(text) // a string always can be
	return fmt.Sprintf(`{"author": {"role": %q}, "content": {"content_type": "text", "parts": [%s]}}`, role, words)
}

func gptTalk(title string) string {
	return gpt(fmt.Sprintf(`"title": %q, "create_time": 1700000000, "id": %q`, title, title), gptSaid("user", "q of "+title), gptSaid("assistant", "a of "+title))
}

// turnsOf shows a session in short.
func turnsOf(p Parsed) string {
	if p.Err != nil {
		return p.Err.Error()
	}
	var out []string
	for _, t := range p.Session.Turns {
		line := t.Prompt + " →"
		for _, r := range t.Replies {
			line += " " + r.Text
		}
		out = append(out, line)
	}
	return strings.Join(out, " | ")
}

func titles(list []Parsed) string {
	var out []string
	for _, p := range list {
		mark := p.Name
		if p.Err != nil {
			mark = "!" + mark
		}
		out = append(out, mark)
	}
	return strings.Join(out, " ")
}

// Regression: one entry without a conversation ended the import of the whole file.
func TestOneBadElementCostsItselfAlone(t *testing.T) {
	alpha, gamma := gptTalk("alpha"), gptTalk("gamma")
	for name, c := range map[string]struct{ bad, want string }{
		"a shell":          {`{"title": "shell", "create_time": 1700000000, "id": "x"}`, "!shell"},
		"null":             {`null`, "!entry 2"},
		"a number":         {`7`, "!entry 2"},
		"a text":           {`"x, y"`, "!entry 2"},
		"a list":           {`[1, [2]]`, "!entry 2"},
		"an empty object":  {`{}`, "!entry 2"},
		"no mapping":       {`{"title": "bad", "mapping": null}`, "!bad"},
		"an empty list":    {`{"title": "bad", "mapping": []}`, "!bad"},
		"a wrong type":     {`{"title": "bad", "mapping": {"n": {"message": null, "children": []}}, "update_time": []}`, "!bad"},
		"a wrong mapping":  {`{"title": "bad", "mapping": "x"}`, "!bad"},
		"a wrong time":     {gpt(`"title": "bad", "create_time": {}`, gptSaid("user", "x")), "!bad"},
		"broken JSON":      {`{"title": "bad", "mapping": {,}}`, "!bad"},
		"an unquoted key":  {`{"title": "bad", mapping: {}}`, "!bad"},
		"a wrong message":  {gpt(`"title": "half"`, gptSaid("user", "x"), `7`, gptSaid("assistant", "y")), "half"},
		"a wrong part":     {gpt(`"title": "half"`, gptSaid("user", "x"), `{"author": {"role": "assistant"}, "content": {"parts": [["z"], "y"]}}`), "half"},
		"wrong metadata":   {gpt(`"title": "half"`, gptSaid("user", "x"), `{"author": {"role": "assistant"}, "content": {"parts": ["y"]}, "metadata": [], "status": {}, "weight": "x"}`), "half"},
		"a wrong own file": {`{"schema": 1, "title": "bad", "created_at": "2026-11-23T13:04:12Z", "turns": 7}`, "!bad"},
	} {
		t.Run(name, func(t *testing.T) {
			for at, file := range map[string]string{
				"alpha " + c.want + " gamma":                          "[" + alpha + "," + c.bad + "," + gamma + "]",
				strings.Replace(c.want, "2", "1", 1) + " alpha gamma": "[" + c.bad + "," + alpha + "," + gamma + "]",
				"alpha gamma " + strings.Replace(c.want, "2", "3", 1): "[" + alpha + "," + gamma + ",\n" + c.bad + "]",
			} {
				list := parsed(t, file, FormatAuto)
				if got := titles(list); got != at {
					t.Errorf("%s, want %s", got, at)
				}
			}
			if strings.HasPrefix(c.want, "!") {
				return
			}
			if got := turnsOf(parsed(t, "["+c.bad+"]", FormatAuto)[0]); got != "x → y" {
				t.Error(got)
			}
		})
	}
	cut := alpha + "\n" + alpha[:len(alpha)-20] + "\n" + gamma
	if got := titles(parsed(t, cut, FormatAuto)); got != "alpha !alpha gamma" {
		t.Errorf("cut in the middle: %s", got)
	}
}

func zipOf(t *testing.T, files ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, files[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Regression: a broken file in a zip ended it, and all later files were left out in silence.
func TestABrokenFileInAZipCostsItselfAlone(t *testing.T) {
	alpha, gamma := "["+gptTalk("alpha")+"]", "["+gptTalk("gamma")+"]"
	for _, broken := range []string{alpha[:len(alpha)/2], "", "hello", "{}", "\x00\x01", `[{"x": 1}]`} {
		file := zipOf(t, "conversations-000.json", alpha, "__MACOSX/._conversations-000.json", "\x00\x05", "conversations-001.json", broken, "conversations-002.json", gamma)
		list := parsed(t, file, FormatAuto)
		if len(list) != 3 || list[0].Name != "alpha" || list[1].Err == nil || list[1].Entry != "conversations-001.json" || list[2].Name != "gamma" {
			t.Errorf("%.10q: %s", broken, titles(list))
		}
	}
	damaged := []byte(zipOf(t, "conversations-000.json", alpha, "conversations-001.json", strings.Repeat(gamma, 50), "conversations-002.json", gamma))
	at := bytes.LastIndex(damaged[:bytes.Index(damaged, []byte("conversations-002.json"))], []byte("conversations-001.json")) + 60
	damaged[at] ^= 0xff
	list := parsed(t, string(damaged), FormatAuto)
	if last := list[len(list)-1]; last.Name != "gamma" || last.Err != nil || last.Entry != "conversations-002.json" {
		t.Errorf("after a damaged file: %+v", last)
	}
	if got := titles(parsed(t, zipOf(t, "a/one.json", everythingJSON, "a/notes.json", `{"x": 1}`), FormatAuto)); got != "Everything <&> 토큰화" {
		t.Errorf("lineup's own in a zip: %s", got)
	}
}

// Regression: such a file was unpacked for more than a minute before it was found too large.
func TestAZipBombIsNotUnpacked(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateRaw(&zip.FileHeader{Name: "conversations.json", Method: zip.Deflate, UncompressedSize64: 3 << 30, CompressedSize64: 4})
	if err == nil {
		_, err = w.Write([]byte("none"))
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	list, err := tryParse(t, b.Bytes(), FormatAuto)
	if err != nil || len(list) != 1 || list[0].Err == nil || !strings.Contains(list[0].Err.Error(), "larger than 2 GiB") {
		t.Errorf("%+v, %v", list, err)
	}
}

// Regression: a prompt that was only a file was dropped, and its answer glued to the one before.
func TestAPromptWithoutWordsIsAPrompt(t *testing.T) {
	file := func(name string) string {
		return `{"author": {"role": "user"}, "content": {"content_type": "text", "parts": [""]}, "metadata": {"attachments": [` + name + `]}}`
	}
	q, a, b := gptSaid("user", "first"), gptSaid("assistant", "ONE"), gptSaid("assistant", "TWO")
	for want, conversation := range map[string]string{
		"first → ONE | [file: report.pdf] → TWO":    gpt(`"title": "x"`, q, a, file(`{"name": "report.pdf"}`), b),
		"[file: report.pdf] → ONE | first → TWO":    gpt(`"title": "x"`, file(`{"name": "report.pdf"}`), a, q, b),
		"first → ONE | [file: a.png]\n[file] → TWO": gpt(`"title": "x"`, q, a, file(`{"name": "a.png"}, {"size": 7}`), b),
		"first → ONE | [no words] → TWO":            gpt(`"title": "x"`, q, a, gptSaid("user", " "), b),
		"first → TWO":                               gpt(`"title": "x"`, gptSaid("user", ""), q, b),
		"first → ONE | [image] → TWO":               gpt(`"title": "x"`, q, a, `{"author": {"role": "user"}, "content": {"content_type": "multimodal_text", "parts": [{"content_type": "image_asset_pointer"}]}}`, b),
		"first → ONE | [recording] → TWO":           gpt(`"title": "x"`, q, a, `{"author": {"role": "user"}, "content": {"content_type": "multimodal_text", "parts": [{"content_type": "audio_asset_pointer"}, null]}}`, b),
		"first → ONE | what was said aloud → TWO":   gpt(`"title": "x"`, q, a, `{"author": {"role": "user"}, "content": {"content_type": "multimodal_text", "parts": [{"content_type": "audio_transcription", "text": "what was said aloud"}]}}`, b),
	} {
		if got := turnsOf(parsed(t, "["+conversation+"]", FormatAuto)[0]); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	list := readDB(t, llmTables+`
		INSERT INTO conversations VALUES ('c9', 'Files', 'm');
		INSERT INTO attachments VALUES ('f1', 'application/pdf', '/home/me/report.pdf', NULL, NULL), ('f2', 'image/png', NULL, 'https://example.com/a.png', NULL);
		INSERT INTO responses (id, model, prompt, response, conversation_id, datetime_utc) VALUES
			('x1', 'm', '', 'ONE', 'c9', '2024-06-01T12:00:00+00:00'), ('x2', 'm', 'second', 'TWO', 'c9', '2024-06-01T12:01:00+00:00'),
			('x3', 'm', '', 'THREE', 'c9', '2024-06-01T12:02:00+00:00'), ('x4', 'm', '', 'FOUR', 'c9', '2024-06-01T12:03:00+00:00');
		INSERT INTO prompt_attachments VALUES ('x1', 'f1', 0), ('x3', 'f2', 0);`)
	for _, p := range list {
		if p.Name == "Files" {
			if got := turnsOf(p); got != "[file: report.pdf] → ONE | second → TWO | [image: https://example.com/a.png] → THREE | [no words] → FOUR" {
				t.Error(got)
			}
			return
		}
	}
	t.Error("the conversation is missing")
}

// Regression: words that a person saw were deleted with the marks around them, and some marks stayed.
func TestMarksThatStandForWords(t *testing.T) {
	mark := strings.NewReplacer("<0>", "\ue200", "<1>", "\ue201", "<2>", "\ue202", "<3>", "\ue203", "<4>", "\ue204", "<6>", "\ue206")
	for in, want := range map[string]string{
		`The article by <0>entity<2>["people", "Nathaniel L. Erb-Satullo", 0]<1> notes <3>old<4><6> evidence. See <0>url<2>The link title<2>turn0search1<1>.`: "The article by Nathaniel L. Erb-Satullo notes old evidence. See The link title.",
		`토큰 <0>cite<2>turn0search0<2>turn1news2<1>.`:                        "토큰 .",
		`<0>filecite<2>turn0file1<2>L10-L20<1>x`:                            "x",
		`<0>navlist<2>Latest news<2>turn0news1,turn0news2<1>`:               "Latest news",
		`<0>product_entity<2>["turn0product3", "Sony WH-1000XM5"]<1>`:       "Sony WH-1000XM5",
		`<0>entity<2>["book", "1984"]<1> and <0>url<2>2024<2>turn0view0<1>`: "1984 and 2024",
		`<0>image_group<2>{"query": ["a"], "n": 2}<1>x`:                     "x",
		`<0>genui<2>{"math_block": {"content": "E=mc^2"}}<1>`:               "E=mc^2",
		`cut <0>entity<2>["people", "Nath`:                                  "cut ",
		"others stay \ue000\uf8ff\U000f0000":                                "others stay \ue000\uf8ff\U000f0000",
	} {
		p := parsed(t, "["+gpt(`"title": "x"`, gptSaid("user", mark.Replace(in)), gptSaid("assistant", "z"))+"]", FormatAuto)[0]
		if got := p.Session.Turns[0].Prompt; got != mark.Replace(in) {
			t.Errorf("the user's own words were changed: %q", got)
		}
		p = parsed(t, "["+gpt(`"title": "x"`, gptSaid("user", "q"), gptSaid("assistant", mark.Replace(in)+"|"))+"]", FormatAuto)[0]
		if got := p.Session.Turns[0].Replies[0].Text; strings.TrimSuffix(got, "|") != want && !strings.HasPrefix(in, "cut") {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Regression: what a person read as the answer was left out where it came by another way than a message.
func TestWhatWasReadIsTheAnswer(t *testing.T) {
	q := gptSaid("user", "q")
	call := func(to, args string) string {
		return fmt.Sprintf(`{"author": {"role": "assistant"}, "recipient": %q, "content": {"content_type": "code", "text": %q}}`, to, args)
	}
	poem := call("canmore.create_textdoc", `{"name": "poem", "type": "document", "content": "Roses are red"}`)
	for name, c := range map[string]struct{ conversation, want string }{
		"a canvas document": {gpt(`"title": "x"`, q, poem, `{"author": {"role": "tool", "name": "canmore.create_textdoc"}, "content": {"parts": ["done"]}}`, gptSaid("assistant", "There it is.")),
			"q → **poem**\n\nRoses are red\n\nThere it is."},
		"canvas code":       {gpt(`"title": "x"`, q, call("canmore.create_textdoc", `{"name": "f", "type": "code/python", "content": "print(1)\n"}`)), "q → **f**\n\n```python\nprint(1)\n```"},
		"a changed one":     {gpt(`"title": "x"`, q, poem, q, call("canmore.update_textdoc", `{"updates": [{"pattern": "red", "multiple": false, "replacement": "blue"}]}`)), "q → **poem**\n\nRoses are red | q → **poem**\n\nRoses are blue"},
		"a rewritten one":   {gpt(`"title": "x"`, q, poem, q, call("canmore.update_textdoc", `{"updates": [{"pattern": ".*", "multiple": false, "replacement": "New."}]}`)), "q → **poem**\n\nRoses are red | q → **poem**\n\nNew."},
		"a research report": {gpt(`"title": "x"`, q, `{"author": {"role": "tool", "name": "api_tool"}, "content": {"parts": [""]}, "metadata": {"is_visually_hidden_from_conversation": true, "chatgpt_sdk": {"widget_state": "{\"report_message\": {\"author\": {\"role\": \"assistant\"}, \"content\": {\"content_type\": \"text\", \"parts\": [\"THE REPORT\"]}}}"}}}`), "q → THE REPORT"},
		"a picture":         {gpt(`"title": "x"`, q, `{"author": {"role": "tool", "name": "dalle.text2im"}, "content": {"content_type": "multimodal_text", "parts": [{"content_type": "image_asset_pointer"}]}}`), "q → [image]"},
		"code for the user": {gpt(`"title": "x"`, q, `{"author": {"role": "assistant"}, "recipient": "all", "content": {"content_type": "code", "language": "json", "text": "{}"}}`), "q → ```json\n{}\n```"},
		"commentary alone":  {gpt(`"title": "x"`, q, `{"author": {"role": "assistant"}, "channel": "commentary", "content": {"content_type": "text", "parts": ["Only this."]}}`), "q → Only this."},
	} {
		if got := turnsOf(parsed(t, "["+c.conversation+"]", FormatAuto)[0]); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	p := parsed(t, "["+gpt(`"title": "x"`, q, call("canmore.create_textdoc", `{cut`), call("canmore.comment_textdoc", `{}`), gptSaid("assistant", "y"))+"]", FormatAuto)[0]
	if got := strings.Join(p.LeftOut, "; "); got != "1 canvas document; 1 comment on a canvas document" {
		t.Errorf("left out: %s", got)
	}
}

// Regression: words of the exporter became the system prompt.
func TestTheExportersOwnWords(t *testing.T) {
	p := parsed(t, "["+gpt(`"title": "x"`, `{"author": {"role": "system"}, "content": {"content_type": "text", "parts": ["Original custom instructions no longer available"]}, "metadata": {"is_user_system_message": true}}`,
		gptSaid("user", "q"), gptSaid("assistant", "a"))+"]", FormatAuto)[0]
	if p.Session.System != "" || len(p.LeftOut) != 1 {
		t.Errorf("system prompt %q, left out %q", p.Session.System, p.LeftOut)
	}
}

// Regression: a conversation without a time was of 1970 although its messages have times.
func TestTimesAreTakenFromWhereverTheyAre(t *testing.T) {
	at := func(time string) string {
		return `{"author": {"role": "user"}, "create_time": ` + time + `, "content": {"content_type": "text", "parts": ["q"]}}`
	}
	want := time.Unix(1700000000, 0)
	for name, conversation := range map[string]string{
		"of a message":      gpt(`"title": "x", "create_time": null`, at("1700000000"), at("1700000009")),
		"of the update":     gpt(`"title": "x", "update_time": 1700000000`, at("null")),
		"in a string":       gpt(`"title": "x", "create_time": "1700000000"`, at("null")),
		"as a date":         gpt(`"title": "x", "create_time": "2023-11-14T22:13:20Z"`, at("null")),
		"own, of the turns": `{"schema": 1, "turns": [{"prompt": "q", "created_at": "2023-11-14T22:13:20Z"}]}`,
	} {
		if p := parsed(t, conversation, FormatAuto)[0]; p.Err != nil || !p.Session.CreatedAt.Equal(want) || !p.Session.Turns[0].CreatedAt.Equal(want) {
			t.Errorf("%s: %+v", name, p)
		}
	}
	list := readDB(t, llmTables+`INSERT INTO responses (id, model, prompt, response, datetime_utc) VALUES ('01hf7yat00m0m0m0m0m0m0m0m0', 'm', 'by its id', 'r', NULL)`)
	for _, p := range list {
		if p.Session.Turns[0].Prompt == "by its id" && p.Session.CreatedAt.Year() != 2023 {
			t.Errorf("by a ULID: %s", p.Session.CreatedAt)
		}
	}
}

// Regression: rows of llm before 0.6 were refused, or vanished in silence beside new ones.
func TestLLMBefore06(t *testing.T) {
	for name, c := range map[string]struct{ script, want string }{
		"logs": {`CREATE TABLE logs (id INTEGER PRIMARY KEY, model TEXT, prompt TEXT, system TEXT, prompt_json TEXT, options_json TEXT, response TEXT, response_json TEXT, reply_to_id INTEGER, chat_id INTEGER, duration_ms INTEGER, datetime_utc TEXT);
			INSERT INTO logs (id, model, prompt, response, chat_id, reply_to_id, datetime_utc) VALUES (1, 'm', 'one', 'ONE', NULL, NULL, '2023-06-01 10:00:00.5'),
			(2, 'm', 'alone', 'A', NULL, NULL, '2023-06-01 10:01:00'), (3, 'm', 'two', 'TWO', 1, NULL, '2023-06-01 10:02:00'), (4, 'm', 'three', 'THREE', NULL, 3, '2023-06-01 10:03:00')`,
			"one → ONE | two → TWO | three → THREE; alone → A"},
		"log": {`CREATE TABLE log (provider TEXT, system TEXT, prompt TEXT, chat_id TEXT, response TEXT, model TEXT, timestamp TEXT);
			INSERT INTO log VALUES ('OpenAI', NULL, 'one', NULL, 'ONE', 'm', '2023-04-01 10:00:00'), ('OpenAI', NULL, 'two', '1', 'TWO', 'm', '2023-04-01 10:01:00')`, "one → ONE | two → TWO"},
		"renamed": {`CREATE TABLE log (id INTEGER PRIMARY KEY, model TEXT, prompt TEXT, response TEXT, chat_id INTEGER, timestamp_utc TEXT);
			INSERT INTO log VALUES (7, 'm', 'one', 'ONE', NULL, '2023-04-01 10:00:00')`, "one → ONE"},
		"beside new ones": {`CREATE TABLE logs (id INTEGER PRIMARY KEY, model TEXT, prompt TEXT, response TEXT, datetime_utc TEXT);
			INSERT INTO logs VALUES (1, 'm', 'old', 'OLD', '2023-06-01 10:00:00');
			CREATE TABLE responses (id TEXT, model TEXT, prompt TEXT, response TEXT, conversation_id TEXT, datetime_utc TEXT);
			INSERT INTO responses VALUES ('r', 'm', 'new', 'NEW', 'c', '2024-06-01 10:00:00')`, "old → OLD; new → NEW"},
	} {
		var got []string
		for _, p := range readDB(t, c.script) {
			got = append(got, turnsOf(p))
		}
		if s := strings.Join(got, "; "); s != c.want {
			t.Errorf("%s: %s, want %s", name, s, c.want)
		}
	}
}

// TestReadFrom reads from a stream whatever a file may hold.
func TestReadFrom(t *testing.T) {
	for name, content := range map[string]string{"JSON": everythingJSON, "a zip": zipOf(t, "conversations.json", "["+gptTalk("a")+"]"),
		"UTF-16": "\xff\xfe" + strings.Join(strings.Split("["+gptTalk("a")+"]", ""), "\x00") + "\x00"} {
		n := 0
		for p, err := range ReadFrom(context.Background(), io.MultiReader(strings.NewReader(content[:3]), strings.NewReader(content[3:])), FormatAuto) {
			if err != nil || p.Err != nil {
				t.Errorf("%s: %v, %v", name, err, p.Err)
			}
			n++
		}
		if n != 1 {
			t.Errorf("%s: %d sessions", name, n)
		}
	}
}

// TestOtherBytesAreNamed: who picks the wrong file is told what it is.
func TestOtherBytesAreNamed(t *testing.T) {
	for content, want := range map[string]string{"\x1f\x8b\x08": "gzip", "%PDF-1.7": "a PDF", "<!DOCTYPE html><p>": "an HTML page", "# Notes\n": "Markdown",
		"\x89PNG\r\n": "a picture", "a\x00b": "a binary file", "PK\x05\x06": "zip"} {
		if _, err := tryParse(t, []byte(content), FormatAuto); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", content, err, want)
		}
	}
}

// A title that was a number cost the whole conversation, and a number among the parts of a message vanished.
func TestANumberInThePlaceOfATextIsOne(t *testing.T) {
	s := one(t, gpt(`"title": 1984, "id": 7`, gptSaid("user", "how many?"),
		`{"author": {"role": "assistant"}, "content": {"content_type": "text", "parts": ["about", 0.50, {"content_type": "text", "text": 3}, true]}}`))
	if s.Title != "1984" || s.Origin != "chatgpt:7" || s.Turns[0].Reply(0).Text != "about\n0.50\n3\ntrue" {
		t.Errorf("title %q, origin %q, answer %q", s.Title, s.Origin, s.Turns[0].Reply(0).Text)
	}
}
