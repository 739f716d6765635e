// Package letter holds the text of an official letter: what counts as its
// text, how that text is written down so that two people get the same bytes,
// and the digest that officers approve.
//
// A [Content] is what one revision of a letter says: its texts, one for each
// language, and the fields around them. [Seal] freezes a content with a fresh
// salt for each field; the resulting [Revision] has a digest, the RFC 6962
// root over one salted leaf for each field. Any set of fields can later be
// disclosed, with their salts, while the others stay hidden, and everybody can
// still recompute the digest:
//
//	text, err := letter.Canonicalize([]byte("Sir,\r\n\r\nthe ship leaves.\r\n"))
//	rev, err := letter.Seal(letter.Content{
//		Reference: "HC-2026-0012",
//		Type:      letter.TypeLetter,
//		Texts:     []letter.LangText{{Lang: "en", Text: text}},
//	}, rand.Reader)
//	ds := rev.Disclose(letter.FieldReference, letter.TextField("en"))
//	root, err := letter.Root(ds) // equals rev.Digest()
//
// The package has no clock, no network and no files. The bytes are specified in
// docs/formats/letter.md; MUST numbers in comments are those of that page.
package letter

import (
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
)

// A Lang is the tag of a language: a BCP 47 primary language, lower case, with
// an optional script ("en", "ar", "zh-hant").
type Lang string

var langForm = regexp.MustCompile(`^[a-z]{2,3}(-[a-z]{4})?$`)

// ParseLang reads a language tag; capitals are folded.
func ParseLang(s string) (Lang, error) {
	l := Lang(strings.ToLower(s))
	if !langForm.MatchString(string(l)) {
		return "", fmt.Errorf("language tag %q: want two or three letters and at most a script, such as en, ar or zh-hant", clip(s))
	}
	return l, nil
}

// RTL reports whether the language is written from right to left.
func (l Lang) RTL() bool {
	base, script, _ := strings.Cut(string(l), "-")
	switch script {
	case "arab", "hebr", "thaa", "syrc", "nkoo":
		return true
	case "":
	default:
		return false
	}
	switch base {
	case "ar", "fa", "he", "ur", "ps", "sd", "ug", "yi", "dv", "ckb", "syr", "nqo":
		return true
	}
	return false
}

// A Ref is the reference of a letter, the same for all its languages, such as
// "HC-2026-0012".
type Ref string

var refForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$`)

// ParseRef reads a reference: 1 to 64 ASCII letters, digits, dots, slashes,
// underscores and hyphens, beginning with a letter or digit. Because references
// stand in addresses, "..", "//", a segment "." and a slash at the end are
// refused.
func ParseRef(s string) (Ref, error) {
	if !refForm.MatchString(s) || strings.Contains(s, "..") || strings.Contains(s, "//") || strings.Contains(s+"/", "/./") || strings.HasSuffix(s, "/") {
		return "", fmt.Errorf("reference %q: want 1 to 64 of A-Z a-z 0-9 . _ / -, beginning with a letter or digit, such as HC-2026-0012", clip(s))
	}
	return Ref(s), nil
}

// A Type says what kind of communication a letter is.
type Type string

// The types of letters. What authenticates each (a signature, a stamp, neither)
// is the office's matter; the register entry is the proof.
const (
	TypeLetter     Type = "letter"
	TypeMemorandum Type = "memorandum"
	TypeNote       Type = "note-verbale"
	TypeStatement  Type = "statement"
	TypeNotice     Type = "notice"
)

// ParseType reads a letter type.
func ParseType(s string) (Type, error) {
	switch t := Type(s); t {
	case TypeLetter, TypeMemorandum, TypeNote, TypeStatement, TypeNotice:
		return t, nil
	}
	return "", fmt.Errorf("letter type %q: want letter, memorandum, note-verbale, statement or notice", clip(s))
}

// A Hash is a SHA-256 or HMAC-SHA256 value.
type Hash [32]byte

// String returns the hash as 64 lower-case hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// IsZero reports whether the hash was never set.
func (h Hash) IsZero() bool { return h == Hash{} }

// MarshalText implements encoding.TextMarshaler.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (h *Hash) UnmarshalText(b []byte) error {
	v, err := ParseHash(string(b))
	if err != nil {
		return err
	}
	*h = v
	return nil
}

// ParseHash reads 64 lower-case hexadecimal digits.
func ParseHash(s string) (Hash, error) {
	var h Hash
	if len(s) != 2*len(h) || strings.ToLower(s) != s {
		return h, fmt.Errorf("digest %q: want 64 lower-case hexadecimal digits", clip(s))
	}
	if _, err := hex.Decode(h[:], []byte(s)); err != nil {
		return Hash{}, fmt.Errorf("digest %q: %w", clip(s), err)
	}
	return h, nil
}

// A LangText is the text of a letter in one language.
type LangText struct {
	Lang Lang
	Text Text
}

// A SignatureKind says what stands above the typed name.
type SignatureKind string

// The kinds of signature block. An unsigned letter is not a draft: a note
// verbale goes unsigned.
const (
	SignatureTyped     SignatureKind = "typed"
	SignatureConformed SignatureKind = "conformed"
	SignatureImage     SignatureKind = "image"
	SignatureInk       SignatureKind = "ink"
	SignatureDigital   SignatureKind = "digital"
	SignatureNone      SignatureKind = "none"
)

func (k SignatureKind) valid() bool {
	switch k {
	case SignatureTyped, SignatureConformed, SignatureImage, SignatureInk, SignatureDigital, SignatureNone:
		return true
	}
	return false
}

// A SignatureBlock is what is typed under a letter.
type SignatureBlock struct {
	Kind  SignatureKind
	Lines []string
}

// An Enclosure is a paper that goes with a letter, named by its title and the
// SHA-256 of its file.
type Enclosure struct {
	Title  string
	Digest Hash
}

// clip shortens foreign words for an error message.
func clip(s string) string {
	const most = 40
	r := []rune(s)
	if len(r) > most {
		return string(r[:most]) + "..."
	}
	return s
}
