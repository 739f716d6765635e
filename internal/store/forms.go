package store

import (
	"time"

	"chancery.example/internal/kind"
	"chancery.example/letter"
)

// PutForm keeps the PDF of a letter that is put up for approval. The same once more
// is the same.
func (t *Tx) PutForm(office string, digest letter.Hash, at time.Time, content []byte) error {
	_, err := t.exec(`INSERT INTO forms (office, digest, made_at, content) VALUES ($1, $2, $3, $4) ON CONFLICT (office, digest) DO NOTHING`,
		office, digest[:], unix(at), content)
	return err
}

// Form returns a PDF that an office keeps; found is false when it has none of this
// digest.
func (t *Tx) Form(office string, digest letter.Hash) (content []byte, found bool, err error) {
	return one(t, func(r scanner) (b []byte, err error) { err = r.Scan(&b); return b, err },
		`SELECT content FROM forms WHERE office = $1 AND digest = $2`, office, digest[:])
}

// FormDigests returns the digests of the PDFs that an office keeps, in their order.
func (t *Tx) FormDigests(office string) ([]letter.Hash, error) {
	return all(t, func(r scanner) (h letter.Hash, err error) {
		var b []byte
		err = r.Scan(&b)
		copy(h[:], b)
		return h, err
	}, `SELECT digest FROM forms WHERE office = $1 ORDER BY digest`, office)
}

// SetPaper sets what an office issues letters as besides their words.
func (t *Tx) SetPaper(office, paper string) error {
	n, err := t.exec(`UPDATE offices SET paper = $2 WHERE id = $1`, office, paper)
	if err == nil && n != 1 {
		return kind.NotFound.Errorf("no office %q in this register; \"chancery office list\" names them", office)
	}
	return err
}

// Paper returns what an office issues letters as besides their words.
func (t *Tx) Paper(office string) (string, error) {
	paper, found, err := one(t, func(r scanner) (s string, err error) { err = r.Scan(&s); return s, err },
		`SELECT paper FROM offices WHERE id = $1`, office)
	if err == nil && !found {
		return "", kind.NotFound.Errorf("no office %q in this register; \"chancery office list\" names them", office)
	}
	return paper, err
}
