package ui

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi/kitty"

	"lineup/providers"
	"lineup/providers/attach"
	"lineup/session"
	"lineup/ui/picture"
)

// hung are files of a session: an image, a text and a broken image.
func hung(t *testing.T) []providers.Attachment {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 640, 480))); err != nil {
		t.Fatal(err)
	}
	var out []providers.Attachment
	for name, data := range map[string][]byte{"사진.png": b.Bytes()} {
		a, err := attach.New(name, data)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, a)
	}
	out = append(out, providers.Attachment{Name: "notes.md", Type: providers.TypeText, Data: []byte("# 제목\n\x1b[31mred\n")},
		providers.Attachment{Name: "broken.png", Type: "image/png", Width: 9, Height: 9, Data: b.Bytes()[:40]})
	return out
}

// raws are the sequences that were written past the renderer since the last call, and how often the screen was cleared.
func raws(d *driver) (out []string, clears int) {
	for _, m := range d.sent {
		if r, ok := m.(tea.RawMsg); ok {
			out = append(out, fmt.Sprint(r.Msg))
		}
		if fmt.Sprintf("%T", m) == "tea.clearScreenMsg" {
			clears++
		}
	}
	d.sent = nil
	return out, clears
}

func withFiles(t *testing.T, w, h int, test func(*driver)) {
	sess := &session.Session{Title: "Files", Panes: providers.Bare("x/a"), Turns: []*session.Turn{{Prompt: "What is it?", Attachments: hung(t),
		Replies: []*session.Reply{{Model: "x/a", ServedBy: "x/a", Status: session.Done, Text: "A dot."}}}}}
	drive(t, w, h, Config{Panes: asked("ok", providers.Bare("x/a")...), Session: sess}, test)
}

// answer has the terminal say what it shows.
func answer(d *driver, isKitty bool, attributes ...int) {
	if isKitty {
		d.send(uv.KittyGraphicsEvent{Options: kitty.Options{ID: 31}, Payload: []byte("OK")})
	}
	d.send(uv.CellSizeEvent{Width: 10, Height: 20})
	d.send(uv.PrimaryDeviceAttributesEvent(attributes))
}

// A picture is shown where the terminal says that it can, and goes with the gallery.
func TestAnAttachedImageIsShown(t *testing.T) {
	for name, x := range map[string]struct {
		kitty      bool
		attributes []int
		begin      string
	}{"kitty": {true, []int{62}, "\x1b_G"}, "sixel": {false, []int{62, 4}, "\x1bP0;1q"}} {
		withFiles(t, 120, 40, func(d *driver) {
			d.press("alt+1", "A")
			if out, _ := raws(d); len(out) > 0 {
				t.Errorf("%s: written at once: %q", name, out)
			}
			d.step()
			d.wantSees("Asking the terminal")
			answer(d, x.kitty, x.attributes...)
			d.settle()
			d.wantSees("사진.png", "PNG, 640×480", "Attachment 1 of 3")
			d.wantNot("asking the terminal")
			out, _ := raws(d)
			if len(out) != 2 || out[0] != picture.Query || !strings.HasPrefix(out[1], "\x1b7\x1b[") || !strings.Contains(out[1], "H"+x.begin) || !strings.HasSuffix(out[1], "\x1b8") {
				t.Fatalf("%s: %d sequences: %.60q", name, len(out), out)
			}
			var row, col int
			if _, err := fmt.Sscanf(out[1], "\x1b7\x1b[%d;%dH", &row, &col); err != nil || row < 4 || col < 3 {
				t.Errorf("%s: at row %d, column %d: %v", name, row, col, err)
			}
			// another size: what was there is cleared, and the picture is made for it
			d.send(tea.WindowSizeMsg{Width: 90, Height: 24})
			d.settle()
			if out, clears := raws(d); len(out) < 2 || clears == 0 || !strings.Contains(out[len(out)-1], x.begin) {
				t.Errorf("%s: after a resize %d clears and %.60q", name, clears, out)
			}
			// after a stop of the program the picture is written again
			d.send(continuedMsg{})
			d.settle()
			if out, _ := raws(d); len(out) != 1 || !strings.Contains(out[0], x.begin) {
				t.Errorf("%s: after a stop %.60q", name, out)
			}
			d.press("right") // a text
			d.settle()
			d.wantSees("notes.md", "# 제목", "Attachment 2 of 3")
			if out, clears := raws(d); len(out) != 1 || out[0] != picture.Erase || clears != 1 {
				t.Errorf("%s: on the way to a text %d clears, %q", name, clears, out)
			}
			d.press("right")
			d.settle()
			d.wantSees("broken.png", "the image cannot be read")
			d.press("right")
			d.settle()
			raws(d)
			d.press("esc")
			d.settle()
			if out, clears := raws(d); len(out) != 1 || out[0] != picture.Erase || clears != 1 {
				t.Errorf("%s: at the end %d clears, %q", name, clears, out)
			}
			d.press("A") // it asks once
			d.settle()
			if out, _ := raws(d); len(out) != 1 || !strings.Contains(out[0], x.begin) {
				t.Errorf("%s: opened again %.60q", name, out)
			}
		})
	}
}

// A terminal that does not say so, or says nothing, gets no picture.
func TestNoPictureForATerminalThatDoesNotSaySo(t *testing.T) {
	for name, say := range map[string]func(*driver){
		"no attribute": func(d *driver) { answer(d, false, 1, 2) },
		"silence":      func(*driver) {},
		"another query": func(d *driver) {
			d.send(uv.KittyGraphicsEvent{Options: kitty.Options{ID: 5}, Payload: []byte("OK")})
			answer(d, false, 1)
		},
	} {
		for _, size := range [][2]int{{200, 60}, {120, 40}, {80, 24}} {
			withFiles(t, size[0], size[1], func(d *driver) {
				d.press("alt+1", "A")
				say(d)
				d.settle()
				d.wantSees("PNG, 640×480", "This terminal does not say that it shows images")
				if out, _ := raws(d); len(out) != 1 || out[0] != picture.Query {
					t.Errorf("%s: %q", name, out)
				}
				if name == "silence" {
					d.golden(fmt.Sprintf("%dx%d-gallery", size[0], size[1]))
				}
			})
		}
	}
}

// A picture that is made when the gallery is closed already is not written.
func TestALatePictureIsNotWritten(t *testing.T) {
	withFiles(t, 100, 30, func(d *driver) {
		d.press("alt+1", "A")
		answer(d, false, 62, 4)
		d.press("esc")
		d.settle()
		out, _ := raws(d)
		for _, s := range out {
			if s != picture.Query {
				t.Errorf("written: %.40q", s)
			}
		}
	})
}

// The files of the draft come first while the prompt has the focus, and a session without files says so.
func TestTheGalleryOfADraft(t *testing.T) {
	album(t)
	kept(t, Config{Panes: asked("ok", providers.Bare("x/a")...)}, func(d *realDriver) {
		d.press("lit:/attachments", "enter")
		d.wantSees("no file is attached")
		d.press("ctrl+u", "lit:see @photo.png ")
		d.wantSees("[photo.png · ")
		d.press("ctrl+p", "lit:show attach", "enter")
		d.wantSees("PNG, 640×480")
		d.press("esc")
	})
}
