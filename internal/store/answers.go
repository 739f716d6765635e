package store

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
)

// Answers is to whom a sealed revision says that it is a draft.
type Answers string

// The answers. The zero value is none of them.
const (
	// Silent: what an unknown text gets. The default.
	Silent Answers = "silent"
	// ByCode: as Silent; but copies that leave the house carry the draft-opening code,
	// with which who holds one can show that it is a draft (papercode.md MUST-10).
	ByCode Answers = "by_code"
	// OnCopy: as ByCode, and that it is a draft, to who presents most of its words.
	OnCopy Answers = "on_copy"
)

// SetAnswers sets what a revision answers.
func (t *Tx) SetAnswers(letterID int64, revision uint32, a Answers) error {
	_, err := t.exec(`UPDATE revisions SET answers = $3 WHERE letter = $1 AND number = $2`, letterID, revision, string(a))
	return err
}

// A letter under embargo answers nobody: it is no draft any more, and not public.
const onCopy = ` WHERE r.answers = 'on_copy' AND i.position IS NOT NULL
	AND NOT EXISTS (SELECT 1 FROM letters l WHERE l.id = r.letter AND l.stage = 'embargoed') ORDER BY r.letter, r.number`

// RevisionsOnCopy returns all revisions that answer and whose commitment is in
// the log, of all letters, in order.
func (t *Tx) RevisionsOnCopy() ([]Revision, error) {
	return all(t, scanRevision, selectRevision+onCopy)
}

// OnCopyStamp names the revisions that RevisionsOnCopy returns. A revision never
// changes, so that equal stamps are equal revisions.
func (t *Tx) OnCopyStamp() (string, error) {
	h := sha256.New()
	_, err := all(t, func(r scanner) (hash.Hash, error) {
		var letterID, number int64
		if err := r.Scan(&letterID, &number); err != nil {
			return h, err //nolint:wrapcheck // wrapped by the caller
		}
		_, _ = fmt.Fprintf(h, "%d/%d\n", letterID, number) // a hash never fails
		return h, nil
	}, `SELECT r.letter, r.number FROM revisions r JOIN intents i ON i.seq = r.intent`+onCopy)
	return hex.EncodeToString(h.Sum(nil)), err
}
