// Package register holds the entries of a register's log, their bytes, and the
// standing that they add up to.
//
// An entry is a SCITT Signed Statement: a tagged COSE_Sign1 in deterministic
// CBOR, signed by the office it speaks for ([Parse], [Sign], [Entry.Verify]).
// What it says is a [Body], one type for each kind: an office enrols ([KeyAdd]),
// names its officers ([Policy]), seals a draft or a list of copies ([Commit]),
// opens or closes a draft, issues, withdraws or replaces a letter, makes a
// statement, takes it back, disavows a forgery. What officers must approve
// carries their signatures ([Approvals]); [StatementFor] rebuilds from the entry
// itself what they signed.
//
// Standing is never stored. [State] is the fold over the entries: Add checks
// who signed, who approved, and what the entry before allows, and lets an entry
// that breaks a rule change nothing. [StandingOf] answers for one text:
//
//	for _, st := range register.StandingOf(entries, text, time) {
//		fmt.Println(st.Standing, st.Record.Reference) // in_force HC-2026-0007
//	}
//
// Both sides of the system use this one function: the office before it acts, and
// the reader's offline proof. The package has no clock, no network and no files.
// docs/formats/entry.md and docs/formats/standing.md are the specification.
package register
