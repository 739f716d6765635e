package watch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

const databaseName = "office.db"

// office compares the office's own database with the log, when the folder has
// one, and returns the text leaves and the PDFs of entries that are on their way.
func (c *checker) office(ctx context.Context, head proof.Head) (map[letter.Hash]bool, error) {
	if _, err := os.Stat(c.folder.Database()); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	db, err := store.OpenReadOnly(ctx, c.folder.Database())
	if err != nil {
		if ctx.Err() != nil || errors.Is(err, fs.ErrPermission) {
			return nil, err //nolint:wrapcheck // says what it read
		}
		c.add(Damage, databaseName, "%v", err)
		return nil, nil
	}
	c.Office = true
	waiting := map[letter.Hash]bool{}
	err = db.View(ctx, func(tx *store.Tx) error {
		return errors.Join(c.intents(tx, head, waiting), c.revisions(tx), c.embargoes(tx), c.keptForms(tx))
	})
	if err != nil && ctx.Err() == nil {
		c.add(Damage, databaseName, "it cannot be read to the end: %v; restore it from a backup", err)
		err = nil
	}
	return waiting, errors.Join(err, db.Close())
}

// intents compares what the office meant to log with what is in the log.
func (c *checker) intents(tx *store.Tx, head proof.Head, waiting map[letter.Hash]bool) error {
	const page = 1024
	inLog := map[letter.Hash]register.Index{}
	for i, raw := range c.raw {
		if raw != nil {
			inLog[register.LeafHash(raw)] = register.Index(i)
		}
	}
	claimed := map[register.Index]string{}
	for from := int64(0); ; {
		is, err := tx.Intents(from, page)
		if err != nil {
			return err //nolint:wrapcheck // the caller says what it read
		}
		for _, i := range is {
			from = i.Seq
			c.Intents++
			if uint64(i.Position) < head.Size && i.Logged {
				claimed[i.Position] = i.Name
				c.logged(i)
				continue
			}
			c.Pending++
			willBePublic(i, waiting)
			if at, ok := inLog[register.LeafHash(i.Entry)]; ok && i.Entry != nil {
				claimed[at] = i.Name
				c.unrecorded(i, at)
			}
		}
		if len(is) < page {
			break
		}
	}
	for i := range c.raw {
		if _, ok := claimed[register.Index(i)]; !ok {
			c.add(Damage, databaseName, "it knows nothing of entry %d of the log: it is an older copy of the database. Restore the newest", i)
		}
	}
	if c.Pending > 0 {
		c.add(Notice, databaseName, "%d entries are on their way into the log; they are published by the next act or a running server", c.Pending)
	}
	return nil
}

// willBePublic notes what stands in the folder for an entry that is not yet in the log.
func willBePublic(i store.Intent, waiting map[letter.Hash]bool) {
	for _, t := range i.Texts {
		waiting[t.Leaf] = true
	}
	body, err := register.DecodeBody(i.Kind, i.Body)
	if err != nil {
		return // the log would refuse it
	}
	for _, digest := range folder.PublicForms(body) {
		waiting[digest] = true
	}
}

// unrecorded is an intent whose entry is in the log and which does not know it.
func (c *checker) unrecorded(i store.Intent, at register.Index) {
	if i.Logged {
		c.add(Damage, databaseName, "%s is recorded at entry %d and stands at entry %d", i.Name, i.Position, at)
		return
	}
	c.add(Notice, databaseName, "%s is entry %d and not yet recorded as such; the next act records it", i.Name, at)
}

// logged compares one intent with its entry.
func (c *checker) logged(i store.Intent) {
	if uint64(i.Position) >= uint64(len(c.raw)) || c.raw[i.Position] == nil {
		return // the entry is damaged, which was reported
	}
	where := fmt.Sprintf("%s: entry %d", databaseName, i.Position)
	if !bytes.Equal(c.raw[i.Position], i.Entry) {
		c.add(Damage, where, "the bytes recorded for %s are not those in the log", i.Name)
		return
	}
	e := c.parsed[i.Position]
	if e.Body == nil {
		return
	}
	body, err := register.EncodeBody(e.Body)
	switch {
	case err != nil:
		c.add(Damage, where, "%v", err)
	case i.Kind != e.Body.Kind() || !bytes.Equal(body, i.Body):
		c.add(Damage, where, "what was meant by %s is not what was logged", i.Name)
	case i.Issuer != e.Claims.Issuer || i.Subject != e.Claims.Subject || !i.At.Equal(e.Claims.IssuedAt):
		c.add(Damage, where, "issuer, subject or time of %s are not those that were logged", i.Name)
	}
}

// revisions sees that the office can still open what it sealed: the secrets of
// every revision fit the commitment in the log.
func (c *checker) revisions(tx *store.Tx) error {
	offices, err := tx.Offices()
	if err != nil {
		return err //nolint:wrapcheck // the caller says what it read
	}
	for _, o := range offices {
		letters, err := tx.Letters(o.ID)
		if err != nil {
			return kind.Unavailable.Errorf("letters of %s: %w", o.ID, err)
		}
		for _, l := range letters {
			revs, err := tx.Revisions(l.ID)
			if err != nil {
				c.add(Damage, databaseName, "%s of %s: %v; it cannot be issued or opened any more. Restore the database from a backup", l.Reference, o.ID, err)
				continue
			}
			for _, rev := range revs {
				c.revision(l, rev)
			}
		}
	}
	return nil
}

func (c *checker) revision(l store.Letter, rev store.Revision) {
	where := fmt.Sprintf("%s: %s revision %d", databaseName, l.Reference, rev.Number)
	if rev.Opening.Digest != rev.Revision.Digest() {
		c.add(Damage, where, "content and salts do not add up to the digest that was sealed; it cannot be issued or opened any more. Restore the database from a backup")
		return
	}
	if !rev.Logged || rev.Position >= uint64(len(c.parsed)) {
		return
	}
	commit, ok := c.parsed[rev.Position].Body.(register.Commit)
	if ok && !rev.Opening.Opens(commit.Commitment) {
		c.add(Damage, where, "its secrets do not open the commitment in entry %d; it cannot be issued or opened any more. Restore the database from a backup", rev.Position)
	}
}

// embargoes sees that what waits for its hour can be issued then: its secrets fit
// its commitment, which is to this very issue.
func (c *checker) embargoes(tx *store.Tx) error {
	all, err := tx.Embargoes("")
	if err != nil {
		return kind.Unavailable.Errorf("what is under embargo: %w", err)
	}
	for _, e := range all {
		where := fmt.Sprintf("%s: embargo until %s, request %d", databaseName, e.NotBefore.Format(time.RFC3339), e.Request)
		if e.Opening.Digest != register.EmbargoDigest(e.Body) {
			c.add(Damage, where, "it is not the issue that was committed to; it cannot be issued any more. Restore the database from a backup")
			continue
		}
		if !e.Logged || e.Position >= uint64(len(c.parsed)) {
			continue
		}
		if commit, ok := c.parsed[e.Position].Body.(register.Commit); ok && !e.Opening.Opens(commit.Commitment) {
			c.add(Damage, where, "its secrets do not open the commitment in entry %d; it cannot be issued any more. Restore the database from a backup", e.Position)
		}
	}
	return nil
}
