package shared

import (
	"regexp"
	"strings"

	"chancery.example/letter"
)

// endOfSentence is how a paragraph ends that is none of an address.
var endOfSentence = regexp.MustCompile(`[.:;!?؟؛]["”»)]?$`)

// titleLength is how many characters of a letter's first words name it.
const titleLength = 80

// subjectLine is the line of a letter that says what it is about.
var subjectLine = regexp.MustCompile(`(?im)^\s*(?:subject|re|concerning|objet|الموضوع|م/)\s*[:：]\s*(\S.*)$`)

// TitleOf names a letter by what it says: its subject line, or the first words of
// its first full paragraph, in a language if it has a text in that, and else in the
// one that prevails or comes first.
func TitleOf(c letter.Content, lang letter.Lang) (string, letter.Lang) {
	if len(c.Texts) == 0 {
		return "", lang
	}
	t := c.Texts[0]
	for _, want := range []letter.Lang{c.Prevailing, lang} {
		for _, x := range c.Texts {
			if x.Lang == want {
				t = x
			}
		}
	}
	if m := subjectLine.FindStringSubmatch(t.Text.String()); m != nil {
		return clip(m[1]), t.Lang
	}
	paragraphs := t.Text.Paragraphs()
	for _, p := range paragraphs {
		// A letterhead or an address ends without a full stop.
		if len(strings.Fields(p)) >= fullParagraph && endOfSentence.MatchString(p) {
			return clip(p), t.Lang
		}
	}
	return clip(strings.Join(paragraphs, " ")), t.Lang
}

// fullParagraph is how many words tell a paragraph from a line of an address or a
// salutation.
const fullParagraph = 8

// clip cuts a text at the end of a word.
func clip(s string) string {
	words, out := strings.Fields(s), ""
	for _, w := range words {
		switch {
		case len([]rune(out))+len([]rune(w)) < titleLength:
			out = strings.TrimSpace(out + " " + w)
		case out == "":
			return string([]rune(w)[:titleLength]) + "…"
		default:
			return strings.TrimRight(out, ",;:،؛") + "…"
		}
	}
	return out
}
