package web_test

import (
	"context"
	"image"
	"net/http"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/photo"
	"chancery.example/internal/web"
	"chancery.example/internal/web/webtest"
)

const jpegBytes = "\xff\xd8\xff\xe0 and pixels"

// reads is a reader of pictures that reads a text, for sure.
func reads(text string) func(context.Context, []byte) (photo.Reading, error) {
	return func(context.Context, []byte) (photo.Reading, error) {
		r := photo.Reading{Text: text, Size: image.Pt(1000, 1000)}
		at := 0
		for _, w := range strings.Fields(text) {
			from := at + strings.Index(text[at:], w)
			at = from + len(w)
			r.Words = append(r.Words, photo.Word{From: from, To: at, Line: 1 + strings.Count(strings.ReplaceAll(text[:from], "\n\n", "\n"), "\n"), Confidence: .97, Box: image.Rect(from%900, from, from%900+40, from+12)})
		}
		return r, r.Check()
	}
}

// A photo is answered like the words that it shows; where they differ, the page
// says in which line of the picture.
func TestPictureIsChecked(t *testing.T) {
	h := serve(t, webtest.New(t), web.Options{Pictures: reads(webtest.InForce)})
	page := body(t, post(t, h, "/check", nil, jpegBytes))
	if !strings.Contains(page, "verdict i-in-force") || !strings.Contains(page, "Ras Amal") {
		t.Errorf("%.2000s", page)
	}
	h = serve(t, webtest.New(t), web.Options{Pictures: reads(webtest.InForceAltered)})
	for path, want := range map[string]string{"/check": "In line 3 of your picture.", "/ar/check": "في السطر 3 من صورتك."} {
		page = body(t, post(t, h, path, nil, jpegBytes))
		wellFormed(t, path, page)
		if !strings.Contains(page, `<del data-n="1">60</del>`) || !strings.Contains(page, want) {
			t.Errorf("%s: %q is missing", path, want)
		}
		if strings.Contains(page, "<img") || strings.Contains(page, "data:") {
			t.Errorf("%s: the page shows the picture, which its policy forbids", path)
		}
	}
	answer := body(t, post(t, h, "/check", nil, jpegBytes, "Accept", jsonOnly))
	if !strings.Contains(answer, `"exhibit_kind": "photo"`) || !strings.Contains(answer, `"box": {`) {
		t.Errorf("%s", answer)
	}
}

// Why a picture could not be read is said in both languages and to programs.
func TestPictureProblems(t *testing.T) {
	failing := func(p photo.Problem) web.Options {
		return web.Options{Pictures: func(context.Context, []byte) (photo.Reading, error) {
			return photo.Reading{}, &photo.Error{Problem: p, Advice: "the child's own words"}
		}}
	}
	for name, c := range map[string]struct {
		opts   web.Options
		status int
		kind   string
		en, ar string
	}{
		"no reader":     {web.Options{}, 422, "no_picture_reader", "apt-get install tesseract-ocr", "اكتب جملة واحدة منها"},
		"not installed": {failing(photo.NoReader), 422, "no_picture_reader", "apt-get install tesseract-ocr", "tesseract"},
		"a bomb":        {failing(photo.TooLarge), 413, "picture_too_large", "100 million pixels", "100 مليون بكسل"},
		"damaged":       {failing(photo.Broken), 422, "picture_broken", "Save it as JPEG or PNG", "تالفة"},
		"slow":          {failing(photo.TooSlow), 422, "picture_too_slow", "took too long", "وقتاً طويلاً"},
		"illegible":     {web.Options{Pictures: blurred}, 422, "picture_unreadable", "Only 25 % of the words", "25٪"},
	} {
		t.Run(name, func(t *testing.T) {
			h := serve(t, webtest.New(t), c.opts)
			for path, want := range map[string]string{"/check": c.en, "/ar/check": c.ar} {
				res := post(t, h, path, nil, jpegBytes)
				page := body(t, res)
				wellFormed(t, path, page)
				if res.StatusCode != c.status || !strings.Contains(page, want) || strings.Contains(page, "own words") {
					t.Errorf("%s: status %d, want %d and %q: %s", path, res.StatusCode, c.status, want, page[strings.Index(page, "<main"):])
				}
			}
			if answer := body(t, post(t, h, "/check", nil, jpegBytes, "Accept", jsonOnly)); !strings.Contains(answer, c.kind) {
				t.Errorf("%s", answer)
			}
		})
	}
}

func blurred(ctx context.Context, data []byte) (photo.Reading, error) {
	r, err := reads("only one of four")(ctx, data)
	for i := range r.Words[1:] {
		r.Words[i+1].Confidence = .2
	}
	return r, err
}

// While a picture is read, words are checked all the same; a second picture waits
// and is told when its time is over.
func TestPicturesKeepNoTextWaiting(t *testing.T) {
	inside, leave := make(chan struct{}), make(chan struct{})
	h := serve(t, webtest.New(t), web.Options{
		Checks: 2, PicturesAtOnce: 1, CheckTimeout: 500 * time.Millisecond,
		Pictures: func(ctx context.Context, data []byte) (photo.Reading, error) {
			close(inside)
			<-leave
			return reads(webtest.InForce)(ctx, data)
		},
	})
	first := make(chan int)
	go func() { first <- post(t, h, "/check", nil, jpegBytes).StatusCode }()
	<-inside
	if res := post(t, h, "/check", nil, jpegBytes); res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a second picture got %d", res.StatusCode)
	}
	if res := post(t, h, "/check", map[string]string{"text": webtest.InForce, "as": "text"}, ""); res.StatusCode != http.StatusOK {
		t.Errorf("words got %d", res.StatusCode)
	}
	close(leave)
	<-first
}
