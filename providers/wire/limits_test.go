package wire_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"lineup/providers"
	"lineup/providers/policy"
	"lineup/providers/wire"
	"lineup/session"
)

func image(kind string, w, h, size int) providers.Attachment {
	return providers.Attachment{Name: "p." + kind, Type: "image/" + kind, Width: w, Height: h, Data: make([]byte, size)}
}

func of(a providers.Attachment, n int) (out []providers.Attachment) {
	for range n {
		out = append(out, a)
	}
	return out
}

func TestLimitsOfProviders(t *testing.T) {
	pdf := func(pages, size int) []providers.Attachment {
		return []providers.Attachment{{Name: "d.pdf", Type: providers.TypePDF, Pages: pages, Data: make([]byte, size)}}
	}
	small := image("png", 10, 10, 10)
	for _, c := range []struct {
		kind, url string
		context   int
		files     []providers.Attachment
		want      string // "" where it is sent
	}{
		{"anthropic", "https://api.anthropic.com", 0, of(image("png", 8000, 10, 10), 1), ""},
		{"anthropic", "https://api.anthropic.com", 0, of(image("png", 8001, 10, 10), 1), "p.png: the provider takes 8000 pixels a side, and this has 8001"},
		{"anthropic", "https://api.anthropic.com", 0, of(image("png", 10, 2001, 10), 20), ""},
		{"anthropic", "https://api.anthropic.com", 0, of(image("png", 10, 2001, 10), 21), "2000 pixels a side of more than 20 images"},
		{"anthropic", "https://api.anthropic.com", 0, of(image("png", 10, 10, 3932160), 1), ""},
		{"anthropic", "https://api.anthropic.com", 0, of(image("png", 10, 10, 3932161), 1), "5.0 MB an image"},
		{"anthropic", "https://api.anthropic.com", 200_000, of(small, 101), "takes 100 images in one request, and these are 101"},
		{"anthropic", "https://api.anthropic.com", 1_000_000, of(small, 101), ""},
		{"anthropic", "https://api.anthropic.com", 200_000, pdf(101, 10), "100 PDF pages"},
		{"anthropic", "https://api.anthropic.com", 0, pdf(3, 26<<20), "32.0 MB of files"},
		{"openai", "https://api.openai.com/v1", 0, of(small, 501), "500 images"},
		{"responses", "https://api.openai.com/v1", 0, pdf(10, 40<<20), "50.0 MB of files"},
		{"openai", "https://api.groq.com/openai/v1", 0, of(small, 6), "5 images"},
		{"openai", "https://api.groq.com/openai/v1", 0, of(image("png", 5761, 5760, 10), 1), "33177600 pixels an image"},
		{"openai", "https://api.groq.com/openai/v1", 0, pdf(1, 10), "d.pdf: the provider takes no PDF"},
		{"openai", "https://api.x.ai/v1", 0, of(image("webp", 10, 10, 10), 1), "takes no WEBP"},
		{"openai", "https://api.x.ai/v1", 0, of(image("jpeg", 10, 10, 10), 1), ""},
		{"openai", "https://api.mistral.ai/v1", 0, of(small, 9), "8 images"},
		{"openai", "https://generativelanguage.googleapis.com/v1beta/openai", 0, of(image("gif", 10, 10, 10), 1), "takes no GIF"},
		{"ollama", "http://localhost:11434", 0, pdf(1, 10), "takes no PDF"},
		{"openai", "https://gateway.example/v1", 0, append(pdf(1000, 10), of(image("gif", 9000, 9000, 10), 600)...), ""},
	} {
		p, err := wire.New(wire.Config{Name: "test", Kind: c.kind, BaseURL: c.url})
		if err != nil {
			t.Fatal(err)
		}
		in := info("m")
		in.Context = c.context
		e := p.Refuses(in, providers.Request{Messages: []providers.Message{{Role: providers.User, Attachments: c.files}}})
		switch {
		case c.want == "" && e != nil:
			t.Errorf("%s %d files: %v, want them sent", c.url, len(c.files), e)
		case c.want != "" && (e == nil || !strings.Contains(e.Message, c.want) || e.Kind != providers.BadRequest):
			t.Errorf("%s %d files: %v, want %q", c.url, len(c.files), e, c.want)
		}
	}
}

// Limits are about the request, and a request has the files of earlier turns too.
func TestFilesOfEarlierTurnsCount(t *testing.T) {
	p, err := wire.New(wire.Config{Name: "test", Kind: "openai", BaseURL: "https://api.groq.com/openai/v1"})
	if err != nil {
		t.Fatal(err)
	}
	turn := providers.Message{Role: providers.User, Content: "x", Attachments: of(image("png", 1, 1, 1), 3)}
	req := providers.Request{Messages: []providers.Message{turn, {Role: providers.Assistant, Content: "y"}, turn}}
	if e := p.Refuses(info("m"), req); e == nil || !strings.Contains(e.Message, "these are 6") {
		t.Errorf("%v, want six images refused", e)
	}
}

// askWith asks one question with files and folds the answer.
func askWith(t *testing.T, m providers.Model, messages ...providers.Message) *session.Reply {
	t.Helper()
	req := providers.Request{Messages: messages}
	r := session.NewReply(0, info("m"), req, time.Now())
	run := providers.Start(t.Context(), []providers.Call{{Model: m, Request: req}})
	<-run.Done()
	for _, ev := range run.Take(0, nil) {
		r.Apply(ev)
	}
	return r
}

func TestAModelThatIsKnownNotToSeeIsNotAsked(t *testing.T) {
	no, yes := false, true
	photo := providers.Message{Role: providers.User, Content: "what?", Attachments: of(image("png", 6, 4, 3), 1)}
	for _, kind := range wire.Kinds() {
		for _, c := range []struct {
			vision *bool
			show   string // of the server, where nothing is known before
			sent   bool
		}{
			{&no, "", false},
			{&yes, `{"capabilities":["completion"]}`, true}, // the config knows better
			{nil, `{"capabilities":["completion"]}`, false},
			{nil, `{"capabilities":["completion","vision"]}`, true},
			{nil, `{}`, true},
		} {
			asked := false
			s := serveRaw(t, func(raw *rawConn, r *http.Request) {
				switch {
				case r.URL.Path == "/api/show" && c.show != "":
					raw.reply(200, c.show)
				case r.Method == http.MethodGet || r.URL.Path == "/api/show":
					raw.reply(404, `{"error":"no"}`)
				default:
					asked = true
					raw.reply(400, `{"error":{"message":"asked"}}`)
				}
			})
			in := info("m")
			in.Vision = c.vision
			r := askWith(t, s.provider(t, kind, nil).Model(wire.ModelConfig{Info: in}), photo)
			if asked != c.sent {
				t.Errorf("%s, %s: sent %v, want %v", kind, c.show, asked, c.sent)
			}
			if !c.sent && (r.Status != session.Failed || r.Error == nil || r.Error.Kind != providers.BadRequest || len(r.Attempts) != 0 || !strings.Contains(r.Error.Message, "takes no images: p.png") || !strings.Contains(r.Error.Hint, "vision = true")) {
				t.Errorf("%s, %s: %s %+v after %d attempts", kind, c.show, r.Status, r.Error, len(r.Attempts))
			}
		}
	}
}

// A pane may go on from another model's answer about a picture; the picture itself is not for it.
func TestAModelThatDoesNotSeeGoesOnFromWords(t *testing.T) {
	no := false
	s := serveRaw(t, func(c *rawConn, _ *http.Request) { c.reply(200, answer) })
	in := info("m")
	in.Vision = &no
	text := providers.Attachment{Name: "a.txt", Type: providers.TypeText, Data: []byte("one")}
	r := askWith(t, s.provider(t, "openai", nil).Model(wire.ModelConfig{Info: in}),
		providers.Message{Role: providers.User, Content: "what?", Attachments: append(of(image("png", 6, 4, 3), 1), text)},
		providers.Message{Role: providers.Assistant, Content: "a cat"},
		providers.Message{Role: providers.User, Content: "sure?"})
	_, bodies := s.seen()
	if r.Status != session.Done || len(bodies) != 1 || strings.Contains(string(bodies[0]), "image_url") || !strings.Contains(string(bodies[0]), "```a.txt\\none") {
		t.Errorf("%s %+v, sent %s", r.Status, r.Error, bodies)
	}
}

// Regression: llama-server calls an image for a model without eyes a fault of its own, with a 500. It was asked three
// times. Who has refused once is not asked again.
func TestARefusalOfImagesIsNotTriedAgain(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
	}{
		{500, `{"error":{"code":500,"message":"image input is not supported - hint: if this is unexpected, you may need to provide the mmproj","type":"server_error"}}`},
		{404, `{"error":{"message":"No endpoints found that support image input","code":404}}`},
		{400, `{"error":{"message":"Invalid content type. image_url is only supported by certain models.","type":"invalid_request_error"}}`},
		{400, `{"object":"error","message":"m is not a multimodal model","type":"BadRequestError","code":400}`},
		{422, `{"error":{"message":"Failed to deserialize the JSON body into the target type: messages[0]: unknown variant ` + "`image_url`, expected `text`" + `","type":"invalid_request_error"}}`},
		{400, `{"error":{"message":"'messages.0' : for 'role:user' the following must be satisfied[('messages.0.content' : value must be a string)]: content must be a string","type":"invalid_request_error"}}`},
		{500, `{"error":"this model is missing data required for image input"}`},
		{400, `{"error":{"message":"This model does not support images."}}`},
	} {
		asked := 0
		s := serveRaw(t, func(raw *rawConn, r *http.Request) {
			if r.Method == http.MethodGet || r.URL.Path == "/api/show" {
				raw.reply(404, `{"error":"no"}`)
				return
			}
			asked++
			raw.reply(c.status, c.body)
		})
		m := s.provider(t, "openai", nil).Model(wire.ModelConfig{Info: info("m"), Retry: policy.Retry{Max: 2}})
		photo := providers.Message{Role: providers.User, Content: "what?", Attachments: of(image("png", 6, 4, 3), 1)}
		for range 2 {
			if r := askWith(t, m, photo); r.Error == nil || r.Error.Kind != providers.BadRequest {
				t.Errorf("%s: %+v", c.body, r.Error)
			}
		}
		if asked != 1 {
			t.Errorf("%s: asked %d times", c.body, asked)
		}
		if r := askWith(t, m, providers.Message{Role: providers.User, Content: "what?"}); asked < 2 || strings.Contains(r.Error.Hint, "takes images") {
			t.Errorf("%s, without an image: asked %d times, %+v", c.body, asked, r.Error)
		}
	}
}

// A model that the server did not have when it was asked about may be there now.
func TestAModelThatIsPulledLaterIsAskedAboutAgain(t *testing.T) {
	s := serveRaw(t, func(c *rawConn, _ *http.Request) {
		if c.n == 0 {
			c.reply(404, `{"error":"model 'm' not found"}`)
			return
		}
		c.reply(200, `{"capabilities":["completion","vision"]}`)
	})
	p := s.provider(t, "ollama", nil)
	if v := p.Sees(t.Context(), "m"); v != nil {
		t.Errorf("a missing model sees: %v", *v)
	}
	if v := p.Sees(t.Context(), "m"); v == nil || !*v {
		t.Errorf("pulled since, and still %v", v)
	}
}

func TestWhoSeesIsAskedOnce(t *testing.T) {
	s := serveRaw(t, func(c *rawConn, r *http.Request) {
		if r.URL.Path == "/props" {
			c.reply(200, `{"modalities":{"vision":false,"audio":false}}`)
			return
		}
		c.reply(404, `{"error":"no"}`)
	})
	p := s.provider(t, "openai", func(c *wire.Config) { c.BaseURL += "/v1" })
	for range 2 {
		if v := p.Sees(t.Context(), "m"); v == nil || *v {
			t.Errorf("llama.cpp without a projector: %v, want false", v)
		}
	}
	requests, _ := s.seen()
	var paths []string
	for _, r := range requests {
		paths = append(paths, r.URL.Path)
	}
	if fmt.Sprint(paths) != "[/api/show /props]" {
		t.Errorf("asked for %v", paths)
	}
}
