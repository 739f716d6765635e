package seed

// A Cursor hands out postings in order, each once, some at a time. Next returns
// none at the end; what it returned is good until the next call.
type Cursor interface {
	Next() ([]Posting, error)
}

// Cursor hands out the table's postings.
func (t *Table) Cursor() Cursor { return &tableCursor{t.Postings()} }

type tableCursor struct{ left []Posting }

// Next implements Cursor.
func (c *tableCursor) Next() ([]Posting, error) {
	n := min(len(c.left), mergeBatch)
	out := c.left[:n]
	c.left = c.left[n:]
	return out, nil
}

// mergeBatch is how many postings go together: enough to forget the call, few
// enough for the processor's nearest memory.
const mergeBatch = 1024

// Merge hands out the postings of several cursors as one, each once.
func Merge(cursors ...Cursor) Cursor {
	if len(cursors) == 1 {
		return cursors[0]
	}
	return &merger{waiting: cursors}
}

// A merger keeps its sources as a heap, the one with the least posting first.
type merger struct {
	waiting []Cursor // not begun
	heap    []source
	out     []Posting
}

type source struct {
	from Cursor
	left []Posting // never empty
}

// Next implements Cursor.
func (m *merger) Next() ([]Posting, error) {
	for _, c := range m.waiting {
		batch, err := c.Next()
		if err != nil {
			return nil, err
		}
		if len(batch) > 0 {
			m.heap = append(m.heap, source{c, batch})
		}
	}
	if m.waiting != nil {
		m.waiting = nil
		for i := len(m.heap)/2 - 1; i >= 0; i-- {
			m.sink(i)
		}
	}
	m.out = m.out[:0]
	var last Posting
	for len(m.heap) > 0 && len(m.out) < mergeBatch {
		top := &m.heap[0]
		if p := top.left[0]; len(m.out) == 0 || p != last {
			m.out = append(m.out, p)
			last = p
		}
		if err := m.advance(top); err != nil {
			return nil, err
		}
	}
	return m.out, m.skip(last)
}

// skip drops what equals the last posting handed out, so that the next batch
// begins with a new one.
func (m *merger) skip(last Posting) error {
	for len(m.heap) > 0 && len(m.out) > 0 && m.heap[0].left[0] == last {
		if err := m.advance(&m.heap[0]); err != nil {
			return err
		}
	}
	return nil
}

// advance moves the first source on by one posting.
func (m *merger) advance(top *source) error {
	top.left = top.left[1:]
	if len(top.left) == 0 {
		batch, err := top.from.Next()
		if err != nil {
			return err //nolint:wrapcheck // a cursor's own
		}
		top.left = batch
		if len(batch) == 0 {
			last := len(m.heap) - 1
			m.heap[0], m.heap = m.heap[last], m.heap[:last]
		}
	}
	m.sink(0)
	return nil
}

// sink puts the source at i where it belongs below.
func (m *merger) sink(i int) {
	for {
		least, child := i, 2*i+1
		for c := child; c < min(child+2, len(m.heap)); c++ {
			if m.heap[c].left[0].less(m.heap[least].left[0]) {
				least = c
			}
		}
		if least == i {
			return
		}
		m.heap[i], m.heap[least] = m.heap[least], m.heap[i]
		i = least
	}
}
