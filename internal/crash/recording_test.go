package crash

import (
	"encoding/hex"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// What one issue did to files, call by call, as strace saw it.

// An opKind is what a call does.
type opKind int

const (
	opCreate  opKind = iota // name, inode
	opWrite                 // inode, offset, data
	opCut                   // inode, offset: the new length
	opSync                  // inode
	opSyncDir               // name
	opRename                // name, to
	opLink                  // name, to
	opRemove                // name
	opMkdir                 // name
	opSay                   // data: a line to standard output
)

// An op is one call that succeeded. Names are relative to the folder.
type op struct {
	kind     opKind
	inode    int
	name, to string
	offset   int64
	data     []byte
	durable  bool // a write through a file that was opened for synchronous writes
}

// A recording is what a worker did, and the names of the files it found.
type recording struct {
	ops   []op
	found map[string]int // inode of each file that was there
}

var (
	openCall = regexp.MustCompile(`^(?:openat\(AT_FDCWD<[^>]*>, |open\()"([^"]*)", ([A-Z_|]+)[^)]*\) += (\d+)<`)
	dataCall = regexp.MustCompile(`^(write|pwrite64)\((\d+)<([^>]*)>, "([^"]*)"(\.\.\.)?, (\d+)(?:, (\d+))?\) += (\d+)$`)
	fdCall   = regexp.MustCompile(`^(fsync|fdatasync|ftruncate)\((\d+)<([^>]*)>(?:, (\d+))?\) += 0$`)
	nameCall = regexp.MustCompile(`^(rename|renameat|link|linkat|unlink|unlinkat|mkdir|mkdirat)\((.*)\) += 0$`)
	quoted   = regexp.MustCompile(`"([^"]*)"`)
)

const recordedCalls = "openat,open,write,pwrite64,fsync,fdatasync,ftruncate,rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat"

// record runs a worker on a copy of the base and returns what it did there.
func (b base) record(t *testing.T, ref string) recording {
	t.Helper()
	dir := b.copyOf(t)
	_, log := trace(t, dir, ref, "--seccomp-bpf", "-xx", "-s", "4194304", "-e", "trace="+recordedCalls)
	r := &recorder{t: t, dir: dir, fds: map[int]handle{}, recording: recording{found: map[string]int{}}, inodes: map[string]int{}}
	waiting := map[string]string{}
	for line := range strings.Lines(string(log)) {
		pid, call, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		call = strings.TrimLeft(call, " ")
		if !ok {
			continue
		}
		if head, cut := strings.CutSuffix(call, " <unfinished ...>"); cut {
			waiting[pid] = head
			continue
		}
		if _, tail, resumed := strings.Cut(call, " resumed>"); resumed && strings.HasPrefix(call, "<... ") {
			call = waiting[pid] + tail
		}
		r.take(call)
	}
	if len(r.ops) < 50 {
		t.Fatalf("one issue is %d calls: is the log read right?", len(r.ops))
	}
	return r.recording
}

// A handle is an open file.
type handle struct {
	inode   int
	offset  int64
	durable bool
	outside bool
}

type recorder struct {
	recording
	t      *testing.T
	dir    string
	fds    map[int]handle
	inodes map[string]int // by name, now
	next   int
}

func unhex(s string) string {
	raw, err := hex.DecodeString(strings.ReplaceAll(s, `\x`, ""))
	if err != nil {
		return s
	}
	return string(raw)
}

// within returns a path relative to the folder.
func (r *recorder) within(path string) (string, bool) {
	rel, ok := strings.CutPrefix(path, r.dir)
	if strings.HasSuffix(rel, "-shm") { // only memory that processes share
		return "", false
	}
	return strings.TrimPrefix(rel, "/"), ok
}

func number(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}

func (r *recorder) take(call string) {
	switch {
	case strings.HasPrefix(call, "open"):
		if m := openCall.FindStringSubmatch(call); m != nil {
			r.open(unhex(m[1]), m[2], int(number(m[3])))
		}
	case strings.HasPrefix(call, "write"), strings.HasPrefix(call, "pwrite64"):
		if m := dataCall.FindStringSubmatch(call); m != nil {
			r.write(m)
		} else if strings.Contains(call, ") = ") && !strings.Contains(call, "= -1") {
			r.t.Fatalf("not understood: %.200s", call)
		}
	case fdCall.MatchString(call):
		r.onFile(fdCall.FindStringSubmatch(call))
	case nameCall.MatchString(call):
		r.onName(nameCall.FindStringSubmatch(call))
	}
}

func (r *recorder) open(path, flags string, fd int) {
	name, in := r.within(path)
	if !in || strings.Contains(flags, "O_DIRECTORY") {
		r.fds[fd] = handle{outside: true}
		return
	}
	inode, known := r.inodes[name]
	if !known {
		r.next++
		inode = r.next
		r.inodes[name] = inode
		if strings.Contains(flags, "O_EXCL") || strings.Contains(flags, "O_CREAT") && r.removed(name) {
			r.ops = append(r.ops, op{kind: opCreate, name: name, inode: inode})
		} else {
			r.found[name] = inode // if it was there; else this call makes it
			if strings.Contains(flags, "O_CREAT") {
				r.ops = append(r.ops, op{kind: opCreate, name: name, inode: inode})
			}
		}
	}
	r.fds[fd] = handle{inode: inode, durable: strings.Contains(flags, "O_SYNC") || strings.Contains(flags, "O_DSYNC")}
	if strings.Contains(flags, "O_TRUNC") {
		r.ops = append(r.ops, op{kind: opCut, inode: inode})
	}
}

// removed says whether a name was removed or moved away earlier.
func (r *recorder) removed(name string) bool {
	for _, o := range r.ops {
		if o.name == name && (o.kind == opRemove || o.kind == opRename) {
			return true
		}
	}
	return false
}

func (r *recorder) write(m []string) {
	fd := int(number(m[2]))
	data := []byte(unhex(m[4]))
	done := number(m[8])
	if fd == 1 {
		r.ops = append(r.ops, op{kind: opSay, data: data})
		return
	}
	h := r.fds[fd]
	if h.inode == 0 || h.outside {
		return
	}
	if int64(len(data)) < done || m[5] != "" {
		r.t.Fatalf("a write of %d bytes was recorded with %d", done, len(data))
	}
	at := h.offset
	if m[1] == "pwrite64" {
		at = number(m[7])
	} else {
		h.offset += done
		r.fds[fd] = h
	}
	r.ops = append(r.ops, op{kind: opWrite, inode: h.inode, offset: at, data: data[:done], durable: h.durable})
}

func (r *recorder) onFile(m []string) {
	h := r.fds[int(number(m[2]))]
	switch {
	case m[1] == "ftruncate":
		if h.inode != 0 && !h.outside {
			r.ops = append(r.ops, op{kind: opCut, inode: h.inode, offset: number(m[4])})
		}
	case h.inode != 0 && !h.outside && !r.isDir(h.inode, unhex(m[3])):
		r.ops = append(r.ops, op{kind: opSync, inode: h.inode})
	default:
		if name, in := r.within(unhex(m[3])); in {
			r.ops = append(r.ops, op{kind: opSyncDir, name: name})
		}
	}
}

// isDir tells a folder that was opened without O_DIRECTORY: nothing was written
// to it, and names below it are known.
func (r *recorder) isDir(inode int, path string) bool {
	name, in := r.within(path)
	if !in {
		return false
	}
	if name == "" {
		return true
	}
	for other := range r.inodes {
		if strings.HasPrefix(other, name+"/") {
			return true
		}
	}
	return false
}

func (r *recorder) onName(m []string) {
	var names []string
	for _, q := range quoted.FindAllStringSubmatch(m[2], -1) {
		name, in := r.within(unhex(q[1]))
		if !in {
			return
		}
		names = append(names, name)
	}
	what := strings.TrimSuffix(m[1], "at")
	o := op{name: names[0], inode: r.inodes[names[0]]}
	switch what {
	case "rename", "link":
		o.kind, o.to = opRename, names[1]
		if what == "link" {
			o.kind = opLink
		}
		r.inodes[names[1]] = o.inode
		if what == "rename" {
			delete(r.inodes, names[0])
		}
	case "unlink":
		o.kind = opRemove
		delete(r.inodes, names[0])
	case "mkdir":
		o.kind = opMkdir
	}
	r.ops = append(r.ops, o)
}
