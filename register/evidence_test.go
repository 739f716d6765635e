package register_test

import (
	"slices"
	"testing"

	"chancery.example/letter"
	"chancery.example/register"
)

// disavowal logs that an office denies words, regarding a letter.
func (d *drawing) disavowal(by *house, words letter.LangText, regarding register.Target) register.Index {
	b := register.Disavow{
		Texts: textLeaf(words, words.Text.String()), Reason: register.Words{"en": "Not ours."}, Regarding: []register.Target{regarding},
	}
	d.finish(order{number: 100 + len(d.entries), h: by}, b, register.OfficeSubject(by.uri))
	return register.Index(len(d.entries) - 1)
}

// TestEvidenceOfADeniedLetter: a letter rests on what its own office denied of it
// and took back, and on nobody else's word.
func TestEvidenceOfADeniedLetter(t *testing.T) {
	d := draw(t, "C1 -> I(C1) -> Cb1 -> I(Cb1) -> Cz1@other -> I@other(Cz1) -> D(Cz1) -> R(7)")
	hc, other := d.houses["hc"], d.houses["other"]
	own := d.disavowal(hc, english(t, "A forged page."), register.Target{Office: hc.uri, Reference: "HC-b"})
	d.disavowal(other, english(t, "Another forged page."), register.Target{Office: hc.uri, Reference: "HC-a"})
	d.disavowal(hc, english(t, "A third forged page."), register.Target{Office: other.uri, Reference: "HC-a"})
	s := register.Fold(d.entries)
	if ps := s.Problems(); len(ps) > 0 {
		t.Fatal(ps)
	}
	for ref, want := range map[letter.Ref][]register.Index{"HC-a": {0, 1, 2, 5, 6, 11, 12}, "HC-b": {0, 1, 2, 7, 8, own}, "HC-c": nil} {
		if got := s.Evidence(register.RecordID{Kind: register.RecordLetter, Office: hc.uri, Reference: ref}); !slices.Equal(got, want) {
			t.Errorf("%s rests on %v, want %v", ref, got, want)
		}
	}
	if got, want := s.Evidence(register.RecordID{Kind: register.RecordLetter, Office: other.uri, Reference: "HC-z"}), []register.Index{0, 3, 4, 9, 10}; !slices.Equal(got, want) {
		t.Errorf("the other office's letter rests on %v, want %v", got, want)
	}
}

// TestEvidenceOfText: an office's words rest on its own letters with them and on
// its own disavowals of them.
func TestEvidenceOfText(t *testing.T) {
	d := draw(t, "C1 -> I(C1) -> Cb1=1 -> O(Cb1) -> Cc1 -> I(Cc1) -> Cz1=1@other -> I@other(Cz1) -> D(C1) -> D(Cc1) -> R(9) -> D@other(C1)")
	s := register.Fold(d.entries)
	if ps := s.Problems(); len(ps) > 0 {
		t.Fatal(ps)
	}
	at := func(acts ...int) (out []register.Index) {
		for _, n := range acts {
			out = append(out, register.Index(d.first+n-1))
		}
		return out
	}
	hc, other := d.houses["hc"].uri, d.houses["other"].uri
	// HC-a rests on both disavowals: each names it.
	if got, want := s.EvidenceOfText(hc, d.pages["C1"].text), at(1, 2, 3, 4, 9, 10, 11); !slices.Equal(got, want) {
		t.Errorf("the words of HC-a rest on %v, want %v", got, want)
	}
	if got, want := s.EvidenceOfText(hc, d.pages["Cc1"].text), at(5, 6, 10); !slices.Equal(got, want) {
		t.Errorf("the words of HC-c rest on %v, want %v", got, want)
	}
	if got, want := s.EvidenceOfText(other, d.pages["C1"].text), at(7, 8, 12); !slices.Equal(got, want) {
		t.Errorf("the same words of the other office rest on %v, want %v", got, want)
	}
	if got := s.EvidenceOfText(hc, english(t, "Words of nobody.")); len(got) != 0 {
		t.Errorf("words of nobody rest on %v", got)
	}
}
