// Package api is a register for programs. It has the read side of SCRAPI, the
// HTTP interface of SCITT transparency services (draft-ietf-scitt-scrapi): the
// receipt keys, and for each entry its receipt, the signed statement, and both in
// one. docs/formats/scrapi.md is the specification.
//
// It is a thin adapter: whatever it answers stands in the log, or is a receipt
// that anybody can verify against it. Nothing is registered here; entries come by
// the acts of offices.
package api

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"

	"github.com/fxamacker/cbor/v2"

	"chancery.example/internal/kind"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// MUST numbers here are those of scrapi.md.

// A Source is a register as of its newest head.
type Source interface {
	State(ctx context.Context) (*register.State, error)
	Entry(ctx context.Context, i register.Index) ([]byte, error)
	// Receipt signs the receipt of an entry under the newest head, or says why
	// there is none here.
	Receipt(ctx context.Context, i register.Index) (proof.Receipt, error)
}

// atOnce is how many requests are answered at a time; more are asked to come
// again. None takes longer than one signature and one path.
const atOnce = 16

type scitt struct {
	src     Source
	running chan struct{}
}

// Addresses are what [SCITT] answers, as patterns of net/http.
func Addresses() []string {
	return []string{"/.well-known/scitt-keys", "/.well-known/scitt-keys/", "/.well-known/transparency-configuration", "/entries", "/entries/"}
}

// SCITT returns the handler of SCRAPI's read side.
func SCITT(src Source) http.Handler {
	s := &scitt{src: src, running: make(chan struct{}, atOnce)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/scitt-keys", s.keys)
	mux.HandleFunc("GET /.well-known/scitt-keys/{kid}", s.key)
	mux.HandleFunc("GET /.well-known/transparency-configuration", s.configuration)
	mux.HandleFunc("GET /entries/{id}", s.receipt)
	mux.HandleFunc("GET /entries/{id}/statement", s.statement)
	mux.HandleFunc("GET /entries/{id}/transparent", s.transparent)
	mux.HandleFunc("POST /entries", s.refuse)
	mux.HandleFunc("/", s.nothing)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
		h.Set("Access-Control-Allow-Origin", "*") // public data
		if r.URL.RawQuery != "" {                 // MUST-2: caches keep what is addressed by a path
			s.problem(w, r, http.StatusBadRequest, "Malformed request", "Everything here is addressed by its path alone: leave out what follows the question mark.")
			return
		}
		select {
		case s.running <- struct{}{}:
			defer func() { <-s.running }()
		default:
			h.Set("Retry-After", "1")
			s.problem(w, r, http.StatusTooManyRequests, "Too Many Requests", "Too many requests at this moment: ask again in a second.")
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// How long answers may be kept (MUST-3).
const (
	cacheForEver = "public, max-age=31536000, immutable"
	cacheBriefly = "public, max-age=60"
	cacheNot     = "no-store"
)

const (
	mediaCBOR = "application/cbor"
	mediaCOSE = proof.ReceiptMediaType
)

// A coseKey is a receipt key as RFC 9052 section 7 has it, with its key id.
type coseKey struct {
	Kty int         `cbor:"1,keyasint"`
	Kid letter.Hash `cbor:"2,keyasint"`
	Alg int64       `cbor:"3,keyasint"`
	Crv int         `cbor:"-1,keyasint"`
	X   []byte      `cbor:"-2,keyasint"`
}

const ktyOKP, crvEd25519 = 1, 6

func wireKey(k register.RoleKey) (coseKey, bool) {
	x, ok := k.Key.Ed25519()
	return coseKey{Kty: ktyOKP, Kid: k.Thumbprint, Alg: k.Key.Algorithm(), Crv: crvEd25519, X: x}, ok
}

// keys answers with the receipt keys that are in force (MUST-4).
func (s *scitt) keys(w http.ResponseWriter, r *http.Request) {
	state, err := s.src.State(r.Context())
	if err != nil {
		s.failed(w, r, err)
		return
	}
	set := []coseKey{}
	for _, k := range state.RoleKeys(register.KeyReceipt) {
		if wire, ok := wireKey(k); ok && k.Revoked == nil {
			set = append(set, wire)
		}
	}
	s.cbor(w, r, set)
}

// key answers with one receipt key, also one that is no longer used (MUST-4).
func (s *scitt) key(w http.ResponseWriter, r *http.Request) {
	state, err := s.src.State(r.Context())
	if err != nil {
		s.failed(w, r, err)
		return
	}
	name := r.PathValue("kid")
	for _, k := range state.RoleKeys(register.KeyReceipt) {
		if name != base64.RawURLEncoding.EncodeToString(k.Thumbprint[:]) && name != hex.EncodeToString(k.Thumbprint[:]) {
			continue
		}
		if wire, ok := wireKey(k); ok {
			s.cbor(w, r, wire)
			return
		}
	}
	s.problem(w, r, http.StatusNotFound, "No such key", "No key could be found for this kid value.")
}

// configuration answers what earlier drafts of SCRAPI ask for first (MUST-5).
func (s *scitt) configuration(w http.ResponseWriter, r *http.Request) {
	state, err := s.src.State(r.Context())
	if err != nil {
		s.failed(w, r, err)
		return
	}
	s.cbor(w, r, map[string]any{
		"issuer": string(state.Operator()), "subject": register.RegisterSubject(state.Origin()),
		"keys": "/.well-known/scitt-keys", "entries": "/entries/{index}", "checkpoint": "/checkpoint",
		"supported_signature_algorithms": []string{"EdDSA"}, "registration": false,
	})
}

// receipt answers with an entry's receipt under the newest head (MUST-6).
func (s *scitt) receipt(w http.ResponseWriter, r *http.Request) {
	i, ok := s.index(w, r)
	if !ok {
		return
	}
	got, err := s.src.Receipt(r.Context(), i)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	w.Header().Set("Location", "/entries/"+r.PathValue("id"))
	s.send(w, r, mediaCOSE, cacheBriefly, got.Bytes())
}

// statement answers with an entry as it stands in the log (MUST-7).
func (s *scitt) statement(w http.ResponseWriter, r *http.Request) {
	i, ok := s.index(w, r)
	if !ok {
		return
	}
	raw, err := s.src.Entry(r.Context(), i)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	s.send(w, r, mediaCOSE, cacheForEver, raw)
}

// transparent answers with an entry that carries its receipt (MUST-7).
func (s *scitt) transparent(w http.ResponseWriter, r *http.Request) {
	i, ok := s.index(w, r)
	if !ok {
		return
	}
	entry, err := s.src.Entry(r.Context(), i)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	got, err := s.src.Receipt(r.Context(), i)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	raw, err := proof.Transparent(entry, got.Bytes())
	if err != nil {
		s.failed(w, r, err)
		return
	}
	s.send(w, r, mediaCOSE, cacheBriefly, raw)
}

// refuse answers those who want to register a statement (MUST-8).
func (s *scitt) refuse(w http.ResponseWriter, r *http.Request) {
	s.problem(w, r, http.StatusForbidden, "Rejected",
		"Nothing is registered here. Entries of this register come by the acts of its offices, under the approvals of their officers; this address only reads.")
}

func (s *scitt) nothing(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		s.problem(w, r, http.StatusMethodNotAllowed, "Only reading", "This address only reads: use GET.")
		return
	}
	s.problem(w, r, http.StatusNotFound, "Not Found", "Nothing has this address. An entry has /entries/INDEX, /entries/INDEX/statement and /entries/INDEX/transparent.")
}

// index reads the entry's position out of the address: its name here (MUST-2).
func (s *scitt) index(w http.ResponseWriter, r *http.Request) (register.Index, bool) {
	id := r.PathValue("id")
	n, err := strconv.ParseUint(id, 10, 62)
	if err != nil || strconv.FormatUint(n, 10) != id {
		s.problem(w, r, http.StatusBadRequest, "Invalid locator", "An entry's name is its position in the log, from 0, as decimal digits without a leading zero.")
		return 0, false
	}
	return register.Index(n), true
}

// failed answers with what went wrong, by its kind.
func (s *scitt) failed(w http.ResponseWriter, r *http.Request, err error) {
	switch kind.Of(err) {
	case kind.NotFound:
		s.problem(w, r, http.StatusNotFound, "Not Found", sentence(err))
	case kind.Unavailable:
		w.Header().Set("Retry-After", "60")
		s.problem(w, r, http.StatusServiceUnavailable, "Not now", "The register cannot be shown now: ask again in a minute.")
	case kind.Unknown, kind.Invalid, kind.Conflict, kind.Forbidden:
		s.problem(w, r, http.StatusInternalServerError, "Not answered", "The register could not be read. This was not your doing.")
	}
}

// sentence makes a sentence of an error.
func sentence(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

func (s *scitt) cbor(w http.ResponseWriter, r *http.Request, v any) {
	mode, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		s.failed(w, r, err)
		return
	}
	raw, err := mode.Marshal(v)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	s.send(w, r, mediaCBOR, cacheBriefly, raw)
}

func (s *scitt) send(w http.ResponseWriter, _ *http.Request, media, cache string, raw []byte) {
	h := w.Header()
	h.Set("Content-Type", media)
	h.Set("Cache-Control", cache)
	h.Set("Content-Length", strconv.Itoa(len(raw)))
	_, _ = w.Write(raw) //nolint:gosec // binary, of its own media type, with nosniff and a sandbox
}
