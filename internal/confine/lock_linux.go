package confine

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// system is what of the file system programs need to start: programs, libraries,
// models. Nothing of it is anybody's own.
var system = []string{"/usr", "/lib", "/lib32", "/lib64", "/bin", "/nix/store", "/etc/ld.so.cache", "/etc/ld.so.preload", "/dev/null", "/dev/urandom", "/proc/self/exe"}

// Apart returns the namespaces of a child: no network, no other processes, and
// root over nothing but those.
func Apart() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET | syscall.CLONE_NEWIPC | syscall.CLONE_NEWPID,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}},
	}
}

// Again gives up what the program does not need and begins anew with args, its
// name first: with limited means, reading nothing but the system's programs and
// the paths of its limits, writing nothing. Resource limits are those of a
// process, but Landlock's are those of a thread and of what it starts: so this
// thread becomes the whole program. It returns only when it failed.
func Again(args []string, l Limits) error {
	runtime.LockOSThread()
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding the program: %w", err)
	}
	if err := l.set(); err != nil {
		return err
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("giving up new privileges: %w", err)
	}
	if err := landlock(slices.Concat([]string{self}, system, l.Readable)); err != nil {
		return err
	}
	err = syscall.Exec(self, args, os.Environ()) //nolint:gosec // this program again
	return fmt.Errorf("beginning anew: %w", err)
}

// set sets the resource limits. Memory is counted as the kernel counts data:
// private pages that can be written. (The size of the address space says
// nothing of a Go program, which reserves far more than it uses.)
func (l Limits) set() error {
	for _, r := range []struct {
		what int
		name string
		most uint64
	}{
		{unix.RLIMIT_DATA, "memory", dataNow() + l.Memory},
		{unix.RLIMIT_CPU, "processor time", l.Processor},
		{unix.RLIMIT_FSIZE, "file size", 0},
		{unix.RLIMIT_NOFILE, "open files", l.Files},
		{unix.RLIMIT_CORE, "core dumps", 0},
	} {
		var old syscall.Rlimit
		if err := syscall.Getrlimit(r.what, &old); err != nil {
			return fmt.Errorf("asking for the limit of %s: %w", r.name, err)
		}
		most := min(r.most, old.Max)
		if err := syscall.Setrlimit(r.what, &syscall.Rlimit{Cur: most, Max: most}); err != nil {
			return fmt.Errorf("limiting %s: %w", r.name, err)
		}
	}
	return nil
}

// dataNow is what the program takes when it has done nothing; 0 when the system
// does not say.
func dataNow() uint64 {
	raw, err := os.ReadFile("/proc/self/statm") // size resident shared text lib data dirty, in pages
	if f := bytes.Fields(raw); err == nil && len(f) > 5 {
		if pages, err := strconv.ParseUint(string(f[5]), 10, 64); err == nil {
			return pages * uint64(os.Getpagesize()) //nolint:gosec // never negative
		}
	}
	return 0
}

// Rights of Landlock, by the version that brought them.
const (
	fsRights1  = unix.LANDLOCK_ACCESS_FS_MAKE_SYM<<1 - 1
	fsRights2  = fsRights1 | unix.LANDLOCK_ACCESS_FS_REFER
	fsRights3  = fsRights2 | unix.LANDLOCK_ACCESS_FS_TRUNCATE
	fsRights5  = fsRights3 | unix.LANDLOCK_ACCESS_FS_IOCTL_DEV
	fileRights = unix.LANDLOCK_ACCESS_FS_EXECUTE | unix.LANDLOCK_ACCESS_FS_READ_FILE
	dirRights  = fileRights | unix.LANDLOCK_ACCESS_FS_READ_DIR
)

// landlock leaves this thread, and what it starts, the paths to read and run,
// and nothing else. Without Landlock in the kernel it does nothing.
func landlock(paths []string) error {
	version, _, errno := syscall.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 {
		if errors.Is(errno, syscall.ENOSYS) || errors.Is(errno, syscall.EOPNOTSUPP) || errors.Is(errno, syscall.EPERM) {
			return nil
		}
		return fmt.Errorf("asking for Landlock: %w", errno)
	}
	attr := unix.LandlockRulesetAttr{Handled_access_fs: fsRights1}
	switch {
	case version >= 5:
		attr.Handled_access_fs = fsRights5
	case version >= 3:
		attr.Handled_access_fs = fsRights3
	case version == 2:
		attr.Handled_access_fs = fsRights2
	}
	if version >= 4 {
		attr.Handled_access_net = unix.LANDLOCK_ACCESS_NET_BIND_TCP | unix.LANDLOCK_ACCESS_NET_CONNECT_TCP
	}
	if version >= 6 {
		attr.Scoped = unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | unix.LANDLOCK_SCOPE_SIGNAL
	}
	// A kernel that does not know the later members takes them when they are 0.
	ruleset, _, errno := syscall.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&attr)), unsafe.Sizeof(attr), 0) //nolint:gosec // how the kernel is spoken to
	if errno != 0 {
		return fmt.Errorf("making a Landlock ruleset: %w", errno)
	}
	for _, p := range paths {
		if err := allow(ruleset, p); err != nil {
			return err
		}
	}
	if _, _, errno = syscall.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, ruleset, 0, 0); errno != 0 {
		return fmt.Errorf("locking in with Landlock: %w", errno)
	}
	return nil
}

// allow leaves one path readable, if it is there.
func allow(ruleset uintptr, path string) error {
	fd, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil //nolint:nilerr // not on this system
	}
	defer func() { _ = unix.Close(fd) }()
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return fmt.Errorf("looking at %s: %w", path, err)
	}
	rights := uint64(fileRights)
	if st.Mode&unix.S_IFMT == unix.S_IFDIR {
		rights = dirRights
	}
	rule := unix.LandlockPathBeneathAttr{Allowed_access: rights, Parent_fd: int32(fd)}                                                                              //nolint:gosec // file descriptors are small
	if _, _, errno := syscall.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, ruleset, unix.LANDLOCK_RULE_PATH_BENEATH, uintptr(unsafe.Pointer(&rule)), 0, 0, 0); errno != 0 { //nolint:gosec // how the kernel is spoken to
		return fmt.Errorf("leaving %s readable: %w", path, errno)
	}
	return nil
}

// mostMemory is what a process held at once.
func mostMemory(p *os.ProcessState) uint64 {
	if u, ok := p.SysUsage().(*syscall.Rusage); ok {
		return uint64(max(0, u.Maxrss)) << 10
	}
	return 0
}
