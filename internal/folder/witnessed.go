package folder

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"chancery.example/internal/tlog"
	"chancery.example/proof"
)

// WitnessedName is the file in the log's folder that holds the newest head with
// the cosignatures that the register's own policy asks for.
const WitnessedName = "witnessed"

const maxHead = 64 << 10

// WitnessedFile is where the witnessed head is.
func (f Folder) WitnessedFile() string { return filepath.Join(f.LogDir(), WitnessedName) }

// Witnessed returns the witnessed head as it was signed, nothing verified; nil
// when there is none.
func (f Folder) Witnessed() ([]byte, error) {
	raw, err := f.public(f.WitnessedFile(), WitnessedName, maxHead)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the witnessed head: %w", err)
	}
	return raw, nil
}

// ErrForked means that two heads that this log signed do not fit together.
var ErrForked = errors.New("two signed heads of this log do not fit together")

// extends reports whether the tree of head h has old for an earlier head.
func extends(log *tlog.Reader, h, old proof.Head) (bool, error) {
	if h.Size == old.Size || old.Size > h.Size {
		return h == old, nil
	}
	root, err := log.RootAt(h, old.Size)
	if err != nil {
		return false, err //nolint:wrapcheck // says what was read
	}
	return root == old.Root, nil
}
