package text

import (
	"time"

	"lineup/providers"
)

// Memory says how much memory a model takes, and where: "5.0 GB GPU", "4.1 GB GPU of 5.0 GB",
// "5.0 GB CPU". It is "" where the server does not tell, and for less than any model takes.
func Memory(m providers.Memory) string {
	switch {
	case !m.Loaded() || m.GPU == nil && m.Total == nil, m.Total != nil && *m.Total < leastModel:
		return ""
	case m.GPU == nil:
		return Bytes(*m.Total)
	case m.Total == nil || *m.GPU >= *m.Total:
		return Bytes(*m.GPU) + " GPU"
	case *m.GPU == 0:
		return Bytes(*m.Total) + " CPU"
	}
	return Bytes(*m.GPU) + " GPU of " + Bytes(*m.Total)
}

// unloading stands where the time of a model in memory is over.
const unloading = "unloading"

// Until says when a server unloads a model, in the zone of now: "22:18", "29 Nov 22:18", "stays".
// A time that is over means that the server is about to. It is "" where the server does not tell.
func Until(m providers.Memory, now time.Time) string {
	at := m.Until.In(now.Location())
	switch {
	case !m.Loaded():
		return ""
	case m.Stays:
		return "stays"
	case m.Until.IsZero():
		return ""
	case at.Before(now):
		return unloading
	case at.Year() != now.Year():
		return at.Format("2 Jan 2006")
	case at.YearDay() != now.YearDay():
		return at.Format("2 Jan 15:04")
	}
	return at.Format("15:04")
}

// UntilWords is Until as a part of a sentence: "until 22:18", "until it is unloaded".
func UntilWords(m providers.Memory, now time.Time) string {
	switch until := Until(m, now); {
	case until == "" || until == unloading:
		return until
	case m.Stays:
		return "until it is unloaded"
	default:
		return "until " + until
	}
}

// leastModel is less than a model takes, in bytes: simulated servers tell of one.
const leastModel = 1e6

// InMemory is the state of a model in a word, "" for one that is not in memory or not known to be.
func InMemory(m providers.Memory) string {
	switch m.State {
	case providers.MemoryUnknown, providers.MemoryUnloaded:
		return ""
	case providers.MemoryFailed:
		return "failed to load"
	}
	return string(m.State)
}
