package crash

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"chancery.example/proof"
)

// A power cut keeps what was synced, and of the rest what it likes: each write
// all, not at all or in part, each change of names done or not. The model is
// harsher than file systems are: only fsync of a folder keeps names in it, and
// only fsync of a file keeps its content.

const sector = 512

// A disk is a folder's files after a cut: content by name.
type disk map[string][]byte

// mood is how a cut treats what was not synced.
type mood int

const (
	moodDrop   mood = iota // all of it is gone
	moodKeep               // all of it is there
	moodRandom             // each for itself, and writes torn at sectors
	moodLast               // all but the last few
	moods
)

// A cut is one power cut: before op number at, in a mood, with its own chances.
type cut struct {
	at   int
	mood mood
	seed uint64
}

// disk returns what is on disk after the cut.
func (r recording) disk(before disk, c cut) disk {
	random := rand.New(rand.NewPCG(c.seed, uint64(c.at))) //nolint:gosec // chances, no secrets
	files := r.contents(before, c, random)
	names := map[string]int{}
	const untouched = -1
	for name := range before {
		names[name] = untouched
	}
	for name, inode := range r.found {
		if _, there := before[name]; there {
			names[name] = inode
		}
	}
	for i, o := range r.ops[:c.at] {
		if !ofNames(o.kind) || !r.keeps(i, c, random, r.namesSynced(i, c.at)) {
			continue
		}
		switch o.kind {
		case opCreate:
			names[o.name] = o.inode
		case opRename:
			delete(names, o.name)
			names[o.to] = o.inode
		case opLink:
			names[o.to] = o.inode
		case opRemove:
			delete(names, o.name)
		case opMkdir:
			// folders are made as they are needed
		case opWrite, opCut, opSync, opSyncDir, opSay:
		}
	}
	out := disk{}
	for name, inode := range names {
		if inode == untouched {
			out[name] = before[name]
			continue
		}
		out[name] = files[inode]
	}
	return out
}

func ofNames(k opKind) bool {
	return k == opCreate || k == opRename || k == opLink || k == opRemove || k == opMkdir
}

// namesSynced says whether the folder of a change of names was synced later,
// before the cut.
func (r recording) namesSynced(i, end int) bool {
	o := r.ops[i]
	for _, later := range r.ops[i+1 : end] {
		if later.kind == opSyncDir && (later.name == dirOf(o.name) || o.to != "" && later.name == dirOf(o.to)) {
			return true
		}
	}
	return false
}

func dirOf(name string) string {
	if d := path.Dir(name); d != "." {
		return d
	}
	return ""
}

func (r recording) dataSynced(i, end int) bool {
	for _, later := range r.ops[i+1 : end] {
		if later.kind == opSync && later.inode == r.ops[i].inode {
			return true
		}
	}
	return false
}

// keeps says whether an op is on disk after the cut.
func (r recording) keeps(i int, c cut, random *rand.Rand, synced bool) bool {
	if synced || r.ops[i].durable {
		return true
	}
	switch c.mood {
	case moodKeep:
		return true
	case moodRandom:
		return random.IntN(2) == 0
	case moodLast:
		return i < c.at-1-random.IntN(6)
	case moodDrop, moods:
	}
	return false
}

// contents returns each touched file's content after the cut.
func (r recording) contents(before disk, c cut, random *rand.Rand) map[int][]byte {
	files := map[int][]byte{}
	for name, inode := range r.found {
		files[inode] = bytes.Clone(before[name])
	}
	for i, o := range r.ops[:c.at] {
		switch o.kind {
		case opWrite:
			switch synced := r.dataSynced(i, c.at); {
			case r.keeps(i, c, random, synced):
				files[o.inode] = put(files[o.inode], o.offset, o.data)
			case c.mood == moodRandom && random.IntN(2) == 0:
				files[o.inode] = tear(files[o.inode], o.offset, o.data, random)
			}
		case opCut:
			if r.keeps(i, c, random, r.dataSynced(i, c.at)) {
				files[o.inode] = resize(files[o.inode], o.offset)
			}
		case opCreate, opSync, opSyncDir, opRename, opLink, opRemove, opMkdir, opSay:
		}
	}
	return files
}

func resize(b []byte, n int64) []byte {
	for int64(len(b)) < n {
		b = append(b, make([]byte, n-int64(len(b)))...)
	}
	return b[:n:n]
}

func put(b []byte, at int64, data []byte) []byte {
	b = resize(b, max(int64(len(b)), at+int64(len(data))))
	copy(b[at:], data)
	return b
}

// tear writes some sectors of a write, and not the others.
func tear(b []byte, at int64, data []byte, random *rand.Rand) []byte {
	for n := 0; n < len(data); {
		end := min(len(data), n+sector-int((at+int64(n))%sector))
		if random.IntN(2) == 0 {
			b = put(b, at+int64(n), data[n:end])
		}
		n = end
	}
	return b
}

// said is what the worker had said before the cut, and seen the heads that a
// reader may have read, synced or not.
func (r recording) said(before disk, at int) (out []byte, seen [][]byte) {
	for _, o := range r.ops[:at] {
		if o.kind == opSay {
			out = append(out, o.data...)
		}
	}
	whole := r.contents(before, cut{at: at, mood: moodKeep}, nil)
	for _, o := range r.ops[:at] {
		if o.kind == opRename && o.to == "log/checkpoint" {
			seen = append(seen, whole[o.inode])
		}
	}
	return out, seen
}

func (d disk) digest() [32]byte {
	h := sha256.New()
	for _, name := range sortedKeys(d) {
		_, _ = fmt.Fprintf(h, "%s\x00%d\x00", name, len(d[name]))
		h.Write(d[name])
	}
	return [32]byte(h.Sum(nil))
}

// write lays the disk out in a folder.
func (d disk) write(dir string) error {
	for name, content := range d {
		to := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(to, content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func readDisk(t *testing.T, dir string) disk {
	t.Helper()
	d := disk{}
	err := filepath.WalkDir(dir, func(name string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.HasSuffix(name, "-shm") {
			return err
		}
		raw, err := os.ReadFile(name)
		d[strings.TrimPrefix(strings.TrimPrefix(name, dir), "/")] = raw
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestPowerCut is F6: the power fails before each call of one issue, many times
// over, and takes what was not synced. Nothing that was acknowledged is lost, and
// no head that anybody may have seen is contradicted.
func TestPowerCut(t *testing.T) {
	straceWorks(t)
	b := newBase(t)
	before := readDisk(t, b.dir)
	var r recording
	cuts, states := amount(60, 10_000), map[[32]byte]bool{}
	var mu sync.Mutex
	acked, same, slowest, began := 0, 0, time.Duration(0), time.Now()
	// The calls come in another order now and then: several issues are recorded.
	const perRecording = 2500
	for done := 0; done < cuts; done += perRecording {
		r = b.record(t, fmt.Sprintf("X-%d", done))
		whole := r.disk(before, cut{at: len(r.ops), mood: moodKeep})
		if len(whole) < len(before) {
			t.Fatalf("after everything there are %d files, before %d", len(whole), len(before))
		}
		several(min(perRecording, cuts-done), func(int) {
			c := cut{at: rand.IntN(len(r.ops) + 1), mood: mood(rand.IntN(int(moods))), seed: rand.Uint64()}
			d := r.disk(before, c)
			out, seen := r.said(before, c.at)
			id := d.digest()
			mu.Lock()
			known := states[id]
			states[id] = true
			if known {
				same++
			}
			mu.Unlock()
			if known && len(out) == 0 { // judged before, and nothing was promised since
				return
			}
			t.Run("", func(t *testing.T) {
				res := b.afterCut(t, d, out, seen)
				if t.Failed() {
					t.Logf("cut before call %d of %d in mood %d, seed %d, of %+v", c.at, len(r.ops), c.mood, c.seed, shorten(r.ops[max(0, c.at-3):c.at]))
				}
				mu.Lock()
				defer mu.Unlock()
				slowest = max(slowest, res.recovery)
				if res.acked {
					acked++
				}
			})
		})
	}
	t.Logf("F6: %d cuts of the power over the %d calls of an issue in %v, %d different disks; %d after the acknowledgement, 0 of them lost unless said above; slowest recovery %v",
		cuts, len(r.ops), time.Since(began).Round(time.Second), len(states), acked, slowest.Round(time.Millisecond))
	if acked == 0 {
		t.Error("no cut came after the acknowledgement, so none could lose one")
	}
}

func shorten(ops []op) []op {
	for i := range ops {
		ops[i].data = nil
	}
	return ops
}

func (b base) afterCut(t *testing.T, d disk, out []byte, seen [][]byte) result {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "register")
	if err := d.write(dir); err != nil {
		t.Fatal(err)
	}
	for _, raw := range seen {
		cp, err := proof.OpenCheckpoint(raw, b.policy)
		if err != nil {
			t.Errorf("a head that readers saw is none: %v", err)
			continue
		}
		out = append(out, fmt.Sprintf("seen %d %s\n", cp.Size, cp.Root)...)
	}
	return b.judge(t, dir, out)
}

// TestPowerCutCanLose shows that the model finds what was not synced: without the
// syncs, what was acknowledged is lost.
func TestPowerCutCanLose(t *testing.T) {
	straceWorks(t)
	b := newBase(t)
	before := readDisk(t, b.dir)
	r := b.record(t, "X-1")
	all := r.disk(before, cut{at: len(r.ops), mood: moodDrop})
	if whole := r.disk(before, cut{at: len(r.ops), mood: moodKeep}); !bytes.Equal(whole["log/checkpoint"], all["log/checkpoint"]) {
		t.Error("the published head was not synced")
	}
	for i := range r.ops {
		if r.ops[i].kind == opSync || r.ops[i].kind == opSyncDir {
			r.ops[i].kind, r.ops[i].data = opSay, nil
		}
		r.ops[i].durable = false
	}
	lost := r.disk(before, cut{at: len(r.ops), mood: moodDrop})
	if lost.digest() != before.digest() {
		t.Error("without a sync something was kept all the same")
	}
}
