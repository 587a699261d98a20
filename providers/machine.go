package providers

import (
	"fmt"
	"strings"
	"time"

	"lineup/figures"
)

// Machine is the cost of a server of one's own: a sum a month, or power and wear of the hardware,
// or both.
type Machine struct {
	MonthlyUSD float64 `json:"monthly_usd,omitempty"` // rent, or all costs together
	// hours a month that it works; 0: all of them
	HoursPerMonth float64 `json:"hours_per_month,omitempty"`
	Watts         float64 `json:"watts,omitempty"` // drawn while it works
	USDPerKWh     float64 `json:"usd_per_kwh,omitempty"`
	PriceUSD      float64 `json:"machine_usd,omitempty"` // what it cost to buy
	Years         float64 `json:"machine_years,omitempty"`
}

// Lengths of a mean Gregorian year of 365.2425 days and of a twelfth of it.
const (
	hoursPerYear  = 365.2425 * 24
	hoursPerMonth = hoursPerYear / 12
)

// BusyHours is how many hours a month the machine works.
func (m *Machine) BusyHours() float64 {
	if m.HoursPerMonth > 0 {
		return m.HoursPerMonth
	}
	return hoursPerMonth
}

// PerSecond is the cost of a second of work in USD: the monthly cost spread over the working hours,
// and the power of that second.
//
//	monthly_usd / hours_per_month  +  machine_usd / (12·machine_years·hours_per_month)  +  watts/1000·usd_per_kwh,  an hour
func (m *Machine) PerSecond() float64 {
	hour := m.MonthlyUSD/m.BusyHours() + m.Watts/1000*m.USDPerKWh
	if m.Years > 0 {
		hour += m.PriceUSD / (12 * m.Years * m.BusyHours())
	}
	return hour / 3600
}

// How tells in words how the cost of some seconds of work is computed.
func (m *Machine) How(busy time.Duration) string {
	var parts []string
	if m.MonthlyUSD > 0 {
		parts = append(parts, fmt.Sprintf("$%g a month over %.4g hours", m.MonthlyUSD,
			m.BusyHours()))
	}
	if m.PriceUSD > 0 && m.Years > 0 {
		parts = append(parts, fmt.Sprintf("$%g over %g years of %.4g hours a month", m.PriceUSD,
			m.Years, m.BusyHours()))
	}
	if m.Watts > 0 {
		parts = append(parts, fmt.Sprintf("%g W at $%g a kWh", m.Watts, m.USDPerKWh))
	}
	rate := fmt.Sprintf("%s = $%.4g an hour of work", strings.Join(parts, " + "),
		m.PerSecond()*3600)
	if busy <= 0 {
		return rate
	}
	return rate + "; " + figures.Duration(busy) + " of it"
}
