// Package metrics counts what a process does, and writes the counts in the text format of
// Prometheus, version 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats).
package metrics

import (
	"bytes"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// ContentType is what a server says of the text.
const ContentType = "text/plain; version=0.0.4; charset=utf-8"

// Set is a group of metrics. The zero value is empty and ready. It is safe for concurrent use, and
// so are its metrics.
type Set struct {
	mu  sync.Mutex
	all []*Metric
}

// Metric is a name with a number for each combination of values that its labels have had.
type Metric struct {
	set        *Set
	name, help string
	kind       string
	labels     []string
	bounds     []float64 // of a histogram's buckets
	series     map[string]*series
}

// series is one line of a metric, or one histogram.
type series struct {
	values []string // of the labels
	sum    float64
	counts []uint64 // observations up to each bound; the last is all of them
}

// Counter makes a metric that only grows. Its name ends with _total.
func (s *Set) Counter(name, help string, labels ...string) *Metric {
	return s.add(&Metric{name: name, help: help, kind: "counter", labels: labels})
}

// Gauge makes a metric that goes up and down.
func (s *Set) Gauge(name, help string, labels ...string) *Metric {
	return s.add(&Metric{name: name, help: help, kind: "gauge", labels: labels})
}

// Histogram makes a metric that counts observations by size. The bounds of its buckets ascend.
func (s *Set) Histogram(name, help string, bounds []float64, labels ...string) *Metric {
	return s.add(&Metric{name: name, help: help, kind: "histogram", labels: labels,
		bounds: bounds})
}

func (s *Set) add(m *Metric) *Metric {
	m.set, m.series = s, map[string]*series{}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, m)
	return m
}

// Add adds to the counter or the gauge whose labels have these values, in their order.
func (m *Metric) Add(n float64, values ...string) {
	m.set.mu.Lock()
	defer m.set.mu.Unlock()
	m.at(values).sum += n
}

// Set sets a gauge.
func (m *Metric) Set(n float64, values ...string) {
	m.set.mu.Lock()
	defer m.set.mu.Unlock()
	m.at(values).sum = n
}

// Observe counts a size in a histogram.
func (m *Metric) Observe(n float64, values ...string) {
	m.set.mu.Lock()
	defer m.set.mu.Unlock()
	s := m.at(values)
	s.sum += n
	for i, bound := range m.bounds {
		if n <= bound {
			s.counts[i]++
		}
	}
	s.counts[len(m.bounds)]++
}

// at finds the series of some values, and makes it.
func (m *Metric) at(values []string) *series {
	key := strings.Join(values, "\x00")
	s := m.series[key]
	if s == nil {
		s = &series{values: slices.Clone(values), counts: make([]uint64, len(m.bounds)+1)}
		m.series[key] = s
	}
	return s
}

// WriteTo writes all metrics, in the order in which they were made.
func (s *Set) WriteTo(w io.Writer) (int64, error) {
	var b bytes.Buffer
	s.mu.Lock()
	for _, m := range s.all {
		m.write(&b)
	}
	s.mu.Unlock()
	return b.WriteTo(w)
}

func (m *Metric) write(b *bytes.Buffer) {
	help := strings.NewReplacer(`\`, `\\`, "\n", `\n`).Replace(m.help)
	b.WriteString("# HELP " + m.name + " " + help + "\n# TYPE " + m.name + " " + m.kind + "\n")
	keys := make([]string, 0, len(m.series))
	for key := range m.series {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		s := m.series[key]
		if m.kind != "histogram" {
			m.line(b, "", s.values, "", s.sum)
			continue
		}
		for i, bound := range append(slices.Clone(m.bounds), math.Inf(1)) {
			m.line(b, "_bucket", s.values, number(bound), float64(s.counts[i]))
		}
		m.line(b, "_sum", s.values, "", s.sum)
		m.line(b, "_count", s.values, "", float64(s.counts[len(m.bounds)]))
	}
}

// line writes one number. Bucket is the bound of a bucket, "" for none.
func (m *Metric) line(b *bytes.Buffer, suffix string, values []string, bucket string, n float64) {
	var labels []string
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)
	for i, label := range m.labels {
		labels = append(labels, label+`="`+escape.Replace(values[i])+`"`)
	}
	if bucket != "" {
		labels = append(labels, `le="`+bucket+`"`)
	}
	b.WriteString(m.name + suffix)
	if len(labels) > 0 {
		b.WriteString("{" + strings.Join(labels, ",") + "}")
	}
	b.WriteString(" " + number(n) + "\n")
}

// number writes a number as Prometheus reads it.
func number(n float64) string {
	if math.IsInf(n, 1) {
		return "+Inf"
	}
	return strconv.FormatFloat(n, 'g', -1, 64)
}
