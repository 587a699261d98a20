package cli

import (
	"strconv"

	"lineup/providers"
	"lineup/providers/price"
	"lineup/ui/report"
)

// costJSON is the record of lineup cost --json.
type costJSON struct {
	Type        string              `json:"type"` // always "cost"
	Self        string              `json:"self"`
	Request     costRequest         `json:"request"`
	Capacity    float64             `json:"capacity_tokens"`
	FullLoad    float64             `json:"full_load_usd_per_million"`
	Machines    []costMachine       `json:"machines"`
	Verdicts    []costVerdict       `json:"verdicts"`
	Months      []costMonth         `json:"months"`
	Models      []costModel         `json:"models"`
	Unknown     []string            `json:"unknown_price"`
	Assumptions []report.Assumption `json:"assumptions"`
}

type costRequest struct {
	Input     int `json:"input"`
	Output    int `json:"output"`
	Reasoning int `json:"reasoning"`
	CacheRead int `json:"cache_read"`
}

// costMachine is one of the machines; the first one also stands at the top of the record.
type costMachine struct {
	Name      string          `json:"name"`
	Capacity  float64         `json:"capacity_tokens"`
	FullLoad  float64         `json:"full_load_usd_per_million"`
	Months    []costMonth     `json:"months"`
	BreakEven []costBreakEven `json:"break_even"`
}

// costBreakEven compares a machine with a model.
type costBreakEven struct {
	Model   string        `json:"model"`
	Verdict price.Verdict `json:"verdict"`
	Tokens  *float64      `json:"tokens"` // null where there is none
}

// costVerdict compares a machine with the cheapest model for a volume that it can serve.
type costVerdict struct {
	Volume  float64 `json:"tokens"`
	Machine string  `json:"machine"`
	Model   string  `json:"model"`
	Cheaper string  `json:"cheaper"` // "gateway", "machine", or "" where both cost the same
	USD     float64 `json:"usd"`     // how much cheaper, a month
	Percent float64 `json:"percent"` // of what the dearer one costs
}

type costMonth struct {
	Volume    float64  `json:"tokens"`
	Feasible  bool     `json:"feasible"`
	USD       *float64 `json:"usd"` // null, like the next three, if the volume is too large
	BusyUSD   *float64 `json:"busy_usd"`
	IdleUSD   *float64 `json:"idle_usd"`
	BusyHours float64  `json:"busy_hours"`
	BusyShare float64  `json:"busy_share"` // of the time that the machine is on; above 1: too much
	IdleHours *float64 `json:"idle_hours"`
}

type costModel struct {
	Model      string          `json:"model"`
	Mark       string          `json:"mark"`
	Price      providers.Quote `json:"price"`
	PerMillion float64         `json:"usd_per_million"`
	Verdict    price.Verdict   `json:"verdict"`
	BreakEven  *float64        `json:"break_even_tokens"` // null where there is none
	USD        []float64       `json:"usd"`               // of the months, in their order
}

// tidy drops the digits that are no more than the noise of binary fractions: 0.42 and not
// 0.42000000000000004.
func tidy(v float64) float64 {
	t, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 12, 64), 64)
	if err != nil {
		return v
	}
	return t
}

func tidied(v float64) *float64 {
	v = tidy(v)
	return &v
}

func costRecord(p *report.CostPlan) costJSON {
	u := p.Work.Request
	r := costJSON{
		Type:        "cost",
		Self:        p.Self,
		Request:     costRequest{u.Input, u.Output, u.Reasoning, u.CacheRead},
		Capacity:    tidy(p.Host.Capacity(p.Work)),
		FullLoad:    tidy(p.Host.FullLoad(p.Work)),
		Unknown:     p.Unknown,
		Assumptions: p.Assumptions,
	}
	if r.Unknown == nil {
		r.Unknown = []string{}
	}
	r.Verdicts = []costVerdict{}
	for _, machine := range p.Machines() {
		r.Machines = append(r.Machines, machineRecord(p, machine))
	}
	r.Months = r.Machines[0].Months
	for _, d := range p.Differences() {
		r.Verdicts = append(r.Verdicts, costVerdict{Volume: d.Volume, Machine: d.Machine.Name,
			Model: d.Model.Ref, Cheaper: d.Cheaper(), USD: tidy(d.USD()),
			Percent: tidy(d.Percent())})
	}
	for i, m := range p.Models {
		v, verdict := p.Host.BreakEven(p.Work, m.Quote.Price)
		row := costModel{
			Model:      m.Ref,
			Mark:       p.Mark(i),
			Price:      m.Quote,
			PerMillion: tidy(p.Work.PerMillion(m.Quote.Price)),
			Verdict:    verdict,
		}
		if verdict == price.PaysFrom || verdict == price.PaysBeyond {
			row.BreakEven = tidied(v)
		}
		for _, volume := range p.Volumes {
			row.USD = append(row.USD, tidy(p.Work.Cost(m.Quote.Price, volume)))
		}
		r.Models = append(r.Models, row)
	}
	return r
}

// machineRecord is the record of one machine.
func machineRecord(p *report.CostPlan, machine report.CostMachine) costMachine {
	r := costMachine{
		Name:     machine.Name,
		Capacity: tidy(machine.Host.Capacity(p.Work)),
		FullLoad: tidy(machine.Host.FullLoad(p.Work)),
	}
	for _, v := range p.Volumes {
		m := machine.Host.Month(p.Work, v)
		row := costMonth{Volume: v, Feasible: m.Feasible(), BusyHours: tidy(m.BusyHours),
			BusyShare: tidy(m.BusyHours / machine.Host.Hours())}
		if row.Feasible {
			row.USD, row.BusyUSD = tidied(m.USD()), tidied(m.BusyUSD)
			row.IdleUSD, row.IdleHours = tidied(m.IdleUSD), tidied(m.IdleHours)
		}
		r.Months = append(r.Months, row)
	}
	for _, m := range p.Models {
		v, verdict := machine.Host.BreakEven(p.Work, m.Quote.Price)
		even := costBreakEven{Model: m.Ref, Verdict: verdict}
		if verdict == price.PaysFrom || verdict == price.PaysBeyond {
			even.Tokens = tidied(v)
		}
		r.BreakEven = append(r.BreakEven, even)
	}
	return r
}
