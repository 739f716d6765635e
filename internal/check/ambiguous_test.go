package check

import (
	"strings"
	"testing"
	"time"

	"chancery.example/register"
)

// twoRevisions is a register with a letter whose issued text differs from its
// opened draft in one figure.
func twoRevisions(t *testing.T) (s *Snapshot, issued string, at time.Time) {
	t.Helper()
	issued = "The eastern quay is closed to vessels over 90 metres until further notice.\n\n" +
		"Pilots will not board after sunset, and the fee of 300 marks is waived for boats that wait.\n\n" +
		"Masters report to the harbour office before noon of the day on which they arrive."
	w := newTown(t, "letters.port.example/main/1", epoch)
	w.enrol("port", register.Words{"en": "Port Office"}, nil, epoch.Add(time.Minute))
	w.open(w.seal("port", "PO-1", map[string]string{"en": strings.Replace(issued, "300", "250", 1)}, epoch.Add(2*time.Minute)), epoch.Add(3*time.Minute))
	w.issue(w.seal("port", "PO-1", map[string]string{"en": issued}, epoch.Add(4*time.Minute)), epoch.Add(5*time.Minute), nil)
	return w.snapshot(w.end()), issued, w.end()
}

func TestRevisionsThatCannotBeTold(t *testing.T) {
	s, issued, at := twoRevisions(t)
	paras := strings.Split(issued, "\n\n")
	for _, c := range []struct{ name, text, code string }{
		{"the issued words", issued, "same_text/in_force"},
		{"the draft's", strings.Replace(issued, "300", "250", 1), "same_text/draft_replaced"},
		{"neither figure", strings.Replace(issued, "300", "280", 1), "altered/draft_replaced"},
		{"the issued figure, another word changed", strings.Replace(issued, "noon", "dusk", 1), "altered/in_force"},
		{"the draft's figure, another word changed", strings.NewReplacer("300", "250", "noon", "dusk").Replace(issued), "altered/draft_replaced"},
		{"the issued words in another order", paras[0] + "\n\n" + paras[2] + "\n\n" + paras[1], "altered/in_force"},
		{"a part that both have, misspelled", strings.Replace(paras[0], "quay", "quai", 1), "altered/in_force"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := examine(t, s, Exhibit{Data: []byte(c.text), As: KindText}, at)
			if f.Headline.Code != c.code {
				t.Errorf("%s, want %s", f.Headline.Code, c.code)
			}
			if told := f.Note != Ambiguous; told == (c.name == "neither figure") {
				t.Errorf("note %q, %d others", f.Note, len(f.Others))
			}
			if f.Note == Ambiguous && (len(f.Others) != 1 || f.Others[0].Standing != register.InForce) {
				t.Errorf("the other revision is not named: %+v", f.Others)
			}
		})
	}
}

// TestSplicedLettersAreAllNamed: whoever puts a paragraph of one letter into
// another gets both named.
func TestSplicedLettersAreAllNamed(t *testing.T) {
	_, w := embedded(t)
	const inserted = "Vessels that wait beyond the outer mole keep their lamps lit from dusk and answer the signals of the tower in the order of their arrival."
	w.enrol("mole", register.Words{"en": "Mole Office"}, nil, w.end())
	w.issue(w.seal("mole", "MO-9", map[string]string{"en": "To all masters.\n\n" + inserted + "\n"}, w.end()), w.end(), nil)
	s := w.snapshot(w.end())
	story, _ := embedded(t)
	tariff := story.file(t, "tariff.en.txt")
	f := examine(t, s, Exhibit{Data: []byte(tariff + "\n" + inserted + "\n"), As: KindText}, w.end())
	if f.Headline.Code != "altered/in_force" {
		t.Errorf("%s, want altered/in_force", f.Headline.Code)
	}
	for _, o := range f.Others {
		if o.Record.Reference == "MO-9" && strings.Contains(o.Passage, "answer the signals") {
			return
		}
	}
	t.Errorf("the second letter is not named: %+v", f.Others)
}
