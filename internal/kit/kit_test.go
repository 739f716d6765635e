package kit

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestAccepts(t *testing.T) {
	for header, want := range map[string]bool{
		"br": true, "gzip, br": true, "gzip;q=1, br;q=0.5": true, "BR": true, "br;q=0": false, "br; q=0.000": false, "": false, "gzip": false, "brotli": false, "*": false,
	} {
		if got := accepts(header, "br"); got != want {
			t.Errorf("%q: %v", header, got)
		}
	}
}

func TestForms(t *testing.T) {
	packed, err := pack([]byte("content"))
	if err != nil {
		t.Fatal(err)
	}
	f := File{Forms: map[string][]byte{gzipped: packed}}
	if b, e := f.Best(""); string(b) != "content" || e != "" {
		t.Errorf("%q %q", b, e)
	}
	if b, e := f.Best("gzip"); string(b) != string(packed) || e != "gzip" || f.Size() != len(packed) {
		t.Errorf("%q %q", b, e)
	}
	if again, err := f.Packed(); err != nil || string(again) != string(packed) {
		t.Error(err)
	}
	for _, damaged := range [][]byte{nil, []byte("no gzip"), packed[:len(packed)/2]} {
		if b := (File{Forms: map[string][]byte{gzipped: damaged}}).Plain(); b != nil {
			t.Errorf("%q was unpacked as %q", damaged, b)
		}
	}
	plainFile := File{Forms: map[string][]byte{plain: []byte("x")}}
	if b, err := plainFile.Packed(); err != nil || string((File{Forms: map[string][]byte{gzipped: b}}).Plain()) != "x" {
		t.Error(err)
	}
	if digestOf(f.Forms) == digestOf(plainFile.Forms) || len(digestOf(f.Forms)) != 16 {
		t.Error("digests")
	}
}

func TestOCR(t *testing.T) {
	dir := t.TempDir()
	if _, err := LoadOCR(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an empty folder: %v", err)
	}
	for _, name := range OCRFiles {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	o, err := LoadOCR(dir)
	if err != nil {
		t.Fatal(err)
	}
	if f, ok := o.File("worker.min.js"); !ok || string(f.Plain()) != "worker.min.js" {
		t.Errorf("%+v %v", f, ok)
	}
	if _, ok := o.File("../x"); ok {
		t.Error("a file of no name")
	}
	if _, ok := (*OCR)(nil).File("worker.min.js"); ok {
		t.Error("a file of no reader")
	}
	if err := os.WriteFile(filepath.Join(dir, "worker.min.js"), []byte("other"), 0o600); err != nil {
		t.Fatal(err)
	}
	other, err := LoadOCR(dir)
	if err != nil || other.Digest == o.Digest {
		t.Errorf("other content under the same digest %v", err)
	}
}

func TestSource(t *testing.T) {
	var none *Source
	if none.Kit() != nil || (&Source{}).Kit() != nil {
		t.Error("a kit from nowhere")
	}
	k := &Kit{Files: map[string]File{}}
	if Of(k).Kit() != k || k.whole() {
		t.Error("a kit")
	}
	if e := Embedded(); e != nil && !e.whole() {
		t.Error("half a kit")
	}
	if root, _, err := places(); err == nil {
		if _, err := os.Stat(filepath.Join(root, "cmd", "chancery-wasm", "main.go")); err != nil {
			t.Error(err)
		}
	}
}
