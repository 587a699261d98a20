package exchange

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"lineup/session"
)

// parseLineup reads a session that WriteJSON wrote.
func parseLineup(raw []byte) Parsed {
	var rec sessionRecord
	var p Parsed
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&rec); err != nil {
		if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
			p.LeftOut = append(p.LeftOut, "the key "+name+", which this lineup does not know")
		}
		rec = sessionRecord{}
		if p.Err = json.Unmarshal(raw, &rec); p.Err != nil {
			return p
		}
	}
	p.Name = cmp.Or(rec.Title, rec.ID)
	switch {
	case rec.Schema < 1:
		p.Err = fmt.Errorf("schema is missing; %q is no session that lineup exported", p.Name)
	case rec.Schema > exportSchema:
		p.Err = fmt.Errorf("it was exported by a newer lineup (schema %d, this one knows %d); "+
			"update lineup first", rec.Schema, exportSchema)
	default:
		p.Session, p.Err = rec.session()
	}
	return p
}

// session makes the session of a record again, or says which key is wrong.
func (rec sessionRecord) session() (s *session.Session, err error) {
	s = &session.Session{ID: rec.ID, Title: rec.Title, System: rec.System,
		Panes:  session.PanesOf(rec.Panes, rec.PaneList),
		Tags:   rec.Tags,
		Parent: rec.Parent, ParentTurn: rec.ParentAt, Origin: rec.Origin,
		Blind: rec.Blind, Revealed: rec.Revealed,
		Turns: make([]*session.Turn, 0, len(rec.Turns))}
	begun := rec.CreatedAt
	if begun == "" && len(rec.Turns) > 0 {
		begun = rec.Turns[0].CreatedAt
	}
	if s.CreatedAt, err = parseStamp("created_at", begun); err != nil {
		return nil, err
	}
	if s.UpdatedAt, err = parseStamp("updated_at", cmp.Or(rec.UpdatedAt, begun)); err != nil {
		return nil, err
	}
	for i, t := range rec.Turns {
		t.CreatedAt = cmp.Or(t.CreatedAt, begun)
		turn, err := t.turn(fmt.Sprintf("turns[%d]", i), rec.System)
		if err != nil {
			return nil, err
		}
		s.Turns = append(s.Turns, turn)
	}
	return s, nil
}

func (rec turnRecord) turn(where, system string) (t *session.Turn, err error) {
	t = &session.Turn{ID: rec.ID, Prompt: rec.Prompt, Promoted: rec.Promoted,
		ToolResult: rec.ToolResult}
	if t.CreatedAt, err = parseStamp(where+".created_at", rec.CreatedAt); err != nil {
		return nil, err
	}
	if t.Attachments, err = attachmentsOf(where, rec.Files); err != nil {
		return nil, err
	}
	for i, r := range rec.Replies {
		here := fmt.Sprintf("%s.replies[%d]", where, i)
		reply, err := r.parse(here, system)
		if err != nil {
			return nil, err
		}
		if t.Reply(reply.Slot) != nil {
			return nil, fmt.Errorf("%s.slot: pane %d has a reply already", here, reply.Slot)
		}
		t.Add(reply, true)
	}
	for i, r := range rec.Others {
		here := fmt.Sprintf("%s.alternatives[%d]", where, i)
		reply, err := r.parse(here, system)
		if err != nil {
			return nil, err
		}
		for _, other := range t.Answers(reply.Slot) {
			if other.Take == reply.Take {
				return nil, fmt.Errorf("%s.take: pane %d has a take %d already", here, reply.Slot,
					reply.Take)
			}
		}
		t.Add(reply, false)
	}
	for i, v := range rec.Votes {
		vote, err := v.parse(fmt.Sprintf("%s.votes[%d]", where, i))
		if err != nil {
			return nil, err
		}
		t.Votes = append(t.Votes, vote)
	}
	for i, j := range rec.Judgements {
		judgement, err := j.parse(fmt.Sprintf("%s.judgements[%d]", where, i))
		if err != nil {
			return nil, err
		}
		t.Judgements = append(t.Judgements, judgement)
	}
	if t.Promoted != nil && t.Reply(*t.Promoted) == nil {
		return nil, fmt.Errorf("%s.promoted: pane %d has no reply", where, *t.Promoted)
	}
	return t, nil
}

// parse makes the reply of a record again, or says which key is wrong.
func (rec replyRecord) parse(where, system string) (*session.Reply, error) {
	if rec.Reply == nil {
		return nil, fmt.Errorf("%s is no reply", where)
	}
	r := rec.reply(system)
	if rec.EndedAt != "" {
		var err error
		if r.EndedAt, err = parseStamp(where+".ended_at", rec.EndedAt); err != nil {
			return nil, err
		}
	}
	return r, placedIn(where, r.Check())
}

// placedIn adds the key of a value to what is wrong with it.
func placedIn(where string, err error) error {
	if err != nil {
		return fmt.Errorf("%s.%w", where, err)
	}
	return nil
}

// parseStamp reads a time of an export. Ids are made from it, which knows no years before 1970.
func parseStamp(key, s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return t, fmt.Errorf("%s: %q is no time; write it like 2026-11-23T13:04:12.000Z", key, s)
	}
	if t = wholeMillis(t); !datable(t) {
		return t, fmt.Errorf("%s: %q lies before 1970 or after 9999", key, s)
	}
	return t, nil
}

// datable reports whether a session can have been begun at a time.
func datable(t time.Time) bool { return t.Unix() >= 0 && t.UTC().Year() <= 9999 }

func wholeMillis(t time.Time) time.Time { return time.UnixMilli(t.UnixMilli()).UTC() }
