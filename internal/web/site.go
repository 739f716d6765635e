package web

import (
	"bytes"
	"fmt"
	"strings"

	"chancery.example/internal/kit"
	"chancery.example/internal/web/i18n"
	"chancery.example/internal/web/pages/checker"
	"chancery.example/internal/web/reply"
	"chancery.example/internal/web/shared"
	"chancery.example/letter"
)

// A Checker is what a checker that somebody hosts alone is made of.
type Checker struct {
	Kit      *kit.Kit
	Origin   string // of the register's log
	Exercise bool
	// Register is under which address the pages download the register's public
	// files: relative to the pages, as "register/", or of another host, which must
	// allow that (CORS), as servers of registers do.
	Register string
	Host     string   // where the register's own pages are, for links; "" for none
	Policy   string   // whom to trust, as a policy file; "" for the register's own word
	Keys     []string // the same to be shown
}

// Files gives the files of a checker: pages, styles, fonts, scripts and the reader,
// with relative addresses, for any host that serves plain files. The register's
// files are not among them.
func (c Checker) Files(emit func(name string, content []byte) error) error {
	a, err := loadAssets()
	if err != nil {
		return fmt.Errorf("writing the checker: %w", err)
	}
	files := map[string][]byte{
		"icon.svg": []byte(icon), "device/page.js": shared.DeviceScript, "device/worker.js": shared.WorkerScript,
		"style.css": bytes.ReplaceAll(a.files["/style.css"].data, []byte("url(/fonts/"), []byte("url(fonts/")),
	}
	for address, f := range a.files {
		if name, ok := strings.CutPrefix(address, "/fonts/"); ok {
			files["fonts/"+name] = f.data
		}
	}
	for name, as := range map[string]string{kit.Reader: "device/reader.wasm-gz", kit.Pictures: "device/pictures.wasm-gz"} {
		if files[as], err = c.Kit.Files[name].Packed(); err != nil {
			return fmt.Errorf("writing the checker: %w", err)
		}
	}
	files["device/go.js"] = c.Kit.Files[kit.GoScript].Plain()
	for _, name := range kit.OCRFiles {
		if f, ok := c.Kit.OCR.File(name); ok {
			files["device/ocr/"+name] = f.Plain()
		}
	}
	for _, lang := range i18n.Langs() {
		if files[siteFile(lang)], err = c.page(lang); err != nil {
			return err
		}
	}
	for name, content := range files {
		if err := emit(name, content); err != nil {
			return err
		}
	}
	return nil
}

func siteFile(lang letter.Lang) string {
	if lang == i18n.English {
		return "index.html"
	}
	return string(lang) + ".html"
}

// page writes the one page in a language.
func (c Checker) page(lang letter.Lang) ([]byte, error) {
	p, err := i18n.Load(lang)
	if err != nil {
		return nil, fmt.Errorf("writing the checker: %w", err)
	}
	v := checker.View{
		Origin: c.Origin, Keys: c.Keys, Own: c.Policy == "",
		Device: shared.Device{
			Worker: "device/worker.js", Go: "device/go.js", Reader: "device/reader.wasm-gz", Pictures: "device/pictures.wasm-gz",
			Register: c.Register, Style: "style.css", Policy: c.Policy, Site: true, Host: c.Host, MB: megabytes(c.Kit.Files[kit.Reader].Size()),
		},
	}
	if strings.Contains(c.Register, "://") {
		v.Connect = c.Register
	}
	if o := c.Kit.OCR; o != nil {
		v.Device.OCR, v.Device.OCRMB = "device/ocr/", megabytes(o.Size+c.Kit.Files[kit.Pictures].Size())
	}
	f := reply.Complete(shared.Frame{Title: p.T("checker.title"), Scripts: []string{"device/page.js"}}, lang, nil, "style.css")
	f.Origin, f.Exercise = c.Origin, c.Exercise
	var b bytes.Buffer
	if err := checker.Page.Render(&b, f, v); err != nil {
		return nil, fmt.Errorf("writing the checker: %w", err)
	}
	return b.Bytes(), nil
}
