// Package witness keeps logs from showing different people different things.
//
// A [Witness] remembers the newest head of each log that it knows, and cosigns a
// newer one only when that extends it: it speaks C2SP tlog-witness, and signs
// tlog-cosignature/v1 with a key of its own. What it promises:
//
//   - it never cosigns a smaller head, or another head of the same size, of a log:
//     the head is on disk before its cosignature leaves, also when the process is
//     killed in between or many requests come at once;
//   - the times that it signs never go back;
//   - a head that a log signed and that does not fit is kept as evidence.
//
// A [Collector] is the other side: it asks the witnesses of a register's own
// policy for cosignatures of each new head, and writes the witnessed head into
// the folder when the quorum is there. Whom no witness answers keeps its newest
// head all the same; readers are told which head an answer rests on.
//
// docs/formats/witness.md is the specification.
//
//	w, err := witness.Open(ctx, dir, time.Now)
//	http.Serve(listener, w.Handler(witness.Limits{}))
//
//	c, err := witness.NewCollector(folder, witness.Options{Log: log})
//	c.Run(ctx)
package witness
