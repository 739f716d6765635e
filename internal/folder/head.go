package folder

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"chancery.example/internal/kind"
)

const (
	placeLine = "chancery-head-place/v1\n"
	maxPlace  = 8 << 10
)

func (f Folder) placeFile() string { return filepath.Join(f.Dir, "log.head.also") }

// SecondHead returns where the highest head ever signed is remembered outside
// this folder, "" when nowhere: folder.md MUST-16.
func (f Folder) SecondHead() (string, error) {
	raw, err := readFile(f.placeFile(), maxPlace)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("reading where else the last head is remembered: %w", err)
	}
	rest, ok := bytes.CutPrefix(raw, []byte(placeLine))
	path, ended := strings.CutSuffix(string(rest), "\n")
	if !ok || !ended || !validPlace(path) {
		return "", kind.Unavailable.Errorf("reading where else the last head is remembered: %s is not a file of its kind; name the place again: chancery head DIR --also FILE", f.placeFile())
	}
	return path, nil
}

// SetSecondHead names the file in which the highest head is remembered as well,
// or none when path is "".
func (f Folder) SetSecondHead(path string) error {
	if path == "" {
		return removeFile(f.placeFile())
	}
	if !validPlace(path) {
		return kind.Invalid.Errorf("%q: want the whole path of a file, from the root on, in one line", path)
	}
	return WriteFile(f.placeFile(), []byte(placeLine+path+"\n"), 0o600)
}

func validPlace(path string) bool {
	return filepath.IsAbs(path) && filepath.Clean(path) == path && !strings.ContainsAny(path, "\n\x00")
}
