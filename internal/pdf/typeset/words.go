package typeset

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"chancery.example/internal/layout"
	"chancery.example/internal/pdf/face"
	"chancery.example/letter"
)

// All lengths on the page are whole thousandths of a point, so that every machine
// comes to the same pages.
const (
	point = 1000
	inch  = 72 * point
)

// mm is a length in tenths of a millimetre.
func mm(tenths int) int { return tenths * inch / 254 }

func inMM(length int) float64 { return float64(length) * 25.4 / inch }

// A voice is the language in which words are set, and what follows from it.
type voice struct {
	language letter.Lang
	rtl      bool
	first    face.Family // whose signs and figures are taken
}

func voiceOf(l letter.Lang) voice {
	v := voice{language: l, rtl: l.RTL()}
	if v.rtl {
		v.first = face.Naskh
	}
	return v
}

// A style is how words look.
type style struct {
	size   int // of Latin letters
	weight face.Weight
}

// naskhPercent is how much larger Arabic letters are drawn than the Latin ones
// beside them: their bodies are smaller in the em.
const naskhPercent = 120

func (s style) sizeOf(f *face.Face) int {
	if f.Arabic() {
		return s.size * naskhPercent / 100
	}
	return s.size
}

// leading is the distance of lines.
func (s style) leading(v voice) int {
	if v.rtl {
		return s.size * 185 / 100
	}
	return s.size * 137 / 100
}

// A word is a stretch without a space, shaped.
type word struct {
	text     string
	from, to int // bytes in the canonical text, for words of the body
	part     layout.Part
	language letter.Lang // of the text, for words of the body
	runs     []run       // as they are read
	width    int
	top, low int   // its ink, upwards from the baseline
	space    int   // width of the space before it; 0 when it goes on within a word
	level    uint8 // of that space
	voice    voice
	style    style
	depth    []uint8 // of its characters
}

// A run is a stretch of a word in one face and direction.
type run struct {
	face     *face.Face
	size     int
	level    uint8
	clusters []face.Cluster // left to right
	sources  []string       // what each was written with
	from     int            // where it begins in the word, in bytes
	width    int
}

// words shapes a line of a text: everything up to a line's end, in the text's own
// order. Direction marks between two spaces show nothing and are no word. at is
// where the line begins in the text.
func (d *document) words(v voice, st style, line string, at int, part layout.Part) ([]word, error) {
	runes := []rune(line)
	depth := levels(runes, v.rtl)
	first, err := face.Get(v.first, st.weight)
	if err != nil {
		return nil, err
	}
	space := scaled(first.Space(), st.sizeOf(first))
	var out []word
	offset := at // in bytes
	for i := 0; i < len(runes); {
		if runes[i] == ' ' {
			i, offset = i+1, offset+1
			continue
		}
		end := i
		for end < len(runes) && runes[end] != ' ' {
			end++
		}
		w := word{text: string(runes[i:end]), part: part, space: space, voice: v, style: st, depth: depth[i:end]}
		if i > 0 {
			w.level = depth[i-1]
		}
		if part == layout.Body {
			w.from, w.to, w.language = offset, offset+len(w.text), v.language
		}
		if w.runs, err = d.shape(v, st, runes[i:end], depth[i:end]); err != nil {
			var m *face.MissingError
			if errors.As(err, &m) {
				return nil, &placeError{part == layout.Body, offset + len(string(runes[i:i+m.Index])), m}
			}
			return nil, err
		}
		offset += len(w.text)
		i = end
		if w.measure(); len(w.runs) > 0 {
			out = append(out, w)
		}
	}
	return out, nil
}

// A placeError says where in a text a character is that cannot be set.
type placeError struct {
	body   bool // else around it
	offset int
	cause  *face.MissingError
}

func (e *placeError) Error() string { return e.cause.Error() }

// in names the place in the text as people count.
func (e *placeError) in(text string) error {
	head := text[:e.offset]
	start := strings.LastIndexByte(head, '\n') + 1
	return &letter.TextError{Line: strings.Count(head, "\n") + 1, Column: utf8.RuneCountInString(head[start:]) + 1, Problem: e.cause.Error()}
}

func scaled(units, size int) int { return units * size / face.Em }

// measure sums up what the word takes.
func (w *word) measure() {
	w.width, w.top, w.low = 0, 0, 0
	for i := range w.runs {
		r := &w.runs[i]
		units := 0
		for _, c := range r.clusters {
			units += c.Advance
			w.top, w.low = max(w.top, scaled(c.Ink.Top, r.size)), min(w.low, scaled(c.Ink.Bottom, r.size))
		}
		r.width = scaled(units, r.size)
		w.width += r.width
	}
}

// shape turns one word into runs. Words that come again are not shaped again.
func (d *document) shape(v voice, st style, text []rune, depth []uint8) ([]run, error) {
	key := fmt.Sprintf("%s\x00%d\x00%d\x00%s\x00%s", v.language, st.size, st.weight, depth, string(text))
	if runs, ok := d.shaped[key]; ok {
		return runs, nil
	}
	faces, err := face.Choose(text, st.weight, v.first)
	if err != nil {
		return nil, err
	}
	var out []run
	for i := 0; i < len(text); {
		end := i
		for end < len(text) && faces[end] == faces[i] && depth[end] == depth[i] {
			end++
		}
		r := run{face: faces[i], size: st.sizeOf(faces[i]), level: depth[i], from: len(string(text[:i]))}
		r.clusters = d.shaper.Shape(face.Run{Face: r.face, Text: text, From: i, To: end, RTL: r.level%2 == 1, Language: string(v.language)})
		for _, c := range r.clusters {
			if c.Pieces[0].Glyph == 0 {
				return nil, &face.MissingError{Rune: text[c.From], Index: c.From}
			}
			r.sources = append(r.sources, string(text[c.From:c.To]))
		}
		if len(r.clusters) > 0 {
			out = append(out, r)
		}
		i = end
	}
	d.shaped[key] = out
	return out, nil
}
