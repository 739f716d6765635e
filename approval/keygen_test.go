package approval_test

import (
	"bytes"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"

	"chancery.example/approval"
)

// keygen finds the officer's own tool.
func keygen(t *testing.T) string {
	t.Helper()
	tool, err := exec.LookPath("ssh-keygen")
	if err != nil {
		t.Skip("SKIPPED: ssh-keygen is not on PATH, so that stock OpenSSH signs and verifies what we do is not tested (Debian: openssh-client)")
	}
	return tool
}

// run calls ssh-keygen with stdin and returns all it said.
func run(t *testing.T, stdin []byte, tool string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), tool, args...)
	cmd.Stdin = bytes.NewReader(stdin)
	cmd.Env = append(os.Environ(), "SSH_AUTH_SOCK=", "SSH_ASKPASS_REQUIRE=never")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func write(t *testing.T, name string, b []byte) string {
	t.Helper()
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestStockToolSigns (MUST-4 to MUST-6): what `ssh-keygen -Y sign` writes is an
// approval, for every kind of key that an officer can make with it.
func TestStockToolSigns(t *testing.T) {
	tool := keygen(t)
	message := example(t).Bytes()
	for name, args := range map[string][]string{
		"ed25519": {"-t", "ed25519"}, "p256": {"-t", "ecdsa", "-b", "256"}, "p384": {"-t", "ecdsa", "-b", "384"}, "rsa": {"-t", "rsa", "-b", "3072"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			private := filepath.Join(dir, "id")
			if out, err := run(t, nil, tool, append(args, "-q", "-N", "", "-C", "legal@harbour.example", "-f", private)...); err != nil {
				t.Fatalf("making a key: %v: %s", err, out)
			}
			public, err := os.ReadFile(private + ".pub")
			if err != nil {
				t.Fatal(err)
			}
			officer, err := approval.ParseKey(string(public))
			if err != nil {
				t.Fatal(err)
			}
			for _, namespace := range []string{approval.Namespace, "file"} {
				file := write(t, filepath.Join(dir, "statement.txt"), message)
				_ = os.Remove(file + ".sig")
				if out, err := run(t, nil, tool, "-Y", "sign", "-n", namespace, "-f", private, file); err != nil {
					t.Fatalf("signing: %v: %s", err, out)
				}
				sig, err := os.ReadFile(file + ".sig")
				if err != nil {
					t.Fatal(err)
				}
				err = approval.Verify(message, officer, sig)
				if right := namespace == approval.Namespace; (err == nil) != right {
					t.Errorf("namespace %s: %v", namespace, err)
				}
				if wire, err := approval.Wire(sig); err != nil || (approval.Verify(message, officer, wire) == nil) != (namespace == approval.Namespace) {
					t.Errorf("namespace %s in wire form: %v", namespace, err)
				}
			}
			if out, _ := run(t, nil, tool, "-l", "-f", private+".pub"); !strings.Contains(out, officer.Fingerprint()) {
				t.Errorf("fingerprint %s is not in %q", officer.Fingerprint(), out)
			}
		})
	}
}

// TestStockToolVerifies (MUST-4): `ssh-keygen -Y verify` takes our signatures,
// and takes the page's example word for word.
func TestStockToolVerifies(t *testing.T) {
	tool, dir := keygen(t), t.TempDir()
	message, k := example(t).Bytes(), pageKey(t)
	officers := write(t, filepath.Join(dir, "officers"), []byte(`legal namespaces="`+approval.Namespace+`" `+key(t, k).Line()+"\n"))
	sig := write(t, filepath.Join(dir, "sig"), sshsig.Armor(sign(t, k, message, approval.Namespace)))
	verify := func(message []byte, file, namespace string) (string, error) {
		return run(t, message, tool, "-Y", "verify", "-n", namespace, "-f", officers, "-I", "legal", "-s", file)
	}
	out, err := verify(message, sig, approval.Namespace)
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if !strings.Contains(page(t), strings.TrimSpace(out)) {
		t.Errorf("approval.md does not show what ssh-keygen says: %s", out)
	}
	if out, err := verify(append(message, '\n'), sig, approval.Namespace); err == nil {
		t.Errorf("a statement with one byte more: %s", out)
	}
	other := write(t, filepath.Join(dir, "other"), sshsig.Armor(sign(t, k, message, "file")))
	if out, err := verify(message, other, approval.Namespace); err == nil {
		t.Errorf("a signature in another namespace: %s", out)
	}
}

// TestStockToolMakesThePage: the key and the commands of approval.md give the
// armored lines that it shows, byte for byte.
func TestStockToolMakesThePage(t *testing.T) {
	tool, dir := keygen(t), t.TempDir()
	private, err := ssh.MarshalPrivateKey(edPrivate(), "legal")
	if err != nil {
		t.Fatal(err)
	}
	id := write(t, filepath.Join(dir, "id"), pem.EncodeToMemory(private))
	file := write(t, filepath.Join(dir, "statement.txt"), example(t).Bytes())
	if out, err := run(t, nil, tool, "-Y", "sign", "-n", approval.Namespace, "-f", id, file); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	sig, err := os.ReadFile(file + ".sig")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(page(t), string(sig)) {
		t.Errorf("approval.md does not show\n%s", sig)
	}
}
