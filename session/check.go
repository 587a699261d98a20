package session

import "fmt"

// Check says what of a reply that came from elsewhere a store could not keep, by its key in JSON; nil where it can keep
// all of it. A reply has to pass before it is added to a turn.
func (r *Reply) Check() error {
	if r.Slot < 0 || r.Slot > maxSlot {
		return fmt.Errorf("slot: %d is out of range 0 to %d", r.Slot, maxSlot)
	}
	if r.Take < 0 {
		return fmt.Errorf("take: %d is less than 0", r.Take)
	}
	for i, c := range r.Chunks {
		if c.At < 0 || c.At.Microseconds() > maxChunkTime || c.Len < 0 || c.Len > maxChunkLen {
			return fmt.Errorf("chunks: piece %d, [%g,%d], is out of range", i, ms(c.At), c.Len)
		}
	}
	switch r.Status {
	case Waiting, Streaming, Done, Length, Truncated, Interrupted, Filtered, Empty, Failed, Cancelled:
		return nil
	}
	return fmt.Errorf("status: %q is no status", r.Status)
}
