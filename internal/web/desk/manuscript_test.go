package desk

import (
	"archive/zip"
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func docx(t *testing.T, body string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write([]byte(`<?xml version="1.0"?><w:document xmlns:w="w"><w:body>` + body + `</w:body></w:document>`))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestWordsFromFiles: a file's words come into the form to be read, whichever button
// sent them, and nothing is saved before they are sent as text; what its writer has to
// settle is listed, with what was typed still there.
func TestWordsFromFiles(t *testing.T) {
	r := newRoom(t)
	fields := url.Values{"reference": {"HC-9"}, "type": {"letter"}, "text-ar": {"كلمات كُتبت."}, "text-en": {"Typed before."}}
	file := docx(t, `<w:p><w:r><w:t>The quay is &lt;b&gt;repaired.</w:t></w:r></w:p>`)
	for _, take := range []string{"text-en", ""} { // its own button, and that which saves
		fields.Set("take", take)
		r.want(r.upload("harbour/drafter", "/desk/new", fields, "file-text-en", `C:\papers\quay.docx`, file), http.StatusOK,
			"The quay is &lt;b&gt;repaired.", "Nothing is saved yet", "quay.docx", "كلمات كُتبت.", `value="HC-9"`)
		r.want(r.get("harbour/drafter", "/desk/edit/HC-9"), http.StatusNotFound)
	}
	page := r.upload("harbour/drafter", "/desk/new", fields, "file-text-en", "quay.docx", file).Body.String()
	if strings.Contains(page, "Typed before") || strings.Contains(page, `class="errors"`) {
		t.Errorf("beside the words of the file:\n%s", page)
	}
	open := docx(t, `<w:p><w:r><w:t>The quay </w:t></w:r><w:ins><w:r><w:t>is not</w:t></w:r></w:ins></w:p><w:p><w:footnoteReference/></w:p>`)
	fields.Set("take", "text-en")
	r.want(r.upload("harbour/drafter", "/desk/new", fields, "file-text-en", "quay.docx", open), http.StatusUnprocessableEntity,
		"only its writer can settle", "A tracked change", "A footnote", "The quay", "Typed before.", `href="#text-en"`)
	r.want(r.upload("harbour/drafter", "/ar/desk/new", fields, "file-text-en", "quay.docx", open), http.StatusUnprocessableEntity, "تعديل متعقَّب")
	for name, data := range map[string]string{"quay.doc": "\xd0\xcf\x11\xe0", "quay.exe": "MZ\x00", "quay.docx": "PK\x03\x04"} {
		r.want(r.upload("harbour/drafter", "/desk/new", fields, "file-text-en", name, []byte(data)), http.StatusUnprocessableEntity, "No words could be taken", "Typed before.")
	}
	r.want(r.upload("harbour/drafter", "/desk/new", fields, "enclosures", "plan.pdf", []byte("%PDF")), http.StatusUnprocessableEntity, "Choose a file first", "plan.pdf")
	r.want(r.upload("harbour/drafter", "/desk/new", url.Values{"reference": {"HC-9"}, "type": {"letter"}, "more-lang": {"fr"}}, "file-more-text", "quai.md", []byte("# Le quai\n")), http.StatusOK, "Le quai", `value="fr"`)

	// Saved as text, it is a letter; a file on the page of a change likewise.
	fields.Del("take")
	fields.Set("text-en", "The quay is repaired.")
	r.want(r.post("harbour/drafter", "/desk/new", fields), http.StatusSeeOther)
	change := url.Values{"seen": {"old"}, "text-ar": {"كلمات."}}
	r.want(r.upload("harbour/drafter", "/desk/edit/HC-9", change, "file-text-en", "later.txt", []byte("The quay is closed.\n")), http.StatusOK, "The quay is closed.", "Nothing is saved yet", `name="seen" value="old"`)
	if page := r.page("harbour/drafter", "/desk/letter/HC-9"); !strings.Contains(page, "The quay is repaired.") || strings.Contains(page, "is closed") {
		t.Error("a file changed the letter before it was saved")
	}
}
