package desk

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"net/http"
)

//go:embed *.js
var scriptFiles embed.FS

// Scripts are the modules of the desk by their names, each under an address that
// holds a part of its digest.
type scripts map[string]script

type script struct {
	address string
	source  []byte
}

func newScripts() (scripts, error) {
	entries, err := scriptFiles.ReadDir(".")
	if err != nil {
		return nil, fmt.Errorf("finding the scripts: %w", err)
	}
	out := scripts{}
	for _, e := range entries {
		source, err := scriptFiles.ReadFile(e.Name())
		if err != nil {
			return nil, fmt.Errorf("reading script %s: %w", e.Name(), err)
		}
		sum := sha256.Sum256(source)
		out[e.Name()] = script{"/desk/" + hex.EncodeToString(sum[:8]) + "/" + e.Name(), source}
	}
	return out, nil
}

func (s script) serve(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(s.source) // a reader who went away is not our failure
}
