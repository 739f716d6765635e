package plain

import (
	"fmt"
	"strings"

	"chancery.example/internal/check"
	"chancery.example/internal/facing"
)

// mostDifferences is how many differences are listed, and mostWords how many
// words of a side are written out.
const (
	mostDifferences = 40
	mostWords       = 40
)

// sorted writes the differences that are certain, then what somebody should look
// at.
func (w Writer) sorted(ds []check.Difference) {
	var certain, look []check.Difference
	for _, d := range ds {
		if d.Check {
			look = append(look, d)
		} else {
			certain = append(certain, d)
		}
	}
	for _, x := range []struct {
		label string
		ds    []check.Difference
	}{{"diff", certain}, {"look", look}} {
		if len(x.ds) > 0 {
			w.say("\n%s:", w.label(x.label))
			w.differences(x.ds, w.label("your_copy"), w.label("on_record"), "  ")
		}
	}
}

func (w Writer) differences(ds []check.Difference, here, there, indent string) {
	for i, d := range ds {
		if i == mostDifferences {
			w.say("%s... %d %s", indent, len(ds)-i, w.label("more"))
			return
		}
		mark := " "
		switch {
		case d.Critical:
			mark = "!"
		case d.Check:
			mark = "?"
		}
		if d.Kind == check.Moved {
			w.say("%s%s %s: %s%s", indent, mark, w.label("moved"), w.side(d.Copy), w.inPicture(d))
			continue
		}
		if d.Untold() {
			w.say("%s%s %s: %s%s", indent, mark, w.label("untold"), w.side(d.Record), w.inPicture(d))
			continue
		}
		copied := w.side(d.Copy)
		if d.Check && d.Unread {
			copied = w.label("unread")
		}
		w.say("%s%s %s: %s | %s: %s%s", indent, mark, here, copied, there, w.side(d.Record), w.inPicture(d))
	}
}

// inPicture says where in a picture a difference stands.
func (w Writer) inPicture(d check.Difference) string {
	if d.Line == 0 {
		return ""
	}
	return w.label("comma") + fmt.Sprintf("%s %d", w.label("line"), d.Line)
}

func (w Writer) side(s string) string {
	fields := strings.Fields(s)
	switch n := len(fields); {
	case n == 0:
		return w.label("nothing")
	case n > mostWords:
		return "\"" + Safe(excerpt(s)) + "\" (" + fmt.Sprintf(w.label("words"), n) + ")"
	}
	return "\"" + Safe(strings.Join(fields, " ")) + "\""
}

// sentences writes the sentences of record that a copy cuts short, with the words
// that it has in braces. What says no more than the copy is left out.
func (w Writer) sentences(all []check.Sentence, indent string) {
	for _, s := range all {
		if !s.Cut() {
			continue
		}
		w.say("%s%s:", indent, w.label("sentence"))
		var b strings.Builder
		for _, p := range s.Pieces {
			from, to := p.Core()
			if p.Mark != facing.Agrees || to == 0 {
				b.WriteString(p.Text)
				continue
			}
			b.WriteString(p.Text[:from] + "{" + p.Text[from:to] + "}" + p.Text[to:])
		}
		w.words(b.String(), indent+"  ")
	}
}

// other names a further record, and what of the copy stands there alone.
func (w Writer) other(o check.Other) {
	w.words(w.label("also")+": "+w.record(o.Record)+": "+Standing(o.Standing), "")
	if o.Passage != "" {
		w.words(w.label("passage")+": \u201c"+excerpt(o.Passage)+"\u201d", "  ")
	}
}
