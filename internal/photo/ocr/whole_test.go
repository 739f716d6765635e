package ocr

import (
	"bytes"
	"errors"
	"image"
	"os"
	"path/filepath"
	"testing"
	"time"

	"chancery.example/internal/photo"
)

// A picture that the child decodes is, pixel by pixel, the one that is decoded
// here; one that is none is refused in its words.
func TestWhole(t *testing.T) {
	data := tiny(t)
	want, err := photo.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	got, codes, err := slow().Whole(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	if got.Size != want.Size || got.Format != want.Format || !bytes.Equal(got.Gray.Pix, want.Gray.Pix) || len(codes) != 0 {
		t.Errorf("%v %s, %d codes; want %v %s", got.Size, got.Format, len(codes), want.Size, want.Format)
	}
	bare, err := slow().Picture(t.Context(), data)
	if err != nil || bare.Size != want.Size || !bytes.Equal(bare.Gray.Pix, want.Gray.Pix) {
		t.Errorf("without its codes it is another picture: %v", err)
	}
	var no *photo.Error
	if _, err := slow().Picture(t.Context(), []byte("no picture")); !errors.As(err, &no) || no.Problem != photo.NotPicture {
		t.Errorf("%v", err)
	}
	if _, _, err := slow().Whole(t.Context(), []byte("no picture")); !errors.As(err, &no) || no.Problem != photo.NotPicture {
		t.Errorf("%v", err)
	}
}

// What a child says that was taken over is no picture: of another size than its
// pixels, smaller than the picture that it is of, none, two.
func TestWholeIsForeign(t *testing.T) {
	pix := bytes.Repeat([]byte("AAAA"), 16*16/3+1)[:344] // 256 bytes in base64
	pix[343] = '='
	pix[342] = '='
	for name, text := range map[string]string{
		"none":       `{}`,
		"two":        `{"cuts":[{"W":16,"H":16,"Pix":"` + string(pix) + `","Of":{"X":16,"Y":16}},{"W":16,"H":16,"Pix":"` + string(pix) + `"}]}`,
		"short":      `{"cuts":[{"W":17,"H":16,"Pix":"` + string(pix) + `","Of":{"X":17,"Y":16}}]}`,
		"larger":     `{"cuts":[{"W":16,"H":16,"Pix":"` + string(pix) + `","Of":{"X":8,"Y":16}}]}`,
		"huge":       `{"cuts":[{"W":16,"H":16,"Pix":"` + string(pix) + `","Of":{"X":16,"Y":9999999}}]}`,
		"of nothing": `{"cuts":[{"W":0,"H":0,"Pix":"","Of":{"X":16,"Y":16}}]}`,
		"good":       `{"cuts":[{"W":16,"H":16,"Pix":"` + string(pix) + `","Of":{"X":16,"Y":16}}]}`,
	} {
		program := filepath.Join(t.TempDir(), "child")
		if err := os.WriteFile(program, []byte("#!/bin/sh\ncat <<'E'\n"+text+"\nE\n"), 0o700); err != nil { //nolint:gosec // to be run
			t.Fatal(err)
		}
		p, _, err := New(Options{Program: program, Time: time.Minute}).Whole(t.Context(), []byte("picture"))
		var no *photo.Error
		switch {
		case name == "good":
			if err != nil || p.Size != image.Pt(16, 16) {
				t.Errorf("good: %v", err)
			}
		case !errors.As(err, &no) || no.Problem != photo.Failed:
			t.Errorf("%s: %v", name, err)
		}
	}
}
