//go:build !js

package reply

import (
	"chancery.example/internal/parity"
	"chancery.example/internal/web/pages/record"
	"chancery.example/letter"
)

// compared says where the texts of a revision differ.
func compared(c letter.Content) []record.LanguageDifference {
	var out []record.LanguageDifference
	for _, f := range parity.Compare(c, parity.Glossary{}) {
		d := record.LanguageDifference{Kind: string(f.Kind), Look: f.Severity != parity.Blocking}
		for _, lang := range []letter.Lang{f.First, f.Second} {
			side := record.Side{Lang: lang}
			for _, p := range f.In(lang) {
				if !p.Missing {
					side.Words = append(side.Words, p.Text)
				}
			}
			d.Sides = append(d.Sides, side)
		}
		if f.Detail != [2]string{} {
			d.Sides[0].Detail, d.Sides[1].Detail = f.Detail[0], f.Detail[1]
		}
		out = append(out, d)
	}
	return out
}
