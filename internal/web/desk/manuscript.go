package desk

import (
	"errors"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"

	"chancery.example/internal/manuscript"
	"chancery.example/internal/web/desk/pages/draft"
)

// unsettled are the keys under "desk.unsettled" of what has to be settled in a file.
var unsettled = map[manuscript.What]string{
	manuscript.TrackedChange: "tracked", manuscript.Comment: "comment", manuscript.HiddenText: "hidden", manuscript.Footnote: "note",
	manuscript.Field: "field", manuscript.Symbol: "symbol", manuscript.Embedded: "embedded", manuscript.HeaderFooter: "margin", manuscript.Markup: "markup",
}

// mostUnsettled are the things of one file that the page lists.
const mostUnsettled = 50

// takes reports whether the form was sent to take words out of files: they are put
// into the form, to be read and saved by the person, and nothing is saved now. A
// file that was chosen is taken so whichever button was pressed.
func (f *draftForm) takes() bool {
	asked := f.c.FormValue("take")
	if asked != "" && f.from == nil {
		f.bad(asked, "nofile", nil)
	}
	return asked != "" || f.from != nil
}

// words are those of a field: what was typed, or what a file says that was chosen
// for it. taken tells the page of the file.
func (f *draftForm) words(field string, taken *draft.File) string {
	typed := f.c.FormValue(field)
	if f.c.MultipartForm == nil {
		return typed
	}
	for _, h := range f.c.MultipartForm.File["file-"+field] {
		if h.Filename == "" {
			continue
		}
		f.from = append(f.from, field)
		taken.Name = path.Base(strings.ReplaceAll(h.Filename, `\`, "/"))
		r, err := h.Open()
		if err != nil {
			f.bad(field, "file", err)
			return typed
		}
		data, err := io.ReadAll(io.LimitReader(r, manuscript.MaxBytes+1))
		if err = errors.Join(err, r.Close()); err != nil {
			f.bad(field, "file", err)
			return typed
		}
		text, err := manuscript.Read(taken.Name, data)
		var open *manuscript.Unsettled
		switch {
		case errors.As(err, &open):
			f.bad(field, "unsettled", nil)
			for _, o := range open.Open[:min(len(open.Open), mostUnsettled)] {
				taken.Open = append(taken.Open, draft.Open{Key: unsettled[o.What], After: o.After})
			}
			taken.Further = len(open.Open) - len(taken.Open)
			return typed
		case err != nil:
			f.bad(field, "file", err)
			return typed
		}
		taken.Taken = true
		return text.String()
	}
	return typed
}

// ofFiles is what is wrong with the files alone: the rest of the form is not looked
// at before it is to be saved.
func (f *draftForm) ofFiles() []draft.Wrong {
	return slices.DeleteFunc(slices.Clone(f.wrong), func(w draft.Wrong) bool { return w.Key != "file" && w.Key != "nofile" && w.Key != "unsettled" })
}

// confirm shows the form with the words of files in it.
func (f *draftForm) confirm() answer {
	f.v.Wrong, f.v.Why = f.ofFiles(), f.c.FormValue("why")
	status := http.StatusOK
	if len(f.v.Wrong) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return f.c.showDraft(*f.v, status)
}
