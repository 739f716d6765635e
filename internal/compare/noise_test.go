package compare

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"chancery.example/internal/fold"
)

// scan makes a reading: words separated by spaces, each with how sure its reader
// was in per cent after a slash, 96 without one.
func scan(marked string) *fold.Folded {
	var text strings.Builder
	var seen []fold.Seen
	for i, w := range strings.Fields(marked) {
		if i > 0 {
			text.WriteByte(' ')
		}
		word, sure, ok := strings.Cut(w, "/")
		c := float32(.96)
		if ok {
			c = float32(sure[0]-'0')/10 + float32(sure[1]-'0')/100
		}
		seen = append(seen, fold.Seen{From: text.Len(), To: text.Len() + len(word), Confidence: c})
		text.WriteString(word)
	}
	return fold.Scan(text.String(), seen)
}

const noiseRecord = "The pilots of the harbour will not board any vessel after sunset , and the fee of 840 marks is due on leaving the modern basin . I have told Captain Morris that the gates of the outer mole stay open until further notice of the Commission ."

// readerWords teaches a model the words that its reader knows.
func readerWords() *Model {
	m := NewModel()
	m.Learn(fold.Record(noiseRecord + " now never may closed broken ships South August February 480 not all be from his slay"))
	return m
}

func TestNoiseOrAlteration(t *testing.T) {
	for _, c := range []struct {
		name, old, new string
		want           Certainty // of the one difference; -1: nothing differs
		critical       bool
	}{
		{"read as it is", "", "", -1, false},
		{"a number read for sure", "840", "480", Certain, true},
		{"a number that was not", "840", "480/55", Doubtful, true},
		{"a figure that looks alike", "840", "640", Doubtful, true},
		{"a figure for a letter that looks alike", "840", "8A0", Doubtful, true},
		{"a negation read as another word", "not", "now", Certain, true},
		{"likewise, not for sure", "not", "now/70", Doubtful, true},
		{"a negation gone between sure words", "will not board", "will board", Certain, true},
		{"a negation gone where little was sure", "will not board", "will/40 board/60", Doubtful, true},
		{"a negation put in", "is due", "is not due", Certain, true},
		{"likewise, hardly seen", "is due", "is not/55 due", Doubtful, true},
		{"a word put in", "is due", "is never due", Certain, true},
		{"specks", "is due", "is ee/12 .~/08 s/31 due", Misread, false},
		{"a figure of specks", "is due", "is 5/22 due", Misread, true},
		{"a letter in the margin", "is due", "is q/86 due", Misread, false},
		{"rn for m", "modern", "modem/80", Misread, false},
		{"a word with a letter too many", "vessel", "vesssel/52", Misread, false},
		{"words run together", "on leaving", "onleaving/88", Misread, false},
		{"a word torn apart", "harbour", "har/60 bour/71", Misread, false},
		{"a name that looks alike", "Morris", "Mortis/91", Doubtful, true},
		{"another name", "Morris", "August", Certain, true},
		{"another word", "open", "closed", Certain, false},
		{"another word that makes no sense", "open", "qpxz/62", Doubtful, false},
		{"a word that looks alike, and is one", "stay", "slay/80", Doubtful, false},
		{"likewise, hardly seen", "stay", "slay/55", Doubtful, false},
		{"a word that no other letter holds, read for sure", "leaving", "leaking", Doubtful, false},
		{"half a word", "Commission", "ion/90", Doubtful, true},
		{"a bar for I", ". I have", ". |/97 have", Misread, false},
		{"nothing for I", ". I have", ". have", Certain, false},
		{"accents", "marks", "márks", Misread, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(noiseRecord, c.old, c.new, 1)
			a := newSide(scan(text)).align(newSide(fold.Record(noiseRecord)), readerWords())
			all := append(append([]Difference{}, a.Differences...), a.Misread...)
			if c.want < 0 {
				if len(all) > 0 {
					t.Errorf("differences in what is the same: %s", show(a))
				}
				return
			}
			if len(all) != 1 {
				t.Fatalf("%d differences, want one: %s, misread %v", len(all), show(a), a.Misread)
			}
			if all[0].Certainty != c.want || all[0].Critical != c.critical {
				t.Errorf("certainty %d, critical %v; want %d, %v: %s", all[0].Certainty, all[0].Critical, c.want, c.critical, show(a))
			}
		})
	}
}

// TestUnreadablePageIsNeverTheSame: where little could be read, nothing is
// certain and nothing is agreed.
func TestUnreadablePageIsNeverTheSame(t *testing.T) {
	words := strings.Fields(noiseRecord)
	for i := 14; i < len(words)-6; i++ {
		words[i] = "eoa/21"
	}
	a := newSide(scan(strings.Join(words, " "))).align(newSide(fold.Record(noiseRecord)), readerWords())
	c := Candidate{Alignment: a, Bits: 100}
	if a.certain() > 0 || !c.Doubtful() && c.Judge() <= PartOf {
		t.Errorf("judged %d, doubtful %v: %s", c.Judge(), c.Doubtful(), show(a))
	}
}

// TestWhatMattersIsNeverNoise: a number, negation or name that was changed is
// listed, whatever the confidence with which it was read.
func TestWhatMattersIsNeverNoise(t *testing.T) {
	record := fold.Record(noiseRecord)
	rapid.Check(t, func(t *rapid.T) {
		words := strings.Fields(noiseRecord)
		for range rapid.IntRange(0, 6).Draw(t, "noisy") {
			i := rapid.IntRange(0, len(words)-1).Draw(t, "where")
			words[i], _, _ = strings.Cut(words[i], "/")
			words[i] += rapid.StringMatching(`/[0-9][0-9]`).Draw(t, "sure")
		}
		target := rapid.SampledFrom([]string{"not", "840", "Captain", "Morris"}).Draw(t, "target")
		at := slices.IndexFunc(words, func(w string) bool { return strings.HasPrefix(w, target) })
		words[at] = rapid.StringMatching(`[a-zA-Z0-9]{1,9}/[0-9][0-9]`).Draw(t, "word")
		a := newSide(scan(strings.Join(words, " "))).align(newSide(record), readerWords())
		for _, d := range a.Misread {
			was, is := string(a.r.spelled(d.Record)), string(a.c.spelled(d.Copy))
			if anyCritical(record, d.Record) && !strings.Contains(is, was) {
				t.Fatalf("noise: -%q +%q", was, is)
			}
		}
	})
}
