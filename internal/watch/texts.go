package watch

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"chancery.example/internal/folder"
	"chancery.example/letter"
	"chancery.example/register"
)

// texts sees that every public text is in its file, and that there are no other
// files. waiting are the leaves of entries on their way into the log.
func (c *checker) texts(waiting map[letter.Hash]bool) error {
	known := map[letter.Hash]bool{}
	for x := range c.state.Texts() {
		if known[x.Leaf.Hash] {
			continue
		}
		known[x.Leaf.Hash] = true
		if err := c.text(x); err != nil {
			return err
		}
	}
	files, err := os.ReadDir(filepath.Join(c.folder.Dir, "texts"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // each missing text was reported
	}
	if err != nil {
		return err //nolint:wrapcheck // says what it read
	}
	for _, f := range files {
		where := "texts/" + f.Name()
		name, tombstone := strings.CutSuffix(f.Name(), folder.TombstoneName)
		leaf, err := letter.ParseHash(name)
		switch {
		case err == nil && tombstone && !c.erased(leaf):
			c.add(Damage, where, "it is no tombstone: the place of these words in the look-up map is lost; restore the file from a copy")
		case err != nil:
			c.add(Notice, where, "no text has this name; left behind by a crash perhaps. It can be removed")
		case !f.Type().IsRegular():
			c.add(Damage, where, "it is no file")
		case known[leaf] || waiting[leaf] || !c.whole:
		default:
			c.add(Notice, where, "no entry of the log names this text: nobody is shown it. It can be removed")
		}
	}
	return nil
}

// erased reports whether words left a tombstone.
func (c *checker) erased(leaf letter.Hash) bool {
	_, ok := c.folder.Erased(leaf)
	return ok
}

// text compares one text with its leaf.
func (c *checker) text(x register.TextRecord) error {
	where := "texts/" + x.Leaf.Hash.String()
	of := fmt.Sprintf("%s text of %s", x.Language, describe(x.Record))
	raw, err := readFile(filepath.Join(c.folder.Dir, "texts", x.Leaf.Hash.String()), letter.MaxText)
	switch {
	case errors.Is(err, fs.ErrNotExist) && c.erased(x.Leaf.Hash):
		c.Missing++
		c.add(Notice, where, "the %s was erased. Its entry still stands, and who has the words can check them", of)
		return nil
	case errors.Is(err, fs.ErrNotExist):
		c.Missing++
		c.add(Notice, where, "the %s is not there, and no tombstone says that it was erased: it is lost. Its entry still stands, and who has the words can check them", of)
		return nil
	case errors.Is(err, fs.ErrPermission):
		return err //nolint:wrapcheck // says what it read
	case err != nil:
		c.add(Damage, where, "the %s cannot be read: %v", of, err)
		return nil
	}
	if _, err := letter.Parse(raw); err != nil {
		c.add(Damage, where, "the %s is damaged: %v; restore it from a backup", of, err)
		return nil
	}
	if !x.Leaf.Matches(raw) {
		c.add(Damage, where, "the words are not those of the %s; restore the file from a backup", of)
		return nil
	}
	c.Texts++
	return nil
}

// readFile reads a regular file of at most limit bytes: the folder may come from
// anybody, and may hold a pipe that never ends.
func readFile(path string, limit int64) (_ []byte, err error) {
	switch st, err := os.Lstat(path); {
	case err != nil:
		return nil, err //nolint:wrapcheck // says what it read
	case !st.Mode().IsRegular():
		return nil, errors.New("it is no regular file")
	}
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil, err //nolint:wrapcheck // likewise
	}
	raw, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	if int64(len(raw)) > limit {
		return nil, fmt.Errorf("it has more than %d bytes", limit)
	}
	return raw, nil
}

func describe(id register.RecordID) string {
	if id.Reference != "" {
		return fmt.Sprintf("%s %s of %s", id.Kind, id.Reference, id.OfficeID)
	}
	return fmt.Sprintf("the %s in entry %d of %s", id.Kind, id.Entry, id.OfficeID)
}
