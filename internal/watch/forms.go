package watch

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/letter"
)

// forms sees that every issued PDF that is kept is the one that the log names, and
// that there are no other files. waiting are the PDFs of entries on their way into
// the log.
func (c *checker) forms(waiting map[letter.Hash]bool) error {
	known := map[letter.Hash]bool{}
	for f := range folder.Forms(c.state) {
		if known[f.Digest] {
			continue
		}
		known[f.Digest] = true
		if err := c.form(f, c.kept[f.Digest]); err != nil {
			return err
		}
	}
	names, err := os.ReadDir(filepath.Join(c.folder.Dir, folder.FormsName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // each that is missing was reported
	}
	if err != nil {
		return err //nolint:wrapcheck // says what it read
	}
	for _, n := range names {
		c.formFile(n, known, waiting)
	}
	return nil
}

// formFile looks at one name in the folder of issued PDFs.
func (c *checker) formFile(n fs.DirEntry, known, waiting map[letter.Hash]bool) {
	where := folder.FormsName + "/" + n.Name()
	hex, pdf := strings.CutSuffix(n.Name(), folder.FormExtension)
	hex, tombstone := strings.CutSuffix(hex, folder.TombstoneName)
	digest, err := letter.ParseHash(hex)
	switch {
	case err != nil || pdf == tombstone:
		c.add(Notice, where, "no issued PDF has this name; left behind by a crash perhaps. It can be removed")
	case !n.Type().IsRegular():
		c.add(Damage, where, "it is no file")
	case tombstone && !c.folder.FormErased(digest):
		c.add(Damage, where, "it is no tombstone: restore the file from a copy")
	case known[digest] || waiting[digest] || !c.whole:
	default:
		c.add(Notice, where, "no entry of the log names this PDF: nobody is shown it. It can be removed")
	}
}

// form compares one issued PDF with its digest.
func (c *checker) form(f folder.Form, kept bool) error {
	of := fmt.Sprintf("PDF of %s", describe(f.Record))
	raw, err := readFile(filepath.Join(c.folder.Dir, filepath.FromSlash(f.Name())), folder.MaxForm)
	switch {
	case errors.Is(err, fs.ErrNotExist) && c.folder.FormErased(f.Digest):
		c.NoForms++
		c.add(Notice, f.Name(), "the %s was erased. Its entry still stands, and who has the file can check it", of)
	case errors.Is(err, fs.ErrNotExist) && kept:
		c.NoForms++
		c.add(Damage, f.Name(), "the %s is not there, and the office's database has it: restore the file from a backup or a mirror", of)
	case errors.Is(err, fs.ErrNotExist):
		c.NoForms++
		c.add(Notice, f.Name(), "the %s is not kept here: it is known by its digest only, or lost. Its entry still stands, and who has the file can check it", of)
	case errors.Is(err, fs.ErrPermission):
		return err //nolint:wrapcheck // says what it read
	case err != nil:
		c.add(Damage, f.Name(), "the %s cannot be read: %v", of, err)
	case letter.Hash(sha256.Sum256(raw)) != f.Digest:
		c.add(Damage, f.Name(), "it is not the %s that the log names; restore the file from a backup or a mirror", of)
	default:
		c.Forms++
	}
	return nil
}

// keptForms sees that the PDFs that the office keeps until their letters are issued
// are whole: what officers approved is what will be public.
func (c *checker) keptForms(tx *store.Tx) error {
	offices, err := tx.Offices()
	if err != nil {
		return err //nolint:wrapcheck // the caller says what it read
	}
	c.kept = map[letter.Hash]bool{}
	for _, o := range offices {
		digests, err := tx.FormDigests(o.ID)
		if err != nil {
			return kind.Unavailable.Errorf("PDFs of %s: %w", o.ID, err)
		}
		for _, digest := range digests {
			c.kept[digest] = true
			if _, err := c.folder.Form(digest); err == nil {
				continue // issued, and public as it was approved
			}
			content, _, err := tx.Form(o.ID, digest)
			if err != nil {
				return kind.Unavailable.Errorf("PDF %s of %s: %w", digest, o.ID, err)
			}
			if sha256.Sum256(content) != digest {
				c.add(Damage, fmt.Sprintf("%s: PDF %s of %s", databaseName, digest, o.ID), "it is not the file that was put up for approval: its letter cannot be issued as approved. Restore the database from a backup")
			}
		}
	}
	return nil
}
