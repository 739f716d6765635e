// Package report reads the text of a news report: where it quotes, whom it
// credits, how it is divided, and which of its paragraphs stand apart.
//
// It is a craft on text alone: it knows no register and decides nothing about
// where words come from.
//
//	for _, q := range report.Read(text, nil) {
//		fmt.Println(text[q.From:q.To])
//	}
package report
