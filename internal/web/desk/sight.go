package desk

import (
	"fmt"
	"slices"
	"strings"

	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/staff"
	"chancery.example/letter"
	"chancery.example/register"
)

// How much of a letter somebody sees. Drafts are shown as the table of roles says
// (lifecycle, "People"): to the clerk and the auditor all, to others what is
// theirs; what is issued is public anyway.
type sight int

const (
	nothing sight = iota
	title         // that it is there, how far it is, and what it is called
	whole
)

// A dossier is a letter of the reader's office, with what it takes to judge how
// much of it they see.
type dossier struct {
	Reference letter.Ref
	Draft     letter.Content
	Drafter   string
	Stage     string
	sight     sight
}

// dossier returns the letter that an address names. One of which the reader sees
// less than least is not there, as is one of another office.
func (c *call) dossier(least sight) (dossier, error) {
	ref, err := letter.ParseRef(c.PathValue("ref"))
	if err != nil {
		return dossier{}, kind.NotFound.Wrap(err)
	}
	l, err := c.d.house.Letter(c.ctx(), c.who.Office, ref)
	if err != nil {
		return dossier{}, err //nolint:wrapcheck // answered as what is not there
	}
	d := dossier{Reference: l.Reference, Draft: l.Draft, Drafter: l.Drafter, Stage: string(l.Stage)}
	if d.sight, err = c.sees(d); err != nil {
		return d, err
	}
	if d.sight < least {
		return d, kind.NotFound.Errorf("%s is not the reader's to see", ref)
	}
	return d, nil
}

// sees says how much of a letter the reader sees.
func (c *call) sees(d dossier) (sight, error) {
	switch c.reach("see_drafts") {
	case staff.None, staff.With:
		return nothing, nil
	case staff.Whole:
		return whole, nil
	case staff.Title:
		if d.Stage == "issued" {
			return whole, nil
		}
		return title, nil
	case staff.Part:
	}
	if d.Stage == "issued" || c.theirs(d) {
		return whole, nil
	}
	if c.who.Holds(string(staff.Clearer), string(staff.Approver)) {
		asked, err := c.wasAsked(d.Reference)
		if asked || err != nil {
			return whole, err
		}
	}
	if c.who.Holds(string(staff.Press)) {
		return title, nil
	}
	return nothing, nil
}

// theirs reports whether a letter is the reader's by what they are: the drafter's
// own, before its approvers, or in a translator's language.
func (c *call) theirs(d dossier) bool {
	switch {
	case c.who.Holds(string(staff.Drafter)) && d.Drafter == c.who.ID:
		return true
	case c.who.Holds(string(staff.Approver)) && slices.Contains([]string{"approval", "approved", "embargoed", "closed"}, d.Stage):
		return true
	case c.who.Holds(string(staff.Translator)):
		return slices.ContainsFunc(d.Draft.Texts, func(t letter.LangText) bool { return slices.Contains(c.who.Langs, t.Lang) })
	}
	return false
}

// wasAsked reports whether the reader was asked to clear a letter.
func (c *call) wasAsked(ref letter.Ref) (bool, error) {
	all, err := c.d.house.Clearances(c.ctx(), c.who.Office, ref)
	if err != nil {
		return false, fmt.Errorf("finding who was asked about %s: %w", ref, err)
	}
	return slices.ContainsFunc(all, func(x office.Clearance) bool { return strings.EqualFold(x.Of, c.who.ID) && !x.Outside }), nil
}

// reach says how far the reader's roles give an act.
func (c *call) reach(act staff.Act) staff.Reach { return staff.ReachOf(rolesOf(c.who.Roles), act) }

// by is the reader as package office knows who acts.
func (c *call) by() office.By {
	return office.By{ID: c.who.ID, Roles: c.who.Roles, Langs: c.who.Langs}
}

// standings returns where the office's letters stand by the record, those of which
// anything is public.
func (c *call) standings() (map[letter.Ref]register.Standing, error) {
	snap, err := c.d.records.Snapshot(c.ctx())
	if err != nil {
		return nil, fmt.Errorf("reading the register: %w", err)
	}
	out := map[letter.Ref]register.Standing{}
	state := snap.State()
	mine, ok := state.OfficeByID(c.who.Office)
	if !ok {
		return out, nil
	}
	for _, l := range state.Letters() {
		if l.Office == mine.Office {
			out[l.Reference] = state.LetterStatus(l, c.d.house.Now()).Standing
		}
	}
	return out, nil
}
