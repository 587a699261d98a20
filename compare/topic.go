package compare

import (
	"cmp"
	"slices"
	"strings"
)

// Subject is what a topic is about: a tag of sessions, or a template that prompts are made from.
type Subject struct {
	Name     string
	Template bool
}

// Topic is a subject with the ratings of the votes on it.
type Topic struct {
	Subject
	Ratings Ratings
}

// String is a subject as people write it.
func (s Subject) String() string {
	if s.Template {
		return "template " + s.Name
	}
	return "#" + s.Name
}

// Topics rates contenders by topic: by each tag of the sessions in which votes were cast, and by
// each template that a prompt can have been made from, as the tests say. Topics without a vote are
// left out; those with the most votes come first.
func Topics(votes []Vote, templates map[string]func(prompt string) bool, o RatingOptions) []Topic {
	on := map[Subject][]Vote{}
	for _, v := range votes {
		for _, tag := range v.Tags {
			on[Subject{Name: tag}] = append(on[Subject{Name: tag}], v)
		}
		for name, fits := range templates {
			if fits(v.Prompt) {
				s := Subject{Name: name, Template: true}
				on[s] = append(on[s], v)
			}
		}
	}
	var list []Topic
	for s, votes := range on {
		list = append(list, Topic{s, Rate(votes, o)})
	}
	slices.SortFunc(list, func(a, b Topic) int {
		return cmp.Or(cmp.Compare(b.Ratings.Summary.Votes, a.Ratings.Summary.Votes),
			strings.Compare(a.String(), b.String()))
	})
	return list
}

// First are the contenders of the first rank, the strongest first; none where no contender has
// enough votes for a rank.
func (r Ratings) First() []Rating {
	var first []Rating
	for _, x := range r.Ratings {
		if x.Rank != nil && *x.Rank == 1 {
			first = append(first, x)
		}
	}
	return first
}
