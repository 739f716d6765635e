package check

import (
	"strings"
	"testing"

	"chancery.example/internal/facing"
)

// TestWordsAroundALetter (letter.md MUST-15): a paper that has round the words of a
// letter what its record says of it agrees with it, in one language and in two, as
// text and as picture, and is shown as it is; what was changed there is a difference,
// at its place.
func TestWordsAroundALetter(t *testing.T) {
	w, _ := village(t)
	const en = "The port closes its eastern gate on 3 May 2026 at noon. Ships that are under way may still enter until midnight of that day."
	const ar = "يغلق الميناء بوابته الشرقية في 3 أيار 2026 عند الظهر. ويجوز للسفن التي في الطريق أن تدخل حتى منتصف ليل ذلك اليوم."
	w.issue(w.seal("port", "PO-7", map[string]string{"en": en, "ar": ar}, w.end()), w.end(), nil)
	s, at := w.snapshot(w.end()), w.end()
	day := w.end().UTC().Format("2 January 2006")
	head := "port.example\nReference: PO-7\nDate: " + day + "\nTo: Whom it concerns\n\n"
	headAR := "port.example\nالمرجع: PO-7\nإلى: Whom it concerns\n\n"
	for name, c := range map[string]struct{ paper, code, differs string }{
		"one language":       {head + en + "\n\nPage 1 of 2\n", "same_text/in_force", ""},
		"two languages":      {head + en + "\n\nPage 1 of 2\n" + headAR + ar + "\n\nصفحة 2 من 2\n", "same_text/in_force", ""},
		"another addressee":  {strings.Replace(head, "Whom it", "Who it", 1) + en, "altered/in_force", "To: Who it concerns"},
		"another reference":  {strings.Replace(head, "PO-7", "PO-8", 1) + en, "altered/in_force", "Reference: PO-8"},
		"in the Arabic part": {head + en + "\n\n" + strings.Replace(headAR, "PO-7", "PO-8", 1) + ar, "translation_differs/in_force", "المرجع: PO-8"},
		"words beside them":  {head + "Pay at once.\n" + en, "altered/in_force", "Pay at once"},
	} {
		for kind, e := range map[string]Exhibit{"text": {Data: []byte(c.paper)}, "picture": pictured(seeing(c.paper, nil))} {
			if kind == "picture" && c.differs != "" {
				continue // what to make of words that are more in a picture is tried elsewhere
			}
			f := examine(t, s, e, at)
			if f.Headline == nil || f.Headline.Code != c.code {
				t.Errorf("%s as %s: %+v, differences %v; want %s", name, kind, f.Headline, f.Differences, c.code)
				continue
			}
			if got := facing.Text(f.Comparison.Copy); kind == "text" && !strings.Contains(got, head[:12]) {
				t.Errorf("%s: the paper is shown without its letterhead: %q", name, got)
			}
			shown := false
			for _, d := range f.Differences {
				at := []rune(c.paper)[d.Offset : d.Offset+d.Length]
				shown = shown || strings.Contains(string(at), c.differs)
			}
			if c.differs != "" && !shown {
				t.Errorf("%s: %v; want a difference at %q", name, f.Differences, c.differs)
			}
		}
	}
}
