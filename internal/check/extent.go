package check

import (
	"fmt"
	"math"
	"slices"

	"chancery.example/register"
)

// Percent says a part of 1 in whole per cent, never rounding up to 100 or down
// to 0: "100 %" must mean all.
func Percent(x float64) int {
	n := int(math.Round(x * 100))
	if 0 < x && x < 1 {
		return min(99, max(1, n))
	}
	return min(100, max(0, n))
}

var recordNouns = map[register.RecordKind]Words{
	register.RecordLetter:    {"the letter", "الرسالة"},
	register.RecordStatement: {"the statement", "البيان"},
	register.RecordDisavowal: {"the disavowed text", "النص المنفي"},
}

// Noun names the kind of a record in a sentence: "the letter".
func (r Record) Noun() Words { return recordNouns[r.Kind] }

// extent says in words how much of the copy is in the record and how much of the
// record is in the copy, which are never one number, and how many sentences of
// the copy are not in the record at all. Nil when no words were compared.
func (f Finding) extent() *Words {
	if f.Coverage == nil || f.Record == nil || f.Comparison.Empty() {
		return nil
	}
	it := f.Record.Noun()
	ofCopy, ofRecord := Percent(f.Coverage.Copy), Percent(f.Coverage.Record)
	w := Words{
		fmt.Sprintf("%d %% of your copy is in %s", ofCopy, it.EN),
		fmt.Sprintf("%d%% من نسختك وارد في %s", ofCopy, it.AR),
	}
	if ofCopy == 100 {
		w = Words{"All of your copy is in " + it.EN, "كل ما في نسختك وارد في " + it.AR}
	}
	if ofRecord == 100 {
		w = Words{
			w.EN + ", and all of " + it.EN + " is in your copy.",
			w.AR + "، وكل ما في " + it.AR + " وارد في نسختك.",
		}
	} else {
		w = Words{
			fmt.Sprintf("%s; it is %d %% of %s.", w.EN, ofRecord, it.EN),
			fmt.Sprintf("%s، وهو %d%% من %s.", w.AR, ofRecord, it.AR),
		}
	}
	if slices.ContainsFunc(f.Differences, func(d Difference) bool { return d.Kind == Moved }) {
		w = join(w, Words{"Some of it stands in another order.", "وبعضه بترتيب آخر."})
	}
	if f.Foreign > 0 {
		w = join(w, Words{
			numbered(f.Foreign, "sentence of your copy is not in ", "sentences of your copy are not in ") + it.EN + ".",
			fmt.Sprintf("عدد جمل نسختك غير الواردة في %s: %d.", it.AR, f.Foreign),
		})
	}
	return &w
}
