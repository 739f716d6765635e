package manuscript

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
)

// errTooDeep is what elements within elements without end get.
var errTooDeep = errors.New("its elements are nested too deep")

// archive reads the part with the words, and those that say how they are shown, and
// looks at the names of the others.
func (w *writer) archive(data []byte, read func(map[string][]byte) error, words string, beside ...string) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return fmt.Errorf("it is no whole archive: %w", err)
	}
	if len(z.File) > maxParts {
		return fmt.Errorf("it has %d parts: at most %d are looked at", len(z.File), maxParts)
	}
	parts := map[string][]byte{}
	for _, f := range z.File {
		name := strings.ToLower(f.Name)
		wanted := f.Name == words || slices.Contains(beside, f.Name)
		switch {
		case wanted && parts[f.Name] != nil:
			return fmt.Errorf("it holds %s twice", f.Name)
		case wanted, isMargin(name):
			part, err := inflate(f)
			if err != nil {
				return err
			}
			if wanted {
				parts[f.Name] = part
			} else if hasWords(part) {
				w.flag(HeaderFooter)
			}
		case strings.HasSuffix(name, "vbaproject.bin"), strings.HasPrefix(name, "basic/"), strings.Contains(name, "/embeddings/"):
			w.flag(Embedded)
		}
	}
	if parts[words] == nil {
		return fmt.Errorf("it holds no %s", words)
	}
	return read(parts)
}

// isMargin names the headers and footers of DOCX files.
func isMargin(name string) bool {
	return strings.HasPrefix(name, "word/header") || strings.HasPrefix(name, "word/footer")
}

func inflate(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("opening %.60q in it: %w", f.Name, err)
	}
	defer func() { _ = r.Close() }()
	out, err := io.ReadAll(io.LimitReader(r, maxPart+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("inflating %.60q in it: %w", f.Name, err)
	case len(out) > maxPart:
		return nil, fmt.Errorf("%.60q in it has more than %d bytes", f.Name, maxPart)
	}
	return out, nil
}

// elements walks over XML. A declaration of entities or of a document type is
// refused: nothing of an office file needs one.
func elements(part []byte, begin func(xml.StartElement), end func(string), text func(string)) error {
	d := xml.NewDecoder(bytes.NewReader(part))
	depth := 0
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("its XML: %w", err)
		}
		switch t := t.(type) {
		case xml.Directive:
			return errors.New("its XML declares a document type, which office files have none of")
		case xml.StartElement:
			if depth++; depth > maxDepth {
				return errTooDeep
			}
			begin(t)
		case xml.EndElement:
			depth--
			end(t.Name.Local)
		case xml.CharData:
			text(string(t))
		}
	}
}

// hasWords reports whether a header or footer says something.
func hasWords(part []byte) bool {
	found := false
	inText := false
	err := elements(part, func(e xml.StartElement) { inText = e.Name.Local == "t" }, func(string) { inText = false }, func(s string) {
		found = found || inText && strings.ContainsFunc(s, unicode.IsLetter)
	})
	return found || err != nil
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
