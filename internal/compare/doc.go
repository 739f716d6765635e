// Package compare finds a text among registered texts and lists, word by word,
// what differs.
//
// Texts come folded (package fold): what was signed and what is only used to
// find it are never mixed.
//
// What agrees: two words agree when they are written with the same letters and
// digits. Not counted as a difference are letter case, white space, line
// breaks, punctuation, the shape of quotation marks and hyphens, digits of
// another script, and in Arabic and Hebrew vowel signs, tatweel and the hamza
// of an alef that one of the two sides leaves out. Every other difference is
// one: an accent, a letter, a separator inside a number, a currency or percent
// sign. A word written with look-alike letters of another script differs, and
// is found nevertheless. Running matter (letter.RunningMatter) is no part of
// either text, but for a line of record that is a number alone.
//
// How it is found: runs of letters that agree are chained into passages, the
// gaps between them aligned letter by letter, and the words of record laid over
// the letters (docs/decisions/0028). Passages in another order are moved. A text
// that was read from a picture (fold.Scan) has differences that are certain,
// doubtful, or reading noise (docs/decisions/0029).
//
//	ix := compare.NewIndex()
//	ix.Add(compare.Document{ID: 1, Family: "HC-2026-0012", Text: issued})
//	found, err := ix.Find(ctx, fold.Copy(pasted))
//	for _, c := range found {
//		fmt.Println(c.Document.ID, c.Alignment.Judge(), c.Alignment.Differences)
//	}
//
// The package has no clock, no network and no files.
package compare
