package registry

// OpenReader opens a model that is to read answers of others, to judge or to merge them. It is
// named as a pane is on the command line: a reference, and settings after a space. No other model
// may stand in for it, because the record says who judged. Its answers are text, whatever schema
// and tools the model has elsewhere.
func (r *Registry) OpenReader(arg string) (Spec, error) {
	pane, err := r.cfg.ParsePane(arg)
	if err != nil {
		return Spec{}, err
	}
	if pane.Fallback == nil {
		pane.Fallback = []string{}
	}
	s, err := r.OpenPane(pane)
	if err != nil {
		return Spec{}, err
	}
	s.Schema, s.Tools = nil, nil
	return s, nil
}
