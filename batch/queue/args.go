package queue

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"

	"lineup/batch"
	"lineup/jsoncheck"
	"lineup/providers"
)

// format is the number of the form that job arguments have. A worker that does not know a number
// leaves the job to others.
const format = 1

// kind is what River calls our jobs.
const kind = "lineup_line"

// lineArgs are the arguments of a job: a line of a run. River has them as jsonb, which takes no
// NUL and indexes every part. So the question is one string in it, as JSON again.
type lineArgs struct {
	Format int    `json:"format"`
	Run    int64  `json:"run" river:"unique"`
	Line   string `json:"line" river:"unique"` // the hash of the key
	Key    string `json:"key"`                 // a batch.Key
	Body   string `json:"body"`                // a question
}

// Kind tells River which worker a job is for.
func (lineArgs) Kind() string { return kind }

// UnmarshalJSON reads no more than the number of a format that it does not know.
func (a *lineArgs) UnmarshalJSON(data []byte) error {
	var head struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(data, &head); err != nil || head.Format != format {
		*a = lineArgs{Format: head.Format}
		return err
	}
	type plain lineArgs
	return json.Unmarshal(data, (*plain)(a))
}

// question is what a line asks of whom. It has no key, header or further field of a request.
type question struct {
	Contender providers.Contender `json:"contender"`
	System    string              `json:"system,omitempty"`
	Messages  []message           `json:"messages"`
	Schema    *jsoncheck.Schema   `json:"schema,omitempty"`
	Tools     []jsoncheck.Tool    `json:"tools,omitempty"`
}

// message is a providers.Message with all its parts.
type message struct {
	Role        providers.Role         `json:"role"`
	Content     string                 `json:"content"`
	Attachments []providers.Attachment `json:"attachments,omitempty"`
	Calls       []providers.ToolUse    `json:"calls,omitempty"`
	Result      *providers.ToolUse     `json:"result,omitempty"`
}

// argsOf makes the arguments of a job.
func argsOf(run int64, q batch.Question) (lineArgs, error) {
	asked := question{Contender: bare(q.Spec.Effective()), System: q.Request.System,
		Schema: q.Request.Schema, Tools: q.Request.Tools}
	for _, m := range q.Request.Messages {
		asked.Messages = append(asked.Messages,
			message{m.Role, m.Content, m.Attachments, m.Calls, m.Result})
	}
	body, err := json.Marshal(asked)
	if err != nil {
		return lineArgs{}, err
	}
	key, err := json.Marshal(q.Key)
	return lineArgs{format, run, q.Key.Hash(), string(key), string(body)}, err
}

// bare is a contender without further fields of the request body. Those that Enqueue lets pass are
// the provider's: each worker has its own.
func bare(c providers.Contender) providers.Contender {
	c.Settings.Body = nil
	return c
}

// read gives whom a job asks, and what.
func (a lineArgs) read() (providers.Contender, providers.Request, error) {
	var q question
	if err := json.Unmarshal([]byte(a.Body), &q); err != nil {
		return providers.Contender{}, providers.Request{}, err
	}
	req := providers.Request{System: q.System, Schema: q.Schema, Tools: q.Tools}
	for _, m := range q.Messages {
		req.Messages = append(req.Messages, providers.Message{Role: m.Role, Content: m.Content,
			Attachments: m.Attachments, Calls: m.Calls, Result: m.Result})
	}
	return q.Contender, req, nil
}

// River's names of queues are short and plain. Those of providers need not be.
const (
	longestQueue = 64
	hexPrefix    = "x-"
)

var plainQueue = regexp.MustCompile(`^[a-z0-9]+([_-]?[a-z0-9]+)*$`)

// queueOf is the queue of a provider.
func queueOf(provider string) string {
	if plainQueue.MatchString(provider) && len(provider) <= longestQueue &&
		provider[:min(len(hexPrefix), len(provider))] != hexPrefix {
		return provider
	}
	name := hexPrefix + hex.EncodeToString([]byte(provider))
	if len(name) > longestQueue {
		sum := sha256.Sum256([]byte(provider))
		return "hash-" + hex.EncodeToString(sum[:])[:longestQueue-len("hash-")]
	}
	return name
}

// providerOf is the provider of a queue, for people.
func providerOf(queue string) string {
	if len(queue) > len(hexPrefix) && queue[:len(hexPrefix)] == hexPrefix {
		if name, err := hex.DecodeString(queue[len(hexPrefix):]); err == nil {
			return string(name)
		}
	}
	return queue
}
