package find

// An effort is how much work finding a page may take, whatever a picture shows: a
// photo of no registered page has to be read afterwards, and a picture may be made
// so that all of it looks like words of any page. One unit is about as long as
// holding two boxes against each other; it is counted, not timed, so that the same
// picture has the same answer on every machine.
type effort struct {
	left int
	of   *effort // of which this is a part; nil
}

// What finding may take: for one picture, of which looking runs up may take a part for
// each way to hold it; and for stretches of found pages that stand elsewhere. A photo
// that shows a page of a thousand takes a tenth of this, one of a page with lines
// left out, copied over and over, nearly all.
const (
	mostFinding = 18_000_000
	mostVoting  = 3_000_000
	mostMoving  = 16_000_000
)

// What some steps take, in units.
const (
	placing     = 15 // where a word of the page is in the photo
	equating    = 30 // what a pair of places adds to the equations of a plane or a bend
	looking     = 30 // a run of words in the index
	voting      = 3  // a page that has such a run
	aligning    = 4  // a word of the page beside a word of the photo
	overlapping = 5  // two seeds
	levelling   = 6  // how high a line is at a column
)

// spend takes units; false when there are no more.
func (e *effort) spend(units int) bool {
	e.left -= units
	if e.of != nil {
		e.of.left -= units
	}
	return !e.spent()
}

// part is an effort of at most so many units of this one's.
func (e *effort) part(most int) *effort { return &effort{left: most, of: e} }

// spent reports whether nothing is left.
func (e *effort) spent() bool { return e.left < 0 || e.of != nil && e.of.left < 0 }
