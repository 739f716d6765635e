package fold

import (
	"strings"
	"testing"
)

// BenchmarkCopy reads a letter of some 340 words and 1,700 letters, as most in a
// register are.
func BenchmarkCopy(b *testing.B) {
	for _, c := range []struct{ name, text string }{
		{"English", strings.Repeat("In due regard for the decision of the Port Council of 12 March, the Office will move 38 vessels from the North Basin to the Outer Mole.\n", 13)},
		{"typographic", strings.Repeat("In due regard for the Council’s “decision” of 12 March – the Office won’t move 38 vessels from Señor Müller’s basin to the Outer Mole.\n", 13)},
		{"Arabic", strings.Repeat(strings.Join(arabicWords, " ")+"\n", 15)},
		{"Russian", strings.Repeat("Совет порта постановил, что с 12 марта все суда не заходят в северный бассейн, а идут к молу.\n", 18)},
		{"look-alikes", strings.Repeat("In duе rеgаrd fоr thе dесisiоn оf thе Pоrt Соunсil оf 12 Mаrсh, thе Оffiсе will mоvе 38 vеssеls frоm thе Nоrth Bаsin tо thе Mоlе.\n", 13)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(c.text)))
			for b.Loop() {
				Copy(c.text)
			}
		})
	}
}
