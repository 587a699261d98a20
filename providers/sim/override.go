package sim

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// maxTokens bounds every count that a name may ask for.
const maxTokens = 10_000_000

// override applies what follows a model's name: "" or "@key=value,…". The
// grammar is documented at Server.
func (m Model) override(s string) (Model, error) {
	if s == "" {
		return m, nil
	}
	seen := make(map[string]bool)
	for field := range strings.SplitSeq(strings.TrimPrefix(s, "@"), ",") {
		key, value, ok := strings.Cut(field, "=")
		if !ok {
			return Model{}, fmt.Errorf("%q is no override: write key=value, separated by commas",
				field)
		}
		if seen[key] {
			return Model{}, fmt.Errorf("%s is given twice", key)
		}
		seen[key] = true
		if err := m.set(key, value); err != nil {
			return Model{}, fmt.Errorf("%s=%s: %w", key, value, err)
		}
	}
	return m, nil
}

func (m *Model) set(key, value string) error {
	switch key {
	case "tps":
		return setFloat(&m.TokensPerSecond, value, 1_000_000)
	case "ttft":
		return setDuration(&m.TTFT, value)
	case "tokens":
		return setInt(&m.Tokens, value, 0, maxTokens)
	case "think":
		return setInt(&m.Think, value, -1, maxTokens)
	case "chunk":
		return setInt(&m.TokensPerChunk, value, 1, maxTokens)
	case "hold":
		return setDuration(&m.Hold, value)
	case "jitter":
		return setFloat(&m.Jitter, value, 1)
	case "load":
		return setDuration(&m.Load, value)
	case "slots":
		return setInt(&m.Slots, value, 0, maxTokens)
	case "seed":
		seed, err := strconv.ParseUint(value, 10, 64)
		if err != nil {
			return fmt.Errorf("want a whole number from 0")
		}
		m.Seed = seed
		return nil
	case "script":
		switch s := Script(value); s {
		case English, Korean, Code, Stamp:
			m.Script, m.Answers = s, nil
			return nil
		}
		return fmt.Errorf("want en, ko, code or stamp")
	case "vision":
		if value != "true" && value != "false" {
			return fmt.Errorf("want true or false")
		}
		m.Blind = value == "false"
		return nil
	case "fault":
		f, err := parseFault(value)
		if err != nil {
			return err
		}
		m.Fault = f
		return nil
	}
	return fmt.Errorf("no such override; there are tps, ttft, tokens, think, chunk, hold, " +
		"jitter, load, slots, script, seed, vision and fault")
}

func setInt(to *int, value string, low, high int) error {
	n, err := strconv.Atoi(value)
	if err != nil || n < low || n > high {
		return fmt.Errorf("want a whole number from %d to %d", low, high)
	}
	*to = n
	return nil
}

func setFloat(to *float64, value string, high float64) error {
	x, err := strconv.ParseFloat(value, 64)
	if err != nil || !(x >= 0 && x <= high) { // the negation also refuses NaN
		return fmt.Errorf("want a number from 0 to %.0f", high)
	}
	*to = x
	return nil
}

func setDuration(to *time.Duration, value string) error {
	d, err := time.ParseDuration(value)
	if err != nil || d < 0 || d > maxWait {
		return fmt.Errorf("want a duration such as 200ms or 2s, at most 24h")
	}
	*to = d
	return nil
}
