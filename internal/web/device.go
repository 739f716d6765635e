package web

import (
	"net/http"
	"strconv"
	"strings"

	"chancery.example/internal/kit"
	"chancery.example/internal/web/pages/verify"
	"chancery.example/internal/web/shared"
)

// Where the reader for browsers is served. Every address holds a digest, so that
// browsers keep what they have.
const devicePath = "/device/"

// device is what a page needs to answer on its reader's device; nil while there is
// no reader to give.
func (s *site) device() *shared.Device {
	k := s.opts.Reader.Kit()
	if k == nil {
		return nil
	}
	address := func(name string) string { return devicePath + k.Files[name].Digest + "/" + name }
	d := &shared.Device{
		Worker: s.assets.worker, Go: address(kit.GoScript), Reader: address(kit.Reader), Pictures: address(kit.Pictures),
		Register: "/", Style: s.assets.style, MB: megabytes(k.Files[kit.Reader].Size()), Others: s.opts.Others != nil,
	}
	if k.OCR != nil {
		d.OCR = devicePath + k.OCR.Digest + "/"
		d.OCRMB = megabytes(k.OCR.Size + k.Files[kit.Pictures].Size())
	}
	return d
}

// megabytes rounds bytes up.
func megabytes(n int) int { return (n + megabyte - 1) / megabyte }

// scripts are the modules of pages with a device.
func (s *site) scripts(d *shared.Device) []string {
	if d == nil {
		return nil
	}
	return []string{s.assets.script}
}

// deviceFile sends a file of the kit, in the smallest form that the client takes.
func (s *site) deviceFile(w http.ResponseWriter, r *http.Request) {
	k, name := s.opts.Reader.Kit(), r.PathValue("name")
	if k == nil {
		http.NotFound(w, r)
		return
	}
	f, ok := k.Files[name]
	if digest := r.PathValue("digest"); !ok || f.Digest != digest {
		if f, ok = k.OCR.File(name); !ok || k.OCR.Digest != digest {
			http.NotFound(w, r)
			return
		}
	}
	data, encoding := f.Best(r.Header.Get("Accept-Encoding"))
	h := w.Header()
	h.Set("Content-Type", f.Media)
	h.Set("Cache-Control", forEver)
	h.Set("Vary", "Accept-Encoding")
	h.Set("Content-Length", strconv.Itoa(len(data)))
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	if r.Method != http.MethodHead {
		_, _ = w.Write(data) //nolint:gosec // a file of the program by its name and digest; a reader who went away is not our failure
	}
}

// runsWasm reports whether a page or a worker at a path may run WebAssembly: those
// that answer on the reader's device, and what they load.
func runsWasm(path string) bool {
	rest := strings.TrimPrefix(path, "/"+string(langOf(path)))
	return rest == "" || rest == "/" || rest == "/verify" || strings.HasPrefix(path, devicePath)
}

func (s *site) verifyForm(c *call) answer {
	d := s.device()
	a := view(verify.Page, verify.View{Device: d}, nil, shared.Frame{Title: c.printer.T("verify.title"), Path: "/verify", Nav: "check", Scripts: s.scripts(d)})
	a.cache = brief
	return a
}
