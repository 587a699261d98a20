// Package picture shows images in terminals that can: by the kitty graphics protocol or as sixels.
// It makes the sequences and reads the answers; the screen writes and hears them.
//
// Nothing is guessed from the name of a terminal. Query asks for both, and the answer to its last
// part, the primary device attributes, comes from every terminal. tmux answers for itself: it takes
// sixels where it was built with them, and passes no kitty graphics on.
package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/gif"  // the first frame of one
	_ "image/jpeg" // JPEG
	_ "image/png"  // PNG

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/ansi/kitty"
	"github.com/charmbracelet/x/ansi/sixel"
	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // WebP

	"lineup/providers"
)

// queryID names the query in its answer, and imageID the image that is shown.
const (
	queryID = 31
	imageID = 32
)

// Query asks the terminal whether it shows images, and for the size of its cells or else of all its
// text in pixels:
// https://sw.kovidgoyal.net/kitty/graphics-protocol/ (Querying support)
// and XTWINOPS 16 and 14 and DA1 of https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
const Query = "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\" + "\x1b[16t\x1b[14t" +
	ansi.RequestPrimaryDeviceAttributes

// Erase takes the image away where the kitty protocol showed it. Sixels go with what is written
// over them.
const Erase = "\x1b_Ga=d,d=I,i=32,q=2\x1b\\"

// Terminal is what a terminal has said of itself.
type Terminal struct {
	Answered     bool // there is no more to come
	kitty, sixel bool
	cell, all    image.Point // in pixels; zero for unknown
}

// sixels is the attribute of DA1 for sixel graphics.
const sixels = 4

// Hear takes a message that may be an answer to Query.
func (t *Terminal) Hear(msg any) {
	switch msg := msg.(type) {
	case uv.KittyGraphicsEvent:
		if msg.Options.ID == queryID && string(msg.Payload) == "OK" {
			t.kitty = true
		}
	case uv.CellSizeEvent:
		if msg.Width > 0 && msg.Height > 0 && msg.Width < maxCell && msg.Height < maxCell {
			t.cell = image.Pt(msg.Width, msg.Height)
		}
	case uv.PixelSizeEvent:
		t.all = image.Pt(msg.Width, msg.Height)
	case uv.PrimaryDeviceAttributesEvent:
		for _, attribute := range msg {
			t.sixel = t.sixel || attribute == sixels
		}
		t.Answered = true
	}
}

// Sized tells how many cells a terminal has that told the size of all of them.
func (t *Terminal) Sized(columns, rows int) {
	if t.cell != (image.Point{}) || columns <= 0 || rows <= 0 {
		return
	}
	if c := image.Pt(t.all.X/columns, t.all.Y/rows); c.X > 0 && c.Y > 0 && c.X < maxCell &&
		c.Y < maxCell {
		t.cell = c
	}
}

// maxCell bounds what a terminal may call the size of a cell.
const maxCell = 200

// Shows reports whether the terminal shows images.
func (t *Terminal) Shows() bool { return t.kitty || t.sixel }

// smallCell is the size of a cell where the terminal does not tell it. No usual font has smaller
// ones, so that an image never takes more cells than are free for it.
var smallCell = image.Pt(6, 12)

// Bounds of an image: of the one that is read, of what a sixel image shows, whose making takes its
// time, and of any.
const (
	maxPixels   = 25_000_000
	maxSixels   = 400_000
	maxTerminal = 4_000_000
)

// ErrNoImage says that an attachment is no image.
var ErrNoImage = errors.New("it is no image")

// Picture is an image as a terminal shows it.
type Picture struct {
	Columns, Rows int // the cells that it takes
	sequence      string
}

// Draw makes a picture of an image that fits into some cells. It takes up to a second, and is safe
// for use by several goroutines.
func (t Terminal) Draw(a *providers.Attachment, columns, rows int) (p Picture, err error) {
	defer providers.Catch("the reader of images", func(caught *providers.Panic) {
		p, err = Picture{}, fmt.Errorf("the image cannot be read: %w", caught)
	})
	if !a.IsImage() {
		return p, ErrNoImage
	}
	cell := t.cell
	if cell == (image.Point{}) {
		cell = smallCell
	}
	most := maxTerminal
	if !t.kitty {
		most = maxSixels
	}
	m, err := read(a)
	if err != nil {
		return p, err
	}
	size := fit(m.Bounds().Size(), image.Pt(columns*cell.X, rows*cell.Y), most)
	if size.X < 1 || size.Y < 1 {
		return p, errors.New("there is no space for the image")
	}
	small := scaled(m, size)
	p.Columns, p.Rows = (size.X+cell.X-1)/cell.X, (size.Y+cell.Y-1)/cell.Y
	var b bytes.Buffer
	if t.kitty {
		o := kitty.Options{Action: kitty.TransmitAndPut, Transmission: kitty.Direct,
			Format: kitty.PNG, ID: imageID, PlacementID: 1, Quiet: 2, Chunk: true,
			DoNotMoveCursor: true}
		if t.cell == (image.Point{}) { // else it is shown pixel by pixel
			o.Columns, o.Rows = p.Columns, p.Rows
		}
		err = kitty.EncodeGraphics(&b, small, &o)
		p.sequence = b.String()
		return p, err
	}
	fewerColours(small)
	err = (&sixel.Encoder{}).Encode(&b, small)
	p.sequence = ansi.SixelGraphics(0, 1, 0, b.Bytes())
	return p, err
}

// At is the sequence that shows the picture with its first cell in a column and a row, from 0, and
// leaves the cursor where it is.
func (p Picture) At(column, row int) string {
	return ansi.SaveCursor + ansi.CursorPosition(column+1, row+1) + p.sequence + ansi.RestoreCursor
}

// read decodes an image. The bytes may say another size than the attachment does.
func read(a *providers.Attachment) (image.Image, error) {
	c, _, err := image.DecodeConfig(bytes.NewReader(a.Data))
	switch {
	case err != nil:
		return nil, fmt.Errorf("the image cannot be read: %w", err)
	case c.Width <= 0 || c.Height <= 0:
		return nil, errors.New("the image has no pixels")
	case c.Width > maxPixels/c.Height:
		return nil, fmt.Errorf("%d×%d pixels are too many to show", c.Width, c.Height)
	}
	m, _, err := image.Decode(bytes.NewReader(a.Data))
	if err != nil {
		return nil, fmt.Errorf("the image cannot be read: %w", err)
	}
	if m.Bounds().Empty() {
		return nil, errors.New("the image has no pixels")
	}
	return m, nil
}

// fit is the size of an image in a space, with so many pixels at most. No image is enlarged.
func fit(of, space image.Point, most int) image.Point {
	scale := min(1, float64(space.X)/float64(of.X), float64(space.Y)/float64(of.Y))
	size := func() image.Point {
		return image.Pt(max(1, int(float64(of.X)*scale)), max(1, int(float64(of.Y)*scale)))
	}
	for s := size(); s.X*s.Y > most; s = size() {
		scale *= 0.9
	}
	if s := size(); s.X <= space.X && s.Y <= space.Y {
		return s
	}
	return image.Point{}
}

// scaled is an image in another size, on white where it is transparent.
func scaled(m image.Image, size image.Point) *image.RGBA {
	out := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(out, out.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(out, out.Bounds(), m, m.Bounds(), draw.Over, nil)
	return out
}

// fewerColours leaves the upper five bits of each colour. A sixel image has 256 colours in any
// case, and choosing them out of hundreds of thousands takes seconds.
func fewerColours(m *image.RGBA) {
	for i, v := range m.Pix {
		m.Pix[i] = v&0xf8 | v>>5
	}
}
