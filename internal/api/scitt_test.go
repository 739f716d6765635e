package api_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"chancery.example/internal/api"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/server"
	"chancery.example/proof"
	"chancery.example/register"
)

// MUST numbers here are those of scrapi.md.

// A client asks a register's SCRAPI addresses as a stranger would.
type client struct {
	t   *testing.T
	url string
}

type reply struct {
	status int
	http.Header
	body []byte
}

func (c client) do(method, path, accept string) reply {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, strings.NewReader("anything"))
	if err != nil {
		c.t.Fatal(err)
	}
	if accept != "" {
		req.Header.Set("Accept", accept)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return reply{res.StatusCode, res.Header, body}
}

func (c client) get(path string) reply { return c.do(http.MethodGet, path, "") }

// shown serves a register in a folder.
func shown(t *testing.T, dir string) client {
	t.Helper()
	src, err := server.Read(t.Context(), dir, proof.Policy{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(api.SCITT(src))
	t.Cleanup(srv.Close)
	return client{t, srv.URL}
}

// issued is a register with a letter and a receipt key.
func issued(t *testing.T) (*officetest.House, office.Receipt) {
	t.Helper()
	h := officetest.New(t)
	if _, _, err := h.AddRoleKey(t.Context(), register.KeyReceipt); err != nil {
		t.Fatal(err)
	}
	return h, h.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", "Sir,\n\nthe lock opens at six.\n"), office.Terms{})
}

func problem(t *testing.T, r reply) (title, detail string) {
	t.Helper()
	var p map[int]string
	if err := cbor.Unmarshal(r.body, &p); err != nil || r.Get("Content-Type") != "application/concise-problem-details+cbor" {
		t.Errorf("%d %s is no concise problem: %v", r.status, r.Get("Content-Type"), err)
	}
	if r.Get("Cache-Control") != "no-store" {
		t.Errorf("a refusal may be kept: %q", r.Get("Cache-Control"))
	}
	return p[-1], p[-2]
}

// TestAStrangerVerifiesAReceipt takes key, statement and receipt from the
// addresses alone (MUST-2 to MUST-7).
func TestAStrangerVerifiesAReceipt(t *testing.T) {
	h, rec := issued(t)
	c := shown(t, h.Dir)
	receipt := c.get("/entries/" + itoa(rec.Index))
	r, err := proof.ParseReceipt(receipt.body)
	if err != nil || receipt.status != http.StatusOK || receipt.Get("Content-Type") != "application/cose" {
		t.Fatalf("%d %s: %v", receipt.status, receipt.Get("Content-Type"), err)
	}
	if receipt.Get("Cache-Control") != "public, max-age=60" || receipt.Get("Location") != "/entries/"+itoa(rec.Index) {
		t.Errorf("headers %v", receipt.Header)
	}
	set := c.get("/.well-known/scitt-keys")
	var keys []map[int]any
	if err := cbor.Unmarshal(set.body, &keys); err != nil || len(keys) != 1 || set.Get("Content-Type") != "application/cbor" {
		t.Fatalf("%d keys: %v", len(keys), err)
	}
	key := cose(t, keys[0])
	if key.Thumbprint() != r.KeyID || !bytes.Equal(keys[0][2].([]byte), r.KeyID[:]) {
		t.Errorf("the key is %s, the receipt names %s", key.Thumbprint(), r.KeyID)
	}
	one := c.get("/.well-known/scitt-keys/" + base64.RawURLEncoding.EncodeToString(r.KeyID[:]))
	hexed := c.get("/.well-known/scitt-keys/" + r.KeyID.String())
	var single map[int]any
	if err := cbor.Unmarshal(one.body, &single); err != nil || !bytes.Equal(one.body, hexed.body) || !cose(t, single).Equal(key) {
		t.Errorf("one key: %v %q", err, one.body)
	}
	statement := c.get("/entries/" + itoa(rec.Index) + "/statement")
	if !bytes.Equal(statement.body, rec.Entry) || statement.Get("Content-Type") != "application/cose" || !strings.Contains(statement.Get("Cache-Control"), "immutable") {
		t.Errorf("the statement is not the entry: %d bytes, %v", len(statement.body), statement.Header)
	}
	if _, err := r.Verify(statement.body, key); err != nil {
		t.Error(err)
	}
	both := c.get("/entries/" + itoa(rec.Index) + "/transparent")
	entry, receipts, err := proof.SplitTransparent(both.body)
	if err != nil || !bytes.Equal(entry, rec.Entry) || len(receipts) != 1 || !bytes.Equal(receipts[0], receipt.body) {
		t.Errorf("the transparent statement is another: %v", err)
	}
	var about map[string]any
	if err := cbor.Unmarshal(c.get("/.well-known/transparency-configuration").body, &about); err != nil || about["issuer"] != "https://harbour.example" || about["registration"] != false {
		t.Errorf("MUST-5: the configuration says %v: %v", about, err)
	}
	if r.Issuer != "https://harbour.example" || r.Origin != officetest.Origin {
		t.Errorf("the receipt is %s's of %s", r.Issuer, r.Origin)
	}
}

func cose(t *testing.T, m map[int]any) register.PublicKey {
	t.Helper()
	mode, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := mode.Marshal(map[int]any{1: m[1], -1: m[-1], -2: m[-2]})
	if err != nil {
		t.Fatal(err)
	}
	var k register.PublicKey
	if err := k.UnmarshalCBOR(raw); err != nil {
		t.Fatal(err)
	}
	return k
}

func itoa(i register.Index) string { return strconv.FormatUint(uint64(i), 10) }

// TestWhatIsRefused holds MUST-2, MUST-8 and MUST-9.
func TestWhatIsRefused(t *testing.T) {
	h, rec := issued(t)
	c := shown(t, h.Dir)
	good := "/entries/" + itoa(rec.Index)
	for _, x := range []struct {
		method, path, title string
		status              int
	}{
		{"POST", "/entries", "Rejected", 403},
		{"PUT", good, "Only reading", 405},
		{"DELETE", good, "Only reading", 405},
		{"GET", good + "?size=3", "Malformed request", 400},
		{"GET", "/entries/007", "Invalid locator", 400},
		{"GET", "/entries/-1", "Invalid locator", 400},
		{"GET", "/entries/99999999999999999999", "Invalid locator", 400},
		{"GET", "/entries/x", "Invalid locator", 400},
		{"GET", "/entries/9999", "Not Found", 404},
		{"GET", "/entries/9999/statement", "Not Found", 404},
		{"GET", "/entries/9999/transparent", "Not Found", 404},
		{"GET", good + "/other", "Not Found", 404},
		{"GET", "/entries", "Not Found", 404},
		{"GET", "/.well-known/scitt-keys/nobody", "No such key", 404},
	} {
		got := c.do(x.method, x.path, "")
		if title, detail := problem(t, got); got.status != x.status || title != x.title || detail == "" {
			t.Errorf("%s %s: %d %q %q, want %d %q", x.method, x.path, got.status, title, detail, x.status, x.title)
		}
	}
	for accept, want := range map[string]string{
		"application/json": "application/problem+json", "application/problem+json, */*;q=0.1": "application/problem+json",
		"application/cose": "application/concise-problem-details+cbor", "application/json, application/cbor": "application/concise-problem-details+cbor", "*/*": "application/concise-problem-details+cbor",
	} {
		if got := c.do("POST", "/entries", accept); got.Get("Content-Type") != want {
			t.Errorf("to %q it answers %s, want %s", accept, got.Get("Content-Type"), want)
		}
	}
}

// TestACopyGivesNoReceipts is MUST-1: keys, statements and refusals are those of
// the register's own machine.
func TestACopyGivesNoReceipts(t *testing.T) {
	h, rec := issued(t)
	dir := t.TempDir()
	for _, name := range []string{"log", "texts"} {
		if err := os.CopyFS(dir+"/"+name, os.DirFS(h.Dir+"/"+name)); err != nil {
			t.Fatal(err)
		}
	}
	config, err := os.ReadFile(h.Dir + "/register.toml")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/register.toml", config, 0o600); err != nil {
		t.Fatal(err)
	}
	own, copied := shown(t, h.Dir), shown(t, dir)
	for _, path := range []string{"/entries/" + itoa(rec.Index), "/entries/" + itoa(rec.Index) + "/transparent"} {
		got := copied.get(path)
		if _, detail := problem(t, got); got.status != http.StatusNotFound || !strings.Contains(detail, "own machine") {
			t.Errorf("%s: %d %q", path, got.status, detail)
		}
	}
	for _, path := range []string{"/.well-known/scitt-keys", "/.well-known/transparency-configuration", "/entries/" + itoa(rec.Index) + "/statement", "/entries/9999", "/entries/x"} {
		if a, b := own.get(path), copied.get(path); a.status != b.status || !bytes.Equal(a.body, b.body) {
			t.Errorf("%s: the copy answers %d, the register %d", path, b.status, a.status)
		}
	}
}

// TestARegisterWithoutReceiptKey gives none, and says so.
func TestARegisterWithoutReceiptKey(t *testing.T) {
	h := officetest.New(t)
	c := shown(t, h.Dir)
	if got := c.get("/entries/0"); got.status != http.StatusNotFound {
		t.Errorf("without a receipt key: %d", got.status)
	}
	if got := c.get("/.well-known/scitt-keys"); !bytes.Equal(got.body, []byte{0x80}) {
		t.Errorf("the keys of a register without: %x", got.body)
	}
}
