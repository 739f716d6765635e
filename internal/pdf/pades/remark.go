package pades

import "time"

// A Remark is what a PDF's own signature shows, by the rules of internal/pdf/pades
// alone. It stands beside an answer and never makes one: the register is the proof.
// Nothing in it is an identity. Whoever signed is a digest of a certificate, to be
// compared with one that is known; names in certificates can be anybody's.
type Remark struct {
	Seal        SealState
	Signatures  int       // how many signature objects the file has
	Signed      int       // bytes from the start that the first intact one covers
	Changed     []Change  // what later bytes change, when Seal is SealExtended
	Why         string    // what was found, in English, for the record
	Certificate string    // SHA-256 of the signing certificate, to base 16
	Keys        []string  // of all intact signatures but timestamps: SHA-256 of the public key, to base 16
	Stamped     time.Time // what an intact timestamp over the signature says; whose clock that is, nobody vouches for
}

// SealState says how a file and its signature fit together.
type SealState string

// The states. Only SealWhole says that nothing stands in the file but what was
// signed, and that all of it is shown.
const (
	SealNone     SealState = "none"     // no signature
	SealWhole    SealState = "whole"    // intact, over the whole file
	SealCovert   SealState = "covert"   // intact over the whole file, which holds pages that are not shown, or things laid over pages
	SealExtended SealState = "extended" // intact, and bytes were added later
	SealBroken   SealState = "broken"   // the signed bytes were changed, or the signature is not of its certificate
	SealUnclear  SealState = "unclear"  // cannot tell: the file or the signature is not of a form in which nothing can hide
)

// Change is a sort of thing that bytes added after a signature change.
type Change string

// The changes, gravest first.
const (
	ChangedPages       Change = "pages"       // pages, or what they are drawn with
	ChangedAnnotations Change = "annotations" // what lies over pages
	ChangedForms       Change = "forms"       // fields and what is filled in
	ChangedSignatures  Change = "signatures"  // another signature
	ChangedValidation  Change = "validation"  // certificates and their state, for the long term
	ChangedOther       Change = "other"       // anything else
	ChangedNothing     Change = "nothing"     // bytes that no object needs: an end of line, a comment
)
