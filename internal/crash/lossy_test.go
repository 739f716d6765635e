package crash

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"chancery.example/proof"
)

// The module faults/ cuts the power of a disk of its own while workers of this
// program issue on it. It runs this test program to make the register, as the
// worker, and as the judge of what survived.
const (
	baseEnv  = "CHANCERY_FAULTS_BASE"  // the folder to make the register in
	judgeEnv = "CHANCERY_FAULTS_JUDGE" // a folder with: register/, said, heads/
)

// TestBase makes the register that all trials begin with: where the variable
// says, or else in a folder of its own.
func TestBase(t *testing.T) {
	dir := os.Getenv(baseEnv)
	if dir == "" {
		dir = filepath.Join(t.TempDir(), "register")
	}
	b := newBaseAt(t, dir)
	awaitHours(t, dir)
	if b.head.Size == 0 {
		t.Error("the register is empty")
	}
}

// TestJudge holds a register to what was promised: one that survived a cut, if
// the variable names it, or else one that nothing happened to.
func TestJudge(t *testing.T) {
	if from := os.Getenv(judgeEnv); from != "" {
		judged(t, from)
		return
	}
	b := newBase(t)
	out, err := onceCommand(b.dir, "X-1").CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("ack ")) {
		t.Fatalf("%v: %s", err, out)
	}
	if !b.judge(t, b.dir, out).acked {
		t.Error("what was acknowledged was not judged")
	}
}

func judged(t *testing.T, from string) {
	dir := filepath.Join(from, "register")
	b := base{dir: dir, policy: ownPolicy(t, dir)}
	out, err := os.ReadFile(filepath.Join(from, "said"))
	if err != nil {
		t.Fatal(err)
	}
	heads, err := os.ReadDir(filepath.Join(from, "heads"))
	if err != nil || len(heads) == 0 {
		t.Fatalf("no head that readers saw: %v", err)
	}
	for i, h := range heads {
		raw, err := os.ReadFile(filepath.Join(from, "heads", h.Name()))
		if err != nil {
			t.Fatal(err)
		}
		cp, err := proof.OpenCheckpoint(raw, b.policy)
		if err != nil {
			t.Fatalf("a head that readers saw is none: %v", err)
		}
		if i == 0 {
			b.head = cp.Head
		}
		out = append(out, fmt.Sprintf("seen %d %s\n", cp.Size, cp.Root)...)
	}
	res := b.judge(t, dir, out)
	t.Logf("JUDGED entries %d recovery %d", res.entries, res.recovery.Milliseconds())
}
