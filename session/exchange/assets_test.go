package exchange

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lineup/session"
)

// dot is a picture of some pixels.
func dot(t testing.TB, w int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, 1))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// zipped packs files.
func zipped(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const gptPictures = `{"author": {"role": "user"}, "content": {"content_type": "multimodal_text", "parts": [
	{"content_type": "image_asset_pointer", "asset_pointer": "file-service://file-Ab1"},
	{"content_type": "image_asset_pointer", "asset_pointer": "sediment://file_00c2#p=1"},
	{"content_type": "image_asset_pointer", "asset_pointer": "sediment://file_00c3"}, "What is this?"]},
	"metadata": {"attachments": [{"id": "file-Ab1", "name": "내 그림.png"}, {"id": "file-Pdf9", "name": "dir/report.pdf"},
		{"id": "file-Odd", "name": "song.mp3"}, {"id": "file-Gone", "name": "gone.png"}, {"id": "file-Empty", "name": "empty.txt"}, {"id": "../../etc/passwd"}, {"size": 1}]}}`

func gptFiles(t testing.TB) map[string]string {
	return map[string]string{
		"conversations.json": "[" + gpt(`"title": "Pictures"`, gptPictures, gptSaid("assistant", "A dot.")) + "]",
		"file-Ab1-my.png":    string(dot(t, 1)), "file-Ab12-other.png": string(dot(t, 9)),
		"user-x/file_00c2-sanitized.png": string(dot(t, 2)), "file_00c3.dat": string(dot(t, 3)),
		"file-Pdf9-report.pdf": "%PDF-1.7\n<< /Type /Pages /Count 2 >>\n%%EOF", "file-Odd-song.mp3": "ID3\x03\x00\x00\x00\x00\x00", "file-Empty-empty.txt": "",
	}
}

// checkPictures wants the files of gptFiles.
func checkPictures(t *testing.T, list []Parsed) {
	t.Helper()
	if len(list) != 1 || list[0].Session == nil {
		t.Fatalf("%+v", list)
	}
	turn := list[0].Session.Turns[0]
	var got []string
	for _, a := range turn.Attachments {
		got = append(got, fmt.Sprintf("%s %s %d", a.Name, a.Type, a.Width))
	}
	if s := strings.Join(got, "; "); s != "내 그림.png image/png 1; report.pdf application/pdf 0; sanitized.png image/png 2; file_00c3.dat image/png 3" {
		t.Errorf("files: %s", s)
	}
	if turn.Prompt != "What is this?" {
		t.Errorf("prompt %q", turn.Prompt)
	}
	var missing []string
	for _, m := range list[0].Missing {
		missing = append(missing, m.Name+": "+m.Reason)
	}
	if s := strings.Join(missing, "; "); s != "song.mp3: it is sound or film (audio/mpeg), which cannot be attached; gone.png: it is not in the export; "+
		"empty.txt: it is empty; ../../etc/passwd: it is not in the export; a file without a name: it is not in the export" {
		t.Errorf("missing: %s", s)
	}
	if s := strings.Join(list[0].LeftOut, "; "); s != "5 attached files" {
		t.Errorf("left out: %s", s)
	}
}

// Fault: the images of ChatGPT's export were left out.
func TestTheFilesOfChatGPTsExportComeAlong(t *testing.T) {
	files := gptFiles(t)
	checkPictures(t, parsed(t, string(zipped(t, files)), FormatAuto))
	dir := t.TempDir() // the same, unpacked
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var list []Parsed
	for p, err := range Read(context.Background(), filepath.Join(dir, "conversations.json"), FormatAuto) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	checkPictures(t, list)
}

// A prompt of images alone, an image that a model made, and a file of which the zip says too little.
func TestOddFilesOfChatGPTsExport(t *testing.T) {
	made := `{"author": {"role": "tool", "name": "dalle.text2im"}, "content": {"content_type": "multimodal_text", "parts": [{"content_type": "image_asset_pointer", "asset_pointer": "file-service://file-Made"}]}}`
	only := `{"author": {"role": "user"}, "content": {"content_type": "multimodal_text", "parts": [{"content_type": "image_asset_pointer", "asset_pointer": "file-service://file-Ab1"}]}}`
	p := parsed(t, string(zipped(t, map[string]string{
		"conversations.json": "[" + gpt(`"title": "x"`, only, made, gptSaid("assistant", "Done.")) + "]",
		"file-Ab1-my.png":    string(dot(t, 1)), "dalle-generations/file-Made-1.webp": string(dot(t, 2)),
	})), FormatAuto)[0]
	turn := p.Session.Turns[0]
	if turn.Prompt != "[image]" || len(turn.Attachments) != 1 || turn.Attachments[0].Name != "my.png" {
		t.Errorf("%q with %d files", turn.Prompt, len(turn.Attachments))
	}
	if len(p.Missing) != 1 || p.Missing[0].Name != "file-Made" || !strings.Contains(p.Missing[0].Reason, "a model made it") || turn.Replies[0].Text != "[image]\n\nDone." {
		t.Errorf("%+v, %q", p.Missing, turn.Replies[0].Text)
	}
	left := uint64(10)
	z, err := zip.NewReader(bytes.NewReader(zipped(t, map[string]string{"file-A-x.txt": "eleven bytes"})), int64(len(zipped(t, map[string]string{"file-A-x.txt": "eleven bytes"}))))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := zipAssets(z, &left).attachment("file-A", ""); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("more than may be unpacked: %v", err)
	}
}

func sum(data []byte) string { s := sha256.Sum256(data); return hex.EncodeToString(s[:]) }

// Fault: the attachments of llm were left out.
func TestTheFilesOfLLMComeAlong(t *testing.T) {
	dir := t.TempDir()
	same, changed := filepath.Join(dir, "같은 'it'.png"), filepath.Join(dir, "changed.png")
	for _, file := range []string{same, changed} {
		if err := os.WriteFile(file, dot(t, 3), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	q := func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
	inline := base64.StdEncoding.EncodeToString(dot(t, 4))
	list := readDB(t, llmTables+llmMessageTables+`
		INSERT INTO conversations VALUES ('c9', 'Files', 'm');
		INSERT INTO attachments VALUES ('`+sum(dot(t, 2))+`', 'image/png', NULL, NULL, x'`+hex.EncodeToString(dot(t, 2))+`'),
			('`+sum(dot(t, 3))+`', 'image/png', `+q(same)+`, NULL, NULL), ('feed', 'image/png', `+q(changed)+`, NULL, NULL),
			('u', 'image/png', NULL, 'https://example.com/a.png?key=1', NULL), ('gone', 'application/pdf', '/nowhere/report.pdf', NULL, NULL),
			('dir', 'image/png', `+q(dir)+`, NULL, NULL), ('snd', 'audio/wav', NULL, NULL, x'`+hex.EncodeToString([]byte("RIFF\x04\x00\x00\x00WAVE"))+`');
		INSERT INTO responses (id, model, prompt, response, conversation_id, datetime_utc) VALUES ('x1', 'm', 'look', 'ONE', 'c9', '2024-06-01T12:00:00+00:00');
		INSERT INTO prompt_attachments VALUES ('x1', 'u', 3), ('x1', '`+sum(dot(t, 3))+`', 1), ('x1', '`+sum(dot(t, 2))+`', 0), ('x1', 'feed', 2), ('x1', 'gone', 4),
			('x1', 'dir', 5), ('x1', 'snd', 6), ('x1', 'lost', 7);
		UPDATE parts SET payload = '{"attachment": {"id": "`+sum(dot(t, 2))+`"}}' WHERE type = 'attachment';
		INSERT INTO parts (message_hash, position, type, payload) VALUES ('b2:1', 2, 'attachment', '{"attachment": {"type": "image/png", "content": "`+inline+`"}}'),
			('b2:1', 3, 'attachment', '[]');`)
	found := 0
	for _, p := range list {
		if p.Session == nil || p.Session.Title != "Files" && p.Session.Title != "Pets" {
			continue
		}
		found++
		var files, missing []string
		for _, a := range p.Session.Turns[0].Attachments {
			files = append(files, fmt.Sprintf("%s %d", a.Name, a.Width))
		}
		for _, m := range p.Missing {
			missing = append(missing, m.Name+": "+m.Reason)
		}
		want, lost, left := "image.png 2; image.png 4", "an attachment without a name: it is not in the database", "1 attachment"
		if p.Session.Title == "Files" {
			want, left = "image.png 2; 같은 'it'.png 3", "6 attachments"
			lost = "changed.png: it is not what it was when it was sent; a.png: it was sent as an address, and nothing is fetched; report.pdf: there is no such file; " +
				filepath.Base(dir) + ": it is a folder; name the files in it; audio.wav: it is sound or film (audio/wave), which cannot be attached; an attachment without a name: it is not in the database"
		}
		if s := strings.Join(files, "; "); s != want {
			t.Errorf("%s: files %s, want %s", p.Name, s, want)
		}
		if s := strings.Join(missing, "; "); s != lost {
			t.Errorf("%s: missing\n%s\nwant\n%s", p.Name, s, lost)
		}
		if s := strings.Join(p.LeftOut, "; "); s != left {
			t.Errorf("%s: left out %s, want %s", p.Name, s, left)
		}
	}
	if found != 2 {
		t.Errorf("%d of 2 conversations", found)
	}
}

// What was imported without its files gets them from a later import; it is still one session.
func TestALaterImportBringsTheFiles(t *testing.T) {
	ctx := context.Background()
	store, err := session.Open(ctx, filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	whole := parsed(t, string(zipped(t, gptFiles(t))), FormatAuto)[0].Session
	bare := *whole
	bare.Turns = nil
	for _, turn := range whole.Turns {
		one := *turn
		one.Attachments = nil
		bare.Turns = append(bare.Turns, &one)
	}
	first, err := store.Import(ctx, &bare)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"extended", "already here"} {
		res, err := store.Import(ctx, whole)
		if err != nil || res.ID != first.ID || string(res.Outcome) != want {
			t.Errorf("%+v, %v; want %s", res, err, want)
		}
	}
	got, err := store.Session(ctx, first.ID)
	if err != nil || len(got.Turns) != 1 || len(got.Turns[0].Attachments) != 4 {
		t.Errorf("%+v, %v", got, err)
	}
}
