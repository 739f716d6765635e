package proof_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"testing"

	merkle "github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"chancery.example/internal/testkit/vectors"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// MUST numbers here are those of receipt.md.

var receiptKey = signer{key("receipt")}

// receipt signs the receipt of an entry under the newest head.
func (l *tree) receipt(t testing.TB, i register.Index) proof.Receipt {
	t.Helper()
	path, err := l.Path(i)
	if err != nil {
		t.Fatal(err)
	}
	r, err := proof.SignReceipt(receiptKey, operatorURI, l.head(), i, l.entries[i], path)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// grown signs the receipt that the log's first entries are still the same.
func (l *tree) grown(t testing.TB, from uint64) proof.ConsistencyReceipt {
	t.Helper()
	older, path := l.older(from)
	r, err := proof.SignConsistency(receiptKey, operatorURI, older, l.head(), path)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (l *tree) older(from uint64) (proof.Head, []letter.Hash) {
	older := proof.Head{Origin: origin, Size: from, Root: letter.Hash(must(tlog.TreeHash(int64(from), l)))}
	var path []letter.Hash
	for _, h := range must(tlog.ProveTree(int64(len(l.entries)), int64(from), l)) {
		path = append(path, letter.Hash(h))
	}
	return older, path
}

// forest is a log of n made-up leaves.
func forest(n int) *tree {
	l := &tree{}
	for i := range n {
		s := seed("leaf %d", i)
		l.add(s[:])
	}
	return l
}

// TestAReceiptProvesItsEntryAlone holds MUST-4, MUST-6 and MUST-8: in trees of
// every size, for every entry, read again, and for no other entry, tree or key.
func TestAReceiptProvesItsEntryAlone(t *testing.T) {
	for n := 2; n <= 20; n++ {
		l := forest(n)
		for i := range n {
			made := l.receipt(t, register.Index(i))
			r, err := proof.ParseReceipt(made.Bytes())
			if err != nil {
				t.Fatalf("entry %d of %d: %v", i, n, err)
			}
			root, err := r.Verify(l.entries[i], receiptKey.Public())
			if err != nil || root != l.head().Root {
				t.Errorf("entry %d of %d: %v", i, n, err)
			}
			if _, err := r.Verify(l.entries[(i+1)%n], receiptKey.Public()); proof.ClassOf(err) != proof.BadReceipt {
				t.Errorf("entry %d of %d: another entry: %v", i, n, err)
			}
			if _, err := r.Verify(l.entries[i], signer{key("log")}.Public()); proof.ClassOf(err) != proof.BadReceipt {
				t.Errorf("entry %d of %d: another key: %v", i, n, err)
			}
			other := r
			other.Origin = "letters.elsewhere.example/main/2026"
			if _, err := other.Verify(l.entries[i], receiptKey.Public()); proof.ClassOf(err) != proof.BadReceipt {
				t.Errorf("another register's: %v", err)
			}
		}
	}
}

// TestAReceiptKeySignsNothingItWasMerelyTold is MUST-9.
func TestAReceiptKeySignsNothingItWasMerelyTold(t *testing.T) {
	l := forest(7)
	path, _ := l.Path(3)
	wrong := l.head()
	wrong.Root[0] ^= 1
	for name, f := range map[string]func() error{
		"another root": func() error {
			_, err := proof.SignReceipt(receiptKey, operatorURI, wrong, 3, l.entries[3], path)
			return err
		},
		"another entry": func() error {
			_, err := proof.SignReceipt(receiptKey, operatorURI, l.head(), 3, l.entries[2], path)
			return err
		},
		"a log of one entry": func() error {
			one := forest(1)
			_, err := proof.SignReceipt(receiptKey, operatorURI, one.head(), 0, one.entries[0], nil)
			return err
		},
		"another newer root": func() error {
			older, path := l.older(3)
			_, err := proof.SignConsistency(receiptKey, operatorURI, older, wrong, path)
			return err
		},
		"another log": func() error {
			older, path := l.older(3)
			older.Origin = "letters.elsewhere.example/main/2026"
			_, err := proof.SignConsistency(receiptKey, operatorURI, older, l.head(), path)
			return err
		},
		"from nothing": func() error {
			_, err := proof.SignConsistency(receiptKey, operatorURI, proof.Head{Origin: origin}, l.head(), nil)
			return err
		},
		"a signer that answers rubbish": func() error {
			_, err := proof.SignReceipt(rubbish{receiptKey}, operatorURI, l.head(), 3, l.entries[3], path)
			return err
		},
	} {
		if err := f(); proof.ClassOf(err) != proof.BadReceipt {
			t.Errorf("%s: %v", name, err)
		}
	}
}

type rubbish struct{ signer }

func (rubbish) Sign([]byte) ([]byte, error) { return make([]byte, ed25519.SignatureSize), nil }

// TestARegisterThatGrew holds MUST-5 and MUST-7 between all sizes up to 20.
func TestARegisterThatGrew(t *testing.T) {
	for n := 2; n <= 20; n++ {
		l := forest(n)
		for from := uint64(1); from < uint64(n); from++ {
			older, _ := l.older(from)
			r, err := proof.ParseConsistencyReceipt(l.grown(t, from).Bytes())
			if err != nil {
				t.Fatal(err)
			}
			if head, err := r.Verify(older, receiptKey.Public()); err != nil || head != l.head() {
				t.Errorf("from %d to %d: %v", from, n, err)
			}
			older.Root[5] ^= 1
			if _, err := r.Verify(older, receiptKey.Public()); proof.ClassOf(err) != proof.BadReceipt {
				t.Errorf("from another root of %d to %d: %v", from, n, err)
			}
		}
	}
}

// TestNoByteOfAReceiptCanChange: flipped, cut or followed by more, it is refused
// with the one class (MUST-11).
func TestNoByteOfAReceiptCanChange(t *testing.T) {
	l := forest(11)
	inclusion, consistency := l.receipt(t, 6).Bytes(), l.grown(t, 5).Bytes()
	older, _ := l.older(5)
	verify := func(raw []byte) error {
		if r, err := proof.ParseReceipt(raw); err == nil {
			_, err = r.Verify(l.entries[6], receiptKey.Public())
			return err
		}
		r, err := proof.ParseConsistencyReceipt(raw)
		if err != nil {
			return err
		}
		_, err = r.Verify(older, receiptKey.Public())
		return err
	}
	for _, raw := range [][]byte{inclusion, consistency} {
		if err := verify(raw); err != nil {
			t.Fatal(err)
		}
		for at := range raw {
			for bit := range 8 {
				bent := bytes.Clone(raw)
				bent[at] ^= 1 << bit
				if proof.ClassOf(verify(bent)) != proof.BadReceipt {
					t.Errorf("bit %d of byte %d flipped: %v", bit, at, verify(bent))
				}
			}
			if proof.ClassOf(verify(raw[:at])) != proof.BadReceipt {
				t.Errorf("cut to %d bytes: %v", at, verify(raw[:at]))
			}
		}
		if proof.ClassOf(verify(append(bytes.Clone(raw), 0))) != proof.BadReceipt {
			t.Error("a byte more was taken")
		}
	}
}

// TestOurTreesAreThoseOfRFC9162 holds the recomputed roots to another
// implementation, with good paths and bent ones.
func TestOurTreesAreThoseOfRFC9162(t *testing.T) {
	logs := map[int]*tree{}
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(2, 70).Draw(rt, "size")
		if logs[n] == nil {
			logs[n] = forest(n)
		}
		l := logs[n]
		i := rapid.IntRange(0, n-1).Draw(rt, "index")
		path, _ := l.Path(register.Index(i))
		size, index := n, i
		switch rapid.IntRange(0, 4).Draw(rt, "bent") {
		case 1:
			path = path[:len(path)-1]
		case 2:
			path = append(path, letter.Hash{1})
		case 3:
			size = rapid.IntRange(2, 80).Draw(rt, "another size")
		case 4:
			index = rapid.IntRange(0, 80).Draw(rt, "another index")
		}
		flat := make([][]byte, len(path))
		for k := range path {
			flat[k] = path[k][:]
		}
		head := proof.Head{Origin: origin, Size: uint64(size), Root: l.head().Root}
		want := merkle.VerifyInclusion(rfc6962.DefaultHasher, uint64(index), uint64(size), rfc6962.DefaultHasher.HashLeaf(l.entries[i]), flat, head.Root[:]) == nil
		_, err := proof.SignReceipt(receiptKey, operatorURI, head, register.Index(index), l.entries[i], path)
		if got := err == nil; got != want {
			rt.Fatalf("entry %d of %d with %d hashes: ours %v (%v), theirs %v", index, size, len(path), got, err, want)
		}
	})
}

// TestTransparentStatements is MUST-10: the entry comes out as it went in.
func TestTransparentStatements(t *testing.T) {
	w := newTown(t)
	entry := w.entries[w.issued]
	r := w.receipt(t, w.issued)
	raw, err := proof.Transparent(entry, r.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	bare, receipts, err := proof.SplitTransparent(raw)
	if err != nil || !bytes.Equal(bare, entry) || len(receipts) != 1 || !bytes.Equal(receipts[0], r.Bytes()) {
		t.Errorf("it came apart as %d bytes and %d receipts: %v", len(bare), len(receipts), err)
	}
	if _, err := register.Parse(raw); err == nil {
		t.Error("an entry with receipts was taken as one of the log")
	}
	for name, bad := range map[string][]byte{"nothing": nil, "an entry": entry, "a receipt": r.Bytes(), "a byte more": append(bytes.Clone(raw), 0)} {
		if _, _, err := proof.SplitTransparent(bad); proof.ClassOf(err) != proof.BadReceipt {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := proof.Transparent(entry); proof.ClassOf(err) != proof.BadReceipt {
		t.Errorf("without receipts: %v", err)
	}
	if _, err := proof.Transparent([]byte("letter"), r.Bytes()); proof.ClassOf(err) != proof.BadReceipt {
		t.Errorf("not an entry: %v", err)
	}
}

func FuzzParseReceipt(f *testing.F) {
	l := forest(11)
	f.Add(l.receipt(f, 6).Bytes())
	f.Add(l.grown(f, 5).Bytes())
	for _, v := range receiptVectors(f) {
		f.Add(must(hex.DecodeString(v.Input.Receipt)))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := proof.ParseReceipt(raw)
		if err == nil && !bytes.Equal(r.Bytes(), raw) || err != nil && proof.ClassOf(err) != proof.BadReceipt {
			t.Errorf("%x: %v", r.Bytes(), err)
		}
		if err == nil {
			if _, err := r.Verify(l.entries[6], receiptKey.Public()); err != nil && proof.ClassOf(err) != proof.BadReceipt {
				t.Errorf("an error without class: %v", err)
			}
		}
		c, err := proof.ParseConsistencyReceipt(raw)
		if err == nil && !bytes.Equal(c.Bytes(), raw) || err != nil && proof.ClassOf(err) != proof.BadReceipt {
			t.Errorf("%x: %v", c.Bytes(), err)
		}
		if entry, receipts, err := proof.SplitTransparent(raw); err == nil {
			if again, err := proof.Transparent(entry, receipts...); err != nil || !bytes.Equal(again, raw) {
				t.Errorf("put together again it is %x: %v", again, err)
			}
		}
	})
}

// A receiptVector is one receipt and what must come of it.
type receiptVector = vectors.Vector[receiptInput, receiptAnswer]

type receiptInput struct {
	Do      string `json:"do"`      // inclusion, consistency
	Receipt string `json:"receipt"` // hexadecimal, as the rest
	Key     string `json:"key"`     // COSE_Key
	Entry   string `json:"entry,omitempty"`
	Older   string `json:"older_root,omitempty"`
	// OlderSize is how many entries the log had under the older root.
	OlderSize uint64 `json:"older_size,omitempty"`
}

type receiptAnswer struct {
	Class  proof.Class `json:"class,omitempty"`
	Issuer string      `json:"issuer,omitempty"`
	Origin string      `json:"origin,omitempty"`
	Index  *uint64     `json:"index,omitempty"`
	From   uint64      `json:"from,omitempty"`
	Size   uint64      `json:"size,omitempty"`
	Root   string      `json:"root,omitempty"`
}

func (in receiptInput) run() (receiptAnswer, error) {
	raw, err := hex.DecodeString(in.Receipt)
	if err != nil {
		return receiptAnswer{}, err
	}
	var k register.PublicKey
	if err := k.UnmarshalCBOR(must(hex.DecodeString(in.Key))); err != nil {
		return receiptAnswer{}, err
	}
	if in.Do == "consistency" {
		r, err := proof.ParseConsistencyReceipt(raw)
		if err != nil {
			return receiptAnswer{}, err
		}
		older := proof.Head{Origin: origin, Size: in.OlderSize, Root: letter.Hash(must(hex.DecodeString(in.Older)))}
		head, err := r.Verify(older, k)
		return receiptAnswer{Issuer: string(r.Issuer), Origin: r.Origin, From: r.From, Size: head.Size, Root: head.Root.String()}, err
	}
	r, err := proof.ParseReceipt(raw)
	if err != nil {
		return receiptAnswer{}, err
	}
	root, err := r.Verify(must(hex.DecodeString(in.Entry)), k)
	return receiptAnswer{Issuer: string(r.Issuer), Origin: r.Origin, Index: (*uint64)(&r.Index), Size: r.Size, Root: root.String()}, err
}

const receiptFolder = "../testdata/vectors/receipt"

func TestReceiptVectors(t *testing.T) {
	vectors.Format[receiptInput, receiptAnswer]{
		Folder: receiptFolder, Least: 20, Run: receiptInput.run,
		Refused: func(err error) receiptAnswer { return receiptAnswer{Class: proof.ClassOf(err)} },
		Class:   func(a receiptAnswer) string { return string(a.Class) },
	}.Test(t, receiptVectors(t), *updateVectors)
}
