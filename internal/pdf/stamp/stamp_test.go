package stamp_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/layout"
	"chancery.example/internal/papercode/qr"
	"chancery.example/internal/pdf"
	"chancery.example/internal/pdf/extract"
	"chancery.example/internal/pdf/lint"
	"chancery.example/internal/pdf/stamp"
	"chancery.example/internal/pdf/typeset"
	"chancery.example/internal/photo"
	"chancery.example/letter"
)

const code = "https://harbour.example/q/#1.harbour.2.0011223344556677.HC-2026-0012"

var options = stamp.Options{Code: code, Domain: "harbour.example"}

func reader(t testing.TB) *extract.Reader {
	t.Helper()
	return extract.New(extract.Options{Time: 2 * time.Minute, Note: func(s string) { t.Log(s) }})
}

func stamper(t testing.TB) *stamp.Stamper {
	t.Helper()
	return stamp.New(stamp.Config{Pages: reader(t).Pages, Time: time.Minute})
}

// A made is a PDF as programs make them; what is not said is ordinary.
type made struct {
	catalogue, box, content, trailer, objects string
	pages                                     []string // further entries of each; none: one page
}

func (m made) bytes() []byte {
	if m.content == "" {
		m.content = "0.5 0 0 0.5 3 3 cm q BT /F1 22 Tf 144 1440 Td (The harbour is open to vessels of the first class.) Tj ET" // leaves its state behind
	}
	if m.box == "" {
		m.box = "0 0 595 842"
	}
	all := []string{
		"<</Type/Catalog/Pages 2 0 R" + m.catalogue + ">>",
		"<</Type/Pages/Kids[%s]/Count %d/MediaBox[" + m.box + "]/Resources<</Font<</F1 4 0 R>>>>>>",
		fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(m.content), m.content),
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
	}
	if m.objects != "" {
		all = append(all, strings.Split(m.objects, "|")...)
	}
	var kids strings.Builder
	for _, p := range append(m.pages, "")[:max(1, len(m.pages))] {
		all = append(all, "<</Type/Page/Parent 2 0 R/Contents 3 0 R"+p+">>")
		fmt.Fprintf(&kids, "%d 0 R ", len(all))
	}
	all[1] = fmt.Sprintf(all[1], kids.String(), max(1, len(m.pages)))
	var b, table bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	for i, o := range all {
		fmt.Fprintf(&table, "%010d 00000 n \n", b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Root 1 0 R/Size %d%s>>\nstartxref\n%d\n%%%%EOF\n", len(all)+1, table.String(), len(all)+1, m.trailer, at)
	return b.Bytes()
}

// paper is a letter of three pages that another program set, tagged and with its
// typefaces, without any code.
func paper(t testing.TB, paragraphs int) []byte {
	t.Helper()
	text, err := letter.Canonicalize([]byte(strings.Repeat("The second lock of the eastern basin is closed to vessels above 40 metres until 14 March 2031, and their masters are asked to wait in the roads.\n\n", paragraphs) + "For the Commission\n"))
	if err != nil {
		t.Fatal(err)
	}
	c := letter.Content{Reference: "HC-2026-0012", Type: letter.TypeLetter, Texts: []letter.LangText{{Lang: "en", Text: text}}}
	got, err := typeset.Set(typeset.Letter{Content: c, Office: []typeset.Words{{Language: "en", Text: "Harbour Commission"}}, Domain: "harbour.example"})
	if err != nil {
		t.Fatal(err)
	}
	return got.PDF
}

// Every page shows the code as letters, and its QR code is read from the picture of
// one; what qpdf and our linter say of the file is nothing; its words are the same.
func TestStamp(t *testing.T) {
	for name, data := range map[string][]byte{
		"turned": made{
			box: "-20 10 575 852", catalogue: "/AcroForm<</Fields[]>>",
			pages: []string{"", "/Rotate 90", "/Rotate 180", "/Rotate 270", "/CropBox[30 30 500 800]"},
		}.bytes(),
		"set": paper(t, 30),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before, err := reader(t).Read(t.Context(), data)
			if err != nil {
				t.Fatal(err)
			}
			out, err := stamper(t).Stamp(t.Context(), data, options)
			if err != nil {
				t.Fatal(err)
			}
			keep(t, name, out)
			r, pictures, err := reader(t).Pages(t.Context(), out)
			if err != nil {
				t.Fatal(err)
			}
			text := r.Versions[0].Text
			joined := strings.Join(strings.Fields(text), "")
			if n := strings.Count(joined, code); n != len(r.Pages) {
				t.Errorf("the code stands %d times on %d pages:\n%s", n, len(r.Pages), text)
			}
			rest := strings.ReplaceAll(joined, code, "")
			if want := strings.Join(strings.Fields(before.Versions[0].Text), ""); name == "turned" && rest != want {
				t.Errorf("the words are %q: want %q", rest, want)
			}
			found := 0
			for _, g := range pictures {
				for _, c := range codes(t, g) {
					if c.Text != code {
						t.Errorf("a QR code says %q", c.Text)
					}
					found++
				}
			}
			if found == 0 {
				t.Error("no QR code is read from the pages")
			}
			for _, refusal := range lint.Check(out, lint.Allowed{}) {
				t.Errorf("lint: %s", refusal)
			}
			qpdf(t, out)
		})
	}
}

// codes are the QR codes on a page.
func codes(t *testing.T, g *image.Gray) []photo.Code {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, g); err != nil {
		t.Fatal(err)
	}
	p, err := photo.Decode(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return qr.Read(t.Context(), p)
}

// keep keeps a file for who wants to look at it.
func keep(t *testing.T, name string, data []byte) {
	t.Helper()
	dir := os.Getenv("CHANCERY_PICTURES")
	if dir == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(dir, "stamp-"+strings.ReplaceAll(name, " ", "-")+".pdf"), data, 0o600); err != nil {
		t.Error(err)
	}
}

func qpdf(t *testing.T, data []byte) {
	t.Helper()
	program, err := exec.LookPath("qpdf")
	if err != nil {
		t.Log("SKIPPED: qpdf is not installed, so that only our own programs looked at the file")
		return
	}
	file := filepath.Join(t.TempDir(), "stamped.pdf")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := exec.CommandContext(t.Context(), program, "--check", file).CombinedOutput(); err != nil { //nolint:gosec // a tool, on our own file
		t.Errorf("qpdf: %s", said)
	}
}

// What cannot be stamped is refused by its name, with what to do.
func TestRefused(t *testing.T) {
	full := "0.9 g 0 0 595 842 re f 0 g BT /F1 11 Tf 72 720 Td (x) Tj ET"
	lines := "BT /F1 11 Tf 72 822 Td 14 TL " + strings.Repeat("(The harbour is open to vessels of the first class and to no others until March.) Tj T* ", 49) + "ET 0 0 595 125 re f"
	for name, c := range map[string]struct {
		data []byte
		want stamp.Problem
	}{
		"text":              {[]byte("Sir,"), stamp.NotPDF},
		"huge":              {append(made{}.bytes(), make([]byte, pdf.MaxBytes)...), stamp.TooLarge},
		"broken":            {[]byte("%PDF-1.7\nnothing else"), stamp.Unread},
		"encrypted":         {locked(t, ""), stamp.Encrypted},
		"encrypted for all": {locked(t, "word"), stamp.Encrypted},
		"signed":            {made{catalogue: "/AcroForm<</SigFlags 3/Fields[5 0 R]>>", objects: "<</FT/Sig/T(s)>>"}.bytes(), stamp.Signed},
		"signed below":      {made{catalogue: "/AcroForm<</Fields[5 0 R]>>", objects: "<</T(s)/Kids[6 0 R]>>|<</FT/Sig/T(t)/Parent 5 0 R>>"}.bytes(), stamp.Signed},
		"certified":         {made{catalogue: "/Perms<<>>"}.bytes(), stamp.Signed},
		"form":              {made{catalogue: "/AcroForm<</Fields[5 0 R]>>", objects: "<</FT/Tx/T(name)/V(x)>>"}.bytes(), stamp.Form},
		"xfa":               {made{catalogue: "/AcroForm<</Fields[]/XFA(x)>>"}.bytes(), stamp.XFA},
		"tinted":            {made{content: full}.bytes(), stamp.NoRoom},
		"full":              {made{content: lines}.bytes(), stamp.NoRoom},
		"room at no code":   {made{content: strings.Replace(lines, "0 0 595 125 re f", "0 60 595 400 re f", 1)}.bytes(), stamp.NoRoom},
		"a stamp":           {made{box: "0 0 100 100"}.bytes(), stamp.NoRoom},
		"another unit":      {made{pages: []string{"/UserUnit 2"}}.bytes(), stamp.Unwritten},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stamp.New(stamp.Config{Pages: white, Time: time.Minute})
			if seen[c.want] || name == "encrypted for all" {
				s = stamper(t)
			}
			_, err := s.Stamp(t.Context(), c.data, options)
			var got *stamp.Error
			if !errors.As(err, &got) || got.Problem != c.want || got.Advice == "" {
				t.Errorf("%v: want %s", err, c.want)
			}
			t.Log(err)
		})
	}
}

// seen are problems that are seen in pictures alone.
var seen = map[stamp.Problem]bool{stamp.Unread: true, stamp.NoRoom: true}

// white draws any file as an empty sheet, for what is refused whatever it shows.
func white(context.Context, []byte) (pdf.Reading, []*image.Gray, error) {
	g := image.NewGray(image.Rect(0, 0, 595, 842))
	for i := range g.Pix {
		g.Pix[i] = 255
	}
	return pdf.Reading{Pages: []layout.Page{{Width: 595 * 25.4 / 72, Height: 842 * 25.4 / 72}}, Versions: []pdf.Version{{Text: code}}}, []*image.Gray{g}, nil
}

// locked is a file under a password: qpdf's, since we write none; without it one that
// says that it is.
func locked(t *testing.T, word string) []byte {
	t.Helper()
	program, err := exec.LookPath("qpdf")
	if err != nil {
		return made{trailer: "/Encrypt<</Filter/Standard/V 1/R 2/O<" + strings.Repeat("00", 32) + ">/U<" + strings.Repeat("00", 32) + ">/P -4>>/ID[<00><00>]"}.bytes()
	}
	in, out := filepath.Join(t.TempDir(), "in.pdf"), filepath.Join(t.TempDir(), "out.pdf")
	if err := os.WriteFile(in, made{}.bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := exec.CommandContext(t.Context(), program, "--encrypt", word, "owner", "256", "--", in, out).CombinedOutput(); err != nil { //nolint:gosec // a tool, on our own file
		t.Fatalf("%s", said)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A stamp is not put over a stamp, and not with the code of another house.
func TestOnce(t *testing.T) {
	s := stamp.New(stamp.Config{Pages: white, Time: time.Minute})
	out, err := s.Stamp(t.Context(), made{}.bytes(), options)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Stamp(t.Context(), out, options); err == nil {
		t.Error("a stamp is put beside a stamp")
	}
	for _, o := range []stamp.Options{{Code: code, Domain: "port.example"}, {Code: "https://harbour.example/q/", Domain: "harbour.example"}, {}} {
		if _, err := s.Stamp(t.Context(), made{}.bytes(), o); err == nil {
			t.Errorf("stamped with %v", o)
		}
	}
}

// A child that ends, hangs, babbles or lies about what it wrote is an error, and what
// it wrote is not taken.
func TestChildGoesWrong(t *testing.T) {
	for name, c := range map[string]struct {
		does string
		want stamp.Problem
	}{
		"ends":            {"exit 3", stamp.Unwritten},
		"hangs":           {"sleep 60", stamp.Unwritten},
		"says nothing":    {"cat > /dev/null", stamp.Unwritten},
		"unknown problem": {`cat > /dev/null; echo '{"problem":"trust_me"}'`, stamp.Unwritten},
		"two answers":     {`cat > /dev/null; echo '{"problem":"form"}{}'`, stamp.Unwritten},
		"a problem":       {`cat > /dev/null; echo '{"problem":"form","advice":"so it is"}'`, stamp.Form},
		"not a PDF":       {`cat > /dev/null; echo '{"pdf":"AAAA"}'`, stamp.Unwritten},
		"another letter":  {`cat > /dev/null; echo '{"pdf":"JVBERi0xLjc="}'`, stamp.Changed},
	} {
		t.Run(name, func(t *testing.T) {
			program := filepath.Join(t.TempDir(), "child")
			if err := os.WriteFile(program, []byte("#!/bin/sh\n"+c.does+"\n"), 0o700); err != nil { //nolint:gosec // it is to be run
				t.Fatal(err)
			}
			limit := 20 * time.Second
			if name == "hangs" {
				limit = 300 * time.Millisecond
			}
			calls := 0
			s := stamp.New(stamp.Config{Program: program, Time: limit, Pages: func(ctx context.Context, data []byte) (pdf.Reading, []*image.Gray, error) {
				r, pictures, err := white(ctx, data)
				if calls++; calls > 1 {
					pictures[0].SetGray(300, 100, color.Gray{})
				}
				return r, pictures, err
			}})
			_, err := s.Stamp(t.Context(), made{}.bytes(), options)
			var got *stamp.Error
			if !errors.As(err, &got) || got.Problem != c.want {
				t.Errorf("%v: want %s", err, c.want)
			}
		})
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	s := stamp.New(stamp.Config{Pages: func(context.Context, []byte) (pdf.Reading, []*image.Gray, error) {
		return pdf.Reading{}, nil, gone.Err()
	}})
	if _, err := s.Stamp(gone, made{}.bytes(), options); !errors.Is(err, context.Canceled) {
		t.Errorf("who asked went away: %v", err)
	}
}
