package proof

import (
	"bytes"
	"cmp"
	"strings"

	"github.com/fxamacker/cbor/v2"

	"chancery.example/letter"
	"chancery.example/register"
)

// A Bundle is a proof file. Proof is the byte-exact C2SP tlog-proof of the
// entry the bundle is about; it holds the checkpoint that all paths lead to.
type Bundle struct {
	Proof []byte // .tlog-proof of Entry
	Entry []byte
	// Support are the other entries that the standing rests on, in order of the
	// log: genesis, keys, policies, seals, withdrawals.
	Support []Supporting
	// Texts are the words, when the one who made the bundle gave them along.
	Texts []letter.LangText
	// Draft makes it the proof of a sealed draft, which goes with a copy: Entry is
	// then the commitment that Draft opens. It is for the holder's eyes.
	Draft *register.HeldDraft
	// Lookups show that nothing came later, or that nothing is on record.
	Lookups *Lookups
	// Receipts are COSE receipts of Entry under the same head, for programs that
	// know those; see [Bundle.AddReceipt].
	Receipts [][]byte
}

// A Supporting is an entry with its inclusion path.
type Supporting struct {
	Index register.Index
	Entry []byte
	Path  []letter.Hash
}

// MediaType is the media type of a bundle; the extensions end its file name.
const (
	MediaType      = "application/chancery-proof+cbor"
	Extension      = ".chancery-proof"
	DraftExtension = ".chancery-draft" // of the proof of a sealed draft
)

// Version 1 is frozen: its name comes first, and a reader refuses another, and
// every member that it does not know (proof.md MUST-45 to MUST-47).
const (
	bundleFormat = "chancery-proof/v1"
	maxBundle    = 16 << 20
	maxSupport   = 4096
	maxCarried   = 64 // texts
)

type wireBundle struct {
	Format  string           `cbor:"1,keyasint"`
	Proof   []byte           `cbor:"2,keyasint"`
	Entry   []byte           `cbor:"3,keyasint"`
	Support []wireSupporting `cbor:"4,keyasint,omitempty"`
	Texts   []wireText       `cbor:"5,keyasint,omitempty"`

	Draft   *register.HeldDraft `cbor:"6,keyasint,omitempty"`
	Lookups *wireLookups        `cbor:"7,keyasint,omitempty"`

	Receipts [][]byte `cbor:"8,keyasint,omitempty"`
}

type wireSupporting struct {
	_     struct{} `cbor:",toarray"`
	Index uint64
	Entry []byte
	Path  []letter.Hash
}

type wireText struct {
	_    struct{} `cbor:",toarray"`
	Lang string
	Text string
}

var (
	bundleEnc, bundleEncErr = cbor.CoreDetEncOptions().EncMode()
	bundleDec, bundleDecErr = cbor.DecOptions{
		DupMapKey:         cbor.DupMapKeyEnforcedAPF,
		IndefLength:       cbor.IndefLengthForbidden,
		ExtraReturnErrors: cbor.ExtraDecErrorUnknownField,
		TagsMd:            cbor.TagsForbidden,
		MaxNestedLevels:   8,
		MaxArrayElements:  maxSupport,
		MaxMapPairs:       16,
	}.DecMode()
)

// Bytes writes the bundle as deterministic CBOR (proof.md MUST-20).
func (b Bundle) Bytes() ([]byte, error) {
	w := wireBundle{Format: bundleFormat, Proof: b.Proof, Entry: b.Entry, Draft: b.Draft, Lookups: b.Lookups.wire(), Receipts: b.Receipts}
	for _, s := range b.Support {
		path := s.Path
		if path == nil {
			path = []letter.Hash{} // one way to write "no path"
		}
		w.Support = append(w.Support, wireSupporting{Index: uint64(s.Index), Entry: s.Entry, Path: path})
	}
	for _, t := range b.Texts {
		w.Texts = append(w.Texts, wireText{Lang: string(t.Lang), Text: t.Text.String()})
	}
	return marshal(w)
}

func marshal(w wireBundle) ([]byte, error) {
	if bundleEncErr != nil {
		return nil, refuse(BadFormat, bundleEncErr, "writing a proof")
	}
	raw, err := bundleEnc.Marshal(w)
	if err != nil {
		return nil, refuse(BadFormat, err, "writing a proof")
	}
	return raw, nil
}

// Parse reads a bundle and refuses anything that [Bundle.Bytes] would not have
// written (proof.md MUST-20, MUST-21). It verifies nothing.
func Parse(raw []byte) (Bundle, error) {
	if len(raw) > maxBundle {
		return Bundle{}, refuse(BadFormat, nil, "proof of %d bytes: at most %d", len(raw), maxBundle)
	}
	if bundleDecErr != nil {
		return Bundle{}, refuse(BadFormat, bundleDecErr, "reading a proof")
	}
	var w wireBundle
	if err := bundleDec.Unmarshal(raw, &w); err != nil {
		return Bundle{}, refuse(BadFormat, err, "not a proof file, or a damaged one: download it again")
	}
	if w.Format != bundleFormat {
		return Bundle{}, refuse(BadFormat, nil, "proof of format %s: this program reads %s", clip(w.Format), bundleFormat)
	}
	again, err := marshal(w)
	if err != nil {
		return Bundle{}, err
	}
	if !bytes.Equal(again, raw) {
		return Bundle{}, errNotCanonical
	}
	b, badText, err := w.open()
	if err != nil {
		return Bundle{}, err
	}
	if err := b.wellFormed(); err != nil {
		return Bundle{}, err
	}
	if badText != nil {
		return Bundle{}, badText
	}
	return b, nil
}

var errNotCanonical = refuse(BadFormat, nil, "the proof file is not in its one canonical form: download it again")

// wellFormed refuses what no policy and no key could make good: a tlog-proof
// that is none, an index twice (MUST-23), a draft that is about another entry or
// about no words (MUST-31).
func (b Bundle) wellFormed() error {
	tp, err := ParseTLogProof(b.Proof)
	if err != nil {
		return err
	}
	for _, s := range b.Support {
		if uint64(s.Index) == tp.Index {
			return refuse(BadFormat, nil, "the proof carries entry %d twice", s.Index)
		}
	}
	if err := orderly(b.Receipts); err != nil {
		return err
	}
	if b.Draft != nil && (uint64(b.Draft.Link.Index) != tp.Index || len(b.Texts) == 0) {
		return refuse(BadFormat, nil, "the proof of a draft is about commitment %d and carries %d texts; want that of its entry %d, and its texts", b.Draft.Link.Index, len(b.Texts), tp.Index)
	}
	return b.lookupsWellFormed(register.Index(tp.Index))
}

// open takes the wire form apart. A text that is none is kept back until all
// else is known to be well formed (MUST-30): its class is another.
func (w wireBundle) open() (b Bundle, badText, err error) {
	b = Bundle{Proof: w.Proof, Entry: w.Entry, Draft: w.Draft, Receipts: w.Receipts}
	if b.Lookups, err = w.Lookups.open(); err != nil {
		return Bundle{}, nil, err
	}
	for i, s := range w.Support {
		if i > 0 && w.Support[i-1].Index >= s.Index {
			return Bundle{}, nil, refuse(BadFormat, nil, "the proof's entries are not in order of the log")
		}
		if s.Path == nil { // null; "no path" is written in one way
			return Bundle{}, nil, errNotCanonical
		}
		b.Support = append(b.Support, Supporting{register.Index(s.Index), s.Entry, s.Path})
	}
	if len(w.Texts) > maxCarried {
		return Bundle{}, nil, refuse(BadFormat, nil, "the proof carries %d texts: at most %d", len(w.Texts), maxCarried)
	}
	for i, t := range w.Texts {
		if i > 0 && cmp.Or(strings.Compare(w.Texts[i-1].Lang, t.Lang), strings.Compare(w.Texts[i-1].Text, t.Text)) >= 0 {
			return Bundle{}, nil, refuse(BadFormat, nil, "the proof's texts are not in order of their language and words, each once")
		}
		l, err := letter.ParseLang(t.Lang)
		if err != nil || string(l) != t.Lang {
			return Bundle{}, nil, refuse(BadFormat, err, "language tag %s of a text", clip(t.Lang))
		}
		text, err := letter.Parse([]byte(t.Text))
		if err != nil && badText == nil {
			badText = refuse(BadText, err, "the %s text that the proof carries", l)
		}
		b.Texts = append(b.Texts, letter.LangText{Lang: l, Text: text})
	}
	return b, badText, nil
}
