package papercode

import (
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"chancery.example/commitment"
	"chancery.example/letter"
	"chancery.example/register"
)

// openingPrefix begins a draft-opening code (MUST-10): letters that a QR code
// holds in its denser way of writing.
const openingPrefix = "CHANCERY:DRAFT:1:"

// MaxOpening is how long a draft-opening code can be (MUST-10): the largest
// symbol that paper has room for holds so much.
const MaxOpening = 1448

// hidden are the leaves of an opening whose fields a holder is not told.
var hidden = []letter.Field{letter.FieldPrevailing, letter.FieldAddressees, letter.FieldDistribution, letter.FieldEnclosures, letter.FieldSignature}

var base = base32.StdEncoding.WithPadding(base32.NoPadding)

// An Opened is what a draft-opening code carries: what the holder of a copy is
// told beside its words. It leaves open which log and office it is of: the
// register is the reader's, and its entry at the index names the office.
type Opened struct {
	Index    register.Index
	Nonce    commitment.Nonce
	Tag      commitment.Tag
	Revision uint32
	Previous commitment.Commitment // zero for revision 1, and only for it
	Fields   []letter.Disclosure   // reference and type shown, texts by their salts
}

// WriteOpening writes the draft-opening code of a held draft (MUST-10 to
// MUST-12). A draft with so many texts that paper has no room is refused.
func WriteOpening(h register.HeldDraft) (string, error) {
	op := h.Link.Opening
	o := Opened{h.Link.Index, op.Nonce, op.Tag, op.Revision, op.Previous, h.Fields}
	if op.Purpose != commitment.Draft {
		return "", fmt.Errorf("writing a draft-opening code: it opens a commitment for %q", op.Purpose)
	}
	raw, err := o.bytes()
	if err != nil {
		return "", fmt.Errorf("writing a draft-opening code: %w", err)
	}
	s := openingPrefix + base.EncodeToString(raw)
	if len(s) > MaxOpening {
		return "", fmt.Errorf("writing a draft-opening code: it has %d letters and paper has room for %d; the .chancery-draft says the same", len(s), MaxOpening)
	}
	return s, nil
}

// IsOpening reports whether what was read begins as a draft-opening code does, of
// whatever version.
func IsOpening(s string) bool { return strings.HasPrefix(s, "CHANCERY:DRAFT:") }

// ParseOpening reads a draft-opening code, and nothing but exactly what
// WriteOpening writes.
func ParseOpening(s string) (Opened, error) {
	if len(s) > MaxOpening {
		return Opened{}, fmt.Errorf("the draft-opening code has %d bytes: at most %d", len(s), MaxOpening)
	}
	text, ok := strings.CutPrefix(s, openingPrefix)
	if !ok {
		return Opened{}, fmt.Errorf("%.30q is no draft-opening code of version 1", s)
	}
	raw, err := base.DecodeString(text)
	if err != nil || base.EncodeToString(raw) != text {
		return Opened{}, errors.New("the draft-opening code is damaged: it is not base32 as codes are written")
	}
	o, err := parseOpened(raw)
	if err != nil {
		return Opened{}, fmt.Errorf("the draft-opening code: %w", err)
	}
	back, err := o.bytes()
	if err != nil || !slices.Equal(back, raw) {
		return Opened{}, errors.New("the draft-opening code is written otherwise than codes are")
	}
	return o, nil
}

// Held is the code as a draft that its holder can show, in the register with this
// origin and of the office whose entry stands at its index. What it shows there
// is for register.State.Held to verify: by itself that a draft is on record, and
// only with words, to the byte, whose they are (MUST-12, MUST-13).
func (o Opened) Held(origin string, office register.Office) (register.HeldDraft, error) {
	digest, err := letter.Root(o.Fields)
	if err != nil {
		return register.HeldDraft{}, fmt.Errorf("the draft-opening code: %w", err)
	}
	return register.HeldDraft{Fields: o.Fields, Link: register.Link{Index: o.Index, Opening: commitment.Opening{
		Nonce: o.Nonce, Register: origin, Office: string(office), Tag: o.Tag, Purpose: commitment.Draft,
		Revision: o.Revision, Previous: o.Previous, Digest: digest,
	}}}, nil
}

// bytes writes what stands behind the prefix, before base32 (MUST-11).
func (o Opened) bytes() ([]byte, error) {
	if _, err := letter.Root(o.Fields); err != nil {
		return nil, err
	}
	if (o.Revision == 1) != o.Previous.IsZero() || o.Revision == 0 {
		return nil, fmt.Errorf("revision %d with the previous commitment %s", o.Revision, o.Previous)
	}
	b := binary.BigEndian.AppendUint64(nil, uint64(o.Index))
	b = append(append(b, o.Nonce[:]...), o.Tag[:]...)
	b = binary.BigEndian.AppendUint32(b, o.Revision)
	if o.Revision > 1 {
		b = append(b, o.Previous[:]...)
	}
	for _, f := range []letter.Field{letter.FieldReference, letter.FieldType} {
		d := letter.Find(o.Fields, f)
		if d.Salt == nil {
			return nil, fmt.Errorf("its %s is not shown", f)
		}
		b = append(append(b, byte(len(d.Value))), d.Value...) //nolint:gosec // at most 64 bytes (letter.md MUST-9)
		b = append(b, d.Salt[:]...)
	}
	for _, f := range hidden {
		d := letter.Find(o.Fields, f)
		if d.Salt != nil {
			return nil, fmt.Errorf("it shows %s, for which a code has no room", f)
		}
		b = append(b, d.Hash[:]...)
	}
	for _, d := range o.Fields[len(hidden)+2:] {
		lang, _ := d.Field.Lang()
		b = append(append(b, byte(len(lang))), lang...) //nolint:gosec // a language tag has at most 8 bytes
		b = append(b, d.Hash[:]...)
		if d.Salt == nil {
			b = append(b, 0)
			continue
		}
		b = append(append(b, 1), d.Salt[:]...)
	}
	return b, nil
}
