package shared

import (
	_ "embed"
	"html/template"
	"slices"
	"strings"
)

// deviceParts are the pieces of forms that are answered on the reader's device.
//
//go:embed device.tmpl
var deviceParts string

var (
	//go:embed device.js
	formScript []byte
	//go:embed marks.js
	marksScript []byte
)

// DeviceScript is the module of pages whose form can be answered on the reader's
// device: one file, so that whoever opens a page asks for the same whatever follows.
var DeviceScript = slices.Concat(formScript, marksScript)

// WorkerScript is the worker in which that happens.
//
//go:embed worker.js
var WorkerScript []byte

// A Device is where a page finds what it needs to answer on the reader's own
// device. Addresses may be relative to the page.
type Device struct {
	Worker   string
	Go       string
	Reader   string // for texts, reports, files and proofs
	Pictures string // the same, and pictures
	OCR      string // folder of the text reader for pictures, ending in a slash; "" when there is none
	Register string // under which the register's public files are
	Style    string
	Policy   string // whom to trust, in the form of a policy file; "" for the register's own word
	Site     bool   // a page that somebody hosts with no server behind it
	Host     string // of such a page: where the register's pages are; "" when nowhere
	Others   bool   // the server follows other registers; they are not on the reader's device
	MB       int    // megabytes that are loaded first
	OCRMB    int    // and for pictures
}

// Attributes are those of a form that is answered on the device (device.js).
func (d Device) Attributes() template.HTMLAttr {
	var b strings.Builder
	b.WriteString("data-device")
	for _, a := range []struct{ name, value string }{
		{"worker", d.Worker}, {"go", d.Go}, {"reader", d.Reader}, {"picture-reader", d.Pictures}, {"register", d.Register}, {"style", d.Style},
		{"ocr", d.OCR}, {"policy", d.Policy}, {"host", d.Host},
	} {
		if a.value != "" {
			b.WriteString(" data-" + a.name + `="` + template.HTMLEscapeString(a.value) + `"`)
		}
	}
	if d.Site {
		b.WriteString(` data-site="yes"`)
	}
	return template.HTMLAttr(b.String()) //nolint:gosec // escaped
}
