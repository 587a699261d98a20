package queue_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"lineup/batch"
	"lineup/batch/batchtest"
	"lineup/batch/queue"
)

func TestALineIsEnqueuedOnceByTwoAtOnce(t *testing.T) {
	t.Parallel()
	q, url := ready(t)
	g := batchtest.NewGateway(t, nil)
	text := batchtest.Section("g", g.URL, "max_concurrent = 8", noWait)
	const lines = 1200
	p := planOf(t, text, batchtest.Numbered(lines), "g/a")
	work(t, url, text, "g") // which completes lines meanwhile
	var all sync.WaitGroup
	made := make([]queue.Enqueued, 3)
	for i := range made {
		all.Go(func() {
			var err error
			other := batch.New(p, batch.Nothing(p), batch.Options{})
			if made[i], err = q.Enqueue(t.Context(), "r", other); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	sum := 0
	for _, e := range made {
		sum += e.Enqueued
		if e.Enqueued+e.Known != lines {
			t.Errorf("%+v", e)
		}
	}
	if sum != lines {
		t.Errorf("%d lines were enqueued, not %d", sum, lines)
	}
	if e, s := collect(t, q, "r", newRun(t, p, batchtest.OutFile(t), batch.Options{})); e.Known != lines || s.Answers != lines || len(g.Prompts()) != lines {
		t.Errorf("%+v, %+v, %d requests", e, s, len(g.Prompts()))
	}
}

// What a changed suite asks no more is taken out, and its lines are asked with the new prompt.
func TestAChangedPromptIsAskedInPlaceOfTheOldOne(t *testing.T) {
	t.Parallel()
	q, url := ready(t)
	g := batchtest.NewGateway(t, nil)
	text := batchtest.Section("g", g.URL, noWait)
	old := planOf(t, text, batchtest.Numbered(4), "g/a")
	if _, err := q.Enqueue(t.Context(), "r", batch.New(old, batch.Nothing(old), batch.Options{})); err != nil {
		t.Fatal(err)
	}
	s := batchtest.Numbered(4)
	s.Prompts[0].Text = "other {{n}}"
	p := planOf(t, text, s, "g/a")
	r := newRun(t, p, batchtest.OutFile(t), batch.Options{})
	e, err := q.Enqueue(t.Context(), "r", r.Run)
	if err != nil || e.Enqueued != 4 {
		t.Errorf("%+v, %v", e, err)
	}
	work(t, url, text, "g")
	sum, err := q.Follow(t.Context(), "r", r.Run)
	r.end(t)
	if err != nil || sum.Answers != 4 {
		t.Errorf("%+v, %v", sum, err)
	}
	for _, prompt := range g.Prompts() {
		if !strings.HasPrefix(prompt, "other ") {
			t.Errorf("%q was asked", prompt)
		}
	}
}

func TestAContenderWithHeadersOrBodyKeysIsRefused(t *testing.T) {
	t.Parallel()
	q, url := ready(t)
	const text = `[providers.g]
kind = "openai"
base_url = "http://127.0.0.1:1/v1"
headers = { "X-Own" = "of-the-provider" }
body = { own = "of-the-provider" }
[models."g/headers"]
headers = { "X-Team" = "secret-team" }
[models."g/body"]
body = { user = "secret-user" }
`
	for pane, want := range map[string]string{"g/headers": "headers.X-Team", "g/body": "body.user", "g/c body.deep=secret-deep": "body.deep"} {
		p := planOf(t, text, batchtest.Numbered(1), pane)
		_, err := q.Enqueue(t.Context(), "r", batch.New(p, batch.Nothing(p), batch.Options{}))
		var secret *queue.SecretError
		if !errors.As(err, &secret) || secret.Key != want || strings.Contains(err.Error(), "secret-") {
			t.Errorf("%s: %v, which is to name %s", pane, err, want)
		}
	}
	p := planOf(t, text, batchtest.Numbered(1), "g/plain temperature=0")
	if e, err := q.Enqueue(t.Context(), "plain", batch.New(p, batch.Nothing(p), batch.Options{})); err != nil || e.Enqueued != 1 {
		t.Errorf("what is the provider's own: %+v, %v", e, err)
	}
	if found := dump(t, url, "secret-", "of-the-provider"); len(found) > 0 {
		t.Errorf("the database has %v", found)
	}
}

// No key, header or further secret of a config stands anywhere in the database.
func TestTheDatabaseHasNoSecrets(t *testing.T) {
	q, url := ready(t)
	g := batchtest.NewGateway(t, nil)
	rude := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		w.WriteHeader(http.StatusBadRequest) // and repeats what it was sent
		fmt.Fprintf(w, `{"error":{"message":"%s of %s is not welcome"}}`, req.Header.Get("Authorization"), req.Header.Get("X-Org"))
	}))
	t.Cleanup(rude.Close)
	t.Setenv("QUEUE_TEST_KEY", "sk-secret-key-0123456789")
	t.Setenv("QUEUE_TEST_HEADER", "secret-header-value")
	text := batchtest.Section("g", g.URL, `api_key_env = "QUEUE_TEST_KEY"`, `headers_env = { "X-Org" = "QUEUE_TEST_HEADER" }`,
		`headers = { "X-Plain" = "secret-plain-header" }`, `body = { user = "secret-body-user" }`, noWait) +
		batchtest.Section("rude", rude.URL, `api_key_env = "QUEUE_TEST_KEY"`, `headers_env = { "X-Org" = "QUEUE_TEST_HEADER" }`, noWait) +
		batchtest.Section("down", "http://127.0.0.1:1", `api_key_env = "QUEUE_TEST_KEY"`, `headers = { "X-Plain" = "secret-plain-header" }`,
			`body = { user = "secret-body-user" }`, noWait)
	p := planOf(t, text, batchtest.Numbered(1), "g/a", "down/b", "rude/c")
	work(t, strings.Replace(url, "postgres@", "postgres:secret-password@", 1), text, "g", "down", "rude")
	_, sum := collect(t, q, "r", newRun(t, p, batchtest.OutFile(t), batch.Options{}))
	if sum.Answers != 1 || sum.Failed != 2 {
		t.Errorf("%+v", sum)
	}
	if found := dump(t, url, "secret"); len(found) > 0 {
		t.Errorf("the database has %v", found)
	}
	if found := dump(t, url, "prompt 0"); len(found) == 0 {
		t.Error("the search finds nothing at all")
	}
}

// dump searches all columns of all tables for words, and gives the places where one stands.
func dump(t testing.TB, url string, words ...string) (found []string) {
	t.Helper()
	for _, table := range []string{"lineup_run", "lineup_result", "lineup_worker", "river_job", "river_queue", "river_leader",
		"river_migration", "river_notification", "pg_stat_activity"} {
		for _, word := range words {
			where := fmt.Sprintf("SELECT count(*) FROM %s AS t WHERE t::text LIKE '%%' || $1 || '%%'", table)
			if table == "pg_stat_activity" {
				where += " AND pid <> pg_backend_pid()"
			}
			if n := rowsOf(t, url, where, word); n != 0 {
				found = append(found, fmt.Sprintf("%s in %d rows of %s", word, n, table))
			}
		}
	}
	return found
}
