package index

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"chancery.example/internal/seed"
	"chancery.example/letter"
	"chancery.example/proof"
)

// Limits of a manifest (MUST-16).
const (
	maxManifest = 64 << 10
	maxRuns     = 256
	maxTexts    = 1 << 31
	maxModel    = 1 << 30
)

const (
	manifestName  = "manifest"
	manifestTitle = "chancery-index/v1"
)

// A Manifest names the files of an index and the head that it covers. It is a
// signed note (C2SP signed-note) of the register's operator:
//
//	chancery-index/v1
//	letters.harbour.example/story/2026
//	33
//	kPDgzS2Uwx0S5Q0cXq1bGQ8l0H2wWmTqZx1hJ8R5yWk=
//	texts 26 families 14
//	run 0 26 FILE 12345 FILE
//	model 26 FILE 6789
//
// FILE is the SHA-256 of a file and its name. The operator signs nothing else
// that begins like this: entries are COSE structures, which begin with 0x84.
type Manifest struct {
	Head     proof.Head // whose public texts are in the index
	Texts    int
	Families int
	Runs     []Run
	Model    Model
}

// A Run is the segment and the list of some texts in a row.
type Run struct {
	First, Count int // texts
	Seeds        File
	Texts        File // its size follows from Count
}

// A Model is the file of the words of the first texts.
type Model struct {
	Count int // texts that it knows; 0: there is no model
	File  File
}

// A File is known by its content.
type File struct {
	Sum  letter.Hash // SHA-256
	Size int64
}

// name returns the file's name in the folder.
func (f File) name(kind string) string { return f.Sum.String() + "." + kind }

// Kinds of files, as their names end.
const (
	kindSeeds = "seeds"
	kindTexts = "texts"
	kindModel = "model"
)

// files returns the names of all files of an index.
func (m Manifest) files() []string {
	var out []string
	for _, r := range m.Runs {
		out = append(out, r.Seeds.name(kindSeeds), r.Texts.name(kindTexts))
	}
	if m.Model.Count > 0 {
		out = append(out, m.Model.File.name(kindModel))
	}
	return out
}

// Size returns the bytes of all files.
func (m Manifest) Size() int64 {
	n := m.Model.File.Size
	for _, r := range m.Runs {
		n += r.Seeds.Size + r.Texts.Size
	}
	return n
}

// text is what is signed (MUST-14).
func (m Manifest) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%stexts %d families %d\n", manifestTitle, m.Head.Text(), m.Texts, m.Families)
	for _, r := range m.Runs {
		fmt.Fprintf(&b, "run %d %d %s %d %s\n", r.First, r.Count, r.Seeds.Sum, r.Seeds.Size, r.Texts.Sum)
	}
	if m.Model.Count > 0 {
		fmt.Fprintf(&b, "model %d %s %d\n", m.Model.Count, m.Model.File.Sum, m.Model.File.Size)
	}
	return b.String()
}

// KeyName is the name under which the operator's key signs a log's index.
func KeyName(origin string) string { return origin + "/index" }

// VerifierFor returns what verifies the manifests of a log under the operator's
// key, as entry 0 of the log names it (MUST-15).
func VerifierFor(origin string, operator ed25519.PublicKey) (note.Verifier, error) {
	name := KeyName(origin)
	material := append([]byte{1}, operator...) // 1: Ed25519, C2SP signed-note
	id := sha256.Sum256(append([]byte(name+"\n"), material...))
	v, err := note.NewVerifier(fmt.Sprintf("%s+%08x+%s", name, binary.BigEndian.Uint32(id[:]), base64.StdEncoding.EncodeToString(material)))
	if err != nil {
		return nil, fmt.Errorf("the operator's key of %s: %w", origin, err)
	}
	return v, nil
}

// sign writes the manifest as its file.
func (m Manifest) sign(s note.Signer) ([]byte, error) {
	b, err := note.Sign(&note.Note{Text: m.text()}, s)
	if err != nil {
		return nil, fmt.Errorf("signing the index: %w", err)
	}
	return b, nil
}

// ParseManifest reads a manifest's file that v's key signed, and it alone. Every
// manifest has one form (MUST-14 to MUST-16).
func ParseManifest(b []byte, v note.Verifier) (Manifest, error) {
	if len(b) > maxManifest {
		return Manifest{}, fmt.Errorf("a manifest of %d bytes: at most %d", len(b), maxManifest)
	}
	n, err := note.Open(b, note.VerifierList(v))
	var unverified *note.UnverifiedNoteError
	if errors.As(err, &unverified) {
		return Manifest{}, fmt.Errorf("the manifest is not signed by the operator of the log, %s", v.Name())
	}
	if err != nil {
		return Manifest{}, fmt.Errorf("the manifest's signature: %w", err)
	}
	if len(n.Sigs) != 1 || !bytes.Equal(b, fmt.Appendf(nil, "%s\n— %s %s\n", n.Text, n.Sigs[0].Name, n.Sigs[0].Base64)) {
		return Manifest{}, errors.New("the manifest is not in its one form: want one signature, the operator's")
	}
	if _, err := base64.StdEncoding.Strict().DecodeString(n.Sigs[0].Base64); err != nil {
		return Manifest{}, fmt.Errorf("the manifest's signature is not in its one form: %w", err)
	}
	m, err := parseText(n.Text)
	if err != nil {
		return Manifest{}, fmt.Errorf("the manifest: %w", err)
	}
	if KeyName(m.Head.Origin) != v.Name() {
		return Manifest{}, fmt.Errorf("the manifest is of the log %q, signed as %s", m.Head.Origin, v.Name())
	}
	return m, nil
}

// parseText reads what is signed.
func parseText(text string) (Manifest, error) {
	lines := strings.SplitAfter(text, "\n")
	if len(lines) < 6 || lines[0] != manifestTitle+"\n" {
		return Manifest{}, errors.New("it does not begin as one of version 1")
	}
	head, err := proof.ParseHead([]byte(strings.Join(lines[1:4], "") + "\n"))
	if err != nil {
		return Manifest{}, fmt.Errorf("its head: %w", err)
	}
	m := Manifest{Head: head}
	f := strings.Fields(lines[4])
	if len(f) != 4 {
		return Manifest{}, errors.New("want its numbers of texts and families")
	}
	m.Texts, m.Families = number(f[1], maxTexts), number(f[3], maxTexts)
	for _, l := range lines[5 : len(lines)-1] {
		switch f := strings.Fields(l); {
		case len(f) == 6 && f[0] == "run" && len(m.Runs) < maxRuns:
			r := Run{First: number(f[1], maxTexts), Count: number(f[2], maxTexts), Seeds: File{Size: int64(number(f[4], int(seed.MaxSegment)))}}
			r.Seeds.Sum, r.Texts.Sum = sum(f[3]), sum(f[5])
			r.Texts.Size = textsSize(r.Count)
			m.Runs = append(m.Runs, r)
		case len(f) == 4 && f[0] == "model":
			m.Model = Model{number(f[1], maxTexts), File{sum(f[2]), int64(number(f[3], maxModel))}}
		default:
			return Manifest{}, fmt.Errorf("the line %.80q is none of an index", l)
		}
	}
	return m, m.validate(text)
}

// number reads a number of at most limit; what is none gives one that validate
// finds out, for it is written in another way.
func number(s string, limit int) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > limit {
		return 0
	}
	return n
}

func sum(s string) letter.Hash {
	h, err := letter.ParseHash(s)
	if err != nil {
		return letter.Hash{}
	}
	return h
}

// validate holds a manifest that was read to the one form, and its parts to each
// other.
func (m Manifest) validate(text string) error {
	if m.text() != text {
		return errors.New("it is not in its one form")
	}
	next := 0
	for _, r := range m.Runs {
		if r.First != next || r.Count == 0 {
			return fmt.Errorf("a run has texts %d to %d: want them from %d on", r.First, r.First+r.Count, next)
		}
		next += r.Count
	}
	if next != m.Texts || m.Families > m.Texts || m.Model.Count > m.Texts || (m.Families == 0) != (m.Texts == 0) {
		return fmt.Errorf("its runs have %d texts and its model %d, of %d of %d families", next, m.Model.Count, m.Texts, m.Families)
	}
	return nil
}
