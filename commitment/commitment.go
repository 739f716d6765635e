// Package commitment hides a draft until its office opens it.
//
// When an office freezes a revision it writes a [Commitment] into the log: 32
// bytes that say nothing about the text, the reference or the letter, because
// they are an HMAC under a fresh random key. To open it, the office publishes
// the [Opening]; everybody can then recompute the commitment and see that
// exactly this revision was on record at that position of the log.
//
// The commitments of one letter are chained: each names the one before it. Who
// opens the newest therefore also shows how many revisions there are, and
// [Chain] says how many of them are opened. What a register cannot show is that
// nothing newer is hidden: the count is "at least".
//
//	o := commitment.Opening{Nonce: nonce, Register: origin, Office: office, Tag: tag,
//		Purpose: commitment.Draft, Revision: 1, Digest: revision.Digest()}
//	c := o.Commitment() // into the log
//
// The bytes are specified in docs/formats/commitment.md.
package commitment

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"

	"chancery.example/letter"
)

// A Nonce is the random key of one commitment, drawn independently of all
// salts. Secret until opened.
type Nonce [32]byte

// A Commitment is what stands in the log.
type Commitment [32]byte

// String returns the commitment in hexadecimal.
func (c Commitment) String() string { return hex.EncodeToString(c[:]) }

// IsZero reports whether c is the "none" before a letter's first commitment.
func (c Commitment) IsZero() bool { return c == Commitment{} }

// A Tag identifies one letter of an office: random, the same for all its
// revisions, secret until a revision is opened or issued.
type Tag [32]byte

// A Purpose says what is committed to. The entries in the log look the same
// for all purposes.
type Purpose string

// The purposes of a commitment.
const (
	Draft  Purpose = "draft"  // a revision of a letter
	Copies Purpose = "copies" // which copy of a revision went to whom
	Issue  Purpose = "issue"  // an issue under embargo
)

// Valid reports whether p is a known purpose.
func (p Purpose) Valid() bool { return p == Draft || p == Copies || p == Issue }

// An Opening is all that a commitment commits to.
type Opening struct {
	Nonce    Nonce       `cbor:"1,keyasint"`
	Register string      `cbor:"2,keyasint"` // origin of the register's log
	Office   string      `cbor:"3,keyasint"` // URI of the office
	Tag      Tag         `cbor:"4,keyasint"`
	Purpose  Purpose     `cbor:"5,keyasint"`
	Revision uint32      `cbor:"6,keyasint"` // counted from 1
	Previous Commitment  `cbor:"7,keyasint"` // of this letter; zero for revision 1
	Digest   letter.Hash `cbor:"8,keyasint"`
}

// Commitment recomputes the 32 bytes (MUST-1): HMAC-SHA256 under the nonce over
// the length-prefixed tag, register, office, letter tag, purpose, revision,
// previous commitment and digest.
func (o Opening) Commitment() Commitment {
	m := hmac.New(sha256.New, o.Nonce[:])
	write(m, []byte("chancery/v1/commitment"))
	write(m, []byte(o.Register))
	write(m, []byte(o.Office))
	write(m, o.Tag[:])
	write(m, []byte(o.Purpose))
	write(m, binary.BigEndian.AppendUint32(nil, o.Revision))
	write(m, o.Previous[:])
	write(m, o.Digest[:])
	return Commitment(m.Sum(nil))
}

// PaperCheck is the 64 bits by which a code on paper names this commitment
// (papercode.md MUST-3): HMAC-SHA256 under the nonce over the length-prefixed tag
// and commitment, cut off. Unlike the commitment itself it cannot be read from
// the log, so who prints it has seen the opening, or a copy that carries it.
func (o Opening) PaperCheck() [8]byte {
	c := o.Commitment()
	m := hmac.New(sha256.New, o.Nonce[:])
	write(m, []byte("chancery/v1/paper-code"))
	write(m, c[:])
	return [8]byte(m.Sum(nil)[:8])
}

// Opens reports whether o is the opening of c, in constant time (MUST-2).
func (o Opening) Opens(c Commitment) bool {
	got := o.Commitment()
	return hmac.Equal(got[:], c[:])
}

// write writes an 8-byte big-endian length and then b.
func write(h hash.Hash, b []byte) {
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(len(b)))
	_, _ = h.Write(n[:]) // a hash never fails
	_, _ = h.Write(b)
}

// CloseTag is what the closing of a letter whose drafts stay sealed shows:
// only who knows the letter's tag, from an opening, can tell which letter it was
// (MUST-5).
func CloseTag(t Tag) letter.Hash {
	h := sha256.New()
	write(h, []byte("chancery/v1/close"))
	write(h, t[:])
	return letter.Hash(h.Sum(nil))
}

// Chain checks that openings are one letter's chain from its first revision on
// (MUST-3, MUST-4): the same register, office, tag and purpose, revisions 1, 2,
// 3..., each naming the commitment before it.
func Chain(openings []Opening) error {
	if len(openings) == 0 {
		return errors.New("a chain of commitments needs at least one opening")
	}
	first := openings[0]
	var previous Commitment
	for i, o := range openings {
		n := uint32(i + 1)
		switch {
		case o.Purpose != Draft:
			return fmt.Errorf("opening %d of the chain is for %q: want %q", n, o.Purpose, Draft)
		case o.Register != first.Register || o.Office != first.Office || o.Tag != first.Tag:
			return fmt.Errorf("opening %d belongs to another letter than the first", n)
		case o.Revision != n:
			return fmt.Errorf("opening %d is of revision %d: the chain has a gap", n, o.Revision)
		case o.Previous != previous:
			return fmt.Errorf("opening %d does not name the commitment before it", n)
		}
		previous = o.Commitment()
	}
	return nil
}

// A Copy is one numbered copy of a revision and who holds it.
type Copy struct {
	Number  uint32
	Holder  string
	Purpose string
	Outside bool // leaves the house
	Langs   []letter.Lang
}

// CopiesDigest is the digest of the list of copies of a revision (MUST-6), which
// an office commits to before the first copy is handed out.
func CopiesDigest(revision letter.Hash, copies []Copy) letter.Hash {
	h := sha256.New()
	write(h, []byte("chancery/v1/copies"))
	write(h, revision[:])
	write(h, binary.BigEndian.AppendUint64(nil, uint64(len(copies))))
	for _, c := range copies {
		write(h, binary.BigEndian.AppendUint32(nil, c.Number))
		write(h, []byte(c.Holder))
		write(h, []byte(c.Purpose))
		outside := []byte{0}
		if c.Outside {
			outside[0] = 1
		}
		write(h, outside)
		write(h, binary.BigEndian.AppendUint64(nil, uint64(len(c.Langs))))
		for _, l := range c.Langs {
			write(h, []byte(l))
		}
	}
	return letter.Hash(h.Sum(nil))
}
