package report

import (
	"unicode/utf8"

	"chancery.example/internal/fold"
)

// When a paragraph is odd: it must be long enough to share something, stand
// among enough others, and share next to no words of content and no name.
const (
	oddWords   = 20   // of a paragraph
	oddAmong   = 4    // paragraphs of that length
	oddShare   = 0.17 // of its words of content may stand elsewhere
	oddContent = 12   // words of content, at least
	oddNames   = 2    // names of its own, at least: it is about somebody else
)

// OddParagraphs returns which paragraphs share nothing with the rest, by their
// place in paras: reports are stitched from others by machines, and a paragraph
// about something else is a sign of it. It is a hint and no more.
func OddParagraphs(text string, paras []Span) []int {
	topics := make([]topic, len(paras))
	in := map[string]int{} // paragraphs that hold a word
	long := 0
	for i, p := range paras {
		topics[i] = topicOf(text[p.From:p.To])
		for k := range topics[i].content {
			in[k]++
		}
		if topics[i].long {
			long++
		}
	}
	if long < oddAmong {
		return nil
	}
	var out []int
	for i, t := range topics {
		if t.long && t.odd(in) {
			out = append(out, i)
		}
	}
	if len(out)*3 > long { // a list of separate items: nothing is odd in it
		return nil
	}
	return out
}

// A topic is what a paragraph is about, as far as single words tell.
type topic struct {
	content, names map[string]bool
	long           bool
}

func topicOf(text string) topic {
	f := fold.Copy(text)
	t := topic{map[string]bool{}, map[string]bool{}, len(f.Words) >= oddWords}
	for j, w := range f.Words {
		if utf8.RuneCountInString(w.Key) < 4 || plainWords[w.Key] {
			continue
		}
		t.content[w.Key] = true
		if j > 0 && !w.Line && capital(f.Exact[w.Start:w.End]) {
			t.names[w.Key] = true
		}
	}
	return t
}

// odd reports whether next to nothing of a topic stands in other paragraphs.
func (t topic) odd(in map[string]int) bool {
	shared := 0
	for k := range t.content {
		if in[k] > 1 {
			if t.names[k] {
				return false
			}
			shared++
		}
	}
	return len(t.content) >= oddContent && len(t.names) >= oddNames && float64(shared) <= oddShare*float64(len(t.content))
}

// plainWords are words that say nothing about what a paragraph is about.
var plainWords = set(
	"that this these those with from have been were will would could should their there they them then than when what which while where after before about into over under between during more most much many some such only also other another each every both very just even still being because through against until since upon your ours hers itself himself said says told does doing done made make takes take taken goes going come comes came back year years week weeks month months days time times first last next long people part much here away lots several according despite including monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october november december",
	"على إلى التي الذي هذا هذه ذلك كان كانت بعد قبل خلال عند منذ حتى أنها أنه وقد ولم ولن فيه فيها عليه عليها",
	"dans avec pour mais plus elle sont nous vous cette leur leurs aussi être avoir comme sans nicht auch eine einen einer sich werden wurde haben oder aber nach über para como pero más este esta estos están")
