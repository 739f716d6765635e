// Package reading makes a register that was read and verified ([folder.Reading])
// answer readers' questions ([check.Snapshot]). It is what a server and a reader's
// own device have in common: wherever the files came from, the same register
// gives the same answers.
package reading

import (
	"fmt"
	"slices"
	"time"

	"chancery.example/internal/check"
	"chancery.example/internal/folder"
	"chancery.example/letter"
	"chancery.example/lookup"
	"chancery.example/proof"
	"chancery.example/register"
)

// Search makes a reading searchable, and able to prove absence. find returns what
// an index holds of the documents; nil, or nil from it, and they are indexed in
// memory, which takes longer and answers the same.
func Search(r *folder.Reading, fresh time.Duration, find func([]check.Document) *check.Stored) *check.Snapshot {
	if find == nil {
		find = func([]check.Document) *check.Stored { return nil }
	}
	return check.NewSnapshotWith(r.State, View(r, fresh), r.Folder().Text, find).WithProver(Prover(r)).WithForms(r.Folder().Form)
}

// AsOf makes a reading searchable with its own state, or that of an earlier moment,
// and without an index.
func AsOf(r *folder.Reading, state *register.State) (*check.Snapshot, error) {
	s, err := check.NewSnapshot(state, View(r, 0), r.Folder().Text)
	if err != nil {
		return nil, fmt.Errorf("reading register %s: %w", r.Folder().Dir, err)
	}
	return s.WithForms(r.Folder().Form), nil
}

// View is what answers say about the heads that they rest on. fresh is how old the
// newest proof may be; 0: its age is not asked for.
func View(r *folder.Reading, fresh time.Duration) *check.CheckpointView {
	c := r.Checkpoint
	v := &check.CheckpointView{
		Origin: c.Origin, Size: c.Size, Root: c.Root.String(), Witnesses: c.Witnesses, Needed: c.Needed, OwnKeys: c.OwnKeys,
		FreshFor: int64(fresh / time.Second),
	}
	if !c.Time.IsZero() {
		v.Time = &c.Time
	}
	w := r.Witnessed
	if w == nil {
		return v
	}
	v.Witnesses, v.WitnessedSize = w.Witnesses, w.Size
	if !w.WitnessedAt.IsZero() {
		v.WitnessedAt = &w.WitnessedAt
	}
	if r.Forked {
		v.Fork = &check.Fork{Size: c.Size, Root: c.Root.String(), WitnessedSize: w.Size, WitnessedRoot: w.Root.String()}
	}
	return v
}

// Prover proves absence for answers, as of the newest index-head of a reading.
func Prover(r *folder.Reading) check.Prover {
	return func(names []lookup.Name, texts []letter.LangText) ([]byte, []lookup.Name, register.Index) {
		head, tree, ok := r.Map()
		if !ok {
			return nil, nil, 0
		}
		absent := slices.DeleteFunc(names, func(n lookup.Name) bool { return !tree.Lookup(n).Absent() })
		texts = slices.DeleteFunc(texts, func(t letter.LangText) bool {
			return !slices.ContainsFunc(absent, func(n lookup.Name) bool { return n.Names(t.Text) })
		})
		b, err := proof.AssembleAbsence(r.Checkpoint.Raw, r, absent, texts)
		if err != nil {
			return nil, nil, 0 // the answer says that it is not proved
		}
		raw, err := b.Bytes()
		if err != nil {
			return nil, nil, 0
		}
		return raw, absent, head
	}
}
