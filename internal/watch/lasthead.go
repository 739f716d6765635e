package watch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"

	"chancery.example/proof"
	"chancery.example/register"
)

// lastHeads compares log.head, the office's memory of the highest head it signed,
// with the log, and what a place outside the folder remembers, if one is named.
func (c *checker) lastHeads(ctx context.Context, head proof.Head) error {
	if err := c.lastHead(ctx, head, "log.head", c.folder.HeadFile()); err != nil {
		return err
	}
	second, err := c.folder.SecondHead()
	if err != nil {
		c.add(Damage, "log.head.also", "%v", err)
		return unlessDamage(err)
	}
	if second == "" {
		return nil
	}
	return c.lastHead(ctx, head, second, second)
}

// lastHead compares one file that remembers the highest head.
func (c *checker) lastHead(ctx context.Context, head proof.Head, where, path string) error {
	raw, err := readFile(path, maxLastHead)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(c.folder.Database()); err == nil {
			c.add(Notice, where, "it is not there; without it a log that was set back would not be noticed, and nothing can be signed until somebody says that this copy is the newest")
		}
		return nil
	}
	if err != nil {
		c.add(Damage, where, "%v", err)
		return unlessDamage(err)
	}
	last, err := parseLastHead(raw)
	switch {
	case err != nil:
		c.add(Damage, where, "%v", err)
	case last.Origin != head.Origin:
		c.add(Damage, where, "it remembers a head of %q, the log is %q", last.Origin, head.Origin)
	case last.Size > head.Size:
		// Signed and not yet published is the work of a moment, or of a crash.
		err := c.log.Entries(ctx, last, register.Index(head.Size), func(register.Index, []byte) error { return ctx.Err() })
		if ctx.Err() != nil {
			return fmt.Errorf("comparing %s: %w", where, ctx.Err())
		}
		if err != nil {
			c.add(Damage, where, "a head over %d entries was signed, and the log here does not have them: it is an older copy. Restore the newest", last.Size)
		} else {
			c.add(Notice, where, "a head over %d entries was signed and the one over %d is published; the next act publishes the rest", last.Size, head.Size)
		}
	default:
		if root, known := c.roots[last.Size]; known && root != last.Root {
			c.add(Damage, where, "the head that was signed over %d entries is not the root over the first %d of this log: the log forked", last.Size, last.Size)
		}
	}
	return nil
}

const (
	lastHeadLine = "chancery-head/v1\n"
	maxLastHead  = 1024
)

// parseLastHead reads the file log.head: its kind, the three lines of a head,
// and the time of the signature (docs/formats/folder.md).
func parseLastHead(raw []byte) (proof.Head, error) {
	rest, ok := bytes.CutPrefix(raw, []byte(lastHeadLine))
	body, last := bytes.CutSuffix(rest, []byte("\n"))
	i := bytes.LastIndexByte(body, '\n') + 1
	if !ok || !last || i == 0 {
		return proof.Head{}, errors.New("it is not a file of its kind")
	}
	if _, err := strconv.ParseUint(string(body[i:]), 10, 63); err != nil {
		return proof.Head{}, errors.New("its time is no number")
	}
	h, err := proof.ParseHead(append(bytes.Clone(body[:i]), '\n'))
	if err != nil {
		return h, fmt.Errorf("its head: %w", err)
	}
	return h, nil
}
