package webtest

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"testing"
)

// Upload sends a file to a page that takes one, as a browser does, and returns the
// status of the answer and its body.
func Upload(t testing.TB, address, accept, name string, data []byte) (int, []byte) {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	part, err := m.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write(data)
	_ = m.Close()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, &b)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.Header.Set("Accept", accept)
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = got.Body.Close() }()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return got.StatusCode, body
}
