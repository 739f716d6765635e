package check

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"chancery.example/internal/compare"
	"chancery.example/internal/fold"
	"chancery.example/internal/report"
	"chancery.example/register"
)

// A Row is one quotation as several reports have it.
type Row struct {
	Anchor   string             `json:"anchor"`   // names it within the comparison: q1
	Longest  string             `json:"longest"`  // the longest version, to which the others are compared
	Record   *Record            `json:"record"`   // where the words come from, if a register was asked and knows; then they are compared to it
	Standing *register.Standing `json:"standing"` // of that record
	Headline Words              `json:"headline"`
	Verdict  *Verdict           `json:"-"`     // on the version that is first on record
	Match    Match              `json:"match"` // the least agreement between versions; none for one version only
	Cells    []Cell             `json:"cells"`
	Missing  []int              `json:"missing"`  // reports that leave it out, by their place
	Speakers int                `json:"speakers"` // how many different ones are named

	words *fold.Folded
}

// A Cell is one report's version. Its Match says how it agrees with the longest
// version; its Differences are from the record where the row has one, else from
// the longest version.
type Cell struct {
	Report int `json:"report"` // its place among the exhibits, from 0
	Quotation

	words *fold.Folded
	layer report.Layer
	found Match // on record
}

// An Overlap is what two reports share word for word outside quotations: a sign,
// and no more, that one has it from the other or both from a third.
type Overlap struct {
	A        int             `json:"a"`
	B        int             `json:"b"`
	Words    int             `json:"words"`
	Passages []SharedPassage `json:"passages"` // the longest
	Text     Words           `json:"text"`
}

// A SharedPassage is one such stretch, in code points of each report's text.
type SharedPassage struct {
	Text    string `json:"text"`
	OffsetA int    `json:"offset_a"`
	OffsetB int    `json:"offset_b"`
	Words   int    `json:"words"`
}

// sideBySide lays reports side by side.
func (s *Snapshot) sideBySide(ctx context.Context, papers []paper, sides []Side, at time.Time) (Comparison, error) {
	c := Comparison{Reports: true, Differences: []Difference{}, Match: None, Sides: sides}
	var cells []Cell
	bodies := make([]*report.Body, 0, len(papers))
	for i, p := range papers {
		f, err := s.readingSheet(ctx, s.begin(at), p, report.Read(p.text, p.blocks))
		if err != nil {
			return c, err
		}
		var spans []report.Span
		c.Sides[i].Quotations = f.Counts.Quotations
		for _, q := range f.Quotations {
			if q.Marked && !within(q.spans[0], spans) {
				r := report.Prepare(p.text, q.spans...)
				cells = append(cells, Cell{Report: i, Quotation: q, words: fold.Copy(r.Marked.Text), layer: r.Marked, found: q.Match})
				spans = append(spans, q.spans...)
			}
		}
		bodies = append(bodies, report.NewBody(p.text, spans))
	}
	c.Quotations = rowsOf(cells, papers)
	c.Shared = overlaps(papers, bodies)
	same, vary := 0, 0
	for _, r := range c.Quotations {
		switch {
		case len(r.Missing) == len(papers)-1:
		case r.Match == SameText:
			same++
		default:
			vary++
		}
	}
	if same+vary > 0 {
		c.Match = Resembles
	}
	c.CoverageA, c.CoverageB = ratio(same, sides[0].Quotations), ratio(same, sides[1].Quotations)
	c.Summary = rowSummary(c.Quotations, same, vary, len(papers))
	return c, nil
}

// within reports whether a stretch lies in one of others.
func within(s report.Span, in []report.Span) bool {
	return slices.ContainsFunc(in, func(o report.Span) bool { return o.From <= s.From && s.To <= o.To })
}

// rowsOf (report.md MUST-12) puts versions of the same quotation into one row, the longest first of
// each, and the rows in the order of the reports.
func rowsOf(cells []Cell, papers []paper) []Row {
	byLength := make([]int, len(cells))
	for i := range byLength {
		byLength[i] = i
	}
	slices.SortStableFunc(byLength, func(a, b int) int { return len(cells[b].words.Words) - len(cells[a].words.Words) })
	rows := []Row{}
	at := map[string][]int{} // rows whose longest version holds a word
	for _, i := range byLength {
		x := cells[i]
		j, al, m := nearestRow(x, rows, at)
		if j < 0 {
			rows = append(rows, Row{Longest: x.Quotation.Quotation, Match: None, words: fold.Record(x.layer.Text)})
			j = len(rows) - 1
			for k := range wordsOf(x.words) {
				at[k] = append(at[k], j)
			}
			x.Match = SameText
		} else {
			x.Match = m
			x.versus(papers[x.Report].text, al)
		}
		rows[j].Cells = append(rows[j].Cells, x)
	}
	for i := range rows {
		rows[i].finish(papers)
	}
	slices.SortStableFunc(rows, func(a, b Row) int {
		return cmp.Or(a.Cells[0].Report-b.Cells[0].Report, a.Cells[0].Offset-b.Cells[0].Offset)
	})
	for i := range rows {
		rows[i].Anchor = fmt.Sprintf("q%d", i+1)
	}
	return rows
}

// apart reports whether a cell is no version of the row's quotation though its
// words are near: the same report has both, or they come from different records.
func (r *Row) apart(x Cell, m Match) bool {
	return slices.ContainsFunc(r.Cells, func(o Cell) bool {
		both := o.onRecord() && x.onRecord()
		return m == Altered && o.Report == x.Report || both && !sameRecord(*o.Record, *x.Record)
	})
}

// sameRecord reports whether two records are one, in whatever language and
// revision.
func sameRecord(a, b Record) bool {
	if a.Kind != b.Kind || a.OfficeURI != b.OfficeURI {
		return false
	}
	if a.Kind == register.RecordLetter {
		return a.Reference == b.Reference
	}
	return a.Entry == b.Entry
}

func (x *Cell) onRecord() bool { return x.Record != nil && x.found != Resembles }

// versus makes the differences of a cell those from another version, unless a
// register was asked and knows the words.
func (x *Cell) versus(text string, al *compare.Alignment) {
	if x.onRecord() {
		return
	}
	x.against(text, x.layer, al)
}

// finish sums a row up.
func (r *Row) finish(papers []paper) {
	slices.SortStableFunc(r.Cells, func(a, b Cell) int { return cmp.Or(a.Report-b.Report, a.Offset-b.Offset) })
	has, speakers := map[int]bool{}, map[string]bool{}
	for i := range r.Cells {
		x := &r.Cells[i]
		has[x.Report] = true
		if x.Speaker != "" {
			speakers[x.Speaker] = true
		}
		if r.Record == nil && x.onRecord() {
			r.Record, r.Standing, r.Headline, r.Verdict = x.Record, x.Standing, x.Headline, x.Verdict
		}
		if len(r.Cells) > 1 && (r.Match == None || order(x.Match) > order(r.Match)) {
			r.Match = x.Match
		}
		if len(x.Comparison) == 0 {
			x.layOut(papers[x.Report].text)
		}
	}
	r.Speakers = len(speakers)
	r.Missing = []int{}
	for i := range papers {
		if !has[i] {
			r.Missing = append(r.Missing, i)
		}
	}
}

// wordsOf is the set of a text's words.
func wordsOf(f *fold.Folded) map[string]bool {
	out := map[string]bool{}
	for _, w := range f.Words {
		out[w.Key] = true
	}
	return out
}

// mostLikely is how many rows a quotation is compared to, those that share most of
// its words.
const mostLikely = 12

// nearestRow returns the row whose longest version agrees best with a cell; -1
// for none.
func nearestRow(x Cell, rows []Row, at map[string][]int) (int, *compare.Alignment, Match) {
	mine := wordsOf(x.words)
	share := map[int]int{}
	for k := range mine {
		for _, j := range at[k] {
			share[j]++
		}
	}
	var likely []int
	for j, n := range share {
		if n*2 >= len(mine) {
			likely = append(likely, j)
		}
	}
	slices.SortFunc(likely, func(a, b int) int { return cmp.Or(share[b]-share[a], a-b) })
	best, bestMatch := -1, None
	var bestAl *compare.Alignment
	for _, j := range likely[:min(len(likely), mostLikely)] {
		al := compare.Align(x.words, rows[j].words)
		m := judge(al)
		if m == None || m == Resembles || len(x.words.Words) == 1 && m != SameText || rows[j].apart(x, m) {
			continue // a single word stands in much that is longer
		}
		if best < 0 || order(m) < order(bestMatch) || m == bestMatch && al.Cost < bestAl.Cost {
			best, bestAl, bestMatch = j, al, m
		}
	}
	return best, bestAl, bestMatch
}

// Limits of what is shown of overlaps.
const (
	leastOverlap = 20 // words of two reports together
	mostPassages = 5
)

// overlaps compares the bodies of all pairs of reports.
func overlaps(papers []paper, bodies []*report.Body) []Overlap {
	out := []Overlap{}
	for i := range bodies {
		for j := i + 1; j < len(bodies); j++ {
			shared := bodies[i].Shared(bodies[j])
			o := Overlap{A: i, B: j}
			for _, p := range shared {
				o.Words += p.Words
			}
			if o.Words < leastOverlap {
				continue
			}
			number := len(shared)
			slices.SortStableFunc(shared, func(a, b report.Passage) int { return b.Words - a.Words })
			for _, p := range shared[:min(len(shared), mostPassages)] {
				o.Passages = append(o.Passages, SharedPassage{
					Text: papers[i].text[p.A.From:p.A.To], Words: p.Words,
					OffsetA: utf8.RuneCountInString(papers[i].text[:p.A.From]), OffsetB: utf8.RuneCountInString(papers[j].text[:p.B.From]),
				})
			}
			w, n := counted(o.Words, word), counted(number, place)
			o.Text = Words{
				fmt.Sprintf("Reports %d and %d share %s outside quotations, in %s: one may have them from the other, or both from a third.", i+1, j+1, w.EN, n.EN),
				fmt.Sprintf("يشترك الخبران %d و%d في %s خارج الاقتباسات، في %s: فربما نقلها أحدهما عن الآخر، أو نقلها كلاهما عن ثالث.", i+1, j+1, w.AR, n.AR),
			}
			out = append(out, o)
		}
	}
	return out
}

// rowSummary counts rows in words.
func rowSummary(rows []Row, same, vary, reports int) Words {
	once, everywhere := 0, 0
	for _, r := range rows {
		once += boolean(len(r.Missing) == reports-1)
		everywhere += boolean(len(r.Missing) == 0)
	}
	q := func(n int) Words { return counted(n, quotation) }
	return Words{
		q(len(rows)).EN + " in " + fmt.Sprint(reports) + " reports: " + fmt.Sprintf("%d alike wherever they stand; %d vary; %d in one report only; %d in all.", same, vary, once, everywhere),
		fmt.Sprintf("الأخبار: %d؛ الاقتباسات المختلفة: %d. المتطابقة حيث وردت: %d؛ المتباينة: %d؛ في خبر واحد فقط: %d؛ في الأخبار كلها: %d.", reports, len(rows), same, vary, once, everywhere),
	}
}
