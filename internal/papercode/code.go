// Package papercode knows what stands on a sheet of paper for cameras: the
// address that says which revision the paper claims to be ([Code]), and the
// draft-opening code, which carries what shows that a draft was on record
// ([WriteOpening]). Both are drawn as QR codes ([Matrix]).
//
// A code is ink: it can be copied onto any paper. What is read from one helps to
// find a record and never answers for words ([Judge]).
//
// The bytes are specified in docs/formats/papercode.md; version 1 is frozen.
// Reading codes from pictures is internal/papercode/qr.
package papercode

import (
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"chancery.example/commitment"
	"chancery.example/letter"
)

// MaxLength is how long an address on paper can be (MUST-2): a host, an office
// and a reference of the longest, and what stands between them.
const MaxLength = 400

// A Code names a revision on paper.
type Code struct {
	Host      string // the office's domain
	Office    string // its short name in its register
	Revision  uint32 // from 1
	Check     [8]byte
	Reference letter.Ref
}

// Of is the code of a revision whose opening is known.
func Of(host, office string, o commitment.Opening, ref letter.Ref) Code {
	return Code{Host: host, Office: office, Revision: o.Revision, Check: o.PaperCheck(), Reference: ref}
}

// String returns the address as it is printed (MUST-1).
func (c Code) String() string { return "https://" + c.Host + path + c.Payload() }

// Payload returns what stands behind the # (MUST-2).
func (c Code) Payload() string {
	return fmt.Sprintf("%s.%s.%d.%x.%s", version, c.Office, c.Revision, c.Check, c.Reference)
}

// Fits reports whether an opening is that of the revision that the code names
// (MUST-3).
func (c Code) Fits(o commitment.Opening) bool {
	return c.Revision == o.Revision && c.Check == o.PaperCheck()
}

const (
	version = "1"
	path    = "/q/#"
)

var (
	hostForm   = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$`)
	officeForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)
	numberForm = regexp.MustCompile(`^[1-9][0-9]{0,9}$`)
	checkForm  = regexp.MustCompile(`^[0-9a-f]{16}$`)
)

// errVersion is what a code of a later version gets: nothing is guessed.
var errVersion = errors.New("it is of a version that this program does not know")

// Parse reads an address, and nothing but exactly what String writes (MUST-1,
// MUST-2).
func Parse(s string) (Code, error) {
	if len(s) > MaxLength {
		return Code{}, fmt.Errorf("the paper code has %d bytes: at most %d", len(s), MaxLength)
	}
	rest, ok := strings.CutPrefix(s, "https://")
	host, payload, whole := strings.Cut(rest, path)
	if !ok || !whole || len(host) > 253 || !hostForm.MatchString(host) {
		return Code{}, fmt.Errorf("%.60q is no paper code: want https://HOST/q/# and what it names", s)
	}
	c, err := parsePayload(payload)
	if err != nil {
		return Code{}, fmt.Errorf("the paper code %.60q: %w", s, err)
	}
	c.Host = host
	if c.String() != s {
		return Code{}, fmt.Errorf("the paper code %.60q is written otherwise than codes are", s)
	}
	return c, nil
}

func parsePayload(payload string) (Code, error) {
	parts := strings.SplitN(payload, ".", 5)
	switch {
	case parts[0] != version && numberForm.MatchString(parts[0]):
		return Code{}, errVersion
	case len(parts) != 5 || parts[0] != version:
		return Code{}, errors.New("want version, office, revision, check and reference, with dots between them")
	case !officeForm.MatchString(parts[1]):
		return Code{}, errors.New("its office is no short name of an office")
	case !numberForm.MatchString(parts[2]):
		return Code{}, errors.New("its revision is no number from 1")
	case !checkForm.MatchString(parts[3]):
		return Code{}, errors.New("its check is not 16 digits of 0-9 a-f")
	}
	n, err := strconv.ParseUint(parts[2], 10, 32)
	if err != nil {
		return Code{}, errors.New("its revision is too large a number")
	}
	ref, err := letter.ParseRef(parts[4])
	if err != nil {
		return Code{}, fmt.Errorf("what it names: %w", err)
	}
	c := Code{Office: parts[1], Revision: uint32(n), Reference: ref}
	_, err = hex.Decode(c.Check[:], []byte(parts[3]))
	return c, err
}
