// Package vectors replays the files by which a format can be written a second time.
// One file has one input and what must come of it; those whose name ends in _fail must
// be refused, with the class of their one fault.
package vectors

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A Vector is one file.
type Vector[In, Out any] struct {
	Comment string `json:"comment"`
	Input   In     `json:"input"`
	Expect  Out    `json:"expect"`
}

// A Format has its vectors in the folders of a folder.
type Format[In, Out any] struct {
	Folder  string
	Least   int                   // how many there are, at the least
	Run     func(In) (Out, error) // what comes of an input
	Refused func(error) Out       // what is expected when Run refuses it
	Class   func(Out) string      // of the fault; "" when nothing is refused
}

// Test reads every file as a stranger would, and compares what comes of it; and holds the
// files to those that are made, by their names in the folder. With update they are written
// anew first.
func (f Format[In, Out]) Test(t *testing.T, made map[string]Vector[In, Out], update bool) {
	if update {
		f.write(t, made)
	}
	files, err := filepath.Glob(filepath.Join(f.Folder, "*", "*.json"))
	if err != nil || len(files) < f.Least {
		t.Errorf("%d vectors: want %d or more (%v)", len(files), f.Least, err)
	}
	missing := maps.Clone(made)
	for _, file := range files {
		rel, _ := filepath.Rel(f.Folder, file)
		name := filepath.ToSlash(rel)
		t.Run(name, func(t *testing.T) { f.replay(t, file, made[name]) })
		delete(missing, name)
	}
	for _, name := range slices.Sorted(maps.Keys(missing)) {
		t.Errorf("%s is missing: run with -update-vectors", name)
	}
}

func (f Format[In, Out]) replay(t *testing.T, file string, want Vector[In, Out]) {
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var v Vector[In, Out]
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	got, err := f.Run(v.Input)
	if err != nil {
		got = f.Refused(err)
	}
	if g, w := JSON(t, got), JSON(t, v.Expect); g != w {
		t.Errorf("%s\ngot  %s (%v)\nwant %s", v.Comment, g, err, w)
	}
	if named, class := strings.HasSuffix(file, "_fail.json"), f.Class(v.Expect); named != (class != "") {
		t.Errorf("its name says that it fails: %v; it expects class %q", named, class)
	}
	if v.Comment == "" || JSON(t, v) != JSON(t, want) {
		t.Error("the file is not what the test makes: run with -update-vectors")
	}
}

func (f Format[In, Out]) write(t *testing.T, made map[string]Vector[In, Out]) {
	old, _ := filepath.Glob(filepath.Join(f.Folder, "*", "*.json"))
	for _, file := range old {
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
	for name, v := range made {
		file := filepath.Join(f.Folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(JSON(t, v)), 0o644); err != nil { //nolint:gosec // for everybody
			t.Fatal(err)
		}
	}
}

// JSON is a value as it stands in vectors.
func JSON(t testing.TB, v any) string {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
