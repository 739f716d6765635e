package check

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"time"

	"chancery.example/internal/compare"
	"chancery.example/internal/facing"
	"chancery.example/internal/fold"
	"chancery.example/internal/report"
	"chancery.example/letter"
	"chancery.example/register"
)

// longQuotation is how many words a text without quotation marks may have to be
// called a quotation.
const longQuotation = 60

// Examine answers an exhibit as of the time at. The error is a *ReadError when
// the exhibit cannot be read, else that of ctx.
func (s *Snapshot) Examine(ctx context.Context, e Exhibit, at time.Time) (Finding, error) {
	f, err := s.examine(ctx, e, at)
	if err != nil {
		return f, err
	}
	return s.prove(f, e), nil
}

func (s *Snapshot) examine(ctx context.Context, e Exhibit, at time.Time) (Finding, error) {
	if err := e.checkSize(); err != nil {
		return Finding{}, err
	}
	f := s.begin(at)
	if ids := s.state.ByFile(sha256.Sum256(e.Data)); len(ids) > 0 {
		return s.ofFile(f, ids, at), nil
	}
	if IsPDF(e.Data) && e.As != KindFile {
		return s.ofPDF(ctx, f, e)
	}
	var p paper
	var err error
	switch picture := isPicture(e.Data); {
	case picture && e.As == KindFile: // only its digest is asked about
	case picture:
		p, err = e.readPicture(ctx)
	default:
		p, err = e.read()
	}
	if e.As == KindFile {
		f.ExhibitKind, f.Text = KindFile, p.text
		return s.conclude(f, None, s.absence(), nil), nil
	}
	var unread *ReadError
	if errors.As(err, &unread) {
		if byCode, ok := s.byCode(f, unread); ok {
			return byCode, nil
		}
	}
	if err != nil {
		return Finding{}, err
	}
	return s.ofPaper(ctx, f, e, p)
}

// Unread is the finding for an exhibit of which too little could be read; nil
// when err is not about reading.
func (s *Snapshot) Unread(err error, at time.Time) *Finding {
	var re *ReadError
	if !errors.As(err, &re) {
		return nil
	}
	f := s.unread(s.begin(at), re)
	return &f
}

func (s *Snapshot) unread(f Finding, re *ReadError) Finding {
	f.ExhibitKind, f.Problem = KindFile, re.Problem
	if re.Problem.aboutPicture() {
		f.ExhibitKind = KindPhoto
	}
	f = s.conclude(f, Unreadable, register.CannotCheck, nil)
	if re.Problem == ProblemUnreadable {
		f.Details = join(onlyRead(re.Percent), f.Details)
	}
	return f
}

// begin returns a finding that says nothing yet.
func (s *Snapshot) begin(at time.Time) Finding {
	return Finding{
		Differences: []Difference{}, Others: []Other{}, Quotations: []Quotation{},
		Statements: []StatementView{}, Evidence: []Chip{}, CheckedAt: at.UTC(), Checkpoint: s.checkpoint,
	}
}

// ofFile answers for a file that the register names by its digest.
func (s *Snapshot) ofFile(f Finding, ids []register.RecordID, at time.Time) Finding {
	f.ExhibitKind = KindFile
	var all []register.Status
	for _, id := range ids {
		if _, st, err := s.state.VersionAt(id.Entry, at); err == nil {
			st.Language = s.languageOf(st.Record)
			all = append(all, st)
		}
	}
	if len(all) == 0 {
		return s.conclude(f, None, s.absence(), nil)
	}
	foreign := func(a register.Status) bool {
		return a.Record.Kind == register.RecordDisavowal && slices.ContainsFunc(all, func(b register.Status) bool {
			return b.Record.Kind == register.RecordLetter && b.Record.Office != a.Record.Office
		})
	}
	slices.SortStableFunc(all, func(a, b register.Status) int {
		return cmp.Or(boolean(foreign(a))-boolean(foreign(b)), gravity(a.Standing)-gravity(b.Standing), cmp.Compare(a.Record.Entry, b.Record.Entry))
	})
	f.Coverage = &Coverage{1, 1}
	f = s.conclude(f, ExactFile, all[0].Standing, &all[0])
	for _, st := range all[1:] {
		f.Others = append(f.Others, Other{Record: *s.record(st), Match: ExactFile, Standing: s.rests(st.Standing, at)})
	}
	return s.beside(f, nil)
}

// languageOf is the language of a record's first text.
func (s *Snapshot) languageOf(id register.RecordID) letter.Lang {
	for _, t := range s.texts {
		if familyOf(t.record) == familyOf(id) {
			return t.lang
		}
	}
	return ""
}

// ofPaper decides what sort of exhibit the words are and answers.
func (s *Snapshot) ofPaper(ctx context.Context, f Finding, e Exhibit, p paper) (Finding, error) {
	as := e.As
	f.Text, f.picture, f.codes = p.text, p.picture, p.codes
	copied := p.fold()
	f.unread = notRead(p, copied)
	marks := report.Read(p.text, p.blocks)
	if as == KindReport {
		return s.readingSheet(ctx, f, p, marks)
	}
	if len(marks) == 1 && as != KindText && marks[0].IsAllOf(p.text) {
		within := p.cut(marks[0].From, marks[0].To)
		copied, f.picture = within.fold(), within.picture
	}
	if len(copied.Words) > MaxWords {
		return f, (Exhibit{}).problem(ProblemHuge, "it has %d words; at most %d are compared: give the part in question", len(copied.Words), MaxWords)
	}
	answers, err := s.ask(ctx, copied, f.CheckedAt)
	if err != nil {
		return f, err
	}
	if done, ok := s.presented(ctx, f, e, copied, answers); ok {
		return done, nil
	}
	if bare, ok := s.bare(p, answers); ok {
		p, copied = bare, bare.fold()
		copied.Free = copied.Free || p.notice
		f.whole, f.unread = p.whole, notRead(p, copied)
		if answers, err = s.ask(ctx, copied, f.CheckedAt); err != nil {
			return f, err
		}
	}
	if as == "" {
		as = s.kindOf(p, marks, copied, answers)
	}
	if as == KindReport {
		return s.readingSheet(ctx, f, p, marks)
	}
	if f.ExhibitKind = as; p.picture != nil && p.pdf == nil {
		f.ExhibitKind = KindPhoto
	}
	if parts, rest := splitLanguages(p); len(parts) > 1 {
		if done, ok, err := s.inLanguages(ctx, f, parts, rest); ok || err != nil {
			return done, err
		}
	}
	return s.ofWords(f, copied, answers), nil
}

// kindOf decides between a text, a quotation and a report. Letters quote too,
// so a text of record is never a report; nor is one quotation all by itself.
func (s *Snapshot) kindOf(p paper, marks []report.Quotation, copied *fold.Folded, as []answer) ExhibitKind {
	whole := len(marks) == 1 && marks[0].IsAllOf(p.text)
	kind := KindText
	if len(copied.Words) <= longQuotation {
		kind = KindQuotation
	}
	var best *answer
	if len(as) > 0 {
		best = &as[0]
	}
	switch {
	case best != nil && best.agreement <= compare.PartOf:
		return kind
	case best != nil && best.agreement == compare.Altered && (len(marks) == 0 || !insideMarks(best.candidate.Alignment, marks)):
		return kind
	case len(marks) > 0 && !whole:
		return KindReport
	case best != nil && kind == KindText && len(best.candidate.Borrowed()) > 0 && len(report.Paragraphs(p.text)) >= 3:
		return KindReport
	}
	return kind
}

// insideMarks reports whether nearly all words that agree stand between
// quotation marks.
func insideMarks(a *compare.Alignment, marks []report.Quotation) bool {
	all, in := 0, 0
	for _, p := range a.Passages {
		for i := p.Copy.From; i < p.Copy.To; i++ {
			if slices.ContainsFunc(a.Differences, func(d compare.Difference) bool { return d.Copy.From <= i && i < d.Copy.To }) {
				continue
			}
			all++
			at := int(a.Copy.Words[i].Start)
			if slices.ContainsFunc(marks, func(q report.Quotation) bool { return q.From <= at && at < q.To }) {
				in++
			}
		}
	}
	return in*5 >= all*4
}

// ofWords answers for words that were compared as one text.
func (s *Snapshot) ofWords(f Finding, copied *fold.Folded, as []answer) Finding {
	if s.hiddenCharacters(&f, copied); f.whole != "" {
		s.hiddenCharacters(&f, fold.Copy(f.whole))
	}
	if copied.TooShort() {
		f.Note = TooShort
		return s.conclude(f, None, shortStanding(s.absence()), nil)
	}
	if len(as) == 0 {
		if st, ok := s.named(f.Text, copied, f.CheckedAt); ok {
			f = s.conclude(f, OtherLanguage, st.Standing, &st)
			return s.beside(f, nil)
		}
		return s.nothing(f, None)
	}
	best := as[0]
	a := best.candidate.Alignment
	ofCopy, ofRecord := a.Coverage()
	f.Coverage = &Coverage{ofCopy, ofRecord}
	if best.agreement > compare.Altered {
		f = s.nothing(f, Resembles)
		f.Record = s.record(best.status)
		return f
	}
	if f.whole != "" && len(a.Copy.Exact) == len(f.whole) {
		a.Copy.Exact = f.whole // as readers have it
	}
	f.Differences, f.Comparison, f.Foreign = located(differences(a), a, f.seen()), facing.Lay(a), facing.Foreign(a)
	f.Sentences = slices.DeleteFunc(sentences(f.Comparison.Record), func(s Sentence) bool { return !s.Cut() })
	f.differing = wordsDiffering(a)
	f.Others, f.Also = s.others(as, f.CheckedAt), alsoIn(as)
	f.doubtful = toCheck(a)
	f.Note = noteOf(as)
	f = s.conclude(f, best.match(), best.status.Standing, &best.status)
	return s.beside(f, best.text)
}

// shortStanding: of words too few to tell anything nothing is said, not even
// that they are not on record.
func shortStanding(absent register.Standing) register.Standing {
	if absent == register.NoRegister {
		return absent
	}
	return register.CannotCheck
}

// named finds a letter whose reference stands in a text written in a script in
// which the register has no text of that letter.
func (s *Snapshot) named(text string, copied *fold.Folded, at time.Time) (register.Status, bool) {
	for _, l := range s.state.Letters() {
		if len(l.Reference) < 5 || !mentions(text, string(l.Reference)) {
			continue
		}
		id := s.state.IDOf(l)
		known := false
		for _, t := range s.texts {
			if familyOf(t.record) == familyOf(id) {
				known = known || sameScript(t.text.String(), copied.Exact)
			}
		}
		if !known {
			st := s.state.LetterStatus(l, at)
			st.Language = s.languageOf(id)
			return st, true
		}
	}
	return register.Status{}, false
}
