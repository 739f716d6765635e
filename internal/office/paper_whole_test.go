package office_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"chancery.example/internal/form"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/pdf/extract"
	"chancery.example/internal/pdf/pades"
	"chancery.example/internal/pdf/syntax"
	"chancery.example/internal/testkit/children"
	"chancery.example/letter"
	"chancery.example/proof"
)

// inBoth is a letter in two languages, of some length.
func inBoth(t testing.TB, ref letter.Ref) letter.Content {
	c := officetest.Content(t, ref, `Sir,

From 4 March 2026 the south lock is closed to vessels of more than 40 metres, until the gates have been inspected. Vessels that wait at the outer roads are called in by the pilot station, in the order in which they arrived.

The dues for the days of waiting are not raised. Masters who have paid them already are given them back at the harbour office, on paper of the pilot station.

Leonora Castellane
Harbour Commissioner
`)
	c.Texts = append(c.Texts, letter.LangText{Lang: "ar", Text: officetest.Text(t, `سيدي،

اعتبارًا من 4 آذار/مارس 2026 يُغلق الهويس الجنوبي أمام السفن التي يزيد طولها على 40 مترًا، إلى أن تُفحص البوابات. وتُستدعى السفن المنتظرة في المرسى الخارجي من محطة الإرشاد بترتيب وصولها.

لا تُستوفى الرسوم عن أيام الانتظار. ومن سبق أن دفعها من الربابنة تُردّ إليه في مكتب الميناء بورقة من محطة الإرشاد.

ليونورا كاستيلاني
مفوّضة الميناء
`)})
	return c
}

// TestIssuedPDFIsWhole: what is issued is a PDF in two languages with the office's
// seal over all of it; with a byte changed the seal is broken.
func TestIssuedPDFIsWhole(t *testing.T) {
	h := officetest.NewOnPaper(t, children.Forms(t))
	rec := h.IssueLetter(t, "harbour", inBoth(t, "HC-2026-0012"), office.Terms{})
	pdf, err := h.IssuedForm(t.Context(), "harbour", "HC-2026-0012")
	if err != nil || rec.Index == 0 {
		t.Fatal(err)
	}
	if r := pades.Inspect(pdf); r.Seal != pades.SealWhole {
		t.Errorf("the seal is %s: %s", r.Seal, r.Why)
	}
	if !holdsDraft(t, pdf) {
		t.Error("the proof of the record is not attached")
	}
	changed := bytes.Clone(pdf)
	changed[len(changed)/3] ^= 1
	if r := pades.Inspect(changed); r.Seal == pades.SealWhole {
		t.Error("with a byte changed the seal is whole")
	}
	t.Logf("%d bytes", len(pdf))
}

// holdsDraft reports whether a PDF has the proof of a recorded draft in it.
func holdsDraft(t *testing.T, pdf []byte) bool {
	t.Helper()
	f, err := syntax.Open(pdf, syntax.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	for _, ref := range f.Refs() {
		o, err := f.Get(ref)
		if err != nil {
			t.Fatal(err)
		}
		if s, ok := o.(*syntax.Stream); ok {
			if data, err := f.Data(s); err == nil {
				if b, err := proof.Parse(data); err == nil && b.Draft != nil {
					return true
				}
			}
		}
	}
	return false
}

// BenchmarkIssueOnPaper issues a letter in two languages from its words to the sealed
// PDF and the logged entry, without a timestamp server: one letter at a time, as an
// office does, and one after the other, where each waits for the interval at which the
// log signs heads. In turn with each the same letter is issued by an office without
// PDFs, so that the two differ in the PDF alone.
func BenchmarkIssueOnPaper(b *testing.B) {
	for name, pause := range map[string]time.Duration{"paced": 300 * time.Millisecond, "one after the other": 0} {
		b.Run(name, func(b *testing.B) {
			var with, without, making []time.Duration
			reader := extract.New(extract.Options{Time: time.Minute, Ahead: true}) // as a server has it
			defer func() { _ = reader.Close() }()
			paper := officetest.NewOnPaper(b, timed{form.New(reader), &making})
			plain := officetest.New(b)
			issue := func(h *officetest.House, n int) time.Duration {
				time.Sleep(pause)
				h.Clock.Step(time.Second)
				began := time.Now()
				h.IssueLetter(b, "harbour", inBoth(b, letter.Ref(fmt.Sprintf("HC-%d", n))), office.Terms{})
				return time.Since(began)
			}
			issue(paper, 0) // reads the typefaces
			issue(plain, 0)
			making = nil
			for n := 1; b.Loop(); n++ {
				with, without = append(with, issue(paper, n)), append(without, issue(plain, n))
			}
			b.ReportMetric(0, "ns/op") // of both, and of the pauses
			b.ReportMetric(middle(with), "ms-p50")
			b.ReportMetric(float64(with[0].Microseconds())/1000, "ms-least")
			b.ReportMetric(middle(without), "ms-without-pdf-p50")
			b.ReportMetric(middle(making), "ms-making-pdf-p50")
			b.ReportMetric(middle(with)/middle(without), "times")
		})
	}
}

// timed are forms, and how long each took.
type timed struct {
	form.Maker
	took *[]time.Duration
}

// Make implements office.Forms.
func (m timed) Make(ctx context.Context, o form.Order) ([]byte, error) {
	began := time.Now()
	pdf, err := m.Maker.Make(ctx, o)
	*m.took = append(*m.took, time.Since(began))
	return pdf, err
}

func middle(all []time.Duration) float64 {
	slices.Sort(all)
	return float64(all[len(all)/2].Microseconds()) / 1000
}

// TestCopyAsPDF: a numbered copy is set with its notice on every page, in every
// language of the letter.
func TestCopyAsPDF(t *testing.T) {
	h := officetest.New(t)
	c := inBoth(t, "HC-2026-0014")
	if err := h.Start(t.Context(), "harbour", "drafter", c); err != nil {
		t.Fatal(err)
	}
	out, err := h.Circulate(t.Context(), "harbour", "drafter", "HC-2026-0014", []office.Holder{{Name: "Pilot station", Purpose: "clearance"}})
	if err != nil {
		t.Fatal(err)
	}
	pdf, err := out.Copies[0].PDF()
	if err != nil {
		t.Fatal(err)
	}
	again, err := h.Copies(t.Context(), "harbour", "HC-2026-0014")
	if err != nil {
		t.Fatal(err)
	}
	printed, err := again[0].Paper.PDF()
	if err != nil || !bytes.Equal(pdf, printed) {
		t.Errorf("printed again it is another file (%v)", err)
	}
	if r := pades.Inspect(pdf); r.Seal == pades.SealWhole {
		t.Error("a draft has the office's seal")
	}
	f, err := syntax.Open(pdf, syntax.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	if pages, err := f.Pages(); err != nil || len(pages) < 2 {
		t.Errorf("%d pages, %v", len(pages), err)
	}
}
