package witness

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"chancery.example/internal/folder"
	"chancery.example/internal/tlog"
	"chancery.example/letter"
	"chancery.example/proof"
)

// A target is one head that cosignatures are collected for.
type target struct {
	raw  []byte // as the log signed it
	head proof.Head
	text string
}

func newTarget(raw []byte) (target, error) {
	h, err := proof.ParseHead(raw)
	if err != nil {
		return target{}, fmt.Errorf("the log's checkpoint: %w", err)
	}
	return target{raw: raw, head: h, text: string(h.Text())}, nil
}

// A reply is what came of asking one witness for one head.
type reply struct {
	of     int // index of the witness
	target target
	known  uint64 // size of the head that it cosigned last, as far as is known
	line   []byte // verified; nil when there is none
	at     time.Time
	ahead  bool  // it has cosigned a later head, which this log has as well
	err    error // why there is no line
	alarm  *Alarm
}

// An Alarm is a witness that holds a head which does not fit this log: signed by
// the log's key, or by nobody it should be.
type Alarm struct {
	Witness string
	Text    string
	Theirs  []byte // checkpoint, as the witness shows it; nil when it shows none
	Ours    []byte
	File    string // where both are kept
	// Evidence shows to whoever trusts the log's key that it signed both; nil when
	// the two heads do not show it by themselves.
	Evidence []byte
}

// An asker asks one witness.
type asker struct {
	witness  proof.Witness
	verifier note.Verifier
	logKey   note.Verifier
	http     *http.Client
	folder   folder.Folder
	log      *tlog.Reader
	clock    func() time.Time
}

// window is how far the time in a cosignature may be from ours: a witness whose
// clock is further off does not count (witness.md MUST-15).
const window = time.Hour

// ask asks for a cosignature of a head. known is the size of the head that the
// witness cosigned last, if that is known; else it tells (tlog-witness: 409).
func (a *asker) ask(ctx context.Context, t target, known uint64) reply {
	r := reply{target: t, known: known}
	const tries = 3 // a witness that others feed as well may move on meanwhile
	for range tries {
		if r.known > t.head.Size {
			r.ahead, r.alarm, r.err = a.later(ctx, t, r.known)
			return r
		}
		p, err := a.log.Consistency(t.head, r.known)
		if err != nil {
			r.err = err
			return r
		}
		ans, err := Ask(ctx, a.http, a.witness.URL, Request{Old: r.known, Proof: p, Checkpoint: t.raw})
		if err != nil {
			r.err = err
			return r
		}
		switch ans.Status {
		case http.StatusOK:
			if r.line, r.at, r.err = a.verify(t, ans.Lines); r.err == nil {
				r.known = t.head.Size
			}
			return r
		case http.StatusConflict:
			if ans.Size == r.known {
				r.err = fmt.Errorf("it refuses size %d and asks for the same", ans.Size)
				return r
			}
			r.known = ans.Size
		case http.StatusUnprocessableEntity:
			r.alarm, r.err = a.misfit(ctx, t, ans)
			return r
		case http.StatusNotFound:
			r.err = fmt.Errorf("it does not know this log: give its keeper the log's key (status 404, %s)", ans.Text)
			return r
		default:
			r.err = fmt.Errorf("status %d, %s", ans.Status, ans.Text)
			return r
		}
	}
	r.err = fmt.Errorf("its last head changes faster than it can be asked")
	return r
}

// verify finds the witness's own line in its answer and verifies it over the very
// head that was asked for (witness.md MUST-15). Lines of others are ignored.
func (a *asker) verify(t target, lines []byte) ([]byte, time.Time, error) {
	for line := range bytes.Lines(lines) {
		f := strings.Split(strings.TrimSuffix(string(line), "\n"), " ")
		if len(f) != 3 || f[0] != "\u2014" || f[1] != a.verifier.Name() {
			continue
		}
		b, err := base64.StdEncoding.Strict().DecodeString(f[2])
		if err != nil || len(b) != 4+proof.CosignatureSize || binary.BigEndian.Uint32(b) != a.verifier.KeyHash() {
			continue
		}
		if !a.verifier.Verify([]byte(t.text), b[4:]) {
			return nil, time.Time{}, errors.New("its cosignature is not over the head that it was asked for")
		}
		at := time.Unix(int64(binary.BigEndian.Uint64(b[4:])), 0).UTC() //nolint:gosec // Verify bounds it
		if off := at.Sub(a.clock()); off > window || off < -window {
			return nil, at, fmt.Errorf("its clock says %s, which is %s off: it does not count", at.Format(time.RFC3339), off.Abs().Round(time.Second))
		}
		return fmt.Appendf(nil, "\u2014 %s %s\n", f[1], f[2]), at, nil
	}
	return nil, time.Time{}, errors.New("its answer holds no cosignature by the key in the policy")
}

// later is asked when a witness cosigned a later head than the target: this log's
// own, that somebody else showed it, or one that this log does not have.
func (a *asker) later(ctx context.Context, t target, size uint64) (ahead bool, alarm *Alarm, err error) {
	raw, err := a.log.Checkpoint()
	if err != nil {
		return false, nil, fmt.Errorf("reading the newest head: %w", err)
	}
	newest, err := newTarget(raw)
	if err != nil {
		return false, nil, err
	}
	if size <= newest.head.Size {
		return true, nil, nil
	}
	theirs := a.theirs(ctx)
	return false, a.alarmOf(newest, theirs, fmt.Sprintf("it has cosigned a head over %d entries, and this log has %d: this folder is an older copy of the log, or another appender signs under its key", size, newest.head.Size)),
		errors.New("it knows a later head than this log has")
}

// misfit is asked when a witness finds that the head does not extend what it
// cosigned: that was made of our own files, so it cosigned something else.
func (a *asker) misfit(ctx context.Context, t target, ans Answer) (*Alarm, error) {
	theirs := a.theirs(ctx)
	text := "it says that this head does not extend the one that it cosigned before, " + ans.Text
	if theirs != nil {
		h, err := proof.ParseHead(theirs)
		if err == nil && h.Size <= t.head.Size {
			root, err := a.log.RootAt(t.head, h.Size)
			if err == nil && root == h.Root {
				// It shows a head that fits: it refuses without a reason.
				return nil, fmt.Errorf("status 422, %s, though the head that it shows is one of this log's", ans.Text)
			}
			text = fmt.Sprintf("it has cosigned another head over %d entries, signed by this log's key: the log forked", h.Size)
		}
	}
	alarm := a.alarmOf(t, theirs, text)
	if theirs != nil {
		alarm.Evidence = a.evidence(t, theirs)
	}
	return alarm, errors.New("it has seen another head than this log's")
}

// theirs is the head that the witness shows, when this log's key signed it.
func (a *asker) theirs(ctx context.Context) []byte {
	raw, err := Latest(ctx, a.http, a.witness.URL, a.logKey.Name())
	if err != nil {
		return nil
	}
	if _, err := note.Open(raw, note.VerifierList(a.logKey)); err != nil {
		return nil
	}
	return raw
}

// evidence makes a file of the two heads that shows by itself that the log forked
// (evidence.md MUST-8), and judges it as a stranger would; nil when it does not
// hold: their head is over more entries than this log has.
func (a *asker) evidence(t target, theirs []byte) []byte {
	e, err := proof.Contradict(theirs, t.raw, func(shorter, longer proof.Head) ([]letter.Hash, letter.Hash, error) {
		if longer != t.head {
			return nil, letter.Hash{}, errors.New("the longer head is not this log's")
		}
		root, err := a.log.RootAt(longer, shorter.Size)
		if err != nil {
			return nil, root, err //nolint:wrapcheck // it ends here
		}
		path, err := a.log.Consistency(longer, shorter.Size)
		return path, root, err //nolint:wrapcheck // it ends here
	})
	if err != nil {
		return nil
	}
	p, err := proof.ParsePolicy([]byte("log " + a.folder.Config.LogKey + "\nquorum none\n"))
	if err != nil {
		return nil
	}
	if _, err := e.Verify(p); err != nil {
		return nil
	}
	raw, err := e.Bytes()
	if err != nil {
		return nil
	}
	return raw
}

func (a *asker) alarmOf(t target, theirs []byte, text string) *Alarm {
	return &Alarm{Witness: a.witness.Name, Text: text, Theirs: theirs, Ours: t.raw}
}
