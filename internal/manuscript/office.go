package manuscript

import (
	"fmt"
	"strings"
)

// A body is where in the words of an office file the reader is.
type body struct {
	w      *writer
	tables int  // tables within tables
	filled bool // the row has a cell
}

// row begins the row of a table. Within a cell it is one cell more: what a table in a
// table shows stands in the outer one's row.
func (b *body) row() {
	if b.tables == 1 {
		b.filled = false
	}
}

// cell separates the cells of a row.
func (b *body) cell() {
	if b.filled && strings.TrimSpace(b.w.line.String()) != "" && !strings.HasSuffix(b.w.line.String(), " | ") {
		b.w.line.WriteString(" | ")
	}
	b.filled = true
}

func (b *body) endRow() {
	if b.tables == 1 {
		b.w.row()
	}
}

func (b *body) endTable() {
	if b.tables--; b.tables == 0 {
		b.w.out.WriteByte('\n')
	}
}

// paragraph ends one; within a cell it is a space.
func (b *body) paragraph() {
	if b.tables > 0 {
		b.w.line.WriteByte(' ')
		return
	}
	b.w.end()
}

// write adds words, within what is still to be read. Soft hyphens are seen at the
// ends of lines alone, and are no part of words.
func (b *body) write(s string) {
	if b.w.out.Len()+b.w.line.Len() <= maxText {
		b.w.line.WriteString(strings.ReplaceAll(s, "\u00ad", ""))
	}
}

func tooLong(w *writer, err error) error {
	if err == nil && w.out.Len()+w.line.Len() > maxText {
		return fmt.Errorf("it has more than %d bytes of words", maxText)
	}
	return err
}
