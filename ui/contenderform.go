package ui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"lineup/providers"
	"lineup/registry"
	"lineup/session"
	"lineup/ui/keys"
	"lineup/ui/pane"
	"lineup/ui/text"
	"lineup/ui/theme"
	"lineup/ui/widget"
)

// Changer is a Models that reads and changes the settings of panes.
type Changer interface {
	// ReadSettings reads parameters as key=value pairs; its error names the key of each mistake.
	ReadSettings(ref string, pairs []string) (providers.Settings, error)
	// Change opens a pane with another name and other settings than it had.
	Change(was, now providers.Contender) (registry.Spec, error)
}

// contenderForm changes what a pane asks: its model, its name, its system prompt, its template and
// its parameters. A field that is empty takes what the config says.
type contenderForm struct {
	pane  *pane.Pane
	sheet widget.Sheet
	own   providers.Contender // what the pane has
	known known               // of the model in the form
}

// known is what there is to say of a model before it is asked.
type known struct {
	ref       string
	err       error               // why it cannot be opened
	inherited providers.Contender // what the config says
	fields    []providers.Field   // of it
	ignored   []string            // parameters that its protocol does not have
	refused   []string            // parameters that its server refused in this session
}

// Rows of the form before those of the parameters.
const (
	rowModel = iota
	rowName
	rowSystem
	rowTemplate
	rowParams
)

// noText is in a field that shall be empty in spite of the config.
const noText = `""`

// contenderKeys are the fields of the form, as the config calls them.
func contenderKeys() []string {
	return append([]string{"model", "name", "system", "template"}, providers.ParamKeys()...)
}

// canChange says why the settings of panes cannot be changed.
func canChange(a *app) string {
	_, ok := a.cfg.Models.(Changer)
	return unless(ok, "there is no config to open models with")
}

// openContender opens the settings of a pane.
func openContender(a *app, p *pane.Pane) {
	if p.Merges {
		a.flash = aboutMerges + "; /merge MODEL takes another model"
		return
	}
	if a.flash = canChange(a); a.flash != "" {
		return
	}
	f := &contenderForm{pane: p, own: p.Spec.Contender()}
	values := map[string]string{"model": f.own.Ref.String(), "name": f.own.Name,
		"template": f.own.Settings.Template}
	for _, field := range (providers.Settings{Params: f.own.Settings.Params}).Fields() {
		values[field.Key] = field.Text()
	}
	if s := f.own.Settings.System; s != nil {
		if values["system"] = *s; *s == "" {
			values["system"] = noText
		}
	}
	for i, key := range contenderKeys() {
		f.sheet.Add(key, values[key], i == rowSystem || i == rowTemplate)
	}
	f.refresh(a)
	a.open(f)
}

// look finds out what is known of the model in the form.
func (k *known) look(a *app, ref string) {
	*k = known{ref: ref}
	spec, err := a.cfg.Models.Open(ref)
	if err != nil {
		k.err = err
		return
	}
	k.inherited = spec.Effective()
	k.fields = k.inherited.Settings.Fields()
	if spec.Provider != nil {
		k.ignored = spec.Provider.Ignores()
	}
	if a.sess == nil {
		return
	}
	for _, t := range a.sess.Turns {
		for _, r := range t.All() {
			if r.ServedBy == ref {
				k.refused = append(k.refused, providers.ParamsCalled(r.DroppedParams...)...)
			}
		}
	}
}

// refusal says why a parameter is not sent, "" where nothing is known against it.
func (k *known) refusal(key string) string {
	if slices.Contains(k.ignored, key) {
		return "not sent: its protocol has none"
	}
	if slices.Contains(k.refused, key) {
		return "refused by the server"
	}
	return ""
}

// inherits is the value of a setting in the config, in one line.
func (k *known) inherits(key string) string {
	for _, f := range k.fields {
		if f.Key == key {
			return f.Text()
		}
	}
	return ""
}

// refresh gives each field its remark: the value of an empty one, a mistake, or that the server
// refuses it.
func (f *contenderForm) refresh(a *app) {
	if ref := f.sheet.Value(rowModel); ref != f.known.ref || f.known.ref == "" {
		f.known.look(a, ref)
	}
	for i, key := range contenderKeys() {
		holder, remark, tone := f.about(a, i, key)
		f.sheet.Say(i, holder, remark, tone)
	}
}

// about is what is shown in an empty field and beside it.
func (f *contenderForm) about(a *app, i int, key string) (holder, remark string, tone theme.Tone) {
	value := f.sheet.Value(i)
	holder = f.known.inherits(key)
	if value == "" && holder != "" {
		remark = "from the config"
	} else if value != "" {
		remark = "set here"
	}
	switch i {
	case rowModel:
		if remark = ""; f.known.err != nil {
			return "", f.known.err.Error(), theme.Bad
		}
	case rowName:
		if holder = f.known.inherited.Name; value == "" && holder != "" {
			remark = "from the config"
		}
	case rowSystem:
		return f.aboutSystem(a, value, remark)
	case rowTemplate:
		if value == "" && holder == "" {
			remark = providers.PromptVariable + " is the prompt"
		}
	default:
		if value != "" {
			if err := f.check(a, i); err != nil {
				return holder, strings.TrimPrefix(err.Error(), key+": "), theme.Bad
			}
		}
		if why := f.known.refusal(key); why != "" {
			if tone = theme.Quiet; value+holder != "" {
				tone = theme.Warn
			}
			return holder, why, tone
		}
		if holder == "" {
			holder = "the server's own"
		}
	}
	return holder, remark, theme.Quiet
}

// aboutSystem is about for the system prompt: without one of its own the pane has the session's.
func (f *contenderForm) aboutSystem(a *app, value, remark string) (string, string, theme.Tone) {
	edit := "; " + a.keys.Label(keys.Editor) + " edits"
	switch own := f.known.inherited.Settings.System; {
	case value == noText:
		return "", "none is sent", theme.Quiet
	case value != "":
		return "", remark + edit, theme.Quiet
	case own != nil:
		return *own, "from the config" + edit, theme.Quiet
	}
	system := a.cfg.System
	if a.sess != nil {
		system = a.sess.System
	}
	if system == "" {
		return "none", noText + " sends none" + edit, theme.Quiet
	}
	return system, "the session's" + edit, theme.Quiet
}

// check reads one parameter.
func (f *contenderForm) check(a *app, i int) error {
	_, err := a.cfg.Models.(Changer).ReadSettings(f.sheet.Value(rowModel), f.pairs(i, i+1))
	return err
}

// pairs are the parameters in some rows that are set, in the form of a command line.
func (f *contenderForm) pairs(from, to int) (pairs []string) {
	for i := from; i < to; i++ {
		if v := f.sheet.Value(i); v != "" {
			pairs = append(pairs, contenderKeys()[i]+"="+v)
		}
	}
	return pairs
}

// contender is what the form says. Its error names the field.
func (f *contenderForm) contender(a *app) (providers.Contender, error) {
	ref := f.sheet.Value(rowModel)
	switch {
	case ref == "":
		f.sheet.Go(rowModel)
		return f.own, fmt.Errorf("model: names no model")
	case f.known.err != nil:
		f.sheet.Go(rowModel)
		return f.own, fmt.Errorf("model: %w", f.known.err)
	}
	for i := rowParams; i < f.sheet.Len(); i++ {
		if err := f.check(a, i); err != nil {
			f.sheet.Go(i)
			return f.own, err
		}
	}
	read, err := a.cfg.Models.(Changer).ReadSettings(ref, f.pairs(rowParams, f.sheet.Len()))
	if err != nil {
		return f.own, err
	}
	c := providers.Contender{Ref: providers.RefOf(ref), Name: f.sheet.Value(rowName),
		Settings: f.own.Settings}
	c.Settings.Params = read.Params
	c.Settings.System = f.text(rowSystem, f.own.Settings.System)
	c.Settings.Template = ""
	if s := f.text(rowTemplate, &f.own.Settings.Template); s != nil {
		c.Settings.Template = *s
	}
	return c, nil
}

// text is the value of a field of several lines, nil for an empty one. A field that nobody changed
// keeps every byte.
func (f *contenderForm) text(row int, was *string) *string {
	switch value := f.sheet.Value(row); {
	case value == "":
		return nil
	case value == noText:
		return new(string)
	case was != nil && session.TrimPrompt(*was) == value:
		return was
	default:
		return &value
	}
}

// apply gives the pane the settings of the form.
func (f *contenderForm) apply(a *app) tea.Cmd {
	c, err := f.contender(a)
	if err == nil && samePanes([]providers.Contender{c}, []providers.Contender{f.own}) {
		a.leave()
		a.flash = "nothing was changed"
		return nil
	}
	var spec registry.Spec
	if err == nil {
		spec, err = a.cfg.Models.(Changer).Change(f.own, c)
	}
	if err != nil {
		a.flash = text.OneLine(strings.ReplaceAll(err.Error(), "\n", "; "))
		return nil
	}
	a.leave()
	cmd := a.replaceModel(f.pane, spec.Declaring(f.pane.Spec))
	a.flash = fmt.Sprintf("pane %d: the settings hold from the next turn on", f.pane.Number)
	return cmd
}

func (f *contenderForm) heading(*app) string {
	return fmt.Sprintf("Pane %d · %s", f.pane.Number, f.pane.FullName())
}

func (f *contenderForm) room(_ *app, w, h int) (int, int) {
	return min(w, 112), min(h, f.sheet.Len()+len(f.notes())+2)
}

// notes are said below the fields.
func (f *contenderForm) notes() (notes []string) {
	rest := providers.Settings{Options: f.own.Settings.Options, Body: f.own.Settings.Body}
	for _, field := range rest.Fields() {
		notes = append(notes, "also "+field.Key+" "+field.Short(40)+", from the config")
	}
	return notes
}

func (f *contenderForm) hints(a *app) []string {
	hints := []string{"enter apply", "esc cancel", "↑ ↓ choose field"}
	if i := f.sheet.At(); i == rowSystem || i == rowTemplate {
		hints = append(hints, a.keys.Label(keys.Editor)+" editor",
			a.keys.Label(keys.Newline)+" newline")
	}
	return append(hints, "an empty field takes what the config says")
}

func (f *contenderForm) view(a *app, w, h int) ([]string, *tea.Cursor) {
	below := f.notes()
	fields := h - len(below) - 2
	if fields < 4 {
		fields, below = max(1, h-1), nil
	}
	rows, cursor := f.sheet.View(a.theme.Styles, w, fields)
	for _, s := range below {
		rows = append(rows, a.theme.Dim.Render(text.Cut(text.OneLine(s), w)))
	}
	if remark, tone := f.sheet.Remark(); len(rows) < h && remark != "" {
		if len(rows)+1 < h {
			rows = append(rows, "")
		}
		key := contenderKeys()[f.sheet.At()]
		rows = append(rows, a.theme.Tone(tone).Render(text.Cut(key+": "+remark, w)))
	}
	return rows, cursor
}

func (f *contenderForm) press(a *app, k tea.KeyPressMsg) tea.Cmd {
	lines := f.sheet.At() == rowSystem || f.sheet.At() == rowTemplate
	switch act := a.keys.Find(k, keys.InPrompt); {
	case closes(k):
		a.leave()
	case k.String() == "enter":
		return f.apply(a)
	case act == keys.Newline && lines:
		f.sheet.Paste("\n")
	case act == keys.Editor && lines:
		return f.edit(a)
	default:
		if f.sheet.Press(k) {
			a.flash = ""
			f.refresh(a)
		}
	}
	return nil
}

// fieldEditedMsg brings the text of a field back from the editor.
type fieldEditedMsg struct {
	row  int
	text string
	err  error
}

// edit opens a text in the user's editor.
func (f *contenderForm) edit(a *app) tea.Cmd {
	row := f.sheet.At()
	value := f.sheet.Value(row)
	if value == noText {
		value = ""
	}
	cmd, err := inEditor(value, func(text string, err error) tea.Msg {
		return toldMsg{f, fieldEditedMsg{row, text, err}}
	})
	if err != nil {
		a.flash = text.OneLine(err.Error())
	}
	return cmd
}

func (f *contenderForm) heard(a *app, msg tea.Msg) tea.Cmd {
	if m, ok := msg.(fieldEditedMsg); ok {
		if m.err != nil {
			a.flash = "the editor failed: " + text.OneLine(m.err.Error())
			return nil
		}
		f.sheet.Set(m.row, strings.TrimRight(m.text, "\n"))
		f.refresh(a)
	}
	return nil
}

func (f *contenderForm) paste(a *app, s string) tea.Cmd {
	f.sheet.Paste(s)
	f.refresh(a)
	return nil
}

func (f *contenderForm) click(_ *app, _, y int) tea.Cmd {
	f.sheet.Click(y)
	return nil
}

func (f *contenderForm) wheel(_ *app, by int) { f.sheet.Go(f.sheet.At() + by/max(by, -by, 1)) }
