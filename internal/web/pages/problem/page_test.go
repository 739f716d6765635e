package problem

import (
	"net/http"
	"slices"
	"testing"
)

// TestStatuses: the numbers are those of HTTP, which this page cannot take from
// net/http.
func TestStatuses(t *testing.T) {
	for number, want := range map[int]int{
		badRequest: http.StatusBadRequest, forbidden: http.StatusForbidden, notFound: http.StatusNotFound, notAllowed: http.StatusMethodNotAllowed,
		tooLarge: http.StatusRequestEntityTooLarge, mediaType: http.StatusUnsupportedMediaType, unprocessable: http.StatusUnprocessableEntity,
		tooMany: http.StatusTooManyRequests, internal: http.StatusInternalServerError, unavailable: http.StatusServiceUnavailable,
	} {
		if number != want {
			t.Errorf("%d, want %d", number, want)
		}
	}
	for _, k := range Kinds() {
		if s := New(k, 0).Status; http.StatusText(s) == "" || s < 400 {
			t.Errorf("%s has the status %d", k, s)
		}
	}
	if v := New("of no kind", 7); v.Kind != "internal" || v.Status != 500 || !slices.Contains(Kinds(), v.Kind) {
		t.Errorf("%+v", v)
	}
}
