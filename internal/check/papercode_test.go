package check

import (
	"context"
	"image"
	"strings"
	"testing"

	"chancery.example/commitment"
	"chancery.example/internal/papercode"
	"chancery.example/internal/photo"
	"chancery.example/letter"
	"chancery.example/register"
)

// coded is seeing with codes beside the words; without words the picture could
// not be read.
func coded(text string, codes ...string) Exhibit {
	return pictured(func(ctx context.Context, data []byte) (photo.Reading, error) {
		var r photo.Reading
		var err error = &photo.Error{Problem: photo.NoReader, Advice: "no reader of pictures is installed"}
		if text != "" {
			r, err = seeing(text, nil)(ctx, data)
		}
		for _, c := range codes {
			r.Codes = append(r.Codes, photo.Code{Text: c, Box: image.Rect(10, 10, 90, 90)})
		}
		return r, err
	})
}

// codeOf is the code that is printed on copies of a letter of the port's.
func codeOf(t *testing.T, l *townLetter, ref letter.Ref) string {
	t.Helper()
	return papercode.Of("port.example", "port", l.links[0].Opening, ref).String()
}

// A code is a search hint (papercode.md MUST-8): a genuine one on a forged page
// changes nothing of what is said of the words (product scenario 25, attack A1),
// and none makes anything green.
func TestCodesAnswerForNoWords(t *testing.T) {
	w, _ := village(t)
	words := "The port closes its eastern gate on 3 May 2026 at noon. Ships that are under way may still enter until midnight of that day."
	l := w.seal("port", "PO-7", map[string]string{"en": words}, w.end())
	w.issue(l, w.end(), nil)
	s, at := w.snapshot(w.end()), w.end()
	code := codeOf(t, l, "PO-7")
	forged := strings.Replace(words, "3 May", "13 May", 1)
	unknown := "Grain prices rose again this week in the western markets, traders say, and nobody expects them to fall before the winter."
	for name, c := range map[string]struct {
		e    Exhibit
		bare Exhibit
		says string
	}{
		"right words":   {coded(words, code), coded(words), "claims to be revision 1 of PO-7"},
		"forged words":  {coded(forged, code), coded(forged), "claims to be revision 1 of PO-7"},
		"unknown words": {coded(unknown, code), coded(unknown), "compare them"},
		"made-up code":  {coded(words, strings.Replace(code, code[len(code)-21:len(code)-5], strings.Repeat("0", 16), 1)), coded(words), "made it up"},
		"look-alike":    {coded(words, strings.Replace(code, "port.example", "p0rt.example", 1)), coded(words), "https://port.example"},
		"other letter":  {coded(unknown, strings.Replace(code, "PO-7", "PO-8", 1)), coded(unknown), "No letter of that reference"},
	} {
		t.Run(name, func(t *testing.T) {
			got, bare := examine(t, s, c.e, at), examine(t, s, c.bare, at)
			if got.Headline.Code != bare.Headline.Code || got.Exit() != bare.Exit() || got.Verdict.Intent != bare.Verdict.Intent || len(got.Differences) != len(bare.Differences) {
				t.Errorf("with the code %s (%d), without %s (%d)", got.Headline.Code, got.Exit(), bare.Headline.Code, bare.Exit())
			}
			if len(got.Codes) != 1 || !strings.Contains(got.Codes[0].Says.EN, c.says) || got.Codes[0].Says.AR == "" {
				t.Errorf("the code says %+v: want %q", got.Codes, c.says)
			}
			if k := map[bool]ChipKind{true: ChipForeignCode, false: ChipPaperCode}[name == "look-alike" || name == "made-up code"]; !hasChip(got, k) {
				t.Errorf("no chip %s: %v", k, got.Evidence)
			}
		})
	}
	if f := examine(t, s, coded(forged, code), at); f.Exit() != ExitAltered || len(f.Differences) == 0 {
		t.Errorf("a genuine code on a forged page: %s, %d differences", f.Headline.Code, len(f.Differences))
	}
	// Without words the code says where to look, and nothing else.
	f := examine(t, s, coded("", code), at)
	if f.Exit() != ExitUnreadable || f.Verdict.Intent == IntentInForce || f.Record != nil || !strings.Contains(f.Details.EN, "PO-7") || !strings.Contains(f.Details.AR, "PO-7") {
		t.Errorf("a code alone: %s, exit %d: %s", f.Headline.Code, f.Exit(), f.Details.EN)
	}
	// Several codes are several.
	f = examine(t, s, coded(words, code, strings.Replace(code, "port.example", "port.example.evil.test", 1)), at)
	if len(f.Codes) != 2 || f.Codes[1].Verdict != papercode.Foreign || !strings.Contains(f.Evidence[len(f.Evidence)-1].Text.EN+f.Evidence[len(f.Evidence)-2].Text.EN+f.Evidence[len(f.Evidence)-3].Text.EN, "several codes") {
		t.Errorf("two codes: %+v", f.Codes)
	}
	if f := examine(t, s, coded(words, "tel:+123"), at); len(f.Codes) != 0 {
		t.Errorf("a telephone number: %+v", f.Codes)
	}
}

// A genuine code of a letter that was replaced says so.
func TestCodeOfSuperseded(t *testing.T) {
	w, _ := village(t)
	old := w.seal("port", "PO-7", map[string]string{"en": "The eastern gate of the port is closed from noon of 3 May 2026 on, and nobody may enter it."}, w.end())
	w.issue(old, w.end(), nil)
	fresh := w.seal("port", "PO-8", map[string]string{"en": "The eastern gate of the port is open again, and all the ships that wait for it may enter now."}, w.end())
	w.issue(fresh, w.end(), nil, "PO-7")
	s, at := w.snapshot(w.end()), w.end()
	f := examine(t, s, coded("", codeOf(t, old, "PO-7")), at)
	if !strings.Contains(f.Codes[0].Says.EN, "replaced") {
		t.Errorf("it says: %s", f.Codes[0].Says.EN)
	}
}

// A draft-opening code shows that a draft is on record, also when nothing of it is
// public; whose the words are it shows only with words to the byte
// (papercode.md MUST-12, MUST-13).
func TestDraftOpeningCodes(t *testing.T) {
	w, _ := village(t)
	const words = "This draft tells of the sale of the lighthouse to a travelling circus, before the summer is over."
	sealed := w.seal("port", "PO-7", map[string]string{"en": words}, w.end())
	held := register.HeldDraft{
		Link:   sealed.links[0],
		Fields: sealed.seals[0].Disclose(letter.FieldReference, letter.FieldType, letter.TextField("en")),
	}
	code, err := papercode.WriteOpening(held)
	if err != nil {
		t.Fatal(err)
	}
	s, at := w.snapshot(w.end()), w.end()
	for _, text := range []string{words, ""} {
		f := examine(t, s, coded(text, code), at)
		c := f.Codes[0]
		if !c.Opens || c.Reference != "PO-7" || c.Revision != 1 || c.Public || f.Verdict.Intent == IntentInForce || f.Exit() == ExitDraft {
			t.Errorf("%q: %s, %+v", text, f.Headline.Code, c)
		}
		d := c.Draft
		if d == nil || d.Standing != register.DraftOpened || d.Entry != held.Link.Index || !strings.Contains(c.Says.EN, "revision 1 of PO-7") {
			t.Fatalf("it says: %s: %+v", c.Says.EN, d)
		}
		for _, w := range []struct{ got, want string }{
			{d.Headline.EN, "The code on this paper opens a draft that was not issued"}, {d.Headline.AR, "مسودة لم تصدر"},
			{d.Details.EN, "no issue entry as of"}, {d.Details.EN, "revision 1 of PO-7"}, {d.Details.AR, "PO-7"},
			{d.NotMean.EN, "does not mean that the words on this paper are those of that draft"}, {d.NotMean.AR, "لا يعني"},
		} {
			if !strings.Contains(w.got, w.want) || strings.Contains(w.got, "{") {
				t.Errorf("it says %q: want %q", w.got, w.want)
			}
		}
	}
	forged := []byte(code)
	forged[40] ^= 'A' ^ 'B'
	if f := examine(t, s, coded("", string(forged)), at); f.Codes[0].Opens || f.Codes[0].Reference != "" {
		t.Errorf("a forged code: %+v", f.Codes[0])
	}
	copied := "Draft, revision 1 - copy 2 of 3 for Pilots, clearance - not issued\n\n" + words + "\n\nPage 1 of 1\n"
	for text, want := range map[string]bool{words: true, copied: true, strings.Replace(words, "circus", "zoo", 1): false} {
		mine := w.snapshot(w.end())
		if ok, err := mine.HoldCode(code, []byte(text)); err != nil || ok != want {
			t.Errorf("%q: %v, %v", text, ok, err)
			continue
		}
		f := examine(t, mine, Exhibit{Data: []byte(text)}, at)
		if draft := f.Exit() == ExitDraft; draft != want {
			t.Errorf("%q: %s", text, f.Headline.Code)
		}
	}
	if _, err := w.snapshot(w.end()).HoldCode(string(forged), []byte(words)); err == nil {
		t.Error("a forged code was taken")
	}
}

// TestWhatACodeOpensFurther: what a code opens follows the log: a draft that was
// closed, one whose letter was issued in other words, and one that was issued as it
// is, of which the code says nothing: its words answer.
func TestWhatACodeOpensFurther(t *testing.T) {
	w, _ := village(t)
	text := func(s string) map[string]string { return map[string]string{"en": s} }
	l := w.seal("port", "PO-7", text("The lighthouse is sold to a travelling circus before the summer is over."), w.end())
	code := func(i int) string {
		t.Helper()
		c, err := papercode.WriteOpening(register.HeldDraft{
			Link: l.links[i], Fields: l.seals[i].Disclose(letter.FieldReference, letter.FieldType, letter.TextField("en")),
		})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	first := code(0)
	w.seal("port", "PO-7", text("The lighthouse is sold to nobody, and stays with the port for good."), w.end())
	second := code(1)
	if d := examine(t, w.snapshot(w.end()), coded("", second), w.end()).Codes[0].Draft; d == nil || !strings.Contains(d.Details.EN, "revision 2 of PO-7") {
		t.Errorf("the second revision: %+v", d)
	}
	w.issue(l, w.end(), nil)
	s := w.snapshot(w.end())
	if d := examine(t, s, coded("", first), w.end()).Codes[0].Draft; d == nil || d.Standing != register.DraftReplaced || !strings.Contains(d.Headline.EN, "issued in other words") {
		t.Errorf("the first revision, after the second was issued: %+v", d)
	}
	f := examine(t, s, coded("", second), w.end())
	if c := f.Codes[0]; c.Draft != nil || !c.Opens || !strings.Contains(f.Details.EN, "PO-7") || f.Verdict.Intent == IntentInForce {
		t.Errorf("the issued revision: %+v: %s", c, f.Details.EN)
	}
	l = w.seal("port", "PO-8", text("The pilots' tower is sold to the same circus, for half of the price."), w.end())
	closed := code(0)
	w.act(l.office, register.OfficeSubject(l.office.uri), w.end(), func(a register.Approvals) register.Body {
		return register.DraftClose{Tag: commitment.CloseTag(l.tag), Approvals: a}
	})
	if d := examine(t, w.snapshot(w.end()), coded("", closed), w.end()).Codes[0].Draft; d == nil || d.Standing != register.DraftClosed || !strings.Contains(d.Headline.EN, "closed without being issued") {
		t.Errorf("a closed draft: %+v", d)
	}
}
