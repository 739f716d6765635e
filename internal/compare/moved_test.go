package compare

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"chancery.example/internal/fold"
)

func TestMoves(t *testing.T) {
	paras := []string{
		"The gates of the northern lock will open at six on every working day of the week.",
		"Vessels longer than ninety metres wait for a pilot at the outer mole until they are called.",
		"The fee of forty marks is due on leaving and is never asked for twice on one day.",
		"Fishing boats pass free of charge between dawn and dusk, as they always have.",
	}
	record := strings.Join(paras, "\n\n")
	for _, c := range []struct {
		name  string
		order []int
		moved int // words, at most
		rest  string
	}{
		{"two swapped", []int{0, 2, 1, 3}, 18, ""},
		{"first goes last", []int{1, 2, 3, 0}, 17, ""},
		{"one repeated", []int{0, 1, 1, 2, 3}, 0, "only in copy"},
		{"one left out", []int{0, 2, 3}, 0, "only on record"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var ps []string
			for _, i := range c.order {
				ps = append(ps, paras[i])
			}
			a := Align(fold.Copy(strings.Join(ps, "\n\n")), fold.Record(record))
			moved, rest := 0, ""
			for _, d := range a.Differences {
				switch d.Kind {
				case Moved:
					moved += d.Copy.Len()
				case OnlyInCopy:
					rest += "only in copy"
				case OnlyOnRecord:
					rest += "only on record"
				case Replaced:
					rest += "replaced"
				}
			}
			if moved > c.moved || c.moved > 0 && moved == 0 || rest != c.rest {
				t.Errorf("%d words moved, then %q; want at most %d and %q: %s", moved, rest, c.moved, c.rest, show(a))
			}
			if judged(strings.Join(ps, "\n\n"), record) != Altered {
				t.Error("not altered")
			}
		})
	}
}

// TestNothingIsLost: every word of the copy agrees or is in a difference, once,
// and so is every word of the record between the first and the last that agree.
func TestNothingIsLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		record := drawWords(t, 1, 120)
		copied := slices.Clone(record)
		for i := range rapid.IntRange(0, 4).Draw(t, "edits") {
			at := rapid.IntRange(0, len(copied)).Draw(t, fmt.Sprintf("at%d", i))
			to := rapid.IntRange(at, len(copied)).Draw(t, fmt.Sprintf("to%d", i))
			block := slices.Clone(copied[at:to])
			copied = slices.Delete(copied, at, to)
			if rapid.Bool().Draw(t, "move") && len(copied) > 0 {
				copied = slices.Insert(copied, rapid.IntRange(0, len(copied)).Draw(t, "where"), block...)
			} else {
				copied = slices.Insert(copied, at, "zephyr")
			}
		}
		a := Align(fold.Copy(strings.Join(copied, " ")), fold.Record(strings.Join(record, " ")))
		checkAlignment(t, a)
		inCopy, onRecord := a.Agreed, a.AgreedRecord
		for _, d := range a.Differences {
			inCopy += d.Copy.Len()
			onRecord += d.Record.Len()
		}
		if inCopy != len(a.Copy.Words) {
			t.Fatalf("%d of %d words of the copy are accounted for: %s", inCopy, len(a.Copy.Words), show(a))
		}
		if onRecord > len(a.Record.Words) {
			t.Fatalf("%d of %d words of the record are accounted for: %s", onRecord, len(a.Record.Words), show(a))
		}
	})
}
