package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"lineup/providers"
	"lineup/ui/report"
)

// costFlags are the flags of lineup cost. A flag that was not given takes what is configured or
// recorded, else an assumption; NaN stands for "not given".
type costFlags struct {
	self          string
	panes         paneFlags
	prices        []string
	machines      []string
	volumes       []string
	monthlyUSD    float64
	machineUSD    float64
	machineYears  float64
	watts         float64
	idleWatts     float64
	usdPerKWh     float64
	hoursPerDay   float64
	tokensPerSec  float64
	parallel      int
	outputShare   float64
	labourUSD     float64
	labourShare   float64
	outageShare   float64
	requestTokens int
	json          bool
	svg, html     string
}

func costCommand(g *globals) *cobra.Command {
	var f costFlags
	c := &cobra.Command{
		Use:   "cost",
		Short: "Own machine or gateway: from which volume on does hosting a model yourself pay?",
		Long: "Compares what a month costs on a machine of your own with what gateways ask for\n" +
			"the same tokens, finds the volume at which both cost the same, and says whether\n" +
			"the machine could serve it at all. The mixture of prompts and answers and the\n" +
			"machine's speed come from your saved replies, prices from the config and the\n" +
			"catalogue; what is not known is assumed, listed as such, and can be set by a\n" +
			"flag. --machine compares several machines.",
		Example: "  lineup cost\n" +
			"  lineup cost --monthly-usd 350 --tokens-per-second 900 --volume 50M,500M,5G\n" +
			"  lineup cost --machine small=80,20 --machine large=3500,900 --labour-share 0.2 " +
			"--outage-share 0.01\n" +
			"  lineup cost --price deepseek=0.28,0.42 --output-share 0.3 --svg slide.svg",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.check(); err != nil {
				return err
			}
			plan, err := g.costPlan(cmd.Context(), f)
			if err != nil {
				return err
			}
			return g.printCost(cmd.Context(), plan, f)
		},
	}
	f.add(c.Flags())
	return c
}

// costNumber is a flag of lineup cost with a number that may be left out, and the values it can
// have.
type costNumber struct {
	name, usage string
	v           *float64
	zero        bool    // 0 makes sense
	most        float64 // the largest value that makes sense
}

// defaultCostFlags are the flags of a command line that names none.
func defaultCostFlags() (f costFlags) {
	f.add(pflag.NewFlagSet("cost", pflag.ContinueOnError))
	return f
}

func (f *costFlags) numbers() []costNumber {
	return []costNumber{
		{"monthly-usd", "what the machine costs a month", &f.monthlyUSD, true, 1e9},
		{"machine-usd", "what it cost to buy, spread over --machine-years", &f.machineUSD, true,
			1e9},
		{"machine-years", "how long it will be used", &f.machineYears, false, 100},
		{"watts", "power that it draws while it works", &f.watts, true, 1e7},
		{"idle-watts", "power that it draws while it has no work", &f.idleWatts, true, 1e7},
		{"usd-per-kwh", "price of a kilowatt hour", &f.usdPerKWh, true, 1000},
		{"hours-per-day", "how long it is on", &f.hoursPerDay, false, 24},
		{"tokens-per-second",
			"tokens of output a second of one stream, time for the prompts included",
			&f.tokensPerSec, false, 1e9},
		{"output-share", "part of all tokens that is output, above 0 and up to 1", &f.outputShare,
			false, 1},
		{"labour-usd", "what the work on a machine costs a month", &f.labourUSD, true, 1e9},
		{"labour-share", "work on a machine as a part of its rent and wear, such as 0.2",
			&f.labourShare, true, 100},
		{"outage-share", "part of the time in which a machine is down, such as 0.01",
			&f.outageShare, true, 0.99},
	}
}

func (f *costFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.self, "self", "",
		"the model that the machine serves, PROVIDER/MODEL (default: the local one with most "+
			"saved replies)")
	flags.StringArrayVarP(&f.panes.models, "model", "m", nil,
		"compare with this model, which may have settings such as price={input=1, output=2}; may "+
			"be repeated (default: those of the config, else well-known ones)")
	flags.StringVarP(&f.panes.lineup, "lineup", "l", "", "compare with the models of a line-up")
	flags.StringArrayVar(&f.prices, "price", nil,
		"NAME=IN,OUT: a model's price in USD per million tokens; may be repeated")
	flags.StringArrayVar(&f.machines, "machine", nil,
		"NAME=USD[,TOK_S]: a machine with its cost a month and its tokens of output a second; "+
			"may be repeated")
	flags.StringSliceVar(&f.volumes, "volume", []string{"1M", "10M", "100M"},
		"tokens a month, in and out, such as 500k, 10M, 2G")
	for _, n := range f.numbers() {
		*n.v = math.NaN()
		flags.Var((*numberFlag)(n.v), n.name, n.usage)
	}
	flags.IntVar(&f.parallel, "parallel", 1, "streams that it serves at once at that speed")
	flags.IntVar(&f.requestTokens, "request-tokens", 0,
		"tokens of a request, in and out, for fees a request and prices of long prompts")
	flags.BoolVar(&f.json, "json", false, "print everything as one JSON object")
	flags.StringVar(&f.svg, "svg", "", "write the chart to this file, as SVG in light and dark")
	flags.StringVar(&f.html, "html", "",
		"write chart, tables and assumptions to this file, as one HTML page")
}

// numberFlag is a flag with a finite number. NaN stands for one that was not given, and is not
// shown as a default.
type numberFlag float64

func (n *numberFlag) Type() string { return "float" }

func (n *numberFlag) String() string {
	if !given(float64(*n)) {
		return ""
	}
	return strconv.FormatFloat(float64(*n), 'g', -1, 64)
}

func (n *numberFlag) Set(s string) error {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return errors.New("must be a number")
	}
	*n = numberFlag(v)
	return nil
}

// check refuses numbers that make no sense. NaN, which stands for "not given", passes every
// comparison as false.
func (f *costFlags) check() error {
	parallel := float64(f.parallel)
	for _, n := range append(f.numbers(), costNumber{"parallel", "", &parallel, false, 1e6}) {
		if v := *n.v; v < 0 || v == 0 && !n.zero || v > n.most {
			least := "above 0"
			if n.zero {
				least = "0 or more"
			}
			return usagef("--%s %g: must be %s and at most %g", n.name, v, least, n.most)
		}
	}
	if f.requestTokens != 0 && (f.requestTokens < 2 || f.requestTokens > 100_000_000) {
		return usagef(
			"--request-tokens %d: a request has at least 2 tokens and at most 100,000,000",
			f.requestTokens)
	}
	if len(f.machines) > 0 && (given(f.monthlyUSD) || given(f.machineUSD)) {
		return usagef(
			"--machine says what each machine costs; leave out --monthly-usd and --machine-usd")
	}
	return nil
}

// parseMachine reads NAME=USD[,TOK_S]. The speed is NaN where it is left out.
func parseMachine(s string) (name string, usd, speed float64, err error) {
	wrong := usagef("--machine %s: write NAME=USD[,TOK_S], such as large=3500,900",
		providers.CleanLine(s))
	at := strings.LastIndexByte(s, '=')
	if at < 1 {
		return "", 0, 0, wrong
	}
	cost, rate, hasRate := strings.Cut(s[at+1:], ",")
	usd, err = strconv.ParseFloat(strings.TrimSpace(cost), 64)
	if err != nil || !(usd >= 0 && usd <= 1e9) {
		return "", 0, 0, wrong
	}
	speed = math.NaN()
	if hasRate {
		speed, err = strconv.ParseFloat(strings.TrimSpace(rate), 64)
		if err != nil || !(speed > 0 && speed <= 1e9) {
			return "", 0, 0, wrong
		}
	}
	return providers.CleanLine(s[:at]), usd, speed, nil
}

// parseVolume reads tokens: 250000, 500k, 10M, 1.5G (or B).
func parseVolume(s string) (float64, error) {
	s = strings.TrimSpace(s)
	number, factor := s, 1.0
	if s != "" {
		units := map[string]float64{"k": 1e3, "m": 1e6, "g": 1e9, "b": 1e9, "t": 1e12}
		if f, ok := units[strings.ToLower(s[len(s)-1:])]; ok {
			number, factor = s[:len(s)-1], f
		}
	}
	v, err := strconv.ParseFloat(strings.ReplaceAll(number, "_", ""), 64)
	if err != nil || !(v*factor >= 1) || v*factor > 1e15 {
		return 0, usagef("--volume %s is no number of tokens; write for example 500k, 10M or 2G",
			providers.CleanLine(s))
	}
	return v * factor, nil
}

// parsePrice reads NAME=IN,OUT.
func parsePrice(s string) (name string, p providers.Price, err error) {
	wrong := usagef(
		"--price %s: write NAME=IN,OUT in USD per million tokens, such as deepseek=0.28,0.42",
		providers.CleanLine(s))
	at := strings.LastIndexByte(s, '=')
	if at < 1 {
		return "", p, wrong
	}
	in, out, ok := strings.Cut(s[at+1:], ",")
	if !ok {
		out = in
	}
	for _, part := range []struct {
		text string
		into *float64
	}{{in, &p.Input}, {out, &p.Output}} {
		v, err := strconv.ParseFloat(strings.TrimSpace(part.text), 64)
		if err != nil || !(v >= 0) || v > 1e6 {
			return "", p, wrong
		}
		*part.into = v
	}
	return providers.CleanLine(s[:at]), p, nil
}

func (g *globals) printCost(ctx context.Context, p *report.CostPlan, f costFlags) error {
	for _, file := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{f.svg, func(w io.Writer) error {
			_, err := io.WriteString(w, p.Chart().SVG())
			return err
		}},
		{f.html, func(w io.Writer) error { return costPage(w, p) }},
	} {
		if file.name == "" {
			continue
		}
		if err := g.writeTo(ctx, file.name, file.write); err != nil {
			return err
		}
		fmt.Fprintln(g.err, "lineup: wrote "+file.name)
	}
	if f.json {
		return printJSON(g.out, costRecord(p))
	}
	_, err := io.WriteString(g.colours(), p.Report(g.width()))
	return err
}
