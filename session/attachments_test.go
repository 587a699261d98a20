package session

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"lineup/providers"
)

func note(name, text string) providers.Attachment {
	sum := sha256.Sum256([]byte(text))
	return providers.Attachment{Name: name, Type: providers.TypeText, Data: []byte(text), SHA256: hex.EncodeToString(sum[:])}
}

// pixel is a GIF of one pixel.
func pixel() providers.Attachment {
	data, err := base64.StdEncoding.DecodeString("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
	if err != nil {
		panic(err)
	}
	a := note("dot.gif", string(data))
	a.Type, a.Width, a.Height = "image/gif", 1, 1
	return a
}

// contents is how many contents the store keeps, and how many links there are to them.
func contents(t *testing.T, s *Store) [2]int {
	t.Helper()
	return [2]int{count(t, s, `SELECT count(*) FROM attachments`), count(t, s, `SELECT count(*) FROM turn_attachments`)}
}

func TestFilesAreKeptOnceAndGoWithTheLastTurn(t *testing.T) {
	s, clock := newStore(t)
	ctx := context.Background()
	one, two := create(t, s, "one"), create(t, s, "two")
	renamed := note("copy.txt", "the same")
	files := []providers.Attachment{note("a.txt", "the same"), pixel(), renamed}
	turn, err := s.AddTurn(ctx, one.ID, "look", asked(1), files...)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.FinishReply(ctx, turn.ID, answer(asked(1)[0], "seen")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.AddTurn(ctx, two.ID, "look too", asked(1), note("a.txt", "the same")); err != nil {
		t.Fatal(err)
	}
	if got := contents(t, s); got != [2]int{2, 4} {
		t.Errorf("%v contents and links, want 2 and 4", got)
	}
	sess := load1(t, s, one.ID)
	if got := sess.Turns[0].Attachments; !reflect.DeepEqual(got, files) {
		t.Errorf("read back %+v", got)
	}
	if h := sess.History(0); len(h) != 2 || !reflect.DeepEqual(h[0].Attachments, files) || h[1].Attachments != nil {
		t.Errorf("the history is %+v", h)
	}
	fork, err := s.Fork(ctx, one.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	if got := load1(t, s, fork.ID).Turns[0].Attachments; !reflect.DeepEqual(got, files) || contents(t, s) != [2]int{2, 7} {
		t.Errorf("the fork has %+v; %v contents and links", got, contents(t, s))
	}
	clock.pass(time.Minute)
	for i, step := range []struct {
		id   string
		want [2]int
	}{{one.ID, [2]int{2, 4}}, {fork.ID, [2]int{1, 1}}, {two.ID, [2]int{0, 0}}} {
		if err := s.Delete(ctx, step.id); err != nil {
			t.Fatal(err)
		}
		before := contents(t, s)
		if err := s.Undelete(ctx, step.id); err != nil || contents(t, s) != before {
			t.Fatalf("the trash took files: %v, %v", contents(t, s), err)
		}
		if err := s.Delete(ctx, step.id); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Prune(ctx, time.Time{}); err != nil {
			t.Fatal(err)
		}
		if got := contents(t, s); got != step.want {
			t.Errorf("step %d: %v contents and links, want %v", i, got, step.want)
		}
	}
}

func TestFilesSurviveABackupAndASalvage(t *testing.T) {
	s, _ := newStore(t)
	ctx := context.Background()
	sess := create(t, s, "one")
	if _, err := s.AddTurn(ctx, sess.ID, "look", asked(1), note("a.txt", "one"), pixel()); err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := s.Backup(ctx, copied); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		b := openAt(t, copied, settings{})
		if got := load1(t, b, sess.ID).Turns[0].Attachments; !reflect.DeepEqual(got, []providers.Attachment{note("a.txt", "one"), pixel()}) {
			t.Errorf("%+v", got)
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := Salvage(ctx, copied); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFilesCountInTheEstimate(t *testing.T) {
	req := ask()
	bare := (*Calibration)(nil).EstimateInput("p/claude", req)
	req.Messages[len(req.Messages)-1].Attachments = []providers.Attachment{{Type: "image/png", Width: 1000, Height: 1000}}
	if with := (*Calibration)(nil).EstimateInput("p/claude", req); with < bare+1333 || with > bare+1334 {
		t.Errorf("a picture of 1000×1000 adds %.1f tokens, want 1000·1000/750", with-bare)
	}
	q := providers.Quote{Source: providers.CostConfig, Price: providers.Price{Input: 1, Output: 1, Image: 0.5}}
	r := NewReply(0, info("p/claude", q), req, enter())
	if usd := r.Cost.USD; usd == nil || *usd < 0.5 || *usd > 0.51 {
		t.Errorf("with $0.50 an image the request costs %v", usd)
	}
	if usd, ok := (*Calibration)(nil).Guess(info("p/claude", q), 1000, 2); ok || usd < 1 || usd > 1.01 {
		t.Errorf("before sending, two images cost %v, %v", usd, ok)
	}
}

func TestImportedFilesAreKeptOnce(t *testing.T) {
	s, _ := newStore(t)
	ctx := context.Background()
	in := everything()
	res, err := s.Import(ctx, in)
	if err != nil || res.Outcome != OutcomeNew {
		t.Fatalf("%+v, %v", res, err)
	}
	if res, err = s.Import(ctx, in); err != nil || res.Outcome != OutcomeKnown {
		t.Errorf("the second time: %+v, %v", res, err)
	}
	if got := load1(t, s, res.ID).Turns[0].Attachments; !reflect.DeepEqual(got, in.Turns[0].Attachments) || contents(t, s) != [2]int{2, 2} {
		t.Errorf("%+v; %v contents and links", got, contents(t, s))
	}
	late := &Turn{Prompt: "late", Attachments: []providers.Attachment{pixel()}, CreatedAt: enter(), Replies: []*Reply{answer(asked(1)[0], "yes")}}
	if err := s.AppendTurn(ctx, res.ID, late.Ended()); err != nil || contents(t, s) != [2]int{2, 3} {
		t.Errorf("a turn that is stored later: %v; %v contents and links", err, contents(t, s))
	}
}
