// Package proof verifies offline where a letter stood in a register.
//
// A [Bundle] is one file, NAME.chancery-proof, that a reader downloads beside a
// letter and can check for ever after with keys already held: the entries that
// the letter's standing rests on, the path of each to one signed checkpoint of
// the log, and the letter's words.
//
//	policy, err := proof.ParsePolicy(policyFile) // whom the reader trusts
//	bundle, err := proof.Parse(file)
//	v, err := bundle.Verify(policy, time)
//	for _, st := range v.Statuses {
//		fmt.Println(st.Standing, st.Record.Reference)
//	}
//
// Nothing in a bundle is believed that is not recomputed, or signed by a key of
// the reader's policy or by one that those entries add. What a bundle cannot
// show is that nothing came later: it answers as of its checkpoint, from the
// entries it carries.
//
// The package has no clock, no network and no files. docs/formats/proof.md is
// the specification.
package proof
