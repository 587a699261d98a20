package registry

import (
	"lineup/config"
	"lineup/providers"
)

// ReadSettings reads settings as key=value pairs in the form of a command line. The error names the
// key of each mistake.
func (r *Registry) ReadSettings(ref string, pairs []string) (providers.Settings, error) {
	panes, err := r.cfg.Set([]config.Pane{{Ref: ref}}, pairs)
	if err != nil {
		return providers.Settings{}, err
	}
	return contenderOf(panes[0]).Settings, nil
}

// Change opens a pane with another name and other settings. What else the config says of the former
// one stays while the model is the same: its price, deadlines, fallbacks, schema and tools.
func (r *Registry) Change(was, now providers.Contender) (Spec, error) {
	if was.Ref != now.Ref {
		return r.OpenContender(now)
	}
	return r.OpenPane(withSettings(r.paneOf(was), now))
}
