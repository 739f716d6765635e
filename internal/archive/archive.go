// Package archive brings letters that were issued before an office had its register
// into it: from a folder of finished texts with a list of them. Every letter becomes
// an entry of today that says when it was written ("recorded later",
// entry.md MUST-37), approved by the officers of today like any other. Nothing is
// backdated.
//
//	letters, problems, err := archive.Read(os.DirFS("/archive/1962"))
//	summary, err := archive.Record(ctx, house, letters, archive.Options{Office: "harbour", By: "clerk", Signers: keys})
//
// The folder holds letters.csv or letters.toml; docs/operate/import.md describes
// them. It is read whole and judged before anything is recorded. Recording may be
// stopped and begun again: what is on record already is passed over, what waits is
// taken up where it stands, and no letter is recorded twice.
package archive

import (
	"cmp"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"chancery.example/internal/page"
	"chancery.example/letter"
	"chancery.example/register"
)

// Limits of an archive.
const (
	MaxLetters = 100_000
	maxList    = 64 << 20 // bytes of the list
	maxFile    = 64 << 20 // bytes of a form or enclosure
	maxRows    = 1000     // problems that are kept
)

// A Letter is one letter of an archive, ready to be recorded.
type Letter struct {
	Content letter.Content
	Written register.Day
	Files   []register.File
	Where   string // its place in the list, for people
}

// A Problem is why a letter cannot be recorded.
type Problem struct {
	Where, What string
}

// A row is one letter as the list has it.
type row struct {
	Where string `toml:"-"`

	Reference  string            `toml:"reference"`
	Written    string            `toml:"written"`
	Type       string            `toml:"type"`
	Prevailing string            `toml:"prevailing"`
	Addressees []string          `toml:"addressees"`
	Texts      map[string]string `toml:"texts"`  // language -> file
	Files      []string          `toml:"files"`  // the letter itself, as scanned or typeset
	Sums       map[string]string `toml:"sha256"` // file -> digest in hexadecimal
}

// Read reads an archive whole. Problems are of single letters, and then none is to
// be recorded; the error is of the folder or its list.
func Read(dir fs.FS) ([]Letter, []Problem, error) {
	rows, err := list(dir)
	if err != nil {
		return nil, nil, err
	}
	if len(rows) == 0 {
		return nil, nil, errors.New("the list names no letter")
	}
	if len(rows) > MaxLetters {
		return nil, nil, fmt.Errorf("the list names %d letters: at most %d at once; divide it", len(rows), MaxLetters)
	}
	var out []Letter
	var problems []Problem
	seen := map[string]string{}
	for _, r := range rows {
		l, err := r.letter(dir)
		if before, twice := seen[r.Reference]; twice && err == nil {
			err = fmt.Errorf("reference %s is that of %s already", r.Reference, before)
		}
		seen[r.Reference] = r.Where
		if err != nil && len(problems) < maxRows {
			problems = append(problems, Problem{r.Where, err.Error()})
		}
		out = append(out, l)
	}
	return out, problems, nil
}

// list reads letters.toml or letters.csv.
func list(dir fs.FS) ([]row, error) {
	raw, err := limited(dir, "letters.toml", maxList)
	if err == nil {
		return tomlList(string(raw))
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	raw, err = limited(dir, "letters.csv", maxList)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New("the folder has neither letters.csv nor letters.toml; docs/operate/import.md shows one")
	}
	if err != nil {
		return nil, err
	}
	return csvList(string(raw))
}

func tomlList(raw string) ([]row, error) {
	var f struct {
		Letters []row `toml:"letter"`
	}
	meta, err := toml.Decode(raw, &f)
	if err != nil {
		return nil, fmt.Errorf("letters.toml: %w", err)
	}
	if extra := meta.Undecoded(); len(extra) > 0 {
		return nil, fmt.Errorf("letters.toml: %q is not known", extra[0])
	}
	for i := range f.Letters {
		f.Letters[i].Where = fmt.Sprintf("letter %d of letters.toml", i+1)
	}
	return f.Letters, nil
}

// csvList reads a table whose first line names the columns.
func csvList(raw string) ([]row, error) {
	if !utf8.ValidString(raw) {
		return nil, errors.New("letters.csv: it is not UTF-8; save it as \"CSV UTF-8\"")
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(raw, "\ufeff")))
	head, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("letters.csv: its first line names the columns: %w", err)
	}
	if len(head) == 1 && strings.Contains(head[0], ";") {
		return nil, errors.New("letters.csv: its columns are divided by semicolons; save it with commas")
	}
	for i, name := range head {
		head[i] = strings.ToLower(strings.TrimSpace(name))
		if slices.Contains(head[:i], head[i]) {
			return nil, fmt.Errorf("letters.csv: column %q is there twice", head[i])
		}
	}
	var out []row
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("letters.csv: %w", err)
		}
		line, _ := r.FieldPos(0)
		x := row{Where: fmt.Sprintf("line %d of letters.csv", line), Texts: map[string]string{}, Sums: map[string]string{}}
		for i, cell := range cells {
			if err := x.set(head[i], strings.TrimSpace(cell)); err != nil {
				return nil, fmt.Errorf("letters.csv: %w", err)
			}
		}
		out = append(out, x)
	}
}

func (x *row) set(column, cell string) error {
	what, lang, _ := strings.Cut(column, ":")
	switch {
	case column == "reference":
		x.Reference = cell
	case column == "written":
		x.Written = cell
	case column == "type":
		x.Type = cell
	case column == "prevailing":
		x.Prevailing = cell
	case column == "addressees":
		x.Addressees = split(cell)
	case column == "files":
		x.Files = split(cell)
	case what == "text" && lang != "":
		if cell != "" {
			x.Texts[lang] = cell
		}
	case column == "sha256":
		for _, s := range split(cell) {
			name, sum, ok := strings.Cut(s, "=")
			if !ok {
				return fmt.Errorf("column sha256: %q: want FILE=DIGEST", s)
			}
			x.Sums[name] = sum
		}
	default:
		return fmt.Errorf("column %q is not known: want reference, written, type, prevailing, addressees, text:LANG, files, sha256", column)
	}
	return nil
}

// split divides what stands in one cell by semicolons.
func split(cell string) []string {
	var out []string
	for _, s := range strings.Split(cell, ";") {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// letter reads the files of one letter and judges it.
func (x row) letter(dir fs.FS) (Letter, error) {
	ref, err := letter.ParseRef(x.Reference)
	if err != nil {
		return Letter{}, err
	}
	out := Letter{Where: x.Where, Content: letter.Content{
		Reference: ref, Addressees: x.Addressees, Signature: letter.SignatureBlock{Kind: letter.SignatureNone},
	}}
	if out.Content.Type, err = letter.ParseType(cmp.Or(x.Type, string(letter.TypeLetter))); err != nil {
		return out, err
	}
	if out.Written, err = register.ParseDay(x.Written); err != nil {
		return out, err
	}
	if x.Prevailing != "" {
		if out.Content.Prevailing, err = letter.ParseLang(x.Prevailing); err != nil {
			return out, err
		}
	}
	if len(x.Texts) == 0 {
		return out, fmt.Errorf("%s has no text", ref)
	}
	for tag, name := range x.Texts {
		t, err := x.text(dir, tag, name)
		if err != nil {
			return out, err
		}
		out.Content.Texts = append(out.Content.Texts, t)
	}
	slices.SortFunc(out.Content.Texts, func(a, b letter.LangText) int { return strings.Compare(string(a.Lang), string(b.Lang)) })
	for _, name := range x.Files {
		f, err := x.file(dir, name)
		if err != nil {
			return out, err
		}
		out.Files = append(out.Files, f)
	}
	for name := range x.Sums {
		if !slices.Contains(x.Files, name) && !hasValue(x.Texts, name) {
			return out, fmt.Errorf("a digest is given of %s, which is no file of this letter", name)
		}
	}
	// Salts of zeros: only whether it could be sealed is asked.
	if _, err := letter.Seal(out.Content, zeros{}); err != nil {
		return out, err
	}
	return out, nil
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func hasValue(m map[string]string, v string) bool {
	for _, x := range m {
		if x == v {
			return true
		}
	}
	return false
}

// text reads the words of one language: plain text, HTML, or Markdown.
func (x row) text(dir fs.FS, tag, name string) (letter.LangText, error) {
	lang, err := letter.ParseLang(tag)
	if err != nil {
		return letter.LangText{}, err
	}
	raw, err := limited(dir, name, 2*letter.MaxText)
	if err == nil {
		err = x.sum(name, raw)
	}
	if err != nil {
		return letter.LangText{}, err
	}
	switch strings.ToLower(path.Ext(name)) {
	case ".txt", ".text":
	case ".html", ".htm":
		p := page.Read(string(raw))
		if p.Unread {
			return letter.LangText{}, fmt.Errorf("%s may show other words than can be read from it (scripts, hidden parts); save it as plain text", name)
		}
		raw = []byte(p.Text)
	case ".md", ".markdown":
		raw = []byte(unmarked(string(raw)))
	default:
		return letter.LangText{}, fmt.Errorf("%s: want a text as .txt, .html or .md; what is a picture or PDF goes into files", name)
	}
	t, err := letter.Canonicalize(raw)
	if err != nil {
		return letter.LangText{}, fmt.Errorf("%s: %w", name, err)
	}
	return letter.LangText{Lang: lang, Text: t}, nil
}

// file names the letter's own file by its digest; the file itself stays where it is.
func (x row) file(dir fs.FS, name string) (register.File, error) {
	raw, err := limited(dir, name, maxFile)
	if err == nil {
		err = x.sum(name, raw)
	}
	if err != nil {
		return register.File{}, err
	}
	media, _, err := mime.ParseMediaType(mime.TypeByExtension(path.Ext(name)))
	if err != nil {
		media = "application/octet-stream"
	}
	return register.File{Role: "form", MediaType: media, Digest: sha256.Sum256(raw)}, nil
}

// sum holds a file to the digest that the list gives, when it gives one.
func (x row) sum(name string, raw []byte) error {
	want, ok := x.Sums[name]
	if !ok {
		return nil
	}
	got := sha256.Sum256(raw)
	if !strings.EqualFold(want, hex.EncodeToString(got[:])) {
		return fmt.Errorf("%s is not the file that the list names: its SHA-256 is %x", name, got)
	}
	return nil
}

// limited reads a file of the archive. A name that leads out of it is refused.
func limited(dir fs.FS, name string, most int64) ([]byte, error) {
	if !fs.ValidPath(name) {
		return nil, fmt.Errorf("%q is no name of a file within the archive: want one such as texts/1.txt", name)
	}
	f, err := dir.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: there is no such file: %w", name, fs.ErrNotExist)
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	if int64(len(b)) > most {
		return nil, fmt.Errorf("%s has more than %d MiB", name, most>>20)
	}
	return b, nil
}
