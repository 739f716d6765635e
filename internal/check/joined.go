package check

import (
	"context"
	"slices"

	"chancery.example/internal/compare"
	"chancery.example/internal/report"
)

// join (report.md MUST-9) makes one quotation of parts that the report split, where the parts
// follow each other on record too.
func (sh *sheet) join(ctx context.Context) error {
	for i := 0; i < len(sh.items); i++ {
		for {
			j := sh.next(i)
			if j < 0 {
				break
			}
			whole, err := sh.joined(ctx, &sh.items[i], &sh.items[j])
			if err != nil {
				return err
			}
			if whole == nil {
				break
			}
			sh.items[i] = *whole
			sh.items = slices.Delete(sh.items, j, j+1)
		}
	}
	return nil
}

// next returns the item that may go on with item i; -1 for none.
func (sh *sheet) next(i int) int {
	if sh.items[i].at[0].Nested {
		return -1
	}
	for j := i + 1; j < len(sh.items); j++ {
		switch q := sh.items[j].at[0]; {
		case q.Nested:
		case q.Continues:
			return j
		default:
			return -1
		}
	}
	return -1
}

// joined looks two items up as one; nil when they are not.
func (sh *sheet) joined(ctx context.Context, a, b *item) (*item, error) {
	it := sh.item(true, slices.Concat(a.at, b.at)...)
	if it.who.Name == "" {
		it.who = b.who
	}
	if err := sh.look(ctx, &it); err != nil {
		return nil, err
	}
	if sh.s.Empty() { // the report's own word that they belong together
		return &it, nil
	}
	if len(it.as) == 0 || it.as[0].agreement > compare.Altered || sh.seamOpen(&it) {
		return nil, nil
	}
	if cost, ok := costOf(a, b); ok && it.as[0].candidate.Alignment.Cost > cost {
		return nil, nil // each agrees better by itself
	}
	return &it, nil
}

// costOf is what two quotations differ in by themselves; false when one of them
// was not found.
func costOf(a, b *item) (int, bool) {
	if len(a.as) == 0 || len(b.as) == 0 || a.as[0].agreement > compare.Altered || b.as[0].agreement > compare.Altered {
		return 0, false
	}
	return a.as[0].candidate.Alignment.Cost + b.as[0].candidate.Alignment.Cost, true
}

// seamOpen reports whether the words on the two sides of a seam do not follow
// each other on record.
func (sh *sheet) seamOpen(it *item) bool {
	a := it.as[0].candidate.Alignment
	for _, part := range it.at[1:] {
		seam := 0 // the first word of the part
		for seam < len(a.Copy.Words) {
			w := a.Copy.Words[seam]
			if it.layer.Source(report.Span{From: int(w.Start), To: int(w.End)}).From >= part.From {
				break
			}
			seam++
		}
		for _, d := range a.Differences {
			if d.Copy.From <= seam && seam <= d.Copy.To {
				return true
			}
		}
	}
	return false
}
