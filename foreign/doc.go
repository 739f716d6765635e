// Package foreign holds our register to programs that we did not write: they
// read its log, follow its server and verify its proofs, and a flipped byte must
// make them refuse.
//
// It is a module of its own, so that none of them gets into the program. Each is
// built at test time from the version that go.mod pins; one that cannot be built
// is skipped, and the test says so. docs/benchmarks/foreign.md has what each
// said, and which could only be tried by hand.
package foreign
