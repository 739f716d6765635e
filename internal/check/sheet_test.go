package check

import (
	"fmt"
	"strings"
	"testing"
)

// row is a quotation of a sheet in one line.
func row(q Quotation) string {
	s := fmt.Sprintf("%s %s", q.Anchor, q.Match)
	if q.Record != nil {
		s += " " + string(q.Record.Reference)
	}
	if q.Note != "" {
		s += " (" + string(q.Note) + ")"
	}
	for _, d := range q.Differences {
		s += fmt.Sprintf(" {%s|%s}", d.Copy, d.Record)
	}
	for _, p := range q.Parts {
		s += " " + p.Anchor
	}
	for _, e := range q.Edits {
		s += fmt.Sprintf(" <%s=%s", e.Text, e.Record)
		if e.Critical {
			s += " !"
		}
		if e.Long {
			s += " long"
		}
		s += ">"
	}
	return s
}

// report.md MUST-7 to MUST-9. What a report itself marks in a quotation is shown and is no alteration; what
// it changes without marking is one; and no mark hides a change of sense.
func TestSheetOfEditedQuotations(t *testing.T) {
	_, w := embedded(t)
	s := w.snapshot(w.end())
	const lock, dredging, tariff = "HC-2026-0009", "HC-2026-0005", "HC-2026-0007"
	for _, c := range []struct{ text, want string }{
		// Split by the words that name the speaker.
		{`"Vessels that wait for the lock," Castellane said, "make fast at the eastern quay and keep a watch on channel 16."`, "q1 part REF:lock q1-1 q1-2"},
		{`"Boats drawing more," Castellane said, "than three metres."`, "q1 part REF:dredging q1-1 q1-2"},
		{`"Boats drawing more," Castellane said, "than five metres must use the western approach."`, "q1 altered REF:dredging {five|three} q1-1 q1-2"},
		{"“Dredging of the inner channel begins on 9 February and lasts six weeks.\n\n“Boats drawing more than three metres must use the western approach”, it says.", "q1 part REF:dredging q1-1 q1-2"},
		// Two quotations that do not follow each other stay two.
		{`"Dredging of the inner channel begins on 9 February," Castellane said. "The Commission pays 120 marks for each lost day."`, "q1 part REF:dredging; q2 part REF:dredging"},
		// Ellipses.
		{`The circular says "Boats drawing more than three metres … the western approach".`, "q1 part REF:dredging <…=must use !>"},
		{`The circular says "Dredging of the inner channel [...] lasts six weeks".`, "q1 part REF:dredging <[...]=begins on 9 February and !>"},
		{`The circular says "Vessels that wait for the lock make fast ... and keep a watch on channel 16".`, "q1 part REF:lock <...=at the eastern quay>"},
		{`The circular says "Dredging of the inner channel begins … The Commission pays 120 marks for each lost day".`,
			"q1 part REF:dredging <…=on 9 February and lasts six weeks. Boats drawing more than three metres must use the western approach until it is done ! long>"},
		{`It says "closes at 21:00 on every working day, and it will … open on Fridays".`, "q1 part REF:lock <…=not !>"},
		// Editor's brackets.
		{`It says "[B]oats drawing more than three metres must use the western approach [of the harbour]".`, "q1 part REF:dredging <[B]oats=> <[of the harbour]=until it is !>"},
		{`It says "it [the lock] will not open on Fridays [sic]" and nothing else.`, "q1 part REF:lock <[the lock]=> <[sic]=>"},
		{`It says "the South Lock opens at 06:00 and closes at [23:00] on every working day".`, "q1 part REF:lock <[23:00]=21:00 !>"},
		{`It says "on every working day, and it will [surely] open on Fridays".`, "q1 part REF:lock <[surely]=not !>"},
		{`It says "on every working day, and it will [open on Fridays]".`, "q1 part REF:lock <[open on Fridays]=not !>"},
		{`It says "Dredging of the inner channel begin[s] on 9 February and last[ed] six weeks".`, "q1 part REF:dredging <begin[s]=> <last[ed]=lasts>"},
		{`It says "Boats drawing more than three metres must [not] use the western approach".`, "q1 part REF:dredging <[not]= !>"},
		// Spinning and paraphrase.
		{`It says "Boats drawing over three metres must take the western approach until it is done".`, "q1 altered REF:dredging {over|more than} {take|use}"},
		{`It says "DREDGING OF THE INNER CHANNEL BEGINS ON 9 FEBRUARY".`, "q1 part REF:dredging"},
		{`It says "Dredging Of The Inner Channel Begins On 8 February And Lasts Six Weeks".`, "q1 altered REF:dredging {8|9}"},
		{`It says â€œDredging of the inner channel begins on 9 Februaryâ€ and more.`, "q1 part REF:dredging"},
		// Layout.
		{"The circular says:\n\n> Dredging of the inner channel begins\n> on 9 February and lasts six weeks.\n\nNobody is pleased.", "q1 part REF:dredging"},
		{"The circular says:\n\n    Dredging of the inner channel begins\n    on 9 February and lasts seven weeks.\n\nNobody is pleased.", "q1 altered REF:dredging {seven|six}"},
		// Arabic.
		{`وقالت كاستيلان إن «رسم الإرشاد الليلي ٨٤٠ ماركاً [...] تصل حمولتها إلى ٥٠٠٠ طن».`, "q1 part REF:tariff <[...]=عن كل سفينة>"},
		{`«اعتباراً من ١ نيسان ٢٠٢٦»، قالت كاستيلان، «يكون رسم الإرشاد الليلي ٨٥٠ ماركاً عن كل سفينة».`, "q1 altered REF:tariff {٨٥٠|٨٤٠} q1-1 q1-2"},
	} {
		f := examine(t, s, Exhibit{Data: []byte(c.text), As: KindReport}, w.end())
		var got []string
		for _, q := range f.Quotations {
			got = append(got, row(q))
			checkPlaces(t, f, q)
		}
		want := strings.NewReplacer("REF:lock", lock, "REF:dredging", dredging, "REF:tariff", tariff).Replace(c.want)
		if g := strings.Join(got, "; "); g != want {
			t.Errorf("%s\n got %s\nwant %s", c.text, g, want)
		}
	}
}

// checkPlaces (report.md MUST-10) holds offsets and lengths to the words they name.
func checkPlaces(t *testing.T, f Finding, q Quotation) {
	t.Helper()
	text := []rune(f.Text)
	at := func(offset, length int) string { return string(text[offset : offset+length]) }
	if len(q.Parts) == 0 && at(q.Offset, q.Length) != q.Quotation {
		t.Errorf("%s stands at %q", q.Quotation, at(q.Offset, q.Length))
	}
	for _, p := range q.Parts {
		if at(p.Offset, p.Length) != p.Quotation {
			t.Errorf("part %s stands at %q", p.Quotation, at(p.Offset, p.Length))
		}
	}
	for _, e := range q.Edits {
		if at(e.Offset, e.Length) != e.Text {
			t.Errorf("edit %s stands at %q", e.Text, at(e.Offset, e.Length))
		}
	}
	for _, d := range q.Differences {
		if d.Copy != "" && !strings.HasPrefix(string(text[d.Offset:]), strings.Fields(d.Copy)[0]) {
			t.Errorf("difference %q stands at %q", d.Copy, string(text[d.Offset:]))
		}
	}
}

// A paraphrase is no quotation, and no difference is listed for it.
func TestSheetOfAParaphrase(t *testing.T) {
	_, w := embedded(t)
	f := examine(t, w.snapshot(w.end()), Exhibit{As: KindReport, Data: []byte(
		`The harbour says "the channel will be deepened, and boats drawing more than three metres must use the western approach while the work of the dredgers goes on all through the spring and the summer".`)}, w.end())
	q := f.Quotations[0]
	if q.Match != Resembles || len(q.Differences) > 0 || !strings.Contains(q.Closest, "Boats drawing more than three metres must use the western approach") {
		t.Errorf("%s; closest %q", row(q), q.Closest)
	}
}

// Without a register a report's own word joins what it splits.
func TestSheetWithoutARegister(t *testing.T) {
	s, err := NewSnapshot(nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	f := examine(t, s, Exhibit{As: KindReport, Data: []byte(`"We will go," the minister Salma Orabi said, "in the [early] spring."`)}, epoch)
	if len(f.Quotations) != 1 || f.Quotations[0].Quotation != "We will go in the [early] spring." || f.Quotations[0].Speaker != "Salma Orabi" || len(f.Quotations[0].Edits) != 1 {
		t.Errorf("%+v", f.Quotations)
	}
}
