// Package lookup is the map over all public entries of a register, as a tree
// under one root: what stands in the log under a reference, for a file, in these
// words - and, as easily proved, that nothing does.
//
// A [Trail] gathers what each entry that counts is about; [Trail.Tree] makes of
// it the [Tree] as of a position. Its root goes into the same log as an entry of
// kind index-head, so that whoever watches the log watches the map. [Tree.Lookup]
// answers with all entries under a name, none perhaps, and with a proof that
// [Answer.Verify] holds against the root.
//
// A proof shows what the map says. That the map is right is for those who play
// the log again and compare roots: fsck, monitors, mirrors.
//
// The package is pure. docs/formats/lookup.md is the specification.
package lookup
