package sim_test

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"

	"lineup/providers/sim"
)

// picture is a PNG of 640×480 in base64.
func picture(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 640, 480))); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

func TestItSaysWhatFilesItGot(t *testing.T) {
	img, pdf := picture(t), base64.StdEncoding.EncodeToString([]byte("%PDF-1.4"))
	running, err := sim.New(sim.Config{Models: []sim.Model{{Name: "m"}, {Name: "blind", Blind: true}}}).Start("")
	if err != nil {
		t.Fatal(err)
	}
	defer running.Close()
	address := running.URL
	for path, parts := range map[string]string{
		"/v1/chat/completions": `"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,IMG"}},{"type":"file","file":{"file_data":"data:application/pdf;base64,PDF"}},{"type":"text","text":"hi"}]}]`,
		"/v1/messages":         `"max_tokens":99,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"IMG"}},{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"PDF"}},{"type":"text","text":"hi"}]}]`,
		"/v1/responses":        `"input":[{"type":"message","role":"user","content":[{"type":"input_image","image_url":"data:image/png;base64,IMG"},{"type":"input_file","file_data":"data:application/pdf;base64,PDF"},{"type":"input_text","text":"hi"}]}]`,
		"/api/chat":            `"messages":[{"role":"user","content":"hi","images":["IMG"]}]`,
	} {
		ask := func(model, parts string) (int, string) {
			body := strings.NewReplacer("IMG", img, "PDF", pdf).Replace(`{"stream":false,"model":"` + model + `",` + parts + `}`)
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+path, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("anthropic-version", "2023-06-01")
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			text, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			return resp.StatusCode, string(text)
		}
		want := "I got 1 image: 640×480 png; 1 document: pdf."
		if path == "/api/chat" {
			want = "I got 1 image: 640×480 png."
		}
		if status, text := ask("m", parts); status != 200 || !strings.Contains(text, want) {
			t.Errorf("%s: %d %s, want %q in it", path, status, text, want)
		}
		if status, text := ask("blind", parts); status != 400 || !strings.Contains(text, "image input is not supported") {
			t.Errorf("%s, a blind model: %d %s", path, status, text)
		}
		if status, text := ask("m@vision=false", parts); status != 400 {
			t.Errorf("%s, vision=false: %d %s", path, status, text)
		}
		if status, text := ask("m", strings.Replace(parts, "IMG", "bm8=", 1)); status != 400 || !strings.Contains(text, "could not process image") {
			t.Errorf("%s, no image: %d %s", path, status, text)
		}
	}
}
