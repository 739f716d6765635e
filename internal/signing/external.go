package signing

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// An External is a key that this program never sees: another program has it, in a
// security module, a smart card or a key service. That program is run once for each
// signature and spoken to over its standard input and output
// (docs/formats/signer.md). It implements crypto.Signer.
type External struct {
	command []string
	public  crypto.PublicKey
	timeout time.Duration
}

const (
	externalHello   = "chancery-signer 1"
	externalTimeout = time.Minute // a card may wait for a finger
	maxAnswer       = 16 << 10    // signer.md MUST-6
	maxComplaint    = 2 << 10
)

// NewExternal asks a program for its public key. The command's first part is found
// as a shell would; it is never given to one.
func NewExternal(ctx context.Context, command ...string) (*External, error) {
	if len(command) == 0 {
		return nil, errors.New("asking an external signer: no command is given")
	}
	e := &External{command: command, timeout: externalTimeout}
	der, err := e.ask(ctx, "public", externalHello+"\npublic\n")
	if err != nil {
		return nil, err
	}
	if e.public, err = x509.ParsePKIXPublicKey(der); err != nil {
		return nil, fmt.Errorf("asking the external signer %s: its public key is not a SubjectPublicKeyInfo", command[0])
	}
	if _, err := e.algorithm(); err != nil {
		return nil, err
	}
	return e, nil
}

// KnownExternal returns a program's key whose public half is known from before, without
// asking. A program that has another key by now is found out when it signs.
func KnownExternal(public crypto.PublicKey, command ...string) (*External, error) {
	if len(command) == 0 {
		return nil, errors.New("using an external signer: no command is given")
	}
	e := &External{command: command, public: public, timeout: externalTimeout}
	_, err := e.algorithm()
	return e, err
}

// Public implements crypto.Signer.
func (e *External) Public() crypto.PublicKey { return e.public }

// Sign implements crypto.Signer for digests of SHA-256. What comes back is verified
// with the public key: a signer's mistake ends here (signer.md MUST-8).
func (e *External) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if opts.HashFunc() != crypto.SHA256 || len(digest) != crypto.SHA256.Size() {
		return nil, fmt.Errorf("asking the external signer %s: it signs digests of SHA-256 alone", e.command[0])
	}
	if _, pss := opts.(*rsa.PSSOptions); pss {
		return nil, fmt.Errorf("asking the external signer %s: PSS is not asked for by this protocol", e.command[0])
	}
	algorithm, err := e.algorithm()
	if err != nil {
		return nil, err
	}
	// crypto.Signer has no context; the time limit ends a program that hangs.
	signature, err := e.ask(context.Background(), "signature", externalHello+"\nsign "+algorithm+" "+hex.EncodeToString(digest)+"\n")
	if err != nil {
		return nil, err
	}
	good := false
	switch key := e.public.(type) {
	case *ecdsa.PublicKey:
		good = ecdsa.VerifyASN1(key, digest, signature)
	case *rsa.PublicKey:
		good = rsa.VerifyPKCS1v15(key, crypto.SHA256, digest, signature) == nil
	}
	if !good {
		return nil, fmt.Errorf("asking the external signer %s: what it gave back is not a signature over the digest by its key", e.command[0])
	}
	return signature, nil
}

// algorithm names what a key of this kind is asked for (signer.md MUST-4).
func (e *External) algorithm() (string, error) {
	switch key := e.public.(type) {
	case *ecdsa.PublicKey:
		if key.Curve == elliptic.P256() {
			return "ecdsa-p256-sha256", nil
		}
	case *rsa.PublicKey:
		if key.N.BitLen() >= 2048 {
			return "rsa-pkcs1-sha256", nil
		}
	}
	return "", fmt.Errorf("asking the external signer %s: its key is neither ECDSA on P-256 nor RSA of 2,048 bits or more", e.command[0])
}

// ask runs the program once: one request in, one answer out (signer.md MUST-1).
func (e *External) ask(ctx context.Context, want, request string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, e.timeout)
	defer cancel()
	c := exec.CommandContext(ctx, e.command[0], e.command[1:]...) //nolint:gosec // the operator names the program
	c.Stdin = strings.NewReader(request)
	c.Env = signerEnvironment(os.Environ())
	out, complaint := bounded{most: maxAnswer}, bounded{most: maxComplaint}
	c.Stdout, c.Stderr = &out, &complaint
	c.WaitDelay = time.Second
	err := c.Run()
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("asking the external signer %s: no answer within %s", e.command[0], e.timeout)
	case err != nil:
		return nil, fmt.Errorf("asking the external signer %s: %w: %q", e.command[0], err, bytes.TrimSpace(complaint.kept))
	case out.over:
		return nil, fmt.Errorf("asking the external signer %s: an answer of more than %d bytes", e.command[0], maxAnswer)
	}
	value, ok := strings.CutPrefix(strings.TrimSuffix(string(out.kept), "\n"), want+" ")
	der, err := base64.StdEncoding.Strict().DecodeString(value)
	if !ok || err != nil || len(der) == 0 {
		return nil, fmt.Errorf("asking the external signer %s: the answer is not one line %q with base 64 (docs/formats/signer.md)", e.command[0], want+" ...")
	}
	return der, nil
}

// signerEnvironment is what of the environment a signer sees: where programs and
// its own settings are, and nothing of this program's (signer.md MUST-7).
func signerEnvironment(all []string) []string {
	var out []string
	for _, v := range all {
		name, _, _ := strings.Cut(v, "=")
		switch {
		case name == "PATH", name == "HOME", name == "TMPDIR", name == "LANG", name == "LC_ALL",
			strings.HasPrefix(name, "CHANCERY_SIGNER_"), strings.HasPrefix(name, "PKCS11_"), strings.HasPrefix(name, "SOFTHSM2_"):
			out = append(out, v)
		}
	}
	return out
}

// A bounded buffer takes so many bytes, remembers that there were more, and lets the
// program go on writing into the void. It has no other way in: a bytes.Buffer of its
// own would be filled past the bound by io.Copy.
type bounded struct {
	kept []byte
	most int
	over bool
}

// Write implements io.Writer.
func (b *bounded) Write(p []byte) (int, error) {
	room := b.most - len(b.kept)
	b.over = b.over || len(p) > room
	b.kept = append(b.kept, p[:min(len(p), room)]...)
	return len(p), nil
}
