//go:build unix

package cli_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestTerminal runs the program in a pseudo-terminal against simulated servers, and reads its screen and what
// it has saved.
func TestTerminal(t *testing.T) {
	bin := program(t)
	for _, c := range []struct {
		name string
		test func(*testing.T, string)
	}{
		{"a prompt is answered, shown and saved", testAnswers},
		{"what is typed is what is sent", testTyping},
		{"ctrl+c clears the draft, asks, quits", testQuitting},
		{"editors have the terminal", testEditors},
		{"stopped and continued from outside", testStopped},
		{"ended while it comes back", testEndedWhileBack},
		{"esc stops one pane", testStopOne},
		{"--resume and --session", testEntries},
		{"ctrl+z and fg", testSuspend},
		{"a full disk", testDiskFull},
		{"a resize in the middle of an answer", testResize},
		{"esc esc stops all panes", testStopAll},
		{"one server of three fails", testOneFails},
		{"a signal ends it and saves the text", testSignals},
		{"a terminal that takes no output", testStuckTerminal},
		{"a fault is reported", testFaults},
		{"a killed program loses no old text", testKilled},
		{"without a terminal it says what to do", testNoTerminal},
		{"a dumb terminal is told what to do, in plain text", testDumbTerminal},
		{"the demo says that it is simulated", testDemo},
		{"the tour leaves nothing in the home", testTour},
		{"bench leaves one table", testBenchTable},
		{"results of no file", testNoResults},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel() // they wait more than they work
			c.test(t, bin)
		})
	}
}

func testAnswers(t *testing.T, bin string) {
	const prompt = "한국어 토큰화란? (and in English)"
	url, goOn := startHeld(t, 20)
	l := install(t, bin, configFor(url, "flash-sim@ttft=0s,tps=0,script=en", "flash-sim@ttft=0s,tps=0,script=ko", "flash-sim@ttft=0s,tps=0,script=code"))
	term := l.open(t, 120, 30)
	term.shows("1 alpha", "2 beta", "3 gamma", "ready to be asked")
	term.ask(prompt)
	term.shows("1 alpha · sim", "2 beta · sim", "3 gamma · sim")

	begins := []string{"Think of a token as", "글자, 바이트, 토큰은", "A worker pool with"}
	term.until("the beginnings of three answers", func(s screen) bool {
		for i, text := range begins {
			if pane := s.part(i, 3); !strings.Contains(pane, "streaming") || !strings.Contains(pane, "› "+prompt) || !strings.Contains(pane, text) {
				return false
			}
		}
		return true
	})
	goOn()
	term.showsTimes(3, "✓ done")
	term.quit()
	if err := term.restored(); err != nil {
		t.Errorf("the terminal is not as it was: %v", err)
	}
	checkSaved(t, l, prompt)
}

func checkSaved(t *testing.T, l lineup, prompt string) {
	t.Helper()
	out, _, code := l.run(t, "sessions", "list", "--json")
	var listed struct {
		Title string
		Turns int
		Panes []string
	}
	if err := json.Unmarshal([]byte(out), &listed); err != nil || code != 0 || listed.Title != prompt || listed.Turns != 1 || len(listed.Panes) != 3 {
		t.Errorf("sessions list --json: exit code %d, %v, want one session with one turn of three panes:\n%s", code, err, out)
	}
	turns := l.turns(t)
	if len(turns) != 1 || turns[0].Prompt != prompt {
		t.Fatalf("the saved turns are %+v", turns)
	}
	for i, r := range turns[0].Replies {
		if r.Status != "done" || r.Text == "" {
			t.Errorf("reply %d is saved as %s with %d bytes of text", i, r.Status, len(r.Text))
		}
	}
}

// A frame for the old size may be under way when the terminal changes: its scroll margins once stayed and garbled all
// later frames. Text that scrolls fast and a size that changes often make that likely.
func testResize(t *testing.T, bin string) {
	_, url := startSim(t)
	// Not so fast that the answers grow long where the machine is slow: the last save has 0.9 s.
	const endless = "flash-sim@ttft=0s,tps=60,tokens=100000,script="
	l := install(t, bin, configFor(url, endless+"stamp", endless+"ko", endless+"code"))
	term := l.open(t, 80, 24)
	term.until("a frame of 80×24", framed)
	term.ask("계속")
	term.showsTimes(3, "streaming")
	for range 10 {
		for _, size := range [][2]int{{40, 12}, {80, 24}, {200, 60}} {
			term.resize(size[0], size[1])
			term.until("a frame of the new size, streaming", func(s screen) bool { return framed(s) && strings.Contains(s.String(), "streaming") })
		}
	}
	term.showsTimes(3, "streaming")
	term.quit()
	if err := term.restored(); err != nil {
		t.Errorf("the terminal is not as it was: %v", err)
	}
	for _, r := range l.replies(t) {
		if r.Status != "cancelled" || r.Text == "" {
			t.Errorf("leaving in the middle of an answer saves it as %s with %d bytes of text", r.Status, len(r.Text))
		}
	}
}

// framed reports whether the frame fills the screen: the title on the first row, the keys on the last, and between
// them nothing but whole boxes from edge to edge. Panes without the focus have no box.
// At 80 columns the hints give up their first blank for the way to quit.
func framed(s screen) bool {
	last := len(s.cells) - 1
	if !strings.HasPrefix(s.row(0), " lineup") || !strings.HasPrefix(strings.TrimPrefix(s.row(last), " "), "enter send") {
		return false
	}
	var left, right strings.Builder
	for _, row := range s.cells {
		left.WriteString(row[0])
		right.WriteString(row[len(row)-1])
	}
	l, r := boxes(left.String()), boxes(right.String())
	return strings.HasPrefix(l, "╭│") && strings.HasSuffix(l, "│╰") && strings.NewReplacer("╭", "╮", "╰", "╯").Replace(l) == r
}

// boxes leaves only what boxes are drawn with; the heavy ones of the pane with the focus count as the others.
func boxes(edge string) string {
	edge = strings.NewReplacer("┏", "╭", "┓", "╮", "┗", "╰", "┛", "╯", "┃", "│").Replace(edge)
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("╭╮╰╯│", r) {
			return r
		}
		return -1
	}, edge)
}

func testStopAll(t *testing.T, bin string) {
	_, url := startSim(t)
	const endless = "flash-sim@ttft=0s,tps=100,tokens=100000,seed="
	l := install(t, bin, configFor(url, endless+"1", endless+"2", endless+"3"))
	term := l.open(t, 120, 30)
	term.shows("ready")
	term.ask("say much")
	term.showsTimes(3, "streaming")
	term.press(esc)
	term.shows("stopping pane 1; esc again stops all")
	term.press(esc)
	term.showsTimes(3, "■ cancelled")
	term.quit()
	for _, r := range l.replies(t) {
		if r.Status != "cancelled" || r.Text == "" {
			t.Errorf("%s is saved as %s with %d bytes of text", r.Model, r.Status, len(r.Text))
		}
	}
}

func testOneFails(t *testing.T, bin string) {
	_, url := startSim(t)
	l := install(t, bin, configFor(url, "flash-sim@ttft=0s,tokens=60,seed=1", "flash-sim@ttft=0s,tokens=60,fault=reset:20", "flash-sim@ttft=0s,tokens=60,seed=3"))
	term := l.open(t, 120, 30)
	term.shows("ready")
	term.ask("who falls?")
	term.until("two answers and an interrupted one", func(s screen) bool {
		return strings.Contains(s.part(0, 3), "✓ done") && strings.Contains(s.part(1, 3), "✗ interrupted") && strings.Contains(s.part(2, 3), "✓ done")
	})
	term.quit()
	var statuses []string
	for _, r := range l.replies(t) {
		statuses = append(statuses, r.Status)
	}
	if want := []string{"done", "interrupted", "done"}; !slices.Equal(statuses, want) {
		t.Errorf("the replies are saved as %v, want %v", statuses, want)
	}
}

// Text reaches the store at least every saveEvery. The test allows for a machine that is busy with other things.
const (
	saveEvery = 250 * time.Millisecond
	busy      = 2 * time.Second
)

func testKilled(t *testing.T, bin string) {
	began := time.Now()
	l, term, _, _ := streaming(t, bin)
	killed := time.Now()
	term.signal(os.Kill)
	term.exit(patience)
	for _, r := range l.replies(t) {
		if r.Status != "interrupted" {
			t.Errorf("%s is saved as %s", r.Model, r.Status)
		}
		stamps := stampsIn(r.Text, began)
		for i, s := range stamps {
			if s.seq != i {
				t.Fatalf("%s: token %d stands where token %d belongs", r.Model, s.seq, i)
			}
		}
		if len(stamps) == 0 {
			t.Fatalf("%s: no text is saved", r.Model)
		}
		age := killed.Sub(stamps[len(stamps)-1].sent)
		t.Logf("%s: the newest text that is saved was sent %v before the end", r.Model, age)
		if age > saveEvery+busy {
			t.Errorf("%s: the newest text that is saved was sent %v before the end", r.Model, age)
		}
	}
}

func testNoTerminal(t *testing.T, bin string) {
	l := install(t, bin, "")
	stdout, stderr, code := l.run(t)
	if code != 2 || stdout != "" || !strings.HasPrefix(stderr, "lineup: the screen needs a terminal; ") || strings.Count(stderr, "\n") != 1 {
		t.Errorf("exit code %d, want 2 and one line that says what to do\nstdout %q\nstderr %q", code, stdout, stderr)
	}
}

// A terminal that cannot draw gets no escape sequence, whatever is asked of the program.
func testDumbTerminal(t *testing.T, bin string) {
	_, url := startSim(t)
	l := install(t, bin, configFor(url, "flash-sim@ttft=0s,tps=0,script=en"))
	l.term = "dumb"
	for _, c := range []struct {
		args []string
		code int
		says []string
	}{
		{nil, 2, []string{"TERM=dumb", "lineup ask PROMPT", "TERM=xterm-256color"}},
		{[]string{"demo"}, 2, []string{"TERM=dumb", "lineup ask PROMPT"}},
		{[]string{"ask", "hello"}, 0, []string{"\n"}},
		{[]string{"replay", "last"}, 2, []string{"TERM=dumb"}},
		{[]string{"doctor"}, 1, []string{"TERM=dumb", "it says that it cannot draw", "lineup ask"}},
		{[]string{"stats", "--simulated"}, 0, []string{"TTFT"}},
		{[]string{"sessions", "list"}, 0, []string{"hello"}},
		{[]string{"sessions", "show", "last"}, 0, []string{"hello"}},
		{[]string{"models"}, 0, []string{"flash-sim"}},
		{[]string{"cost", "--price", "x=0.28,0.42"}, 0, []string{"month"}},
		{[]string{"--help"}, 0, []string{"lineup ask"}},
		{[]string{"nonsense"}, 2, []string{"unknown command"}},
	} {
		out, code := l.plain(t, c.args...)
		if code != c.code {
			t.Errorf("lineup %q on a dumb terminal: exit code %d, want %d", c.args, code, c.code)
		}
		for _, s := range c.says {
			if !strings.Contains(out, s) {
				t.Errorf("lineup %q on a dumb terminal does not say %q", c.args, s)
			}
		}
		if strings.ContainsAny(out, "\x1b\u009b") {
			t.Errorf("lineup %q on a dumb terminal writes an escape sequence", c.args)
		}
		if t.Failed() {
			t.Fatalf("%q", out)
		}
	}
}

// The terminal here answers no question, which must not keep the program waiting.
func testDemo(t *testing.T, bin string) {
	l := install(t, bin, "")
	term := l.openMute(t, 160, 40, "demo")
	term.shows("SIMULATED models", "llama-sim", "flash-sim", "hangul-sim")
	term.ask("hello")
	term.showsTimes(3, "✓ done")
	term.quit()
}

// A key takes the tour over, and what is asked then is kept nowhere: not in the sessions of the user, not in the config,
// not in the folder of the tour, which is gone.
func testTour(t *testing.T, bin string) {
	l := install(t, bin, "")
	temp := t.TempDir()
	l.env = []string{"TMPDIR=" + temp}
	config := filepath.Join(l.home, "config", "lineup", "config.toml")
	term := l.open(t, 120, 36, "demo", "--tour")
	term.shows("tour 1 of 8", "any key takes over", "sage-sim")
	term.press("x")
	term.shows("ordinary demo session", "the keys are yours")
	term.ask("/new")
	term.ask("hello")
	term.showsTimes(3, "✓ done")
	term.quit()
	if text, err := os.ReadFile(config); err != nil || len(text) > 0 {
		t.Errorf("the config is %q, %v", text, err)
	}
	for _, dir := range []string{l.home, temp} {
		err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() && path != config {
				t.Errorf("the tour left %s", path)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// Regression: the table of the levels in progress stayed above that of the result.
func testBenchTable(t *testing.T, bin string) {
	_, url := startSim(t)
	l := install(t, bin, configFor(url, "flash-sim"))
	term := l.open(t, 120, 30, "bench", "sim/flash-sim@ttft=0s,tps=0,tokens=5", "--concurrency", "1,2",
		"--requests", "4", "--tokens", "5", "--yes")
	if code := term.exit(patience); code != 0 {
		t.Fatalf("exit code %d\n%s", code, term.screen())
	}
	shown := term.screen().String()
	if strings.Count(shown, "at once  tok/s") != 1 || strings.Contains(shown, "Measuring") {
		t.Errorf("the screen at the end:\n%s", shown)
	}
}

// Regression: the message was that of the system call, without a next step.
func testNoResults(t *testing.T, bin string) {
	l := install(t, bin, "")
	term := l.open(t, 120, 30, "results", "none.jsonl")
	if code := term.exit(patience); code != 2 || !strings.Contains(term.screen().String(), "there is no file none.jsonl; lineup run FILE -o") {
		t.Errorf("exit code %d\n%s", code, term.screen())
	}
}
