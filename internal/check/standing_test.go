package check

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/fold"
	"chancery.example/letter"
	"chancery.example/register"
)

const circular = "To all masters\n\nThe eastern quay is closed to vessels over 90 metres from Monday. Pilots will not board after sunset, and the fee of 300 marks is waived.\n"

// village is a register with two offices and one issued letter.
func village(t testing.TB) (*town, *townLetter) {
	w := newTown(t, "letters.village.example/test/1", epoch)
	w.enrol("port", register.Words{"en": "Port Office"}, []string{"Ada Quay"}, epoch.Add(time.Minute))
	w.enrol("mill", register.Words{"en": "Mill Office"}, nil, epoch.Add(time.Minute))
	l := w.seal("port", "PO-1", map[string]string{"en": circular}, epoch.Add(2*time.Minute))
	w.issue(l, epoch.Add(3*time.Minute), nil)
	return w, l
}

func TestDisavowals(t *testing.T) {
	w, _ := village(t)
	w.disavow("mill", map[string]string{"en": circular}, nil, register.Words{"en": "We doubt it."}, epoch.Add(4*time.Minute))
	f := examine(t, w.snapshot(w.end()), Exhibit{Data: []byte(circular)}, w.end())
	if f.Headline.Code != "same_text/in_force" || len(f.Others) != 1 || f.Others[0].Standing != register.Disavowed {
		t.Errorf("disavowed by somebody else: %s, others %v", f.Headline.Code, f.Others)
	}
	if len(f.Statements) != 1 || !f.Statements[0].Disavowal || f.Statements[0].Office != "mill" {
		t.Errorf("the disavowal does not stand beside: %+v", f.Statements)
	}
	w.disavow("port", map[string]string{"en": circular}, nil, register.Words{"en": "Not ours after all."}, epoch.Add(5*time.Minute))
	f = examine(t, w.snapshot(w.end()), Exhibit{Data: []byte(circular)}, w.end())
	if *f.Standing != register.Conflict || f.Exit() != ExitConflict {
		t.Errorf("disavowed by its own office: %s exit %d", f.Headline.Code, f.Exit())
	}
}

// TestForgeryNeverPoisons: a disavowed text that differs in a word from the
// letter takes the forgery's readers, not the letter's.
func TestForgeryNeverPoisons(t *testing.T) {
	w, _ := village(t)
	forged := strings.Replace(circular, "300", "900", 1)
	w.disavow("port", map[string]string{"en": forged}, nil, register.Words{"en": "Not ours."}, epoch.Add(4*time.Minute))
	s := w.snapshot(w.end())
	if f := examine(t, s, Exhibit{Data: []byte(circular)}, w.end()); f.Headline.Code != "same_text/in_force" {
		t.Errorf("the letter: %s", f.Headline.Code)
	}
	if f := examine(t, s, Exhibit{Data: []byte(forged)}, w.end()); f.Headline.Code != "same_text/disavowed" {
		t.Errorf("the forgery: %s", f.Headline.Code)
	}
}

// TestIssuedBeforeItsDrafts: words that stand in the issued text and in an
// opened draft of the same letter are words of the issued one.
func TestIssuedBeforeItsDrafts(t *testing.T) {
	w := newTown(t, "letters.village.example/test/1", epoch)
	w.enrol("port", register.Words{"en": "Port Office"}, nil, epoch.Add(time.Minute))
	l := w.seal("port", "PO-1", map[string]string{"en": strings.Replace(circular, "300", "250", 1)}, epoch.Add(2*time.Minute))
	w.open(l, epoch.Add(3*time.Minute))
	l = w.seal("port", "PO-1", map[string]string{"en": circular}, epoch.Add(4*time.Minute))
	w.issue(l, epoch.Add(5*time.Minute), nil)
	s := w.snapshot(w.end())
	for text, want := range map[string]string{
		"The eastern quay is closed to vessels over 90 metres":         "part/in_force",
		"the fee of 250 marks is waived, and nothing":                  "",
		"Pilots will not board after sunset, and the fee of 250 marks": "part/draft_replaced",
		"Pilots will not board after sunset, and the fee of 300 marks": "part/in_force",
		circular: "same_text/in_force",
	} {
		if f := examine(t, s, Exhibit{Data: []byte(text)}, w.end()); want != "" && f.Headline.Code != want {
			t.Errorf("%q: %s, want %s", text, f.Headline.Code, want)
		}
	}
}

func TestCommonWording(t *testing.T) {
	w, _ := village(t)
	const formula = "I have the honour to remain, Sir, your most obedient servant"
	for _, ref := range []string{"PO-2", "PO-3", "PO-4", "PO-5"} {
		w.issue(w.seal("port", ref, map[string]string{"en": "Letter " + ref + " speaks of other things.\n\n" + formula + "\n"}, w.end()), w.end(), nil)
	}
	s := w.snapshot(w.end())
	f := examine(t, s, Exhibit{Data: []byte(formula)}, w.end())
	if f.Note != CommonWording || len(f.Others) != 3 {
		t.Errorf("a formula of four letters: note %q, %d others", f.Note, len(f.Others))
	}
	f = examine(t, s, Exhibit{Data: []byte("I have the honour to remain, Sir, your very obedient servant")}, w.end())
	if *f.Match != Resembles && *f.Match != None || f.Exit() != ExitNotOnRecord {
		t.Errorf("a formula put a little differently is no alteration: %s", f.Headline.Code)
	}
}

func TestTwoLanguages(t *testing.T) {
	story, w := embedded(t)
	s, at := w.snapshot(w.end()), w.end()
	en, ar := story.file(t, "tariff.en.txt"), story.file(t, "tariff.ar.txt")
	draft, first, second := story.file(t, "draft.en.txt"), story.file(t, "draft.ar.1.txt"), story.file(t, "draft.ar.2.txt")
	for name, c := range map[string]struct{ text, want string }{
		"both issued texts":             {en + "\n" + ar, "same_text/in_force"},
		"Arabic first":                  {ar + "\n" + en, "same_text/in_force"},
		"a number changed in Arabic":    {en + "\n" + strings.Replace(ar, "٨٤٠", "٩٤٠", 1), "translation_differs/in_force"},
		"part of the Arabic":            {en + "\n" + strings.Join(strings.Split(ar, "\n\n")[:5], "\n\n"), "part/in_force"},
		"draft with its Arabic":         {draft + "\n" + second, "same_text/draft_closed"},
		"draft with the earlier Arabic": {draft + "\n" + first, "translation_differs/draft_closed"},
		"draft with a stranger's":       {draft + "\n" + ar, "translation_differs/draft_closed"},
	} {
		f := examine(t, s, Exhibit{Data: []byte(c.text)}, at)
		if f.Headline == nil || f.Headline.Code != c.want {
			t.Errorf("%s: %v, want %s", name, f.Headline, c.want)
			continue
		}
		if strings.HasPrefix(c.want, "translation") && (len(f.Differences) == 0 || f.Exit() != ExitAltered) {
			t.Errorf("%s: exit %d, differences %v", name, f.Exit(), f.Differences)
		}
	}
}

func TestOtherLanguage(t *testing.T) {
	w, _ := village(t)
	f := examine(t, w.snapshot(w.end()), Exhibit{Data: []byte("رسالة المكتب PO-1\n\nالرصيف الشرقي مغلق أمام السفن منذ يوم الاثنين حسب هذه الرسالة.")}, w.end())
	if f.Exit() == ExitInForce {
		t.Errorf("a naming is never green: %s", f.Headline.Code)
	}
	w, _ = village(t)
	w.issue(w.seal("port", "PO-2026-9", map[string]string{"en": circular + "\nAgain."}, w.end()), w.end(), nil)
	f = examine(t, w.snapshot(w.end()), Exhibit{Data: []byte("رسالة المكتب PO-2026-9 تقول إن الرصيف الشرقي مغلق أمام السفن منذ يوم الاثنين.")}, w.end())
	if f.Headline.Code != "other_language/in_force" || f.Exit() != ExitNotOnRecord || f.Record == nil {
		t.Errorf("a letter named in another language: %s exit %d", f.Headline.Code, f.Exit())
	}
}

func TestSealedAndErased(t *testing.T) {
	w, l := village(t)
	w.seal("port", "PO-7", map[string]string{"en": "This draft tells of the sale of the lighthouse to a circus."}, w.end())
	s := w.snapshot(w.end())
	f := examine(t, s, Exhibit{Data: []byte("the sale of the lighthouse to a circus and more")}, w.end())
	if f.Headline.Code != "none/not_on_record" {
		t.Errorf("a sealed draft answers %s", f.Headline.Code)
	}
	for h := range w.words {
		delete(w.words, h)
	}
	s = w.snapshot(w.end())
	if f := examine(t, s, Exhibit{Data: []byte(circular)}, w.end()); s.Missing() != 1 || !hasChip(f, ChipErased) {
		t.Errorf("%d missing, chips %v", s.Missing(), f.Evidence)
	}
	ds := l.seals[0].Disclose(letter.TextField("en"))
	w.words[letter.Find(ds, letter.TextField("en")).Hash] = w.text("Other words.")
	f = examine(t, w.snapshot(w.end()), Exhibit{Data: []byte(circular)}, w.end())
	if f.Headline.Code != "none/cannot_check" || !hasChip(f, ChipDamaged) {
		t.Errorf("words kept that the log does not stand for: %s, chips %v", f.Headline.Code, f.Evidence)
	}
}

func TestHiddenCharacters(t *testing.T) {
	w, _ := village(t)
	s := w.snapshot(w.end())
	f := examine(t, s, Exhibit{Data: []byte(strings.Replace(circular, "quay", "qu\u200bay", 1))}, w.end())
	if f.Headline.Code != "same_text/in_force" || !hasChip(f, ChipCharacters) {
		t.Errorf("an invisible character: %s %v", f.Headline.Code, f.Evidence)
	}
	f = examine(t, s, Exhibit{Data: []byte(strings.Replace(circular, "masters", "mаsters", 1))}, w.end())
	if f.Headline.Code != "altered/in_force" || !hasChip(f, ChipCharacters) {
		t.Errorf("a look-alike letter: %s %v", f.Headline.Code, f.Evidence)
	}
	at := strings.Index(circular, "asters")
	if want := (Character{fold.LookAlike, "U+0430", "CYRILLIC SMALL LETTER A", at, 1}); len(f.Characters) != 1 || f.Characters[0] != want || want.Place() != at+1 {
		t.Errorf("reported %+v, want %+v", f.Characters, want)
	}
	if f := examine(t, s, Exhibit{Data: []byte(circular)}, w.end()); len(f.Characters) > 0 || hasChip(f, ChipCharacters) {
		t.Errorf("nothing is odd: %v", f.Characters)
	}
}

func TestReportWithoutRegister(t *testing.T) {
	s, err := NewSnapshot(nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	f := examine(t, s, Exhibit{Data: []byte(`"We will leave the basin by noon", the skipper Tomas Verrin said. Others spoke of "a long and dreadful night at sea" or a "slip".`)}, epoch)
	if len(f.Quotations) != 3 || f.Exit() != ExitReport {
		t.Fatalf("%d quotations", len(f.Quotations))
	}
	for i, want := range []register.Standing{register.NoRegister, register.NotOnRecord, ""} {
		if got := deref(f.Quotations[i].Standing); got != want {
			t.Errorf("%q: %s, want %s", f.Quotations[i].Quotation, got, want)
		}
	}
	const want = "3 quotations: 0 on record; 1 by somebody who keeps no register; 1 not on record; 1 too short."
	if f.Summary.EN != want {
		t.Errorf("summary %q, want %q", f.Summary.EN, want)
	}
}

func TestReportShowsBorrowedWordsAndOtherVoices(t *testing.T) {
	w, _ := village(t)
	s := w.snapshot(w.end())
	f := examine(t, s, Exhibit{Data: []byte("The port has news for captains.\n\nThe eastern quay is closed to vessels over 90 metres from Monday, we hear.\n\n\"Pilots will not board after sunset\", said Tomas Verrin. \"Pilots will not board after sunset\", said Ada Quay.\n\n<no markup here>"), As: KindReport}, w.end())
	if len(f.Quotations) != 3 || f.Quotations[0].Marked || f.Quotations[0].Note != NotMarked || f.Counts.Unmarked != 1 {
		t.Fatalf("quotations %+v", f.Quotations)
	}
	if f.Quotations[1].Note != OtherSpeaker || f.Quotations[2].Note != "" {
		t.Errorf("notes %q, %q; want other_speaker and none", f.Quotations[1].Note, f.Quotations[2].Note)
	}
}

func TestCompare(t *testing.T) {
	a := Exhibit{Data: []byte(`"We respect your sovereign decision", he said. The page speaks of "the movement out of Iraq" and of a "slip".`)}
	b := Exhibit{Data: []byte(`The page: "We respect your sovereign choice". Of "movement out of Iraq" it speaks, and "nobody knows".`)}
	c, err := Compare(t.Context(), nil, []Exhibit{a, b}, epoch)
	if err != nil {
		t.Fatal(err)
	}
	got := []string{}
	for _, r := range c.Quotations {
		row := string(r.Match) + ":"
		for _, x := range r.Cells {
			row += fmt.Sprintf(" %d %s", x.Report, x.Quotation.Quotation)
		}
		got = append(got, row)
	}
	const want = "altered: 0 We respect your sovereign decision 1 We respect your sovereign choice; part: 0 the movement out of Iraq 1 movement out of Iraq; none: 0 slip; none: 1 nobody knows"
	if g := strings.Join(got, "; "); g != want {
		t.Errorf("got  %s\nwant %s", g, want)
	}
	c, err = Compare(t.Context(), nil, []Exhibit{{Data: []byte(circular)}, {Data: []byte(strings.Replace(circular, "not ", "", 1))}}, epoch)
	if err != nil || c.Match != Altered || len(c.Differences) != 1 || !c.Differences[0].Critical || c.Differences[0].Copy != "not" {
		t.Errorf("two texts: %+v %v", c, err)
	}
	if _, err := Compare(t.Context(), nil, []Exhibit{a, {}}, epoch); err == nil {
		t.Error("an empty exhibit was compared")
	}
}
