package check

import (
	"slices"
	"strings"
	"unicode/utf8"

	"chancery.example/internal/compare"
	"chancery.example/internal/facing"
	"chancery.example/internal/fold"
	"chancery.example/internal/report"
)

// inText is something to be shown in a stretch of the report.
type inText struct {
	at   report.Span
	kind DifferenceKind
	with string // words on record
	same bool   // of editor's words: they stand on record too
}

// edited reports (report.md MUST-8) whether the report's own cuts and brackets may change the sense
// of a quotation.
func (q Quotation) edited() bool {
	return slices.ContainsFunc(q.Edits, func(e Edit) bool { return e.Critical || e.Long })
}

// explain lists what differs between a quotation and the record it was found in,
// and what the report itself marks as changed.
func (sh *sheet) explain(it *item) {
	a := it.as[0].candidate.Alignment
	sh.edits(it, a)
	it.out.against(sh.text, it.layer, a)
	it.out.Sentences = sentences(facing.Lay(a).Record)
}

// against fills in how a quotation, read as the copy of an alignment, differs
// from the other side.
func (q *Quotation) against(text string, layer report.Layer, a *compare.Alignment) {
	q.Differences, q.Comparison = []Difference{}, nil
	for i, x := range differences(a) {
		d := a.Differences[i]
		from, to := facing.Bounds(a.Copy, d.Copy)
		at := q.inParts(layer.Source(report.Span{From: from, To: to}))
		x.Offset = q.Offset + utf8.RuneCountInString(text[q.spans[0].From:at.From])
		x.Length = utf8.RuneCountInString(text[at.From:at.To])
		q.Differences = append(q.Differences, x)
		q.notes = append(q.notes, inText{at, x.Kind, x.Record, false})
	}
	slices.SortStableFunc(q.notes, func(a, b inText) int { return a.at.From - b.at.From })
	q.layOut(text)
}

// layOut makes the comparison that is shown of all parts.
func (q *Quotation) layOut(text string) {
	q.Comparison = nil
	for i, s := range q.spans {
		if i > 0 {
			q.Comparison = append(q.Comparison, Piece{Text: " "})
		}
		for _, x := range laidOut(text, s, q.notes) {
			x.Text = report.Unquoted(x.Text)
			q.Comparison = append(q.Comparison, x)
		}
	}
}

// inParts keeps a stretch that begins in one part of a quotation from reaching
// out of it.
func (q *Quotation) inParts(s report.Span) report.Span {
	for _, q := range q.spans {
		if s.From <= q.To {
			from := max(s.From, q.From)
			return report.Span{From: from, To: max(from, min(s.To, q.To))}
		}
	}
	return s
}

// edits says of each edit (report.md MUST-7) what stands on record in its place: what would differ
// if nothing had been marked. found is nil when nothing is on record.
func (sh *sheet) edits(it *item, found *compare.Alignment) {
	it.out.Edits, it.out.notes = nil, nil
	if len(it.reading.Edits) == 0 {
		return
	}
	a := &compare.Alignment{}
	if found != nil {
		plain := fold.Copy(it.reading.Plain.Text)
		a = compare.Align(plain, wordsAround(found, plain, it.reading.Edits))
	}
	for _, e := range it.reading.Edits {
		words := sh.text[e.From:e.To]
		x := Edit{
			Kind: e.Kind, Text: words, Length: utf8.RuneCountInString(words),
			Offset: it.out.Offset + utf8.RuneCountInString(sh.text[it.from():e.From]),
		}
		same := false
		if e.Kind != report.Remark && found != nil {
			differing := touching(a, e.Plain)
			same = len(differing) == 0 && e.Kind != report.Ellipsis
			for _, d := range differing {
				x.Record = strings.TrimSpace(x.Record + " " + a.Record.Slice(d.Record.From, d.Record.To))
				x.Critical = x.Critical || d.Critical
				x.Long = x.Long || e.Kind == report.Ellipsis && manySentences(a.Record, d.Record)
			}
		}
		kind := EditorsWords
		if e.Kind == report.Ellipsis {
			kind = LeftOut
		}
		it.out.Edits = append(it.out.Edits, x)
		it.out.notes = append(it.out.notes, inText{e.Span, kind, x.Record, same})
	}
}

// wordsAround cuts out of a record what a quotation was found to stand for. Where an
// edit is its first or last word, as many words of record go with it as the edit
// has: which ones they stand for, only a reader can tell.
func wordsAround(found *compare.Alignment, plain *fold.Folded, edits []report.Edit) *fold.Folded {
	from, to := len(found.Record.Words), 0
	for _, p := range found.Passages {
		from, to = min(from, p.Record.From), max(to, p.Record.To)
	}
	for _, e := range edits {
		first, end := wordAt(plain, e.Plain.From), wordAt(plain, e.Plain.To)
		if first == 0 {
			from = max(0, from-end)
		}
		if end == len(plain.Words) {
			to = min(len(found.Record.Words), to+end-first)
		}
	}
	return fold.Record(found.Record.Slice(from, to))
}

// touching returns the differences in or right beside a stretch of the copy.
func touching(a *compare.Alignment, s report.Span) []compare.Difference {
	from, to := wordAt(a.Copy, s.From), wordAt(a.Copy, s.To)
	var out []compare.Difference
	for _, d := range a.Differences {
		if d.Kind != compare.Moved && d.Copy.From <= to && from <= d.Copy.To {
			out = append(out, d)
		}
	}
	return out
}

// wordAt is the first word that begins at or after a byte.
func wordAt(f *fold.Folded, at int) int {
	i, _ := slices.BinarySearchFunc(f.Words, at, func(w fold.Word, at int) int { return int(w.Start) - at })
	return i
}

// manySentences reports whether more than a sentence stands in a stretch of the
// record: two end in it or right after it.
func manySentences(f *fold.Folded, r compare.Range) bool {
	ends := 0
	for i := r.From; i < r.To; i++ {
		next := len(f.Exact)
		if i+1 < len(f.Words) {
			next = int(f.Words[i+1].Start)
		}
		if strings.ContainsAny(f.Exact[f.Words[i].End:next], ".!?؟\n") {
			ends++
		}
	}
	return ends > 1
}

// laidOut lays a stretch of the report out for reading, with its notes in place.
func laidOut(text string, s report.Span, notes []inText) []Piece {
	var out []Piece
	at := s.From
	plain := func(to int) {
		if to > at {
			out = append(out, Piece{Text: text[at:to]})
			at = to
		}
	}
	for _, n := range notes {
		from, to := max(n.at.From, at), min(n.at.To, s.To)
		if n.at.From < s.From && n.at.To <= s.From || n.at.From > s.To || from > to || n.at.From == s.To && n.at.To > s.To {
			continue
		}
		plain(from)
		p := Piece{Kind: n.kind, Text: text[from:to], With: n.with, Same: n.same}
		if n.kind == OnlyOnRecord {
			p.Text, p.With = n.with+" ", ""
			if from == s.To {
				p.Text = " " + n.with
			}
		}
		if p.Kind == OnlyInCopy || p.Kind == Moved {
			p.With = ""
		}
		out = append(out, p)
		at = to
	}
	plain(s.To)
	return out
}

// most words of a passage that is shown because it is near.
const mostClosest = 60

// closest returns the passage of a record that agrees best with words that are
// no quotation of it.
func closest(a *compare.Alignment) string {
	var best compare.Passage
	for _, p := range a.Passages {
		if p.Agreed > best.Agreed {
			best = p
		}
	}
	r := best.Record
	return a.Record.Slice(r.From, min(r.To, r.From+mostClosest))
}
