//go:build !js

package confine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// A Waiting child was started and has not been given its input yet. It is given one,
// once, or ended. When its parent ends without either it finds its input at an end.
type Waiting struct {
	cmd   *exec.Cmd
	end   context.CancelFunc // kills it with all that it started
	in    io.WriteCloser
	out   *flow
	says  bytes.Buffer // looked at when it has ended
	ended chan struct{}
	err   error           // when it has ended: how
	ctx   context.Context //nolint:containedctx // that of Begin, which says why it was ended
}

// Start starts a child, in namespaces of its own where that is allowed.
func Start(c Child) (*Waiting, error) {
	if os.Getenv(c.Mark) != "" {
		return nil, ErrInside
	}
	if c.Program == "" {
		self, err := os.Executable()
		if err != nil {
			return nil, fmt.Errorf("finding the program: %w", err)
		}
		c.Program = self
	}
	w, err := c.start(Apart())
	if err != nil && notAllowed(err) {
		w, err = c.start(&syscall.SysProcAttr{})
	}
	return w, err
}

func notAllowed(err error) bool {
	var start *os.PathError // fork/exec
	return errors.As(err, &start) && !errors.Is(err, os.ErrNotExist)
}

func (c Child) start(attr *syscall.SysProcAttr) (*Waiting, error) {
	ctx, end := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, c.Program, c.Args...) //nolint:gosec // the program is this one, the arguments are ours
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "GOTRACEBACK=none", c.Mark + "=1"}
	cmd.Dir = "/"
	attr.Setpgid = true
	cmd.SysProcAttr = attr
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	w := &Waiting{cmd: cmd, end: end, out: newFlow(c.Most), ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = w.out, &Capped{To: &w.says, Limit: 2 << 10, Silent: true}
	in, err := cmd.StdinPipe()
	if err != nil {
		end()
		return nil, fmt.Errorf("making its input: %w", err)
	}
	w.in = in
	if err := cmd.Start(); err != nil {
		end()
		return nil, err //nolint:wrapcheck // looked at by notAllowed
	}
	go w.wait(c.Used)
	return w, nil
}

// wait waits for its end, and ends what it left behind.
func (w *Waiting) wait(used func(Usage)) {
	w.err = w.cmd.Wait()
	if p := w.cmd.ProcessState; used != nil && p != nil {
		used(Usage{p.UserTime() + p.SystemTime(), mostMemory(p)})
	}
	_ = syscall.Kill(-w.cmd.Process.Pid, syscall.SIGKILL)
	w.end()
	close(w.ended)
	w.out.end()
}

// Process is the number of its process.
func (w *Waiting) Process() int { return w.cmd.Process.Pid }

// Ended reports whether the child has ended, or was ended: it takes no input then.
func (w *Waiting) Ended() bool {
	select {
	case <-w.ended:
		return true
	default:
		return false
	}
}

// End ends the child with all that it started, and waits until it is gone.
func (w *Waiting) End() {
	w.end()
	<-w.ended
}

// Give gives the child all of its input and returns what it printed. When ctx ends
// the child is ended.
func (w *Waiting) Give(ctx context.Context, input []byte) ([]byte, error) {
	w.Begin(ctx, input)
	<-w.ended
	if err := w.failed(ctx); err != nil {
		return nil, err
	}
	return w.out.all(), nil
}

// Begin gives the child all of its input; what it prints can be read while it goes on.
// When ctx ends the child is ended.
func (w *Waiting) Begin(ctx context.Context, input []byte) {
	w.ctx = ctx
	stop := context.AfterFunc(ctx, w.end)
	go func() {
		_, _ = w.in.Write(input) // one that does not read it has ended, or says so
		_ = w.in.Close()
		<-w.ended
		stop()
	}()
}

// Read reads what the child printed, as soon as it is there. It is at an end when the
// child has ended as it should; else the error says what became of it.
func (w *Waiting) Read(p []byte) (int, error) {
	n, over := w.out.next(p)
	if !over {
		return n, nil
	}
	if err := w.failed(w.ctx); err != nil {
		return 0, err
	}
	return 0, io.EOF
}

// failed says how a child that has ended ended before its time, if it did.
func (w *Waiting) failed(ctx context.Context) error {
	switch {
	case w.err == nil: // also when it was done just as its time was over
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("its reader was ended: %w", ctx.Err())
	}
	return fmt.Errorf("its reader ended early: %w%s", w.err, lastWords(w.says.String()))
}
