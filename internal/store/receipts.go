package store

import (
	"time"

	"chancery.example/internal/kind"
)

// A CopyReceipt says that a numbered copy was received, as the house noted it.
type CopyReceipt struct {
	Letter           int64
	Revision, Number uint32
	At               time.Time
	By, Note         string
}

// AddCopyReceipt keeps a receipt. A second one for the same copy is a conflict.
func (t *Tx) AddCopyReceipt(c CopyReceipt) error {
	_, err := t.exec(`INSERT INTO copy_receipts (letter, revision, number, at, by, note) VALUES ($1, $2, $3, $4, $5, $6)`,
		c.Letter, c.Revision, c.Number, unix(c.At), c.By, c.Note)
	if isDuplicate(err) {
		return kind.Conflict.Errorf("copy %d of revision %d: its receipt is noted already", c.Number, c.Revision)
	}
	return err
}

// CopyReceipts returns the receipts of a letter's copies, by revision and number.
func (t *Tx) CopyReceipts(letterID int64) ([]CopyReceipt, error) {
	return all(t, func(r scanner) (c CopyReceipt, err error) {
		var at int64
		err = r.Scan(&c.Letter, &c.Revision, &c.Number, &at, &c.By, &c.Note)
		c.At = fromUnix(at)
		return c, err //nolint:wrapcheck // wrapped by the caller
	}, `SELECT letter, revision, number, at, by, note FROM copy_receipts WHERE letter = $1 ORDER BY revision, number`, letterID)
}
