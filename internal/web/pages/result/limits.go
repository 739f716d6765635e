package result

import "chancery.example/internal/check"

// Limits says what an answer cannot tell: keys of messages under "limits". Some
// hold always, some for what was found and what it was read from.
func (v View) Limits() []string {
	var out []string
	if v.Record == nil {
		out = append(out, "unknown")
	}
	out = append(out, "words", "true", "now")
	if v.Finding.ExhibitKind == check.KindPhoto {
		out = append(out, "picture")
	}
	if v.Issued {
		out = append(out, "pressed")
	}
	if v.Head.WitnessedSize == 0 {
		out = append(out, "unwitnessed")
	}
	return out
}
