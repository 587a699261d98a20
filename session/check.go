package session

import (
	"fmt"
	"slices"
	"strings"

	"lineup/providers"
)

// Check names the first field of a foreign reply that a store could not keep, by its key in JSON;
// nil if it can keep all. A reply has to pass before it is added to a turn.
func (r *Reply) Check() error {
	if r.Slot < 0 || r.Slot > maxSlot {
		return fmt.Errorf("slot: %d is out of range 0 to %d", r.Slot, maxSlot)
	}
	if r.Take < 0 {
		return fmt.Errorf("take: %d is less than 0", r.Take)
	}
	if r.Repeat < 0 {
		return fmt.Errorf("repeat: %d is less than 0", r.Repeat)
	}
	for _, slot := range r.Merged {
		if slot < -1 || slot > maxSlot {
			return fmt.Errorf("merged: %d is out of range -1 to %d", slot, maxSlot)
		}
	}
	for i, c := range r.Chunks {
		if c.At < 0 || c.At.Microseconds() > maxChunkTime || c.Len < 0 || c.Len > maxChunkLen {
			return fmt.Errorf("chunks: piece %d, [%g,%d], is out of range", i, ms(c.At), c.Len)
		}
	}
	if !slices.Contains(statuses(), r.Status) {
		return fmt.Errorf("status: %q is no status", r.Status)
	}
	if e := r.Error; e != nil && !slices.Contains(kinds(), e.Kind) {
		return fmt.Errorf("error.kind: %q is no kind of error", e.Kind)
	}
	if s := r.Usage.Source; s != "" && s != Reported && s != Estimated {
		return fmt.Errorf("usage.source: %q is neither %s nor %s", s, Reported, Estimated)
	}
	if s := providers.CostSource(strings.TrimPrefix(r.Cost.Source, "~")); s != "" &&
		!slices.Contains(costSources(), s) {
		return fmt.Errorf("cost.source: %q is no source of a cost", r.Cost.Source)
	}
	for i, a := range r.Attempts {
		if o := a.Outcome; o != "" && !slices.Contains(statuses(), Status(o)) &&
			!slices.Contains(kinds(), providers.Kind(o)) {
			return fmt.Errorf("attempts[%d].outcome: %q is neither a status nor a kind of error", i,
				o)
		}
	}
	return nil
}

func statuses() []Status {
	return []Status{Waiting, Streaming, Done, Length, Truncated, Interrupted, Filtered, Empty,
		Failed, Cancelled}
}

func costSources() []providers.CostSource {
	return []providers.CostSource{providers.CostGateway, providers.CostConfig, providers.CostListed,
		providers.CostCatalog,
		providers.CostLocal, providers.CostUnknown}
}

func kinds() []providers.Kind {
	return []providers.Kind{providers.Auth, providers.Quota, providers.Permission,
		providers.NotFound, providers.RateLimit,
		providers.ContextLength, providers.BadRequest, providers.Overloaded, providers.ServerError,
		providers.Unreachable,
		providers.TimeoutConnect, providers.TimeoutHeaders, providers.TimeoutFirstToken,
		providers.TimeoutIdle,
		providers.TimeoutTotal, providers.ConnectionLost, providers.Truncated, providers.Empty,
		providers.Protocol,
		providers.ContentFilter, providers.Cancelled}
}
