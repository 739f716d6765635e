package office_test

import (
	"slices"
	"time"

	"chancery.example/approval"
	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/letter"
	"chancery.example/register"
)

// A modelClearance is a question to a clearer as the page on the life of a letter
// has it.
type modelClearance struct {
	id       int64
	of       string
	outside  bool
	ofText   bool   // about the words, which change, or about what never does
	words    string // of the revision that was shown
	due      time.Time
	answer   office.ClearanceAnswer
	settled  office.Settlement
	replaced bool // asked again
	carried  bool // an earlier objection stands
}

func (c *modelClearance) void(l *modelLetter) bool { return c.ofText && c.words != l.draft }

func (c *modelClearance) objects() bool {
	return c.answer == office.AnswerCondition || c.answer == office.AnswerObjection
}

// holds reports whether a clearance keeps its letter from being submitted.
func (c *modelClearance) holds(l *modelLetter, now time.Time) bool {
	switch {
	case c.replaced, c.settled == office.Overruled:
		return false
	case c.void(l):
		return true
	case c.answer == "":
		return !now.After(c.due) || c.carried
	}
	return c.objects() && c.settled == ""
}

// cleared refuses to submit a letter that a clearance holds up.
func (m *model) cleared(ref letter.Ref, now time.Time) kind.Kind {
	l := m.letters[ref]
	if l == nil {
		return allowed
	}
	return unless(!slices.ContainsFunc(l.clearances, func(c *modelClearance) bool { return c.holds(l, now) }), kind.Conflict)
}

// askable refuses to ask who was asked and whose word stands.
func (m *model) askable(ref letter.Ref, of string, now time.Time) kind.Kind {
	l := m.letters[ref]
	if l == nil {
		return kind.NotFound
	}
	want := unless(l.stage == "drafting" || l.stage == "coordination", kind.Conflict)
	for _, c := range l.clearances {
		if c.of != of || c.replaced || c.void(l) {
			continue
		}
		open := c.answer == "" && !now.After(c.due)
		want = firstOf(want, unless(!open && !(c.objects() && c.settled == ""), kind.Conflict))
	}
	return want
}

// mayAnswer refuses everybody but the clearer and, for those on paper, a clerk who
// did not draft the letter.
func (m *model) mayAnswer(l *modelLetter, c *modelClearance, by string) kind.Kind {
	_, officer := m.officer(by)
	if c.of != by || c.outside {
		return firstOf(m.needs(by, register.RoleClerk), unless(by != l.drafter, kind.Forbidden))
	}
	return unless(officer && by != l.drafter, kind.Forbidden)
}

// takeBack takes a letter back from its approvers.
func (m *model) takeBack(ref letter.Ref) {
	if l := m.letters[ref]; l.stage == "approval" || l.stage == "approved" {
		l.stage = "coordination"
		m.void(ref, approval.Issue)
	}
}
