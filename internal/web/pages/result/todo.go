package result

import (
	"slices"

	"chancery.example/internal/check"
	"chancery.example/register"
)

// Todo says what a reader can do now: keys of messages under "result.todo". It
// depends on both axes. A changed copy of a disavowed page must not send the
// reader to "the words on record", and a part of a letter is no statement.
func Todo(f check.Finding) []string {
	keys := todo(f)
	if slices.ContainsFunc(f.Differences, func(d check.Difference) bool { return d.Check }) {
		return append([]string{"look"}, keys...)
	}
	return keys
}

func todo(f check.Finding) []string {
	if f.Match == nil || f.Standing == nil {
		return []string{"unknown"}
	}
	if f.Note == check.CommonWording {
		return []string{"common"}
	}
	switch *f.Match {
	case check.None, check.Resembles, check.Unreadable, check.OtherLanguage:
		if f.Note == check.TooShort {
			return []string{"short"}
		}
		return []string{"unknown"}
	case check.Altered, check.TranslationDiffers:
		if k := ofStanding(*f.Standing); k != "in-force" && k != "stated" {
			return []string{k, "differs"}
		}
		return []string{"differs"}
	case check.Part:
		keys := []string{ofStanding(*f.Standing)}
		if *f.Standing == register.InForce {
			keys = []string{"part"}
		}
		if len(f.Sentences) > 0 {
			keys = append(keys, "cut")
		}
		return keys
	case check.ExactFile, check.SameText, check.Most:
	}
	return []string{ofStanding(*f.Standing)}
}

func ofStanding(s register.Standing) string {
	switch s {
	case register.InForce:
		return "in-force"
	case register.DraftOpened, register.DraftClosed, register.DraftReplaced:
		return "draft"
	case register.Withdrawn, register.Superseded, register.Expired, register.Embargoed, register.Retracted,
		register.Disavowed, register.Lookalike, register.Conflict, register.Stated:
		return string(s)
	case register.CannotCheck, register.NotOnRecord, register.NoRegister:
	}
	return "unknown"
}
