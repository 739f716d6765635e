// Package proved reads a proof file that somebody holds up to a register: a
// .chancery-proof or a .chancery-draft. It verifies the file offline, under the
// keys that the register's reader trusts, and says two things: where its texts
// stood at the proof's head, and where they stand by the newer log that is known
// here.
//
//	if proved.Is(name, data) {
//		answer := proved.Examine(proved.Register{...}, data, now)
//		os.Exit(answer.Exit())
//	}
//
// A file that does not hold shows nothing, and the answer says why in words for
// everybody. Nothing that only an office's own server knows is asked: what a
// sealed draft's file opens, its holder could read in it without us.
package proved

import (
	"bytes"
	"strings"

	"chancery.example/internal/check"
	"chancery.example/letter"
	"chancery.example/lookup"
	"chancery.example/proof"
	"chancery.example/register"
)

// MaxFile is how many bytes of a proof file are read; proof.Parse refuses more.
const MaxFile = 16 << 20

// begins is how every proof file begins: a map of at most 15 members, its first
// the name of the format.
var begins = []byte("\x01\x71chancery-proof/v")

// Is reports whether a file is meant as a proof, by its beginning or its name.
func Is(name string, data []byte) bool {
	if len(data) > 0 && data[0]&0xf0 == 0xa0 && bytes.HasPrefix(data[1:], begins) {
		return true
	}
	name = strings.ToLower(name)
	return strings.HasSuffix(name, proof.Extension) || strings.HasSuffix(name, proof.DraftExtension)
}

// A Register is what a proof is held up to.
type Register struct {
	Snapshot *check.Snapshot // of its newest log known here
	Policy   proof.Policy    // whom the reader trusts
	// HeadAt returns what the log said at an earlier size, Entry the bytes of an
	// entry. Both are asked about the public log alone.
	HeadAt func(size uint64) (proof.Head, error)
	Entry  func(i register.Index) ([]byte, error)
}

// A Kind says what a proof file turned out to be.
type Kind string

// The kinds.
const (
	OfRecord  Kind = "record"
	OfDraft   Kind = "draft"   // opened to its holder alone
	OfAbsence Kind = "absence" // that nothing is on record
	Foreign   Kind = "foreign" // of another register's log
	Forked    Kind = "fork"    // its head does not fit the log that is known here
	Refused   Kind = "refused"
)

// An Answer is what is said to who holds a proof file. The Finding is where it
// stands by the newest log known here, or at the proof's head where that is newer
// than all that is known here; Proof is what the file itself shows.
type Answer struct {
	check.Finding
	Proof Shown `json:"proof"`
}

// Shown is what a proof file shows by itself.
type Shown struct {
	Kind   Kind                  `json:"kind"`
	Origin string                `json:"origin"` // of the log that it is of
	Class  proof.Class           `json:"class,omitempty"`
	Says   check.Words           `json:"says"` // whether it holds, and under whose keys
	Head   *check.CheckpointView `json:"head,omitempty"`
	At     Then                  `json:"at_head"` // the gravest of its texts at the proof's head
	Texts  []Text                `json:"texts"`
	Later  []Later               `json:"later"`            // entries after the proof's head that are about it
	Since  check.Words           `json:"since"`            // what they change
	Own    *check.Words          `json:"lookup,omitempty"` // what the file itself shows about later entries
	Absent []Absent              `json:"absent,omitempty"`
}

// A Then is where something stood at the proof's head.
type Then struct {
	Standing register.Standing `json:"standing,omitempty"`
	Headline check.Words       `json:"headline"`
	Details  check.Words       `json:"details"`
	Intent   check.Intent      `json:"-"`
	Icon     string            `json:"-"`
}

// A Text is one text that the file carries: where it stood, and stands. Now is
// empty where the newer log is not known here.
type Text struct {
	Language letter.Lang       `json:"language"`
	Then     register.Standing `json:"at_head"`
	Now      register.Standing `json:"now,omitempty"`
	Begins   string            `json:"begins"`
	Length   int               `json:"characters"`
}

// A Later is an entry after the proof's head.
type Later struct {
	Entry register.Index `json:"entry"`
	Kind  register.Kind  `json:"kind"`
}

// An Absent name is one under which nothing stood at the proof's head; There,
// that something does now.
type Absent struct {
	Kind      lookup.Kind     `json:"kind"`
	Office    register.Office `json:"office,omitempty"`
	OfficeID  string          `json:"-"`
	Reference letter.Ref      `json:"reference,omitempty"`
	Digest    string          `json:"digest,omitempty"`
	Begins    string          `json:"begins,omitempty"` // of words
	There     bool            `json:"there_now"`
}
