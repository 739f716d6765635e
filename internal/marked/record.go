package marked

import (
	"context"
	"fmt"
	"image"
	"slices"
	"strings"

	"chancery.example/internal/check"
	"chancery.example/internal/fold"
	"chancery.example/internal/folder"
	"chancery.example/internal/layout"
	"chancery.example/internal/marked/marks"
	"chancery.example/internal/pdf"
	"chancery.example/internal/pdf/typeset"
	"chancery.example/internal/photo"
	"chancery.example/letter"
	"chancery.example/register"
)

// record draws the registered page of a finding.
func (m Marker) record(ctx context.Context, r Records, f check.Finding) (Side, Origin, error) {
	text, ok := textOf(r, *f.Record)
	if !ok {
		return Side{}, OfNone, nil
	}
	if side, ok := m.form(ctx, r, f, text.String()); ok {
		return side, OfForm, nil
	}
	side, err := m.set(ctx, r, f, text)
	return side, OfText, err
}

// textOf returns the registered text that a record names, where it is public.
func textOf(r Records, rec check.Record) (letter.Text, bool) {
	for t := range r.State().Texts() {
		if t.Record.Office != rec.OfficeURI || t.Record.Kind != rec.Kind || t.Record.Reference != rec.Reference || t.Language != rec.Language || t.Revision != rec.Revision ||
			rec.Kind != register.RecordLetter && t.Record.Entry != rec.Entry {
			continue
		}
		if text, ok := r.TextOf(t.Leaf.Hash); ok {
			return text, true
		}
	}
	return letter.Text{}, false
}

// form draws the PDF that the letter was issued as: the one, of those on record,
// whose words are the registered ones. false when the register keeps none such.
func (m Marker) form(ctx context.Context, r Records, f check.Finding, text string) (Side, bool) {
	l, ok := r.State().Letter(f.Record.OfficeURI, f.Record.Reference)
	if m.Forms == nil || f.Record.Kind != register.RecordLetter || !ok {
		return Side{}, false
	}
	var digests []letter.Hash
	for _, i := range l.Issues {
		if i.Issue.NotBefore == 0 || !f.CheckedAt.Before(i.Issue.NotBefore.Time()) {
			digests = append(digests, folder.PublicForms(i.Issue)...)
		}
	}
	for _, c := range l.Corrected {
		digests = append(digests, folder.PublicForms(c.Correct)...)
	}
	if side, ok := m.known(ctx, f, text, digests); ok {
		return side, true
	}
	for _, d := range slices.Backward(digests) { // the newest first
		data, err := m.Forms(d)
		if err != nil { // not kept, or erased: then the words alone are shown
			continue
		}
		reading, err := m.PDFs.Read(ctx, data)
		if err != nil {
			continue
		}
		words, all := Located(text, reading)
		if !all {
			continue
		}
		on := marks.OnRecord(f.Differences, text, words)
		pages, err := m.drawPDF(ctx, data, on, pdf.DPI/25.4)
		if err == nil && len(pages) > 0 {
			return Side{Pages: pages}, true
		}
	}
	return Side{}, false
}

// known draws the page that a photo was held against, of one of the forms of the letter:
// where its words stand is known already.
func (m Marker) known(ctx context.Context, f check.Finding, text string, digests []letter.Hash) (Side, bool) {
	if m.Known == nil || f.Shape == nil {
		return Side{}, false
	}
	digest, err := letter.ParseHash(f.Shape.File)
	if err != nil || !slices.Contains(digests, digest) {
		return Side{}, false
	}
	pages, ok := m.Known.Pages(digest)
	if !ok {
		return Side{}, false
	}
	words, all := Located(text, pdf.Reading{Versions: []pdf.Version{versionOf(pages)}})
	if !all {
		return Side{}, false
	}
	var out Side
	on, numbers := onPages(marks.OnRecord(f.Differences, text, words))
	for _, n := range numbers {
		g, err := m.Known.Drawn(ctx, digest, n-1)
		if err != nil || n > len(pages) {
			return Side{}, false
		}
		of := pages[n-1].Width * pdf.DPI / 25.4 / float64(max(1, g.Rect.Dx()))
		out.Pages = append(out.Pages, pageOf(n, g, of, on[n]))
	}
	return out, len(out.Pages) > 0
}

// versionOf writes the words of pages as a text, with their places.
func versionOf(pages []layout.Page) (v pdf.Version) {
	const k = pdf.DPI / 25.4
	var b strings.Builder
	line := 0
	for i, p := range pages {
		before := 0
		for _, w := range p.Words {
			if w.Line != before {
				line, before = line+1, w.Line
				b.WriteByte('\n')
			} else {
				b.WriteByte(' ')
			}
			from := b.Len()
			b.WriteString(w.Text)
			box := image.Rect(int(w.Box.X*k), int(w.Box.Y*k), int((w.Box.X+w.Box.Width)*k+1), int((w.Box.Y+w.Box.Height)*k+1))
			v.Words = append(v.Words, photo.Word{From: from, To: b.Len(), Line: line, Page: i + 1, Confidence: 1, Box: box})
		}
	}
	v.Text = b.String()
	return v
}

// enough is the share of a text's words that a PDF must have for being a picture of
// that text.
const enough = .97

// reach is how many words of a PDF that are none of the text's - running heads, another
// language - may stand between two that are.
const reach = 4000

// Located finds the words of a text on the pages of a PDF: the words of the text with
// their places, and whether it has as good as all.
func Located(text string, r pdf.Reading) (best photo.Words, all bool) {
	ours := fold.Record(text)
	for _, v := range r.Versions {
		theirs := fold.Copy(v.Text)
		at := map[string][]int{}
		for i, w := range theirs.Words {
			at[w.Key] = append(at[w.Key], i)
		}
		var found photo.Words
		next := 0
		for i, w := range ours.Words {
			for _, j := range at[w.Key] {
				if j < next || j > next+reach || j > next && !follows(ours, i, theirs, j) {
					continue
				}
				for _, p := range v.Words.Between(int(theirs.Words[j].Start), int(theirs.Words[j].End), 0) {
					p.From, p.To = int(w.Start), int(w.End)
					found = append(found, p)
				}
				next = j + 1
				break
			}
		}
		if len(found) > len(best) {
			best = found
		}
	}
	return best, float64(len(best)) >= enough*float64(len(ours.Words)) && len(best) > 0
}

// follows reports whether the word after one is the same in two texts: a single word
// far ahead may be another.
func follows(a *fold.Folded, i int, b *fold.Folded, j int) bool {
	if i+1 >= len(a.Words) || j+1 >= len(b.Words) {
		return true
	}
	return a.Words[i+1].Key == b.Words[j+1].Key
}

// set draws the registered words as this program sets them.
func (m Marker) set(ctx context.Context, r Records, f check.Finding, text letter.Text) (Side, error) {
	rec := f.Record
	name, lang := rec.OfficeName.In(rec.Language)
	l := typeset.Letter{
		Content: letter.Content{Reference: rec.Reference, Type: letter.TypeLetter, Prevailing: rec.Language, Texts: []letter.LangText{{Lang: rec.Language, Text: text}}},
		Office:  []typeset.Words{{Language: lang, Text: name}},
	}
	if o, ok := r.State().OfficeOf(rec.OfficeURI); ok {
		l.Domain = o.Domain
	}
	result, err := typeset.Set(l)
	if err != nil {
		return Side{}, fmt.Errorf("setting the words on record: %w", err)
	}
	pages, err := m.drawPDF(ctx, result.PDF, marks.OnRecord(f.Differences, text.String(), placed(result, string(rec.Language))), pdf.DPI/25.4)
	return Side{Pages: pages}, err
}

// placed returns the words of a text as it was set, in pixels at pdf.DPI.
func placed(r typeset.Result, lang string) photo.Words {
	const k = pdf.DPI / 25.4
	var out photo.Words
	line := 0
	for i, p := range r.Pages {
		most := 0
		for _, w := range p.Words {
			most = max(most, w.Line)
			if w.Language != lang || w.To <= w.From {
				continue
			}
			b := image.Rect(int(w.Box.X*k), int(w.Box.Y*k), int((w.Box.X+w.Box.Width)*k+1), int((w.Box.Y+w.Box.Height)*k+1))
			out = append(out, photo.Word{From: w.From, To: w.To, Line: line + w.Line, Page: i + 1, Confidence: 1, Box: b})
		}
		line += most
	}
	slices.SortStableFunc(out, func(a, b photo.Word) int { return a.From - b.From })
	return out
}
