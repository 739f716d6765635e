package shapes

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"chancery.example/internal/layout"
	"chancery.example/letter"
)

// A shelf is the folder of what was learnt, by the digest of the PDF:
//
//	HEX.pages    where the words stand (see geometry.go)
//	HEX-N.png    page N, from 0, as it is drawn
//
// All of it can be made anew; what is damaged is.
type shelf struct{ dir string }

// Limits of the shelf.
const (
	maxGeometry = 4 << 20   // bytes of one file
	maxPicture  = 4 << 20   // likewise
	maxPictures = 512 << 20 // of all pictures: beyond, those that were used least lately go
)

func (s shelf) pagesFile(d letter.Hash) string { return filepath.Join(s.dir, d.String()+".pages") }

func (s shelf) pictureFile(file string, page int) string {
	return filepath.Join(s.dir, file+"-"+strconv.Itoa(page)+".png")
}

// pages returns what is kept of a form.
func (s shelf) pages(d letter.Hash) ([]layout.Page, bool) {
	if s.dir == "" {
		return nil, false
	}
	raw, err := readUpTo(s.pagesFile(d), maxGeometry)
	if err != nil {
		return nil, false
	}
	pages, err := parsePages(raw)
	return pages, err == nil
}

// keep keeps the pages of a form; none is kept too.
func (s shelf) keep(d letter.Hash, pages []layout.Page) error {
	if s.dir == "" {
		return nil
	}
	return s.write(s.pagesFile(d), appendPages(nil, pages))
}

// forget takes away what is kept of a form.
func (s shelf) forget(d letter.Hash) {
	if s.dir == "" {
		return
	}
	_ = os.Remove(s.pagesFile(d))
	names, _ := filepath.Glob(filepath.Join(s.dir, d.String()+"-*.png"))
	for _, name := range names {
		_ = os.Remove(name)
	}
}

// picture returns a page as it was drawn.
func (s shelf) picture(file string, page int) (*image.Gray, bool) {
	if s.dir == "" {
		return nil, false
	}
	raw, err := readUpTo(s.pictureFile(file, page), maxPicture)
	if err != nil {
		return nil, false
	}
	c, err := png.DecodeConfig(bytes.NewReader(raw))
	if err != nil || c.Width > keptSide+1 || c.Height > keptSide+1 {
		return nil, false
	}
	m, err := png.Decode(bytes.NewReader(raw))
	g, ok := m.(*image.Gray)
	return g, err == nil && ok
}

// keepPicture keeps a page as it was drawn.
func (s shelf) keepPicture(file string, page int, g *image.Gray) error {
	if s.dir == "" {
		return nil
	}
	var b bytes.Buffer
	e := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := e.Encode(&b, g); err != nil {
		return fmt.Errorf("encoding a page: %w", err)
	}
	if err := s.write(s.pictureFile(file, page), b.Bytes()); err != nil {
		return err
	}
	return s.thin()
}

// thin takes the oldest pictures away when there are too many.
func (s shelf) thin() error {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return fmt.Errorf("looking at what was learnt: %w", err)
	}
	var all []fs.FileInfo
	sum := int64(0)
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".png") {
			continue
		}
		if info, err := e.Info(); err == nil {
			all, sum = append(all, info), sum+info.Size()
		}
	}
	if sum <= maxPictures {
		return nil
	}
	slices.SortFunc(all, func(a, b fs.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	for _, info := range all {
		if sum <= maxPictures*3/4 {
			break
		}
		if err := os.Remove(filepath.Join(s.dir, info.Name())); err == nil {
			sum -= info.Size()
		}
	}
	return nil
}

// write writes a file whole or not at all, for this user alone.
func (s shelf) write(name string, data []byte) error {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return fmt.Errorf("making a folder for what is learnt: %w", err)
	}
	f, err := os.CreateTemp(s.dir, ".new-*")
	if err != nil {
		return fmt.Errorf("keeping what is learnt: %w", err)
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("keeping what is learnt: %w", err)
	}
	return nil
}

func readUpTo(name string, limit int64) ([]byte, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, err //nolint:wrapcheck // looked at by nobody
	case !info.Mode().IsRegular() || info.Size() > limit:
		return nil, errors.New("not a file of ours")
	}
	return os.ReadFile(name) //nolint:wrapcheck // a name made of a digest; likewise
}

// CacheIn is the folder for what is learnt, in a folder for caches; the user's own when
// that is empty. Where there is none, "": nothing is kept.
func CacheIn(dir string) string {
	if dir == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return ""
		}
		dir = filepath.Join(user, "chancery")
	}
	return filepath.Join(dir, "pages-1")
}
