package ui

import (
	"fmt"
	"image"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"lineup/providers"
	"lineup/session"
	"lineup/ui/keys"
	"lineup/ui/picture"
	"lineup/ui/text"
)

// gallery shows the files of a prompt one at a time. An image is a picture in terminals that can
// show one, else its name, kind, pixels and size. Of a text the beginning is shown.
//
// A picture is written past the renderer, into rows that hold nothing else: the renderer writes
// only cells that change, so the picture stays until these rows are written again. The gallery has
// the whole width, because a row with wide characters is written with each frame.
type gallery struct {
	files []providers.Attachment
	at    int

	made    picture.Picture
	problem string     // why there is none
	of      pictureJob // what both belong to
	busy    bool       // one is being made
	due     int        // the newest order to write it
}

// pictureJob is a file, and the cells that are free for it.
type pictureJob struct {
	file  int
	cells image.Point
}

// pictures are what the screen knows of images in its terminal.
type pictures struct {
	terminal picture.Terminal
	asked    bool
	on       bool // a picture is on the screen
}

// Messages of the gallery.
type (
	// pixelsMsg brings the size of the terminal, which some do not tell when they are asked.
	pixelsMsg struct{ width, height int }
	// unansweredMsg says that the terminal had its time to say what it shows.
	unansweredMsg struct{}
	// paintedMsg brings a picture, or why there is none.
	paintedMsg struct {
		job  pictureJob
		made picture.Picture
		err  error
	}
	// hangMsg says that the rows of the picture have been written.
	hangMsg struct{ due int }
)

// headRows stand above a picture.
const headRows = 2

// openGallery shows the files of the draft while the prompt has the focus, else those of the turn
// in sight.
func openGallery(a *app) tea.Cmd {
	files, at := filesInSight(a)
	if len(files) == 0 {
		a.flash = canGallery(a)
		return nil
	}
	a.open(&gallery{files: files, at: at})
	if a.outside.pictures.asked {
		return nil
	}
	a.outside.pictures.asked = true
	return func() tea.Msg {
		w, h := screenPixels()
		return pixelsMsg{w, h}
	}
}

// canGallery says why there is nothing to show.
func canGallery(a *app) string {
	files, _ := filesInSight(a)
	return unless(len(files) > 0, "no file is attached to the prompts of this session")
}

// filesInSight are the files of the draft and of the session, and the one to begin with.
func filesInSight(a *app) (files []providers.Attachment, at int) {
	var inSight *session.Turn
	if len(a.panes.open) > 0 {
		inSight, _ = a.panes.now().TurnIn(a.sess)
	}
	if a.sess != nil {
		for _, t := range a.sess.Turns {
			if t == inSight && len(t.Attachments) > 0 {
				at = len(files)
			}
			files = append(files, t.Attachments...)
		}
	}
	before := len(files)
	for _, file := range a.prompt.area.Files() {
		if one, ok := a.prompt.files.read[file]; ok {
			files = append(files, one.attachment)
		}
	}
	if len(files) > before && !a.panes.focused {
		at = before
	}
	return files, at
}

func (g *gallery) now() *providers.Attachment { return &g.files[g.at] }

func (g *gallery) heading(*app) string {
	name := providers.CleanLine(g.now().Name)
	if len(g.files) < 2 {
		return "Attachment · " + name
	}
	return fmt.Sprintf("Attachment %d of %d · %s", g.at+1, len(g.files), name)
}

// room is all that there is for a picture, and what is said takes for anything else.
func (g *gallery) room(a *app, w, h int) (int, int) {
	if g.now().IsImage() && a.outside.pictures.terminal.Shows() {
		return w, h
	}
	return w, min(h, max(galleryRows, len(g.rows(a, w, h))))
}

// galleryRows are the least rows, so that the frame seldom changes between two files.
const galleryRows = 8

func (g *gallery) hints(*app) []string {
	if len(g.files) < 2 {
		return []string{"esc close"}
	}
	return []string{"esc close", "← → other files"}
}

func (g *gallery) press(a *app, k tea.KeyPressMsg) tea.Cmd {
	switch name := k.String(); {
	case closes(k), name == "q", a.keys.Find(k, keys.InPane) == keys.Gallery:
		a.leave()
	case name == "left", name == "h", name == "up", name == "k":
		g.at = (g.at + len(g.files) - 1) % len(g.files)
	case name == "right", name == "l", name == "down", name == "j":
		g.at = (g.at + 1) % len(g.files)
	}
	return nil
}

func (g *gallery) view(a *app, w, h int) ([]string, *tea.Cursor) { return g.rows(a, w, h), nil }

// rows are at most h rows: what the file is, and its text or why there is no picture.
func (g *gallery) rows(a *app, w, h int) []string {
	f := g.now()
	rows := []string{a.theme.Dim.Render(text.Cut(f.About(), w)), ""}
	switch {
	case f.IsText():
		for _, line := range strings.Split(beginning(f), "\n") {
			rows = append(rows, text.Cut(a.reading.Clusters.Screen(line), w))
		}
	case f.IsImage():
		if why := g.missing(a); why != "" {
			rows = append(rows, dimRows(a, text.OneLine(why), w)...)
		}
	}
	return rows[:min(len(rows), h)]
}

// headBytes is how much of a text is looked at.
const headBytes = 16 << 10

// beginning is the first part of a text, safe to show.
func beginning(f *providers.Attachment) string {
	head := *f
	head.Data = head.Data[:min(len(head.Data), headBytes)]
	return newlines.Replace(providers.Clean(head.Text()))
}

// missing says why no picture is there.
func (g *gallery) missing(a *app) string {
	t := &a.outside.pictures.terminal
	switch {
	case !t.Answered:
		return "Asking the terminal whether it shows images…"
	case !t.Shows():
		return "This terminal does not say that it shows images (kitty graphics or sixel)."
	case g.busy || g.of != g.job(a):
		return ""
	}
	return g.problem
}

// job is what is to be shown now.
func (g *gallery) job(a *app) pictureJob {
	in := a.layer.cells
	return pictureJob{g.at, image.Pt(in.W, in.H-headRows)}
}

// show brings the picture of the gallery on the screen after a frame, and takes it away when
// the gallery is closed or shows something else.
func (p *pictures) show(a *app, msg tea.Msg) tea.Cmd {
	t := &p.terminal
	if _, first := msg.(pixelsMsg); first {
		return tea.Batch(tea.Raw(picture.Query),
			tea.Tick(answersWithin, func(time.Time) tea.Msg { return unansweredMsg{} }))
	}
	g, open := a.layer.overlay.(*gallery)
	if !open {
		return p.takeAway()
	}
	switch msg := msg.(type) {
	case paintedMsg:
		return g.painted(a, msg)
	case hangMsg:
		return g.hang(a, msg)
	}
	if !t.Answered || !t.Shows() || g.busy || a.screen.width < minWidth ||
		a.screen.height < minHeight {
		return nil
	}
	if job := g.job(a); job != g.of {
		g.of, g.made, g.problem = job, picture.Picture{}, ""
		return tea.Batch(p.takeAway(), g.paint(*t, job))
	}
	if repaints(msg) {
		return g.soon(a)
	}
	return nil
}

// hear takes what the terminal says of itself. It has so many cells.
func (p *pictures) hear(msg tea.Msg, columns, rows int) {
	p.terminal.Hear(msg)
	switch msg := msg.(type) {
	case pixelsMsg:
		p.terminal.Hear(uv.PixelSizeEvent{Width: msg.width, Height: msg.height})
		p.terminal.Sized(columns, rows)
	case uv.PixelSizeEvent:
		p.terminal.Sized(columns, rows)
	case unansweredMsg:
		p.terminal.Answered = true
	}
}

// takeAway clears the screen of a picture.
func (p *pictures) takeAway() tea.Cmd {
	if !p.on {
		return nil
	}
	p.on = false
	return tea.Batch(tea.Raw(picture.Erase), tea.ClearScreen)
}

// repaints reports whether a message has the whole screen written again.
func repaints(msg tea.Msg) bool {
	switch msg.(type) {
	case tea.WindowSizeMsg, quietMsg, continuedMsg, tea.ResumeMsg, tea.BackgroundColorMsg,
		tea.ColorProfileMsg:
		return true
	}
	return false
}

// paint makes a picture in a command.
func (g *gallery) paint(t picture.Terminal, job pictureJob) tea.Cmd {
	if !g.files[job.file].IsImage() || job.cells.X < 1 || job.cells.Y < 1 {
		return nil
	}
	g.busy = true
	f := g.files[job.file]
	return func() tea.Msg {
		made, err := t.Draw(&f, job.cells.X, job.cells.Y)
		return paintedMsg{job, made, err}
	}
}

// painted takes a picture, unless another one is wanted by now.
func (g *gallery) painted(a *app, msg paintedMsg) tea.Cmd {
	g.busy = false
	if job := g.job(a); job != msg.job {
		g.of = job
		return g.paint(a.outside.pictures.terminal, job)
	}
	if g.made = msg.made; msg.err != nil {
		g.problem = msg.err.Error()
		a.render()
		return nil
	}
	return g.soon(a)
}

// soon orders the picture for when the renderer has written the rows below it.
func (g *gallery) soon(a *app) tea.Cmd {
	g.due++
	order := hangMsg{g.due}
	wait := 2*time.Second/time.Duration(max(1, a.pace.most)) + 50*time.Millisecond
	return tea.Tick(wait, func(time.Time) tea.Msg { return order })
}

// hang writes the picture in the middle of its space.
func (g *gallery) hang(a *app, msg hangMsg) tea.Cmd {
	if msg.due != g.due || g.of != g.job(a) || g.busy || g.made.Rows == 0 {
		return nil
	}
	a.outside.pictures.on = true
	in := a.layer.cells
	left := (in.W - g.made.Columns) / 2
	return tea.Raw(g.made.At(in.X+left, in.Y+headRows))
}
