package compare

import (
	"fmt"
	"strings"
	"testing"

	"chancery.example/internal/fold"
)

// show writes an alignment's differences in one line: -record +copy.
func show(a *Alignment) string {
	var out []string
	for _, d := range a.Differences {
		s := fmt.Sprintf("-%q +%q", a.Record.Slice(d.Record.From, d.Record.To), a.Copy.Slice(d.Copy.From, d.Copy.To))
		if d.Critical {
			s += "!"
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

func TestAlign(t *testing.T) {
	const record = "Sirs,\n\nWhile the gates are being repaired, the South Lock opens at 06:00 and closes at 21:00 on every working day, and it will not open on Fridays. Vessels co-operate with the U.S. pilots who wait for a re-\nsult; the fee is 5,000 marks, or 10² metres."
	for _, c := range []struct{ name, text, want string }{
		{"whole", record, ""},
		{"spacing and marks", strings.ReplaceAll(strings.ReplaceAll(record, " ", "\n"), ",\n", "\t"), ""},
		{"case", "the south lock opens AT 06:00 and closes", ""},
		{"number", "the South Lock opens at 06:00 and closes at 23:00 on every working day", `-"21:00" +"23:00"!`},
		{"last word", "the South Lock opens at 06:00 and closes at 22:00", `-"21:00" +"22:00"!`},
		{"first word", "the North Lock opens at 06:00 and closes at 21:00", `-"South" +"North"!`},
		{"negation", "and it will open on Fridays. Vessels co-operate", `-"not" +""!`},
		{"added word", "and it will not ever open on Fridays. Vessels", `-"" +"ever"`},
		{"omission unmarked", "While the gates are being repaired, the South Lock opens at 06:00 on every working day", `-"and closes at 21:00" +""!`},
		{"omission marked", "While the gates are being repaired, the South Lock opens at 06:00 ... on every working day", ""},
		{"hyphens", "Vessels cooperate with the US pilots who wait for a result", ""},
		{"joined without a hyphen", "Vessels co-operate withthe US pilots who wait for a result", `-"with the" +"withthe"`},
		{"raised figure", "the fee is 5,000 marks, or 102 metres", `-"10²" +"102"!`},
		{"currency", "the fee is $5,000 marks, or 10² metres", `-"" +"$"!`},
		{"thousands", "the fee is 5000 marks, or 10² metres", `-"5,000" +"5000"!`},
		{"digits of another script", "and closes at ٢١:٠٠ on every working day", ""},
		{"look-alike", "the South Lосk opens at 06:00 and closes at 21:00", `-"Lock" +"Lосk"!`},
		{"invisible", "the South Lo\u200bck op\u00adens at 06:00 and closes at 21:00", ""},
		{"page number", "the South Lock opens at 06:00\n\nPage 2 of 3\n\nand closes at 21:00 on every working day", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := Align(fold.Copy(c.text), fold.Copy(record))
			if got := show(a); got != c.want {
				t.Errorf("differences %s, want %s", got, c.want)
			}
		})
	}
}
