package proof_test

import (
	"encoding/base64"
	"slices"
	"time"

	"chancery.example/approval"
	"chancery.example/commitment"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// Vectors of proofs of every kind of record and of every end that one can have.

const twoWitnesses = "group two 2 w1 w2 w3\nquorum two"

// proves adds the vector of a proof that holds.
func (s *shelf) proves(w *town, name, comment string, at register.Index, carried []letter.LangText, own ...letter.LangText) {
	s.t.Helper()
	s.takes(name, comment, w.bundle(s.t, at, carried...), later, own...)
}

func (s *shelf) takes(name, comment string, b proof.Bundle, at time.Time, own ...letter.LangText) {
	s.t.Helper()
	s.right("bundle/"+name, comment, vectorInput{
		Do: "verify", Policy: policyText(twoWitnesses), Proof: base64.StdEncoding.EncodeToString(encoded(s.t, b)), At: at, Texts: textsOf(own),
	})
}

// refuses adds the vector of a proof that a dishonest office makes: act adds to the
// log what the rules do not allow.
func (s *shelf) refuses(w *town, name, comment string, act func(*town) register.Index) {
	s.t.Helper()
	raw := inAnotherLog(s.t, w, func(*tree) register.Index { return act(w) })
	s.wrong("bundle/"+name, proof.BadEntry, comment, vectorInput{Do: "verify", Policy: policyText(twoWitnesses), Proof: base64.StdEncoding.EncodeToString(raw), At: later})
}

// one is a list of one text, or of a few.
func one(texts ...letter.LangText) []letter.LangText { return texts }

// revise seals a later revision of a letter that has one.
func (w *town) revise(ref letter.Ref, first register.Link, texts ...letter.LangText) (register.Link, letter.Revision) {
	_, link, rev := w.seal(ref, texts...)
	o := link.Opening
	o.Revision, o.Previous, o.Nonce = 2, first.Opening.Commitment(), seed("nonce of revision 2 of %s", ref)
	w.sequence++
	i := w.put(signer{key("harbour")}, harbour, register.OfficeSubject(harbour), register.NewCommit(w.sequence, o.Commitment()))
	return register.Link{Index: i, Opening: o}, rev
}

// issueBy issues a letter, with a change to its entry.
func (w *town) issueBy(ref letter.Ref, change func(*register.Issue), texts ...letter.LangText) (register.Index, register.Link) {
	_, link, rev := w.seal(ref, texts...)
	return w.approved(register.LetterSubject(origin, harbour, ref), func(a register.Approvals) register.Body {
		b := register.Issue{
			Reference: ref, Type: letter.TypeLetter, Fields: rev.Disclose(rev.Fields()...), Seal: link, Disclosure: register.DisclosePublic, Approvals: a,
		}
		if change != nil {
			change(&b)
		}
		return b
	}), link
}

func (w *town) correct(ref letter.Ref, issued register.Index, link register.Link, rev letter.Revision) register.Index {
	return w.approved(register.LetterSubject(origin, harbour, ref), func(a register.Approvals) register.Body {
		return register.Correct{
			Target: w.target(ref, issued), Seal: link, Fields: rev.Disclose(rev.Fields()...), Disclosure: register.DisclosePublic,
			Reason: register.Words{"en": "The day was wrong."}, Approvals: a,
		}
	})
}

func (w *town) withdraw(ref letter.Ref, issued register.Index, emergency bool) register.Index {
	return w.approved(register.LetterSubject(origin, harbour, ref), func(a register.Approvals) register.Body {
		return register.Withdraw{Target: w.target(ref, issued), Reason: register.Words{"en": "Sent by mistake."}, Emergency: emergency, Approvals: a}
	})
}

// repolicy puts another policy in the place of the one in force.
func (w *town) repolicy(change func(*register.Policy)) register.Index {
	p := policyBody()
	change(&p)
	at := w.approved(register.OfficeSubject(harbour), func(a register.Approvals) register.Body {
		q := p
		q.Approvals = &a
		return q
	})
	w.policyAt = at
	return at
}

func (s *shelf) kinds() {
	s.endings(newTown(s.t))
	s.corrections(newTown(s.t))
	s.emergencies(newTown(s.t))
	s.keys(newTown(s.t))
	s.sealedDrafts(newTown(s.t))
	s.forbidden(newTown(s.t))
}

func (s *shelf) endings(w *town) {
	old, _ := w.issueBy("HC-20", nil, w.english)
	next := words("en", "Sir,\n\nthe ship leaves on 5 March.\n")
	successor, _ := w.issueBy("HC-21", func(b *register.Issue) { b.Supersedes = []register.Target{w.target("HC-20", old)} }, next)
	s.proves(w, "superseded", "standing.md MUST-13: the successor is among the entries", old, one(w.english))
	s.proves(w, "successor", "standing.md MUST-13: the letter that replaced another", successor, one(next))
	second := words("en", "Sir,\n\nthe ship leaves on 6 March.\n")
	third := words("en", "Sir,\n\nthe ship leaves on 7 March.\n")
	a, _ := w.issueBy("HC-22", nil, second)
	b, _ := w.issueBy("HC-23", nil, third)
	w.approved(register.LetterSubject(origin, harbour, "HC-22"), func(x register.Approvals) register.Body {
		return register.Supersede{Target: w.target("HC-22", a), Successor: w.target("HC-23", b), Approvals: x}
	})
	s.proves(w, "superseded_afterwards", "standing.md MUST-13: a supersede entry names the successor", a, one(second))
	limited := words("en", "Sir,\n\nthe quay is closed until Friday.\n")
	hour := register.StampOf(later)
	l, _ := w.issueBy("HC-24", func(b *register.Issue) { b.NotBefore, b.Expires = hour, hour+3600 }, limited)
	bundle := w.bundle(s.t, l, limited)
	s.takes("embargoed", "MUST-2: one second before its hour", bundle, later.Add(-time.Second))
	s.takes("embargo_over", "MUST-2: at its hour", bundle, later)
	s.takes("expired", "MUST-2: at the end of its period", bundle, later.Add(time.Hour))
	s.takes("in_its_period", "MUST-2: one second before its end", bundle, later.Add(time.Hour-time.Second))
	w.approved(register.OfficeSubject(harbour), func(x register.Approvals) register.Body {
		return register.Retract{Target: register.Target{Office: harbour, Index: w.said, Leaf: register.LeafHash(w.entries[w.said])}, Reason: register.Words{"en": "Too soon."}, Approvals: x}
	})
	s.proves(w, "retracted", "standing.md MUST-16: a statement that was taken back", w.said, one(w.word))
	w.approved(register.OfficeSubject(harbour), func(x register.Approvals) register.Body {
		return register.Retract{Target: register.Target{Office: harbour, Index: w.disavowed, Leaf: register.LeafHash(w.entries[w.disavowed])}, Reason: register.Words{"en": "It is ours."}, Approvals: x}
	})
	s.proves(w, "disavowal_retracted", "standing.md MUST-16: a disavowal that was taken back", w.disavowed, one(w.forged))
	w.disavow(w.ended)
	s.proves(w, "own_letter_disavowed", "MUST-29, standing.md MUST-15: the office disavows what it issued", w.withdrawn, one(w.ended))
	s.proves(w, "issued_then_opened_elsewhere", "MUST-29, standing.md MUST-11: issued words opened as a draft of another letter", w.openDraft("HC-25", w.arabic), one(w.arabic))
	shown, _ := w.issueBy("HC-26", func(b *register.Issue) {
		b.Disclosure = register.DiscloseOnPresentation
		for i := range b.Fields {
			if _, text := b.Fields[i].Field.Lang(); text {
				b.Fields[i].Salt = nil
			}
		}
	}, words("en", "Sir,\n\nfor your eyes.\n"))
	s.proves(w, "on_presentation", "entry.md MUST-23: a letter whose texts are not shown", shown, nil)
	w.approved(register.LetterSubject(origin, harbour, "HC-3"), func(x register.Approvals) register.Body {
		return register.DraftClose{Tag: commitment.CloseTag(seed("tag HC-3")), Reference: "HC-3", Approvals: x}
	})
	s.proves(w, "draft_closed", "standing.md MUST-12: an opened draft that was closed", w.opened, one(w.draft))
	w.repolicy(func(p *register.Policy) { p.Speakers = []string{"Harbour office"} })
	after, _ := w.issueBy("HC-27", nil, words("en", "Sir,\n\nunder new rules.\n"))
	s.proves(w, "under_a_later_policy", "standing.md MUST-4: both policies are among the entries", after, nil)
}

func (s *shelf) corrections(w *town) {
	first, other := words("en", "Sir,\n\nthe ship leaves on Mondai.\n"), words("en", "Sir,\n\nthe ship leaves on Monday.\n")
	issued, link := w.issueBy("HC-30", nil, first, w.arabic)
	next, rev := w.revise("HC-30", link, other, w.arabic)
	corrected := w.correct("HC-30", issued, next, rev)
	s.proves(w, "corrected", "MUST-25, standing.md MUST-19: the correction's words stand, and those that stayed", corrected, one(w.arabic, other))
	s.proves(w, "corrected_away", "standing.md MUST-19: words that the correction replaced", issued, one(first))
	s.proves(w, "corrected_readers_words", "MUST-26: the reader has the earlier words", issued, one(other), first)
	w.withdraw("HC-30", issued, false)
	s.proves(w, "corrected_then_withdrawn", "standing.md MUST-19: both are withdrawn", issued, one(first, other))
	s.refuses(w, "correct_a_withdrawn_letter", "standing.md MUST-18: it was withdrawn", func(w *town) register.Index {
		last, again := w.revise("HC-30", next, words("en", "Sir,\n\nno.\n"), w.arabic)
		return w.correct("HC-30", issued, last, again)
	})
	s.refuses(w, "correct_into_another_language", "standing.md MUST-18: a language less", func(w *town) register.Index {
		i, first := w.issueBy("HC-31", nil, other, w.arabic)
		last, again := w.revise("HC-31", first, other)
		return w.correct("HC-31", i, last, again)
	})
	s.refuses(w, "correct_what_is_no_issue", "standing.md MUST-18: the target is a commitment", func(w *town) register.Index {
		_, a := w.issueBy("HC-32", nil, other)
		last, again := w.revise("HC-32", a, first)
		return w.correct("HC-32", a.Index, last, again)
	})
}

func (s *shelf) emergencies(w *town) {
	w.repolicy(func(p *register.Policy) {
		p.Rules = append(p.Rules, register.Rule{Act: approval.WithdrawEmergency, K: 1, Roles: []register.Role{register.RoleApprover}})
		p.RatifyWithin = 3600
	})
	issued := w.issue("HC-40", w.english)
	w.withdraw("HC-40", issued, true)
	s.proves(w, "withdrawn_in_an_emergency", "standing.md MUST-20: withdrawn, not ratified, and its time is over", issued, one(w.english))
	at := register.Index(len(w.entries) - 1)
	ratify := func(w *town) register.Index {
		return w.approved(register.LetterSubject(origin, harbour, "HC-40"), func(a register.Approvals) register.Body {
			return register.Ratify{Target: register.Target{Office: harbour, Reference: "HC-40", Index: at, Leaf: register.LeafHash(w.entries[at])}, Approvals: a}
		})
	}
	ratify(w)
	s.proves(w, "withdrawal_ratified", "standing.md MUST-20: the ratification is among the entries", issued, one(w.english))
	s.refuses(w, "ratified_twice", "standing.md MUST-20: a withdrawal is ratified once", ratify)
	s.refuses(w, "ratify_an_issue", "standing.md MUST-20: the target is no withdrawal in an emergency", func(w *town) register.Index {
		return w.approved(register.LetterSubject(origin, harbour, "HC-40"), func(a register.Approvals) register.Body {
			return register.Ratify{Target: w.target("HC-40", issued), Approvals: a}
		})
	})
	s.refuses(w, "withdrawn_twice_the_same", "standing.md MUST-7: an act counts once", func(w *town) register.Index { return w.add(w.entries[at]) })
}

// keyAdd is the entry that gives the office a key.
func keyAdd(name string) register.KeyAdd {
	return register.KeyAdd{Office: harbour, ID: "harbour", Name: register.Words{"en": "Harbour Council"}, Domain: "harbour.example", Key: signer{key(name)}.Public()}
}

// putAs puts an approved issue signed with another key.
func (w *town) putAs(name string, ref letter.Ref, text letter.LangText) register.Index {
	_, link, rev := w.seal(ref, text)
	return w.put(signer{key(name)}, harbour, register.LetterSubject(origin, harbour, ref), w.approve(func(a register.Approvals) register.Body {
		return register.Issue{
			Reference: ref, Type: letter.TypeLetter, Fields: rev.Disclose(rev.Fields()...), Seal: link, Disclosure: register.DisclosePublic, Approvals: a,
		}
	}))
}

func (w *town) revokeKey(signedBy string, of string, after register.Index) register.Index {
	thumb := signer{key(of)}.Public().Thumbprint()
	body := w.approve(func(a register.Approvals) register.Body {
		return register.KeyRevoke{Office: harbour, Thumbprint: thumb, After: after, Reason: register.Words{"en": "The key was stolen."}, Approvals: &a}
	})
	issuer := harbour
	if signedBy == "operator" {
		issuer = operatorURI
	}
	return w.put(signer{key(signedBy)}, issuer, register.OfficeSubject(harbour), body)
}

func (s *shelf) keys(w *town) {
	w.put(signer{key("harbour")}, harbour, register.OfficeSubject(harbour), keyAdd("harbour 2"))
	rotated := w.putAs("harbour 2", "HC-50", w.english)
	s.proves(w, "key_rotated", "standing.md MUST-8: signed with a key that the first one added", rotated, one(w.english))
	s.refuses(w, "key_added_by_nobody", "standing.md MUST-8: a key that no entry added", func(w *town) register.Index { return w.putAs("thief", "HC-51", w.arabic) })
	s.refuses(w, "key_renames_the_office", "standing.md MUST-8: a key under another name", func(w *town) register.Index {
		k := keyAdd("harbour 3")
		k.Name = register.Words{"en": "Harbor Council"}
		return w.put(signer{key("harbour")}, harbour, register.OfficeSubject(harbour), k)
	})
	s.refuses(w, "key_revokes_itself", "standing.md MUST-22: a key cannot revoke itself", func(w *town) register.Index {
		return w.revokeKey("harbour 2", "harbour 2", register.Index(len(w.entries)-1))
	})
	s.refuses(w, "key_revoked_without_approval", "standing.md MUST-22: the office has a policy", func(w *town) register.Index {
		return w.put(signer{key("harbour")}, harbour, register.OfficeSubject(harbour), register.KeyRevoke{
			Office: harbour, Thumbprint: signer{key("harbour 2")}.Public().Thumbprint(), After: rotated, Reason: register.Words{"en": "Stolen."},
		})
	})
	w.revokeKey("harbour", "harbour 2", rotated)
	s.proves(w, "key_revoked_after", "standing.md MUST-22: what the key signed before the position stays as it was", rotated, one(w.english))
	s.refuses(w, "key_revoked_and_used", "standing.md MUST-22: signed with a revoked key", func(w *town) register.Index { return w.putAs("harbour 2", "HC-52", w.arabic) })
	w.put(signer{key("harbour")}, harbour, register.OfficeSubject(harbour), keyAdd("harbour 4"))
	before := register.Index(len(w.entries) - 1)
	doubted := w.putAs("harbour 4", "HC-53", w.arabic)
	w.revokeKey("operator", "harbour 4", before)
	s.proves(w, "key_revoked_from_before", "standing.md MUST-23: approved by officers, it stays; the key was revoked from before it", doubted, one(w.arabic))
}

func (s *shelf) sealedDrafts(w *town) {
	hold := func(link register.Link, rev letter.Revision) register.HeldDraft {
		return register.HeldDraft{Link: link, Fields: rev.Disclose(letter.FieldReference, letter.FieldType, letter.TextField("en"))}
	}
	draft := func(h register.HeldDraft, text letter.LangText) proof.Bundle {
		return must(proof.AssembleDraft(w.state(s.t), harbour, h, w.checkpoint(usual()...), w, one(text)))
	}
	text := words("en", "Sir,\n\nthe tower is leaning.\n")
	_, link, rev := w.seal("HC-60", text)
	h := hold(link, rev)
	s.takes("sealed_draft_readers_words", "MUST-31: the reader has the words that it carries", draft(h, text), later, text)
	bad := func(name, comment string, class proof.Class, b proof.Bundle, own ...letter.LangText) {
		s.wrong("bundle/"+name, class, comment, vectorInput{
			Do: "verify", Policy: policyText(twoWitnesses), Proof: base64.StdEncoding.EncodeToString(encoded(s.t, b)), At: later, Texts: textsOf(own),
		})
	}
	changed := func(change func(*proof.Bundle, *register.HeldDraft)) proof.Bundle {
		b, x := draft(h, text), h
		x.Fields = slices.Clone(h.Fields)
		change(&b, &x)
		b.Draft = &x
		return b
	}
	bad("sealed_draft_other_words", "MUST-31: the reader has other words", proof.TextDiffers, draft(h, text), w.english)
	bad("sealed_draft_without_words", "MUST-31: it carries no text", proof.BadFormat, changed(func(b *proof.Bundle, _ *register.HeldDraft) { b.Texts = nil }))
	bad("sealed_draft_other_commitment", "MUST-31: it opens another commitment", proof.BadFormat, changed(func(_ *proof.Bundle, x *register.HeldDraft) { x.Link.Index-- }))
	bad("sealed_draft_other_text", "MUST-31: the text does not fit its leaf", proof.BadText, changed(func(b *proof.Bundle, _ *register.HeldDraft) { b.Texts = one(w.english) }))
	bad("sealed_draft_other_nonce", "MUST-31: the opening does not fit", proof.BadText, changed(func(_ *proof.Bundle, x *register.HeldDraft) { x.Link.Opening.Nonce[0] ^= 1 }))
	bad("sealed_draft_of_copies", "MUST-31: another purpose", proof.BadText, changed(func(_ *proof.Bundle, x *register.HeldDraft) { x.Link.Opening.Purpose = commitment.Copies }))
	bad("sealed_draft_field_missing", "MUST-31: a field less", proof.BadText, changed(func(_ *proof.Bundle, x *register.HeldDraft) { x.Fields = x.Fields[1:] }))
	bad("sealed_draft_not_opened", "MUST-25: a commitment without its opening is no record", proof.BadEntry, func() proof.Bundle {
		b := draft(h, text)
		b.Draft = nil
		return b
	}())
	_, again, rev2 := w.seal("HC-61", w.english)
	s.takes("sealed_draft_of_issued_words", "standing.md MUST-17: the office issued these words under another reference", draft(hold(again, rev2), w.english), later)
	w.approved(register.OfficeSubject(harbour), func(a register.Approvals) register.Body {
		return register.DraftClose{Tag: commitment.CloseTag(link.Opening.Tag), Approvals: a}
	})
	s.takes("sealed_draft_closed", "standing.md MUST-17: closed by its tag", draft(h, text), later)
}

// forbidden are acts that the rules do not allow, each in a proof that is otherwise good.
func (s *shelf) forbidden(w *town) {
	s.refuses(w, "approved_under_an_old_policy", "standing.md MUST-4: another policy is in force", func(w *town) register.Index {
		old := w.policyAt
		w.repolicy(func(p *register.Policy) { p.Speakers = []string{"Harbour office"} })
		w.policyAt = old
		return w.issue("HC-70", w.draft)
	})
	s.refuses(w, "policy_without_approval", "standing.md MUST-4: a later policy is approved under the first", func(w *town) register.Index {
		p := policyBody()
		p.Speakers = []string{"Harbour office"}
		return w.put(signer{key("harbour")}, harbour, register.OfficeSubject(harbour), p)
	})
	s.refuses(w, "issue_replayed", "standing.md MUST-7: an act counts once", func(w *town) register.Index { return w.add(w.entries[w.issued]) })
	s.refuses(w, "second_genesis", "standing.md MUST-8: there is one genesis", func(w *town) register.Index { return w.add(w.entries[0]) })
	s.refuses(w, "subject_of_another_letter", "entry.md MUST-18: the subject is another letter's", func(w *town) register.Index {
		_, link, rev := w.seal("HC-71", w.draft)
		return w.approved(register.LetterSubject(origin, harbour, "HC-1"), func(a register.Approvals) register.Body {
			return register.Issue{
				Reference: "HC-71", Type: letter.TypeLetter, Fields: rev.Disclose(rev.Fields()...), Seal: link, Disclosure: register.DisclosePublic, Approvals: a,
			}
		})
	})
	s.refuses(w, "supersedes_another_entry", "standing.md MUST-14: the leaf hash is another entry's", func(w *town) register.Index {
		i, _ := w.issueBy("HC-72", func(b *register.Issue) {
			t := w.target("HC-1", w.issued)
			t.Leaf[0] ^= 1
			b.Supersedes = []register.Target{t}
		}, w.draft)
		return i
	})
	s.refuses(w, "seal_of_another_register", "standing.md MUST-9: the opening is for another register", func(w *town) register.Index {
		_, link, rev := w.seal("HC-73", w.draft)
		link.Opening.Register = "letters.other.example/main"
		return w.approved(register.LetterSubject(origin, harbour, "HC-73"), func(a register.Approvals) register.Body {
			return register.Issue{
				Reference: "HC-73", Type: letter.TypeLetter, Fields: rev.Disclose(rev.Fields()...), Seal: link, Disclosure: register.DisclosePublic, Approvals: a,
			}
		})
	})
	s.refuses(w, "retract_a_letter", "entry.md MUST-27: a letter is withdrawn, not retracted", func(w *town) register.Index {
		return w.approved(register.OfficeSubject(harbour), func(a register.Approvals) register.Body {
			return register.Retract{Target: w.target("HC-1", w.issued), Reason: register.Words{"en": "No."}, Approvals: a}
		})
	})
	s.refuses(w, "act_without_a_rule", "standing.md MUST-6: the policy has no rule for it", func(w *town) register.Index {
		w.repolicy(func(p *register.Policy) {
			p.Rules = slices.DeleteFunc(p.Rules, func(r register.Rule) bool { return r.Act == approval.State })
		})
		return w.approved(register.OfficeSubject(harbour), func(a register.Approvals) register.Body {
			return register.Statement{Type: register.About, Texts: []letter.Disclosure{letter.SealText(w.draft, seed("no rule"))}, Approvals: a}
		})
	})
}
