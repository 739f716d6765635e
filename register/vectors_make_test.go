package register_test

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"chancery.example/commitment"
	"chancery.example/letter"
	"chancery.example/register"
)

// A shelf collects the vectors that are made.
type shelf struct {
	t    *testing.T
	made map[string]vector
}

func makeVectors(t *testing.T) map[string]vector {
	s := &shelf{t, map[string]vector{}}
	s.letters()
	s.revisions()
	s.lists()
	s.commitments()
	s.statements()
	s.signatures()
	s.keys()
	s.passkeys()
	s.passkeyPolicies()
	s.entries()
	s.wrongEntries()
	s.laterEntries()
	s.standings()
	return s.made
}

// right adds a vector whose result the program computes.
func (s *shelf) right(name, comment string, input any) {
	s.t.Helper()
	area, _, _ := strings.Cut(name, "/")
	got, err := runners[area](mustJSON(s.t, input))
	if err != nil {
		s.t.Errorf("%s: %v", name, err)
		return
	}
	s.made[name+".json"] = vector{comment, input, got}
}

// wrong adds a vector that must be refused, for the fault that is written here.
func (s *shelf) wrong(name, class, comment string, input any) {
	s.made[name+"_fail.json"] = vector{comment, input, failure{class}}
}

func (s *shelf) letters() {
	texts := []struct{ name, in, comment string }{
		{"plain", "Sir,\n\nthe ship leaves.\n", "a canonical text stays as it is"},
		{"crlf", "Sir,\r\n\r\nthe ship leaves.\r\n", "MUST-3: CR LF"},
		{"cr", "Sir,\r\rthe ship leaves.\r", "MUST-3: CR alone"},
		{"line_separators", "one\u2028two\u0085three\u2029four", "MUST-3: U+2028 and U+0085 are one line end, U+2029 is two"},
		{"bom", "\ufeffSir,\n", "MUST-3: a byte order mark at the start is dropped"},
		{"nfd", "Cafe\u0301 Zu\u0308rich\n", "MUST-4: composed"},
		{"singletons", "\u2126 \u212b\n", "MUST-4: ohm sign and angstrom sign"},
		{"hangul", "\u1112\u1161\u11ab\n", "MUST-4: conjoining jamo become one syllable"},
		{"spaces", " \tone\u00a0\u00a0two \u3000 three\u2003 \n", "MUST-5: every kind of space, runs, ends of lines"},
		{"no_final_line_end", "Sir,", "MUST-6"},
		{"empty_lines", "\n\n one\n\n\n\ntwo\n \n\nthree\n\n", "MUST-6: one empty line between paragraphs, none at the ends"},
		{"address_block", "Ministry of Ports\n1 Quay Street\nHarbour\n\nSir,\n", "MUST-6: lines within a paragraph stay"},
		{"arabic", "السيد الوزير،\n\nتغادر السفينة يوم ٣ آذار.\n", "a text from right to left"},
		{"marks", "\u200fشركة \u2067Acme\u2069 می\u200cخواهم\n", "MUST-8: direction marks, closed isolates and joiners stay"},
		{"arabic_number_sign", "\u0600\u0661\u0662\n", "MUST-7: Arabic signs that print are allowed"},
		{"page_number", "Page 1 of 2\n\nSir,\n", "MUST-13: running matter is not taken out of the text"},
	}
	for _, x := range texts {
		s.right("letter/"+x.name, x.comment, letterIn("canonicalize", x.in))
	}
	for _, x := range []struct{ name, class, do, in, comment string }{
		{"empty", "empty", "canonicalize", "\n", "MUST-1: no words"},
		{"only_marks", "empty", "canonicalize", "\u200e \u200f\n", "MUST-1: direction marks are no words"},
		{"utf16", "utf-16", "canonicalize", "\xff\xfeS\x00i\x00r\x00", "MUST-2: UTF-16 with a byte order mark"},
		{"utf16_bare", "utf-16", "canonicalize", "S\x00i\x00r\x00,\x00", "MUST-2: UTF-16 without a byte order mark"},
		{"latin1", "not-utf-8", "canonicalize", "Caf\xe9\n", "MUST-2: Latin-1"},
		{"overlong", "not-utf-8", "canonicalize", "a\xc0\xafb\n", "MUST-2: an overlong slash"},
		{"surrogate", "not-utf-8", "canonicalize", "a\xed\xa0\x80b\n", "MUST-2: a surrogate"},
		{"pdf", "pdf", "canonicalize", "%PDF-1.7\n%\n", "MUST-2: a PDF file"},
		{"nul", "binary", "canonicalize", "abc\x00defg\n", "MUST-2: NUL"},
		{"escape", "control", "canonicalize", "a\x1b[31mb\n", "MUST-7: a terminal escape"},
		{"c1_control", "control", "canonicalize", "a\u009bb\n", "MUST-7: a C1 control"},
		{"form_feed", "control", "canonicalize", "a\fb\n", "MUST-7: form feed"},
		{"unassigned", "unassigned", "canonicalize", "a\u0378b\n", "MUST-7: U+0378 has no meaning"},
		{"noncharacter", "unassigned", "canonicalize", "a\ufffeb\n", "MUST-7: a noncharacter"},
		{"private_use", "private-use", "canonicalize", "a\ue000b\n", "MUST-7"},
		{"soft_hyphen", "soft-hyphen", "canonicalize", "ship\u00adyard\n", "MUST-7"},
		{"variation_selector", "variation-selector", "canonicalize", "a\ufe0fb\n", "MUST-7"},
		{"zero_width_space", "invisible", "canonicalize", "a\u200bb\n", "MUST-7: U+200B"},
		{"inner_bom", "invisible", "canonicalize", "a\ufeffb\n", "MUST-7: U+FEFF within a text"},
		{"tag_character", "invisible", "canonicalize", "a\U000e0041b\n", "MUST-7: a tag character"},
		{"hangul_filler", "invisible", "canonicalize", "a\u3164b\n", "MUST-7: a blank letter"},
		{"bidi_override", "bidi", "canonicalize", "pay \u202e001\u202c euros\n", "MUST-7: what is read is not what is stored"},
		{"bidi_embedding", "bidi", "canonicalize", "a \u202ab\u202c c\n", "MUST-7"},
		{"open_isolate", "isolate", "canonicalize", "a \u2067b\nc\n", "MUST-8: not closed on its line"},
		{"isolate_backwards", "isolate", "canonicalize", "a\u2069b\u2066c\n", "MUST-8: closed before it is opened"},
		{"stray_isolate_end", "isolate", "canonicalize", "a\u2069 b\n", "MUST-8: closed but not opened"},
		{"many_marks", "marks", "canonicalize", "a" + strings.Repeat("\u0301", 31) + "\n", "MUST-4: 31 marks in a row"},
		{"parse_many_marks", "not-canonical-text", "parse", "a" + strings.Repeat("\u0323", 32) + "\n", "MUST-4: 32 marks in a row"},
		{"parse_line_separator", "line-end", "parse", "a\u2028b\n", "MUST-3: on record only LF ends a line"},
		{"parse_paragraph_separator", "line-end", "parse", "a\u2029b\n", "MUST-3: on record only LF ends a line"},
		{"parse_crlf", "control", "parse", "a\r\n", "MUST-3: a text on record has LF alone"},
		{"parse_nfd", "not-canonical-text", "parse", "Cafe\u0301\n", "MUST-4: a text on record is composed"},
		{"parse_two_spaces", "not-canonical-text", "parse", "a  b\n", "MUST-5"},
		{"parse_no_break_space", "other-space", "parse", "a\u00a0b\n", "MUST-5"},
		{"parse_space_at_line_end", "not-canonical-text", "parse", "a \n", "MUST-5"},
		{"parse_no_final_line_end", "not-canonical-text", "parse", "a", "MUST-6"},
		{"parse_two_final_line_ends", "not-canonical-text", "parse", "a\n\n", "MUST-6"},
		{"parse_two_empty_lines", "not-canonical-text", "parse", "a\n\n\nb\n", "MUST-6"},
		{"parse_bom", "invisible", "parse", "\ufeffa\n", "MUST-3: no byte order mark on record"},
	} {
		s.wrong("letter/"+x.name, x.class, x.comment, letterIn(x.do, x.in))
	}
}

// letterIn shows words as text where a text shows them.
func letterIn(do, in string) letterInput {
	hidden := func(r rune) bool { return r != '\n' && (!unicode.IsPrint(r) || unicode.Is(unicode.M, r)) }
	if utf8.ValidString(in) && !strings.ContainsFunc(in, hidden) {
		return letterInput{Do: do, Text: in}
	}
	return letterInput{Do: do, Hex: hexBytes(in)}
}

// exampleRevision is the example of letter.md.
func exampleRevision() revisionInput {
	in := revisionInput{
		Do: "digest", Reference: "HC-2026-0012", Type: letter.TypeLetter,
		Texts: map[string]string{"en": "Sir,\n\nthe ship leaves.\n"}, Salts: map[string]hexBytes{},
	}
	for i, f := range []string{"reference", "type", "prevailing", "addressees", "distribution", "enclosures", "signature", "text/en"} {
		in.Salts[f] = bytes.Repeat([]byte{byte(i)}, 32)
	}
	return in
}

func (s *shelf) revisions() {
	in := exampleRevision()
	s.right("revision/example", "the example of letter.md", in)
	in.Texts = map[string]string{"en": in.Texts["en"], "ar": "سيدي،\n\nتغادر السفينة.\n", "zh-hant": "船開了。\n"}
	in.Salts = maps.Clone(in.Salts)
	in.Salts["text/ar"], in.Salts["text/zh-hant"] = bytes.Repeat([]byte{8}, 32), bytes.Repeat([]byte{9}, 32)
	in.Prevailing = "ar"
	s.right("revision/three_languages", "MUST-10: texts in byte order of their tags, ar before en", in)
	in = exampleRevision()
	in.Type, in.Addressees = letter.TypeNote, []string{"Ministry of Ports", "The Mayor of Harbour"}
	in.Enclosures = map[string]string{"Timetable": strings.Repeat("ab", 32), "Chart": strings.Repeat("cd", 32)}
	in.Signature = []string{"conformed", "(Signed)", "Alice Adeyemi"}
	s.right("revision/lists", "MUST-10: addressees, enclosures and a signature block as lists", in)
}

// lists are disclosure lists: all shown, parts shown, and wrong ones.
func (s *shelf) lists() {
	full, err := exampleRevision().restore()
	if err != nil {
		s.t.Fatal(err)
	}
	list := func(change func(f []disclosureJSON) []disclosureJSON) revisionInput {
		var fields []disclosureJSON
		for _, d := range full.Disclose(full.Fields()...) {
			fields = append(fields, disclosureJSON{string(d.Field), bytes.Clone(d.Hash[:]), bytes.Clone(d.Salt[:]), bytes.Clone(d.Value)})
		}
		return revisionInput{Do: "root", Fields: change(fields)}
	}
	type fs = []disclosureJSON
	s.right("revision/all_shown", "MUST-14: every field disclosed", list(func(f fs) fs { return f }))
	s.right("revision/all_hidden", "MUST-12: the leaves alone give the same digest", list(func(f fs) fs {
		for i := range f {
			f[i].Salt, f[i].Value = nil, nil
		}
		return f
	}))
	s.right("revision/part_shown", "MUST-14: reference and text disclosed, the rest hidden", list(func(f fs) fs {
		for i := 1; i < 7; i++ {
			f[i].Salt, f[i].Value = nil, nil
		}
		return f
	}))
	for _, x := range []struct {
		name, class, comment string
		change               func(f fs) fs
	}{
		{"value_changed", "value-differs", "a value that the leaf does not stand for", func(f fs) fs { f[0].Value[0] ^= 1; return f }},
		{"salt_changed", "value-differs", "a salt that the leaf does not stand for", func(f fs) fs { f[1].Salt[0] ^= 1; return f }},
		{"leaf_changed", "value-differs", "a leaf that the value does not fit", func(f fs) fs { f[1].Leaf[0] ^= 1; return f }},
		{"value_without_salt", "no-salt", "a value without its salt", func(f fs) fs { f[0].Salt = nil; return f }},
		{"text_inside", "text-inside", "a text with its value", func(f fs) fs { f[7].Value = hexBytes("Sir,\n"); return f }},
		{"order", "field-order", "type before reference", func(f fs) fs { f[0], f[1] = f[1], f[0]; return f }},
		{"missing", "field-order", "prevailing left out, a second text in its place", func(f fs) fs {
			return append(append(slices.Clone(f[:2]), f[3:]...), disclosureJSON{Field: "text/fr", Leaf: f[7].Leaf})
		}},
		{"no_text", "field-count", "no text", func(f fs) fs { return f[:7] }},
		{"text_twice", "text-order", "one language twice", func(f fs) fs { return append(f, f[7]) }},
		{"text_order", "text-order", "ar after en", func(f fs) fs { return append(f, disclosureJSON{Field: "text/ar", Leaf: f[7].Leaf}) }},
		{"unknown_field", "not-a-text", "a field that this format does not have", func(f fs) fs { return append(f, disclosureJSON{Field: "watermark", Leaf: f[7].Leaf}) }},
		{"language_in_capitals", "not-a-text", "a language tag has one form", func(f fs) fs { f[7].Field = "text/EN"; return f }},
	} {
		s.wrong("revision/"+x.name, x.class, "MUST-14: "+x.comment, list(x.change))
	}
}

func exampleOpening() openingJSON {
	return openingJSON{
		Nonce: bytes.Repeat([]byte{0x11}, 32), Register: origin, Office: "https://harbour.example", Tag: bytes.Repeat([]byte{0x22}, 32),
		Purpose: "draft", Revision: 1, Previous: make([]byte, 32),
		Digest: hexBytes(must(hexDecode("39210d731afe90a13c1835afe7f5a61752e976a4e1f42d5490d092c11bbe6d27"))),
	}
}

func hexDecode(s string) (hexBytes, error) {
	var h hexBytes
	return h, h.UnmarshalText([]byte(s))
}

// exampleChain is three revisions of one letter.
func exampleChain() []openingJSON {
	chain := []openingJSON{exampleOpening()}
	for n := byte(2); n <= 3; n++ {
		last := chain[len(chain)-1]
		c := last.opening().Commitment()
		next := exampleOpening()
		next.Nonce, next.Digest, next.Revision, next.Previous = bytes.Repeat([]byte{0x11 * n}, 32), bytes.Repeat([]byte{n}, 32), uint32(n), c[:]
		chain = append(chain, next)
	}
	return chain
}

func (s *shelf) commitments() {
	o := exampleOpening()
	s.right("commitment/example", "MUST-1: the example of commitment.md", commitmentInput{Do: "commit", Opening: &o})
	c := o.opening().Commitment()
	s.right("commitment/opens", "MUST-2", commitmentInput{Do: "open", Opening: &o, Commitment: c[:]})
	s.right("commitment/chain_of_one", "MUST-4", commitmentInput{Do: "chain", Chain: exampleChain()[:1]})
	s.right("commitment/chain_of_three", "MUST-3, MUST-4", commitmentInput{Do: "chain", Chain: exampleChain()})
	s.right("commitment/close_tag", "MUST-5", commitmentInput{Do: "close", Tag: o.Tag})
	s.right("commitment/copies_none", "MUST-6: an empty list", commitmentInput{Do: "copies", Digest: o.Digest})
	s.right("commitment/copies_two", "MUST-6: one copy leaves the house", commitmentInput{Do: "copies", Digest: o.Digest, Copies: []commitment.Copy{
		{Number: 1, Holder: "Ministry of Ports", Purpose: "clearance", Outside: true, Langs: []letter.Lang{"ar", "en"}},
		{Number: 2, Holder: "Legal", Purpose: "information", Langs: []letter.Lang{"en"}},
	}})
	for field, change := range map[string]func(o *openingJSON){
		"nonce": func(o *openingJSON) { o.Nonce = bytes.Repeat([]byte{0x12}, 32) }, "register": func(o *openingJSON) { o.Register += "x" },
		"office": func(o *openingJSON) { o.Office += "x" }, "tag": func(o *openingJSON) { o.Tag = make([]byte, 32) },
		"purpose": func(o *openingJSON) { o.Purpose = "copies" }, "revision": func(o *openingJSON) { o.Revision = 2 },
		"previous": func(o *openingJSON) { o.Previous = bytes.Repeat([]byte{1}, 32) }, "digest": func(o *openingJSON) { o.Digest = make([]byte, 32) },
		"boundary": func(o *openingJSON) { o.Register, o.Office = o.Register+"h", o.Office[1:] },
	} {
		other := exampleOpening()
		change(&other)
		s.wrong("commitment/other_"+field, "does-not-open", "MUST-1: the commitment binds every part; here another "+field, commitmentInput{Do: "open", Opening: &other, Commitment: c[:]})
	}
	for _, x := range []struct {
		name, class string
		change      func(c []openingJSON) []openingJSON
	}{
		{"empty", "no-opening", func([]openingJSON) []openingJSON { return nil }},
		{"without_first", "gap", func(c []openingJSON) []openingJSON { return c[1:] }},
		{"gap", "gap", func(c []openingJSON) []openingJSON { return []openingJSON{c[0], c[2]} }},
		{"broken", "broken-chain", func(c []openingJSON) []openingJSON { c[2].Previous = c[1].Previous; return c }},
		{"first_has_previous", "broken-chain", func(c []openingJSON) []openingJSON { c[0].Previous = c[1].Previous; return c }},
		{"other_tag", "other-letter", func(c []openingJSON) []openingJSON { c[1].Tag = make([]byte, 32); return c }},
		{"other_office", "other-letter", func(c []openingJSON) []openingJSON { c[1].Office = "https://other.example"; return c }},
		{"copies_within", "purpose", func(c []openingJSON) []openingJSON { c[1].Purpose = "copies"; return c }},
	} {
		s.wrong("commitment/chain_"+x.name, x.class, "MUST-3, MUST-4", commitmentInput{Do: "chain", Chain: x.change(exampleChain())})
	}
}

func (s *shelf) entries() {
	e, key := pageEntry(s.t)
	k := must(key.Public().MarshalCBOR())
	s.right("entry/example", "the example of entry.md", entryInput{e.Bytes(), k})
	claims := register.Claims{Issuer: "https://harbour.example", Subject: "urn:chancery:office:harbour.example", IssuedAt: begin}
	ec := newECKey("vector")
	s.right("entry/es256", "MUST-3, MUST-5: signed with P-256", entryInput{must(register.Sign(ec, claims, e.Body)).Bytes(), must(ec.Public().MarshalCBOR())})
	seen := map[register.Kind]int{}
	d := draw(s.t, everyKind)
	for _, l := range d.entries {
		kind := l.Entry.Body.Kind()
		seen[kind]++
		name := fmt.Sprintf("entry/%s", strings.ReplaceAll(string(kind), "-", "_"))
		if seen[kind] == 1 {
			s.right(name, "a "+string(kind)+" entry; its statement is what officers signed", entryInput{Entry: l.Entry.Bytes()})
		}
	}
	cited := draw(s.t, embargoChain)
	s.right("entry/issue_at_the_hour", "MUST-29: an issue that cites its embargo", entryInput{Entry: cited.entries[len(cited.entries)-1].Entry.Bytes()})
	for name, b := range bentEmbargoes(s.t) {
		raw := cited.unsound(b)
		s.wrong("entry/issue_"+name, "embargo", "MUST-29: the embargo that an issue cites is to this very issue", entryInput{Entry: raw})
	}
	archived := draw(s.t, "C1 -> I(C1 written 1962-10)")
	s.right("entry/issue_recorded_later", "MUST-37: an issue that says when the letter was written", entryInput{Entry: archived.entries[len(archived.entries)-1].Entry.Bytes()})
	for name, b := range bentDays(s.t) {
		s.wrong("entry/issue_written_"+name, "written", "MUST-37: a year, a month or a day, and no embargo", entryInput{Entry: archived.unsound(b)})
	}
	s.wrong("entry/other_key", "key-id", "MUST-7: the key that is given did not sign it", entryInput{e.Bytes(), must(newEdKey("x").Public().MarshalCBOR())})
	flipped := e.Bytes()
	flipped[len(flipped)-1] ^= 1
	s.wrong("entry/signature_changed", "signature", "MUST-7", entryInput{flipped, k})
	moved := take(s.t, e)
	moved.payload[len(moved.payload)-1] ^= 1
	s.wrong("entry/payload_changed", "signature", "MUST-7: the commitment changed after the signature", entryInput{moved.bytes(), k})
	later := take(s.t, e)
	later.protected = bytes.Replace(later.protected, []byte("\x69\xa5\x51\x90"), []byte("\x69\xa5\x51\x91"), 1)
	s.wrong("entry/time_changed", "signature", "MUST-7: the time changed after the signature", entryInput{later.bytes(), k})
}

// wrongEntryClasses are the faults of wrongForms.
var wrongEntryClasses = map[string]string{
	"MUST-1 no tag": "tag", "MUST-1 another tag": "tag", "MUST-1 tag in two bytes": "tag",
	"MUST-1 trailing byte": "cbor", "MUST-1 five members": "cbor",
	"MUST-1 unprotected header not empty": "cbor", "MUST-1 unprotected header null": "not-deterministic",
	"MUST-1 short signature": "signature-size", "MUST-1 long signature": "signature-size",
	"MUST-2 array of indefinite length": "cbor", "MUST-2 length of the signature": "not-deterministic",
	"MUST-2 algorithm as a long integer": "not-deterministic", "MUST-2 keys of the header unsorted": "not-deterministic",
	"MUST-2 key of the payload as long int": "not-deterministic", "MUST-2 keys of the payload unsorted": "not-deterministic",
	"MUST-2 a key twice":               "cbor",
	"MUST-3 unknown key in the header": "cbor", "MUST-3 another content type": "content-type",
	"MUST-3 another algorithm": "algorithm", "MUST-3 no issued-at": "not-deterministic",
	"MUST-4 unknown kind": "kind", "MUST-4 another kind's payload": "cbor", "MUST-4 unknown key in the payload": "cbor",
	"MUST-4 payload of another type": "cbor", "MUST-4 no payload": "cbor",
	"MUST-6 issuer without https": "issuer", "MUST-6 issuer with a capital": "issuer", "MUST-6 a commit about a letter": "subject",
	"MUST-6 dated 1970": "time", "MUST-6 dated after the year 9999": "time",
	"MUST-20 sequence zero": "body", "MUST-20 sequence of seven bytes": "not-deterministic",
}

var notInNames = regexp.MustCompile(`[^a-z0-9]+`)

func (s *shelf) wrongEntries() {
	e, _ := pageEntry(s.t)
	for name, raw := range wrongForms(take(s.t, e)) {
		class, ok := wrongEntryClasses[name]
		if !ok {
			if len(raw) < register.MaxEntry { // the one that is too large is no file
				s.t.Errorf("no class for %q", name)
			}
			continue
		}
		_, short, _ := strings.Cut(name, " ")
		s.wrong("entry/"+strings.Trim(notInNames.ReplaceAllString(strings.ToLower(short), "_"), "_"), class, name, entryInput{Entry: raw})
	}
}

func (s *shelf) standings() {
	for _, x := range []struct {
		name, chain, label string
		at                 int
		want               standingExpect
	}{
		{"issued", "C1 -> I(C1)", "C1", 90, stand("in_force")},
		{"sealed", "C1", "C1", 90, stand()},
		{"opened", "C1 -> C2 -> O(C2)", "C2", 90, stand("draft_open")},
		{"opened_and_closed", "C1 -> O(C1) -> X(a)", "C1", 90, stand("draft_closed")},
		{"opened_then_issued", "C1 -> O(C1) -> I(C1)", "C1", 90, stand("in_force")},
		{"draft_replaced", "C1 -> O(C1) -> C2 -> I(C2)", "C1", 90, stand("draft_replaced")},
		{"issued_then_opened", "C1 -> I(C1) -> O(C1)", "C1", 90, stand("conflict")},
		{"issued_after_closing", "C1 -> X(a sealed) -> I(C1)", "C1", 90, stand("conflict")},
		{"issued_twice", "C1 -> C2 -> I(C1) -> I(C2)", "C1", 90, stand("conflict")},
		{"relabelled", "C1 -> I(C1) -> Cb1=1 -> O(Cb1)", "C1", 90, stand("conflict", "in_force")},
		{"own_disavowal", "C1 -> I(C1) -> D(C1)", "C1", 90, stand("conflict", "conflict")},
		{"other_disavowal", "C1 -> I(C1) -> D@other(C1)", "C1", 90, stand("disavowed", "in_force")},
		{"withdrawn", "C1 -> I(C1) -> W(a)", "C1", 90, stand("withdrawn")},
		{"superseded", "C1 -> I(C1) -> Cb1 -> I(Cb1 supersedes a) -> W(b)", "C1", 90, stand("superseded")},
		{"recorded_later", "C1 -> I(C1 written 1962)", "C1", 90, stand("in_force")},
		{"recorded_later_tomorrow", "C1 -> I(C1 written 2026-03-03)", "C1", 90, stand("in_force")},
		{"recorded_before_written_fail", "C1 -> I(C1 written 2026-03-04)", "C1", 90, ignored(6)},
		{"embargoed", "C1 -> I(C1 from 60)", "C1", 59, stand("embargoed")},
		{"embargo_over", "C1 -> I(C1 from 60)", "C1", 60, stand("in_force")},
		{"under_embargo", "C1 -> E(C1 from 60)", "C1", 90, stand()},
		{"embargo_cited", "C1 -> E(C1 from 60) -> P(noissue) -> I(C1 held at 60)", "C1", 60, stand("in_force")},
		{"embargo_cited_early", "C1 -> E(C1 from 60) -> I(C1 held at 60)", "C1", 59, stand("embargoed")},
		{"embargo_recalled", "C1 -> E(C1 from 60) -> X(a sealed) -> I(C1 held at 60)", "C1", 90, stand("conflict")},
		{"embargo_broken_fail", "C1 -> E(C1 from 60) -> I(C1 held at 59)", "C1", 90, ignored(7)},
		{"embargo_other_policy_fail", "C1 -> P(k1) -> E(C1 from 60 policy 2) -> I(C1 held at 60)", "C1", 90, ignored(8)},
		{"expired", "C1 -> I(C1 until 60)", "C1", 60, stand("expired")},
		{"dated_back", "C1 -> I(C1 late)", "C1", 90, standingExpect{Standings: stand("in_force").Standings, Flagged: []register.Index{6}}},
		{"sequence_gap", "C1(gap) -> I(C1)", "C1", 90, standingExpect{Standings: stand("in_force").Standings, Flagged: []register.Index{5}}},
		{"one_approver_fail", "C1 -> I(C1 by alice)", "C1", 90, ignored(6)},
		{"one_person_twice_fail", "C1 -> I(C1 by alice,alice-2)", "C1", 90, ignored(6)},
		{"wrong_role_fail", "C1 -> I(C1 by alice,dora)", "C1", 90, ignored(6)},
		{"wrong_policy_fail", "C1 -> I(C1 policy 4)", "C1", 90, ignored(6)},
		{"other_statement_fail", "C1 -> I(C1 swapped)", "C1", 90, ignored(6)},
		{"other_key_fail", "C1 -> I(C1 key other)", "C1", 90, ignored(6)},
		{"armored_fail", "C1 -> I(C1 armored)", "C1", 90, ignored(6)},
		{"replayed_fail", "C1 -> I(C1) -> again(2)", "C1", 90, ignored(7, "in_force")},
		{"signed_anew_fail", "C1 -> I(C1) -> resign(2)", "C1", 90, ignored(7, "in_force")},
		{"corrected", "C1 -> I(C1) -> C2 -> Fix(C2)", "C2", 90, stand("in_force")},
		{"superseded_by_corrigendum", "C1 -> I(C1) -> C2 -> Fix(C2)", "C1", 90, standingExpect{Standings: stand("superseded").Standings, CorrectedBy: 8}},
		{"corrected_back", "C1 -> I(C1) -> C2 -> Fix(C2) -> C3=1 -> Fix(C3)", "C1", 90, stand("in_force")},
		{"corrected_words_unchanged", "C1 -> I(C1) -> C2=1 -> Fix(C2)", "C1", 90, stand("in_force")},
		{"corrected_then_withdrawn", "C1 -> I(C1) -> C2 -> Fix(C2) -> W(a)", "C1", 90, standingExpect{Standings: stand("withdrawn").Standings, CorrectedBy: 8}},
		{"corrected_words_opened", "C1 -> I(C1) -> C2 -> Fix(C2) -> O(C2)", "C2", 90, stand("conflict")},
		{"draft_corrected_fail", "C1 -> O(C1) -> C2 -> Fix(C2)", "C1", 90, ignored(8, "draft_open")},
		{"withdrawn_corrected_fail", "C1 -> I(C1) -> W(a) -> C2 -> Fix(C2)", "C1", 90, ignored(9, "withdrawn")},
		{"older_revision_corrects_fail", "C1 -> C2 -> C3 -> I(C3) -> Fix(C2)", "C3", 90, ignored(9, "in_force")},
		{"corrected_by_one_fail", "C1 -> I(C1) -> C2 -> Fix(C2 by alice)", "C2", 90, ignored(8)},
		{"emergency", "P(urgent) -> C1 -> I(C1) -> W(a emergency)", "C1", 90, standingExpect{Standings: stand("withdrawn").Standings, RatifyBy: register.StampOf(minute(68))}},
		{"emergency_ratified", "P(urgent) -> C1 -> I(C1) -> W(a emergency) -> Ratify(4)", "C1", 90, standingExpect{Standings: stand("withdrawn").Standings, RatifyBy: register.StampOf(minute(68)), RatifiedBy: 9}},
		{"emergency_not_allowed_fail", "C1 -> I(C1) -> W(a emergency)", "C1", 90, ignored(7, "in_force")},
		{"ratified_by_one_fail", "P(urgent) -> C1 -> I(C1) -> W(a emergency) -> Ratify(4 by alice)", "C1", 90, standingExpect{Standings: stand("withdrawn").Standings, Ignored: []register.Index{9}, RatifyBy: register.StampOf(minute(68))}},
		{"ratified_without_emergency_fail", "C1 -> I(C1) -> W(a) -> Ratify(3)", "C1", 90, ignored(8, "withdrawn")},
		{"new_key", "C1 -> Key(new) -> I(C1 key new)", "C1", 90, stand("in_force")},
		{"key_rotated", "C1 -> Key(new) -> Revoke(hc after 2 key new) -> I(C1 key new)", "C1", 90, stand("in_force")},
		{"old_key_after_rotation_fail", "C1 -> Key(new) -> Revoke(hc after 2 key new) -> I(C1)", "C1", 90, ignored(8)},
		{"key_revoked_later", "C1 -> Key(new) -> I(C1) -> Revoke(hc after 2 key new)", "C1", 90, standingExpect{Standings: stand("in_force").Standings, LaterRevoked: []register.Index{7}}},
		{"seal_with_key_revoked_later", "C1 -> Key(new) -> C2 -> Revoke(hc after 2 key new) -> I(C2 key new)", "C2", 90, standingExpect{Standings: stand("in_force").Standings, Flagged: []register.Index{7}, LaterRevoked: []register.Index{7}}},
		{"thiefs_key_fail", "C1 -> Key(thief) -> Revoke(hc after 1 operator) -> I(C1 key thief)", "C1", 90, ignored(8)},
		{"key_from_operator_again", "C1 -> Revoke(hc after 1 operator) -> Key(new operator) -> I(C1 key new)", "C1", 90, stand("in_force")},
		{"key_from_operator_too_early_fail", "C1 -> I(C1) -> Key(new operator)", "C1", 90, ignored(7, "in_force")},
		{"revoked_by_itself_fail", "C1 -> I(C1) -> Revoke(hc after 1)", "C1", 90, ignored(7, "in_force")},
		{"revoked_without_officers_fail", "C1 -> I(C1) -> Revoke(hc after 1 operator bare)", "C1", 90, ignored(7, "in_force")},
		{"receipt_key", "C1 -> Role(receipt r operator) -> I(C1)", "C1", 90, stand("in_force")},
		{"receipt_key_of_an_office_fail", "C1 -> I(C1) -> Role(receipt r)", "C1", 90, ignored(7, "in_force")},
		{"receipt_key_signs_entry_fail", "C1 -> Role(receipt r operator) -> I(C1 key r)", "C1", 90, ignored(7)},
		{"index_head", "C1 -> Head -> I(C1)", "C1", 90, stand("in_force")},
		{"index_head_of_another_size_fail", "C1 -> I(C1) -> Head(wrong)", "C1", 90, ignored(7, "in_force")},
	} {
		d := draw(s.t, x.chain)
		text := d.pages[x.label].text
		in := standingInput{Chain: x.chain, Text: text.Text.String(), Language: string(text.Lang), At: minute(x.at).Unix()}
		for _, l := range d.entries {
			in.Entries = append(in.Entries, l.Entry.Bytes())
		}
		s.made["standing/"+x.name+".json"] = vector{x.chain + ", asked about the words of " + x.label, in, x.want}
	}
}

func stand(names ...register.Standing) standingExpect {
	return standingExpect{Standings: append([]register.Standing{}, names...)}
}

func ignored(i register.Index, names ...register.Standing) standingExpect {
	out := stand(names...)
	out.Ignored = []register.Index{i}
	return out
}
