package exchange

import (
	"fmt"
	"slices"
	"strings"

	"lineup/compare"
	"lineup/figures"
	"lineup/providers"
	"lineup/session"
)

// judged is what one judge found of a turn.
type judged struct {
	Line    string  // such as "Judged by p/m: 1 cold > 2 warm · 1 cold = 3 hot (flipped)"
	Reasons []named // by pair
}

// judgedIn is what each judge found of the answers of a turn.
func judgedIn(t *session.Turn) (out []judged) {
	var judges []string
	for _, j := range t.Judgements {
		if !slices.Contains(judges, j.Judge) {
			judges = append(judges, j.Judge)
		}
	}
	for _, judge := range judges {
		one := judged{}
		var pairs []string
		var paid, simulated session.Spent
		for _, j := range t.Judgements {
			if j.Judge != judge {
				continue
			}
			pair := pairWords(j)
			pairs = append(pairs, pair)
			if reason := strings.TrimSpace(providers.Clean(j.Reason)); reason != "" {
				one.Reasons = append(one.Reasons, named{pair, reason})
			}
			if j.Simulated {
				simulated.CountJudgement(j)
			} else {
				paid.CountJudgement(j)
			}
		}
		one.Line = "Judged by " + providers.CleanLine(judge) + ": " + strings.Join(pairs, " · ")
		if cost := session.TotalWords(paid, simulated, figures.Exact); cost != "" {
			one.Line += " (" + cost + ")"
		}
		out = append(out, one)
	}
	return out
}

// pairWords say which of two answers is better.
func pairWords(j *session.Judgement) string {
	sign, note := "?", "no verdict"
	switch {
	case j.Winner == session.VerdictA:
		sign, note = ">", ""
	case j.Winner == session.VerdictB:
		sign, note = "<", ""
	case j.Flipped:
		sign, note = "=", "flipped"
	case j.Winner == session.VerdictTie:
		sign, note = "=", ""
	}
	if j.Self {
		note = strings.TrimPrefix(note+", the judge's own answer", ", ")
	}
	if note != "" {
		note = " (" + note + ")"
	}
	return fmt.Sprintf("%d %s %s %d %s%s", j.A+1, providers.CleanLine(j.Contenders[0].Label), sign,
		j.B+1, providers.CleanLine(j.Contenders[1].Label), note)
}

// mergeWords say that a reply merges the others of its turn, and which one each letter in it is; ""
// for no merge.
func mergeWords(r *session.Reply) string {
	if !r.Merge {
		return ""
	}
	var letters []string
	for i, slot := range r.Merged {
		if slot >= 0 {
			letters = append(letters, fmt.Sprintf("%s is %d", compare.Letter(i), slot+1))
		}
	}
	if len(letters) == 0 {
		return "merges the others"
	}
	return "merges the others: " + strings.Join(letters, ", ")
}
