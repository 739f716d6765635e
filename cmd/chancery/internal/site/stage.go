package site

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
)

// stageName is the folder, in that of a site, in which its files wait.
const stageName = ".new-site"

// mark is a file that every site has, by which its folder is known as one.
const mark = "device/worker.js"

// A staging is a site whose files wait beside their places.
type staging struct {
	dir   string
	fresh bool // the folder was not there
	ours  bool // the folder holds a site
	names []string
}

// stage begins to write a site into a folder.
func stage(dir string) (*staging, error) {
	st := &staging{dir: dir}
	switch _, err := os.Stat(dir); {
	case errors.Is(err, fs.ErrNotExist):
		st.fresh = true
	case err != nil:
		return nil, fmt.Errorf("writing a checker into %s: %w", dir, err)
	}
	_, err := os.Stat(filepath.Join(dir, filepath.FromSlash(mark)))
	st.ours = err == nil
	for _, private := range []string{"office.db", "keys"} {
		if _, err := os.Lstat(filepath.Join(dir, private)); err == nil {
			return nil, kind.Invalid.Errorf("writing a checker into %s: this is an office's own folder (%s is there); choose another", dir, private)
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // public files
		return nil, fmt.Errorf("writing a checker into %s: %w", dir, err)
	}
	if err := os.Mkdir(st.waits(""), 0o755); err != nil { //nolint:gosec // public files
		if errors.Is(err, fs.ErrExist) {
			return nil, kind.Unavailable.Errorf("writing a checker into %s: another program does so now, or was killed doing it; if there is none, remove %s", dir, st.waits(""))
		}
		return nil, fmt.Errorf("writing a checker into %s: %w", dir, err)
	}
	return st, nil
}

func (st *staging) waits(name string) string {
	return filepath.Join(st.dir, stageName, filepath.FromSlash(name))
}

func (st *staging) at(name string) string { return filepath.Join(st.dir, filepath.FromSlash(name)) }

// put writes a file beside its place.
func (st *staging) put(name string, content []byte) error {
	if top, _, _ := strings.Cut(name, "/"); !st.ours {
		if _, err := os.Lstat(st.at(top)); err == nil {
			return kind.Conflict.Errorf("writing a checker into %s: there is a %s that is not of a checker; choose an empty folder", st.dir, top)
		}
	}
	st.names = append(st.names, name)
	return folder.WriteFile(st.waits(name), content, 0o644) //nolint:wrapcheck // says what it wrote
}

// place puts the files in their places in the order in which they came, pages after
// all that they name, and takes away what the register shows no more: words that were
// erased, above all.
func (st *staging) place() error {
	pages := func(name string) bool { return strings.HasSuffix(name, ".html") }
	last := slices.DeleteFunc(slices.Clone(st.names), func(n string) bool { return !pages(n) })
	for _, name := range append(slices.DeleteFunc(slices.Clone(st.names), pages), last...) {
		if err := os.MkdirAll(filepath.Dir(st.at(name)), 0o755); err != nil { //nolint:gosec // public files
			return fmt.Errorf("writing %s: %w", st.at(name), err)
		}
		if err := os.Rename(st.waits(name), st.at(name)); err != nil {
			return fmt.Errorf("writing %s: %w", st.at(name), err)
		}
	}
	return st.prune()
}

// prune removes the files of a register that were not written now.
func (st *staging) prune() error {
	now := map[string]bool{}
	for _, name := range st.names {
		now[name] = true
	}
	root := st.at(RegisterPath)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && path == root {
			return fs.SkipAll // the pages download it
		}
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(rel)
		if now[RegisterPath+"/"+name] || !ofRegister(name) {
			return nil
		}
		if err := os.Remove(path); err != nil { //nolint:gosec // files of the checker itself, in its maker's folder
			return err
		}
		_ = os.Remove(filepath.Dir(path)) //nolint:gosec // when it was the last there
		return nil
	})
	if err != nil {
		return fmt.Errorf("removing what the register shows no more from %s: %w", root, err)
	}
	return nil
}

// ofRegister reports whether a name is that of a register's public file.
func ofRegister(name string) bool {
	top, _, below := strings.Cut(name, "/")
	if below {
		return top == "tile" || top == "texts" || top == folder.FormsName
	}
	return slices.Contains([]string{folder.ConfigName, folder.PolicyName, folder.WitnessedName, "checkpoint"}, name)
}

// end removes what waits still, and the folder when nothing came into it.
func (st *staging) end() error {
	if err := os.RemoveAll(st.waits("")); err != nil {
		return fmt.Errorf("removing %s: %w", st.waits(""), err)
	}
	if st.fresh {
		_ = os.Remove(st.dir) // fails, as it should, when there are files
	}
	return nil
}
