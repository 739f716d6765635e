package proof_test

import "testing"

// BenchmarkVerify reads and verifies the proof of a letter in two languages,
// from the file's bytes on.
func BenchmarkVerify(b *testing.B) {
	w := newTown(b)
	policy := policyOf(b, "group two 2 w1 w2 w3", "quorum two")
	raw := encoded(b, w.bundle(b, w.issued, w.english, w.arabic))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := verify(raw, policy); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(raw)), "bytes/proof")
	b.ReportMetric(float64(len(w.bundle(b, w.issued).Support)+1), "entries/proof")
}
