package wire

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"lineup/providers"
)

// limits are what a provider takes in one request. A zero field is no limit.
type limits struct {
	images     int      // how many pictures
	image      int      // bytes of one, as base64
	side       int      // pixels of its longer side
	pixels     int      // of one picture
	types      []string // of pictures; nil: all four
	manyImages int      // with more pictures than this, each may have manySide pixels only
	manySide   int
	total      int // bytes of all files, as base64

	noPDF bool // PDFs are not taken
	pages int  // of all PDFs
	// a PDF is read for models that do not see, too
	blindPDF bool
}

// limitsOf is the one place for what providers take. Where nothing is known of a host, everything
// is sent, and the server decides.
func (p *Provider) limitsOf(info providers.Info) limits {
	switch {
	// https://platform.claude.com/docs/en/build-with-claude/vision and …/pdf-support: 100 pictures
	// and pages for models of 200k tokens, 600 for the others; 8000 pixels, 2000 with more than 20
	// pictures; 32 MB a request. 5 MB a picture is a rule of the API itself.
	case p.at("anthropic.com"):
		l := limits{images: 600, image: 5 << 20, side: 8000, manyImages: 20, manySide: 2000,
			total: 32 << 20, pages: 600}
		if info.Context > 0 && info.Context <= 200_000 {
			l.images, l.pages = 100, 100
		}
		return l
	// https://developers.openai.com/api/docs/guides/images-vision: 500 pictures, 50 MB a request
	case p.at("openai.com"), p.azure():
		return limits{images: 500, total: 50 << 20}
	// https://openrouter.ai/docs/features/multimodal/pdfs: any model; a parser reads for those that
	// take no files
	case p.at("openrouter.ai"):
		return limits{blindPDF: true}
	// https://console.groq.com/docs/vision
	case p.at("groq.com"):
		return limits{images: 5, total: 4 << 20, pixels: 33_177_600, noPDF: true}
	// https://docs.x.ai/docs/guides/image-understanding: 20 MiB, JPEG or PNG
	case p.at("x.ai"):
		return limits{image: base64.StdEncoding.EncodedLen(20 << 20), noPDF: true,
			types: []string{"image/jpeg", "image/png"}}
	// https://docs.mistral.ai/capabilities/vision: 8 pictures of 10 MB
	case p.at("mistral.ai"):
		return limits{images: 8, image: base64.StdEncoding.EncodedLen(10 << 20), noPDF: true}
	// https://ai.google.dev/gemini-api/docs/image-understanding: 3600 pictures, 20 MB a request, no
	// GIF
	case p.at("googleapis.com"):
		return limits{images: 3600, total: 20 << 20,
			types: []string{"image/jpeg", "image/png", "image/webp"}}
	}
	return limits{noPDF: p.dialect.refusesPDF()}
}

// Ollama's messages have a place for pictures and none for documents.
func (ollama) refusesPDF() bool { return true }

func (usual) refusesPDF() bool { return false }

// Refuses says why a model cannot take the files of a request, nil where nothing is known against
// it. It asks nobody. Files of earlier turns count for the limits. Of a model that does not see
// only the last message's count: earlier pictures are left out for it.
func (p *Provider) Refuses(info providers.Info, req providers.Request) *providers.Error {
	var all []providers.Attachment
	for i := range req.Messages {
		m := &req.Messages[i]
		files := m.Files()
		if blind(info) {
			if i < len(req.Messages)-1 {
				continue
			}
			if why := p.cannotSee(info, files); why != "" {
				return p.refuse(info, why, visionHint(info))
			}
		}
		all = append(all, files...)
	}
	if why := p.limitsOf(info).exceeded(all); why != "" {
		return p.refuse(info, why, "")
	}
	return nil
}

func blind(info providers.Info) bool { return info.Vision != nil && !*info.Vision }

// cannotSee names the first file that a model cannot take because it takes text alone.
func (p *Provider) cannotSee(info providers.Info, files []providers.Attachment) string {
	for i := range files {
		a := &files[i]
		if a.IsImage() {
			return "the model takes no images: " + providers.CleanLine(a.Name)
		}
		if !p.limitsOf(info).blindPDF {
			return "the model takes no PDF: " + providers.CleanLine(a.Name)
		}
	}
	return ""
}

func visionHint(info providers.Info) string {
	return fmt.Sprintf(`if it does, say so in the config: [models.%q] vision = true`, info.Ref)
}

func (p *Provider) refuse(info providers.Info, why, hint string) *providers.Error {
	return &providers.Error{Kind: providers.BadRequest, Model: info.Ref.String(), Message: why,
		Hint: hint}
}

// exceeded says which limit the files of a request go beyond, "" for none.
func (l limits) exceeded(files []providers.Attachment) string {
	images, total, pages := 0, 0, 0
	for i := range files {
		if files[i].IsImage() {
			images++
		}
	}
	for i := range files {
		a := &files[i]
		total += base64.StdEncoding.EncodedLen(len(a.Data))
		pages += a.Pages
		why := l.exceededBy(a, images)
		if why != "" {
			return providers.CleanLine(a.Name) + ": " + why
		}
	}
	switch {
	case l.images > 0 && images > l.images:
		return fmt.Sprintf("the provider takes %d images in one request, and these are %d",
			l.images, images)
	case l.pages > 0 && pages > l.pages:
		return fmt.Sprintf("the provider takes %d PDF pages in one request, and these are %d",
			l.pages, pages)
	case l.total > 0 && total > l.total:
		return fmt.Sprintf("the provider takes %s of files in one request, and these are %s",
			megabytes(l.total), megabytes(total))
	}
	return ""
}

// exceededBy says which limit one file goes beyond, among so many images.
func (l limits) exceededBy(a *providers.Attachment, images int) string {
	if !a.IsImage() {
		if l.noPDF {
			return "the provider takes no PDF"
		}
		return ""
	}
	side, size := max(a.Width, a.Height), base64.StdEncoding.EncodedLen(len(a.Data))
	switch {
	case l.types != nil && !slices.Contains(l.types, a.Type):
		return "the provider takes no " + strings.ToUpper(strings.TrimPrefix(a.Type, "image/"))
	case l.image > 0 && size > l.image:
		return fmt.Sprintf("the provider takes %s an image, and this is %s as it is sent",
			megabytes(l.image), megabytes(size))
	case l.side > 0 && side > l.side:
		return fmt.Sprintf("the provider takes %d pixels a side, and this has %d", l.side, side)
	case l.manySide > 0 && images > l.manyImages && side > l.manySide:
		return fmt.Sprintf("the provider takes %d pixels a side of more than %d images, and this "+
			"has %d", l.manySide, l.manyImages, side)
	case l.pixels > 0 && a.Width*a.Height > l.pixels:
		return fmt.Sprintf("the provider takes %d pixels an image, and this has %d", l.pixels,
			a.Width*a.Height)
	}
	return ""
}

func megabytes(n int) string { return fmt.Sprintf("%.1f MB", float64(n)/(1<<20)) }
