package web_test

import (
	"context"
	"errors"
	"image"
	"strings"
	"testing"

	"chancery.example/internal/check"
	"chancery.example/internal/drawn/mark"
	"chancery.example/internal/marked"
	"chancery.example/internal/web"
	"chancery.example/internal/web/webtest"
)

// An answer to a picture shows the marked pictures in the page, says in words what they
// show, and only that page may hold pictures of its own; programs and answers without
// differences have none, and a drawing that fails takes nothing from the answer.
func TestAnswerOnPictures(t *testing.T) {
	asked := 0
	marks := func(_ context.Context, r marked.Records, f check.Finding, data []byte) (marked.Answer, error) {
		asked++
		if r == nil || string(data) != jpegBytes {
			t.Errorf("asked about %q", data)
		}
		page := func(k mark.Kind) marked.Side {
			m := mark.Mark{Number: 1, Kind: k, Spot: mark.Spot{Box: image.Rect(10, 10, 30, 20)}}
			return marked.Side{Pages: []marked.Page{{Number: 1, Picture: image.NewGray(image.Rect(0, 0, 60, 80)), Marks: []mark.Mark{m}}}}
		}
		a := marked.Answer{Copy: page(mark.OnlyCopy), Record: page(mark.OnlyRecord), Of: marked.OfText}
		a.Copy.Photo, a.Copy.Absent = true, []int{2, 3}
		return a, nil
	}
	h := serve(t, webtest.New(t), web.Options{Pictures: reads(webtest.InForceAltered), Marks: marks})
	for path, want := range map[string][]string{
		"/check":    {"On the pictures", "Picture of your copy, page 1, with its differences marked. 1: ", "as this program sets them", "On no picture of your copy: 2, 3."},
		"/ar/check": {"على الصور", "صورة نسختك، الصفحة 1", "كما يصفّها هذا البرنامج", "لا تظهر في أي صورة من نسختك: 2، 3."},
	} {
		got := post(t, h, path, nil, jpegBytes)
		page := body(t, got)
		wellFormed(t, path, page)
		for _, s := range append(want, `src="data:image/jpeg;base64,`, `src="data:image/png;base64,`, `alt="`, "60") {
			if !strings.Contains(page, s) {
				t.Errorf("%s does not hold %q", path, s)
			}
		}
		if p := got.Header.Get("Content-Security-Policy"); !strings.Contains(p, "img-src 'self' blob: data:;") || strings.Count(p, "data:") != 1 {
			t.Errorf("%s: %s", path, p)
		}
	}
	asked = 0
	if answer := body(t, post(t, h, "/check", nil, jpegBytes, "Accept", jsonOnly)); strings.Contains(answer, "data:image") || asked > 0 {
		t.Errorf("a program was drawn for %d times", asked)
	}
	same := post(t, serve(t, webtest.New(t), web.Options{Pictures: reads(webtest.InForce), Marks: marks}), "/check", nil, jpegBytes)
	if page := body(t, same); strings.Contains(page, "<img") || asked > 0 || strings.Contains(same.Header.Get("Content-Security-Policy"), "data:") {
		t.Error("an answer without differences has pictures")
	}
	failing := serve(t, webtest.New(t), web.Options{Pictures: reads(webtest.InForceAltered), Marks: func(context.Context, marked.Records, check.Finding, []byte) (marked.Answer, error) {
		return marked.Answer{}, errors.New("no pixels today")
	}})
	if page := body(t, post(t, failing, "/check", nil, jpegBytes)); strings.Contains(page, "<img") || !strings.Contains(page, `<del data-n="1">60</del>`) {
		t.Error("a drawing that fails takes the answer with it, or shows itself")
	}
}
