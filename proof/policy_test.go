package proof_test

import (
	"crypto/ed25519"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"pgregory.net/rapid"

	"chancery.example/proof"
)

// TestPolicy takes the lines of C2SP tlog-policy one by one (MUST-12 to
// MUST-16).
func TestPolicy(t *testing.T) {
	log, w1, w2, own := logKey.vkey(), witness[0].vkey(), witness[1].vkey(), clock.vkey()
	other := cosigner{name: "other.example/log", key: key("other log")}.vkey()
	two := "witness a " + w1 + "\nwitness b " + w2 + "\n"
	for _, c := range []struct {
		name, text string
		words      string // of the refusal; empty: it is a policy
		needed     int
	}{
		{"one log", "log " + log + "\nquorum none\n", "", 0},
		{"tabs, comments, empty lines", "# ours\n\n\tlog\t " + log + "  \nquorum   none\n\n", "", 0},
		{"no last line end", "log " + log + "\nquorum none", "", 0},
		{"log with an address", "log " + log + " https://letters.harbour.example/log\nquorum none\n", "", 0},
		{"two logs", "log " + log + "\nlog " + other + "\nquorum none\n", "", 0},
		{"no log", "quorum none\n", "", 0},
		{"one witness", "log " + log + "\nwitness a " + w1 + "\nquorum a\n", "", 1},
		{"witness with an address", "log " + log + "\nwitness a " + w1 + " https://one.example/w\nquorum a\n", "", 1},
		{"any of two", "log " + log + "\n" + two + "group g any a b\nquorum g\n", "", 1},
		{"all of two", "log " + log + "\n" + two + "group g all a b\nquorum g\n", "", 2},
		{"1 of two", "log " + log + "\n" + two + "group g 1 a b\nquorum g\n", "", 1},
		{"groups of groups", "log " + log + "\n" + two + "group g any a\ngroup h all g b\nquorum h\n", "", 2},
		{"the register's clock", "log " + log + "\nwitness clock " + own + "\nquorum none\n", "", 0},

		{"empty", "", "no quorum line", 0},
		{"no quorum", "log " + log + "\n", "no quorum line", 0},
		{"two quorums", "log " + log + "\nquorum none\nquorum none\n", "second quorum", 0},
		{"quorum of an unknown name", "log " + log + "\nquorum a\n", "names no witness", 0},
		{"quorum before its witness", "log " + log + "\nquorum a\nwitness a " + w1 + "\n", "names no witness", 0},
		{"CR LF", "log " + log + "\r\nquorum none\r\n", "control character", 0},
		{"unknown line", "log " + log + "\nmirror a\nquorum none\n", "want log VKEY", 0},
		{"too many words", "log " + log + " https://a.example more\nquorum none\n", "want log VKEY", 0},
		{"comment after a line", "log " + log + "\nquorum none # really\n", "want log VKEY", 0},
		{"witness named none", "log " + log + "\nwitness none " + w1 + "\nquorum none\n", "already taken", 0},
		{"witness named twice", "log " + log + "\nwitness a " + w1 + "\nwitness a " + w2 + "\nquorum none\n", "already taken", 0},
		{"group named as a witness", "log " + log + "\n" + two + "group a any a b\nquorum a\n", "already taken", 0},
		{"one key, two witnesses", "log " + log + "\nwitness a " + w1 + "\nwitness b " + w1 + "\nquorum none\n", "", -1},
		{"a log's key as a witness", "log " + log + "\nwitness a " + log + "\nquorum none\n", "signature type", 0},
		{"a witness's key as a log", "log " + w1 + "\nquorum none\n", "signature type", 0},
		{"group of 3 from 2", "log " + log + "\n" + two + "group g 3 a b\nquorum g\n", "", -1},
		{"group of 0", "log " + log + "\n" + two + "group g 0 a b\nquorum g\n", "", -1},
		{"group with a sign", "log " + log + "\n" + two + "group g +1 a b\nquorum g\n", "", -1},
		{"group with a member twice", "log " + log + "\n" + two + "group g 2 a a\nquorum g\n", "a member twice", 0},
		{"member of two groups", "log " + log + "\n" + two + "group g any a b\ngroup h any a\nquorum g\n", "already a member", 0},
		{"group of an unknown member", "log " + log + "\n" + two + "group g any a c\nquorum g\n", "no witness or group", 0},
		{"group of itself", "log " + log + "\n" + two + "group g any g\nquorum g\n", "no witness or group", 0},
		{"group without members", "log " + log + "\n" + two + "group g any\nquorum g\n", "want log VKEY", 0},
		{"the clock in a group", "log " + log + "\n" + two + "witness clock " + own + "\ngroup g any a clock\nquorum g\n", "own clock", 0},
		{"the clock as the quorum", "log " + log + "\nwitness clock " + own + "\nquorum clock\n", "own clock", 0},
		{"the clock before its log", "witness clock " + own + "\nlog " + log + "\nquorum clock\n", "own clock", 0},
		{"key ID of another key", "log " + strings.Replace(log, "+", "+0", 1) + "\nquorum none\n", "malformed", 0},
		{"key ID mistyped", "log " + mistyped(log) + "\nquorum none\n", "does not belong", 0},
		{"key cut", "log " + log[:len(log)-4] + "\nquorum none\n", "", -1},
		{"no key", "log letters.harbour.example\nquorum none\n", "want NAME+ID+KEY", 0},
		{"too large", "#" + strings.Repeat("x", 64<<10) + "\nquorum none\n", "at most", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := proof.ParsePolicy([]byte(c.text))
			if refuse := c.words != "" || c.needed < 0; refuse != (err != nil) {
				t.Fatalf("error %v, want one: %v", err, refuse)
			}
			if err != nil {
				if proof.ClassOf(err) != proof.BadPolicy || !strings.Contains(err.Error(), c.words) {
					t.Errorf("%s: %v, want %q", proof.ClassOf(err), err, c.words)
				}
				return
			}
			if p.Needed() != c.needed {
				t.Errorf("needs %d witnesses, want %d", p.Needed(), c.needed)
			}
			again, err := proof.ParsePolicy(p.Bytes())
			if err != nil || string(again.Bytes()) != string(p.Bytes()) {
				t.Errorf("written and read again: %v\n%s", err, p.Bytes())
			}
		})
	}
}

// mistyped changes one digit of the key ID.
func mistyped(vkey string) string {
	name, rest, _ := strings.Cut(vkey, "+")
	digit := "0"
	if rest[0] == '0' {
		digit = "1"
	}
	return name + "+" + digit + rest[1:]
}

// TestClockIsNoWitness: the register's own clock is shown and never counted
// (MUST-16).
func TestClockIsNoWitness(t *testing.T) {
	w := newTown(t)
	p := policyOf(t, "group g any w1 w2 w3", "quorum g")
	if p.Witnesses() != 3 {
		t.Errorf("the policy counts %d witnesses, want 3", p.Witnesses())
	}
	if _, err := proof.OpenCheckpoint(w.checkpoint(logKey, clock), p); proof.ClassOf(err) != proof.QuorumNotMet {
		t.Errorf("the clock alone met the quorum: %v", err)
	}
	c, err := proof.OpenCheckpoint(w.checkpoint(logKey, clock), policyOf(t, "quorum none"))
	if err != nil || !c.Unwitnessed() || c.Witnesses != 0 || !c.Time.Equal(clock.at) {
		t.Errorf("%d witnesses at %v (%v), want none and the clock's time", c.Witnesses, c.Time, err)
	}
	c, err = proof.OpenCheckpoint(w.checkpoint(logKey, witness[2]), p)
	if err != nil || c.Witnesses != 1 || !c.Time.IsZero() {
		t.Errorf("%d witnesses at %v (%v), want one and no time", c.Witnesses, c.Time, err)
	}
}

// TestQuorum holds the quorum to a second reading of it: a group is met when k
// of its members are, whatever the signers.
func TestQuorum(t *testing.T) {
	w := newTown(t)
	rapid.Check(t, func(t *rapid.T) {
		k, inner := rapid.IntRange(1, 2).Draw(t, "k"), rapid.IntRange(1, 2).Draw(t, "inner")
		p, err := proof.ParsePolicy([]byte(policyText(
			fmt.Sprintf("group in %d w1 w2", inner), fmt.Sprintf("group out %d in w3", k), "quorum out")))
		if err != nil {
			t.Fatal(err)
		}
		signers, has := []note.Signer{logKey}, [3]int{}
		for i := range witness {
			if rapid.Bool().Draw(t, witness[i].name) {
				signers, has[i] = append(signers, witness[i]), 1
			}
		}
		met := has[2]
		if has[0]+has[1] >= inner {
			met++
		}
		_, err = proof.OpenCheckpoint(w.checkpoint(signers...), p)
		if got := err == nil; got != (met >= k) {
			t.Fatalf("%d of (%d of w1 w2), w3 with %v: met %v (%v)", k, inner, has, got, err)
		}
		if want := min(inner, 1); k == 1 && p.Needed() != want {
			t.Fatalf("needs %d, want %d", p.Needed(), want)
		}
	})
}

// TestOwnKeys: a register's own word about itself is marked as such.
func TestOwnKeys(t *testing.T) {
	w := newTown(t)
	p := policyOf(t, "quorum none").FromFolder()
	c, err := proof.OpenCheckpoint(w.checkpoint(usual()...), p)
	if err != nil || !c.OwnKeys || !p.OwnKeys() {
		t.Errorf("own keys %v (%v)", c.OwnKeys, err)
	}
	if got := p.Logs(); !slices.Equal(got, []string{origin}) {
		t.Errorf("logs %q", got)
	}
	var zero proof.Policy
	if _, err := proof.OpenCheckpoint(w.checkpoint(usual()...), zero); proof.ClassOf(err) != proof.NoPolicy {
		t.Errorf("the zero policy trusts somebody: %v", err)
	}
}

// TestVerifierKeys reads and writes verifier keys (MUST-12).
func TestVerifierKeys(t *testing.T) {
	vkey, id, err := proof.CosignerKey(clock.name, clock.key.Public().(ed25519.PublicKey))
	if err != nil || vkey != clock.vkey() || id != clock.KeyHash() {
		t.Errorf("%s %08x (%v), want %s", vkey, id, err, clock.vkey())
	}
	for _, k := range []cosigner{logKey, clock, witness[0]} {
		v, err := proof.NewVerifier(k.vkey())
		if err != nil || v.Name() != k.Name() || v.KeyHash() != k.KeyHash() {
			t.Fatalf("%s: %v", k.vkey(), err)
		}
		sig := must(k.Sign([]byte("words\n")))
		if !v.Verify([]byte("words\n"), sig) || v.Verify([]byte("other\n"), sig) || v.Verify([]byte("words\n"), sig[1:]) {
			t.Errorf("%s takes the wrong signatures", k.vkey())
		}
	}
	for _, bad := range []string{"", "a", "a+b", "a+00000000+", "+00000000+AQ==", "a b+00000000+AQ==", strings.Repeat("a", 600), mldsa} {
		if _, err := proof.NewVerifier(bad); err == nil {
			t.Errorf("%.60q was taken for a key", bad)
		}
	}
	if _, _, err := proof.CosignerKey("has space", clock.key.Public().(ed25519.PublicKey)); err == nil {
		t.Error("a name with a space was taken")
	}
	if _, _, err := proof.CosignerKey("name", nil); err == nil {
		t.Error("no key was taken")
	}
}

// mldsa is a key of a type that this version cannot check; the message says so.
const mldsa = "witness.example+00000000+BgAA"
