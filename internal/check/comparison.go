package check

import (
	"math"

	"chancery.example/internal/compare"
	"chancery.example/internal/fold"
	"chancery.example/internal/report"
)

// A Comparison is two exhibits side by side. Reports are compared by what they
// quote, other texts word by word; neither side is the record.
type Comparison struct {
	Reports     bool         `json:"reports"`
	Match       Match        `json:"match"` // of texts: same_text, part, altered, resembles, none
	CoverageA   float64      `json:"coverage_a"`
	CoverageB   float64      `json:"coverage_b"`
	Differences []Difference `json:"differences"` // Copy is A's, Record is B's
	Pieces      []Piece      `json:"-"`
	Quotations  []Pair       `json:"quotations"`
	Summary     Words        `json:"summary"`
}

// A Pair is a quotation that stands in one or both of two reports. An empty
// side does not hold it.
type Pair struct {
	A           string       `json:"a"`
	B           string       `json:"b"`
	OffsetA     int          `json:"offset_a"`
	OffsetB     int          `json:"offset_b"`
	SpeakerA    string       `json:"speaker_a"`
	SpeakerB    string       `json:"speaker_b"`
	Match       Match        `json:"match"` // same_text, part (one is longer), altered; none for one side only
	Differences []Difference `json:"differences"`
}

// Compare compares two exhibits without any register. They are reports when
// both are said to be, or both hold several quotations.
func Compare(a, b Exhibit) (Comparison, error) {
	var papers [2]paper
	for i, e := range []Exhibit{a, b} {
		if err := e.checkSize(); err != nil {
			return Comparison{}, err
		}
		p, err := e.read()
		if err != nil {
			return Comparison{}, err
		}
		papers[i] = p
	}
	qa, qb := report.Read(papers[0].text, papers[0].blocks), report.Read(papers[1].text, papers[1].blocks)
	isReport := func(e Exhibit, q []report.Quotation) bool { return e.As == KindReport || e.As == "" && len(q) >= 2 }
	if isReport(a, qa) && isReport(b, qb) {
		return compareReports(papers[0], papers[1], qa, qb), nil
	}
	return compareTexts(papers[0].text, papers[1].text), nil
}

func compareTexts(a, b string) Comparison {
	al := compare.Align(fold.Copy(a), fold.Record(b))
	c := Comparison{Quotations: []Pair{}, Differences: differences(al, 0), Pieces: pieces(al)}
	c.CoverageA, c.CoverageB = al.Coverage()
	c.Match = judge(al)
	if c.Match == None {
		c.Summary = Words{"The two texts share no passage.", "لا مقطع مشترك بين النصين."}
		return c
	}
	switch n := len(al.Differences); {
	case n > 0:
		w, p := counted(al.Cost, word), counted(n, place)
		c.Summary = Words{"They differ in " + w.EN + " at " + p.EN + ".", "يختلف النصان في " + w.AR + "، في " + p.AR + "."}
	case c.Match == SameText:
		c.Summary = Words{"All words agree.", "جميع الكلمات متطابقة."}
	default:
		c.Summary = Words{"All words of the first stand in the second, which says more.", "جميع كلمات الأول واردة في الثاني، وفيه أكثر منها."}
	}
	return c
}

// judge says how far two texts agree when no chance has to be ruled out.
func judge(al *compare.Alignment) Match {
	if len(al.Passages) == 0 {
		return None
	}
	return answer{agreement: compare.Candidate{Alignment: al, Bits: math.MaxFloat64}.Judge()}.match()
}

// spoken is a quotation of a report with its speaker.
type spoken struct {
	text    string
	offset  int
	speaker string
	folded  *fold.Folded
	paired  bool
}

func quotesOf(p paper, qs []report.Quotation) []spoken {
	nobody := &Snapshot{}
	sh := &sheet{s: nobody, text: p.text, paras: report.Paragraphs(p.text)}
	var out []spoken
	for _, q := range qs {
		x := sh.quotation(q, true)
		out = append(out, spoken{
			text: x.Quotation, offset: x.Offset, speaker: nobody.speakers.Of(p.text, sh.paragraph(q), q).Name,
			folded: fold.Copy(x.Quotation),
		})
	}
	return out
}

// compareReports pairs the quotations of two reports, nearest first for each of
// the first report's, and lists what only one has.
func compareReports(pa, pb paper, qa, qb []report.Quotation) Comparison {
	c := Comparison{Reports: true, Differences: []Difference{}, Quotations: []Pair{}}
	as, bs := quotesOf(pa, qa), quotesOf(pb, qb)
	found := index(bs)
	same, vary, onlyA, onlyB := 0, 0, 0, 0
	for _, a := range as {
		p := Pair{A: a.text, OffsetA: a.offset, SpeakerA: a.speaker, Match: None, Differences: []Difference{}}
		if j, al, m := nearest(a, bs, found); j >= 0 {
			b := &bs[j]
			b.paired = true
			p.B, p.OffsetB, p.SpeakerB, p.Match = b.text, b.offset, b.speaker, m
			p.Differences = differences(al, a.offset)
			if m == SameText {
				same++
			} else {
				vary++
			}
		} else {
			onlyA++
		}
		c.Quotations = append(c.Quotations, p)
	}
	for _, b := range bs {
		if !b.paired {
			onlyB++
			c.Quotations = append(c.Quotations, Pair{B: b.text, OffsetB: b.offset, SpeakerB: b.speaker, Match: None, Differences: []Difference{}})
		}
	}
	c.Match = None
	if same+vary > 0 {
		c.Match = Resembles
	}
	c.CoverageA, c.CoverageB = ratio(same, len(as)), ratio(same, len(bs))
	c.Summary = sharedSummary(same, vary, onlyA, onlyB)
	return c
}

// index maps every word to the quotations that hold it, so that not every pair
// is compared.
func index(qs []spoken) map[string][]int {
	at := map[string][]int{}
	for i, q := range qs {
		seen := map[string]bool{}
		for _, w := range q.folded.Words {
			if !seen[w.Key] {
				seen[w.Key] = true
				at[w.Key] = append(at[w.Key], i)
			}
		}
	}
	return at
}

// nearest returns the free quotation of bs that a agrees with best; -1 for none.
func nearest(a spoken, bs []spoken, found map[string][]int) (int, *compare.Alignment, Match) {
	share := map[int]int{}
	for _, w := range a.folded.Words {
		for _, j := range found[w.Key] {
			share[j]++
		}
	}
	best, bestMatch := -1, None
	var bestAl *compare.Alignment
	for j := range bs {
		if bs[j].paired || share[j]*2 < min(len(a.folded.Words), len(bs[j].folded.Words)) || share[j] == 0 {
			continue
		}
		al := compare.Align(a.folded, bs[j].folded)
		m := judge(al)
		if order(m) > order(Part) && judge(compare.Align(bs[j].folded, a.folded)) == Part {
			m = Part // the other report quotes less
		}
		if m == None || m == Resembles {
			continue
		}
		if best < 0 || order(m) < order(bestMatch) || m == bestMatch && al.Cost < bestAl.Cost {
			best, bestAl, bestMatch = j, al, m
		}
	}
	return best, bestAl, bestMatch
}

func order(m Match) int {
	switch m {
	case SameText:
		return 0
	case Part:
		return 1
	case ExactFile, Altered, OtherLanguage, TranslationDiffers, Resembles, None, Unreadable:
	}
	return 2
}

func sharedSummary(same, vary, onlyA, onlyB int) Words {
	q := func(n int) Words {
		return counted(n, quotation)
	}
	return Words{
		q(same).EN + " alike in both; " + q(vary).EN + " that vary; " + q(onlyA).EN + " only in the first; " + q(onlyB).EN + " only in the second.",
		"متطابق في كليهما: " + q(same).AR + "؛ متباين: " + q(vary).AR + "؛ في الأول فقط: " + q(onlyA).AR + "؛ في الثاني فقط: " + q(onlyB).AR + ".",
	}
}
