package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// A postgres is a server of its own in a temporary folder, reached by a socket in
// that folder alone, with one connection.
type postgres struct {
	dir    string
	server *exec.Cmd
	ended  chan struct{} // closed when the server has ended, as left says
	left   error
	conn   *pgx.Conn
}

// serverSettings are those of a machine that has memory to spare and builds an
// index once. Nothing is kept after the run, so nothing waits for the disk; one
// core, like all engines here.
var serverSettings = []string{
	"listen_addresses=", "fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0", "max_wal_size=8GB",
	"shared_buffers=1GB", "effective_cache_size=4GB", "maintenance_work_mem=1GB", "work_mem=256MB", "random_page_cost=1.1", "jit=off",
	"max_parallel_workers_per_gather=0", "max_parallel_maintenance_workers=0", "autovacuum=off", "logging_collector=off",
}

func startPostgres(ctx context.Context) (*postgres, error) {
	bin, err := postgresBin(ctx)
	if err != nil {
		return nil, err
	}
	who, err := somebody()
	if err != nil {
		return nil, err
	}
	// Not below the harness's own folder: the server's user could not get there.
	p := &postgres{ended: make(chan struct{})}
	if p.dir, err = os.MkdirTemp("", "chancery-pg-*"); err != nil {
		return nil, fmt.Errorf("making a folder for PostgreSQL: %w", err)
	}
	if err := p.start(ctx, bin, who); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

func (p *postgres) start(ctx context.Context, bin string, who *syscall.Credential) error {
	as := &syscall.SysProcAttr{Credential: who, Setpgid: true} // an interrupt at the terminal is ours to pass on
	if who != nil {
		if err := os.Chown(p.dir, int(who.Uid), int(who.Gid)); err != nil {
			return fmt.Errorf("giving PostgreSQL its folder: %w", err)
		}
	}
	data := filepath.Join(p.dir, "data")
	initdb := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "-D", data, "-A", "trust", "-U", "bench", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync") //nolint:gosec // Debian's program
	initdb.SysProcAttr, initdb.Dir = as, p.dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("making a database in %s: %w\n%s", data, err, out)
	}
	args := []string{"-D", data, "-k", p.dir}
	for _, s := range serverSettings {
		args = append(args, "-c", s)
	}
	log, err := os.Create(filepath.Join(p.dir, "log"))
	if err != nil {
		return fmt.Errorf("making the log of PostgreSQL: %w", err)
	}
	defer func() { _ = log.Close() }()
	p.server = exec.Command(filepath.Join(bin, "postgres"), args...) //nolint:gosec // Debian's program
	p.server.SysProcAttr, p.server.Dir, p.server.Stdout, p.server.Stderr = as, p.dir, log, log
	if err := p.server.Start(); err != nil {
		p.server = nil
		return fmt.Errorf("starting PostgreSQL: %w", err)
	}
	server := p.server
	go func() {
		p.left = server.Wait()
		close(p.ended)
	}()
	return p.connect(ctx)
}

func (p *postgres) connect(ctx context.Context) error {
	address := "host=" + p.dir + " user=bench dbname=postgres"
	last := errors.New("it did not answer within 30 s")
	for range 300 {
		conn, err := pgx.Connect(ctx, address)
		if err == nil {
			p.conn = conn
			return nil
		}
		last = err
		select {
		case <-p.ended:
			p.server = nil
			text, _ := os.ReadFile(filepath.Join(p.dir, "log"))
			return fmt.Errorf("PostgreSQL ended at once: %w\n%s", p.left, text)
		case <-time.After(100 * time.Millisecond):
		}
	}
	return fmt.Errorf("connecting to PostgreSQL in %s: %w", p.dir, last)
}

// exec runs statements one after the other.
func (p *postgres) exec(ctx context.Context, statements ...string) error {
	for _, s := range statements {
		if _, err := p.conn.Exec(ctx, s); err != nil {
			return fmt.Errorf("PostgreSQL, %s: %w", s, err)
		}
	}
	return nil
}

// memory is what the server's processes hold.
func (p *postgres) memory() int64 {
	if p.server == nil {
		return 0
	}
	parent := strconv.Itoa(p.server.Process.Pid)
	n := resident(parent)
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		raw, err := os.ReadFile(name)
		if err != nil {
			continue // it ended meanwhile
		}
		_, after, _ := strings.Cut(string(raw), ") ")
		if f := strings.Fields(after); len(f) > 1 && f[1] == parent {
			n += resident(filepath.Base(filepath.Dir(name)))
		}
	}
	return n
}

func (p *postgres) close() error {
	var err error
	if p.conn != nil {
		err = p.conn.Close(context.Background())
	}
	if p.server != nil {
		err = errors.Join(err, p.server.Process.Signal(syscall.SIGINT)) // "fast shutdown"
		select {
		case <-p.ended:
		case <-time.After(20 * time.Second):
			err = errors.Join(err, p.server.Process.Kill())
			<-p.ended
		}
	}
	return errors.Join(err, os.RemoveAll(p.dir))
}

// postgresBin returns the folder of Debian's server programs, after installing
// them where that is allowed.
func postgresBin(ctx context.Context) (string, error) {
	find := func() string {
		found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
		slices.Sort(found)
		for _, f := range slices.Backward(found) {
			bin := filepath.Dir(f)
			if ext, _ := filepath.Glob("/usr/share/postgresql/" + filepath.Base(filepath.Dir(bin)) + "/extension/pg_trgm.control"); ext != nil {
				return bin
			}
		}
		return ""
	}
	if bin := find(); bin != "" {
		return bin, nil
	}
	ctx, stop := context.WithTimeout(ctx, 10*time.Minute)
	defer stop()
	install := exec.CommandContext(ctx, "apt-get", "install", "-y", "-qq", "--no-install-recommends", "postgresql", "postgresql-contrib")
	install.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	out, err := install.CombinedOutput()
	if bin := find(); bin != "" {
		return bin, nil
	}
	return "", fmt.Errorf("PostgreSQL with pg_trgm is %w, and \"apt-get install postgresql postgresql-contrib\" did not help (%w): %s", errNotHere, err, lastLine(out))
}

func lastLine(out []byte) string {
	all := strings.Split(strings.TrimSpace(string(out)), "\n")
	return all[len(all)-1]
}

// somebody is as whom the server runs, which refuses to be root; nil for who runs
// this program.
func somebody() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 == nil && err2 == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
		}
	}
	return nil, fmt.Errorf("PostgreSQL does not run as root, and a user postgres or nobody is %w", errNotHere)
}
