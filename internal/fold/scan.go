package fold

import "slices"

// A Seen is a stretch of a text that was read from a picture, in bytes, and how
// sure its reader was of it, from 0 to 1.
type Seen struct {
	From, To   int
	Confidence float32
	// Open: what stands there is not known. The word is the likeliest one, or a
	// sign in the place of one.
	Open bool
}

// Scan is Copy for words that were read from a picture: every word gets the
// confidence of the least certain stretch that it overlaps, 0 where there is
// none. seen is in order.
func Scan(exact string, seen []Seen) *Folded {
	f := Copy(exact)
	f.seen = seen
	f.weigh()
	return f
}

// weigh gives the words their confidences.
func (f *Folded) weigh() {
	f.Confidence = make([]float32, len(f.Words))
	f.Open = make([]bool, len(f.Words))
	for i, w := range f.Words {
		from, to := f.given(w)
		at, _ := slices.BinarySearchFunc(f.seen, from, func(s Seen, from int) int {
			if s.To <= from {
				return -1
			}
			return 1
		})
		for j := at; j < len(f.seen) && f.seen[j].From < to; j++ {
			if j == at || f.seen[j].Confidence < f.Confidence[i] {
				f.Confidence[i] = f.seen[j].Confidence
			}
			f.Open[i] = f.Open[i] || f.seen[j].Open
		}
	}
}

// given returns the bytes of the text that was given between which a word
// stands.
func (f *Folded) given(w Word) (from, to int) {
	if f.order == nil {
		return int(w.Start), int(w.End)
	}
	return f.order.span(f.Exact, int(w.Start), int(w.End))
}

// Scanned reports whether the words were read from a picture, so that some may
// have been read wrongly.
func (f *Folded) Scanned() bool { return f.Confidence != nil }
