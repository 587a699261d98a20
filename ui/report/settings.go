package report

import (
	"slices"

	"github.com/charmbracelet/x/ansi"

	"lineup/providers"
	"lineup/session"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// Setup is what a pane asks now, for the detail view of its reply. The zero value is not known.
type Setup struct {
	Own   providers.Contender // the settings of the pane itself
	All   providers.Contender // with those that it has from the config
	Apart []string            // warnings on panes of the same model
}

// settingRow is a line of the detail view on the settings of a reply.
type settingRow struct {
	text string
	warn bool
}

// settingRunes is how much of a long setting stands in the detail view.
const settingRunes = 60

// settingRows say what a reply was asked with, and where each setting came from.
func settingRows(r *session.Reply, s Setup) (out []settingRow) {
	say := func(text string) { out = append(out, settingRow{text: text}) }
	c := r.Asked(r.System)
	if c == nil {
		return nil
	}
	if c.Name != "" {
		say("name: " + c.Name)
	}
	now := s.All.Ref == c.Ref && s.All.Settings.Equal(c.Settings)
	left := c.Settings
	left.Params = left.Params.Without(r.DroppedParams...)
	sent, own := left.Fields(), s.Own.Settings.Fields()
	fields := c.Settings.Fields()
	for _, f := range fields {
		row := settingRow{text: f.Key + " " + f.Short(settingRunes)}
		switch {
		case !slices.Contains(sent, f):
			row = settingRow{row.text + ": refused by the server, and left out", true}
		case slices.Contains(own, f):
			row.text += ", set in this pane"
		case now:
			row.text += ", from the config"
		}
		out = append(out, row)
	}
	if r.ServedBy == r.Model { // else they are another model's
		for _, f := range (providers.Settings{Params: r.Params}).Fields() {
			if !hasKey(fields, f.Key) {
				say(f.Key + " " + f.Short(settingRunes) + ", sent because the server needs it")
			}
		}
	}
	if len(fields) == 0 {
		say("nothing is set: the server's own values hold")
	}
	if s.All.Ref.Model != "" && !now {
		out = append(out, settingRow{"the pane has other settings since; they hold from the next " +
			"turn on", true})
	}
	for _, warning := range s.Apart {
		out = append(out, settingRow{warning, true})
	}
	bare := providers.Contender{Ref: c.Ref, Settings: c.Settings}
	say("contender " + c.ID() + ": " + bare.Label())
	return out
}

func hasKey(fields []providers.Field, key string) bool {
	return slices.ContainsFunc(fields, func(f providers.Field) bool { return f.Key == key })
}

// settingLines lays the rows out in a width, below a heading.
func settingLines(rows []settingRow, th theme.Styles, width int) (out []string) {
	if len(rows) > 0 {
		out = append(out, "", th.Strong.Render(text.Cut("Settings", width)))
	}
	for _, row := range rows {
		for _, s := range hang("  ", text.OneLine(row.text), width) {
			if row.warn {
				s = th.Warn.Render(ansi.Strip(s))
			}
			out = append(out, s)
		}
	}
	return out
}
