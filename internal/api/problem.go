package api

import (
	"encoding/json"
	"mime"
	"net/http"
	"strings"

	"github.com/fxamacker/cbor/v2"
)

// MUST numbers here are those of scrapi.md.

// The forms of a problem: RFC 9290 in CBOR, RFC 9457 in JSON.
const (
	mediaProblemCBOR = "application/concise-problem-details+cbor"
	mediaProblemJSON = "application/problem+json"
)

// A conciseProblem is RFC 9290's.
type conciseProblem struct {
	Title  string `cbor:"-1,keyasint"`
	Detail string `cbor:"-2,keyasint"`
}

// problem says what is wrong: in CBOR, as SCRAPI has it, or in JSON when that is
// asked for and CBOR is not (MUST-9).
func (s *scitt) problem(w http.ResponseWriter, r *http.Request, status int, title, detail string) {
	media := mediaProblemCBOR
	raw, err := cbor.Marshal(conciseProblem{title, detail})
	if wantsJSON(r.Header.Values("Accept")) {
		media = mediaProblemJSON
		raw, err = json.Marshal(struct {
			Title  string `json:"title"`
			Status int    `json:"status"`
			Detail string `json:"detail"`
		}{title, status, detail})
	}
	if err != nil {
		raw = nil
	}
	w.Header().Set("Content-Type", media)
	w.Header().Set("Cache-Control", cacheNot)
	w.Header().Set("Vary", "Accept")
	w.WriteHeader(status)
	_, _ = w.Write(raw)
}

// wantsJSON reports whether an Accept header names JSON and nothing of CBOR.
func wantsJSON(accept []string) bool {
	found := false
	for part := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		media, _, err := mime.ParseMediaType(strings.TrimSpace(part))
		switch {
		case err != nil:
		case strings.HasSuffix(media, "cbor"), strings.HasSuffix(media, "cose"):
			return false
		case strings.HasSuffix(media, "json"):
			found = true
		}
	}
	return found
}
