package check

import (
	"fmt"
	"slices"

	"chancery.example/letter"
	"chancery.example/register"
)

// beside adds the statements that stand beside an answer: those about its
// letter, those of who holds this very text, and disavowals by other offices.
// t is nil when the answer is about a file.
func (s *Snapshot) beside(f Finding, t *shown) Finding {
	id := f.Status.Record
	seen := map[register.Index]bool{id.Entry: id.Kind != register.RecordLetter}
	if id.Reference != "" && id.Kind == register.RecordLetter {
		for _, r := range s.state.StatementsRegarding(id.Office, id.Reference) {
			if !seen[r.Index] {
				seen[r.Index] = true
				f.Statements = append(f.Statements, s.statement(r, false))
			}
		}
	}
	if t != nil {
		for _, r := range s.state.Holding(langText(t), t.leaves...) {
			if !seen[r.Index] {
				seen[r.Index] = true
				f.Statements = append(f.Statements, s.statement(r, true))
			}
		}
		for _, d := range s.state.DisavowalsOf(langText(t)) {
			if !seen[d.Index] && d.Office != id.Office {
				seen[d.Index] = true
				f.Statements = append(f.Statements, s.disavowal(d))
			}
		}
	}
	slices.SortFunc(f.Statements, func(a, b StatementView) int { return int(a.Entry) - int(b.Entry) }) //nolint:gosec // positions of a log
	return s.chips(f)
}

func (s *Snapshot) statement(r *register.StatementRecord, holds bool) StatementView {
	v := StatementView{
		Type: r.Statement.Type, Entry: r.Index, At: r.At.Time(), Text: register.Words{},
		Source: r.Statement.Source, Retracted: r.Retracted != nil, Holds: holds,
	}
	s.office(&v, r.Office)
	for _, d := range r.Statement.Texts {
		if lang, ok := d.Field.Lang(); ok {
			if t, ok := s.words[d.Hash]; ok {
				v.Text[lang] = trimEnd(t)
			}
		}
	}
	if r.Statement.SeenAt != 0 {
		at := r.Statement.SeenAt.Time()
		v.SeenAt = &at
	}
	if r.Statement.NextWordBy != 0 {
		by := r.Statement.NextWordBy.Time()
		v.NextWordBy = &by
	}
	return v
}

func (s *Snapshot) disavowal(d *register.Disavowal) StatementView {
	v := StatementView{
		Entry: d.Index, At: d.At.Time(), Text: d.Disavow.Reason,
		Retracted: d.Retracted != nil, Disavowal: true,
	}
	s.office(&v, d.Office)
	return v
}

func (s *Snapshot) office(v *StatementView, o register.Office) {
	if view, ok := s.state.OfficeOf(o); ok {
		v.Office, v.OfficeName = view.ID, view.Name
	}
}

// heldChip says that the answer rests on a proof in the reader's hand.
func heldChip(f Finding, add func(k ChipKind, en, ar string)) {
	switch {
	case f.Status.Standing != register.Embargoed:
		add(ChipHeld, "Shown by the proof in your hand; the office has not opened this draft", "يُظهره الإثبات الذي بيدك؛ ولم تفتح الجهة هذه المسودة")
	case f.CheckedAt.Before(f.Status.NotBefore.Time()):
		add(ChipHeld, "Shown by the proof in your hand; the office has not published this letter yet", "يُظهره الإثبات الذي بيدك؛ ولم تنشر الجهة هذه الرسالة بعد")
	default:
		add(ChipHeld, "Shown by the proof in your hand; its hour has come, and the register as read here does not hold the letter yet: read it anew",
			"يُظهره الإثبات الذي بيدك؛ وقد حان موعدها، وليست الرسالة بعد في السجل كما قُرئ هنا: أعد قراءته")
	}
}

func trimEnd(t letter.Text) string {
	s := t.String()
	return s[:len(s)-1] // one final line feed, by the canonical form
}

// chips lists the qualifiers of an answer anew.
func (s *Snapshot) chips(f Finding) Finding {
	f.Evidence = []Chip{}
	add := func(k ChipKind, en, ar string) { f.Evidence = append(f.Evidence, Chip{k, Words{en, ar}}) }
	s.headChips(f, add)
	if s.state.Exercise() {
		add(ChipExercise, "Exercise: simulated clock", "تمرين: ساعة افتراضية")
	}
	if slices.ContainsFunc(s.texts, func(t shown) bool { return t.held != nil && t.record == f.Status.Record }) {
		heldChip(f, add)
	}
	if f.presented {
		add(ChipPresented, "A sealed draft of the office, shown to who presents it; the office's node saw these words",
			"مسودة مختومة للجهة، تُعرض على من يقدّمها؛ وقد اطّلعت عقدة الجهة على هذه الكلمات")
	}
	if f.unread != nil {
		add(ChipUnread, f.unread.EN, f.unread.AR)
	}
	if f.Shape = shapeOf(f.picture); f.Shape != nil {
		add(ChipShape, f.Shape.Says.EN, f.Shape.Says.AR)
	}
	f.Codes = s.codeChips(f, add)
	f.pdfChips(add)
	if f.Also > 0 {
		add(ChipAlso, "Also in "+numbered(f.Also, "other record", "other records"), fmt.Sprintf("وترد أيضاً في سجلات أخرى عددها: %d", f.Also))
	}
	if f.oddities != nil {
		f.Evidence = append(f.Evidence, *f.oddities)
	}
	s.statementChips(f, add)
	f.Corrections = s.corrections(f.Status)
	lifeChips(f, f.CheckedAt, add)
	if f.Status.Sealed > 0 {
		add(ChipSealed, fmt.Sprintf("Revisions still sealed: %d", f.Status.Sealed), fmt.Sprintf("مراجعات ما زالت مختومة: %d", f.Status.Sealed))
	}
	if f.Match != nil && *f.Match == SameText && s.hasForm(f.Status.Record) {
		add(ChipNotOriginal, "Words identical, not the original file", "الكلمات متطابقة، وليس الملف الأصلي")
	}
	if s.missing > 0 && f.Match != nil && (*f.Match == None || *f.Match == Resembles) {
		add(ChipErased, fmt.Sprintf("Texts that could not be searched because their words were erased: %d", s.missing),
			fmt.Sprintf("نصوص تعذّر البحث فيها لأن كلماتها مُحيت: %d", s.missing))
	}
	if s.damaged > 0 {
		add(ChipDamaged, fmt.Sprintf("Texts kept here that are not those of the log: %d; they were not searched", s.damaged),
			fmt.Sprintf("نصوص محفوظة هنا لا تطابق الدفتر: %d؛ لم يُبحث فيها", s.damaged))
	}
	return f
}

// statementChips says how many statements there are about it, and who received it.
func (s *Snapshot) statementChips(f Finding, add func(k ChipKind, en, ar string)) {
	about, receivers := 0, []string{}
	for _, st := range f.Statements {
		if st.Type == register.Received {
			receivers = append(receivers, st.Office)
		}
		about += boolean(!st.Holds)
	}
	if about > 0 {
		add(ChipStatements, fmt.Sprintf("Statements about it: %d", about), fmt.Sprintf("البيانات بشأنه: %d", about))
	}
	slices.Sort(receivers)
	for _, id := range slices.Compact(receivers) {
		if o, ok := s.state.OfficeByID(id); ok {
			w := bothNames(o.Name)
			add(ChipReceived, "Received by "+w.EN, "الجهة المتسلِّمة: "+w.AR)
		}
	}
}

// hasForm reports whether a letter was issued as a file.
func (s *Snapshot) hasForm(id register.RecordID) bool {
	l, ok := s.state.Letter(id.Office, id.Reference)
	isForm := func(f register.File) bool { return f.Role == "form" }
	return ok && id.Kind == register.RecordLetter &&
		(slices.ContainsFunc(l.Issues, func(i register.Issuance) bool { return slices.ContainsFunc(i.Issue.Files, isForm) }) ||
			slices.ContainsFunc(l.Corrected, func(c register.Corrected) bool { return slices.ContainsFunc(c.Correct.Files, isForm) }))
}
