package proof

import (
	"errors"
	"fmt"
)

// A Class names why a proof was refused. Classes are stable: test vectors and
// other implementations of the format go by them.
type Class string

// The classes, in the order in which a verifier meets them (proof.md MUST-30).
const (
	NoPolicy               Class = "no_policy"                // the reader named no log to trust
	BadPolicy              Class = "bad_policy"               // the policy file is not one
	BadFormat              Class = "bad_format"               // not a bundle, or not in its one canonical form
	BadCheckpoint          Class = "bad_checkpoint"           // the checkpoint's text is malformed
	UnknownLog             Class = "unknown_log"              // no log of the policy signed the checkpoint
	BadCheckpointSignature Class = "bad_checkpoint_signature" // a signature under the log's name that is not the log's
	BadCosignature         Class = "bad_cosignature"          // likewise for a witness or the register's clock
	QuorumNotMet           Class = "quorum_not_met"           // fewer witnesses than the policy asks for
	BadInclusion           Class = "bad_inclusion"            // an entry is not at its place under the checkpoint
	BadEntry               Class = "bad_entry"                // an entry is malformed or not signed by its office
	BadLookup              Class = "bad_lookup"               // the register's map does not say what the proof says
	BadReceipt             Class = "bad_receipt"              // a receipt is malformed, or not of this entry, this tree and a receipt key (receipt.md MUST-11)
	BadText                Class = "bad_text"                 // a carried text is not the one the entries stand for
	TextDiffers            Class = "text_differs"             // the reader's text is not the one on record

	BadConsistency  Class = "bad_consistency"  // of evidence: what shall show that two heads do not fit does not
	NoContradiction Class = "no_contradiction" // of evidence: the two heads fit, or need not
)

// An Error says why a proof was refused. Its text is for people; Class is for
// programs.
type Error struct {
	Class   Class
	Problem string
	Err     error // what lies beneath, or nil
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Problem + ": " + e.Err.Error()
	}
	return e.Problem
}

// Unwrap returns what lies beneath.
func (e *Error) Unwrap() error { return e.Err }

// ClassOf returns the class of an error of this package, or "".
func ClassOf(err error) Class {
	var e *Error
	if errors.As(err, &e) {
		return e.Class
	}
	return ""
}

func refuse(c Class, err error, format string, args ...any) error {
	return &Error{Class: c, Problem: fmt.Sprintf(format, args...), Err: err}
}

// clip shortens foreign words for an error message and quotes what a terminal
// could take for an order.
func clip(s string) string {
	const most = 60
	if len(s) > most {
		s = s[:most] + "..."
	}
	return fmt.Sprintf("%q", s)
}
