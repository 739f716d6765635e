// Package report reads the text of a news report: where it quotes, whom it
// credits, what it says it cut or put into a quotation, how it is divided, and
// which of its paragraphs stand apart.
//
// It is a craft on text alone: it knows no register and decides nothing about
// where words come from.
//
//	for _, q := range report.Read(text, nil) {
//		r := report.Prepare(text, report.Span{From: q.From, To: q.To})
//		fmt.Println(text[q.From:q.To], r.Edits)
//	}
//
// Quotations are what stands between marks of any of the usual kinds, straight,
// curly, angled, low or doubled single ones, also mis-encoded or left as HTML
// entities; and what layout sets apart: <blockquote>, lines that begin with ">",
// indented paragraphs after a colon. Marks of the Quran (U+FD3E, U+FD3F) and
// apostrophes are none. All positions are bytes of the text. No text takes more
// than time in proportion to its length.
package report
