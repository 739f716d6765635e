package compare

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"chancery.example/internal/fold"
)

func TestFormulaeWeighLittle(t *testing.T) {
	m := NewModel()
	for range 200 {
		m.Learn(fold.Record("I have the honour to remain, Sir, your most obedient servant"))
	}
	letter := fold.Record("The dredger Najma lifted two anchors of the brig Halcyon off the mole")
	m.Learn(letter)
	own := Own{NewModel(), 1}
	own.Text.Learn(letter)
	formula := m.Bits("obedient", "servant", Own{})
	name := m.Bits("brig", "halcyon", Own{})
	if formula > 1 || name < 2 {
		t.Errorf("a formula's word weighs %.1f bits, a name %.1f", formula, name)
	}
	if without := m.Bits("brig", "halcyon", own); without <= name {
		t.Errorf("a letter makes its own words common: %.1f bits, %.1f without it", name, without)
	}
	if m.Knows("halcyon", own) || !m.Knows("servant", own) {
		t.Error("known is what other letters hold")
	}
}

func TestBitsAreBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := NewModel()
		text := strings.Join(drawWords(t, 0, 200), " ")
		m.Learn(fold.Record(text))
		a, b := rapid.SampledFrom(vocabulary).Draw(t, "a"), rapid.SampledFrom(vocabulary).Draw(t, "b")
		if n := m.Bits(a, b, Own{m, rapid.IntRange(0, 2).Draw(t, "own")}); n < 0 || n > mostBits {
			t.Fatalf("%q after %q weighs %f bits", b, a, n)
		}
	})
}

func TestModelBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string { return strings.Join(drawWords(t, 1, 30), " ") }), 0, 8).Draw(t, "texts")
		m, reversed := NewModel(), NewModel()
		for i, text := range texts {
			m.Learn(fold.Record(text))
			reversed.Learn(fold.Record(texts[len(texts)-1-i]))
		}
		b, _ := m.MarshalBinary()
		if other, _ := reversed.MarshalBinary(); !bytes.Equal(b, other) {
			t.Fatal("the order of learning shows in the bytes")
		}
		var again Model
		if err := again.UnmarshalBinary(b); err != nil {
			t.Fatal(err)
		}
		if back, _ := again.MarshalBinary(); !bytes.Equal(b, back) {
			t.Fatal("reading and writing changes the bytes")
		}
		if len(texts) > 0 && again.UnmarshalBinary(b[:len(b)-1]) == nil {
			t.Fatal("a model that is cut off was read")
		}
		if again.UnmarshalBinary(append(b, 0)) == nil {
			t.Fatal("a model that goes on was read")
		}
	})
}

func FuzzModel(f *testing.F) {
	m := NewModel()
	m.Learn(fold.Record("The gates open at noon and the gates close at noon."))
	b, _ := m.MarshalBinary()
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		var m Model
		if m.UnmarshalBinary(b) != nil {
			return
		}
		if back, _ := m.MarshalBinary(); !bytes.Equal(b, back) {
			t.Fatal("two forms of one model")
		}
	})
}
