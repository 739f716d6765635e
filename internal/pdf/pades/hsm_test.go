package pades_test

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"chancery.example/internal/pdf/pades"
	"chancery.example/internal/signing"
	"chancery.example/internal/testkit"
)

// softHSM returns the module of SoftHSM2, a security module in software.
func softHSM(t *testing.T) string {
	t.Helper()
	need(t, "softhsm2-util", "pkcs11-tool", "pdfsig")
	found, err := filepath.Glob("/usr/lib/*/softhsm/libsofthsm2.so")
	if err != nil || len(found) == 0 {
		found, _ = filepath.Glob("/usr/lib/softhsm/libsofthsm2.so")
	}
	if len(found) == 0 {
		t.Skip("SKIPPED: libsofthsm2.so is not where Debian has it: the example of an external signer is not tried")
	}
	return found[0]
}

// TestTheKeyCanBeInASecurityModule: the example of docs/operate, pkcs11-tool and
// SoftHSM2 sign, with a key that is made inside and never leaves it.
func TestTheKeyCanBeInASecurityModule(t *testing.T) {
	module := softHSM(t)
	dir := t.TempDir()
	write := func(name, content string) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	if err := os.Mkdir(filepath.Join(dir, "tokens"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SOFTHSM2_CONF", write("softhsm2.conf", "directories.tokendir = "+filepath.Join(dir, "tokens")+"\nobjectstore.backend = file\nlog.level = ERROR\n"))
	t.Setenv("CHANCERY_SIGNER_MODULE", module)
	t.Setenv("CHANCERY_SIGNER_TOKEN", "office")
	t.Setenv("CHANCERY_SIGNER_PIN_FILE", write("pin", "4711"))
	run(t, "softhsm2-util", "--init-token", "--free", "--label", "office", "--pin", "4711", "--so-pin", "0815")
	for id, kind := range map[string]string{"01": "EC:prime256v1", "02": "rsa:2048"} {
		t.Run(kind, func(t *testing.T) {
			t.Setenv("CHANCERY_SIGNER_KEY", id)
			run(t, "pkcs11-tool", "--module", module, "--token-label", "office", "--login", "--pin", "4711", "--keypairgen", "--key-type", kind, "--id", id, "--usage-sign")
			e, err := signing.NewExternal(t.Context(), filepath.Join(testkit.Root(), "docs", "operate", "pkcs11-signer.sh"))
			if err != nil {
				t.Fatal(err)
			}
			template := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "Harbour"}, NotBefore: noon, NotAfter: noon.AddDate(1, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature}
			der, err := x509.CreateCertificate(nil, template, template, e.Public(), e)
			if err != nil {
				t.Fatal(err)
			}
			k, err := signing.WithSigner(e, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
			if err != nil {
				t.Fatal(err)
			}
			sealed := seal(t, letterPDF("From a module."), pades.Options{Signer: k.Signer(), Chain: k.Chain(), At: noon})
			if said := run(t, "pdfsig", "-nocert", save(t, "letter.pdf", sealed)); !strings.Contains(said, "Total document signed") || !strings.Contains(said, "Signature is Valid") {
				t.Errorf("pdfsig: %s", said)
			}
		})
	}
	t.Setenv("CHANCERY_SIGNER_KEY", "09")
	if _, err := signing.NewExternal(t.Context(), filepath.Join(testkit.Root(), "docs", "operate", "pkcs11-signer.sh")); err == nil || !strings.Contains(err.Error(), "pkcs11-tool") {
		t.Error(fmt.Errorf("a key that is not there: %w", err))
	}
}
