package check

import (
	"context"
	"fmt"
	"math"
	"time"

	"chancery.example/internal/compare"
	"chancery.example/internal/facing"
	"chancery.example/internal/fold"
	"chancery.example/internal/report"
)

// MaxReports is how many reports are laid side by side.
const MaxReports = 10

// A Comparison is two texts, or up to ten reports, side by side. Reports are
// compared by what they quote, texts word by word; no side is the record.
type Comparison struct {
	Reports     bool         `json:"reports"`
	Match       Match        `json:"match"` // of texts: same_text, part, altered, resembles, none
	CoverageA   float64      `json:"coverage_a"`
	CoverageB   float64      `json:"coverage_b"`
	Differences []Difference `json:"differences"` // Copy is A's, Record is B's
	Pages       facing.Pages `json:"-"`
	Sides       []Side       `json:"sides"`      // the exhibits in order
	Quotations  []Row        `json:"quotations"` // of reports
	Shared      []Overlap    `json:"shared"`     // passages of reports outside quotations
	Summary     Words        `json:"summary"`
}

// A Side is one exhibit of a comparison.
type Side struct {
	Name       string `json:"name"`
	Quotations int    `json:"quotations"`
}

// Compare compares exhibits: two texts word by word, or two to ten reports by
// what they quote. Two are reports when both are said to be, or both hold
// several quotations; more than two always are. With a snapshot, reports are
// laid beside the record as well; without, s is nil. The error is a *ReadError
// when an exhibit cannot be read.
func Compare(ctx context.Context, s *Snapshot, exhibits []Exhibit, at time.Time) (Comparison, error) {
	if n := len(exhibits); n < 2 || n > MaxReports {
		return Comparison{}, fmt.Errorf("comparing %d exhibits: want 2 to %d", n, MaxReports)
	}
	papers := make([]paper, 0, len(exhibits))
	sides := make([]Side, 0, len(exhibits))
	reports := true
	for _, e := range exhibits {
		if err := e.checkSize(); err != nil {
			return Comparison{}, err
		}
		p, err := e.read()
		if err != nil {
			return Comparison{}, err
		}
		n := len(report.Read(p.text, p.blocks))
		reports = reports && (e.As == KindReport || e.As == "" && n >= 2)
		papers, sides = append(papers, p), append(sides, Side{e.Name, n})
	}
	if !reports && len(exhibits) == 2 {
		c := compareTexts(papers[0].text, papers[1].text)
		c.Sides = sides
		return c, nil
	}
	if s == nil {
		var err error
		if s, err = NewSnapshot(nil, nil, nil); err != nil {
			return Comparison{}, fmt.Errorf("starting without a register: %w", err)
		}
	}
	return s.sideBySide(ctx, papers, sides, at)
}

func compareTexts(a, b string) Comparison {
	al := compare.Align(fold.Copy(a), fold.Record(b))
	c := Comparison{Quotations: []Row{}, Shared: []Overlap{}, Differences: differences(al), Pages: facing.Lay(al)}
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

func order(m Match) int {
	switch m {
	case SameText:
		return 0
	case Part:
		return 1
	case ExactFile, Altered, Most, OtherLanguage, TranslationDiffers, Resembles, None, Unreadable:
	}
	return 2
}
