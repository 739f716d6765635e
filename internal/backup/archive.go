package backup

import (
	"archive/tar"
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"regexp"
	"strings"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/proof"
)

// Names of the members that a backup begins and ends with.
const (
	headerName   = "chancery-backup"
	manifestName = "manifest"
	headerLine   = "chancery-backup/v1\n"
	keysLine     = "chancery-keys/v1\n"
)

// Limits of what is read back (MUST-4).
const (
	maxHeader   = 4 << 10
	maxSmall    = 16 << 20 // of any file but the database
	maxDatabase = 1 << 40
	maxMembers  = 1 << 26
)

// member matches the names that a backup may hold (MUST-3). They are relative,
// in one form, and none is a key or remembers a head.
var (
	member    = regexp.MustCompile(`^(register\.toml|policy|office\.db|log/checkpoint|log/tile/(entries|[0-9]|[0-5][0-9])(/x[0-9]{3})*/[0-9]{3}(\.p/([1-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5]))?|texts/[0-9a-f]{64}(\.erased)?|files/[0-9a-f]{64}\.(pdf|erased))$`)
	keyMember = regexp.MustCompile(`^keys/([a-z0-9][a-z0-9-]{0,80}(\.[0-9a-f]{8,64})?\.pem(\.crt)?|seal-[a-z0-9][a-z0-9-]{0,80}\.toml)$`) // later keys of a use have their thumbprint in the name, seals certificates beside them and settings
)

// An archiver writes the members of a backup and remembers their sums.
type archiver struct {
	tar      *tar.Writer
	manifest bytes.Buffer
	at       time.Time
	files    int
}

func newArchiver(w io.Writer, first string, at time.Time) (*archiver, error) {
	a := &archiver{tar: tar.NewWriter(w), at: at}
	return a, a.put(headerName, []byte(first))
}

func (a *archiver) put(name string, content []byte) error {
	return a.stream(name, int64(len(content)), bytes.NewReader(content))
}

// stream adds a member of a size that is known.
func (a *archiver) stream(name string, size int64, r io.Reader) error {
	mode := int64(0o644)
	if name == "office.db" || strings.HasPrefix(name, "keys/") {
		mode = 0o600
	}
	err := a.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: mode, ModTime: a.at, Format: tar.FormatPAX})
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	sum := sha256.New()
	if n, err := io.Copy(io.MultiWriter(a.tar, sum), io.LimitReader(r, size)); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	} else if n != size {
		return fmt.Errorf("writing %s: it shrank to %d bytes meanwhile", name, n)
	}
	if name != manifestName {
		fmt.Fprintf(&a.manifest, "%x  %s\n", sum.Sum(nil), name)
		a.files++
	}
	return nil
}

// end writes the manifest, by which an archive is known to be whole (MUST-2).
func (a *archiver) end() error {
	if err := a.put(manifestName, a.manifest.Bytes()); err != nil {
		return err
	}
	if err := a.tar.Close(); err != nil {
		return fmt.Errorf("writing the end of the archive: %w", err)
	}
	return nil
}

// A header is the first member: what this is a backup of.
type header struct {
	head proof.Head
	made time.Time
}

func (h header) text() string {
	return headerLine + string(h.head.Text()) + h.made.UTC().Format(time.RFC3339) + "\n"
}

func parseHeader(raw []byte) (header, error) {
	rest, ok := bytes.CutPrefix(raw, []byte(headerLine))
	body, ended := bytes.CutSuffix(rest, []byte("\n"))
	i := bytes.LastIndexByte(body, '\n') + 1
	if !ok || !ended || i == 0 {
		return header{}, kind.Invalid.Errorf("this is no backup of a register that this program knows")
	}
	var h header
	var err1, err2 error
	h.head, err1 = proof.ParseHead(append(bytes.Clone(body[:i]), '\n'))
	h.made, err2 = time.Parse(time.RFC3339, string(body[i:]))
	if err := errors.Join(err1, err2); err != nil {
		return h, kind.Invalid.Errorf("what the backup says of itself: %w", err)
	}
	if h.text() != string(raw) {
		return h, kind.Invalid.Errorf("what the backup says of itself is not in its one form")
	}
	return h, nil
}

// errCut is what a backup that ends too early gives.
var errCut = kind.Invalid.Errorf("it ends before its manifest: the backup was cut off while it was written or copied. Take another one")

// unpack reads an archive and gives each member but header and manifest to put,
// which must read it. It fails unless every member is as the manifest says, and
// the manifest is there.
func unpack(r io.Reader, first func([]byte) error, allowed *regexp.Regexp, put func(name string, r io.Reader) error) error {
	in := tar.NewReader(bufio.NewReaderSize(r, 1<<20))
	var manifest bytes.Buffer
	seen := map[string]bool{}
	for n := 0; ; n++ {
		h, err := in.Next()
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return errCut
		case err != nil:
			return kind.Invalid.Errorf("it is no backup, or damaged: %w", err)
		case n > maxMembers || h.Typeflag != tar.TypeReg || h.Name != path.Clean(h.Name) || seen[h.Name]:
			return kind.Invalid.Errorf("its member %q does not belong into a backup", h.Name)
		}
		seen[h.Name] = true
		sum := sha256.New()
		body := io.TeeReader(in, sum)
		switch {
		case n == 0 && h.Name == headerName:
			err = small(body, h.Size, maxHeader, first)
		case n == 0:
			return kind.Invalid.Errorf("it does not begin as a backup of a register does")
		case h.Name == manifestName:
			return small(in, h.Size, int64(manifest.Len()), func(raw []byte) error { return compareManifest(raw, manifest.Bytes(), in) })
		case !allowed.MatchString(h.Name), h.Name != "office.db" && h.Size > maxSmall, h.Size > maxDatabase:
			return kind.Invalid.Errorf("its member %q, of %d bytes, does not belong into a backup", h.Name, h.Size)
		default:
			if err = put(h.Name, body); err == nil {
				_, err = io.Copy(io.Discard, body)
			}
		}
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return errCut
		}
		if err != nil {
			return err
		}
		manifest.WriteString(hex.EncodeToString(sum.Sum(nil)) + "  " + h.Name + "\n")
	}
}

// small reads a member of at most so many bytes.
func small(r io.Reader, size, limit int64, f func([]byte) error) error {
	if size > limit {
		return kind.Invalid.Errorf("its header or manifest has %d bytes, which is too much", size)
	}
	raw, err := io.ReadAll(r)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return errCut
	}
	if err != nil {
		return fmt.Errorf("reading the archive: %w", err)
	}
	return f(raw)
}

func compareManifest(said, found []byte, in *tar.Reader) error {
	if !bytes.Equal(said, found) {
		return kind.Invalid.Errorf("%s is not what the backup's manifest says: it is damaged. Take another one", firstDifference(said, found))
	}
	switch _, err := in.Next(); {
	case errors.Is(err, io.EOF):
		return nil
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errCut
	case err != nil:
		return kind.Invalid.Errorf("after its manifest: %w", err)
	}
	return kind.Invalid.Errorf("something follows its manifest")
}

func firstDifference(said, found []byte) string {
	a, b := strings.Split(string(said), "\n"), strings.Split(string(found), "\n")
	for i := range min(len(a), len(b)) {
		if a[i] == b[i] {
			continue
		}
		_, name, ok := strings.Cut(b[i], "  ")
		if ok {
			return fmt.Sprintf("its member %q", name)
		}
		break
	}
	return "the number of its members"
}

// readAll reads a file of the register's own of at most maxSmall bytes.
func readAll(name string) ([]byte, error) {
	f, err := os.Open(path.Clean(name))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	raw, err := io.ReadAll(io.LimitReader(f, maxSmall+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	if len(raw) > maxSmall {
		return nil, fmt.Errorf("reading %s: more than %d bytes", name, maxSmall)
	}
	return raw, nil
}
