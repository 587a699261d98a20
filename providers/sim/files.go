package sim

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	_ "image/gif"  // sizes of GIFs
	_ "image/jpeg" // of JPEGs
	_ "image/png"  // and of PNGs
	"strings"
	"time"
)

// file is an image or a document that came with a message.
type file struct {
	kind string // "png", "jpeg", "gif", "webp" or "pdf"
	size string // of an image, "640×480"; "" where it cannot be told
	data string
}

// fileTokens is what a file adds to the tokens of a prompt.
const fileTokens = 256

// UnmarshalJSON reads a message of any dialect: its text, its files, and Ollama's list of images.
func (m *message) UnmarshalJSON(data []byte) error {
	var v struct {
		Role    string          `json:"role"`
		Content json.RawMessage `json:"content"`
		Images  []string        `json:"images"`
	}
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	*m = message{Role: v.Role}
	if len(v.Content) > 0 {
		if err := m.Content.UnmarshalJSON(v.Content); err != nil {
			return err
		}
		if err := m.readParts(v.Content); err != nil {
			return err
		}
	}
	for _, encoded := range v.Images {
		if err := m.add("", encoded); err != nil {
			return err
		}
	}
	return nil
}

// readParts reads the files among the parts of a content: image_url and file of Chat Completions,
// input_image and input_file of the Responses API, image and document of Anthropic.
func (m *message) readParts(content json.RawMessage) error {
	if content[0] != '[' {
		return nil
	}
	var parts []struct {
		Type     string          `json:"type"`
		ImageURL json.RawMessage `json:"image_url"` // an object, or the URL itself
		Source   struct {
			MediaType string `json:"media_type"`
			Data      string `json:"data"`
		} `json:"source"`
		FileData string `json:"file_data"`
		File     struct {
			FileData string `json:"file_data"`
		} `json:"file"`
	}
	if err := json.Unmarshal(content, &parts); err != nil {
		return err
	}
	for _, p := range parts {
		var err error
		switch p.Type {
		case "image_url", "input_image":
			err = m.addURL(imageURL(p.ImageURL))
		case "file":
			err = m.addURL(p.File.FileData)
		case "input_file":
			err = m.addURL(p.FileData)
		case "image", "document":
			err = m.add(p.Source.MediaType, p.Source.Data)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func imageURL(raw json.RawMessage) string {
	var url string
	if json.Unmarshal(raw, &url) == nil {
		return url
	}
	var object struct {
		URL string `json:"url"`
	}
	_ = json.Unmarshal(raw, &object) // no URL is refused below
	return object.URL
}

// addURL takes a file out of a data URL. One that lies elsewhere is not fetched.
func (m *message) addURL(url string) error {
	rest, here := strings.CutPrefix(url, "data:")
	if !here {
		return nil
	}
	media, encoded, ok := strings.Cut(rest, ";base64,")
	if !ok {
		return errors.New("a data URL without base64")
	}
	return m.add(media, encoded)
}

// add takes a file. Its content says what it is; a media type that says otherwise is refused, as by
// Anthropic.
func (m *message) add(media, encoded string) error {
	data, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(data) == 0 {
		return errors.New("invalid base64 data in a file")
	}
	f := file{data: string(data)}
	config, kind, err := image.DecodeConfig(bytes.NewReader(data))
	switch {
	case err == nil:
		f.kind, f.size = kind, fmt.Sprintf("%d×%d", config.Width, config.Height)
	case strings.HasPrefix(f.data, "RIFF") && len(data) > 12 && f.data[8:12] == "WEBP":
		f.kind = "webp"
	case strings.HasPrefix(f.data, "%PDF-"):
		f.kind = "pdf"
	default:
		return errors.New("could not process image")
	}
	if media != "" && !strings.HasSuffix(media, "/"+f.kind) {
		return fmt.Errorf("the file is %s, and its media type says %s", f.kind, media)
	}
	m.files = append(m.files, f)
	return nil
}

// got tells what files the last prompt had: "I got 1 image: 640×480 png.", or "" for none.
func (q query) got() string {
	var images, documents []string
	for _, m := range q.messages {
		if m.Role != "user" {
			continue
		}
		images, documents = nil, nil
		for _, f := range m.files {
			if f.kind == "pdf" {
				documents = append(documents, "pdf")
				continue
			}
			images = append(images, strings.TrimSpace(f.size+" "+f.kind))
		}
	}
	var parts []string
	for _, l := range []struct {
		name string
		list []string
	}{{"image", images}, {"document", documents}} {
		if n := len(l.list); n > 0 {
			name := l.name
			if n > 1 {
				name += "s"
			}
			parts = append(parts, fmt.Sprintf("%d %s: %s", n, name, strings.Join(l.list, ", ")))
		}
	}
	if parts == nil {
		return ""
	}
	return "I got " + strings.Join(parts, "; ") + ".\n\n"
}

// seesAll refuses what a model without eyes cannot take, in llama.cpp's words.
func (q query) seesAll(m Model) *failure {
	if !m.Blind {
		return nil
	}
	for _, msg := range q.messages {
		if len(msg.files) > 0 {
			return badRequest("image input is not supported by this model")
		}
	}
	return nil
}

// ahead is a source that says something before another one goes on.
type ahead struct {
	pieces []string
	from   source
}

func (a *ahead) next(now time.Time) string {
	if len(a.pieces) == 0 {
		return a.from.next(now)
	}
	piece := a.pieces[0]
	a.pieces = a.pieces[1:]
	return piece
}
