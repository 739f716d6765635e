package check

import (
	"slices"
	"strings"
	"testing"
)

// TestMisreadAround (letter.md MUST-16): what a reader of pictures made of the notice,
// the code and the letterhead is no difference of a true copy, on either language's
// page; what was changed, put in or struck in such a picture is the only one.
func TestMisreadAround(t *testing.T) {
	w, _ := village(t)
	const en = "The port closes its eastern gate on 3 May 2026 at noon. Ships that are under way may still enter until midnight of that day."
	const ar = "يغلق الميناء بوابته الشرقية في 3 أيار 2026 عند الظهر. ويجوز للسفن التي في الطريق أن تدخل حتى منتصف ليل ذلك اليوم."
	w.issue(w.seal("port", "PO-7", map[string]string{"en": en, "ar": ar}, w.end()), w.end(), nil)
	s, at := w.snapshot(w.end()), w.end()
	const notices = "Draft, revision 1 - copy 5 of 5 for Coast guard, liaison - not issued\nلم تصدر - Coast guard, liaison مسودة المراجعة 1- النسخة 5 من 5 إلى\n"
	const head, foot = "portexample\nReference: PO-7\n\n", "\n\nChancery code: https:/portexample/q/#1.port1.596ef122d47624432.PO-7\nPage 1 of1\n"
	const headAR, footAR = "portexample\nالمرجع: PO-7\n\n", "\n\n1 4 رمز السجل: https:/portexample/q/#1.port.1.f494ce5933ba3395.PO-7\n1 صفحة 2 من 2\n"
	for name, c := range map[string]struct{ paper, code, differs string }{
		"issued":            {head + en + foot, "same_text/in_force", ""},
		"issued, in Arabic": {headAR + ar + footAR, "same_text/in_force", ""},
		"both pages":        {head + en + foot + headAR + ar + footAR, "same_text/in_force", ""},
		"a copy of it":      {notices + head + en + foot, "same_text/in_force", ""},
		"an hour changed":   {notices + head + strings.Replace(en, "at noon", "at midnight", 1) + foot, "altered/in_force", "midnight"},
		"a negation put in": {head + strings.Replace(en, "may still", "may not still", 1) + foot, "altered/in_force", "not"},
		"struck":            {"CANCELLED\n" + head + en + foot, "altered/in_force", "CANCELLED"},
		"not issued":        {"NOT ISSUED\n" + head + en + foot, "altered/in_force", "NOT ISSUED"},
		"another reference": {strings.Replace(head, "PO-7", "QR-9", 1) + en + foot, "altered/in_force", "Reference: QR-9"},
		"another office":    {strings.Replace(head, "portexample", "Harbour tribunal", 1) + en + foot, "altered/in_force", "Harbour tribunal"},
		"a false notice":    {strings.Replace(notices, "- not issued", "- now issued", 1) + head + en + foot, "altered/in_force", "now issued"},
		"a sentence put in": {head + en + "\nEvery master pays 840 marks at once." + foot, "altered/in_force", "pays 840 marks"},
	} {
		f := examine(t, s, pictured(seeing(c.paper, nil)), at)
		if f.Headline == nil || f.Headline.Code != c.code {
			t.Errorf("%s: %+v, differences %+v; want %s", name, f.Headline, f.Differences, c.code)
		}
		if c.differs == "" && len(f.Differences) > 0 {
			t.Errorf("%s: %+v differ", name, f.Differences)
		}
		if c.differs != "" && !slices.ContainsFunc(f.Differences, func(d Difference) bool { return strings.Contains(d.Copy, c.differs) }) {
			t.Errorf("%s: %q is not among %+v", name, c.differs, f.Differences)
		}
		notice := strings.Contains(c.paper, "Draft") || strings.Contains(c.paper, "مسودة")
		if said := slices.ContainsFunc(f.Evidence, func(c Chip) bool { return c.Kind == ChipUnread }); said != notice || notice && f.Exit() == ExitInForce {
			t.Errorf("%s: that it is a copy is said: %v, exit %d", name, said, f.Exit())
		}
	}
}
