// Package kit is what a browser needs to read on its own: the reader in
// WebAssembly (cmd/chancery-wasm) in its two builds, Go's script that starts it,
// and, where somebody installed it, a text reader for pictures.
//
// A program that was built by scripts/build.sh has the reader inside, packed with
// brotli and gzip. One that runs from its source ("go run") builds it in the
// background into the user's cache folder. Without either there is none, and pages
// say that their forms send what is entered.
//
//	s := kit.Start(ctx, say)
//	k := s.Kit()              // nil until there is one
//	data, encoding := k.Files["reader.wasm"].Best("br, gzip")
package kit

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
)

// Names of the files of every kit.
const (
	Reader   = "reader.wasm"   // for texts, reports, files and proofs
	Pictures = "pictures.wasm" // the same, and pictures
	GoScript = "go.js"         // Go's wasm_exec.js of the same version
)

// A File is one file in the forms in which it can be sent.
type File struct {
	Media  string
	Digest string // of its content, 16 hexadecimal digits
	Forms  map[string][]byte
}

// Encodings in which files are kept, the smallest first.
const (
	brotli  = "br"
	gzipped = "gzip"
	plain   = ""
)

// Best returns the smallest form that a client takes who sends the header
// Accept-Encoding, and its encoding, "" for none.
func (f File) Best(accepted string) (data []byte, encoding string) {
	for _, e := range []string{brotli, gzipped} {
		if b, ok := f.Forms[e]; ok && accepts(accepted, e) {
			return b, e
		}
	}
	if b, ok := f.Forms[plain]; ok {
		return b, plain
	}
	return f.Plain(), plain
}

// accepts reports whether a header names an encoding and does not refuse it.
func accepts(header, encoding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(part, ";")
		if strings.EqualFold(strings.TrimSpace(name), encoding) {
			q := strings.ReplaceAll(strings.TrimSpace(weight), " ", "")
			return q != "q=0" && !strings.HasPrefix(q, "q=0.000") && q != "q=0.0" && q != "q=0.00"
		}
	}
	return false
}

// Plain returns the file unpacked; nil when it is damaged, which a program that was
// built right never has.
func (f File) Plain() []byte {
	if b, ok := f.Forms[plain]; ok {
		return b
	}
	r, err := gzip.NewReader(bytes.NewReader(f.Forms[gzipped]))
	if err != nil {
		return nil
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return nil
	}
	return b
}

// Size returns the bytes of the smallest form.
func (f File) Size() int {
	b, _ := f.Best("br, gzip")
	return len(b)
}

// Packed returns the file packed with gzip.
func (f File) Packed() ([]byte, error) {
	if b, ok := f.Forms[gzipped]; ok {
		return b, nil
	}
	return pack(f.Forms[plain])
}

func pack(b []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err //nolint:wrapcheck // the level is right
	}
	if _, err := w.Write(b); err != nil {
		return nil, err //nolint:wrapcheck // into memory
	}
	if err := w.Close(); err != nil {
		return nil, err //nolint:wrapcheck // into memory
	}
	return out.Bytes(), nil
}

// A Kit is a whole reader.
type Kit struct {
	Files map[string]File // by the names above
	OCR   *OCR            // nil: pictures are not read on the device
}

// whole reports whether nothing is missing.
func (k *Kit) whole() bool {
	for _, name := range []string{Reader, Pictures, GoScript} {
		if len(k.Files[name].Forms) == 0 {
			return false
		}
	}
	return true
}

//go:embed built
var built embed.FS

// Embedded returns the kit that the program was built with; nil when there is none.
func Embedded() *Kit {
	k := &Kit{Files: map[string]File{}}
	for _, name := range []string{Reader, Pictures, GoScript} {
		f := File{Media: mediaOf(name), Forms: map[string][]byte{}}
		for ending, encoding := range map[string]string{".br": brotli, ".gz": gzipped, "": plain} {
			if b, err := fs.ReadFile(built, "built/"+name+ending); err == nil {
				f.Forms[encoding] = b
			}
		}
		f.Digest = digestOf(f.Forms)
		k.Files[name] = f
	}
	if !k.whole() {
		return nil
	}
	return k
}

func mediaOf(name string) string {
	switch {
	case strings.HasSuffix(name, ".wasm"):
		return "application/wasm"
	case strings.HasSuffix(name, ".js"):
		return "text/javascript; charset=utf-8"
	}
	return "application/octet-stream"
}

// digestOf names the content of a file by the bytes of all its forms.
func digestOf(forms map[string][]byte) string {
	h := sha256.New()
	for _, e := range slices.Sorted(maps.Keys(forms)) {
		sum := sha256.Sum256(forms[e])
		_, _ = fmt.Fprintf(h, "%s %x\n", e, sum) // a hash takes all
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// A Source gives the kit when there is one.
type Source struct{ kit atomic.Pointer[Kit] }

// Kit returns the kit; nil when there is none, or none yet.
func (s *Source) Kit() *Kit {
	if s == nil {
		return nil
	}
	return s.kit.Load()
}

// Of returns a source of a kit that is there.
func Of(k *Kit) *Source {
	s := &Source{}
	s.kit.Store(k)
	return s
}
