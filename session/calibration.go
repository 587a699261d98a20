package session

import (
	"context"
	"database/sql"
	"sync"
	"time"

	"lineup/providers"
)

// Calibration sums up the servers' reports of each model: its tokens for each kind of text, and the
// length of its answers. It corrects the estimates of a running stream and says what a prompt may
// cost. It is safe for concurrent use. A nil *Calibration knows nothing and learns nothing.
type Calibration struct {
	mu     sync.Mutex
	models map[string]*modelFit // by model reference
}

// modelFit holds the sums of a least-squares fit for one model, of reported tokens by estimates of
// each kind, and the means of output and time. Every reply has the same weight, however long it
// was.
type modelFit struct {
	a      [providers.TextKinds][providers.TextKinds]float64
	b      [providers.TextKinds]float64
	ratios [providers.TextKinds]float64
	output float64 // tokens, mean
	busyMS float64 // mean
	n      int
}

// NewCalibration makes an empty Calibration.
func NewCalibration() *Calibration { return &Calibration{models: map[string]*modelFit{}} }

// calibrationReplies is how many replies of the past are looked at, newest first: models and
// prompts change.
const calibrationReplies = 300

// Calibration learns from the newest replies in the store.
func (s *Store) Calibration(ctx context.Context) (*Calibration, error) {
	c := NewCalibration()
	err := s.read(ctx, "read what earlier replies reported", func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT served_by, output_tokens, reasoning_tokens,
			coalesce(duration_ms, 0), text, reasoning FROM replies
			WHERE usage_source = 'reported' AND status IN ('done', 'length') AND copied = 0
			AND NOT EXISTS (SELECT 1 FROM replies AS former WHERE former.turn = replies.turn
			AND former.slot = replies.slot
				AND former.take < replies.take AND former.text <> ''
				AND substr(replies.text, 1, length(former.text)) = former.text)
			ORDER BY n DESC LIMIT ?`, calibrationReplies)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var model, text, reasoning string
			var output, reasoned int
			var busy float64
			if err := rows.Scan(&model, &output, &reasoned, &busy, &text, &reasoning); err != nil {
				return err
			}
			c.learn(model, output, reasoned, busy, text, reasoning)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// Learn takes a reply that has ended into account, if its tokens were reported.
func (c *Calibration) Learn(r *Reply) {
	// whose text is longer than what was counted
	if c != nil && r.Status.Answer() && r.Usage.Source == Reported && !r.live.goesOn {
		busy := 0.0
		if r.Metrics.Duration != nil {
			busy = *r.Metrics.Duration
		}
		c.learn(r.ServedBy, r.Usage.Output, r.Usage.Reasoning, busy, r.Text, r.Reasoning)
	}
}

func (c *Calibration) learn(model string, output, reasoned int, busyMS float64, text,
	reasoning string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.models[model]
	if m == nil {
		m = &modelFit{ratios: even()}
		c.models[model] = m
	}
	m.n++
	m.output += (float64(output) - m.output) / float64(m.n)
	m.busyMS += (busyMS - m.busyMS) / float64(m.n)
	// What reasoning streams may be a summary of what was counted; then the answer alone is
	// compared.
	count, est := float64(output), providers.EstimateByKind(text)
	if reasoned > 0 {
		count -= float64(reasoned)
	} else if reasoning != "" {
		for k, v := range providers.EstimateByKind(reasoning) {
			est[k] += v
		}
	}
	if count < fewTokens {
		return
	}
	for i := range est {
		m.b[i] += est[i] / count
		for j := range est {
			m.a[i][j] += est[i] * est[j] / (count * count)
		}
	}
	m.fit()
}

// Bounds of what is believed: an answer of a few tokens is mostly what the server counts beside its
// text, and no vocabulary is so far from the estimator.
const (
	fewTokens = 16
	leastFit  = 0.4
	mostFit   = 2.5
	priorFit  = 0.3 // the weight of "as estimated" in replies
)

// fit minimises Σ (1 − Σ ratioₖ·estimateₖ/count)² + prior·Σ (ratioₖ − 1)², which has one solution
// since the prior is positive, by Gauss–Seidel: a few rounds over five unknowns.
func (m *modelFit) fit() {
	r := m.ratios
	for range 30 {
		for i := range r {
			rest := m.b[i] + priorFit
			for j := range r {
				if j != i {
					rest -= m.a[i][j] * r[j]
				}
			}
			r[i] = min(mostFit, max(leastFit, rest/(m.a[i][i]+priorFit)))
		}
	}
	m.ratios = r
}

func even() (r [providers.TextKinds]float64) {
	for i := range r {
		r[i] = 1
	}
	return r
}

// Ratios are reported tokens by estimated ones of a model, for each kind of text; 1 where nothing
// is known.
func (c *Calibration) Ratios(model string) [providers.TextKinds]float64 {
	if c == nil {
		return even()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if m := c.models[model]; m != nil {
		return m.ratios
	}
	return even()
}

// Output is how many tokens an answer of the model has, on average; ok is false where none is
// known.
func (c *Calibration) Output(model string) (tokens float64, ok bool) {
	if c == nil {
		return 0, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.models[model]
	if m == nil {
		return 0, false
	}
	return m.output, true
}

// busy is how long a reply of the model takes, on average.
func (c *Calibration) busy(model string) (d time.Duration, ok bool) {
	if c == nil {
		return 0, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.models[model]
	if m == nil {
		return 0, false
	}
	return time.Duration(m.busyMS * float64(time.Millisecond)), true
}

// NewReply is like the function NewReply; the reply's estimates are corrected.
func (c *Calibration) NewReply(slot int, info providers.Info, req providers.Request,
	at time.Time) *Reply {
	r := NewReply(slot, info, req, at)
	if c != nil {
		r.live.calibration = c
		r.live.serve(info)
		r.live.input = estimateRequest(req, info.Ref.String(), r.live.ratios)
		r.Usage.Input = round(r.live.input)
		r.settleCost()
	}
	return r
}

// EstimateInput is how many tokens a request has for a model, by estimate.
func (c *Calibration) EstimateInput(model string, req providers.Request) float64 {
	return estimateRequest(req, model, c.Ratios(model))
}

func corrected(est, ratios [providers.TextKinds]float64) float64 {
	n := 0.0
	for k := range est {
		n += est[k] * ratios[k]
	}
	return n
}
