package office

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/register"
)

// Form returns a PDF that an office put up for approval or issued: the very bytes
// whose digest the entry names. Who may see it is the caller's to know: before its
// letter is issued it is the office's own.
func (r *Register) Form(ctx context.Context, officeID string, digest letter.Hash) ([]byte, error) {
	if r.folder.FormErased(digest) { // the database has it still, until the operator's care
		return nil, kind.NotFound.Errorf("the PDF of the digest %s was erased", digest)
	}
	var content []byte
	err := r.db.View(ctx, func(tx *store.Tx) (err error) {
		content, _, err = tx.Form(officeID, digest)
		return err
	})
	if err == nil && content == nil { // a database that was made anew from the log has none
		content, err = r.folder.Form(digest)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, kind.NotFound.Errorf("no PDF of the digest %s is kept by %s", digest, officeID)
	}
	if err != nil {
		return nil, fmt.Errorf("reading a PDF of %s: %w", officeID, err)
	}
	if sha256.Sum256(content) != digest {
		return nil, kind.Unavailable.Errorf("the PDF that %s keeps under %s has another digest: restore the database", officeID, digest)
	}
	return content, nil
}

// FormOf returns the digest of the PDF that a request asks officers to approve;
// false when it has none.
func (q Request) FormOf() (letter.Hash, bool) {
	for _, d := range folder.PublicForms(q.Body) {
		return d, true
	}
	return letter.Hash{}, false
}

// IssuedForm returns the PDF of an issued letter as it stands: that of its newest
// correction, or of its issue; nil when it has none that the office keeps.
func (r *Register) IssuedForm(ctx context.Context, officeID string, ref letter.Ref) ([]byte, error) {
	var digests []letter.Hash
	err := r.db.View(ctx, func(tx *store.Tx) error {
		if _, err := tx.Letter(officeID, ref); err != nil {
			return err
		}
		issue, found, err := tx.IntentNamed(issueName(officeID, ref))
		if err != nil || !found {
			return err
		}
		corrections, err := tx.IntentsOf(officeID, register.KindCorrect)
		if err != nil {
			return err
		}
		for _, i := range append([]store.Intent{issue}, corrections...) {
			body, err := register.DecodeBody(i.Kind, i.Body)
			if err != nil {
				return fmt.Errorf("intent %s: %w", i.Name, err)
			}
			if referenceOf(body) == ref {
				digests = append(digests, folder.PublicForms(body)...)
			}
		}
		return nil
	})
	if err != nil || len(digests) == 0 {
		return nil, err
	}
	pdf, err := r.Form(ctx, officeID, digests[len(digests)-1])
	if kind.Of(err) == kind.NotFound {
		return nil, nil // known by its digest only, or erased
	}
	return pdf, err
}

// forms returns the PDFs that a batch of intents makes public. One that is known by
// its digest only is not the office's to give.
func (p *publisher) forms(ctx context.Context, batch []store.Intent) (out [][]byte, err error) {
	err = p.r.db.View(ctx, func(tx *store.Tx) error {
		for _, i := range batch {
			if i.Kind != register.KindIssue && i.Kind != register.KindCorrect {
				continue
			}
			body, err := register.DecodeBody(i.Kind, i.Body)
			if err != nil {
				return fmt.Errorf("intent %s: %w", i.Name, err)
			}
			for _, digest := range folder.PublicForms(body) {
				content, found, err := tx.Form(i.Office, digest)
				if err != nil {
					return err
				}
				if found {
					out = append(out, content)
				}
			}
		}
		return nil
	})
	return out, err
}
