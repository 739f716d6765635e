package folder

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"chancery.example/internal/kind"
	"chancery.example/internal/lookupdir"
	"chancery.example/internal/tlog"
)

// Elsewhere opens a register whose public files are not in a folder but wherever
// files gets them from, under the names by which they are served (MUST-12):
// register.toml, policy, checkpoint, witnessed, tile/..., texts/HEX. where is what
// errors call the place. Such a Folder can be read and nothing else: it has no
// office's side and no index, and what would write fails.
//
// It is how a browser reads a register, with the very code that reads one on disk.
func Elsewhere(where string, files tlog.Files) (Folder, error) {
	raw, err := files.File(ConfigName, MaxConfig)
	if errors.Is(err, fs.ErrNotExist) {
		return Folder{}, kind.NotFound.Errorf("no register at %s: there is no %s", where, ConfigName)
	}
	if err != nil {
		return Folder{}, fmt.Errorf("opening register %s: %w", where, err)
	}
	c, err := ParseConfig(raw, where)
	if err != nil {
		return Folder{}, err
	}
	return Folder{Dir: where, Config: c, files: files}, nil
}

// public reads a public file: by its path on disk, by its name elsewhere.
func (f Folder) public(path, name string, limit int64) ([]byte, error) {
	if f.files == nil {
		return readFile(path, limit)
	}
	b, err := f.files.File(name, limit)
	if err == nil && int64(len(b)) > limit {
		return nil, fmt.Errorf("%s: more than %d bytes", name, limit)
	}
	return b, err //nolint:wrapcheck // callers say what they read
}

// log returns what reads the log.
func (f Folder) log() (*tlog.Reader, error) {
	if f.files == nil {
		return tlog.OpenReader(f.LogDir()) //nolint:wrapcheck // callers say what they read
	}
	return tlog.NewReader(f.Dir, f.files), nil
}

// keptMap is the look-up map as it is kept; nothing elsewhere than on disk.
func (f Folder) keptMap() lookupdir.Kept {
	if f.files != nil {
		return lookupdir.Kept{}
	}
	kept, _ := lookupdir.Load(f.LookupDir()) // what is damaged is passed over
	return kept
}

// policyFile is where the register's own policy is.
func (f Folder) policyFile() string { return filepath.Join(f.Dir, PolicyName) }
