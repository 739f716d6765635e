package ocr

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/papercode"
	"chancery.example/internal/photo"
	"chancery.example/internal/photo/photosim"
	"chancery.example/internal/testkit/press"
)

// A picture that the child decodes is, pixel by pixel, the one that is decoded
// here; one that is none is refused in its words.
func TestLook(t *testing.T) {
	const code = "https://harbour.example/q/#1.harbour.1.56df4d37ce57c71b.HC-2026-0012"
	m, err := papercode.Matrix(code)
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, papercode.Image(m, 5)); err != nil {
		t.Fatal(err)
	}
	data := buf.Bytes()
	want, err := photo.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	look, err := slow().Look(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	got := look.Picture
	if got.Size != want.Size || got.Format != want.Format || !bytes.Equal(got.Gray.Pix, want.Gray.Pix) || len(look.Codes) != 1 || look.Codes[0].Text != code {
		t.Errorf("%v %s, codes %v; want %v %s", got.Size, got.Format, look.Codes, want.Size, want.Format)
	}
	look.Close()
	look.Close()
	bare, err := slow().Picture(t.Context(), data)
	if err != nil || bare.Size != want.Size || !bytes.Equal(bare.Gray.Pix, want.Gray.Pix) {
		t.Errorf("without its codes it is another picture: %v", err)
	}
	var no *photo.Error
	if _, err := slow().Picture(t.Context(), []byte("no picture")); !errors.As(err, &no) || no.Problem != photo.NotPicture {
		t.Errorf("%v", err)
	}
	if _, err := slow().Look(t.Context(), []byte("no picture")); !errors.As(err, &no) || no.Problem != photo.NotPicture {
		t.Errorf("%v", err)
	}
}

// The words of a look are those of reading alone, and are there however often they are
// asked for; a look that was closed has none, and its child is gone.
func TestWordsOfALook(t *testing.T) {
	missing(t)
	shot, err := photosim.Clean.Shoot(rand.New(rand.NewPCG(press.Seed(t), 5)), press.Render(t, english, 26))
	if err != nil {
		t.Fatal(err)
	}
	r := New(Options{Time: 2 * time.Minute, AtOnce: 1, Ahead: true})
	defer func() { _ = r.Close() }()
	r.Expect()
	look, err := r.Look(t.Context(), shot.Data)
	if err != nil {
		t.Fatal(err)
	}
	first, err := look.Words()
	if err != nil || len(first.Words) < 40 {
		t.Fatalf("%d words, %v", len(first.Words), err)
	}
	again, err := look.Words()
	if err != nil || !reflect.DeepEqual(first, again) {
		t.Errorf("asked again: %v", err)
	}
	alone, err := r.Read(t.Context(), shot.Data)
	if err != nil || !reflect.DeepEqual(first, alone) {
		t.Errorf("read alone: %v\n%s\n%s", err, first.Text, alone.Text)
	}
	if look, err = r.Look(t.Context(), shot.Data); err != nil {
		t.Fatal(err)
	}
	look.Close()
	if got, err := look.Words(); err == nil {
		t.Errorf("a closed look has words: %q", got.Text)
	}
	if _, err := r.Picture(t.Context(), shot.Data); err != nil { // one at a time: it waits for the place
		t.Errorf("after it: %v", err)
	}
}

// What a child says that was taken over is no picture: of another size than its
// pixels, smaller than the picture that it is of, none, more; and it has no words that a
// reading may not have.
func TestLookIsForeign(t *testing.T) {
	const pix = "AAAAAAAAAAAAAAAA"
	of := func(measures string) string { return `{"picture":{` + measures + `}}` + "\n" + strings.Repeat(pix, 16) }
	reading := `{"reading":{"Text":"a","Words":[{"From":0,"To":1,"Line":1,"Confidence":1,"Box":{"Min":{"X":0,"Y":0},"Max":{"X":5,"Y":5}}}],"Size":{"X":16,"Y":16},"How":"page","Model":"eng"}}`
	code := `{"codes":[{"Text":"x","Box":{"Min":{"X":0,"Y":0},"Max":{"X":9,"Y":5}}}]}`
	good := of(`"W":16,"H":16,"Of":{"X":16,"Y":16}`)
	for name, c := range map[string]struct {
		text         string
		looks, words bool
	}{
		"none":           {`{}` + "\n", false, false},
		"nothing":        {"", false, false},
		"no line":        {strings.Repeat("A", maxLine+1), false, false},
		"short":          {of(`"W":400,"H":16,"Of":{"X":400,"Y":16}`), false, false},
		"larger":         {of(`"W":16,"H":16,"Of":{"X":8,"Y":16}`), false, false},
		"huge":           {of(`"W":16,"H":16,"Of":{"X":16,"Y":9999999}`), false, false},
		"overflowing":    {of(`"W":4294967296,"H":4294967296,"Of":{"X":4294967296,"Y":4294967296}`), false, false},
		"of nothing":     {of(`"W":0,"H":0,"Of":{"X":16,"Y":16}`), false, false},
		"a problem":      {`{"problem":"broken","advice":"so it is"}` + "\n", false, false},
		"no codes":       {good, false, false},
		"bad codes":      {good + `{"codes":[{"Text":""}]}` + "\n", false, false},
		"no words":       {good + "{}\n", true, false},
		"half":           {good + "{}\n" + reading[:40], true, false},
		"codes twice":    {good + code + "\n" + strings.TrimSuffix(code, "}") + "," + strings.TrimPrefix(reading, "{"), true, false},
		"two readings":   {good + "{}\n" + reading + reading, true, false},
		"out of sight":   {good + "{}\n" + strings.Replace(reading, `"X":5`, `"X":500`, 1), true, false},
		"words, problem": {good + "{}\n" + `{"problem":"no_reader","advice":"install one"}`, true, false},
		"good":           {good + code + "\n" + reading, true, true},
	} {
		dir := t.TempDir()
		program := filepath.Join(dir, "child")
		if err := os.WriteFile(filepath.Join(dir, "says"), []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(program, []byte("#!/bin/sh\ncat > /dev/null\ncat "+filepath.Join(dir, "says")+"\n"), 0o700); err != nil { //nolint:gosec // to be run
			t.Fatal(err)
		}
		look, err := New(Options{Program: program, Time: time.Minute}).Look(t.Context(), []byte("picture"))
		var no *photo.Error
		if c.looks != (err == nil) || err != nil && !errors.As(err, &no) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil {
			continue
		}
		if look.Picture.Size != image.Pt(16, 16) {
			t.Errorf("%s: %v", name, look.Picture.Size)
		}
		r, err := look.Words()
		if c.words != (err == nil) || err != nil && !errors.As(err, &no) {
			t.Errorf("%s: %q, %v", name, r.Text, err)
		}
		look.Close()
	}
}

// Nobody waits for words whose reader went away, or that take too long.
func TestLookEnds(t *testing.T) {
	program := filepath.Join(t.TempDir(), "child")
	text := "#!/bin/sh\ncat > /dev/null\necho '{\"picture\":{\"W\":16,\"H\":16,\"Of\":{\"X\":16,\"Y\":16}}}'\nprintf '%256s' x\necho '{}'\nsleep 60\n"
	if err := os.WriteFile(program, []byte(text), 0o700); err != nil { //nolint:gosec // to be run
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	look, err := New(Options{Program: program, Time: time.Minute}).Look(ctx, []byte("picture"))
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := look.Words(); !errors.Is(err, context.Canceled) {
		t.Errorf("a reader who went away: %v", err)
	}
	look.Close()
	if look, err = New(Options{Program: program, Time: 2 * time.Second}).Look(t.Context(), []byte("picture")); err != nil {
		t.Skipf("SKIPPED: this machine is too busy to start a script in two seconds: %v", err)
	}
	var no *photo.Error
	if _, err := look.Words(); !errors.As(err, &no) || no.Problem != photo.TooSlow {
		t.Errorf("too slow: %v", err)
	}
	look.Close()
}

// A order says the same when it is read again, and what is none is refused.
func TestOrders(t *testing.T) {
	for _, o := range []order{{budget: time.Second, deed: readWords}, {budget: 9 * time.Second, deed: cutPlaces, cuts: []image.Rectangle{image.Rect(1, 2, 30, 40), image.Rect(0, 0, 1, 1)}}} {
		got, err := parseOrder(o.line())
		if err != nil || got.line() != o.line() {
			t.Errorf("%q: %q, %v", o.line(), got.line(), err)
		}
	}
	for _, line := range []string{"", "1000", "x words", "0 words", "-1 words", "99999999999 words", "1000 steal", "1000 words 1,2,3,4", "1000 cut", "1000 cut 1,2,3", "1000 cut -1,2,3,4", "1000 cut 1,2,0,4", "1000 cut 0,0,9000,9000", "1000 cut 1,2,99999999999,4"} {
		if _, err := parseOrder(line); err == nil {
			t.Errorf("%q is an order", line)
		}
	}
}
