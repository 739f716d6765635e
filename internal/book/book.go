// Package book is a reader's address book of registers: where each is, whom the
// reader trusts for it, and a mirror of it to check against.
//
//	book.toml            the list
//	policies/NAME        whom to trust for that register (C2SP tlog-policy)
//	mirrors/NAME/        its mirror, by folder.md
//
// Each register stands by itself: its own name, its own policy, its own mirror.
// Nothing here says that two registers agree.
package book

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/BurntSushi/toml"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/remote"
	"chancery.example/proof"
)

// A Book is an address book in a folder.
type Book struct {
	Dir     string
	Entries []Entry
}

// An Entry is one register of the book.
type Entry struct {
	Name   string    `toml:"name"` // by which the reader knows it
	URL    string    `toml:"url,omitempty"`
	Folder string    `toml:"folder,omitempty"` // when it is read on disk
	Trust  Trust     `toml:"trust"`
	Since  time.Time `toml:"since"` // when that trust was given
}

// Trust says where the keys come from under which a register is read.
type Trust string

// The kinds of trust.
const (
	ByPolicy   Trust = "policy"    // the reader brought them
	ByFirstUse Trust = "first_use" // the register named them itself, and the reader chose to believe it
)

// Limits of a book.
const (
	bookName   = "book.toml"
	format     = 1
	maxBook    = 1 << 20
	maxEntries = 256
	maxPolicy  = 64 << 10
)

var nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

type wire struct {
	Format   int     `toml:"format"`
	Register []Entry `toml:"register"`
}

// Open reads the book in a folder; an empty one when there is none.
func Open(dir string) (*Book, error) {
	b := &Book{Dir: dir}
	path := filepath.Join(dir, bookName)
	raw, err := read(path, maxBook)
	if errors.Is(err, fs.ErrNotExist) {
		return b, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the address book: %w", err)
	}
	var w wire
	meta, err := toml.Decode(string(raw), &w)
	switch {
	case err != nil:
		return nil, kind.Invalid.Errorf("reading the address book %s: %w", path, err)
	case len(meta.Undecoded()) > 0:
		return nil, kind.Invalid.Errorf("reading the address book %s: setting %q is not known", path, meta.Undecoded()[0])
	case w.Format != format:
		return nil, kind.Invalid.Errorf("reading the address book %s: format %d: this program reads format %d", path, w.Format, format)
	case len(w.Register) > maxEntries:
		return nil, kind.Invalid.Errorf("reading the address book %s: %d registers: at most %d", path, len(w.Register), maxEntries)
	}
	for _, e := range w.Register {
		if err := b.admits(e); err != nil {
			return nil, kind.Invalid.Errorf("reading the address book %s: %w", path, err)
		}
		b.Entries = append(b.Entries, e)
	}
	return b, nil
}

// admits sees that an entry may stand in the book.
func (b *Book) admits(e Entry) error {
	switch {
	case !nameForm.MatchString(e.Name):
		return kind.Invalid.Errorf("%q is no name for a register: want small letters, digits and hyphens, at most 40", e.Name)
	case b.index(e.Name) >= 0:
		return kind.Conflict.Errorf("the book has a register %s already", e.Name)
	case (e.URL == "") == (e.Folder == ""):
		return kind.Invalid.Errorf("%s: want an address or a folder, and not both", e.Name)
	case e.Trust != ByPolicy && e.Trust != ByFirstUse:
		return kind.Invalid.Errorf("%s: trust %q is not known", e.Name, e.Trust)
	}
	if e.URL != "" {
		if _, err := remote.New(e.URL, remote.Options{}); err != nil {
			return err //nolint:wrapcheck // says what it is
		}
	}
	return nil
}

func (b *Book) index(name string) int {
	return slices.IndexFunc(b.Entries, func(e Entry) bool { return e.Name == name })
}

// Find returns the entry of a name.
func (b *Book) Find(name string) (Entry, error) {
	i := b.index(name)
	if i < 0 {
		return Entry{}, kind.NotFound.Errorf("no register %q in the address book; \"chancery register list\" names them", name)
	}
	return b.Entries[i], nil
}

// Add puts a register into the book under a policy.
func (b *Book) Add(e Entry, policy proof.Policy) error {
	if err := b.admits(e); err != nil {
		return err
	}
	if len(b.Entries) == maxEntries {
		return kind.Conflict.Errorf("the address book holds %d registers, and cannot hold more", maxEntries)
	}
	if err := b.putPolicy(e.Name, policy); err != nil {
		return err
	}
	b.Entries = append(b.Entries, e)
	return b.save()
}

// Trust gives a register another policy. What was mirrored stays; the next
// reading is under the new policy.
func (b *Book) Trust(name string, policy proof.Policy, how Trust, now time.Time) error {
	if _, err := b.Find(name); err != nil {
		return err
	}
	if err := b.putPolicy(name, policy); err != nil {
		return err
	}
	e := &b.Entries[b.index(name)]
	e.Trust, e.Since = how, now.UTC().Truncate(time.Second)
	return b.save()
}

// Remove takes a register out of the book, with its policy and mirror. Evidence
// against its log is kept, and where it is comes back.
func (b *Book) Remove(name string, now time.Time) (kept string, err error) {
	e, err := b.Find(name)
	if err != nil {
		return "", err
	}
	b.Entries = slices.Delete(b.Entries, b.index(name), b.index(name)+1)
	if err := b.save(); err != nil {
		return "", err
	}
	evidence := filepath.Join(b.mirrorDir(e), "evidence")
	if _, err := os.Stat(evidence); err == nil {
		kept = filepath.Join(b.Dir, "evidence", name+now.UTC().Format("-20060102T150405"))
		if err := errors.Join(os.MkdirAll(filepath.Dir(kept), 0o700), os.Rename(evidence, kept)); err != nil {
			return "", fmt.Errorf("keeping the evidence about %s: %w", name, err)
		}
	}
	if err := errors.Join(os.RemoveAll(b.mirrorDir(e)), remove(b.policyFile(name))); err != nil {
		return kept, fmt.Errorf("removing %s: %w", name, err)
	}
	return kept, nil
}

// Policy is whom the reader trusts for a register.
func (b *Book) Policy(e Entry) (proof.Policy, error) {
	raw, err := read(b.policyFile(e.Name), maxPolicy)
	if err != nil {
		return proof.Policy{}, fmt.Errorf("reading whom to trust for %s: %w", e.Name, err)
	}
	p, err := proof.ParsePolicy(raw)
	if err != nil {
		return p, fmt.Errorf("reading whom to trust for %s: %w", e.Name, err)
	}
	if len(p.Logs()) == 0 {
		return p, kind.Invalid.Errorf("reading whom to trust for %s: its policy trusts no log", e.Name)
	}
	return p, nil
}

// FolderOf is the folder in which a register of the book is read.
func (b *Book) FolderOf(e Entry) string {
	if e.Folder != "" {
		return e.Folder
	}
	return b.mirrorDir(e)
}

func (b *Book) mirrorDir(e Entry) string { return filepath.Join(b.Dir, "mirrors", e.Name) }

func (b *Book) policyFile(name string) string { return filepath.Join(b.Dir, "policies", name) }

func (b *Book) putPolicy(name string, p proof.Policy) error {
	if len(p.Logs()) == 0 {
		return kind.Invalid.Errorf("%s: the policy trusts no log; add a line \"log VKEY\"", name)
	}
	return folder.WriteFile(b.policyFile(name), p.Bytes(), 0o600) //nolint:wrapcheck // says what it wrote
}

func (b *Book) save() error {
	var buf bytes.Buffer
	buf.WriteString("# Registers that this reader knows. Written by \"chancery register\".\n")
	if err := toml.NewEncoder(&buf).Encode(wire{format, b.Entries}); err != nil {
		return fmt.Errorf("writing the address book: %w", err)
	}
	return folder.WriteFile(filepath.Join(b.Dir, bookName), buf.Bytes(), 0o600) //nolint:wrapcheck // says what it wrote
}

func read(path string, limit int64) (_ []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err //nolint:wrapcheck // callers say what they read
	}
	raw, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	if int64(len(raw)) > limit {
		return nil, fmt.Errorf("%s has more than %d bytes", path, limit)
	}
	return raw, nil
}

func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err //nolint:wrapcheck // callers say what they did
	}
	return nil
}
