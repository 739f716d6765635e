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
	p     paper
	text  string
	paras []report.Span
	items []item
	asked map[string][]answer // by words: reports repeat themselves
}

// ask is Snapshot.ask, once for the same words.
func (sh *sheet) ask(ctx context.Context, words *fold.Folded) ([]answer, error) {
	as, ok := sh.asked[words.Exact]
	if ok {
		return as, ctx.Err()
	}
	as, err := sh.s.ask(ctx, words, sh.f.CheckedAt)
	if err == nil {
		sh.asked[words.Exact] = as
	}
	return as, err
}

// An item is one quotation of the sheet with what was found for it.
type item struct {
	at      []report.Quotation // its parts
	reading *report.Reading
	folded  *fold.Folded // the layer of the reading that was compared
	layer   report.Layer
	out     Quotation
	who     report.Speaker
	as      []answer
}

// from and to are the edges of all parts.
func (it *item) from() int { return it.at[0].From }
func (it *item) to() int   { return it.at[len(it.at)-1].To }

// holds reports whether a stretch of the report lies inside one of the parts.
func (it *item) holds(s report.Span) bool {
	return slices.ContainsFunc(it.at, func(q report.Quotation) bool { return q.From <= s.From && s.To <= q.To })
}

// meets reports whether a stretch shares a byte with one of the parts.
func (it *item) meets(s report.Span) bool {
	return slices.ContainsFunc(it.at, func(q report.Quotation) bool { return q.From < s.To && s.From < q.To })
}

// readingSheet answers a report: every quotation by itself.
func (s *Snapshot) readingSheet(ctx context.Context, f Finding, p paper, marks []report.Quotation) (Finding, error) {
	f.ExhibitKind = KindReport
	sh := &sheet{s: s, f: f, p: p, text: p.text, paras: report.Paragraphs(p.text), asked: map[string][]answer{}}
	s.hiddenCharacters(&sh.f, p.fold())
	var who report.Speaker // of the last quotation that is in no other
	for _, q := range marks {
		it := sh.item(true, q)
		if len(it.folded.Words) == 0 {
			continue
		}
		if q.Continues && it.who.Name == "" { // it goes on with what that one said
			it.who, it.out.Speaker = who, who.Name
		}
		if !q.Nested {
			who = it.who
		}
		if err := sh.look(ctx, &it); err != nil {
			return f, err
		}
		sh.items = append(sh.items, it)
	}
	if err := sh.join(ctx); err != nil {
		return f, err
	}
	sh.dropInner()
	sh.company()
	if err := sh.unmarked(ctx); err != nil {
		return f, err
	}
	slices.SortStableFunc(sh.items, func(a, b item) int { return cmp.Or(a.from()-b.from(), b.to()-a.to()) })
	sh.finish()
	return sh.f, nil
}

// item prepares a quotation, of which nothing is known yet.
func (sh *sheet) item(marked bool, parts ...report.Quotation) item {
	it := item{at: parts}
	spans := make([]report.Span, 0, len(parts))
	var words []string
	for _, q := range parts {
		spans = append(spans, q.Span())
		words = append(words, sh.text[q.From:q.To])
		if marked && it.who.Name == "" {
			it.who = sh.s.speakers.Of(sh.text, sh.paragraph(q), q)
		}
	}
	it.reading = report.Prepare(sh.text, spans...)
	it.layer, it.folded = it.reading.Marked, sh.p.foldLayer(it.reading.Marked)
	it.out = Quotation{
		Quotation: strings.Join(words, " "), Offset: sh.point(it.from()), Length: utf8.RuneCountInString(sh.text[it.from():it.to()]),
		Paragraph: sh.number(it.from()), Speaker: it.who.Name, Differences: []Difference{}, Marked: marked, spans: spans,
	}
	sh.edits(&it, nil)
	it.out.layOut(sh.text)
	return it
}

// look looks one quotation up.
func (sh *sheet) look(ctx context.Context, it *item) error {
	if err := sh.lookAsPlain(ctx, it); err != nil || len(it.as) > 0 {
		return err
	}
	if it.folded.TooShort() {
		it.out.Match, it.out.Note = None, TooShort
		return nil
	}
	as, err := sh.ask(ctx, it.folded)
	if err != nil {
		return err
	}
	it.as = as
	sh.settle(it)
	return nil
}

// lookAsPlain answers for a quotation whose brackets stand on record, or say
// what does: then nothing is taken on the report's word.
func (sh *sheet) lookAsPlain(ctx context.Context, it *item) error {
	bracketed := func(e report.Edit) bool { return e.Kind == report.Inserted || e.Kind == report.Letters }
	if !slices.ContainsFunc(it.reading.Edits, bracketed) {
		return nil
	}
	plain := sh.p.foldLayer(it.reading.Plain)
	if plain.TooShort() {
		return nil
	}
	as, err := sh.ask(ctx, plain)
	if err != nil || len(as) == 0 || as[0].agreement > compare.PartOf {
		return err
	}
	it.as, it.folded, it.layer = as, plain, it.reading.Plain
	sh.settle(it)
	return nil
}

// point is the code point of a byte of the report.
func (sh *sheet) point(at int) int { return utf8.RuneCountInString(sh.text[:at]) }

// number is the number of the paragraph in which a byte stands, from 1.
func (sh *sheet) number(at int) int {
	i, found := slices.BinarySearchFunc(sh.paras, at, func(p report.Span, at int) int { return p.From - at })
	if found {
		i++
	}
	return max(1, i)
}

// paragraph returns the paragraph that holds the beginning of a quotation.
func (sh *sheet) paragraph(q report.Quotation) report.Span {
	i := sh.number(q.From) - 1
	if i >= len(sh.paras) {
		return q.Span()
	}
	return report.Span{From: min(sh.paras[i].From, q.Open), To: max(sh.paras[i].To, q.Close)}
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
		it.out.Closest = closest(best.candidate.Alignment)
		sh.absent(it)
		return
	}
	st := sh.s.rests(best.status.Standing, sh.f.CheckedAt)
	it.out.Standing, it.out.Status = &st, best.status
	it.out.Status.Standing = st
	it.out.Also, it.out.AlsoIn = sh.s.others(it.as, sh.f.CheckedAt), alsoIn(it.as)
	sh.explain(it)
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
	if st == register.NotOnRecord && sh.p.picture != nil && sh.p.picture.poor {
		st = register.CannotCheck // perhaps it was misread
	}
	st = sh.s.rests(st, sh.f.CheckedAt)
	it.out.Standing = &st
}

// dropInner leaves out quotations inside one that was found as a whole.
func (sh *sheet) dropInner() {
	var kept []item
	for _, it := range sh.items {
		inside := slices.ContainsFunc(kept, func(o item) bool {
			return o.holds(it.at[0].Span()) && o.out.Standing != nil && o.out.Match != None && o.out.Match != Resembles
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
		found, err := sh.s.index.Find(ctx, sh.p.cut(p.From, p.To).fold())
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
	for i := range sh.items {
		if sh.items[i].meets(q.Span()) {
			return nil
		}
	}
	it := sh.item(false, q)
	as, err := sh.ask(ctx, it.folded)
	if err != nil || len(as) == 0 || as[0].agreement > compare.PartOf || !as[0].candidate.Telling() || isCommon(as) {
		return err
	}
	it.as = as
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
		sh.name(it, i+1)
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

// name gives a quotation and its parts their anchors (report.md MUST-10).
func (sh *sheet) name(it *item, n int) {
	it.out.Anchor = fmt.Sprintf("q%d", n)
	if len(it.at) == 1 {
		return
	}
	for i, q := range it.at {
		words := sh.text[q.From:q.To]
		it.out.Parts = append(it.out.Parts, QuotedPart{
			Anchor: fmt.Sprintf("q%d-%d", n, i+1), Quotation: words, Offset: sh.point(q.From), Length: utf8.RuneCountInString(words), Paragraph: sh.number(q.From),
		})
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
	switch {
	case q.Match == None && *q.Standing == register.NoRegister:
		q.Headline = Words{"By somebody who keeps no register here", "لشخص لا سجل له هنا"}
	case q.edited():
		q.Headline.EN += "; what the report cut or put in brackets may change the sense"
		q.Headline.AR += "؛ وما حذفه الخبر أو وضعه بين معقوفين قد يغيّر المعنى"
	}
}
