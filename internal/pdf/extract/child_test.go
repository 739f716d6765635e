package extract

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/pdf"
)

// A child that ends, hangs or babbles is "could not be read", and never waited
// for; what it says is looked at as foreign bytes are.
func TestChildGoesWrong(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "pdfium-"+versions(), "x", "y"), 0o700); err != nil { // nothing is to be compiled
		t.Fatal(err)
	}
	reading := `{"reading":{"pages":[{"width":210,"height":297,"words":[]}],"looks":[""],"versions":[{"text":"a","words":[{"From":0,"To":1,"Line":1,"Page":1,"Confidence":1,"Box":{"Min":{"X":0,"Y":0},"Max":{"X":5,"Y":5}}}]}],"seen":"ink"}}`
	for name, c := range map[string]struct {
		text string
		want pdf.Problem // "": it is read
	}{
		"good":             {"cat > /dev/null; echo '" + reading + "'", ""},
		"ends":             {"exit 1", pdf.Failed},
		"killed":           {"kill -9 $$", pdf.Failed},
		"hangs":            {"sleep 60", pdf.TooSlow},
		"says nothing":     {"cat > /dev/null", pdf.Failed},
		"two answers":      {"echo '" + reading + reading + "'", pdf.Failed},
		"no reading":       {"echo '{}'", pdf.Failed},
		"no such page":     {"echo '" + strings.Replace(reading, `"Page":1`, `"Page":2`, 1) + "'", pdf.Failed},
		"more text":        {"echo '" + strings.Replace(reading, `"text":"a"`, `"text":"a b"`, 1) + "'", pdf.Failed},
		"looked itself":    {"echo '" + strings.Replace(reading, `"ink"`, `"picture"`, 1) + "'", pdf.Failed},
		"knows the record": {"echo '" + strings.Replace(reading, `"ink"`, `"issued"`, 1) + "'", pdf.Failed},
		"unknown remark":   {"echo '" + strings.Replace(reading, `"seen"`, `"remarks":[{"kind":"trust_me"}],"seen"`, 1) + "'", pdf.Failed},
		"unknown problem":  {`echo '{"problem":"trust_me"}'`, pdf.Failed},
		"a problem":        {`echo '{"problem":"locked","advice":"so it is"}'`, pdf.Locked},
	} {
		t.Run(name, func(t *testing.T) {
			program := filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))
			if err := os.WriteFile(program, []byte("#!/bin/sh\n"+c.text+"\n"), 0o700); err != nil { //nolint:gosec // it is to be run
				t.Fatal(err)
			}
			limit := time.Minute
			if c.want == pdf.TooSlow {
				limit = 300 * time.Millisecond
			}
			_, err := New(Options{Program: program, Time: limit, Cache: dir}).Read(t.Context(), []byte("%PDF-1.7"))
			var got *pdf.Error
			switch {
			case c.want == "" && err != nil:
				t.Errorf("%v", err)
			case c.want != "" && !errors.As(err, &got):
				t.Errorf("the error is %v, not a *pdf.Error", err)
			case c.want != "" && got.Problem != c.want:
				t.Errorf("%s (%s): want %s", got.Problem, got.Advice, c.want)
			}
		})
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := New(Options{Cache: dir}).Read(gone, []byte("%PDF-1.7")); !errors.Is(err, context.Canceled) {
		t.Errorf("a reader who went away: %v", err)
	}
}

// TestNoFolder: where no folder can be written it is said once what is to be done, and
// PDFs are read all the same, each some seconds longer; that is tried in campaigns.
func TestNoFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a file")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	var said []string
	r := New(Options{Time: 2 * time.Minute, Cache: filepath.Join(file, "below"), Note: func(s string) { said = append(said, s) }})
	r.Prepare(t.Context())
	r.Prepare(t.Context())
	if all := strings.Join(said, "\n"); strings.Count(all, "cannot be kept") != 1 || !strings.Contains(all, "--pdf-cache") || !strings.Contains(all, "a file") {
		t.Errorf("said: %q", said)
	}
	if os.Getenv("CHANCERY_PDF_ALL") == "" {
		return
	}
	got, err := r.Read(t.Context(), setAndSealed(t, "Harbour Commission", pilots))
	if err != nil || !strings.Contains(got.First().Text, "840 marks") {
		t.Errorf("without a folder: %v, %q", err, got.First().Text)
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{"problem":"locked","advice":"x"}`))
	f.Add([]byte(`{"reading":{"pages":[{"width":210,"height":297,"words":[]}],"looks":[""],"versions":[{"text":"","words":null}],"seen":"ink"}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		a, err := parseAnswer(raw)
		if (err == nil) != (a.Reading != nil) {
			t.Errorf("%v and %v", a, err)
		}
	})
}

// TestDrawn: pages are drawn that were asked for and none else, no larger than asked; what
// a child says that it drew is looked at as foreign bytes are.
func TestDrawn(t *testing.T) {
	good := `{"pictures":[{"Page":2,"W":2,"H":1,"Pix":"AP8="}]}`
	if got, err := parseDrawn([]byte(good), []int{2}, 2); err != nil || len(got) != 1 || got[0].Pix[1] != 255 {
		t.Errorf("%v, %v", got, err)
	}
	for name, raw := range map[string]string{
		"another page": strings.Replace(good, `"Page":2`, `"Page":3`, 1),
		"too wide":     strings.Replace(good, `"W":2`, `"W":4000000000`, 1),
		"too few":      strings.Replace(good, `"H":1`, `"H":2`, 1),
		"negative":     strings.Replace(strings.Replace(good, `"W":2`, `"W":-2`, 1), `"H":1`, `"H":-1`, 1),
		"none":         `{"pictures":[]}`,
		"two answers":  good + good,
		"locked":       `{"problem":"locked","advice":"so it is"}`,
	} {
		var no *pdf.Error
		if _, err := parseDrawn([]byte(raw), []int{2}, 2); !errors.As(err, &no) {
			t.Errorf("%s: %v", name, err)
		}
	}
	r := New(Options{Cache: t.TempDir()})
	for _, c := range []struct {
		pages []int
		side  int
	}{{nil, 9}, {[]int{0}, 9}, {[]int{2, 1}, 9}, {[]int{1}, 0}, {[]int{1}, MaxDrawnSide + 1}, {[]int{1, 2, 3, 4, 5, 6, 7, 8, 9}, 9}} {
		if _, err := r.Draw(t.Context(), []byte("%PDF-1.7"), c.pages, c.side); err == nil {
			t.Errorf("%v at %d pixels", c.pages, c.side)
		}
	}
	for _, s := range []string{"", "9", "x:1", "9:", "9:1,x", "9:2,1", "99999:1"} {
		if side, pages, err := parseDrawing(s); err == nil {
			t.Errorf("%q is read as %v at %d", s, pages, side)
		}
	}
}

func FuzzDrawn(f *testing.F) {
	f.Add([]byte(`{"pictures":[{"Page":1,"W":2,"H":1,"Pix":"AP8="}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := parseDrawn(raw, []int{1}, 40)
		if err == nil && (len(got) != 1 || got[0].Rect.Empty() || len(got[0].Pix) != got[0].Rect.Dx()*got[0].Rect.Dy()) {
			t.Errorf("%v", got)
		}
	})
}
