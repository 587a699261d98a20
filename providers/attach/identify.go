package attach

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	_ "image/gif"  // sizes of GIFs
	_ "image/jpeg" // of JPEGs
	_ "image/png"  // and of PNGs
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"lineup/providers"
)

// identify fills in the type of an attachment, and its size in pixels or pages.
func identify(a *providers.Attachment) error {
	switch kind := http.DetectContentType(a.Data); {
	case kind == "image/png", kind == "image/jpeg", kind == "image/gif", kind == "image/webp":
		a.Type = kind
		return measure(a)
	case bytes.HasPrefix(a.Data, []byte("%PDF-")):
		a.Type, a.Pages = providers.TypePDF, pages(a.Data)
		return nil
	case providers.ValidText(a.Data):
		a.Type = providers.TypeText
		return nil
	case isoImage(a.Data) != "":
		return convert(isoImage(a.Data))
	case bytes.HasPrefix(a.Data, []byte("II*\x00")), bytes.HasPrefix(a.Data, []byte("MM\x00*")):
		return convert("TIFF")
	case strings.HasPrefix(kind, "image/"):
		return convert(strings.ToUpper(strings.TrimPrefix(kind, "image/")))
	case strings.HasPrefix(kind, "audio/"), strings.HasPrefix(kind, "video/"):
		return errors.New("it is sound or film (" + kind + "), which cannot be attached")
	case strings.HasPrefix(kind, "application/") && kind != "application/octet-stream":
		return errors.New("it is " + kind + ", which cannot be attached; text, pictures and PDF " +
			"can")
	case bytes.IndexByte(a.Data, 0) < 0:
		return errors.New("it is text in another encoding than UTF-8; convert it first, for " +
			"example with: iconv -f latin1 -t utf-8")
	}
	return errors.New("it is neither text nor a picture nor a PDF")
}

func convert(kind string) error {
	return fmt.Errorf("it is a %s picture, which no provider takes; convert it to PNG or JPEG",
		kind)
}

// isoImage names the pictures in the container of ISO/IEC 14496-12: a box "ftyp" and a brand.
func isoImage(data []byte) string {
	if len(data) < 12 || string(data[4:8]) != "ftyp" {
		return ""
	}
	switch string(data[8:12]) {
	case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1":
		return "HEIC"
	case "avif", "avis":
		return "AVIF"
	}
	return ""
}

// measure finds the pixels of an image. One whose end is missing is refused: servers differ in what
// they make of it, and the panes would compare nothing.
func measure(a *providers.Attachment) error {
	var err error
	if a.Type == "image/webp" {
		a.Width, a.Height, err = webpSize(a.Data)
	} else {
		var c image.Config
		c, _, err = image.DecodeConfig(bytes.NewReader(a.Data))
		a.Width, a.Height = c.Width, c.Height
	}
	kind := strings.ToUpper(strings.TrimPrefix(a.Type, "image/"))
	if err != nil || a.Width <= 0 || a.Height <= 0 {
		return fmt.Errorf("it begins as a %s picture and is damaged", kind)
	}
	if cutOff(a) {
		return fmt.Errorf("it is a %s picture whose end is missing", kind)
	}
	return nil
}

// cutOff reports whether the end of a picture is missing.
func cutOff(a *providers.Attachment) bool {
	switch a.Type {
	case "image/png":
		return !bytes.Contains(a.Data, []byte("IEND"))
	case "image/jpeg":
		return !bytes.Contains(a.Data, []byte{0xff, 0xd9})
	case "image/webp":
		return int64(binary.LittleEndian.Uint32(a.Data[4:]))+8 > int64(len(a.Data))
	}
	return false
}

var errWebP = errors.New("no size in the WebP header")

// webpSize reads the size out of the first chunk of a WebP file:
// https://developers.google.com/speed/webp/docs/riff_container, RFC 6386 section 9.1 for VP8.
func webpSize(data []byte) (width, height int, err error) {
	if len(data) < 30 {
		return 0, 0, errWebP
	}
	body := data[20:]
	switch string(data[12:16]) {
	case "VP8 ":
		if !bytes.Equal(body[3:6], []byte{0x9d, 0x01, 0x2a}) {
			return 0, 0, errWebP
		}
		return int(binary.LittleEndian.Uint16(body[6:]) & 0x3fff),
			int(binary.LittleEndian.Uint16(body[8:]) & 0x3fff), nil
	case "VP8L":
		if body[0] != 0x2f {
			return 0, 0, errWebP
		}
		bits := binary.LittleEndian.Uint32(body[1:])
		return int(bits&0x3fff) + 1, int(bits>>14&0x3fff) + 1, nil
	case "VP8X":
		of := func(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }
		return of(body[4:]) + 1, of(body[7:]) + 1, nil
	}
	return 0, 0, errWebP
}

var (
	pdfPage  = regexp.MustCompile(`/Type\s*/Page[^s\w]`)
	pdfCount = regexp.MustCompile(`/Count\s+(\d{1,6})\b`)
)

// pages counts the pages of a PDF: its page objects, else the largest count of a page tree. Both
// may stand in compressed streams; then it is 0.
func pages(data []byte) int {
	if n := len(pdfPage.FindAllIndex(data, -1)); n > 0 {
		return n
	}
	most := 0
	for _, m := range pdfCount.FindAllSubmatch(data, -1) {
		if n, err := strconv.Atoi(string(m[1])); err == nil {
			most = max(most, n)
		}
	}
	return most
}
