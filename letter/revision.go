package letter

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A Content is what one revision of a letter says. Prevailing names the
// language that prevails; empty means that all texts are equally authentic.
type Content struct {
	Reference    Ref
	Type         Type
	Prevailing   Lang
	Texts        []LangText // at least one, each language once
	Addressees   []string
	Distribution []string
	Enclosures   []Enclosure
	Signature    SignatureBlock
}

// A Salt hides a field: who does not know it cannot test guesses against the
// leaf.
type Salt [32]byte

// A Field names one part of a content.
type Field string

// The fields of a content in their fixed order (MUST-10); the texts come last,
// in order of their language tags.
const (
	FieldReference    Field = "reference"
	FieldType         Field = "type"
	FieldPrevailing   Field = "prevailing"
	FieldAddressees   Field = "addressees"
	FieldDistribution Field = "distribution"
	FieldEnclosures   Field = "enclosures"
	FieldSignature    Field = "signature"
	textPrefix              = "text/"
)

var fixedFields = []Field{
	FieldReference, FieldType, FieldPrevailing, FieldAddressees,
	FieldDistribution, FieldEnclosures, FieldSignature,
}

// Limits of a content (MUST-9).
const (
	maxTexts = 24
	maxItems = 256  // addressees, lines, enclosures
	maxItem  = 1000 // bytes of one of them
)

// TextField returns the field that holds the text of one language.
func TextField(l Lang) Field { return Field(textPrefix + string(l)) }

// Lang returns the language of a text field.
func (f Field) Lang() (Lang, bool) {
	tag, ok := strings.CutPrefix(string(f), textPrefix)
	if !ok {
		return "", false
	}
	l, err := ParseLang(tag)
	return l, err == nil && string(l) == tag
}

// Valid reports whether f is a field of this format.
func (f Field) Valid() bool {
	if _, ok := f.Lang(); ok {
		return true
	}
	return slices.Contains(fixedFields, f)
}

// LeafHash is HMAC-SHA256 under the salt over the length-prefixed tag, field
// name and value (MUST-11).
func LeafHash(salt Salt, f Field, value []byte) Hash {
	m := hmac.New(sha256.New, salt[:])
	writePrefixed(m, []byte("chancery/v1/field"))
	writePrefixed(m, []byte(f))
	writePrefixed(m, value)
	return Hash(m.Sum(nil))
}

// writePrefixed writes an 8-byte big-endian length and then b, so that no two
// sequences of parts have the same bytes.
func writePrefixed(w io.Writer, b []byte) {
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(len(b)))
	_, _ = w.Write(n[:]) // a hash never fails
	_, _ = w.Write(b)
}

// A Revision is a content that was frozen: every field has its salt, and the
// whole has a digest. It is never changed.
type Revision struct {
	content Content
	fields  []Field
	values  [][]byte
	salts   []Salt
}

// Seal freezes a content with fresh salts from random, which must be a
// cryptographic source.
func Seal(c Content, random io.Reader) (Revision, error) {
	r, err := freeze(c)
	if err != nil {
		return Revision{}, err
	}
	for i := range r.salts {
		if _, err := io.ReadFull(random, r.salts[i][:]); err != nil {
			return Revision{}, fmt.Errorf("drawing a salt: %w", err)
		}
	}
	return r, nil
}

// Restore rebuilds a revision from its content and salts, as kept by the office.
func Restore(c Content, salts map[Field]Salt) (Revision, error) {
	r, err := freeze(c)
	if err != nil {
		return Revision{}, err
	}
	if len(salts) != len(r.fields) {
		return Revision{}, fmt.Errorf("restoring revision of %s: %d salts for %d fields", c.Reference, len(salts), len(r.fields))
	}
	for i, f := range r.fields {
		salt, ok := salts[f]
		if !ok {
			return Revision{}, fmt.Errorf("restoring revision of %s: no salt for field %s", c.Reference, f)
		}
		r.salts[i] = salt
	}
	return r, nil
}

// Content returns what the revision says.
func (r Revision) Content() Content { return r.content.clone() }

// Salts returns the salt of every field. They are secret until disclosed.
func (r Revision) Salts() map[Field]Salt {
	m := make(map[Field]Salt, len(r.fields))
	for i, f := range r.fields {
		m[f] = r.salts[i]
	}
	return m
}

// Digest returns the revision digest: what officers approve and commitments
// commit to.
func (r Revision) Digest() Hash {
	h, err := Root(r.Disclose())
	if err != nil {
		return Hash{} // only the zero Revision, which stands for no letter
	}
	return h
}

// Disclose returns a disclosure for every field in the fixed order. The named
// fields carry their salt, and their value unless they are texts: texts are kept
// beside the log, so that a court can have one erased. Naming a field the
// revision does not have discloses nothing.
func (r Revision) Disclose(fields ...Field) []Disclosure {
	ds := make([]Disclosure, len(r.fields))
	for i, f := range r.fields {
		ds[i] = Disclosure{Field: f, Hash: LeafHash(r.salts[i], f, r.values[i])}
		if !slices.Contains(fields, f) {
			continue
		}
		salt := r.salts[i]
		ds[i].Salt = &salt
		if _, isText := f.Lang(); !isText {
			ds[i].Value = r.values[i]
		}
	}
	return ds
}

// Fields returns the names of the revision's fields in their fixed order.
func (r Revision) Fields() []Field { return slices.Clone(r.fields) }

func freeze(c Content) (Revision, error) {
	c = c.clone()
	slices.SortFunc(c.Texts, func(a, b LangText) int { return strings.Compare(string(a.Lang), string(b.Lang)) })
	if err := c.validate(); err != nil {
		return Revision{}, fmt.Errorf("sealing %s: %w", c.Reference, err)
	}
	r := Revision{content: c, fields: slices.Clone(fixedFields)}
	r.values = [][]byte{
		[]byte(c.Reference), []byte(c.Type), []byte(c.Prevailing),
		list(c.Addressees), list(c.Distribution), c.enclosureValue(), c.signatureValue(),
	}
	for _, t := range c.Texts {
		r.fields = append(r.fields, TextField(t.Lang))
		r.values = append(r.values, []byte(t.Text.String()))
	}
	r.salts = make([]Salt, len(r.fields))
	return r, nil
}

func (c Content) clone() Content {
	c.Texts = slices.Clone(c.Texts)
	c.Addressees = slices.Clone(c.Addressees)
	c.Distribution = slices.Clone(c.Distribution)
	c.Enclosures = slices.Clone(c.Enclosures)
	c.Signature.Lines = slices.Clone(c.Signature.Lines)
	if c.Signature.Kind == "" {
		c.Signature.Kind = SignatureTyped
	}
	return c
}

// validate holds MUST-9: a content that breaks it cannot be sealed.
func (c Content) validate() error {
	if _, err := ParseRef(string(c.Reference)); err != nil {
		return err
	}
	if _, err := ParseType(string(c.Type)); err != nil {
		return err
	}
	if len(c.Texts) == 0 || len(c.Texts) > maxTexts {
		return fmt.Errorf("%d texts: want 1 to %d", len(c.Texts), maxTexts)
	}
	prevails := c.Prevailing == ""
	for i, t := range c.Texts {
		if l, err := ParseLang(string(t.Lang)); err != nil || l != t.Lang {
			return fmt.Errorf("language tag %q of a text is not in its canonical form", t.Lang)
		}
		if i > 0 && c.Texts[i-1].Lang == t.Lang {
			return fmt.Errorf("two texts in language %s: give one", t.Lang)
		}
		if t.Text.IsZero() {
			return fmt.Errorf("the %s text is empty", t.Lang)
		}
		prevails = prevails || c.Prevailing == t.Lang
	}
	if !prevails {
		return fmt.Errorf("prevailing language %s has no text", c.Prevailing)
	}
	if !c.Signature.Kind.valid() {
		return fmt.Errorf("signature kind %q: want typed, conformed, image, ink, digital or none", c.Signature.Kind)
	}
	return c.validateLists()
}

func (c Content) validateLists() error {
	titles := make([]string, len(c.Enclosures))
	for i, e := range c.Enclosures {
		titles[i] = e.Title
	}
	for _, l := range []struct {
		name  string
		items []string
	}{
		{"addressees", c.Addressees}, {"distribution", c.Distribution},
		{"signature lines", c.Signature.Lines}, {"enclosures", titles},
	} {
		if len(l.items) > maxItems {
			return fmt.Errorf("%d %s: at most %d", len(l.items), l.name, maxItems)
		}
		for _, s := range l.items {
			if err := validateLine(s); err != nil {
				return fmt.Errorf("%s: %w", l.name, err)
			}
		}
	}
	return nil
}

// validateLine applies the rules of a text to one line of a field.
func validateLine(s string) error {
	switch {
	case s == "" || len(s) > maxItem:
		return fmt.Errorf("a line of %d bytes: want 1 to %d", len(s), maxItem)
	case !utf8.ValidString(s) || strings.Contains(s, "\n") || tidy(s) != s+"\n" || !norm.NFC.IsNormalString(s):
		return fmt.Errorf("%q is not one canonical line (NFC, single spaces, no space at its ends)", clip(s))
	}
	return allowed(s)
}

// list encodes strings as their count and length-prefixed bytes (MUST-10).
func list(items []string) []byte {
	var b bytes.Buffer
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(len(items)))
	b.Write(n[:])
	for _, s := range items {
		writePrefixed(&b, []byte(s))
	}
	return b.Bytes()
}

// ParseList reads the value of a list field (addressees, distribution).
func ParseList(value []byte) ([]string, error) {
	if len(value) < 8 {
		return nil, fmt.Errorf("list of %d bytes: too short", len(value))
	}
	n := binary.BigEndian.Uint64(value)
	if n > 2*maxItems+1 {
		return nil, fmt.Errorf("list of %d items: too many", n)
	}
	value = value[8:]
	items := make([]string, 0, n)
	for range n {
		if len(value) < 8 || binary.BigEndian.Uint64(value) > uint64(len(value)-8) { //nolint:gosec // not negative
			return nil, fmt.Errorf("list ends within item %d", len(items)+1)
		}
		size := binary.BigEndian.Uint64(value)
		items = append(items, string(value[8:8+size]))
		value = value[8+size:]
	}
	if len(value) != 0 {
		return nil, fmt.Errorf("%d bytes follow the list", len(value))
	}
	return items, nil
}

func (c Content) enclosureValue() []byte {
	items := make([]string, 0, 2*len(c.Enclosures))
	for _, e := range c.Enclosures {
		items = append(items, e.Title, e.Digest.String())
	}
	return list(items)
}

func (c Content) signatureValue() []byte {
	return list(append([]string{string(c.Signature.Kind)}, c.Signature.Lines...))
}
