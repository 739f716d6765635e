package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"chancery.example/cmd/chancery/internal/picture"
	"chancery.example/internal/check"
	"chancery.example/internal/folder"
	"chancery.example/internal/marked"
	"chancery.example/internal/office"
	"chancery.example/internal/pdf/extract"
	"chancery.example/internal/photo"
	"chancery.example/internal/photo/ocr"
	"chancery.example/internal/server"
	"chancery.example/internal/story"
	"chancery.example/internal/testkit"
	"chancery.example/internal/testkit/children"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// The papers of January 2020: the copy that left the house last, photographed from
// phone to phone; its Arabic page; and that copy with a word of it changed.
var january = []story.Exhibit{
	{Name: "leaked", Of: "TFI-2020-0012", Copy: 6, Photo: "passed on"},
	{Name: "leaked-arabic", Of: "TFI-2020-0012", Copy: 6, Photo: "good", Page: 2},
	{Name: "forged", Of: "TFI-2020-0012", Copy: 6, Photo: "mid", Changed: map[string]story.Change{"en": {Was: "days and weeks", Is: "days and months"}}},
}

// A held paper is read once: what it answers later changes with the register alone.
type held struct {
	story.Paper
	reading photo.Reading
	err     error
}

func (h held) examine(t *testing.T, s *check.Snapshot, at time.Time) check.Finding {
	t.Helper()
	f, err := s.Examine(t.Context(), check.Exhibit{Name: h.File, Data: h.Data, Pictures: func(context.Context, []byte) (photo.Reading, error) { return h.reading, h.err }}, at)
	if err != nil {
		t.Fatalf("%s at %s: %v", h.File, at, err)
	}
	return f
}

// answers holds a finding to what it must say. "": none.
func (h held) answers(t *testing.T, f check.Finding, match check.Match, standing register.Standing) {
	t.Helper()
	if f.Match == nil || f.Standing == nil || *f.Match != match || *f.Standing != standing {
		t.Errorf("%s at %s: %s; want %s of %s", h.File, f.CheckedAt.Format(time.DateTime), headline(f), match, standing)
	}
	if f.Exit() == 0 {
		t.Errorf("%s at %s is green: %s", h.File, f.CheckedAt.Format(time.DateTime), headline(f))
	}
}

func headline(f check.Finding) string {
	if f.Headline == nil {
		return "no answer"
	}
	return string(f.Headline.Code) + ": " + f.Headline.Text.EN
}

// TestJanuaryOnPaper is scenario 1 of the design, on paper: the unsigned draft of
// January 2020 as it was given out, the photo of it that went from phone to phone, and
// what that photo answers at each moment: before the draft is public, to who has the
// copy's proof, on the office's own server, after it is opened, and after it is closed.
func TestJanuaryOnPaper(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("tesseract"); err != nil {
		t.Skip("SKIPPED: no tesseract here (Debian: tesseract-ocr tesseract-ocr-script-arab), so no photo can be read")
	}
	s, err := story.Load(testkit.Data(t, "january-2020"))
	if err != nil {
		t.Fatal(err)
	}
	dir, sealed := filepath.Join(t.TempDir(), "register"), filepath.Join(t.TempDir(), "sealed")
	papers, err := s.Play(t.Context(), dir, children.Forms(t), func(e story.Event) {
		if e.Office == "newsroom" { // the page is in the news, and the draft not opened
			if err := os.CopyFS(sealed, os.DirFS(dir)); err != nil {
				t.Error(err)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	pictures, pdfs := ocr.New(ocr.Options{Time: pictureTime}), extract.New(extract.Options{Time: pictureTime})
	hands := map[string]held{}
	for _, e := range january {
		p, err := papers.Make(t.Context(), pdfs, e)
		if err != nil {
			t.Fatal(err)
		}
		h := held{Paper: p}
		h.reading, h.err = pictures.Read(t.Context(), p.Data)
		hands[e.Name] = h
		keep(t, "january-"+p.File, p.Data)
	}
	src := sourceOf(t, dir)
	leaked := hands["leaked"]
	t.Run("sealed", func(t *testing.T) { whileSealed(t, sealed, dir, leaked) })
	for _, m := range s.Moments {
		snap, err := src.AsOf(t.Context(), m.At)
		if err != nil {
			t.Fatal(err)
		}
		f := leaked.examine(t, snap, m.At)
		if m.Quotations == string(register.NotOnRecord) {
			leaked.answers(t, f, check.None, register.NotOnRecord)
			continue
		}
		leaked.isTheDraft(t, f, register.Standing(m.Quotations))
		beside := 0
		for _, st := range f.Statements {
			if st.Type == register.About || st.Type == register.Holding {
				beside++
			}
		}
		if m.Statements != nil && beside != *m.Statements {
			t.Errorf("at %s %d statements stand beside the photo's answer, want %d", m.At, beside, *m.Statements)
		}
	}
	end, err := src.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	arabic, forged := hands["leaked-arabic"], hands["forged"]
	f := arabic.examine(t, end, src.Now())
	arabic.isTheDraft(t, f, register.DraftClosed)
	if f.Record == nil || f.Record.Language != "ar" || f.Record.Revision != 1 {
		t.Errorf("the Arabic page is taken for %+v, not for the text that said less than the English one", f.Record)
	}
	f = forged.examine(t, end, src.Now())
	forged.answers(t, f, check.Altered, register.DraftClosed)
	if !slices.ContainsFunc(f.Differences, func(d check.Difference) bool { return d.Copy == "months" && d.Record == "weeks" && !d.Check }) {
		t.Errorf("the changed word is not among the differences: %+v", f.Differences)
	}
	a, err := marked.Marker{Pictures: pictures, PDFs: pdfs, Forms: folder.Folder{Dir: dir}.Form}.Mark(t.Context(), end, f, forged.Data)
	if err != nil || len(a.Copy.Pages) != 1 || len(a.Record.Pages) == 0 {
		t.Fatalf("marked on %d and %d pages: %v", len(a.Copy.Pages), len(a.Record.Pages), err)
	}
	if os.Getenv(paperEnv) != "" {
		raw, err := picture.Order{File: "forged.png", Lang: "en"}.Encode(end, f, a)
		if err != nil {
			t.Fatal(err)
		}
		keep(t, "january-forged.marked.png", raw)
	}
}

// isTheDraft holds the answer to a true copy of the draft: where it stands, and that it
// has no other words than the record but what could not be read for sure.
func (h held) isTheDraft(t *testing.T, f check.Finding, standing register.Standing) {
	t.Helper()
	if f.Record == nil || f.Record.Reference != "TFI-2020-0012" || f.Standing == nil || *f.Standing != standing || f.Exit() == 0 {
		t.Errorf("%s at %s: %s; want the draft, %s", h.File, f.CheckedAt.Format(time.DateTime), headline(f), standing)
	}
	// The camera is another one each time. What it makes of the small print in the last
	// lines of the page may be taken for words that the letter has not, once; no word of
	// the letter may be.
	const foot = 6
	last := h.reading.Words[len(h.reading.Words)-1].Line
	beside := 0
	for _, d := range f.Differences {
		if !d.Check && d.Record == "" {
			if beside++; d.Line <= last-foot {
				t.Errorf("%s at %s: %q stands in line %d of %d, not at the foot", h.File, f.CheckedAt.Format(time.DateTime), d.Copy, d.Line, last)
			}
		}
		if !d.Check && (d.Record != "" || beside > 1) {
			t.Errorf("%s at %s: %q is said to stand for %q", h.File, f.CheckedAt.Format(time.DateTime), d.Copy, d.Record)
		}
	}
	if beside == 0 && (f.Match == nil || *f.Match != check.SameText && *f.Match != check.Part) {
		t.Errorf("%s at %s: %s; want the same words", h.File, f.CheckedAt.Format(time.DateTime), headline(f))
	}
}

func sourceOf(t *testing.T, dir string) *server.Source {
	t.Helper()
	src, err := server.ReadFresh(t.Context(), dir, proof.Policy{}, server.FreshFor, nil)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// whileSealed: the draft is sealed. Whoever has the whole page learns from the office's
// own server that it is a draft, and whoever has the copy's proof learns it from
// nobody; to all others it is an unknown text.
func whileSealed(t *testing.T, dir, later string, leaked held) {
	src := sourceOf(t, dir)
	snap, err := src.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	leaked.answers(t, leaked.examine(t, snap, src.Now()), check.None, register.NotOnRecord)

	drafts := server.NewDrafts(t.Context(), folder.Folder{Dir: dir}, func(err error) { t.Error(err) })
	f := leaked.examine(t, snap.WithSealed(drafts), src.Now())
	leaked.answers(t, f, check.Most, register.DraftOpened)
	if len(f.Differences) > 0 && f.Differences[0].Record != "" {
		t.Errorf("words of a sealed draft are given away: %+v", f.Differences)
	}

	house, err := office.Open(t.Context(), later, office.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = house.Close() }()
	b, err := house.DraftProof(t.Context(), "tf-iraq", letter.Ref("TFI-2020-0012"), 1)
	if err != nil {
		t.Fatal(err)
	}
	e, err := register.Parse(b.Entry)
	if err != nil {
		t.Fatal(err)
	}
	if err := snap.Hold(e.Claims.Issuer, *b.Draft, b.Texts); err != nil {
		t.Fatal(err)
	}
	leaked.isTheDraft(t, leaked.examine(t, snap, src.Now()), register.DraftOpened)
}

// paperEnv names the variable with the folder for pictures that people look at.
const paperEnv = "CHANCERY_PAPER"

// keep writes a picture there, if there is one.
func keep(t *testing.T, name string, raw []byte) {
	t.Helper()
	dir := os.Getenv(paperEnv)
	if dir == "" {
		return
	}
	write(t, filepath.Join(dir, name), raw)
}
