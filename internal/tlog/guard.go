//go:build !js

package tlog

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"

	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// A guard stands between Tessera and the log's key. Whatever Tessera asks to
// have signed, it signs only a head that (1) is no smaller than the last one,
// (2) extends it by the entries as they are on disk now, read back and hashed
// again, and (3) is remembered outside the log before the signature exists.
type guard struct {
	signer note.Signer
	reader *Reader
	clock  func() time.Time
	stamps bool // timestamps are signed, so the clock must not go back

	first bool // nothing was signed before this process

	// signing is held while a signature is made, which may take as long as
	// reading the entries and asking a key's hardware do. Only its holder
	// writes the fields below.
	signing sync.Mutex
	memory  memory
	edge    Frontier // over head.Size entries
	retired bool

	mu      sync.Mutex // held for moments, to write or read these
	head    proof.Head
	stamp   uint64 // seconds; of the last signature
	at      time.Time
	fatal   error // why nothing is signed any more
	problem error // why the last attempt failed, perhaps to pass
}

// newGuard reads what was signed last and makes sure that the log on disk still
// has it.
func newGuard(ctx context.Context, r *Reader, signer note.Signer, o Options) (*guard, error) {
	g := &guard{signer: signer, reader: r, clock: o.Clock, stamps: o.ClockKey != nil, memory: memory{first: headFile{path: o.HeadFile}}}
	if o.SecondHead != "" {
		g.memory.second = &headFile{path: o.SecondHead}
	}
	now, begun, err := r.integrated()
	if err != nil {
		return nil, err
	}
	size := now.Size
	g.head, g.stamp, err = g.memory.load(signer.Name())
	switch {
	case errors.Is(err, fs.ErrNotExist) && (!begun || size == 0):
		g.head = proof.Head{Origin: signer.Name(), Root: (&Frontier{}).Root()}
		g.first = true
		return g, nil
	case errors.Is(err, fs.ErrNotExist) && o.AdoptHead:
		if g.head, err = r.Head(); err != nil {
			return nil, err
		}
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%w: the file %s, which remembers the last head, is missing; an older copy of the log could be signed over newer heads that readers hold. If you are sure that this is the newest copy, adopt its head: chancery fsck DIR --adopt-head", ErrRollback, o.HeadFile)
	case err != nil:
		return nil, err
	}
	if size < g.head.Size {
		return nil, fmt.Errorf("%w: the log has %d entries, a head over %d was signed. This is an older copy, from a backup perhaps: readers can still read it, but to append, restore the newest copy", ErrRollback, size, g.head.Size)
	}
	if g.edge, err = r.tree(g.head).frontier(); err != nil {
		return nil, fmt.Errorf("%w over %d entries: %w", ErrRollback, g.head.Size, err)
	}
	if _, err = g.extend(ctx, g.head); err != nil {
		return nil, err
	}
	return g, nil
}

// Name and KeyHash implement note.Signer.
func (g *guard) Name() string    { return g.signer.Name() }
func (g *guard) KeyHash() uint32 { return g.signer.KeyHash() }

// Sign signs the text of a checkpoint, or refuses. It implements note.Signer.
func (g *guard) Sign(text []byte) ([]byte, error) {
	g.signing.Lock()
	defer g.signing.Unlock()
	if err := g.failure(); err != nil {
		return nil, err
	}
	sig, err := g.sign(text)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.problem = err
	if err == nil {
		g.at = time.Now()
	}
	if errors.Is(err, ErrRollback) || errors.Is(err, ErrCorrupt) {
		g.stopLocked(err)
	}
	return sig, err
}

// stop ends all signing for good.
func (g *guard) stop(why error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.stopLocked(why)
}

func (g *guard) stopLocked(why error) {
	if g.fatal == nil {
		g.fatal = fmt.Errorf("%w: %w", ErrStopped, why)
	}
}

// rereadTimeout bounds the reading before a signature, which Tessera gives no
// context for.
const rereadTimeout = time.Minute

func (g *guard) sign(text []byte) ([]byte, error) {
	if g.retired {
		return nil, errors.New("signing a checkpoint: the log is closed")
	}
	h, err := proof.ParseHead(append(text[:len(text):len(text)], '\n'))
	if err != nil {
		return nil, fmt.Errorf("signing a checkpoint: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), rereadTimeout)
	defer cancel()
	edge, err := g.extend(ctx, h)
	if err != nil {
		return nil, fmt.Errorf("signing a head over %d entries: %w", h.Size, err)
	}
	stamp, err := g.nextStamp()
	if err != nil {
		return nil, fmt.Errorf("signing a head over %d entries: %w", h.Size, err)
	}
	if err := g.memory.swap(h, stamp); err != nil {
		return nil, fmt.Errorf("signing a head over %d entries: %w", h.Size, err)
	}
	g.edge = edge
	g.mu.Lock()
	g.head, g.stamp = h, stamp
	g.mu.Unlock()
	sig, err := g.signer.Sign(text)
	if err != nil {
		return nil, fmt.Errorf("signing a head over %d entries: %w", h.Size, err)
	}
	return sig, nil
}

// extend recomputes the head from the last one and the entries on disk. It
// begins with the bundle that the last head ends in: Tessera copies that one
// whenever it adds to it, so its older entries are read again as well.
func (g *guard) extend(ctx context.Context, h proof.Head) (Frontier, error) {
	if h.Size < g.head.Size {
		return Frontier{}, fmt.Errorf("%w, which has %d entries", ErrRollback, g.head.Size)
	}
	edge := g.edge.truncate(width)
	begin := edge.Size()
	extends := func() error {
		if edge.Size() == g.head.Size && edge.Root() != g.head.Root {
			return fmt.Errorf("%w: its entries %d to %d, read back, are not those of the last head that was signed", ErrCorrupt, begin, g.head.Size)
		}
		return nil
	}
	if err := extends(); err != nil {
		return Frontier{}, err
	}
	err := g.reader.leaves(ctx, begin, h.Size, h.Size, func(_ register.Index, _ []byte, leaf letter.Hash) error {
		edge.Append(leaf)
		return extends()
	})
	if err != nil {
		return Frontier{}, err
	}
	if edge.Root() != h.Root {
		return Frontier{}, fmt.Errorf("%w: its entries %d to %d, read back, do not add up to the root to be signed", ErrCorrupt, begin, h.Size)
	}
	return edge, nil
}

// backwards is how far a clock may be set back without stopping the log: the
// last time is used again meanwhile.
const backwards = 10

// nextStamp returns the time to sign, which never goes back.
func (g *guard) nextStamp() (uint64, error) {
	now := uint64(max(g.clock().Unix(), 0))
	switch {
	case !g.stamps || now >= g.stamp:
		return max(now, 1), nil
	case now+backwards >= g.stamp:
		return g.stamp, nil
	}
	return 0, fmt.Errorf("%w: it says %s, but the last head was signed at %s; set it right",
		ErrClock, time.Unix(int64(now), 0).UTC().Format(time.RFC3339), time.Unix(int64(g.stamp), 0).UTC().Format(time.RFC3339)) //nolint:gosec // from Unix times
}

func (g *guard) last() proof.Head {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.head
}

func (g *guard) failure() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.fatal
}

// trouble says why the last attempt to sign failed, or nil.
func (g *guard) trouble() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.problem
}

func (g *guard) signedAt() time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.at
}

// retire ends the signing, after a signature under way.
func (g *guard) retire() {
	g.signing.Lock()
	defer g.signing.Unlock()
	g.retired = true
}

// A clockSigner adds the register's own timestamp to what the guard has signed.
type clockSigner struct {
	name  string
	id    uint32
	key   crypto.Signer
	guard *guard
}

func newClockSigner(origin string, key crypto.Signer, g *guard) (*clockSigner, error) {
	pub, ok := key.Public().(ed25519.PublicKey)
	if !ok {
		return nil, fmt.Errorf("the clock's key is a %T: want Ed25519", key.Public())
	}
	_, id, err := proof.CosignerKey(origin, pub)
	if err != nil {
		return nil, fmt.Errorf("the clock's key: %w", err)
	}
	return &clockSigner{name: origin, id: id, key: key, guard: g}, nil
}

// Name and KeyHash implement note.Signer.
func (c *clockSigner) Name() string    { return c.name }
func (c *clockSigner) KeyHash() uint32 { return c.id }

// Sign implements note.Signer: tlog-cosignature, "Format".
func (c *clockSigner) Sign(text []byte) ([]byte, error) {
	c.guard.mu.Lock()
	stamp := c.guard.stamp
	c.guard.mu.Unlock()
	sig, err := c.key.Sign(nil, proof.CosignatureMessage(stamp, text), crypto.Hash(0))
	if err != nil {
		return nil, fmt.Errorf("timestamping a checkpoint: %w", err)
	}
	return append(binary.BigEndian.AppendUint64(nil, stamp), sig...), nil
}
