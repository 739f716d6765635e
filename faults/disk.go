package faults

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
)

const sector = 512

// An opKind is a change that a disk may lose until it is synced.
type opKind int

const (
	opWrite  opKind = iota // id, at, data
	opCut                  // id, at: the new length
	opCreate               // name, id; a folder too
	opRename               // name, to, id
	opLink                 // to, id
	opRemove               // name
)

type op struct {
	kind     opKind
	id       int
	name, to string
	at       int64
	data     []byte
}

func (o op) ofNames() bool { return o.kind >= opCreate }

// A Mood is how a cut of the power treats what was not synced.
type Mood int

// The moods.
const (
	Drop   Mood = iota // all of it is gone
	Keep               // all of it is there
	Random             // each change for itself; writes torn at sectors
	Last               // all but the last few, the first of these torn
	Moods
)

// A Disk knows what would be there after a cut of the power: what was synced, and
// apart from it the changes that were not, in their order. Only fsync of a folder
// keeps names in it, and only fsync of a file keeps its content: harsher than file
// systems are.
type Disk struct {
	// Forget makes fsync do nothing: what it then loses shows that cuts can lose.
	Forget bool
	// Seen is told of every file that another took the name of, if it is set. It
	// must not use the mount.
	Seen func(name string)

	mu      sync.Mutex
	live    map[string]int // what a program sees now
	names   map[string]int // what is synced
	content map[int][]byte // what is synced; nil is a folder
	pending []op
	next    int
	left    int // changes until the cut
	cut     chan struct{}
	dead    bool
	alien   []string // what the model does not know
}

// NewDisk takes a folder as it is for synced. The power fails after so many
// changes and syncs.
func NewDisk(dir string, changes int) (*Disk, error) {
	d := &Disk{live: map[string]int{}, names: map[string]int{}, content: map[int][]byte{}, left: changes, cut: make(chan struct{})}
	err := filepath.WalkDir(dir, func(name string, e os.DirEntry, err error) error {
		rel := strings.TrimPrefix(strings.TrimPrefix(name, dir), "/")
		if err != nil || rel == "" || isShared(rel) {
			return err
		}
		d.next++
		d.live[rel], d.names[rel] = d.next, d.next
		if e.IsDir() {
			return nil
		}
		raw, err := os.ReadFile(name) //nolint:gosec // a test's own folder
		d.content[d.next] = append([]byte{}, raw...)
		return err
	})
	return d, err
}

// isShared tells SQLite's shared memory, which it makes anew after a crash.
func isShared(name string) bool { return strings.HasSuffix(name, "-shm") }

// Cut is closed when the power has failed.
func (d *Disk) Cut() <-chan struct{} { return d.cut }

// Fail ends the power now, unless it has failed already.
func (d *Disk) Fail() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fail()
}

func (d *Disk) fail() {
	if !d.dead {
		d.dead = true
		close(d.cut)
	}
}

// change does something to the live files and notes it, unless the power has
// failed.
func (d *Disk) change(do func() syscall.Errno, note func()) syscall.Errno {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.dead {
		return syscall.EIO
	}
	if errno := do(); errno != 0 {
		return errno
	}
	note()
	if d.left--; d.left <= 0 {
		d.fail()
	}
	return 0
}

func (d *Disk) created(name string) int {
	d.next++
	d.live[name] = d.next
	d.pending = append(d.pending, op{kind: opCreate, name: name, id: d.next})
	return d.next
}

func (d *Disk) renamed(name, to string) {
	id := d.live[name]
	for other := range d.live {
		if strings.HasPrefix(other, name+"/") {
			d.alien = append(d.alien, fmt.Sprintf("folder %s renamed to %s", name, to))
		}
	}
	delete(d.live, name)
	d.live[to] = id
	d.pending = append(d.pending, op{kind: opRename, name: name, to: to, id: id})
	if d.Seen != nil {
		d.Seen(to)
	}
}

func (d *Disk) linked(id int, to string) {
	d.live[to] = id
	d.pending = append(d.pending, op{kind: opLink, name: to, to: to, id: id})
}

func (d *Disk) removed(name string) {
	delete(d.live, name)
	d.pending = append(d.pending, op{kind: opRemove, name: name})
}

// syncFile keeps a file's content.
func (d *Disk) syncFile(id int) {
	d.settle(func(o op) bool { return !o.ofNames() && o.id == id })
}

// syncDir keeps a folder's names.
func (d *Disk) syncDir(name string) {
	d.settle(func(o op) bool { return o.ofNames() && (dirOf(o.name) == name || o.to != "" && dirOf(o.to) == name) })
}

func (d *Disk) settle(which func(op) bool) {
	if d.Forget {
		return
	}
	d.pending = slices.DeleteFunc(d.pending, func(o op) bool {
		if !which(o) {
			return false
		}
		d.apply(o)
		return true
	})
}

func (d *Disk) apply(o op) {
	switch o.kind {
	case opWrite:
		d.put(o.id, o.at, o.data)
	case opCut:
		d.resize(o.id, o.at)
	case opCreate, opLink:
		to := o.name
		d.names[to] = o.id
	case opRename:
		if d.names[o.name] == o.id {
			delete(d.names, o.name)
		}
		d.names[o.to] = o.id
	case opRemove:
		delete(d.names, o.name)
	}
}

func (d *Disk) resize(id int, n int64) {
	b := d.content[id]
	if short := n - int64(len(b)); short > 0 {
		b = append(b, make([]byte, short)...)
	}
	d.content[id] = b[:n]
}

func (d *Disk) put(id int, at int64, data []byte) {
	d.resize(id, max(int64(len(d.content[id])), at+int64(len(data))))
	copy(d.content[id][at:], data)
}

// tear keeps some sectors of a write and not the others.
func (d *Disk) tear(o op, random *rand.Rand) {
	for n := 0; n < len(o.data); {
		end := min(len(o.data), n+sector-int((o.at+int64(n))%sector))
		if random.IntN(2) == 0 {
			d.put(o.id, o.at+int64(n), o.data[n:end])
		}
		n = end
	}
}

// Survive writes what is left after the cut into a folder, and returns how many
// changes were lost or torn.
func (d *Disk) Survive(dir string, mood Mood, random *rand.Rand) (lost int, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.alien) > 0 {
		return 0, fmt.Errorf("the disk does not know what would survive: %s", strings.Join(d.alien, "; "))
	}
	first := len(d.pending) - 1 - random.IntN(6)
	for i, o := range d.pending {
		keep := mood == Keep || mood == Random && random.IntN(2) == 0 || mood == Last && i < first
		if keep {
			d.apply(o)
			continue
		}
		lost++
		if o.kind == opWrite && (mood == Last && i == first || mood == Random && random.IntN(2) == 0) {
			d.tear(o, random)
		}
	}
	return lost, d.write(dir)
}

// write lays out what has a name, in folders that have one.
func (d *Disk) write(dir string) error {
	files := d.isFile()
	for name, id := range d.names {
		if isShared(name) || !d.reached(dirOf(name)) {
			continue
		}
		to := filepath.Join(dir, filepath.FromSlash(name))
		if !files[id] {
			if err := os.MkdirAll(to, 0o700); err != nil {
				return err
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(to, d.content[id], 0o600); err != nil {
			return err
		}
	}
	return nil
}

func (d *Disk) isFile() map[int]bool {
	files := map[int]bool{}
	for id := range d.content {
		files[id] = true
	}
	return files
}

// reached says whether a folder and all above it have names.
func (d *Disk) reached(dir string) bool {
	for ; dir != ""; dir = dirOf(dir) {
		if _, ok := d.names[dir]; !ok {
			return false
		}
	}
	return true
}

func dirOf(name string) string {
	if p := path.Dir(name); p != "." {
		return p
	}
	return ""
}
