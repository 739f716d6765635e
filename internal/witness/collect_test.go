package witness

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/signing"
	"chancery.example/letter"
	"chancery.example/proof"
)

// A post is a witness behind an address, which a test can make to misbehave.
type post struct {
	*Witness
	name string
	url  string

	mu   sync.Mutex
	mood string
}

func (p *post) be(mood string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mood = mood
}

// ServeHTTP answers as the witness does, or as a broken one.
func (p *post) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	mood := p.mood
	p.mu.Unlock()
	rec := httptest.NewRecorder()
	switch mood {
	case "down":
		panic(http.ErrAbortHandler)
	case "stale": // it has forgotten what it knew
		http.Error(w, "", http.StatusConflict)
		return
	case "elsewhere":
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		return
	case "slow":
		select {
		case <-r.Context().Done():
		case <-time.After(time.Second):
		}
		return
	}
	p.Witness.Handler(Limits{}).ServeHTTP(rec, r)
	body := rec.Body.String()
	if f := strings.Fields(body); rec.Code == 200 && len(f) == 3 && f[0] == "\u2014" {
		body = p.tamper(mood, f[1], f[2])
	}
	for k, v := range rec.Header() {
		w.Header()[k] = v
	}
	w.WriteHeader(rec.Code)
	_, _ = w.Write([]byte(body))
}

// tamper changes a cosignature on its way.
func (p *post) tamper(mood, name, sig64 string) string {
	b, _ := base64.StdEncoding.DecodeString(sig64)
	switch mood {
	case "lying": // over another head
		b[len(b)-1] ^= 1
	case "early": // a time that was not signed
		binary.BigEndian.PutUint64(b[4:], binary.BigEndian.Uint64(b[4:])-1)
	case "stranger":
		name = "stranger.example/w"
	}
	return fmt.Sprintf("\u2014 %s %s\n", name, base64.StdEncoding.EncodeToString(b))
}

// newPosts makes witnesses of the register, and its policy: k of them.
func newPosts(t testing.TB, f folder.Folder, k, n int) []*post {
	t.Helper()
	text, names := "log "+f.Config.LogKey+"\n", ""
	var out []*post
	for i := range n {
		p := &post{name: fmt.Sprintf("w%d", i)}
		dir := t.TempDir()
		if _, err := Init(t.Context(), dir, p.name+".example/w"); err != nil {
			t.Fatal(err)
		}
		w, err := Open(t.Context(), dir, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Learn(t.Context(), f.Config.LogKey, ""); err != nil {
			t.Fatal(err)
		}
		p.Witness = w
		srv := httptest.NewServer(p)
		t.Cleanup(func() { srv.Close(); _ = w.Close() })
		p.url = srv.URL
		text += fmt.Sprintf("witness %s %s %s/\n", p.name, w.Config.Key, p.url)
		names += " " + p.name
		out = append(out, p)
	}
	text += fmt.Sprintf("group most %d%s\nquorum most\n", k, names)
	if _, err := f.SetPolicy([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return out
}

func issue(t testing.TB, h *officetest.House, n int) {
	t.Helper()
	h.IssueLetter(t, "harbour", officetest.Content(t, letter.Ref(fmt.Sprintf("HC-%d", n)), fmt.Sprintf("Sir,\n\nship number %d leaves.\n", n)), office.Terms{})
}

func once(t testing.TB, f folder.Folder) (proof.Checkpoint, *Collector) {
	t.Helper()
	c := NewCollector(f, Options{Timeout: 400 * time.Millisecond})
	cp, err := c.Once(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return cp, c
}

func reading(t testing.TB, f folder.Folder) *folder.Reading {
	t.Helper()
	r, err := f.Read(t.Context(), proof.Policy{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestCollect: the quorum is written, what does not count is said, and readers
// see both heads (witness.md MUST-9, MUST-10, MUST-11 and MUST-15).
func TestCollect(t *testing.T) {
	h := officetest.New(t)
	f := h.Folder()
	posts := newPosts(t, f, 2, 3)
	for _, mood := range []string{"down", "stale", "elsewhere", "slow", "lying", "early", "stranger"} {
		posts[0].be(mood)
		cp, c := once(t, f)
		states := c.States()
		if !cp.Met || cp.Witnesses != 2 || states[0].Problem == "" || states[0].Failures == 0 || states[1].Problem != "" {
			t.Errorf("one is %s: %d cosigned, met %v; %+v", mood, cp.Witnesses, cp.Met, states)
		}
	}
	posts[0].be("")
	if cp, _ := once(t, f); cp.Witnesses != 3 {
		t.Errorf("all are well again: %d cosigned", cp.Witnesses)
	}
	seen := reading(t, f).Witnessed
	issue(t, h, 1)
	r := reading(t, f)
	if r.Witnessed == nil || seen == nil || r.Witnessed.Size != seen.Size || r.Checkpoint.Size <= seen.Size {
		t.Fatalf("the newest head, at once: %d entries, witnessed %v", r.Checkpoint.Size, r.Witnessed)
	}
	posts[0].be("down")
	posts[1].be("down")
	if cp, _ := once(t, f); cp.Met {
		t.Error("a quorum of one of two")
	}
	if r := reading(t, f); r.Witnessed.Size != seen.Size || r.Forked {
		t.Errorf("witnessed as by one: %d", r.Witnessed.Size)
	}
	posts[1].be("")
	if cp, _ := once(t, f); !cp.Met || cp.Size != r.Checkpoint.Size {
		t.Errorf("two of three: %+v", cp)
	}
	if r := reading(t, f); r.Witnessed.Size != r.Checkpoint.Size || r.Witnessed.WitnessedAt.IsZero() {
		t.Errorf("%d of %d entries witnessed", r.Witnessed.Size, r.Checkpoint.Size)
	}
}

// TestProofsRestOnTheWitnessedHead, as soon as it covers what they hold (witness.md
// MUST-11).
func TestProofsRestOnTheWitnessedHead(t *testing.T) {
	h := officetest.New(t)
	f := h.Folder()
	newPosts(t, f, 2, 2)
	policy, err := f.Policy()
	if err != nil {
		t.Fatal(err)
	}
	issue(t, h, 1)
	once(t, f)
	issue(t, h, 2)
	r := reading(t, f)
	verify := func(ref letter.Ref) error {
		l, ok := r.State.Letter("https://harbour.example", ref)
		if !ok {
			t.Fatal(ref)
		}
		b, err := r.Proof(r.State.IDOf(l))
		if err != nil {
			t.Fatal(err)
		}
		_, err = b.Verify(policy, time.Now())
		return err
	}
	if err := verify("HC-1"); err != nil {
		t.Errorf("the proof of a witnessed letter: %v", err)
	}
	if err := verify("HC-2"); proof.ClassOf(err) != proof.QuorumNotMet {
		t.Errorf("the proof of a letter that is newer: %v", err)
	}
}

// TestWrittenOnlyForward: the file never goes back, takes no head that is another
// log's, and none without the quorum (witness.md MUST-10).
func TestWrittenOnlyForward(t *testing.T) {
	h := officetest.New(t)
	f := h.Folder()
	newPosts(t, f, 1, 2)
	once(t, f)
	old, err := f.Witnessed()
	if err != nil {
		t.Fatal(err)
	}
	plain, err := os.ReadFile(filepath.Join(f.LogDir(), "checkpoint"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.PutWitnessed(plain); proof.ClassOf(err) != proof.QuorumNotMet {
		t.Errorf("a head without cosignatures: %v", err)
	}
	issue(t, h, 1)
	once(t, f)
	newer, err := f.Witnessed()
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := f.PutWitnessed(old); ok || err != nil {
		t.Errorf("an older head was written: %v %v", ok, err)
	}
	// The same log's key over other entries: cosigned by a witness that knew nothing.
	fork, forked := forkOf(t, f), newPosts(t, f, 1, 1)
	line, err := forked[0].Cosign(t.Context(), Request{Checkpoint: fork}.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := f.PutWitnessed(append(fork, line...)); ok || !errors.Is(err, folder.ErrForked) {
		t.Errorf("a fork was written: %v %v", ok, err)
	}
	if now, err := f.Witnessed(); err != nil || string(now) != string(newer) {
		t.Error("the file changed")
	}
}

// forkOf signs, with the register's own key, a head over as many other entries.
func forkOf(t testing.TB, f folder.Folder) []byte {
	t.Helper()
	k, err := signing.LoadKey(f.KeyFile("log"))
	if err != nil {
		t.Fatal(err)
	}
	r := reading(t, f)
	l := (&fakeLog{key: k}).grow(int(r.Checkpoint.Size), "other")
	h := l.head(l.leaves)
	h.Origin = f.Config.Origin
	return (&otherName{l, f.Config.Origin}).sign(t, h)
}

// otherName signs under another origin than the tests' own.
type otherName struct {
	*fakeLog
	name string
}

func (o *otherName) sign(t testing.TB, h proof.Head) []byte {
	t.Helper()
	s, err := o.key.NoteSigner(o.name)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := note.Sign(&note.Note{Text: string(h.Text())}, s)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestAlarm: a witness that was shown a fork, or a later head, says so, and what
// it shows is kept (witness.md MUST-16).
func TestAlarm(t *testing.T) {
	h := officetest.New(t)
	f := h.Folder()
	posts := newPosts(t, f, 2, 3)
	fork := forkOf(t, f)
	if _, err := posts[0].Cosign(t.Context(), Request{Checkpoint: fork}.Bytes()); err != nil {
		t.Fatal(err)
	}
	k, err := signing.LoadKey(f.KeyFile("log"))
	if err != nil {
		t.Fatal(err)
	}
	long := (&fakeLog{key: k}).grow(500, "other")
	head := long.head(500)
	head.Origin = f.Config.Origin
	if _, err := posts[1].Cosign(t.Context(), Request{Checkpoint: (&otherName{long, head.Origin}).sign(t, head)}.Bytes()); err != nil {
		t.Fatal(err)
	}
	cp, c := once(t, f)
	states := c.States()
	if cp.Met || cp.Witnesses != 1 {
		t.Errorf("witnesses that hold another head counted: %d", cp.Witnesses)
	}
	for i, want := range []string{"the log forked", "an older copy of the log"} {
		s := states[i]
		kept, err := os.ReadFile(s.File)
		if err != nil || !strings.Contains(s.Alarm, want) || strings.Count(string(kept), f.Config.Origin+"\n") < 2 {
			t.Errorf("%s: %q, kept %q %v; want %q and both heads", s.Name, s.Alarm, kept, err, want)
		}
	}
	shown := filesEnding(t, filepath.Join(f.Dir, AlarmDir), proof.EvidenceExtension)
	if len(shown) != 1 || strings.TrimSuffix(shown[0], proof.EvidenceExtension) != strings.TrimSuffix(states[0].File, ".txt") {
		t.Fatalf("evidence files: %q, want one beside %s", shown, states[0].File)
	}
	proves(t, f, shown[0])
	if states[2].Alarm != "" || states[2].Problem != "" {
		t.Errorf("%+v", states[2])
	}
}

// TestRunFollows: a running collector takes up a policy that is set later, and
// every head after.
func TestRunFollows(t *testing.T) {
	h := officetest.New(t)
	f := h.Folder()
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { NewCollector(f, Options{}).Run(ctx) })
	defer wg.Wait()
	defer cancel()
	posts := newPosts(t, f, 2, 3)
	posts[2].be("down")
	for n := range 3 {
		issue(t, h, n)
		waitWitnessed(t, f, reading(t, f).Checkpoint.Size)
	}
}

// waitWitnessed waits until so many entries are witnessed.
func waitWitnessed(t testing.TB, f folder.Folder, size uint64) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if raw, err := f.Witnessed(); err == nil && raw != nil {
			if h, err := proof.ParseHead(raw); err == nil && h.Size >= size {
				return
			}
		}
	}
	t.Fatalf("%d entries are not witnessed after 20 s", size)
}

func TestNobodyToAsk(t *testing.T) {
	h := officetest.New(t)
	if _, err := NewCollector(h.Folder(), Options{}).Once(t.Context()); kind.Of(err) != kind.NotFound || !strings.Contains(err.Error(), "chancery policy") {
		t.Errorf("%v", err)
	}
	for _, text := range []string{"", "quorum none\n", "log " + newLog(t, 9).vkey() + "\nquorum none\n"} {
		if _, err := h.Folder().SetPolicy([]byte(text)); kind.Of(err) != kind.Invalid {
			t.Errorf("the policy %q: %v", text, err)
		}
	}
}

// TestNeverWitnessedTooEarly is fault F14: witnesses go down, lie, are slow or
// have forgotten, in random histories; at no moment is a head shown as witnessed
// that a quorum had not cosigned, and the file only goes forward. CHANCERY_WITNESS
// sets how many histories.
func TestNeverWitnessedTooEarly(t *testing.T) {
	histories := 2
	if s := os.Getenv("CHANCERY_WITNESS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		histories = n
	}
	h := officetest.New(t)
	f := h.Folder()
	n, reached, missed := 0, 0, 0
	for seed := range histories {
		r := rand.New(rand.NewPCG(uint64(seed), 14))
		posts := newPosts(t, f, 2, 3)
		if err := os.Remove(f.WitnessedFile()); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		var shown uint64
		for range 6 {
			if r.IntN(2) == 0 {
				n++
				issue(t, h, n)
			}
			p := posts[r.IntN(len(posts))]
			p.be([]string{"", "", "down", "stale", "lying", "early", "stranger"}[r.IntN(7)])
			cp, _ := once(t, f)
			now := reading(t, f)
			if now.Forked {
				t.Fatal("forked")
			}
			var size uint64
			if now.Witnessed != nil {
				size = now.Witnessed.Size
			}
			if most := quorumOf(t, posts, 2); size > most {
				t.Errorf("history %d: %d entries shown as witnessed, two of three have cosigned %d", seed, size, most)
			}
			if size < shown {
				t.Errorf("history %d: witnessed %d entries, before that %d", seed, size, shown)
			}
			if cp.Met && size != cp.Size {
				t.Errorf("history %d: the quorum is there for %d entries, shown are %d", seed, cp.Size, size)
			}
			if shown = size; cp.Met {
				reached++
			} else {
				missed++
			}
		}
	}
	t.Logf("F14: %d histories, %d rounds with and %d without quorum, 0 shown too early", histories, reached, missed)
	if reached == 0 {
		t.Error("no history ever reached the quorum: the test shows nothing")
	}
}

// quorumOf is how many entries at least k witnesses have cosigned.
func quorumOf(t *testing.T, posts []*post, k int) uint64 {
	t.Helper()
	var sizes []uint64
	for _, p := range posts {
		logs, err := p.Logs(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, logs[0].Size)
	}
	slices.Sort(sizes)
	return sizes[len(sizes)-k]
}

func filesEnding(t *testing.T, dir, ext string) (out []string) {
	t.Helper()
	all, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if strings.HasSuffix(e.Name(), ext) {
			out = append(out, filepath.Join(dir, e.Name()))
		}
	}
	return out
}

// proves holds an evidence file to what a stranger makes of it who trusts the
// log's key.
func proves(t *testing.T, f folder.Folder, file string) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	e, err := proof.ParseEvidence(raw)
	if err != nil {
		t.Fatal(err)
	}
	p, err := proof.ParsePolicy([]byte("log " + f.Config.LogKey + "\nquorum none\n"))
	if err != nil {
		t.Fatal(err)
	}
	if c, err := e.Verify(p); err != nil || c.Origin != f.Config.Origin {
		t.Errorf("%+v, %v", c, err)
	}
}
