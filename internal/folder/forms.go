package folder

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"chancery.example/internal/kind"
	"chancery.example/letter"
	"chancery.example/register"
)

// The PDFs that letters were issued as are kept by the SHA-256 that their entries
// name: files/HEX.pdf (MUST-18).

const (
	// FormsName is the folder of issued PDFs.
	FormsName = "files"
	// FormExtension ends their names.
	FormExtension = ".pdf"
	// FormMedia is the media type under which an entry names one.
	FormMedia = "application/pdf"
	// MaxForm is how large one may be.
	MaxForm = 16 << 20
)

// A Form is a PDF that an entry of the log names as an issued letter itself.
type Form struct {
	Digest letter.Hash
	Record register.RecordID
	Entry  register.Index // that names it: the issue, or a correction
	// NotBefore is when its letter becomes public; 0: with its entry.
	NotBefore register.Stamp
	// Earlier: its letter was issued before it was recorded, as whatever it was then.
	Earlier bool
}

// Name is the form's public file.
func (f Form) Name() string { return FormName(f.Digest) }

// SavedAs is the name under which a reader keeps it: the letter's reference.
func (f Form) SavedAs() string {
	return strings.ReplaceAll(string(f.Record.Reference), "/", "_") + FormExtension
}

// FormName is the public file of a form by its digest.
func FormName(digest letter.Hash) string { return FormsName + "/" + digest.String() + FormExtension }

// Forms returns the PDFs that public issues and corrections name, in order of the
// letters. A letter that is shown on presentation alone keeps its PDF to itself. An
// office need not keep what it names: a form may be known by its digest only.
func Forms(s *register.State) iter.Seq[Form] {
	return func(yield func(Form) bool) {
		for _, l := range s.Letters() {
			id := s.IDOf(l)
			for _, f := range formsOf(l) {
				f.Record = id
				if !yield(f) {
					return
				}
			}
		}
	}
}

// FindForm returns the form of a digest, when a public entry names it.
func FindForm(s *register.State, digest letter.Hash) (Form, bool) {
	for _, id := range s.ByFile(digest) {
		l, ok := s.Letter(id.Office, id.Reference)
		if !ok {
			continue
		}
		for _, f := range formsOf(l) {
			if f.Digest == digest {
				f.Record = s.IDOf(l)
				return f, true
			}
		}
	}
	return Form{}, false
}

func formsOf(l *register.Letter) (out []Form) {
	for _, i := range l.Issues {
		for _, d := range PublicForms(i.Issue) {
			out = append(out, Form{Digest: d, Entry: i.Index, NotBefore: i.Issue.NotBefore, Earlier: i.Issue.Written != ""})
		}
	}
	for _, c := range l.Corrected {
		for _, d := range PublicForms(c.Correct) {
			out = append(out, Form{Digest: d, Entry: c.Index})
		}
	}
	return out
}

// PublicForms returns the digests of the PDFs that an entry names as the letter
// itself and that everybody may have.
func PublicForms(b register.Body) (out []letter.Hash) {
	var files []register.File
	shown := false
	switch b := b.(type) {
	case register.Issue:
		files, shown = b.Files, b.Disclosure == register.DisclosePublic
	case register.Correct:
		files, shown = b.Files, b.Disclosure == register.DisclosePublic
	}
	for _, f := range files {
		if shown && f.Role == "form" && f.MediaType == FormMedia {
			out = append(out, f.Digest)
		}
	}
	return out
}

func (f Folder) formFile(digest letter.Hash) string {
	return filepath.Join(f.Dir, FormsName, digest.String()+FormExtension)
}

// Form returns an issued PDF: the very bytes that an entry names. The error is
// fs.ErrNotExist when the register does not keep it, or not any more.
func (f Folder) Form(digest letter.Hash) ([]byte, error) {
	raw, err := f.public(f.formFile(digest), FormName(digest), MaxForm)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", FormName(digest), err)
	}
	if sha256.Sum256(raw) != digest {
		return nil, kind.Unavailable.Errorf("reading %s: it is not the file that the log names; restore it from a backup", FormName(digest))
	}
	return raw, nil
}

// HasForm reports whether a file is there under the name of an issued PDF.
func (f Folder) HasForm(digest letter.Hash) bool {
	info, err := os.Lstat(f.formFile(digest))
	return err == nil && info.Mode().IsRegular()
}

// PutForms writes issued PDFs, durably and whole, under their digests (MUST-19).
// Writing the same again is harmless; one that was erased does not come back.
func (f Folder) PutForms(forms [][]byte) error {
	fresh := false
	for _, raw := range forms {
		digest := letter.Hash(sha256.Sum256(raw))
		if _, err := f.Form(digest); err == nil || f.FormErased(digest) {
			continue
		}
		if err := replaceFile(f.formFile(digest), raw, 0o644); err != nil {
			return fmt.Errorf("publishing %s: %w", FormName(digest), err)
		}
		fresh = true
	}
	if !fresh {
		return nil
	}
	// The folder itself may be new.
	return errors.Join(SyncDir(filepath.Join(f.Dir, FormsName)), SyncDir(f.Dir))
}

// formTombstone stands where an erased form was.
func (f Folder) formTombstone(digest letter.Hash) string {
	return filepath.Join(f.Dir, FormsName, digest.String()+TombstoneName)
}

// FormErased reports whether an issued PDF was erased by legal order.
func (f Folder) FormErased(digest letter.Hash) bool {
	raw, err := f.public(f.formTombstone(digest), FormsName+"/"+digest.String()+TombstoneName, 2*int64(len(digest))+1)
	return err == nil && string(raw) == digest.String()+"\n"
}

// EraseForm takes an issued PDF away and leaves its tombstone, which repeats the
// digest (MUST-20): first that. To erase twice, or what is not there, is harmless.
func (f Folder) EraseForm(digest letter.Hash) error {
	if err := WriteFile(f.formTombstone(digest), []byte(digest.String()+"\n"), 0o644); err != nil {
		return fmt.Errorf("erasing %s: %w", FormName(digest), err)
	}
	if err := os.Remove(f.formFile(digest)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("erasing %s: %w", FormName(digest), err)
	}
	return SyncDir(filepath.Join(f.Dir, FormsName))
}
