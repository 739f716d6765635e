package v1

import (
	"slices"

	"chancery.example/internal/office"
	"chancery.example/internal/staff"
	"chancery.example/letter"
)

const issued = "issued" // the stage of a letter that everybody may read

// knows reports whether a token may know that a letter is there.
func (c *call) knows(l office.Held) bool {
	return c.sees(l) || staff.ReachOf(c.token.Roles, staff.SeeDrafts) == staff.Title
}

// sees reports whether a token may read a letter: all of them, or what its person
// began or translates. What is issued everybody may read.
func (c *call) sees(l office.Held) bool {
	return c.works(l) || l.Stage == issued && staff.ReachOf(c.token.Roles, staff.SeeDrafts) != staff.None
}

// works reports whether a letter is one that a token works on, so that it may read what
// is not public of it: all of them, or what its person began or translates.
func (c *call) works(l office.Held) bool {
	switch staff.ReachOf(c.token.Roles, staff.SeeDrafts) {
	case staff.Whole:
		return true
	case staff.Part:
		translates := slices.ContainsFunc(l.Draft.Texts, func(t letter.LangText) bool { return slices.Contains(c.langs, t.Lang) })
		return l.Drafter == c.token.Person || translates
	case staff.Title, staff.With, staff.None:
	}
	return false
}
