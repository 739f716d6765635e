package fold

// A Seen is a stretch of a text that was read from a picture, in bytes, and how
// sure its reader was of it, from 0 to 1.
type Seen struct {
	From, To   int
	Confidence float32
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
	seen, at := f.seen, 0
	for i, w := range f.Words {
		for at < len(seen) && seen[at].To <= int(w.Start) {
			at++
		}
		for j := at; j < len(seen) && seen[j].From < int(w.End); j++ {
			if j == at || seen[j].Confidence < f.Confidence[i] {
				f.Confidence[i] = seen[j].Confidence
			}
		}
	}
}

// Scanned reports whether the words were read from a picture, so that some may
// have been read wrongly.
func (f *Folded) Scanned() bool { return f.Confidence != nil }
