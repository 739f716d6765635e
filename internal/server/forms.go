package server

import (
	"context"
	"mime"
	"net/http"
	"strings"

	"chancery.example/internal/folder"
	"chancery.example/letter"
)

// Form returns the letter whose issued PDF has a digest, when an entry that is
// public names it.
func (s *Source) Form(ctx context.Context, digest letter.Hash) (folder.Form, bool) {
	now, err := s.newest(ctx)
	if err != nil || now.reading == nil {
		return folder.Form{}, false
	}
	form, ok := folder.FindForm(now.reading.State, digest)
	return form, ok && (form.NotBefore == 0 || !s.Now().Before(form.NotBefore.Time()))
}

// formAge is how long a copy of an issued PDF may be kept: its bytes never change,
// but an erased one should not live on beside the register for a year.
const formAge = "public, max-age=86400, immutable"

// issuedForms serves issued PDFs. One that no public entry names is not there, whatever
// lies in the folder: it may be that of a letter whose entry is on its way.
func issuedForms(f folder.Folder, named func(context.Context, letter.Hash) (folder.Form, bool)) http.Handler {
	const prefix = "/" + folder.FormsName + "/"
	files := file(f.Dir+prefix, prefix, formAge, folder.FormMedia)
	erased := file(f.Dir+prefix, prefix, "no-cache", "text/plain; charset=utf-8")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, prefix)
		hex, pdf := strings.CutSuffix(name, folder.FormExtension)
		hex, tombstone := strings.CutSuffix(hex, folder.TombstoneName)
		digest, err := letter.ParseHash(hex)
		if err != nil || pdf == tombstone || named == nil {
			http.NotFound(w, r)
			return
		}
		form, ok := named(r.Context(), digest)
		switch {
		case !ok:
			http.NotFound(w, r)
		case tombstone:
			erased.ServeHTTP(w, r)
		default:
			disposed := mime.FormatMediaType("attachment", map[string]string{"filename": form.SavedAs()})
			files.ServeHTTP(&disposing{ResponseWriter: w, as: disposed}, r)
		}
	})
}

// disposing names the file of an answer that succeeds.
type disposing struct {
	http.ResponseWriter
	as string
}

// WriteHeader implements http.ResponseWriter.
func (d *disposing) WriteHeader(status int) {
	if status < http.StatusBadRequest {
		d.Header().Set("Content-Disposition", d.as)
	}
	d.ResponseWriter.WriteHeader(status)
}

// Unwrap lets what writes files reach the connection.
func (d *disposing) Unwrap() http.ResponseWriter { return d.ResponseWriter }
