package result

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"chancery.example/internal/check"
	"chancery.example/internal/facing"
	"chancery.example/internal/web/shared"
	"chancery.example/letter"
	"chancery.example/register"
)

// kept is an answer as it is kept under an address: what was said, and not what
// it was said of. The reader's own words are in Pages, which stay only when the
// reader asks for that, and in the differences.
type kept struct {
	Format   int                   `json:"format"`
	Finding  check.Finding         `json:"finding"`
	Details  check.Words           `json:"details"`
	NotMean  check.Words           `json:"not_mean"`
	Pages    facing.Pages          `json:"pages,omitzero"`
	Needed   int                   `json:"needed"`
	Approved []register.ApprovedBy `json:"approved,omitempty"`
	Entries  []register.Index      `json:"entries,omitempty"`
	Reason   register.Words        `json:"reason,omitempty"`
}

const (
	keptFormat = 1
	// mostKept bounds an answer to be kept, as JSON and packed.
	mostKept   = 2 << 20
	mostPacked = 96 << 10
)

// Pack makes the bytes that keep an answer, with the words of the copy; false for
// one that may not be kept under an address: a report's sheet, an answer about a
// sealed draft, which is for who holds the paper, and one too long.
func Pack(f check.Finding) ([]byte, bool) {
	if f.Headline == nil || f.Match == nil || f.Standing == nil || *f.Match == check.Most || secret(f) {
		return nil, false
	}
	f.Absence = nil // it names the digest of the copy's words
	k := kept{
		Format: keptFormat, Finding: f, Details: f.Details, NotMean: f.NotMean, Pages: f.Comparison, Needed: f.Status.Needed,
		Approved: f.Status.ApprovedBy, Entries: f.Status.Entries, Reason: f.Status.Reason,
	}
	raw, err := k.pack()
	return raw, err == nil && len(raw) <= mostPacked
}

// secret reports whether an answer rests on what is not public.
func secret(f check.Finding) bool {
	return slices.ContainsFunc(f.Evidence, func(c check.Chip) bool { return c.Kind == check.ChipPresented || c.Kind == check.ChipHeld })
}

func (k kept) pack() ([]byte, error) {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if err := json.NewEncoder(z).Encode(k); err != nil {
		return nil, fmt.Errorf("keeping an answer: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("keeping an answer: %w", err)
	}
	return out.Bytes(), nil
}

func unpack(raw []byte) (k kept, err error) {
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return k, fmt.Errorf("reading a kept answer: %w", err)
	}
	data, err := io.ReadAll(io.LimitReader(z, mostKept+1))
	if err != nil {
		return k, fmt.Errorf("reading a kept answer: %w", err)
	}
	if len(data) > mostKept {
		return k, errors.New("a kept answer is too long")
	}
	if err := json.Unmarshal(data, &k); err != nil {
		return k, fmt.Errorf("reading a kept answer: %w", err)
	}
	f := k.Finding
	if k.Format != keptFormat || f.Headline == nil || f.Match == nil || f.Standing == nil {
		return k, fmt.Errorf("reading a kept answer: format %d is not known", k.Format)
	}
	return k, nil
}

// WithoutCopy takes the reader's words out of a packed answer, all but those of
// each difference.
func WithoutCopy(raw []byte) ([]byte, error) {
	k, err := unpack(raw)
	if err != nil {
		return nil, err
	}
	k.Pages = facing.Pages{}
	for i := range k.Finding.Others {
		k.Finding.Others[i].Passage = ""
	}
	for i := range k.Finding.Differences {
		k.Finding.Differences[i].Box = nil
	}
	return k.pack()
}

// Unpack returns the finding of a packed answer, as far as the page shows it.
func Unpack(raw []byte) (check.Finding, error) {
	k, err := unpack(raw)
	if err != nil {
		return check.Finding{}, err
	}
	f := k.Finding
	v := check.VerdictOf(*f.Match, *f.Standing)
	f.Verdict, f.Details, f.NotMean, f.Comparison = &v, k.Details, k.NotMean, k.Pages
	f.Status.Needed, f.Status.ApprovedBy, f.Status.Entries, f.Status.Reason = k.Needed, k.Approved, k.Entries, k.Reason
	return f, nil
}

// NowOf returns where the words on record stand now, of an answer that was kept;
// "" when that is where they stood, or cannot be told.
func NowOf(r shared.Records, f check.Finding, at time.Time) register.Standing {
	if f.Record == nil || f.Standing == nil {
		return ""
	}
	s, rec := r.State(), f.Record
	for t := range s.Texts() {
		if t.Record.Office != rec.OfficeURI || t.Record.Kind != rec.Kind || t.Record.Reference != rec.Reference || t.Language != rec.Language || t.Revision != rec.Revision ||
			rec.Kind != register.RecordLetter && t.Record.Entry != rec.Entry {
			continue
		}
		text, ok := r.TextOf(t.Leaf.Hash)
		if !ok {
			continue
		}
		st, ok := s.Standing(t.Record, letter.LangText{Lang: t.Language, Text: text}, at)
		if !ok {
			continue
		}
		if now := r.Checkpoint().Rests(st.Standing, at, s.Exercise()); now != *f.Standing {
			return now
		}
		return ""
	}
	return ""
}
