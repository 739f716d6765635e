package check

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"chancery.example/internal/compare"
	"chancery.example/internal/fold"
	"chancery.example/internal/report"
	"chancery.example/register"
)

// leastCompany is how many letters a short quotation must have for longer ones
// to lift it: a single common word stands in every letter.
const leastCompany = 8

// A sheet is a reading sheet in the making.
type sheet struct {
	s     *Snapshot
	f     Finding
	text  string
	paras []report.Span
	items []item
	asked map[string][]answer // by words: reports repeat themselves
}

// ask is Snapshot.ask, once for the same words.
func (sh *sheet) ask(ctx context.Context, it item) ([]answer, error) {
	as, ok := sh.asked[it.folded.Exact]
	if ok {
		return as, ctx.Err()
	}
	as, err := sh.s.ask(ctx, it.folded, sh.f.CheckedAt)
	if err == nil {
		sh.asked[it.folded.Exact] = as
	}
	return as, err
}

// An item is one quotation of the sheet with what was found for it.
type item struct {
	at     report.Quotation
	folded *fold.Folded
	out    Quotation
	who    report.Speaker
	as     []answer
}

// readingSheet answers a report: every quotation by itself.
func (s *Snapshot) readingSheet(ctx context.Context, f Finding, p paper, marks []report.Quotation) (Finding, error) {
	f.ExhibitKind = KindReport
	sh := &sheet{s: s, f: f, text: p.text, paras: report.Paragraphs(p.text), asked: map[string][]answer{}}
	s.hiddenCharacters(&sh.f, fold.Copy(p.text))
	for _, q := range marks {
		if err := sh.marked(ctx, q); err != nil {
			return f, err
		}
	}
	sh.dropInner()
	sh.company()
	if err := sh.unmarked(ctx); err != nil {
		return f, err
	}
	slices.SortStableFunc(sh.items, func(a, b item) int { return cmp.Or(a.at.From-b.at.From, b.at.To-a.at.To) })
	sh.finish()
	return sh.f, nil
}

// marked looks up one quotation.
func (sh *sheet) marked(ctx context.Context, q report.Quotation) error {
	it := item{at: q, folded: fold.Copy(sh.text[q.From:q.To])}
	if len(it.folded.Words) == 0 {
		return nil
	}
	it.who = sh.s.speakers.Of(sh.text, sh.paragraph(q), q)
	it.out = sh.quotation(q, true)
	it.out.Speaker = it.who.Name
	if it.folded.TooShort() {
		it.out.Match, it.out.Note = None, TooShort
		sh.items = append(sh.items, it)
		return nil
	}
	as, err := sh.ask(ctx, it)
	if err != nil {
		return err
	}
	it.as = as
	sh.settle(&it)
	sh.items = append(sh.items, it)
	return nil
}

func (sh *sheet) quotation(q report.Quotation, marked bool) Quotation {
	return Quotation{
		Quotation: sh.text[q.From:q.To], Offset: utf8.RuneCountInString(sh.text[:q.From]),
		Length: utf8.RuneCountInString(sh.text[q.From:q.To]), Differences: []Difference{}, Marked: marked,
	}
}

// paragraph returns the paragraph that holds the beginning of a quotation.
func (sh *sheet) paragraph(q report.Quotation) report.Span {
	for _, p := range sh.paras {
		if p.From <= q.From && q.From < p.To {
			return report.Span{From: p.From, To: max(p.To, q.Close)}
		}
	}
	return report.Span{From: q.From, To: q.To}
}

// settle fills in what the answers say.
func (sh *sheet) settle(it *item) {
	if len(it.as) == 0 {
		it.out.Match = None
		sh.absent(it)
		return
	}
	best := it.as[0]
	it.out.Match = best.match()
	it.out.Record = sh.s.record(best.status)
	if best.agreement > compare.Altered { // no quotation; the closest passage is shown
		sh.absent(it)
		return
	}
	st := best.status.Standing
	it.out.Standing, it.out.Status = &st, best.status
	it.out.Also, it.out.AlsoIn = sh.s.others(it.as), alsoIn(it.as)
	a := best.candidate.Alignment
	it.out.Differences, it.out.Comparison = differences(a, it.out.Offset), pieces(a)
	switch {
	case it.who.Name != "" && sh.otherSpeaker(it):
		it.out.Note = OtherSpeaker
	default:
		it.out.Note = noteOf(it.as)
	}
}

// otherSpeaker reports whether the named speaker speaks for none of the offices
// whose records hold the words equally well.
func (sh *sheet) otherSpeaker(it *item) bool {
	for _, a := range it.as {
		if nearer(it.as[0], a) != 0 {
			break
		}
		if string(a.status.Record.Office) == it.who.Of {
			return false
		}
	}
	return true
}

// absent is the standing of a quotation that is nowhere on record: of a speaker
// whose office keeps no register nothing can be said at all.
func (sh *sheet) absent(it *item) {
	st := register.NotOnRecord
	switch {
	case it.who.Name != "" && it.who.Of == "":
		st = register.NoRegister
	case !sh.s.Empty():
		st = sh.s.absence()
	}
	it.out.Standing = &st
}

// dropInner leaves out quotations inside one that was found as a whole.
func (sh *sheet) dropInner() {
	var kept []item
	for _, it := range sh.items {
		inside := slices.ContainsFunc(kept, func(o item) bool {
			return o.at.From <= it.at.From && it.at.To <= o.at.To && o.out.Standing != nil && o.out.Match != None && o.out.Match != Resembles
		})
		if !inside {
			kept = append(kept, it)
		}
	}
	sh.items = kept
}

// company lifts short quotations: words too short to come from anywhere in
// particular do come from a letter that the report quotes at length.
func (sh *sheet) company() {
	quotes := map[int]int{} // of each text, by longer quotations
	texts := map[int]answer{}
	for _, it := range sh.items {
		for i, a := range it.as {
			if a.agreement > compare.Altered || nearer(it.as[0], a) != 0 && i > 0 {
				break
			}
			id := a.candidate.Document.ID
			quotes[id]++
			if _, ok := texts[id]; !ok {
				texts[id] = a
			}
		}
	}
	order := make([]int, 0, len(quotes))
	for id := range quotes {
		order = append(order, id)
	}
	slices.SortFunc(order, func(x, y int) int {
		return cmp.Or(quotes[y]-quotes[x], gravity(texts[x].status.Standing)-gravity(texts[y].status.Standing), x-y)
	})
	folds := map[int]*fold.Folded{}
	for i := range sh.items {
		it := &sh.items[i]
		if it.out.Note != TooShort || it.folded.Letters < leastCompany || len(it.folded.Words) < 2 {
			continue
		}
		for _, id := range order {
			if folds[id] == nil {
				folds[id] = fold.Record(sh.s.texts[id].text.String())
			}
			if al, ok := compare.Phrase(it.folded, folds[id]); ok {
				a := texts[id]
				a.candidate.Alignment, a.agreement = al, compare.PartOf
				it.as, it.out.Note, it.out.Company = []answer{a}, "", true
				sh.settle(it)
				break
			}
		}
	}
}

// A stretch is a passage of so many words, in bytes of the report.
type stretch struct{ words, from, to int }

// unmarked finds passages that stand in the report word for word without marks.
func (sh *sheet) unmarked(ctx context.Context) error {
	for _, p := range sh.paras {
		exact := sh.text[p.From:p.To]
		found, err := sh.s.index.Find(ctx, fold.Copy(exact))
		if err != nil {
			return err
		}
		var runs []stretch
		for _, c := range found {
			of := c.Alignment.Copy
			for _, r := range c.Borrowed() {
				runs = append(runs, stretch{r.Len(), p.From + int(of.Words[r.From].Start), p.From + int(of.Words[r.To-1].End)})
			}
		}
		slices.SortFunc(runs, func(a, b stretch) int { return cmp.Or(b.words-a.words, a.from-b.from) })
		var taken []stretch
		for _, r := range runs {
			if slices.ContainsFunc(taken, func(t stretch) bool { return r.from < t.to && t.from < r.to }) {
				continue
			}
			taken = append(taken, r)
			if err := sh.borrowed(ctx, report.Quotation{From: r.from, To: r.to, Open: r.from, Close: r.to}); err != nil {
				return err
			}
		}
	}
	return nil
}

// borrowed adds an unmarked passage when it lies outside the quotations and
// tells one letter from others.
func (sh *sheet) borrowed(ctx context.Context, q report.Quotation) error {
	for _, it := range sh.items {
		if it.at.From < q.To && q.From < it.at.To {
			return nil
		}
	}
	it := item{at: q, folded: fold.Copy(sh.text[q.From:q.To])}
	as, err := sh.ask(ctx, it)
	if err != nil || len(as) == 0 || as[0].agreement > compare.PartOf || !as[0].candidate.Telling() || isCommon(as) {
		return err
	}
	it.as, it.out = as, sh.quotation(q, false)
	sh.settle(&it)
	it.out.Note = NotMarked
	sh.items = append(sh.items, it)
	return nil
}

// finish puts headlines, counts, statements and notes on the sheet.
func (sh *sheet) finish() {
	beside := map[register.Index]StatementView{}
	for i := range sh.items {
		it := &sh.items[i]
		sh.headline(it)
		sh.f.Quotations = append(sh.f.Quotations, it.out)
		if it.out.Record == nil || it.out.Match == Resembles {
			continue
		}
		about := sh.s.beside(Finding{Status: it.out.Status}, it.as[0].text)
		for _, st := range about.Statements {
			if old, ok := beside[st.Entry]; !ok || old.Holds {
				beside[st.Entry] = st
			}
		}
		sh.f.Status.Sealed = max(sh.f.Status.Sealed, it.out.Status.Sealed)
	}
	for _, st := range beside {
		sh.f.Statements = append(sh.f.Statements, st)
	}
	slices.SortFunc(sh.f.Statements, func(a, b StatementView) int { return cmp.Compare(a.Entry, b.Entry) })
	sh.f.Counts = count(sh.f.Quotations)
	sum := summary(*sh.f.Counts)
	sh.f.Summary = &sum
	for _, i := range report.OddParagraphs(sh.text, sh.paras) {
		sh.f.Advisories = append(sh.f.Advisories, advisory(sh.text, sh.paras[i], i+1))
	}
	sh.f = sh.s.chips(sh.f)
}

// advisory is the note on a paragraph that stands apart.
func advisory(text string, p report.Span, number int) Advisory {
	s := strings.TrimSpace(text[p.From:p.To])
	begins := strings.Join(strings.Fields(s), " ")
	if r := []rune(begins); len(r) > 60 {
		begins = string(r[:60]) + "…"
	}
	return Advisory{
		Paragraph: number, Offset: utf8.RuneCountInString(text[:p.From]), Length: utf8.RuneCountInString(s), Begins: begins,
		Text: Words{
			"This paragraph shares no names and next to no words with the rest of the report; it may come from somewhere else.",
			"لا تشترك هذه الفقرة مع بقية الخبر في اسم، ولا تكاد تشترك معها في كلمة؛ وقد تكون من مصدر آخر.",
		},
	}
}

// headline says for one quotation what a verdict says for a text.
func (sh *sheet) headline(it *item) {
	q := &it.out
	if q.Standing == nil {
		q.Headline = Words{"Too short to tell", "أقصر من أن يُعرف مصدره"}
		return
	}
	v := VerdictOf(q.Match, *q.Standing)
	f := Finding{CheckedAt: sh.f.CheckedAt, Differences: q.Differences}
	var st *register.Status
	if len(it.as) > 0 && q.Match != Resembles {
		st = &it.as[0].status
		f.differing = wordsDiffering(it.as[0].candidate.Alignment)
	}
	q.Verdict = &v
	q.Headline = sh.s.filler(f, st).words(v.Headline)
	if q.Match == None && *q.Standing == register.NoRegister {
		q.Headline = Words{"By somebody who keeps no register here", "لشخص لا سجل له هنا"}
	}
}

func count(qs []Quotation) *Counts {
	c := &Counts{}
	for _, q := range qs {
		if !q.Marked {
			c.Unmarked++
			continue
		}
		c.Quotations++
		c.OtherVoice += boolean(q.Note == OtherSpeaker)
		switch {
		case q.Standing == nil:
			c.TooShort++
		case *q.Standing == register.NoRegister:
			c.NoRegister++
		case q.Match == None || q.Match == Resembles:
			c.NotFound++
		default:
			c.OnRecord++
			c.Altered += boolean(q.Match == Altered)
			switch *q.Standing {
			case register.DraftOpened, register.DraftClosed, register.DraftReplaced:
				c.OfDrafts++
			default:
			}
		}
	}
	return c
}

// summary is the counts in words. What adds up to the number of quotations
// stands in the first sentence; what overlaps with it, or is no quotation, in
// sentences of its own.
func summary(c Counts) Words {
	noun := counted(c.Quotations, quotation)
	if c.Quotations == 0 {
		noun = Words{"No quotation", "لا اقتباسات"}
	}
	var en, ar []string
	add := func(n int, one, many, arabic string) {
		if n > 0 {
			en, ar = append(en, numbered(n, one, many)), append(ar, fmt.Sprintf("%s: %d", arabic, n))
		}
	}
	if c.Quotations > 0 {
		onRecord := onRecord(c)
		en, ar = append(en, onRecord.EN), append(ar, onRecord.AR)
	}
	add(c.NoRegister, "by somebody who keeps no register", "by people who keep no register", "لأشخاص لا سجل لهم")
	add(c.NotFound, "not on record", "not on record", "ليست في السجل")
	add(c.TooShort, "too short", "too short", "أقصر من أن تُعرف")
	out := noun
	if len(en) > 0 {
		out = Words{noun.EN + ": " + strings.Join(en, "; "), noun.AR + ". " + strings.Join(ar, "؛ ")}
	}
	out = Words{out.EN + ".", out.AR + "."}
	if c.OtherVoice > 0 {
		out.EN += " " + numbered(c.OtherVoice, "of them is credited to somebody else.", "of them are credited to somebody else.")
		out.AR += fmt.Sprintf(" منسوبة إلى غير صاحبها: %d.", c.OtherVoice)
	}
	if c.Unmarked > 0 {
		out.EN += " Besides, " + numbered(c.Unmarked, "passage is taken over", "passages are taken over") + " without quotation marks."
		out.AR += fmt.Sprintf(" وفضلاً عنها، مقاطع منقولة دون علامات اقتباس: %d.", c.Unmarked)
	}
	return out
}

// onRecord is the part of a summary about quotations that are on record.
func onRecord(c Counts) Words {
	w := Words{fmt.Sprintf("%d on record", c.OnRecord), fmt.Sprintf("في السجل: %d", c.OnRecord)}
	if c.OfDrafts > 0 {
		w.EN += fmt.Sprintf(", %d of them of a draft", c.OfDrafts)
		w.AR += fmt.Sprintf("، منها من مسودات: %d", c.OfDrafts)
	}
	if c.Altered > 0 {
		w.EN += fmt.Sprintf(", %d with differences", c.Altered)
		w.AR += fmt.Sprintf("، ومنها ما فيه اختلاف: %d", c.Altered)
	}
	return w
}

func numbered(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
