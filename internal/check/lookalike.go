package check

import (
	"context"
	"slices"

	"chancery.example/letter"
	"chancery.example/register"
)

// WithForms returns the snapshot with the PDFs that letters were issued as, where
// they are kept: their signatures are what those of other files are held against.
func (s *Snapshot) WithForms(form func(digest letter.Hash) ([]byte, error)) *Snapshot {
	with := *s
	with.forms = form
	return &with
}

// signedByOthers is the answer for a PDF with the words of a letter that was issued
// as another PDF, and a sound signature by a key that the letter's own PDF was not
// signed with: a look-alike, whatever name its certificate bears. Where the
// letter's own PDF cannot be read its key is not known, and then every key is a
// foreign one. A signature that does not hold changes nothing: who could make one
// that does not can make none, and the words are the record's or not.
func (s *Snapshot) signedByOthers(ctx context.Context, f Finding, e Exhibit) (Finding, error) {
	if f.pdf == nil || f.pdf.begins != nil || f.presented || f.Note == CommonWording || !f.pdf.Signature.Sound() || !f.hasWordsOf(register.RecordLetter) || !s.hasForm(f.Status.Record) {
		return f, nil
	}
	own, err := s.keysOf(ctx, f.Status.Record, e.PDFs)
	if err != nil {
		return f, err
	}
	if keys := f.pdf.Signature.Keys; len(keys) > 0 && !slices.ContainsFunc(keys, func(k string) bool { return !slices.Contains(own, k) }) {
		return f, nil
	}
	if f.Note == NotAllRead { // there is no green to be taken
		f.Note = ""
	}
	return s.conclude(f, *f.Match, register.Lookalike, &f.Status), nil
}

// hasWordsOf reports whether an answer is about the words of a record of a kind,
// whose standing may be made a worse one.
func (f Finding) hasWordsOf(kind register.RecordKind) bool {
	if f.Match == nil || f.Record == nil || f.Record.Kind != kind || f.Standing == nil {
		return false
	}
	if slices.Contains([]register.Standing{register.Conflict, register.Lookalike, register.NotOnRecord, register.NoRegister}, *f.Standing) {
		return false
	}
	return slices.Contains([]Match{SameText, Part, Altered, TranslationDiffers}, *f.Match)
}

// keysOf are the keys with which the PDFs are signed that a letter was issued and
// corrected as; none when they are not kept, not signed or cannot be read.
func (s *Snapshot) keysOf(ctx context.Context, id register.RecordID, pdfs PDFReader) (out []string, err error) {
	for _, form := range s.formsOf(id) {
		r, err := pdfs.Read(ctx, form)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err == nil && r.Signature.Sound() {
			out = append(out, r.Signature.Keys...)
		}
	}
	return out, nil
}

// formsOf returns the PDFs that a letter was issued and corrected as, the newest first,
// as far as they are kept.
func (s *Snapshot) formsOf(id register.RecordID) (out [][]byte) {
	l, ok := s.state.Letter(id.Office, id.Reference)
	if !ok || s.forms == nil {
		return nil
	}
	var files []register.File
	for _, i := range l.Issues {
		files = append(files, i.Issue.Files...)
	}
	for _, c := range l.Corrected {
		files = append(files, c.Correct.Files...)
	}
	for _, f := range slices.Backward(files) {
		if f.Role != "form" || len(out) == mostForms {
			continue
		}
		if raw, err := s.forms(f.Digest); err == nil && IsPDF(raw) {
			out = append(out, raw)
		}
	}
	return out
}

// mostForms is how many of a letter's own PDFs are looked at.
const mostForms = 3
