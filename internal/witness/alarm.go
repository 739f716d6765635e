package witness

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"chancery.example/internal/folder"
	"chancery.example/proof"
)

// AlarmDir is where a register keeps what witnesses hold against it.
const AlarmDir = "alarms"

// keep writes what an alarm rests on into the register's folder, once for each
// pair of heads (witness.md MUST-16), and beside it the evidence file, when the
// two heads show by themselves that the log forked.
func (a *Alarm) keep(f folder.Folder) error {
	sum := sha256.Sum256([]byte(a.Witness + "\n" + a.Text + "\n" + textOf(a.Theirs)))
	a.File = filepath.Join(f.Dir, AlarmDir, "witness-"+hex.EncodeToString(sum[:8])+".txt")
	proven := strings.TrimSuffix(a.File, ".txt") + proof.EvidenceExtension
	if _, err := os.Stat(a.File); !errors.Is(err, fs.ErrNotExist) {
		return err //nolint:wrapcheck // names the file
	}
	var b strings.Builder
	fmt.Fprintf(&b, "The witness %s holds something against this register:\n%s.\n", a.Witness, a.Text)
	fmt.Fprintf(&b, "\nThe head that it was asked to cosign:\n\n%s", a.Ours)
	if a.Theirs != nil {
		fmt.Fprintf(&b, "\nThe head that it shows, signed by the same log:\n\n%s", a.Theirs)
	} else {
		fmt.Fprintf(&b, "\nIt shows no head that this log's key signed.\n")
	}
	if a.Evidence != nil { // before the text that names it
		if err := folder.WriteFile(proven, a.Evidence, 0o644); err != nil {
			return fmt.Errorf("keeping the evidence of an alarm: %w", err)
		}
		fmt.Fprintf(&b, "\nThat the log signed both anybody can verify with the file %s beside this one:\nchancery verify %s --policy FILE\n", filepath.Base(proven), filepath.Base(proven))
	}
	if err := folder.WriteFile(a.File, []byte(b.String()), 0o644); err != nil {
		return fmt.Errorf("keeping the evidence of an alarm: %w", err)
	}
	return nil
}

// textOf is what a checkpoint says, without its signatures.
func textOf(checkpoint []byte) string {
	text, _, _ := strings.Cut(string(checkpoint), "\n\n")
	return text
}
