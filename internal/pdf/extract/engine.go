package extract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	pdfium "github.com/klippa-app/go-pdfium"
	faults "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"chancery.example/internal/pdf"
)

// maxMemory is how much memory pdfium has, in pages of WebAssembly of 64 KiB.
const maxMemory = 2048

// An engine is pdfium, ready to open one file. It is used once.
type engine struct {
	pdfium.Pdfium
	pool pdfium.Pool
}

// start starts pdfium with the compiled form in a folder; without a folder, or
// without anything in it, it is compiled anew, which takes seconds.
func start(cache string) (*engine, error) {
	cfg := wazero.NewRuntimeConfig().WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).WithMemoryLimitPages(maxMemory)
	if cache != "" {
		kept, err := wazero.NewCompilationCacheWithDir(cache)
		if err != nil {
			return nil, fmt.Errorf("opening the folder of compiled programs: %w", err)
		}
		cfg = cfg.WithCompilationCache(kept)
	}
	pool, err := webassembly.Init(webassembly.Config{
		Context: context.Background(), MaxIdle: 1, MaxTotal: 1, RuntimeConfig: cfg,
		FSConfig: wazero.NewFSConfig(), // no files
		Stdout:   io.Discard, Stderr: io.Discard,
		RandomSource: bytes.NewReader(make([]byte, 1<<16)), // the same file gives the same reading
	})
	if err != nil {
		return nil, fmt.Errorf("starting pdfium: %w", err)
	}
	instance, err := pool.GetInstance(time.Minute)
	if err != nil {
		return nil, fmt.Errorf("starting pdfium: %w", err)
	}
	return &engine{Pdfium: instance, pool: pool}, nil
}

// compile puts the compiled form of pdfium into a folder, whole or not at all:
// another process may be reading it.
func compile(cache string) error {
	if err := os.MkdirAll(filepath.Dir(cache), 0o700); err != nil {
		return fmt.Errorf("making the folder of compiled programs: %w", err)
	}
	beside, err := os.MkdirTemp(filepath.Dir(cache), "compiling-")
	if err != nil {
		return fmt.Errorf("making the folder of compiled programs: %w", err)
	}
	defer func() { _ = os.RemoveAll(beside) }()
	if _, err := start(beside); err != nil {
		return err
	}
	if err := os.Rename(beside, cache); err != nil {
		if ready(cache) { // somebody else was quicker
			return nil
		}
		return fmt.Errorf("putting the compiled program in its place: %w", err)
	}
	return nil
}

// ready reports whether a folder holds the compiled form.
func ready(cache string) bool {
	found, err := filepath.Glob(filepath.Join(cache, "*", "*"))
	return err == nil && len(found) > 0
}

// open opens a file.
func (e *engine) open(data []byte) (*document, error) {
	got, err := e.OpenDocument(&requests.OpenDocument{File: &data})
	switch {
	case errors.Is(err, faults.ErrPassword), errors.Is(err, faults.ErrSecurity):
		return nil, problem(pdf.Locked, "it is locked by a password: open it and print it into a new PDF, or give a picture of the page")
	case err != nil:
		return nil, problem(pdf.Broken, "it is damaged and shows no page: save or print it into a new PDF, or give a picture of the page")
	}
	d := &document{engine: e, ref: got.Document}
	n, err := e.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: d.ref})
	switch {
	case err != nil || n.PageCount <= 0:
		return nil, problem(pdf.NoContent, "it has no pages")
	case n.PageCount > pdf.MaxPages:
		return nil, problem(pdf.TooLarge, "it has %d pages; at most %d are read: give the pages in question", n.PageCount, pdf.MaxPages)
	}
	d.pages = n.PageCount
	return d, nil
}

// A document is an open file.
type document struct {
	*engine
	ref   references.FPDF_DOCUMENT
	pages int
}

func problem(p pdf.Problem, format string, args ...any) error {
	return &pdf.Error{Problem: p, Advice: fmt.Sprintf(format, args...)}
}
