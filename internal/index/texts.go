package index

import (
	"encoding/binary"
	"errors"
	"fmt"

	"chancery.example/letter"
)

// A Text is one text of record as the index knows it.
type Text struct {
	Family   uint32      // counted from 0 in the order of the log
	Leaf     letter.Hash // the first leaf in the log that stands for its words
	Spelling letter.Hash // the same for texts that no reader would tell apart (fold.Folded.Spelling)
}

// A list of texts in bytes: what it is, then 68 bytes for each (MUST-12).
const (
	textsMagic = "chancery-texts/1"
	textSize   = 4 + 2*len(letter.Hash{})
)

func textsSize(n int) int64 { return int64(len(textsMagic)) + int64(n)*int64(textSize) }

func encodeTexts(ts []Text) []byte {
	b := make([]byte, 0, textsSize(len(ts)))
	b = append(b, textsMagic...)
	for _, t := range ts {
		b = binary.LittleEndian.AppendUint32(b, t.Family)
		b = append(b, t.Leaf[:]...)
		b = append(b, t.Spelling[:]...)
	}
	return b
}

// decodeTexts reads a list, and sees that families come in order: each is a
// known one or the next (MUST-12).
func decodeTexts(b []byte, known []Text) ([]Text, error) {
	if len(b) < len(textsMagic) || string(b[:len(textsMagic)]) != textsMagic || (len(b)-len(textsMagic))%textSize != 0 {
		return nil, errors.New("it is no list of texts of version 1")
	}
	next := uint32(0)
	for _, t := range known {
		next = max(next, t.Family+1)
	}
	for b = b[len(textsMagic):]; len(b) > 0; b = b[textSize:] {
		t := Text{Family: binary.LittleEndian.Uint32(b)}
		if t.Family > next {
			return nil, fmt.Errorf("text %d is of family %d: the next is %d", len(known), t.Family, next)
		}
		next = max(next, t.Family+1)
		copy(t.Leaf[:], b[4:])
		copy(t.Spelling[:], b[4+len(t.Leaf):])
		known = append(known, t)
	}
	return known, nil
}

// familiesOf counts families.
func familiesOf(ts []Text) int {
	n := 0
	for _, t := range ts {
		n = max(n, int(t.Family)+1)
	}
	return n
}
