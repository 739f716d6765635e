package together

import (
	"testing"

	"chancery.example/internal/check"
	"chancery.example/register"
)

// TestTogether: the nearest words win, then the graver standing; absence needs
// that all could be asked, and somebody who keeps letters.
func TestTogether(t *testing.T) {
	f := func(m check.Match, s register.Standing) check.Finding { return check.Finding{Match: &m, Standing: &s} }
	none := f(check.None, register.NotOnRecord)
	for name, c := range map[string]struct {
		fs                  []check.Finding
		letters, known, all bool
		headline            int
		want                string
	}{
		"nobody":                   {nil, false, true, true, -1, "none/no_register"},
		"none has it":              {[]check.Finding{none, none}, true, true, true, -1, "none/not_on_record"},
		"none keeps letters":       {[]check.Finding{none}, false, true, true, -1, "none/no_register"},
		"one was away":             {[]check.Finding{none}, true, true, false, -1, "none/cannot_check"},
		"one could not be checked": {[]check.Finding{none, f(check.None, register.CannotCheck)}, true, true, true, -1, "none/cannot_check"},
		"one has it":               {[]check.Finding{none, f(check.SameText, register.InForce)}, true, true, true, 1, "same_text/in_force"},
		"one has it, one is away":  {[]check.Finding{f(check.Part, register.Withdrawn)}, true, true, false, 0, "part/withdrawn"},
		"the nearest":              {[]check.Finding{f(check.Altered, register.Disavowed), f(check.Part, register.InForce)}, true, true, true, 1, "part/in_force"},
		"the graver":               {[]check.Finding{f(check.SameText, register.InForce), f(check.SameText, register.Withdrawn)}, true, true, true, 1, "same_text/withdrawn"},
		"another office's":         {[]check.Finding{f(check.SameText, register.InForce)}, true, false, true, -1, "none/no_register"},
		"resembling is no match":   {[]check.Finding{f(check.Resembles, register.NotOnRecord)}, true, true, true, -1, "none/not_on_record"},
		"a report":                 {[]check.Finding{{ExhibitKind: check.KindReport}}, true, true, true, -1, "none/not_on_record"},
	} {
		i, m, s := together(c.fs, c.letters, c.known, c.all)
		if got := string(m) + "/" + string(s); i != c.headline || got != c.want {
			t.Errorf("%s: %d %s, want %d %s", name, i, got, c.headline, c.want)
		}
	}
}
