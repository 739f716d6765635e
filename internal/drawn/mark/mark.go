// Package mark says where on a page the differences between a copy and its record are
// marked, and where the numbers of the marks stand: in the margins, so that no number
// hides a letter.
//
//	spots := mark.Spots(text, words, offset, length) // where its words stand
//	labels := mark.Labels(size, marks, 24)           // the numbers beside the page
//
// Each kind of mark has a shape besides its colour: words of the copy alone are
// struck through, words of the record alone underlined, where the other side has
// words stands a caret, moved words are framed, doubtful ones framed in dashes, and
// where languages disagree the line is dashed. internal/drawn draws them into
// pictures, internal/web/shared over them.
package mark

// A Kind says what a mark is about.
type Kind string

// The kinds of marks.
const (
	OnlyCopy   Kind = "copy"     // words that only the copy has
	OnlyRecord Kind = "record"   // words that only the record has
	Gap        Kind = "gap"      // no words: the other side has some here
	Moved      Kind = "moved"    // the other side has the words elsewhere
	Look       Kind = "look"     // perhaps misread: somebody should look
	Disagree   Kind = "disagree" // another language of the paper says something else
)

// Kinds lists all kinds.
func Kinds() []Kind { return []Kind{OnlyCopy, OnlyRecord, Gap, Moved, Look, Disagree} }

// A Mark is one place of a difference on a page.
type Mark struct {
	Number int // of the difference, from 1
	Kind   Kind
	Spot   Spot
}
