package ui

import (
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"lineup/providers"
	"lineup/providers/wire"
	"lineup/registry"
	"lineup/session"
)

// album makes a folder with files of all sorts and goes there.
func album(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"notes.md": "# Notes\n", "사진 목록.txt": "하나\n", "photo.heic": "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", ".hidden.txt": "x", "sub/deep.txt": "deep\n"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Create(filepath.Join(dir, "photo.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, image.NewGray(image.Rect(0, 0, 640, 480))); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	return dir
}

// lastMessage is the newest message that a model was asked.
func lastMessage(t *testing.T, m *script) providers.Message {
	t.Helper()
	if len(m.asked) == 0 {
		t.Fatal("the model was not asked")
	}
	messages := m.asked[len(m.asked)-1].Messages
	return messages[len(messages)-1]
}

func names(files []providers.Attachment) (out []string) {
	for _, a := range files {
		out = append(out, a.Name)
	}
	return out
}

func TestAPathInThePromptIsAFile(t *testing.T) {
	dir := album(t)
	for _, c := range []struct {
		typed string // "|" is Tab
		paste string
		want  string // the words
		files []string
	}{
		{typed: "@photo.png what is it?", want: "@photo.png what is it?", files: []string{"photo.png"}},
		{typed: "what is @photo.png?", want: "what is @photo.png?", files: []string{"photo.png"}},
		{typed: "what is in @pho|", want: "what is in @photo.heic", files: nil},
		{typed: "sum up @not|now", want: "sum up @notes.md now", files: []string{"notes.md"}},
		{typed: "@su|de| and @./notes.md", want: "@deep.txt and @notes.md", files: []string{"deep.txt", "notes.md"}},
		{typed: `@"사진 목록.txt" 번역`, want: `@"사진 목록.txt" 번역`, files: []string{"사진 목록.txt"}},
		{typed: "@" + dir + "/photo.png twice @photo.png", want: "@photo.png twice @photo.png", files: []string{"photo.png", "photo.png"}},
		{typed: "mail me@photo.png or @types/node, @Override", want: "mail me@photo.png or @types/node, @Override"},
		{typed: "see ", paste: dir + "/photo.png", want: "see @photo.png", files: []string{"photo.png"}},
		{typed: "see ", paste: "'" + dir + "/사진 목록.txt' file://" + dir + "/notes.md ", want: `see @"사진 목록.txt" @notes.md`, files: []string{"사진 목록.txt", "notes.md"}},
		{typed: "see ", paste: strings.ReplaceAll(dir+"/사진 목록.txt", " ", `\ `), want: `see @"사진 목록.txt"`, files: []string{"사진 목록.txt"}},
		{typed: "see ", paste: dir + "/nothing.png", want: "see " + dir + "/nothing.png"},
	} {
		if strings.Contains(c.want, "heic") {
			continue // TestWhatCannotBeAttachedIsSaid
		}
		m := pricey("gate/m")
		drive(t, 120, 24, Config{Panes: specs(m)}, func(d *driver) {
			for i, part := range strings.Split(c.typed, "|") {
				if i > 0 {
					d.press("tab")
					d.settle()
				}
				d.press("lit:" + part)
				d.settle()
			}
			if c.paste != "" {
				d.send(tea.PasteMsg{Content: c.paste})
				d.settle()
			}
			d.press("enter")
			d.settle()
			got := lastMessage(t, m)
			if got.Content != c.want || !slices.Equal(names(got.Attachments), c.files) {
				t.Errorf("%q %q: sent %q with %q, want %q with %q\n%s", c.typed, c.paste, got.Content, names(got.Attachments), c.want, c.files, d.screen())
			}
			for _, a := range got.Attachments {
				d.wantSees(a.Title())
			}
			if !slices.Equal(names(d.app.sess.Turns[0].Attachments), c.files) {
				t.Errorf("the turn has %q", names(d.app.sess.Turns[0].Attachments))
			}
		})
	}
}

func TestWhatCannotBeAttachedIsSaid(t *testing.T) {
	dir := album(t)
	for _, c := range []struct{ typed, says string }{
		{"@photo.heic hi", "cannot attach photo.heic: it is a HEIC picture"},
		{"hi @photo.heic", "cannot attach photo.heic: it is a HEIC picture"},
		{"hi @" + dir + "/sub", "cannot attach sub: it is a folder"},
		{"hi @missing.png", "@missing.png names no file; enter again sends it as text"},
		{"hi @./missing", "@./missing names no file"},
	} {
		m := pricey("gate/m")
		drive(t, 160, 24, Config{Panes: specs(m)}, func(d *driver) {
			d.press("lit:" + c.typed)
			d.settle()
			d.press("esc", "enter")
			d.settle()
			d.wantSees(c.says)
			if len(m.asked) > 0 {
				t.Errorf("%q was sent", c.typed)
			}
			d.press("enter")
			d.settle()
			if sent := len(m.asked) > 0; sent != strings.Contains(c.says, "no file") {
				t.Errorf("%q, the second time: sent %v", c.typed, sent)
			}
		})
	}
}

// What was pasted may name any file of the machine: it goes out only after it was said.
func TestAPasteThatNamesAFileIsSaidFirst(t *testing.T) {
	album(t)
	m := pricey("gate/m")
	drive(t, 120, 24, Config{Panes: specs(m)}, func(d *driver) {
		d.send(tea.PasteMsg{Content: "please read @notes.md and\nobey"})
		d.settle()
		d.press("enter")
		d.settle()
		d.wantSees("notes.md goes with it; enter again sends it")
		if len(m.asked) > 0 {
			t.Error("a file of a paste was sent at once")
		}
		d.press("enter")
		d.settle()
		if got := lastMessage(t, m); !slices.Equal(names(got.Attachments), []string{"notes.md"}) {
			t.Errorf("sent %+v", got)
		}
	})
}

// blindPane is a pane of a real provider whose model takes no images; nothing is ever sent to it.
func blindPane(t *testing.T) registry.Spec {
	t.Helper()
	p, err := wire.New(wire.Config{Name: "local", Kind: "openai", BaseURL: "http://127.0.0.1:1/v1", Local: true})
	if err != nil {
		t.Fatal(err)
	}
	no := false
	info := providers.Info{Ref: providers.Ref{Provider: "local", Model: "llama3.1:8b"}, Name: "llama3.1:8b", Local: true, Vision: &no}
	return registry.Spec{Info: info, Provider: p, Model: p.Model(wire.ModelConfig{Info: info})}
}

func TestAPaneThatDoesNotSeeSaysSoBefore(t *testing.T) {
	album(t)
	m := pricey("gate/eye")
	drive(t, 160, 30, Config{Panes: append(specs(m), blindPane(t))}, func(d *driver) {
		d.press("lit:@photo.png ")
		d.settle()
		d.wantSees("[photo.png · PNG, 640×480", "pane 2 is not asked: the model takes no images: photo.png")
		d.press("lit:what?", "enter")
		d.settle()
		d.wantNot("pane 2 is not asked")
		d.wantSees("It is blue.", "the model takes no images: photo.png", "+ photo.png (PNG, 640×480")
		r := d.app.sess.Turns[0].Reply(1)
		if r.Status != session.Failed || r.Error.Kind != providers.BadRequest || len(r.Attempts) != 0 {
			t.Errorf("%s %+v, %d attempts", r.Status, r.Error, len(r.Attempts))
		}
		// a text is for anybody
		d.press("lit:@notes.md ")
		d.settle()
		d.wantSees("[notes.md · text, 8 B]")
		d.wantNot("is not asked")
	})
}

// In a blind session closing the panes one by one told which of them takes no images: the count of those that do not changed.
func TestAClosedPaneTellsNotThatItDoesNotSee(t *testing.T) {
	album(t)
	for closed := range 3 {
		panes := append(specs(pricey("gate/eye"), pricey("gate/other")), blindPane(t))
		drive(t, 160, 30, Config{Panes: panes, Blind: true, Shuffle: backwards}, func(d *driver) {
			d.press("lit:hi", "enter")
			d.settle()
			d.press(fmt.Sprintf("alt+%d", closed+1), "ctrl+w", "esc", "lit:@photo.png ")
			d.settle()
			d.wantSees("1 of the panes cannot take these files")
		})
	}
}

func TestFilesStayWithAnEditedPromptAndARetry(t *testing.T) {
	album(t)
	m := pricey("gate/m")
	drive(t, 120, 30, Config{Panes: specs(m)}, func(d *driver) {
		d.press("lit:what is @photo.png", "enter")
		d.settle()
		if err := os.Remove("photo.png"); err != nil {
			t.Fatal(err)
		}
		d.press("tab", "ctrl+r")
		d.settle()
		if got := lastMessage(t, m); len(m.asked) != 2 || got.Content != "what is @photo.png" || len(got.Attachments) != 1 {
			t.Errorf("asked again: %+v", got)
		}
		d.press("e")
		d.wantSees("what is [photo.png · PNG, 640×480")
		d.press("lit:, really?", "enter")
		d.settle()
		if got := lastMessage(t, m); len(m.asked) != 3 || got.Content != "what is @photo.png, really?" || len(got.Attachments) != 1 {
			t.Errorf("the edited prompt: %+v\n%s", got, d.screen())
		}
		d.press("i", "lit:and now?", "enter")
		d.settle()
		if got := m.asked[len(m.asked)-1].Messages; len(got) != 3 || len(got[0].Attachments) != 1 || got[2].Attachments != nil {
			t.Errorf("the history: %+v", got)
		}
	})
}

func TestTokensOfFilesAreInTheEstimate(t *testing.T) {
	album(t)
	m := pricey("gate/claude") // $1000 a million tokens: a picture of 640×480 has 640·480/750
	limit := 1000
	m.info.Params.MaxTokens = &limit
	drive(t, 120, 24, Config{Panes: specs(m)}, func(d *driver) {
		d.press("lit:what ")
		bare := d.app.guess(providers.Message{Content: "what @photo.png"}, 0).USD
		d.press("lit:@photo.png ")
		d.settle()
		list, further := d.app.prompt.files.of(&d.app.prompt.area)
		with := d.app.guess(providers.Message{Content: "what @photo.png", Attachments: list}, further).USD
		if cost := with - bare; cost < 0.409 || cost > 0.4101 {
			t.Errorf("the picture adds $%.4f, want $0.4096", cost)
		}
	})
}

func TestADraftKeepsItsFiles(t *testing.T) {
	dir := album(t)
	draft := filepath.Join(dir, "draft.json")
	drive(t, 120, 24, Config{Panes: specs(pricey("gate/m")), DraftFile: draft}, func(d *driver) {
		d.press("lit:@photo.png ")
		d.settle()
		if err := d.app.close(); err != nil {
			t.Fatal(err)
		}
	})
	m := pricey("gate/m")
	drive(t, 120, 24, Config{Panes: specs(m), DraftFile: draft}, func(d *driver) {
		d.wantSees("[photo.png · PNG, 640×480")
		d.press("lit:what?", "enter")
		d.settle()
		if got := lastMessage(t, m); got.Content != "@photo.png what?" || len(got.Attachments) != 1 {
			t.Errorf("sent %+v", got)
		}
	})
}

// Where there is no frame around the prompt, or a narrow one, it is said all the same.
func TestASmallScreenSaysWhoIsNotAsked(t *testing.T) {
	album(t)
	for _, size := range [][2]int{{40, 24}, {80, 12}, {40, 10}} {
		drive(t, size[0], size[1], Config{Panes: []registry.Spec{blindPane(t)}}, func(d *driver) {
			d.press("lit:@photo.png ")
			d.settle()
			d.wantSees("pane 1 is not asked: the model")
		})
	}
}

// The rows of files, a chip with what a pane says of it, and a turn that had one.
func TestFilesFrames(t *testing.T) {
	for _, size := range [][2]int{{200, 60}, {120, 40}, {80, 24}} {
		at := fmt.Sprintf("%dx%d-files", size[0], size[1])
		t.Run(at, func(t *testing.T) {
			here, err := os.Getwd()
			if err != nil {
				t.Fatal(err)
			}
			dir := album(t)
			drive(t, size[0], size[1], Config{Panes: append(specs(pricey("gate/눈")), blindPane(t))}, func(d *driver) {
				shot := func(what string) { // the frames are in the folder of the test
					t.Chdir(here)
					d.golden(at + what)
					t.Chdir(dir)
				}
				d.press("lit:이 @")
				d.settle()
				shot("-choose")
				d.press("down", "down", "tab")
				d.settle()
				d.press("lit:@not")
				d.settle()
				d.press("tab")
				d.settle()
				shot("-draft")
				d.press("lit:비교해 줘", "enter")
				d.settle()
				shot("-asked")
			})
		})
	}
}
