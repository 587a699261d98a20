package picture

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi/kitty"
	"github.com/charmbracelet/x/ansi/sixel"

	"lineup/providers"
)

// hear gives a terminal answers as it writes them.
func hear(t *testing.T, answers string) Terminal {
	t.Helper()
	var d uv.EventDecoder
	var term Terminal
	for b := []byte(answers); len(b) > 0; {
		n, e := d.Decode(b)
		if n == 0 {
			t.Fatalf("%q cannot be read", b)
		}
		term.Hear(e)
		b = b[n:]
	}
	return term
}

func TestATerminalSaysWhatItShows(t *testing.T) {
	for answers, want := range map[string]string{
		"\x1b_Gi=31;OK\x1b\\\x1b[6;20;10t\x1b[?62;22c": "answered kitty 10x20",
		"\x1b_Gi=31;ENOENT:no\x1b\\\x1b[?62;22c":       "answered none 0x0",
		"\x1b_Gi=7;OK\x1b\\\x1b[?62c":                  "answered none 0x0", // another program's query
		"\x1b[6;16;8t\x1b[?63;1;2;4;6;9;15;22c":        "answered sixel 8x16",
		"\x1b[?1;2c":                                   "answered none 0x0",
		"\x1b[?14;44c":                                 "answered none 0x0", // 4 is in no other number
		"\x1b[6;0;0t\x1b[?64;4c":                       "answered sixel 0x0",
		"\x1b[6;99999;99999t":                          "waiting none 0x0",
		"":                                             "waiting none 0x0",
		"\x1b_Gi=31;OK\x1b\\":                          "waiting kitty 0x0",
		"\x1b_Gi=31;OK\x1b\\\x1b[?65;4c":               "answered kitty 0x0",
	} {
		term := hear(t, answers)
		got := map[bool]string{true: "answered", false: "waiting"}[term.Answered]
		switch {
		case term.kitty:
			got += " kitty"
		case term.sixel:
			got += " sixel"
		default:
			got += " none"
		}
		if got += fmt.Sprintf(" %dx%d", term.cell.X, term.cell.Y); got != want || term.Shows() != (term.kitty || term.sixel) {
			t.Errorf("%q: %s, want %s", answers, got, want)
		}
	}
}

func TestTheSizeOfACellOfAllPixels(t *testing.T) {
	term := hear(t, "\x1b[4;650;1204t\x1b[?62;4c")
	term.Sized(120, 36)
	if term.cell != image.Pt(10, 18) {
		t.Errorf("%v", term.cell)
	}
	for _, answers := range []string{"\x1b[4;0;0t", "\x1b[4;99999999;99999999t", "", "\x1b[4;-5;-5t"} {
		term := hear(t, answers)
		if term.Sized(120, 36); term.cell != (image.Point{}) {
			t.Errorf("%q: %v", answers, term.cell)
		}
	}
}

// checked is an image of four colours.
func checked(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, color.RGBA{uint8(255 * (2 * x / w)), uint8(255 * (2 * y / h)), 0, 255})
		}
	}
	return m
}

func file(t *testing.T, kind string, m image.Image) *providers.Attachment {
	t.Helper()
	var b bytes.Buffer
	var err error
	switch kind {
	case "png":
		err = png.Encode(&b, m)
	case "jpeg":
		err = jpeg.Encode(&b, m, nil)
	case "gif":
		err = gif.Encode(&b, m, nil)
	case "webp":
		data, _ := base64.StdEncoding.DecodeString("UklGRjwAAABXRUJQVlA4IDAAAADQAQCdASoIAAQAAgA0JaACdLoB+AADsAD+8MQL/yC5YXXI1/8gP+QH/ID/+PIAAAA=")
		b.Write(data)
	}
	if err != nil {
		t.Fatal(err)
	}
	return &providers.Attachment{Name: "x." + kind, Type: "image/" + kind, Data: b.Bytes()}
}

const (
	kittyAnswers = "\x1b_Gi=31;OK\x1b\\\x1b[6;20;10t\x1b[?62c"
	sixelAnswers = "\x1b[6;20;10t\x1b[?62;4c"
)

func TestKittyGetsAPNGInChunks(t *testing.T) {
	term := hear(t, kittyAnswers)
	noise := image.NewRGBA(image.Rect(0, 0, 300, 150))
	for i := range noise.Pix {
		noise.Pix[i] = byte(i*i>>3) | byte(i%7)
	}
	p, err := term.Draw(file(t, "png", noise), 20, 30)
	if err != nil || p.Columns != 20 || p.Rows != 5 { // 200 by 100 pixels
		t.Fatalf("%d×%d, %v", p.Columns, p.Rows, err)
	}
	out := p.At(3, 7)
	if !strings.HasPrefix(out, "\x1b7\x1b[8;4H\x1b_G") || !strings.HasSuffix(out, "\x1b\\\x1b8") {
		t.Errorf("it begins with %q and ends with %q", out[:20], out[len(out)-8:])
	}
	var data []byte
	chunks := strings.Split(strings.TrimSuffix(strings.TrimPrefix(out, "\x1b7\x1b[8;4H"), "\x1b8"), "\x1b\\")
	for i, c := range chunks[:len(chunks)-1] {
		keys, payload, _ := strings.Cut(strings.TrimPrefix(c, "\x1b_G"), ";")
		var o kitty.Options
		if err := o.UnmarshalText([]byte(keys)); err != nil || len(payload) > kitty.MaxChunkSize || !strings.Contains(keys, "q=2") {
			t.Errorf("chunk %d: %s, %d bytes, %v", i, keys, len(payload), err)
		}
		if i == 0 && (o.ID != imageID || o.Format != kitty.PNG || o.Action != kitty.TransmitAndPut || !strings.Contains(keys, "C=1") || !strings.Contains(keys, "m=1")) {
			t.Errorf("the first chunk says %s", keys)
		}
		raw, err := base64.StdEncoding.DecodeString(payload)
		if err != nil {
			t.Fatal(err)
		}
		data = append(data, raw...)
	}
	if m, err := png.Decode(bytes.NewReader(data)); err != nil || m.Bounds().Dx() != 200 || m.Bounds().Dy() != 100 || len(chunks) < 3 {
		t.Errorf("%d chunks: %v", len(chunks), err)
	}
}

func TestSixelsAreTheImage(t *testing.T) {
	term := hear(t, sixelAnswers)
	for _, kind := range []string{"png", "jpeg", "gif", "webp"} {
		a := file(t, kind, checked(80, 40))
		p, err := term.Draw(a, 10, 10)
		if err != nil {
			t.Fatal(kind, err)
		}
		if strings.Contains(p.sequence, "\x1b[") || !strings.HasPrefix(p.sequence, "\x1bP0;1q") || !strings.HasSuffix(p.sequence, "\x1b\\") {
			t.Errorf("%s: %.20q", kind, p.sequence)
		}
		if kind == "webp" {
			continue
		}
		body := strings.TrimSuffix(strings.TrimPrefix(p.sequence, "\x1bP0;1q"), "\x1b\\")
		m, err := (&sixel.Decoder{}).Decode(strings.NewReader(body))
		if err != nil || m.Bounds().Dx() != 80 || m.Bounds().Dy() < 40 || p.Columns != 8 || p.Rows != 2 {
			t.Fatalf("%s: %v, %d×%d cells, %v", kind, m.Bounds(), p.Columns, p.Rows, err)
		}
		for _, at := range []image.Point{{10, 10}, {70, 10}, {10, 30}, {70, 30}} {
			r, g, _, _ := m.At(at.X, at.Y).RGBA()
			if (r > 0x8000) != (at.X > 40) || (g > 0x8000) != (at.Y > 20) {
				t.Errorf("%s: at %v is red %x green %x", kind, at, r, g)
			}
		}
	}
}

// Whatever the bytes are, the answer is an error in words, and the work stays bounded.
func TestBrokenImagesAreErrors(t *testing.T) {
	good := file(t, "png", checked(30, 30)).Data
	huge := bytes.Clone(good) // a width and a height of 60,000; the checksum is wrong then, as in no file of a camera
	copy(huge[16:24], []byte{0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60})
	for name, data := range map[string][]byte{"empty": nil, "half": good[:len(good)/2], "head": good[:20], "text": []byte("hello"), "huge": huge} {
		for _, answers := range []string{kittyAnswers, sixelAnswers} {
			term := hear(t, answers)
			p, err := term.Draw(&providers.Attachment{Type: "image/png", Data: data}, 40, 10)
			if err == nil || p.sequence != "" {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	term := hear(t, sixelAnswers)
	if _, err := term.Draw(&providers.Attachment{Type: providers.TypeText, Data: []byte("x")}, 4, 4); err != ErrNoImage {
		t.Error(err)
	}
	if _, err := term.Draw(file(t, "png", checked(30, 30)), 0, 0); err == nil {
		t.Error("an image in no space")
	}
}

func TestFit(t *testing.T) {
	for _, x := range []struct{ of, space, want image.Point }{
		{image.Pt(100, 50), image.Pt(50, 50), image.Pt(50, 25)},
		{image.Pt(10, 10), image.Pt(500, 500), image.Pt(10, 10)},
		{image.Pt(10000, 1), image.Pt(100, 100), image.Pt(100, 1)},
		{image.Pt(1, 10000), image.Pt(100, 0), image.Point{}},
	} {
		if got := fit(x.of, x.space, 1<<20); got != x.want {
			t.Errorf("%v in %v: %v, want %v", x.of, x.space, got, x.want)
		}
	}
	if got := fit(image.Pt(4000, 3000), image.Pt(4000, 3000), maxSixels); got.X*got.Y > maxSixels || got.X < 600 {
		t.Errorf("%v", got)
	}
}

func FuzzDraw(f *testing.F) {
	f.Add([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"))
	f.Add([]byte("GIF89a\x01\x00\x01\x00"))
	f.Add([]byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0e\x00\x00\x00/"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, term := range []Terminal{{kitty: true}, {sixel: true}} {
			_, _ = term.Draw(&providers.Attachment{Type: "image/png", Data: data}, 8, 4) // it must not panic
		}
	})
}
