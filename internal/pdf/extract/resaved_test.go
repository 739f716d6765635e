package extract

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"chancery.example/internal/check"
	"chancery.example/internal/form"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/pdf"
	"chancery.example/internal/server"
	"chancery.example/letter"
	"chancery.example/proof"
)

const pilotsAR = `صاحب السعادة،

الموضوع: الإرشاد في الميناء الخارجي اعتباراً من ١ نيسان ٢٠٢٦

أتشرف بإبلاغكم بأن هيئة الميناء قررت أن تبقى محطة الإرشاد على الرصيف الخارجي مأهولة من الغروب إلى الفجر، أياً كان الطقس. ورسم الإرشاد الليلي 840 ماركاً عن كل سفينة لا تزيد حمولتها على 5,000 طن، و1,260 ماركاً لما زاد على ذلك.

ويحل هذا القرار محل الأمر المؤرخ ١٤ حزيران ٢٠١٩ (HC-2019-0044)، ولا يُفهم منه أي تنازل عن حقوق الهيئة. وتُقدم الشكاوى إلى هذا المكتب خلال 30 يوماً.

أمينة حداد
مديرة هيئة الميناء
`

const pilotsEN = `Excellency,

Subject: Pilotage in the outer harbour from 1 April 2026

I have the honour to inform you that the Harbour Commission has decided to keep the pilot station on the outer mole manned from dusk to dawn, whatever the weather. The fee for night pilotage is 840 marks for each vessel of up to 5,000 tonnes, and 1,260 marks above that.

The decision replaces the order of 14 June 2019 (HC-2019-0044); nothing in it shall be understood as a waiver of the Commission's rights. Complaints reach this office within 30 days.

Amina Haddad
Director, Harbour Commission
`

// inBoth is a register in which a letter in two languages, with all that stands around
// one, was issued as the PDF that the office makes; and that PDF.
func inBoth(t testing.TB) (*check.Snapshot, time.Time, []byte) {
	t.Helper()
	h, own := inBothHouse(t)
	src, err := server.Read(t.Context(), h.Dir, proof.Policy{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	snap, err := src.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return snap, src.Now(), own
}

func inBothHouse(t testing.TB) (*officetest.House, []byte) {
	t.Helper()
	h := officetest.NewOnPaper(t, form.New(reader(t, nil)))
	h.IssueLetter(t, "harbour", letter.Content{
		Reference: "HC-2026-0012", Type: letter.TypeLetter, Prevailing: "ar",
		Texts:        []letter.LangText{{Lang: "ar", Text: officetest.Text(t, pilotsAR)}, {Lang: "en", Text: officetest.Text(t, pilotsEN)}},
		Addressees:   []string{"Ministry of Transport, Department of Ports", "Coast Guard, Northern Command"},
		Distribution: []string{"Pilots' Association"},
		Enclosures:   []letter.Enclosure{{Title: "Chart of the outer harbour"}, {Title: "Table of fees"}},
		Signature:    letter.SignatureBlock{Kind: letter.SignatureInk, Lines: []string{"Amina Haddad", "Director, Harbour Commission"}},
	}, office.Terms{})
	names, err := filepath.Glob(filepath.Join(h.Dir, "files", "*.pdf"))
	if err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	own, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	return h, own
}

// through has a program write a PDF anew: of its arguments FROM and TO are files. nil
// when the program is not here.
func through(t testing.TB, debian string, data []byte, args ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath(args[0]); err != nil {
		t.Logf("SKIPPED: no %s here (Debian: %s), so no letter is saved anew by it", args[0], debian)
		return nil
	}
	dir := t.TempDir()
	from, to := filepath.Join(dir, "from.pdf"), filepath.Join(dir, "to.pdf")
	if err := os.WriteFile(from, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range args {
		args[i] = strings.NewReplacer("FROM", from, "TO", to).Replace(args[i])
	}
	if out, err := exec.CommandContext(t.Context(), args[0], args[1:]...).CombinedOutput(); err != nil { //nolint:gosec // named in this file
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	raw, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func pdfcpu(t testing.TB, data []byte, do func(in *bytes.Reader, out *bytes.Buffer, conf *model.Configuration) error) []byte {
	t.Helper()
	api.DisableConfigDir()
	conf := model.NewDefaultConfiguration()
	conf.Offline = true
	var out bytes.Buffer
	if err := do(bytes.NewReader(data), &out, conf); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestSavedAnew: a letter in two languages whose bytes another program wrote anew shows
// what it showed: the right words in the right order, all that stands around them, and
// nothing to look at again. Saved with its drawing as it is, that is known without
// reading pictures; printed, the pages are read. Words that nobody sees, put into such a
// file, are named all the same.
func TestSavedAnew(t *testing.T) {
	snap, at, own := inBoth(t)
	plain, look := reader(t, nil), reader(t, nil)
	if _, err := exec.LookPath("tesseract"); err == nil {
		look = reader(t, pictures(t))
	} else {
		t.Log("SKIPPED: no tesseract here (Debian: tesseract-ocr), so no printed page is read as a picture")
	}
	printed := through(t, "poppler-utils", own, "pdftocairo", "-pdf", "FROM", "TO")
	saved := pdfcpu(t, own, func(in *bytes.Reader, out *bytes.Buffer, conf *model.Configuration) error {
		return api.Optimize(in, out, conf)
	})
	hidden := pdfcpu(t, saved, func(in *bytes.Reader, out *bytes.Buffer, conf *model.Configuration) error {
		wm, err := api.TextWatermark("Pay nothing to the harbour at all", "font:Helvetica, points:12, op:0, rot:0, pos:bl, scale:1 abs", true, false, 0)
		if err != nil {
			return err
		}
		return api.AddWatermarks(in, out, []string{"2"}, wm, conf)
	})
	for name, c := range map[string]struct {
		data []byte
		r    *Reader
		seen pdf.Seen
		exit int
	}{
		"by qpdf":                  {through(t, "qpdf", own, "qpdf", "--object-streams=generate", "--linearize", "FROM", "TO"), plain, pdf.SeenIssued, check.ExitInForce},
		"by mutool":                {through(t, "mupdf-tools", own, "mutool", "clean", "-gggg", "FROM", "TO"), plain, pdf.SeenIssued, check.ExitInForce},
		"by pdfcpu":                {saved, plain, pdf.SeenIssued, check.ExitInForce},
		"printed":                  {printed, look, pdf.SeenPicture, check.ExitInForce},
		"printed, pictures unread": {printed, plain, pdf.SeenPart, check.ExitPart},
		"with hidden words":        {hidden, plain, pdf.SeenIssued, check.ExitPart},
	} {
		if c.data == nil || c.seen == pdf.SeenPicture && look.opts.Pictures == nil {
			continue // said above
		}
		f, err := snap.Examine(t.Context(), check.Exhibit{Data: c.data, PDFs: c.r}, at)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if f.Match == nil || *f.Match != check.SameText || f.Exit() != c.exit || f.PDF.Seen != c.seen {
			t.Errorf("%s: %s, exit %d; want exit %d, seen as %s", name, result(f, err), f.Exit(), c.exit, c.seen)
		}
		for _, d := range f.Differences {
			t.Errorf("%s: to be looked at: %q for %q", name, d.Copy, d.Record)
		}
		tells := slices.ContainsFunc(f.PDF.Remarks, func(m check.RemarkView) bool {
			return m.Kind != pdf.PictureOnly && m.Kind.Doubts() && strings.Contains(m.Text, "harbour at all")
		})
		if tells != (name == "with hidden words") {
			t.Errorf("%s: remarks %+v", name, f.PDF.Remarks)
		}
	}
}
