package register_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"chancery.example/approval"
	"chancery.example/commitment"
	"chancery.example/letter"
	"chancery.example/register"
)

// Vectors are for whoever writes these formats a second time. One file has one
// input and what must come of it: values, or the class of the one fault it has.
// Files whose name ends in _fail must be refused.
//
//	go test ./register -run TestVectors -update-vectors
//
// writes them anew. What must be refused, and why, is written by hand in
// vectors_make_test.go; the program only has to agree.

var updateVectors = flag.Bool("update-vectors", false, "write testdata/vectors anew")

const vectorFolder = "../testdata/vectors"

// A vector is one file.
type vector struct {
	Comment string `json:"comment"`
	Input   any    `json:"input"`
	Expect  any    `json:"expect"`
}

// failure is what a vector expects that must be refused.
type failure struct {
	Class string `json:"class"`
}

// runners turn the input of an area's vectors into what is expected.
var runners = map[string]func(input []byte) (any, error){
	"letter":     runLetter,
	"revision":   runRevision,
	"commitment": runCommitment,
	"approval":   runApproval,
	"entry":      runEntry,
	"standing":   runStanding,
}

// classes name the faults; each is known by words of the error.
var classes = []struct{ class, words string }{
	{"role", "key role"}, {"role", "is not Ed25519"}, {"role", "under the short name"}, {"first-revision", "of a first revision"},
	{"thumbprint", "not named by its thumbprint"}, {"size", "an index head over"}, {"root", "root of the map is missing"},
	{"domain", "is not that of"}, {"expires", "it expires before it takes effect"}, {"k", "it asks for"}, {"ratify-within", "within what time"}, {"ratify-within", "gives a time to ratify"}, {"target", "not named by its index and leaf hash"},
	{"reference", "not named by its reference"}, {"disclosure", "does not follow the disclosure"},
	{"bidi", "a bidi embedding or override"}, {"isolate", "a direction isolate"},
	{"soft-hyphen", "a soft hyphen"}, {"variation-selector", "a variation selector"},
	{"control", "a control character"}, {"invisible", "an invisible character"},
	{"private-use", "a private-use character"}, {"unassigned", "an unassigned character"},
	{"other-space", "a space that is not SPACE"}, {"not-canonical-text", "not canonical text here"},
	{"line-end", "a line end that is not LF"}, {"marks", "more than 30 marks"}, {"empty", "the text is empty"}, {"utf-16", "UTF-16"}, {"not-utf-8", "the text is not UTF-8"},
	{"pdf", "a PDF file"}, {"binary", "binary data"},
	{"value-differs", "does not fit its leaf"}, {"text-inside", "texts are kept outside"},
	{"no-salt", "without its salt"}, {"field-count", "want the 7 fixed ones"},
	{"text-order", "not in order of their language"}, {"not-a-text", "is not a text"},
	{"does-not-open", "does not open"}, {"other-letter", "belongs to another letter"},
	{"gap", "has a gap"}, {"broken-chain", "does not name the commitment before it"},
	{"purpose", "of the chain is for"}, {"no-opening", "at least one opening"},
	{"statement-form", "not an approval statement"}, {"statement-line", "approval statement: line"},
	{"act", "unknown act"}, {"digest", "digest \""}, {"canonical-statement", "its one canonical form"},
	{"policy", "policy: "}, {"nonce", "nonce \""}, {"plain", "plain characters"},
	{"namespace", "signed in namespace"}, {"other-key", "public key does not match"},
	{"other-statement", "not a signature over this statement"}, {"signature-form", "not an SSH signature"},
	{"evidence-form", "the evidence of a passkey"}, {"authenticator-data", "authenticator data of"},
	{"client-data", "client data that is not"}, {"client-data", "client data with"}, {"client-type", "client data is of type"}, {"challenge", "answers another challenge"},
	{"origin", "client data was made at the origin"}, {"frame", "in a frame of another site"}, {"relying-party", "is for another relying party"},
	{"user-present", "nobody was present"}, {"user-verified", "was not verified"}, {"passkey-signature", "passkey's signature is not right"},
	{"key-origin", "want https:// and a host"}, {"key-origin", "want a port as browsers"}, {"key-origin", "or a domain above it"},
	{"body", "a key belongs to one person"}, {"key-form", "a key is not in its canonical form"},
	{"weak-key", "too short"}, {"key-type", "is not taken: use"}, {"key-options", "without options"}, {"key-form", "want one line"},
	{"tag", "not a tagged COSE_Sign1"}, {"not-deterministic", "not deterministic CBOR"},
	{"algorithm", "want EdDSA or ES256"}, {"content-type", "content type"}, {"signature-size", "signature of"},
	{"time", "out of range"}, {"time", "beyond the year"}, {"issuer", "office \""}, {"subject", "of a commitment: want"},
	{"kind", "unknown kind"}, {"size", "at most 65535"}, {"signature", "the signature is not key"}, {"key-id", "entry names key"},
	{"body", "the sequence number or the commitment is zero"}, {"embargo", "the embargo it cites"}, {"embargo", "it cites an embargo"}, {"written", "the day it was written"}, {"cbor", "reading CBOR"}, {"field-order", ": want \""},
}

func classOf(err error) string {
	for _, c := range classes {
		if strings.Contains(err.Error(), c.words) {
			return c.class
		}
	}
	return "? " + err.Error()
}

func TestVectors(t *testing.T) {
	made := makeVectors(t)
	if *updateVectors {
		writeVectors(t, made)
	}
	var files []string // of this package's formats; others have tests of their own
	for area := range runners {
		of, err := filepath.Glob(filepath.Join(vectorFolder, area, "*.json"))
		if err != nil || len(of) == 0 {
			t.Errorf("%s has no vectors: %v", area, err)
		}
		files = append(files, of...)
	}
	if len(files) < 60 {
		t.Errorf("%d vectors: want 60 or more", len(files))
	}
	for _, f := range files {
		name, _ := filepath.Rel(vectorFolder, f)
		t.Run(filepath.ToSlash(name), func(t *testing.T) { replay(t, f) })
		if _, ok := made[filepath.ToSlash(name)]; !ok {
			t.Errorf("%s: vectors_make_test.go does not make it", name)
		}
		delete(made, filepath.ToSlash(name))
	}
	for _, name := range slices.Sorted(maps.Keys(made)) {
		t.Errorf("%s is missing: run with -update-vectors", name)
	}
}

// replay reads one file as a stranger would and compares.
func replay(t *testing.T, file string) {
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		Comment string
		Input   json.RawMessage
		Expect  json.RawMessage
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	got, err := runners[filepath.Base(filepath.Dir(file))](v.Input)
	if err != nil {
		got = failure{classOf(err)}
	}
	want := compact(t, v.Expect)
	if g := compact(t, mustJSON(t, got)); g != want {
		t.Errorf("%s\ngot  %s (%v)\nwant %s", v.Comment, g, err, want)
	}
	fails := strings.Contains(want, `"class"`) || strings.Contains(want, `"ignored":[`)
	if named := strings.HasSuffix(file, "_fail.json"); named != fails {
		t.Errorf("its name says that it fails: %v; it does: %v", named, fails)
	}
	if v.Comment == "" {
		t.Error("no comment")
	}
}

func writeVectors(t *testing.T, made map[string]vector) {
	for area := range runners {
		old, _ := filepath.Glob(filepath.Join(vectorFolder, area, "*.json"))
		for _, f := range old {
			if err := os.Remove(f); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, v := range made {
		file := filepath.Join(vectorFolder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(v); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func mustJSON(t testing.TB, v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// compact writes JSON with sorted keys and no spaces.
func compact(t testing.TB, raw []byte) string {
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return string(mustJSON(t, v))
}

// hexBytes are bytes in hexadecimal.
type hexBytes []byte

func (h hexBytes) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h)), nil }

func (h *hexBytes) UnmarshalText(b []byte) (err error) {
	*h, err = hex.DecodeString(string(b))
	return err
}

func array32(b hexBytes) (out [32]byte) { copy(out[:], b); return out }

type letterInput struct {
	Do   string   `json:"do"` // canonicalize, parse
	Text string   `json:"text,omitempty"`
	Hex  hexBytes `json:"hex,omitempty"` // instead of text, where text would not show it
}

type textExpect struct {
	Text string `json:"text"`
}

func runLetter(input []byte) (any, error) {
	var in letterInput
	if err := json.Unmarshal(input, &in); err != nil {
		return nil, err
	}
	b := []byte(in.Hex)
	if len(b) == 0 {
		b = []byte(in.Text)
	}
	read := letter.Canonicalize
	if in.Do == "parse" {
		read = letter.Parse
	}
	text, err := read(b)
	if err != nil {
		return nil, err
	}
	return textExpect{text.String()}, nil
}

type disclosureJSON struct {
	Field string   `json:"field"`
	Leaf  hexBytes `json:"leaf"`
	Salt  hexBytes `json:"salt,omitempty"`
	Value hexBytes `json:"value,omitempty"`
}

type revisionInput struct {
	Do         string              `json:"do"` // digest (of a content and salts), root (of a disclosure list)
	Reference  letter.Ref          `json:"reference,omitempty"`
	Type       letter.Type         `json:"type,omitempty"`
	Prevailing letter.Lang         `json:"prevailing,omitempty"`
	Addressees []string            `json:"addressees,omitempty"`
	Enclosures map[string]string   `json:"enclosures,omitempty"` // digest by title
	Signature  []string            `json:"signature,omitempty"`  // kind, then lines
	Texts      map[string]string   `json:"texts,omitempty"`
	Salts      map[string]hexBytes `json:"salts,omitempty"`
	Fields     []disclosureJSON    `json:"fields,omitempty"`
}

type revisionExpect struct {
	Digest string           `json:"digest"`
	Fields []disclosureJSON `json:"fields,omitempty"` // everything disclosed
}

func (in revisionInput) restore() (letter.Revision, error) {
	c := letter.Content{Reference: in.Reference, Type: in.Type, Prevailing: in.Prevailing, Addressees: in.Addressees}
	for _, title := range slices.Sorted(maps.Keys(in.Enclosures)) {
		c.Enclosures = append(c.Enclosures, letter.Enclosure{Title: title, Digest: must(letter.ParseHash(in.Enclosures[title]))})
	}
	if len(in.Signature) > 0 {
		c.Signature = letter.SignatureBlock{Kind: letter.SignatureKind(in.Signature[0]), Lines: in.Signature[1:]}
	}
	for l, words := range in.Texts {
		text, err := letter.Parse([]byte(words))
		if err != nil {
			return letter.Revision{}, err
		}
		c.Texts = append(c.Texts, letter.LangText{Lang: letter.Lang(l), Text: text})
	}
	salts := map[letter.Field]letter.Salt{}
	for f, s := range in.Salts {
		salts[letter.Field(f)] = array32(s)
	}
	return letter.Restore(c, salts)
}

func disclosures(fields []disclosureJSON) []letter.Disclosure {
	var ds []letter.Disclosure
	for _, f := range fields {
		d := letter.Disclosure{Field: letter.Field(f.Field), Hash: array32(f.Leaf), Value: f.Value}
		if len(f.Salt) > 0 {
			salt := letter.Salt(array32(f.Salt))
			d.Salt = &salt
		}
		ds = append(ds, d)
	}
	return ds
}

func runRevision(input []byte) (any, error) {
	var in revisionInput
	if err := json.Unmarshal(input, &in); err != nil {
		return nil, err
	}
	if in.Do == "root" {
		h, err := letter.Root(disclosures(in.Fields))
		return revisionExpect{Digest: h.String()}, err
	}
	r, err := in.restore()
	if err != nil {
		return nil, err
	}
	out := revisionExpect{Digest: r.Digest().String()}
	for _, d := range r.Disclose(r.Fields()...) {
		out.Fields = append(out.Fields, disclosureJSON{string(d.Field), d.Hash[:], d.Salt[:], d.Value})
	}
	return out, nil
}

type openingJSON struct {
	Nonce    hexBytes `json:"nonce"`
	Register string   `json:"register"`
	Office   string   `json:"office"`
	Tag      hexBytes `json:"tag"`
	Purpose  string   `json:"purpose"`
	Revision uint32   `json:"revision"`
	Previous hexBytes `json:"previous"`
	Digest   hexBytes `json:"digest"`
}

func (o openingJSON) opening() commitment.Opening {
	return commitment.Opening{
		Nonce: array32(o.Nonce), Register: o.Register, Office: o.Office, Tag: array32(o.Tag),
		Purpose: commitment.Purpose(o.Purpose), Revision: o.Revision, Previous: array32(o.Previous), Digest: array32(o.Digest),
	}
}

type commitmentInput struct {
	Do         string            `json:"do"` // commit, open, chain, close, copies
	Opening    *openingJSON      `json:"opening,omitempty"`
	Commitment hexBytes          `json:"commitment,omitempty"`
	Chain      []openingJSON     `json:"chain,omitempty"`
	Tag        hexBytes          `json:"tag,omitempty"`
	Digest     hexBytes          `json:"digest,omitempty"`
	Copies     []commitment.Copy `json:"copies,omitempty"`
}

func runCommitment(input []byte) (any, error) {
	var in commitmentInput
	if err := json.Unmarshal(input, &in); err != nil {
		return nil, err
	}
	switch in.Do {
	case "commit":
		return map[string]string{"commitment": in.Opening.opening().Commitment().String()}, nil
	case "open":
		if !in.Opening.opening().Opens(array32(in.Commitment)) {
			return nil, errors.New("the opening does not open the commitment")
		}
		return map[string]bool{"opens": true}, nil
	case "chain":
		var os []commitment.Opening
		for _, o := range in.Chain {
			os = append(os, o.opening())
		}
		return map[string]int{"revisions": len(os)}, commitment.Chain(os)
	case "close":
		return map[string]string{"close_tag": commitment.CloseTag(array32(in.Tag)).String()}, nil
	case "copies":
		return map[string]string{"digest": commitment.CopiesDigest(array32(in.Digest), in.Copies).String()}, nil
	}
	return nil, fmt.Errorf("unknown %q", in.Do)
}

type approvalInput struct {
	Do        string   `json:"do"` // statement, verify, key, words
	Statement string   `json:"statement,omitempty"`
	Key       string   `json:"key,omitempty"`
	Signature hexBytes `json:"signature,omitempty"` // wire form
	Armored   string   `json:"armored,omitempty"`
	Digest    hexBytes `json:"digest,omitempty"`
}

func runApproval(input []byte) (any, error) {
	var in approvalInput
	if err := json.Unmarshal(input, &in); err != nil {
		return nil, err
	}
	switch in.Do {
	case "statement":
		s, err := approval.ParseStatement([]byte(in.Statement))
		return map[string]any{
			"register": s.Register, "office": s.Office, "reference": s.Reference, "act": s.Act, "subject": s.Subject,
			"parameters": s.Parameters, "policy": s.Policy, "nonce": hexBytes(s.Nonce[:]),
		}, err
	case "key":
		k, err := approval.ParseKey(in.Key)
		if err != nil {
			return nil, err
		}
		return map[string]string{"line": k.Line(), "fingerprint": k.Fingerprint()}, nil
	case "verify":
		k, err := approval.ParseKey(in.Key)
		if err != nil {
			return nil, err
		}
		sig := []byte(in.Signature)
		if in.Armored != "" {
			sig = []byte(in.Armored)
		}
		return map[string]bool{"good": true}, approval.Verify([]byte(in.Statement), k, sig)
	case "words":
		return map[string]string{"words": approval.SixWords(array32(in.Digest))}, nil
	}
	return nil, fmt.Errorf("unknown %q", in.Do)
}

type entryInput struct {
	Entry hexBytes `json:"entry"`
	Key   hexBytes `json:"key,omitempty"` // COSE_Key that must have signed it
}

func runEntry(input []byte) (any, error) {
	var in entryInput
	if err := json.Unmarshal(input, &in); err != nil {
		return nil, err
	}
	e, err := register.Parse(in.Entry)
	if err != nil {
		return nil, err
	}
	if len(in.Key) > 0 {
		var k register.PublicKey
		if err := k.UnmarshalCBOR(in.Key); err != nil {
			return nil, err
		}
		if err := e.Verify(k); err != nil {
			return nil, err
		}
	}
	out := map[string]any{
		"kind": e.Body.Kind(), "issuer": e.Claims.Issuer, "subject": e.Claims.Subject, "issued_at": e.Claims.IssuedAt.Unix(),
		"key_id": e.KeyID, "leaf_hash": e.LeafHash(),
	}
	if s, err := register.StatementFor(origin, e.Claims.Issuer, e.Body); err == nil {
		out["statement"] = string(s.Bytes())
	}
	return out, nil
}
