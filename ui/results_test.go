package ui

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"lineup/batch"
	"lineup/registry"
	"lineup/session"
)

// runFile writes a result file of three cases and two contenders: both pass the first case, one the second, none the third.
func runFile(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for i, id := range []string{"greeting", "인사 두 번째", "last"} {
		for j, model := range []string{"p/one", "gate/모델-둘"} {
			status, failure, pass := "done", "null", i == 0 || i == 1 && j == 1
			if i == 2 && j == 0 {
				status, failure = "error", `{"kind":"rate_limit","status":429,"message":"slow down","hint":""}`
			}
			fmt.Fprintf(&b, `{"type":"reply","slot":%d,"id":%q,"prompt":"Translate %d","prompt_id":"0","vars":{},"take":0,"ended_at":"2026-11-28T10:00:0%dZ","model":%q,"served_by":%q,"served_model":"","status":%q,"text":"answer %d of %d 안녕","reasoning":"","finish_reason":"stop","error":%s,`+
				`"metrics":{"ttft_ms":100,"visible_ttft_ms":100,"duration_ms":%d,"tokens_per_second":50,"load_ms":null,"queue_ms":0,"chunk_gaps":null,"from_enter_ms":null,"server":{}},"usage":{"input":5,"output":10,"reasoning":0,"cache_read":0,"cache_write":0,"source":"reported"},"cost":{"usd":0.001,"source":"config"},"attempts":[],`+
				`"contender":{"id":"%012d","model":%q,"label":%q,"settings":{}},"params":{},"checks":[{"check":"contains 안녕","pass":%v,"score":%v,"why":""}],"pass":%v}`+"\n",
				j, id, i, i, model, model, status, i, j, failure, 1000*(i+1), j+1, model, model, pass, map[bool]int{true: 1}[pass], pass)
		}
	}
	file := filepath.Join(t.TempDir(), "out.jsonl")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// The matrix begins with the case that the contenders differ in. Enter opens it in panes, also of a model that the
// config does not have; a vote is kept, and the matrix is there again.
func TestResultsOpenInPanes(t *testing.T) {
	file := runFile(t)
	cfg := Config{Panes: []registry.Spec{counting("p/one").spec()}, CaseOf: batch.CaseSession}
	kept(t, cfg, func(d *realDriver) {
		d.press("lit:/results " + file)
		d.press("enter")
		d.wantSees("Results · out.jsonl · 3 rows · most disagreement first", "1 p/one", "2 gate/모델", "인사 두 번째", "✗ 0.00 2.0s", "✓ 1.00 2.0s")
		if screen := ansi.Strip(d.app.View().Content); strings.Index(screen, "인사") > strings.Index(screen, "greeting") {
			t.Errorf("the case that they differ in is not the first:\n%s", screen)
		}
		d.press("tab")
		d.wantSees("most failures first", "rate limit")
		d.press("tab")
		d.wantSees("as in the file")
		d.press("lit:두", "enter")
		d.wantSees("answer 1 of 0", "answer 1 of 1", "case 인사 두 번째; /results goes back")
		d.wantNot("Results ·")
		d.press("alt+2", "v")
		s, err := d.store.Session(t.Context(), d.app.sess.ID)
		if err != nil || s.Title != "out.jsonl · 인사 두 번째" || len(s.Turns) != 1 || len(s.Turns[0].Votes) != 1 || s.Turns[0].Votes[0].Winners[0] != 1 {
			t.Errorf("the vote is not kept: %+v, %v", s, err)
		}
		d.press("i", "lit:/results", "enter")
		d.wantSees("Results · out.jsonl")
		d.press("enter")
		d.wantSees("case 인사 두 번째", " best ")
		if again, err := d.store.Sessions(t.Context(), session.Filter{}); err != nil || len(again) != 1 {
			t.Errorf("the case is kept as %d sessions, %v", len(again), err)
		}
		d.press("i", "lit:more", "enter")
		d.wantSees("gate/모델-둘 is not in the config")
	})
}

// A case that was on its way when the matrix was closed does not keep it from opening others.
func TestResultsOpenAgainAfterTheyWereClosedTooSoon(t *testing.T) {
	cfg := Config{Panes: specs(threeModels()...), CaseOf: batch.CaseSession, Results: runFile(t)}
	drive(t, 120, 40, cfg, func(d *driver) {
		d.spawn(d.app.Init())
		d.until(func() bool { return d.app.layer.results != nil })
		d.press("enter", "esc")
		d.settle()
		d.wantNot("Results ·")
		d.wantNot("goes back")
		d.press("lit:/results", "enter", "enter")
		d.until(func() bool { return d.sees("/results goes back") })
	})
}

// A file that is none, and one with bad lines.
func TestResultsThatCannotBeRead(t *testing.T) {
	file := runFile(t)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append([]byte("no line\n"), text[:len(text)-9]...), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := Config{Panes: []registry.Spec{counting("p/one").spec()}, CaseOf: batch.CaseSession}
	kept(t, cfg, func(d *realDriver) {
		d.press("lit:/results nowhere.jsonl", "enter")
		d.wantSees("there is no file nowhere.jsonl")
		d.press("esc", "lit:/results "+file, "enter")
		d.wantSees("1 bad line left out, the first is line 1: column 1", "the last line is torn and left out")
	})
}

func TestResultsFrames(t *testing.T) {
	file := runFile(t)
	for _, size := range [][2]int{{200, 60}, {120, 40}, {80, 24}} {
		at := fmt.Sprintf("%dx%d-results", size[0], size[1])
		t.Run(at, func(t *testing.T) {
			drive(t, size[0], size[1], Config{Panes: specs(threeModels()...), CaseOf: batch.CaseSession, Results: file}, func(d *driver) {
				d.spawn(d.app.Init())
				d.until(func() bool { return d.app.layer.results != nil })
				goldenText(t, at, d.overlayBox()+"\n")
				d.press("down", "enter")
				d.until(func() bool { return d.app.layer.overlay == nil })
				d.golden(at + "-case")
			})
		})
	}
}
