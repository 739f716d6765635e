package main

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A size says which letters are searched.
type size string

// The sizes.
const (
	size5k  size = "5k"  // the register, with 480 drafts of its first letters
	size83k size = "83k" // all real letters, with the same drafts
	size1m  size = "1m"  // those, and synthetic ones up to a million
)

const million = 1_000_000

// dataDir is where the test input is.
func dataDir() string {
	dir := os.Getenv("CHANCERY_TESTDATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	return filepath.Join(dir, "letters")
}

// real reads the real documents of a size; those of a million are those of 83k.
func (s size) real(dir string) iter.Seq2[doc, error] {
	return func(yield func(doc, error) bool) {
		n := 0
		put := func(name, family, text string) bool {
			d := doc{ID: n, Name: name, Family: family, Text: text}
			n++
			return yield(d, nil)
		}
		if err := s.each(dir, put); err != nil && !errors.Is(err, errStop) {
			yield(doc{}, err)
		}
	}
}

var errStop = errors.New("enough")

// each puts the letters, then the drafts, then the Arabic ones. Letters that the
// queries take to be unknown are left out.
func (s size) each(dir string, put func(name, family, text string) bool) error {
	file, unknown := "register.jsonl.gz", map[string]bool{}
	if s != size5k {
		file = "letters-83k.jsonl.xz"
		err := lines(filepath.Join(dir, "heldout.jsonl.gz"), func(l line) error {
			unknown[l.ID] = true
			return nil
		})
		if err != nil {
			return err
		}
	}
	err := lines(filepath.Join(dir, file), func(l line) error {
		if !unknown[l.Src] && !put(l.ID, l.ID, l.Text) {
			return errStop
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = lines(filepath.Join(dir, "siblings.jsonl.gz"), func(l line) error {
		if !put(l.ID, l.Base, l.Text) {
			return errStop
		}
		return nil
	})
	if err != nil {
		return err
	}
	raw, err := os.ReadFile(filepath.Join(dir, "udhr-ar.txt"))
	if err != nil {
		return fmt.Errorf("reading the Arabic text: %w", err)
	}
	for i, text := range articles(string(raw)) {
		if name := fmt.Sprintf("udhr-ar/%d", i+1); !put(name, name, text) {
			return errStop
		}
	}
	return nil
}

// articles makes letters of three paragraphs.
func articles(text string) []string {
	const each = 3
	var out []string
	all := strings.Split(strings.TrimSpace(text), "\n")
	for i := 0; i < len(all); i += each {
		out = append(out, strings.Join(all[i:min(i+each, len(all))], "\n"))
	}
	return out
}

// A line is a line of any of the files; each has some of the fields.
type line struct {
	ID, Src, Base, Text string
	Set                 string
	Truth               json.RawMessage
	Fragments           []string
	OCR                 string
	Conf                []float32
	Registered          string `json:"registered_text"`
	Level               string
	Edit                *edit
}

// An edit is the one alteration of a text before it was printed and read.
type edit struct{ Kind, Old, New string }

// lines reads a file of JSON lines, packed by gzip or xz.
func lines(name string, each func(line) error) (err error) {
	r, done, err := unpack(name)
	if err != nil {
		return err
	}
	defer func() {
		if e := done(); err == nil {
			err = e
		}
	}()
	dec := json.NewDecoder(bufio.NewReaderSize(r, 1<<20))
	for dec.More() {
		var l line
		if err := dec.Decode(&l); err != nil {
			return fmt.Errorf("reading %s: %w", name, err)
		}
		if l.ID == "" && l.Set == "" { // where the letters come from
			continue
		}
		if err := each(l); err != nil {
			return err
		}
	}
	return nil
}

func unpack(name string) (io.Reader, func() error, error) {
	if !strings.HasSuffix(name, ".xz") {
		f, err := os.Open(name)
		if err != nil {
			return nil, nil, fmt.Errorf("opening the letters (CHANCERY_TESTDATA names their folder): %w", err)
		}
		z, err := gzip.NewReader(f)
		if err != nil {
			return nil, nil, errors.Join(fmt.Errorf("unpacking %s: %w", name, err), f.Close())
		}
		return z, f.Close, nil
	}
	if _, err := os.Stat(name); err != nil {
		return nil, nil, fmt.Errorf("opening the letters (CHANCERY_TESTDATA names their folder): %w", err)
	}
	cmd := exec.Command("xz", "-dc", name) //nolint:gosec // a file of the test input
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return nil, nil, fmt.Errorf("unpacking %s with xz (Debian: xz-utils): %w", name, err)
	}
	return out, func() error {
		_, _ = io.Copy(io.Discard, out) // a reader that has enough is no fault of xz
		if err := cmd.Wait(); err != nil {
			return fmt.Errorf("unpacking %s with xz: %w", name, err)
		}
		return nil
	}, nil
}
