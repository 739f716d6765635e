// Package facing lays a copy and a text of record out as two facing pages: each
// side in its own words and its own order, cut into pieces that say what they
// are to the other side. The pieces of a side are its exact text, to the byte:
// nothing is left out, nothing appears twice, whatever was moved, added or
// missing.
//
//	pages := facing.Lay(alignment)
//	for _, p := range pages.Record {
//		fmt.Print(p.Mark, p.Text)
//	}
//
// A copy that is a part of its record stands inside its full sentences, so that
// a quotation that was cut to say the opposite shows it (security.md, A6).
//
// The package has no clock, no network and no files.
package facing
