package faults

import (
	"bytes"
	"context"
	"path"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// Mount shows the live folder at another place, noting on the disk what is done
// there.
func (d *Disk) Mount(at, live string) (*fuse.Server, error) {
	inner, err := fs.NewLoopbackRoot(live)
	if err != nil {
		return nil, err
	}
	data := inner.(*fs.LoopbackNode).RootData //nolint:forcetypeassert // that is what it returns
	wrap := func() *node { return &node{LoopbackNode: fs.LoopbackNode{RootData: data}, d: d} }
	data.NewNode = func(*fs.LoopbackRoot, *fs.Inode, string, *syscall.Stat_t) fs.InodeEmbedder { return wrap() } //nolint:staticcheck // the other way wraps inodes after they exist
	root := wrap()
	data.RootNode = root
	return fs.Mount(at, root, &fs.Options{MountOptions: fuse.MountOptions{DirectMount: true, FsName: "lossy", Name: "chancery"}})
}

// A node is a file or folder.
type node struct {
	fs.LoopbackNode

	d *Disk
}

func (n *node) rel() string              { return n.Path(n.Root()) }
func (n *node) child(name string) string { return path.Join(n.rel(), name) }

// Create makes a file.
func (n *node) Create(ctx context.Context, name string, flags, mode uint32, out *fuse.EntryOut) (inode *fs.Inode, h fs.FileHandle, how uint32, errno syscall.Errno) {
	full := n.child(name)
	errno = n.d.change(func() (e syscall.Errno) {
		inode, h, how, e = n.LoopbackNode.Create(ctx, name, flags, mode, out)
		return e
	}, func() {
		id, known := n.d.live[full]
		if !known {
			id = n.d.created(full)
			n.d.content[id] = []byte{} // a name without content is an empty file
		}
		h = n.handle(h, id, flags)
	})
	return inode, h, how, errno
}

// Open opens a file, perhaps cutting it.
func (n *node) Open(ctx context.Context, flags uint32) (h fs.FileHandle, how uint32, errno syscall.Errno) {
	h, how, errno = n.LoopbackNode.Open(ctx, flags)
	if errno != 0 {
		return h, how, errno
	}
	n.d.mu.Lock()
	defer n.d.mu.Unlock()
	id := n.d.live[n.rel()]
	if flags&syscall.O_TRUNC != 0 {
		n.d.pending = append(n.d.pending, op{kind: opCut, id: id})
	}
	return n.handle(h, id, flags), how, 0
}

func (n *node) handle(h fs.FileHandle, id int, flags uint32) *file {
	return &file{
		LoopbackFile: h.(*fs.LoopbackFile), //nolint:forcetypeassert // that is what a loopback opens
		n:            n, id: id, durable: flags&(syscall.O_SYNC|syscall.O_DSYNC) != 0,
	}
}

// Mkdir makes a folder.
func (n *node) Mkdir(ctx context.Context, name string, mode uint32, out *fuse.EntryOut) (inode *fs.Inode, errno syscall.Errno) {
	full := n.child(name)
	errno = n.d.change(func() (e syscall.Errno) {
		inode, e = n.LoopbackNode.Mkdir(ctx, name, mode, out)
		return e
	}, func() { n.d.created(full) })
	return inode, errno
}

// Rmdir removes a folder.
func (n *node) Rmdir(ctx context.Context, name string) syscall.Errno {
	full := n.child(name)
	return n.d.change(func() syscall.Errno { return n.LoopbackNode.Rmdir(ctx, name) }, func() { n.d.removed(full) })
}

// Unlink removes a name of a file.
func (n *node) Unlink(ctx context.Context, name string) syscall.Errno {
	full := n.child(name)
	return n.d.change(func() syscall.Errno { return n.LoopbackNode.Unlink(ctx, name) }, func() { n.d.removed(full) })
}

// Rename gives another name.
func (n *node) Rename(ctx context.Context, name string, parent fs.InodeEmbedder, newName string, flags uint32) syscall.Errno {
	to, ok := parent.(*node)
	if !ok || flags != 0 {
		return syscall.ENOTSUP
	}
	from, dest := n.child(name), to.child(newName)
	return n.d.change(func() syscall.Errno {
		return n.LoopbackNode.Rename(ctx, name, parent, newName, flags)
	}, func() { n.d.renamed(from, dest) })
}

// Link gives a second name.
func (n *node) Link(ctx context.Context, target fs.InodeEmbedder, name string, out *fuse.EntryOut) (inode *fs.Inode, errno syscall.Errno) {
	of, ok := target.(*node)
	if !ok {
		return nil, syscall.EXDEV
	}
	full := n.child(name)
	errno = n.d.change(func() (e syscall.Errno) {
		inode, e = n.LoopbackNode.Link(ctx, target, name, out)
		return e
	}, func() { n.d.linked(n.d.live[of.rel()], full) })
	return inode, errno
}

// Symlink and Mknod make what the disk does not know.
func (n *node) Symlink(context.Context, string, string, *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	return nil, syscall.ENOTSUP
}

// Mknod makes what the disk does not know.
func (n *node) Mknod(context.Context, string, uint32, uint32, *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	return nil, syscall.ENOTSUP
}

// CopyFileRange leaves copying to reads and writes.
func (n *node) CopyFileRange(context.Context, fs.FileHandle, uint64, *fs.Inode, fs.FileHandle, uint64, uint64, uint64) (uint32, syscall.Errno) {
	return 0, syscall.ENOSYS
}

// Setattr cuts files; modes and times are kept at once.
func (n *node) Setattr(ctx context.Context, h fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	size, cuts := in.GetSize()
	if f, ok := h.(*file); ok {
		h = f.LoopbackFile
		if cuts {
			return n.d.change(func() syscall.Errno { return n.LoopbackNode.Setattr(ctx, h, in, out) }, func() {
				n.d.pending = append(n.d.pending, op{kind: opCut, id: f.id, at: int64(size)}) //nolint:gosec // a length
			})
		}
	}
	if !cuts {
		return n.LoopbackNode.Setattr(ctx, h, in, out)
	}
	full := n.rel()
	return n.d.change(func() syscall.Errno { return n.LoopbackNode.Setattr(ctx, h, in, out) }, func() {
		n.d.pending = append(n.d.pending, op{kind: opCut, id: n.d.live[full], at: int64(size)}) //nolint:gosec // a length
	})
}

// Fsync keeps a file, or the names in a folder.
func (n *node) Fsync(_ context.Context, h fs.FileHandle, _ uint32) syscall.Errno {
	f, isFile := h.(*file)
	full := n.rel()
	return n.d.change(func() syscall.Errno { return 0 }, func() {
		if isFile {
			n.d.syncFile(f.id)
		} else {
			n.d.syncDir(full)
		}
	})
}

// OpendirHandle opens a folder, which can be synced.
func (n *node) OpendirHandle(ctx context.Context, flags uint32) (fs.FileHandle, uint32, syscall.Errno) {
	h, how, errno := n.LoopbackNode.OpendirHandle(ctx, flags)
	if s, ok := h.(stream); ok && errno == 0 {
		return &folder{stream: s, n: n}, how, 0
	}
	return h, how, errno
}

type stream interface {
	fs.FileReaddirenter
	fs.FileReleasedirer
	fs.FileSeekdirer
}

type folder struct {
	stream

	n *node
}

// Fsyncdir keeps the names in a folder.
func (f *folder) Fsyncdir(ctx context.Context, flags uint32) syscall.Errno {
	return f.n.Fsync(ctx, nil, flags)
}

// A file is an open file.
type file struct {
	*fs.LoopbackFile

	n       *node
	id      int
	durable bool // opened for synchronous writes
}

// PassthroughFd is none: every write is to be seen.
func (f *file) PassthroughFd() (int, bool) { return 0, false }

// Allocate is refused, so that programs write instead.
func (f *file) Allocate(context.Context, uint64, uint64, uint32) syscall.Errno {
	return syscall.ENOTSUP
}

// Write writes.
func (f *file) Write(ctx context.Context, data []byte, at int64) (done uint32, errno syscall.Errno) {
	d := f.n.d
	errno = d.change(func() (e syscall.Errno) {
		done, e = f.LoopbackFile.Write(ctx, data, at)
		return e
	}, func() {
		d.pending = append(d.pending, op{kind: opWrite, id: f.id, at: at, data: bytes.Clone(data[:done])})
		if f.durable {
			d.syncFile(f.id)
		}
	})
	return done, errno
}
