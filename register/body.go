package register

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"strings"
	"time"
	"unicode/utf8"

	"chancery.example/approval"
	"chancery.example/letter"
)

// A Kind names what an entry does.
type Kind string

// The kinds of entries. Which of draft, copies and embargoed issue a commit
// hides is told only by its opening.
const (
	KindGenesis    Kind = "genesis"
	KindKeyAdd     Kind = "key-add"
	KindPolicy     Kind = "policy"
	KindCommit     Kind = "commit"
	KindDraftOpen  Kind = "draft-open"
	KindDraftClose Kind = "draft-close"
	KindIssue      Kind = "issue"
	KindWithdraw   Kind = "withdraw"
	KindSupersede  Kind = "supersede"
	KindStatement  Kind = "statement"
	KindRetract    Kind = "retract"
	KindDisavow    Kind = "disavow"
	KindCorrect    Kind = "correct"
	KindRatify     Kind = "ratify"
	KindKeyRevoke  Kind = "key-revoke"
	KindIndexHead  Kind = "index-head"
)

// A Body is the content of an entry, one Go type for each kind.
type Body interface {
	Kind() Kind
	// validate refuses what no entry of this kind may say, whoever signs.
	validate() error
}

// An approvedBody needs officers' approvals.
type approvedBody interface {
	Body
	approvals() Approvals
	// withSignatures returns the body with these signatures; policy and nonce stay.
	withSignatures([]OfficerSignature) Body
	// topic returns the act, the reference and the subject that officers sign.
	topic() (approval.Act, string, letter.Hash, error)
}

// ApprovalsOf returns the approvals in a body, and whether its kind carries any.
func ApprovalsOf(b Body) (Approvals, bool) {
	a, ok := b.(approvedBody)
	if !ok {
		return Approvals{}, false
	}
	return a.approvals(), true
}

func parseBody(k Kind, payload []byte) (Body, error) {
	switch k {
	case KindGenesis:
		return bodyOf[Genesis](payload)
	case KindKeyAdd:
		return bodyOf[KeyAdd](payload)
	case KindPolicy:
		return bodyOf[Policy](payload)
	case KindCommit:
		return bodyOf[Commit](payload)
	case KindDraftOpen:
		return bodyOf[DraftOpen](payload)
	case KindDraftClose:
		return bodyOf[DraftClose](payload)
	case KindIssue:
		return bodyOf[Issue](payload)
	case KindWithdraw:
		return bodyOf[Withdraw](payload)
	case KindSupersede:
		return bodyOf[Supersede](payload)
	case KindStatement:
		return bodyOf[Statement](payload)
	case KindRetract:
		return bodyOf[Retract](payload)
	case KindDisavow:
		return bodyOf[Disavow](payload)
	case KindCorrect:
		return bodyOf[Correct](payload)
	case KindRatify:
		return bodyOf[Ratify](payload)
	case KindKeyRevoke:
		return bodyOf[KeyRevoke](payload)
	case KindIndexHead:
		return bodyOf[IndexHead](payload)
	}
	return nil, fmt.Errorf("unknown kind %.40q: this program is older than the register, or the entry is not of this format", string(k))
}

func bodyOf[B Body](payload []byte) (Body, error) {
	var b B
	if err := decode(payload, &b); err != nil {
		return nil, err
	}
	if err := b.validate(); err != nil {
		return nil, err
	}
	return b, nil
}

// EncodeBody returns the deterministic payload bytes of a body; DecodeBody
// reads them. An office keeps frozen bodies in this form while officers approve.
func EncodeBody(b Body) ([]byte, error) {
	if err := b.validate(); err != nil {
		return nil, fmt.Errorf("writing a %s body: %w", b.Kind(), err)
	}
	return encode(b)
}

// DecodeBody reads what EncodeBody wrote.
func DecodeBody(k Kind, payload []byte) (Body, error) { return parseBody(k, payload) }

// Approvals are the officers' signatures that an entry carries.
type Approvals struct {
	Policy     Index              `cbor:"1,keyasint"` // the policy entry that says who counts
	Nonce      [16]byte           `cbor:"2,keyasint"`
	Signatures []OfficerSignature `cbor:"3,keyasint"`
}

// An OfficerSignature is one officer's approval: an sshsig in wire form.
type OfficerSignature struct {
	Officer   string `cbor:"1,keyasint"`
	Signature []byte `cbor:"2,keyasint"`
}

const maxSignatures = 64

func (a Approvals) validate() error {
	if len(a.Signatures) > maxSignatures {
		return fmt.Errorf("%d approvals: at most %d", len(a.Signatures), maxSignatures)
	}
	for i, s := range a.Signatures {
		if err := validateID(s.Officer); err != nil {
			return fmt.Errorf("approval %d: %w", i+1, err)
		}
		if i > 0 && a.Signatures[i-1].Officer >= s.Officer {
			return errors.New("approvals are not in order of officer, each once")
		}
		if len(s.Signature) == 0 || len(s.Signature) > 2048 {
			return fmt.Errorf("approval of %s: signature of %d bytes", s.Officer, len(s.Signature))
		}
	}
	return nil
}

// Parameters is the digest of everything a body says except the approvals
// themselves (MUST-10): officers sign it, so no word of the entry can be changed
// after they did.
func Parameters(b Body) (letter.Hash, error) {
	if a, ok := b.(approvedBody); ok {
		b = a.withSignatures(nil)
	}
	if i, ok := b.(Issue); ok { // cited only when it is logged (MUST-29)
		i.Embargo = nil
		b = i
	}
	payload, err := encode(b)
	if err != nil {
		return letter.Hash{}, err
	}
	h := sha256.New()
	writePrefixed(h, []byte("chancery/v1/parameters"))
	writePrefixed(h, []byte(b.Kind()))
	writePrefixed(h, payload)
	return letter.Hash(h.Sum(nil)), nil
}

func writePrefixed(h hash.Hash, b []byte) {
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(len(b)))
	_, _ = h.Write(n[:]) // a hash never fails
	_, _ = h.Write(b)
}

// StatementFor returns what the officers of office sign to approve body in the
// register named by origin; policy and nonce are those of the body's Approvals.
// A key is revoked in the name of the office that it belongs to, also when the
// operator signs the entry (MUST-34).
func StatementFor(origin string, office Office, b Body) (approval.Statement, error) {
	a, ok := b.(approvedBody)
	if !ok {
		return approval.Statement{}, fmt.Errorf("a %s entry takes no approvals", b.Kind())
	}
	act, reference, subject, err := a.topic()
	if err != nil {
		return approval.Statement{}, fmt.Errorf("statement for a %s entry: %w", b.Kind(), err)
	}
	if k, ok := b.(KeyRevoke); ok {
		office = k.Office
	}
	parameters, err := Parameters(b)
	if err != nil {
		return approval.Statement{}, fmt.Errorf("statement for a %s entry: %w", b.Kind(), err)
	}
	s := approval.Statement{
		Register: origin, Office: string(office), Reference: reference, Act: act,
		Subject: subject, Parameters: parameters,
		Policy: uint64(a.approvals().Policy), Nonce: a.approvals().Nonce,
	}
	return s, s.Validate()
}

// Words are the same words in several languages.
type Words map[letter.Lang]string

const (
	maxWords = 4000
	maxName  = 400
)

func (w Words) validate(what string, needed bool) error {
	if needed && len(w) == 0 {
		return fmt.Errorf("%s is missing", what)
	}
	for l, s := range w {
		if p, err := letter.ParseLang(string(l)); err != nil || p != l {
			return fmt.Errorf("%s: language tag %q", what, l)
		}
		if err := validateText(what, s, maxWords); err != nil {
			return err
		}
	}
	return nil
}

// validateName is validate for words that stand in the midst of other lines,
// which they must not be able to imitate.
func (w Words) validateName(what string) error {
	for _, s := range w {
		if err := validateLine(what, s, maxName); err != nil {
			return err
		}
	}
	return w.validate(what, true)
}

// In returns the words in language l, else in English, else in any language
// (the first in order of tags), with the language they are in.
func (w Words) In(l letter.Lang) (string, letter.Lang) {
	for _, try := range []letter.Lang{l, "en"} {
		if s, ok := w[try]; ok {
			return s, try
		}
	}
	var best letter.Lang
	for k := range w {
		if best == "" || k < best {
			best = k
		}
	}
	return w[best], best
}

// A Stamp is a moment in whole seconds since 1970, UTC; 0 means none.
type Stamp uint64

// StampOf returns t in whole seconds; the zero time gives 0.
func StampOf(t time.Time) Stamp {
	if t.IsZero() || t.Unix() < 0 {
		return 0
	}
	return Stamp(t.Unix()) //nolint:gosec // not negative
}

// Time returns the moment in UTC; the zero time for 0.
func (s Stamp) Time() time.Time {
	if s == 0 || s > maxTime {
		return time.Time{}
	}
	return time.Unix(int64(s), 0).UTC()
}

// A Target points at an earlier entry of this register, or, with Index 0, at
// a letter by its reference alone.
type Target struct {
	Office    Office      `cbor:"1,keyasint"`
	Reference letter.Ref  `cbor:"2,keyasint,omitempty"`
	Index     Index       `cbor:"3,keyasint,omitempty"`
	Leaf      letter.Hash `cbor:"4,keyasint,omitempty"` // RFC 6962 leaf hash of that entry
}

func (t Target) validate(needEntry bool) error {
	if _, err := ParseOffice(string(t.Office)); err != nil {
		return err
	}
	if t.Reference != "" {
		if _, err := letter.ParseRef(string(t.Reference)); err != nil {
			return err
		}
	}
	if needEntry && (t.Index == 0 || t.Leaf.IsZero()) {
		return errors.New("the target entry is not named by its index and leaf hash")
	}
	if t.Index == 0 && t.Reference == "" {
		return errors.New("the target names neither an entry nor a reference")
	}
	return nil
}

func validateTargets(what string, ts []Target, needEntry bool) error {
	if len(ts) > 64 {
		return fmt.Errorf("%s: %d targets, at most 64", what, len(ts))
	}
	for _, t := range ts {
		if err := t.validate(needEntry); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
	}
	return nil
}

// validateID checks the short name of an office or officer.
func validateID(s string) error {
	if s == "" || len(s) > 32 || strings.HasPrefix(s, "-") {
		return fmt.Errorf("short name %.40q: want 1 to 32 of a-z 0-9 -", s)
	}
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			return fmt.Errorf("short name %.40q: want 1 to 32 of a-z 0-9 -", s)
		}
	}
	return nil
}

// validateLine is validateText for a single line.
func validateLine(what, s string, most int) error {
	if strings.Contains(s, "\n") {
		return fmt.Errorf("%s has more than one line", what)
	}
	return validateText(what, s, most)
}

// validateText checks words of people that stand in an entry: canonical text by
// the rules of package letter without the last line end, of at most most bytes.
func validateText(what, s string, most int) error {
	if s == "" || len(s) > most || !utf8.ValidString(s) {
		return fmt.Errorf("%s of %d bytes: want 1 to %d of UTF-8", what, len(s), most)
	}
	if _, err := letter.Parse([]byte(s + "\n")); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}
