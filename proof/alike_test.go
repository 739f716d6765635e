package proof_test

import (
	"slices"
	"testing"

	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// openDraft opens a letter that was never issued.
func (w *town) openDraft(ref letter.Ref, texts ...letter.LangText) register.Index {
	_, link, rev := w.seal(ref, texts...)
	return w.approved(register.LetterSubject(origin, harbour, ref), func(a register.Approvals) register.Body {
		return register.DraftOpen{
			Reference: ref, Chain: []register.Link{link},
			Revisions: []register.OpenedRevision{{Number: 1, Fields: rev.Disclose(rev.Fields()...)}}, Approvals: a,
		}
	})
}

func (w *town) disavow(t letter.LangText) register.Index {
	return w.approved(register.OfficeSubject(harbour), func(a register.Approvals) register.Body {
		return register.Disavow{
			Texts:  []letter.Disclosure{letter.SealText(t, seed("salt of disavowal %d", len(w.entries)))},
			Reason: register.Words{"en": "Not ours."}, Approvals: a,
		}
	})
}

// TestProofsOfTheSameWords: who asks for a proof about words that the office also
// issued is told so, whatever it called them later (standing.md MUST-11, MUST-15).
func TestProofsOfTheSameWords(t *testing.T) {
	w := newTown(t)
	policy := policyOf(t, "quorum none")
	latin := letter.LangText{Lang: "la", Text: w.english.Text}
	for name, c := range map[string]struct {
		at   register.Index
		text letter.LangText
		want register.Standing
	}{
		"opened under another reference": {w.openDraft("HC-91", w.english, w.arabic), w.english, register.Conflict},
		"opened in another language":     {w.openDraft("HC-92", latin), latin, register.Conflict},
		"of a withdrawn letter":          {w.openDraft("HC-93", w.ended), w.ended, register.Conflict},
		"disavowed":                      {w.disavow(w.ended), w.ended, register.Conflict},
		"disavowed in another language":  {w.disavow(latin), latin, register.Conflict},
	} {
		t.Run(name, func(t *testing.T) {
			v, err := verify(encoded(t, w.bundle(t, c.at, c.text)), policy, c.text)
			if err != nil {
				t.Fatal(err)
			}
			if v.Status.Standing != c.want || !slices.Equal(standings(v), []register.Standing{c.want}) {
				t.Errorf("the record is %s, its text %v; want %s", v.Status.Standing, standings(v), c.want)
			}
		})
	}
}

// TestHeldWordsThatWereIssued: no proof of a sealed draft says of issued words
// that they were not issued.
func TestHeldWordsThatWereIssued(t *testing.T) {
	w := newTown(t)
	_, link, rev := w.seal("HC-94", w.english)
	h := register.HeldDraft{Link: link, Fields: rev.Disclose(letter.FieldReference, letter.FieldType, letter.TextField("en"))}
	b, err := proof.AssembleDraft(w.state(t), harbour, h, w.checkpoint(usual()...), w, []letter.LangText{w.english})
	if err != nil {
		t.Fatal(err)
	}
	v, err := verify(encoded(t, b), policyOf(t, "quorum none"), w.english)
	if err != nil || v.Status.Standing != register.DraftReplaced {
		t.Errorf("%s (%v)", v.Status.Standing, err)
	}
}

// TestStatusOfTheReadersText: an earlier draft in the reader's hand is not what
// its letter is.
func TestStatusOfTheReadersText(t *testing.T) {
	w := newTown(t)
	b := w.bundle(t, w.issued, w.english)
	v, err := verify(encoded(t, b), policyOf(t, "quorum none"), w.english)
	if err != nil {
		t.Fatal(err)
	}
	if st, ok := v.StatusOf(w.english); !ok || st.Standing != register.InForce {
		t.Errorf("%v %s", ok, st.Standing)
	}
	if _, ok := v.StatusOf(w.draft); ok {
		t.Error("a text that the proof does not know")
	}
}
