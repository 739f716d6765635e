package parity

import (
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"chancery.example/letter"
)

// ReadCSV reads a glossary from a table: the first row names the languages, and
// "kind" a column that says "name" or "term"; each other row is one concept. Several
// forms in one language are apart by "|". At most 2 MiB, 5,000 rows, 20 languages,
// 20 forms of 400 bytes.
//
//	en,ar,kind
//	North Basin,الحوض الشمالي,name
//	pilotage|pilot service,الإرشاد,term
func ReadCSV(r io.Reader) (Glossary, error) {
	raw, err := limited(r)
	if err != nil {
		return Glossary{}, err
	}
	rows := csv.NewReader(strings.NewReader(strings.TrimPrefix(raw, "\ufeff")))
	rows.FieldsPerRecord = 0 // as many as the first row
	header, err := rows.Read()
	if err != nil {
		return Glossary{}, fmt.Errorf("reading the glossary's first row: %w", err)
	}
	columns, kindAt, err := columnsOf(header)
	if err != nil {
		return Glossary{}, err
	}
	var g Glossary
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return g, g.filled()
		}
		if err != nil {
			return Glossary{}, fmt.Errorf("reading the glossary: %w", err)
		}
		line, _ := rows.FieldPos(0)
		c, err := conceptOf(row, columns, kindAt)
		if err == nil && len(c.Forms) > 0 {
			err = g.add(c)
		}
		if err != nil {
			return Glossary{}, fmt.Errorf("reading the glossary: line %d: %w", line, err)
		}
	}
}

// columnsOf reads the first row.
func columnsOf(header []string) (langs map[int]letter.Lang, kindAt int, err error) {
	langs, kindAt = map[int]letter.Lang{}, -1
	for i, h := range header {
		h = strings.ToLower(strings.TrimSpace(h))
		if h == "kind" && kindAt < 0 {
			kindAt = i
			continue
		}
		lang, err := letter.ParseLang(h)
		if err != nil {
			return nil, 0, fmt.Errorf("reading the glossary: column %q is neither a language nor \"kind\"", h)
		}
		if slices.Contains(slices.Collect(maps.Values(langs)), lang) {
			return nil, 0, fmt.Errorf("reading the glossary: two columns are for %s", lang)
		}
		langs[i] = lang
	}
	if len(langs) < 2 || len(langs) > maxLangs {
		return nil, 0, fmt.Errorf("reading the glossary: its first row names %d languages; want 2 to %d, such as en,ar,kind", len(langs), maxLangs)
	}
	return langs, kindAt, nil
}

func conceptOf(row []string, columns map[int]letter.Lang, kindAt int) (Concept, error) {
	c := Concept{Forms: map[letter.Lang][]string{}}
	if kindAt >= 0 {
		switch k := strings.ToLower(strings.TrimSpace(row[kindAt])); k {
		case "name":
			c.Name = true
		case "term", "":
		default:
			return c, fmt.Errorf("kind %q: want name or term", k)
		}
	}
	for i, lang := range columns {
		for form := range strings.SplitSeq(row[i], "|") {
			if form = strings.TrimSpace(form); form != "" {
				c.Forms[lang] = append(c.Forms[lang], form)
			}
		}
	}
	return c, nil
}

// filled refuses a glossary without a concept.
func (g Glossary) filled() error {
	if len(g.Concepts) == 0 {
		return errors.New("reading the glossary: there is nothing in it")
	}
	return nil
}

func limited(r io.Reader) (string, error) {
	raw, err := io.ReadAll(io.LimitReader(r, MaxGlossary+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("reading the glossary: %w", err)
	case len(raw) > MaxGlossary:
		return "", fmt.Errorf("reading the glossary: it is larger than %d kB", MaxGlossary>>10)
	case !utf8.Valid(raw):
		return "", errors.New("reading the glossary: it is not UTF-8 text; save it so")
	}
	return string(raw), nil
}

// maxDepth is how deep the elements of a TBX file may stand in each other.
const maxDepth = 40

// ReadTBX reads a glossary from a TermBase eXchange file (ISO 30042), of the older
// form (termEntry, langSet) or the newer (conceptEntry, langSec). Terms that it calls
// deprecated are left out; proper nouns are names. The file declares no entities:
// one that has a document type with anything in it is refused, and what one points
// at is not fetched. The limits are those of ReadCSV.
func ReadTBX(r io.Reader) (Glossary, error) {
	raw, err := limited(r)
	if err != nil {
		return Glossary{}, err
	}
	d := xml.NewDecoder(strings.NewReader(strings.TrimPrefix(raw, "\ufeff")))
	var x tbx
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = x.token(tok)
		}
		if err != nil {
			line, _ := d.InputPos()
			return Glossary{}, fmt.Errorf("reading the glossary: line %d: %w", line, err)
		}
	}
	if !x.isTBX {
		return Glossary{}, errors.New("reading the glossary: it is no TBX file (its root is neither martif nor tbx)")
	}
	return x.glossary, x.glossary.filled()
}

// tbx is what is known while a TBX file is read.
type tbx struct {
	glossary Glossary
	isTBX    bool
	path     []string
	concept  Concept
	lang     letter.Lang
	term     string // of the group being read
	note     string // what kind of note its words belong to
	bad      bool   // the group's term is deprecated
}

func (x *tbx) token(tok xml.Token) error {
	switch tok := tok.(type) {
	case xml.Directive:
		if s := string(tok); strings.Contains(s, "[") || strings.Contains(strings.ToUpper(s), "ENTITY") {
			return errors.New("it declares entities or a document type of its own; take the declaration out")
		}
	case xml.StartElement:
		return x.start(tok)
	case xml.EndElement:
		return x.end(tok.Name.Local)
	case xml.CharData:
		return x.words(string(tok))
	}
	return nil
}

func (x *tbx) start(e xml.StartElement) error {
	if len(x.path) >= maxDepth {
		return errors.New("its elements stand too deep in each other")
	}
	if len(x.path) == 0 {
		x.isTBX = e.Name.Local == "martif" || e.Name.Local == "tbx"
	}
	x.path = append(x.path, e.Name.Local)
	switch e.Name.Local {
	case "termEntry", "conceptEntry":
		x.concept = Concept{Forms: map[letter.Lang][]string{}}
	case "langSet", "langSec":
		return x.language(e)
	case "tig", "ntig", "termSec":
		x.term, x.bad = "", false
	case "termNote":
		x.note = attribute(e, "type")
	case "partOfSpeech", "administrativeStatus": // the elements of the DCT style
		x.note = e.Name.Local
	}
	return nil
}

// language reads the language of a section; of en-GB the region says nothing here.
func (x *tbx) language(e xml.StartElement) error {
	tag := attribute(e, "lang")
	lang, err := letter.ParseLang(tag)
	if err != nil {
		short, _, _ := strings.Cut(tag, "-")
		if lang, err = letter.ParseLang(short); err != nil {
			return fmt.Errorf("xml:lang %q is no language", tag)
		}
	}
	x.lang = lang
	return nil
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (x *tbx) words(s string) error {
	if len(x.path) == 0 {
		return nil
	}
	if slices.Contains(x.path, "term") {
		if x.term += s; len(x.term) > maxForm {
			return fmt.Errorf("a term has more than %d bytes", maxForm)
		}
		return nil
	}
	s = strings.TrimSpace(s)
	switch {
	case x.note == "partOfSpeech" && s == "properNoun":
		x.concept.Name = true
	case x.note == "administrativeStatus" && strings.Contains(s, "deprecated"):
		x.bad = true
	}
	return nil
}

func (x *tbx) end(name string) error {
	x.path = x.path[:len(x.path)-1]
	switch name {
	case "termNote", "partOfSpeech", "administrativeStatus":
		x.note = ""
	case "tig", "ntig", "termSec":
		form := strings.Join(strings.Fields(x.term), " ")
		if form != "" && !x.bad && x.concept.Forms != nil && x.lang != "" {
			x.concept.Forms[x.lang] = append(x.concept.Forms[x.lang], form)
		}
		x.term = ""
	case "langSet", "langSec":
		x.lang = ""
	case "termEntry", "conceptEntry":
		c := x.concept
		x.concept = Concept{}
		if len(c.Forms) > 0 {
			return x.glossary.add(c)
		}
	}
	return nil
}
