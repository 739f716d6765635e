package foreign

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/binary"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/crypto/ssh"
	"golang.org/x/mod/sumdb/note"

	"chancery.example/internal/folder"
	"chancery.example/internal/signing"
	"chancery.example/internal/witness"
	"chancery.example/proof"
)

const (
	omniwitness = "github.com/transparency-dev/witness/cmd/omniwitness"
	litewitness = "filippo.io/torchwood/cmd/litewitness"
)

// begin starts a program that runs until the test ends.
func begin(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting %s: %v", name, err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("%s said: %s", filepath.Base(name), lastLines(out.String(), 8))
		}
	})
}

// freeAddress is an address that nobody listens on just now.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// listening waits until something answers.
func listening(t *testing.T, network, address string) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if c, err := net.Dial(network, address); err == nil {
			_ = c.Close()
			return
		}
	}
	t.Fatalf("nothing answers on %s after 30 s", address)
}

// startOmniwitness runs omniwitness for one log, and returns its policy line.
func startOmniwitness(t *testing.T, origin, logKey string) string {
	t.Helper()
	bin, dir, at := program(t, omniwitness), t.TempDir(), freeAddress(t)
	secret, public, err := note.GenerateKey(nil, "omni.example/w")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "key"), secret)
	write(t, filepath.Join(dir, "logs.yaml"), fmt.Sprintf("Logs:\n  - Origin: %s\n    URL: http://127.0.0.1:1/\n    PublicKey: %s\n    Feeder: none\n", origin, logKey))
	begin(t, dir, bin, "--listen", at, "--metrics_listen", "", "--db_file", filepath.Join(dir, "w.db"), "--private_key_path", filepath.Join(dir, "key"), "--additional_logs", filepath.Join(dir, "logs.yaml"))
	listening(t, "tcp", at)
	raw, err := base64.StdEncoding.DecodeString(strings.SplitN(public, "+", 3)[2]) // base64 has plus signs of its own
	if err != nil {
		t.Fatal(err)
	}
	vkey, _, err := proof.CosignerKey("omni.example/w", raw[1:])
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("witness omni %s http://%s/\n", vkey, at)
}

// startLitewitness runs litewitness, with its key in an SSH agent as it wants it.
func startLitewitness(t *testing.T, origin, logKey string) string {
	t.Helper()
	bin := program(t, litewitness)
	agent, err := exec.LookPath("ssh-agent")
	if err != nil {
		t.Skip("SKIPPED FOR WANT OF A FOREIGN PROGRAM: litewitness needs an ssh-agent (Debian: openssh-client)")
	}
	dir, at := t.TempDir(), freeAddress(t)
	short, err := os.MkdirTemp("", "lw") // the path of a socket is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(short) })
	socket := filepath.Join(short, "s")
	begin(t, dir, agent, "-D", "-a", socket)
	listening(t, "unix", socket)
	pub, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "key"), string(pem.EncodeToMemory(block)))
	add := exec.Command("ssh-add", "-q", filepath.Join(dir, "key"))
	add.Env = append(os.Environ(), "SSH_AUTH_SOCK="+socket)
	if out, err := add.CombinedOutput(); err != nil {
		t.Fatalf("ssh-add: %v: %s", err, out)
	}
	db := filepath.Join(dir, "lw.db")
	sshPub, err := ssh.NewPublicKey(pub)
	if err != nil {
		t.Fatal(err)
	}
	begin(t, dir, bin, "-name", "lite.example/w", "-db", db, "-ssh-agent", socket, "-listen", at, "-key", ssh.FingerprintSHA256(sshPub))
	listening(t, "tcp", at)
	tellLitewitness(t, db, origin, logKey)
	vkey, _, err := proof.CosignerKey("lite.example/w", pub)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("witness lite %s http://%s/\n", vkey, at)
}

// tellLitewitness adds a log to litewitness's database. Its own program for that,
// witnessctl, needs a module (sigsum-go) that the module proxy does not give out.
func tellLitewitness(t *testing.T, file, origin, logKey string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	empty := sha256.Sum256(nil)
	if _, err := db.ExecContext(t.Context(), `INSERT INTO log (origin, tree_size, tree_hash) VALUES ($1, 0, $2)`, origin, base64.StdEncoding.EncodeToString(empty[:])); err != nil {
		t.Fatalf("telling litewitness of the log: %v", err)
	}
	if _, err := db.ExecContext(t.Context(), `INSERT INTO key (origin, key) VALUES ($1, $2)`, origin, logKey); err != nil {
		t.Fatalf("telling litewitness of the log's key: %v", err)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestForeignWitnessesCosignOurHeads: our register has its heads cosigned by
// omniwitness and litewitness, two of two, and both refuse our fork, which has the
// same key and other entries, and our rollback.
func TestForeignWitnessesCosignOurHeads(t *testing.T) {
	h := newHouse(t)
	f, err := folder.Open(copyRegister(t, h.Dir))
	if err != nil {
		t.Fatal(err)
	}
	omni, lite := startOmniwitness(t, f.Config.Origin, f.Config.LogKey), startLitewitness(t, f.Config.Origin, f.Config.LogKey)
	policy, err := f.SetPolicy([]byte("log " + f.Config.LogKey + "\n" + omni + lite + "group both all omni lite\nquorum both\n"))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time each knows the head already
		cp, err := witness.NewCollector(f, witness.Options{}).Once(t.Context())
		if err != nil || !cp.Met || cp.Witnesses != 2 {
			t.Fatalf("%d of 2 cosigned: %v", cp.Witnesses, err)
		}
	}
	raw, err := f.Witnessed()
	if err != nil {
		t.Fatal(err)
	}
	cp, err := proof.OpenCheckpoint(raw, policy)
	if err != nil || cp.WitnessedAt.IsZero() {
		t.Fatalf("the witnessed head under the policy: %v", err)
	}
	key, err := signing.LoadKey(f.KeyFile("log"))
	if err != nil {
		t.Fatal(err)
	}
	sign := func(head proof.Head) []byte {
		s, err := key.NoteSigner(head.Origin)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := note.Sign(&note.Note{Text: string(head.Text())}, s)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	other, longer, shorter := cp.Head, cp.Head, cp.Head
	other.Root[0] ^= 1
	longer.Size, longer.Root[0] = longer.Size+5, longer.Root[0]^1
	shorter.Size--
	for _, w := range policy.WitnessList() {
		if w.URL == "" {
			continue
		}
		for _, c := range []struct {
			what string
			r    witness.Request
			want []int
		}{
			{"a fork at the same size", witness.Request{Old: cp.Size, Checkpoint: sign(other)}, []int{409, 422}},
			{"a fork that is longer", witness.Request{Old: cp.Size, Checkpoint: sign(longer)}, []int{422}},
			{"a rollback", witness.Request{Old: cp.Size, Checkpoint: sign(shorter)}, []int{400}},
			{"a rollback to the beginning", witness.Request{Checkpoint: sign(shorter)}, []int{409}},
		} {
			got, err := witness.Ask(t.Context(), witness.NewHTTP(10*time.Second), w.URL, c.r)
			if err != nil || !slices.Contains(c.want, got.Status) {
				t.Errorf("%s, asked for %s: status %d (%v), want %v", w.Name, c.what, got.Status, err, c.want)
			}
		}
	}
}

func copyRegister(t *testing.T, from string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "reg")
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"log"} {
		if err := os.Chmod(filepath.Join(to, "keys", key+".pem"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return to
}

// TestOurWitnessServesTessera: a log of Tessera's own, which publishes nothing
// without its witnesses, publishes with ours.
func TestOurWitnessServesTessera(t *testing.T) {
	dir := t.TempDir()
	cfg, err := witness.Init(t.Context(), dir, "ours.example/w")
	if err != nil {
		t.Fatal(err)
	}
	w, err := witness.Open(t.Context(), dir, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	srv := httptest.NewServer(w.Handler(witness.Limits{}))
	t.Cleanup(srv.Close)
	const origin = "tessera.example/log"
	secret, public, err := note.GenerateKey(nil, origin)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Learn(t.Context(), public, ""); err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := tessera.NewWitness(cfg.Key, at)
	if err != nil {
		t.Fatalf("Tessera does not take our witness's key: %v", err)
	}
	driver, err := posix.New(t.Context(), posix.Config{Path: filepath.Join(t.TempDir(), "log")})
	if err != nil {
		t.Fatal(err)
	}
	appender, shutdown, reader, err := tessera.NewAppender(t.Context(), driver, tessera.NewAppendOptions().
		WithCheckpointSigner(signer).WithCheckpointInterval(time.Second).WithBatching(1, 10*time.Millisecond).
		WithWitnesses(tessera.NewWitnessGroup(1, theirs), &tessera.WitnessOptions{Timeout: 10 * time.Second}))
	if err != nil {
		t.Fatal(err)
	}
	await := tessera.NewPublicationAwaiter(t.Context(), reader.ReadCheckpoint, 50*time.Millisecond)
	v, err := proof.NewVerifier(cfg.Key)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		_, cp, err := await.Await(t.Context(), appender.Add(t.Context(), tessera.NewEntry(binary.BigEndian.AppendUint64(nil, uint64(i)))))
		if err != nil {
			t.Fatal(err)
		}
		if n, err := note.Open(cp, note.VerifierList(v)); err != nil || len(n.Sigs) != 1 {
			t.Fatalf("Tessera's checkpoint without our cosignature: %v\n%s", err, cp)
		}
	}
	if err := shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	logs, err := w.Logs(t.Context())
	if err != nil || logs[0].Size < 3 {
		t.Errorf("our witness has seen %+v, %v", logs, err)
	}
	if resp, err := http.Get(srv.URL + "/" + witness.OriginHash(origin) + "/checkpoint"); err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("what it shows to monitors: %v", err)
	}
}
