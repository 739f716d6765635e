package device

import (
	"chancery.example/internal/check"
	"chancery.example/internal/marked/marks"
	"chancery.example/internal/web/i18n"
	"chancery.example/internal/web/shared"
)

// Marked shows an answer on the reader's own picture, which the page has: for a
// [Question] of a program that reads pictures. Others are smaller without it.
func Marked(p *i18n.Printer, f check.Finding) *shared.Drawing {
	return shared.OwnPicture(p, f, f.PictureSize(), marks.OnCopy(f))
}
