package kit

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// An OCR is tesseract.js with the data of its languages, in a folder that
// scripts/device.sh fills. It is no part of the program: it is larger than all of
// it, and has another licence and another pace.
type OCR struct {
	Digest string // of all files, 16 hexadecimal digits
	Size   int    // bytes that a browser downloads
	files  map[string]File
}

// OCRFiles are the files of a text reader for pictures.
var OCRFiles = []string{
	"tesseract.esm.min.js", "worker.min.js", "tesseract-core-simd-lstm.wasm.js",
	"eng.traineddata.gz", "ara.traineddata.gz", "LICENSE",
}

// maxOCR is how large one of them may be.
const maxOCR = 64 << 20

// OCRFolder is where a text reader for pictures is looked for: "ocr" in the user's
// cache folder for this program; "" when the user has none.
func OCRFolder() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "chancery", "ocr")
}

// LoadOCR reads a text reader for pictures. The error is fs.ErrNotExist when the
// folder has none.
func LoadOCR(dir string) (*OCR, error) {
	o := &OCR{files: map[string]File{}}
	h := sha256.New()
	for _, name := range OCRFiles {
		path := filepath.Join(dir, name)
		st, err := os.Stat(path)
		if err != nil {
			return nil, fmt.Errorf("the text reader for pictures: %w", err)
		}
		if st.Size() > maxOCR {
			return nil, fmt.Errorf("the text reader for pictures: %s has %d bytes", path, st.Size())
		}
		b, err := os.ReadFile(filepath.Clean(path))
		if err != nil {
			return nil, fmt.Errorf("the text reader for pictures: %w", err)
		}
		f := File{Media: mediaOf(name), Forms: map[string][]byte{plain: b}}
		if strings.HasSuffix(name, ".js") {
			packed, err := pack(b)
			if err != nil {
				return nil, err
			}
			f.Forms[gzipped] = packed
		}
		f.Digest = digestOf(f.Forms)
		sum := sha256.Sum256(b)
		_, _ = fmt.Fprintf(h, "%s %x\n", name, sum) // a hash takes all
		o.Size += f.Size()
		o.files[name] = f
	}
	o.Digest = hex.EncodeToString(h.Sum(nil)[:8])
	return o, nil
}

// File returns a file by its name.
func (o *OCR) File(name string) (File, bool) {
	if o == nil {
		return File{}, false
	}
	f, ok := o.files[name]
	return f, ok
}

// withOCR adds the text reader for pictures of a folder, where there is one.
func (k *Kit) withOCR(dir string, say func(string)) *Kit {
	o, err := LoadOCR(dir)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			say(err.Error())
		}
		return k
	}
	out := *k
	out.OCR = o
	return &out
}
