package index

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"pgregory.net/rapid"

	"chancery.example/internal/fold"
	"chancery.example/internal/kind"
	"chancery.example/internal/seed"
	"chancery.example/internal/signing"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

const origin = "letters.harbour.example/test/2026"

// keysOf draws a key that is the same for the same seed.
func keysOf(t testing.TB, text string) (note.Signer, note.Verifier) {
	t.Helper()
	k, err := signing.NewKey(rand.NewChaCha8(sha256.Sum256([]byte(text))))
	if err != nil {
		t.Fatal(err)
	}
	s, err := k.NoteSigner(KeyName(origin))
	if err != nil {
		t.Fatal(err)
	}
	pub, ok := k.Public().Ed25519()
	if !ok {
		t.Fatal("no Ed25519 key")
	}
	v, err := VerifierFor(origin, pub)
	if err != nil {
		t.Fatal(err)
	}
	return s, v
}

func options(t testing.TB) Options {
	s, v := keysOf(t, "operator")
	return Options{Signer: s, Verifier: v}
}

// someSources makes n texts, some of them of one family.
func someSources(n int) []Source {
	var out []Source
	for i := range n {
		var b strings.Builder
		r := rand.New(rand.NewPCG(uint64(i), 1))
		for range 40 {
			fmt.Fprintf(&b, "%s ", strings.ToLower(strings.TrimRight(fmt.Sprintf("%c%c%c%c", 'a'+r.IntN(26), 'a'+r.IntN(26), 'a'+r.IntN(26), 'a'+r.IntN(26)), "z")))
		}
		b.WriteString("and I have the honour to be your obedient servant")
		out = append(out, Source{register.Index(i), fmt.Sprint("letter ", i-i%3*(i%2)), sha256.Sum256([]byte(b.String())), b.String()})
	}
	return out
}

// headOf is a head over as many entries as there are sources; rootOf is what the
// log says of earlier ones.
func headOf(n int) proof.Head {
	return proof.Head{Origin: origin, Size: uint64(n), Root: sha256.Sum256(fmt.Append(nil, n))}
}

func rootOf(size uint64) (proof.Head, error) { return headOf(int(size)), nil }

// updated brings the index in dir to the first n sources.
func updated(t testing.TB, dir string, o Options, sources []Source) Manifest {
	t.Helper()
	w, err := OpenWriter(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	size := 0
	if n := len(sources); n > 0 {
		size = int(sources[n-1].Entry) + 1
	}
	m, err := w.Update(t.Context(), headOf(size), sources, false)
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return m
}

// holds sees that an index is whole, of the sources, and finds every one of them.
func holds(t testing.TB, dir string, v note.Verifier, sources []Source) *Index {
	t.Helper()
	x, err := Verify(context.Background(), dir, v, sources, rootOf, nil)
	if err != nil {
		t.Fatal(err)
	}
	numbers := numbered(sources)
	for i, s := range sources[:len(x.Texts)] {
		for _, g := range seed.Of(fold.Record(s.Words).Stream) {
			if fs, _ := x.Lookup(nil, g.Key, 3, 1<<20); !slices.Contains(fs, numbers[i]) {
				t.Fatalf("a gram of text %d is not found", i)
			}
		}
	}
	if err := x.Err(); err != nil {
		t.Fatal(err)
	}
	return x
}

func namesIn(t testing.TB, dir string) []string {
	t.Helper()
	es, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range es {
		if e.Name() != ".lock" {
			out = append(out, e.Name())
		}
	}
	return out
}

// TestGrowing: an index that grows step by step is whole after each, has few
// runs, keeps no old file, and made anew is that of any other machine (MUST-13,
// MUST-18, MUST-19).
func TestGrowing(t *testing.T) {
	sources := someSources(60)
	dir, o := t.TempDir(), options(t)
	for n := 0; n <= len(sources); n += 1 + n%4 {
		m := updated(t, dir, o, sources[:n])
		x := holds(t, dir, o.Verifier, sources) // the newer ones are no concern of it
		if len(x.Texts) != n || m.Head != headOf(n) {
			t.Fatalf("%d texts of %d, head %v", len(x.Texts), n, m.Head)
		}
		if want := append(m.files(), manifestName); len(namesIn(t, dir)) != len(want) {
			t.Fatalf("files %v: want %v", namesIn(t, dir), want)
		}
		if len(m.Runs) > 5 {
			t.Fatalf("%d runs of %d texts", len(m.Runs), n)
		}
	}
	var manifests [2][]byte
	for i, d := range []string{dir, t.TempDir()} {
		w, err := OpenWriter(d, o)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Update(t.Context(), headOf(60), sources, true); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if manifests[i], err = readManifest(d); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(manifests[0], manifests[1]) {
		t.Errorf("made anew here and there:\n%s\n%s", manifests[0], manifests[1])
	}
}

// TestNothingNewWritesNothing.
func TestNothingNewWritesNothing(t *testing.T) {
	dir, o := t.TempDir(), options(t)
	updated(t, dir, o, someSources(5))
	o.onDisk = func(string) disk { return &failing{} }
	updated(t, dir, o, someSources(5))
}

// TestWordsThatAreGone go from the index with their grams (MUST-11).
func TestWordsThatAreGone(t *testing.T) {
	sources := someSources(12)
	dir, o := t.TempDir(), options(t)
	updated(t, dir, o, sources)
	var said []string
	o.Say = func(s string) { said = append(said, s) }
	left := slices.Delete(slices.Clone(sources), 3, 4)
	updated(t, dir, o, left)
	x := holds(t, dir, o.Verifier, left)
	if len(said) != 1 || !strings.Contains(said[0], "anew") {
		t.Errorf("said %q", said)
	}
	for _, g := range seed.Of(fold.Record(sources[3].Words).Stream)[:10] {
		if _, n := x.Lookup(nil, g.Key, 3, 10); n > 0 {
			t.Errorf("a gram of the words that are gone is still there")
		}
	}
	for _, name := range namesIn(t, dir) {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, sources[3].Leaf[:]) {
			t.Errorf("%s still has the leaf", name)
		}
	}
}

// TestSpilling: what does not fit in memory is sorted on disk, to the same bytes.
func TestSpilling(t *testing.T) {
	sources := someSources(30)
	in := func(most int) []byte {
		s := newSorter(seed.Families{Count: 30})
		s.most = most
		defer func() { _ = s.close() }()
		numbers := numbered(sources)
		err := foldAll(sources, func(i int, g grams) error { return s.add(numbers[i], g.seeds) })
		var b bytes.Buffer
		if err = errors.Join(err, writeSeeds(t.Context(), s.cursor(), s.families, nil)(&b)); err != nil {
			t.Fatal(err)
		}
		if want := most < tablePostings; (len(s.spilled) > 2) != want {
			t.Fatalf("%d parts laid by", len(s.spilled))
		}
		return b.Bytes()
	}
	if !bytes.Equal(in(tablePostings), in(100)) {
		t.Error("other bytes")
	}
}

// TestStopping leaves the old index.
func TestStopping(t *testing.T) {
	dir, o := t.TempDir(), options(t)
	updated(t, dir, o, someSources(5))
	w, err := OpenWriter(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.Update(ctx, headOf(9), someSources(9), false); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if x := holds(t, dir, o.Verifier, someSources(9)); len(x.Texts) != 5 {
		t.Errorf("%d texts", len(x.Texts))
	}
}

// TestOneWriter (MUST-19).
func TestOneWriter(t *testing.T) {
	dir, o := t.TempDir(), options(t)
	w, err := OpenWriter(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenWriter(dir, o); kind.Of(err) != kind.Unavailable || !strings.Contains(err.Error(), "another program") {
		t.Errorf("a second writer: %v", err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	updated(t, dir, o, nil)
}

// TestFits: an index is used for the log and the texts that it is about, and for
// no other (MUST-17).
func TestFits(t *testing.T) {
	sources := someSources(10)
	dir, o := t.TempDir(), options(t)
	updated(t, dir, o, sources[:8])
	x, err := Open(dir, o.Verifier)
	if err != nil {
		t.Fatal(err)
	}
	other := slices.Clone(sources)
	other[2].Leaf[0] ^= 1
	family := slices.Clone(sources)
	family[7].Family = "another"
	late := slices.Clone(sources)
	late[7].Entry = 8
	early := slices.Clone(sources)
	early[8].Entry = 7
	elsewhere := func(uint64) (proof.Head, error) { return headOf(99), nil }
	short := func(uint64) (proof.Head, error) { return proof.Head{}, errors.New("only 3 entries") }
	for name, c := range map[string]struct {
		sources []Source
		at      func(uint64) (proof.Head, error)
		want    string
	}{
		"it is": {sources, rootOf, ""}, "nothing newer": {sources[:8], rootOf, ""},
		"another text": {other, rootOf, "text 2 of the index"}, "another family": {family, rootOf, "text 7 of the index"},
		"fewer texts": {sources[:7], rootOf, "show 7"}, "a text of a later entry": {late, rootOf, "show 7"},
		"a text left out": {early, rootOf, "show 9"}, "another log": {sources, elsewhere, "not this one"}, "a shorter log": {sources, short, "only 3"},
	} {
		if err := x.Fits(c.sources, c.at); (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSignature: the operator's, under the name of the index (MUST-15).
func TestSignature(t *testing.T) {
	dir, o := t.TempDir(), options(t)
	updated(t, dir, o, someSources(3))
	_, stranger := keysOf(t, "somebody else")
	if _, err := Open(dir, stranger); err == nil || !strings.Contains(err.Error(), "not signed by the operator") {
		t.Errorf("another key: %v", err)
	}
	raw, err := readManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	m, err := ParseManifest(raw, o.Verifier)
	if err != nil {
		t.Fatal(err)
	}
	m.Head.Origin = "letters.other.example/x"
	if raw, err = m.sign(o.Signer); err != nil {
		t.Fatal(err)
	}
	if _, err := ParseManifest(raw, o.Verifier); err == nil || !strings.Contains(err.Error(), "is of the log") {
		t.Errorf("another log's manifest: %v", err)
	}
	if raw[0] == 0x84 {
		t.Error("a manifest begins as an entry does")
	}
	if _, err := Open(t.TempDir(), o.Verifier); kind.Of(err) != kind.NotFound || !strings.Contains(err.Error(), "index build") {
		t.Errorf("no index: %v", err)
	}
}

// TestManifestComesBack, and nothing that differs from it by one character
// (MUST-14).
func TestManifestComesBack(t *testing.T) {
	o := options(t)
	rapid.Check(t, func(t *rapid.T) {
		m := Manifest{Head: headOf(rapid.IntRange(0, 99).Draw(t, "size"))}
		hash := func(name string) letter.Hash {
			return sha256.Sum256([]byte(rapid.String().Draw(t, name)))
		}
		for range rapid.IntRange(0, 4).Draw(t, "runs") {
			r := Run{First: m.Texts, Count: rapid.IntRange(1, 1000).Draw(t, "count"), Seeds: File{hash("seeds"), rapid.Int64Range(0, 1<<38).Draw(t, "bytes")}}
			r.Texts = File{hash("texts"), textsSize(r.Count)}
			m.Runs, m.Texts = append(m.Runs, r), m.Texts+r.Count
		}
		if m.Texts > 0 {
			m.Families = rapid.IntRange(1, m.Texts).Draw(t, "families")
			if m.Model.Count = rapid.IntRange(0, m.Texts).Draw(t, "model"); m.Model.Count > 0 {
				m.Model.File = File{hash("model"), rapid.Int64Range(0, 1<<30).Draw(t, "model bytes")}
			}
		}
		raw, err := m.sign(o.Signer)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ParseManifest(raw, o.Verifier)
		if err != nil || got.text() != m.text() || len(got.files()) != len(m.files()) || got.Size() != m.Size() {
			t.Fatalf("%v: %s", err, got.text())
		}
		i := rapid.IntRange(0, len(m.text())-1).Draw(t, "at")
		bent := m.text()[:i] + rapid.SampledFrom([]string{"", " ", "0", "x", "\n"}).Draw(t, "instead") + m.text()[i+1:]
		if again, err := parseText(bent); err == nil && again.text() != bent {
			t.Fatalf("read in another form: %q", bent)
		}
	})
}

func TestManifestRefused(t *testing.T) {
	o := options(t)
	file := strings.Repeat("ab", 32)
	begin := manifestTitle + "\n" + string(headOf(3).Text())
	for name, c := range map[string]string{
		"nothing": "x\n", "no numbers": begin, "another version": "chancery-index/v2\n" + string(headOf(3).Text()) + "texts 0 families 0\n",
		"leading zero": begin + "texts 00 families 0\n", "a line too many": begin + "texts 0 families 0\nmore\n", "two spaces": begin + "texts  0 families 0\n",
		"a gap": begin + "texts 3 families 1\nrun 1 2 " + file + " 10 " + file + "\n", "too few": begin + "texts 3 families 1\nrun 0 2 " + file + " 10 " + file + "\n",
		"more families": begin + "texts 2 families 3\nrun 0 2 " + file + " 10 " + file + "\n", "an empty run": begin + "texts 0 families 0\nrun 0 0 " + file + " 10 " + file + "\n",
		"a huge segment": begin + "texts 2 families 1\nrun 0 2 " + file + " 999999999999999 " + file + "\n", "upper case": begin + "texts 2 families 1\nrun 0 2 " + strings.ToUpper(file) + " 10 " + file + "\n",
		"model of more": begin + "texts 0 families 0\nmodel 2 " + file + " 10\n", "many runs": begin + "texts 300 families 1\n" + runLines(300, file),
	} {
		raw, err := note.Sign(&note.Note{Text: c}, o.Signer)
		if err != nil {
			t.Fatal(err)
		}
		if m, err := ParseManifest(raw, o.Verifier); err == nil {
			t.Errorf("%s: read as %+v", name, m)
		}
	}
	if _, err := ParseManifest(make([]byte, maxManifest+1), o.Verifier); err == nil || !strings.Contains(err.Error(), "at most") { // MUST-16
		t.Errorf("too long: %v", err)
	}
	good, err := note.Sign(&note.Note{Text: begin + "texts 0 families 0\n"}, o.Signer)
	if err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string][]byte{
		"signed twice": append(slices.Clone(good), good[bytes.LastIndex(good, []byte("—")):]...), "a stray bit": bytes.Replace(good, []byte("=\n"), []byte("==\n"), 1), "cut off": good[:len(good)-1],
	} {
		if _, err := ParseManifest(raw, o.Verifier); err == nil && !bytes.Equal(raw, good) {
			t.Errorf("%s: read", name)
		}
	}
}

func runLines(n int, file string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "run %d 1 %s 10 %s\n", i, file, file)
	}
	return b.String()
}

// TestTextsList (MUST-12).
func TestTextsList(t *testing.T) {
	ts := []Text{{0, letter.Hash{1}, letter.Hash{2}}, {1, letter.Hash{3}, letter.Hash{4}}, {0, letter.Hash{5}, letter.Hash{6}}}
	b := encodeTexts(ts)
	if got, err := decodeTexts(b, nil); err != nil || !slices.Equal(got, ts) || int64(len(b)) != textsSize(3) {
		t.Errorf("%v %v", got, err)
	}
	if got, err := decodeTexts(encodeTexts(ts[1:2]), ts[:1]); err != nil || len(got) != 2 {
		t.Errorf("after others: %v %v", got, err)
	}
	for name, bad := range map[string][]byte{"cut": b[:len(b)-1], "another version": append([]byte("chancery-texts/2"), b[16:]...), "a family left out": encodeTexts(ts[1:]), "nothing": nil} {
		if got, err := decodeTexts(bad, nil); err == nil {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func FuzzManifest(f *testing.F) {
	s, v := keysOf(f, "operator")
	_ = s
	f.Add(manifestTitle + "\n" + string(headOf(3).Text()) + "texts 0 families 0\n")
	f.Add(manifestTitle + "\n" + string(headOf(3).Text()) + "texts 300 families 1\n" + runLines(3, strings.Repeat("ab", 32)) + "model 2 " + strings.Repeat("cd", 32) + " 10\n")
	f.Fuzz(func(t *testing.T, text string) {
		if m, err := parseText(text); err == nil && m.text() != text {
			t.Fatalf("%q is also %q", text, m.text())
		}
		_, _ = ParseManifest([]byte(text), v)
	})
}

func FuzzTexts(f *testing.F) {
	f.Add(encodeTexts([]Text{{0, letter.Hash{1}, letter.Hash{2}}, {1, letter.Hash{3}, letter.Hash{4}}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		if ts, err := decodeTexts(b, nil); err == nil && !bytes.Equal(encodeTexts(ts), b) {
			t.Fatalf("%x is also %x", b, encodeTexts(ts))
		}
	})
}
