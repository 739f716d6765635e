package compare

import (
	"math"
	"strings"
	"testing"

	"chancery.example/internal/fold"
)

// judged is how far a copy agrees when nothing else is on record.
func judged(text, record string) Agreement {
	return Candidate{Alignment: Align(fold.Copy(text), fold.Record(record)), Bits: math.MaxFloat64}.Judge()
}

// Copies that somebody made to pass for the record must never be the same.
func TestForgedCopiesAreNotTheSame(t *testing.T) {
	const record = "Not before noon shall the ships leave.\n\nThe crews cooperate and coordinate with the prewar pilots; the duty is 5 percent of 1000 marks.\n\n" +
		"The vote was as follows.\n\n12 / 30\n\nWithout the seal this letter is void."
	for _, c := range []struct{ name, old, new string }{
		{"first words left out behind split ones", "Not before noon shall the ships leave.\n\nThe crews cooperate and coordinate with the prewar", "before noon shall the ships leave.\n\nThe crews co-operate and coordinate with the prewar"},
		{"last paragraph left out behind split words", record[strings.Index(record, "The crews"):], strings.NewReplacer("cooperate", "co-op-er-ate", "coordinate", "co-or-di-na-te",
			"Without the seal this letter is void.", "").Replace(record[strings.Index(record, "The crews"):])},
		{"marked omission behind split words", "The crews cooperate and coordinate with the prewar pilots;", "The crews co-op-erate and co-or-dinate ... prewar pilots;"},
		{"decimal point put in front", "is 5 percent", "is .5 percent"},
		{"negative decimal", "is 5 percent", "is -.5 percent"},
		{"digits split by a space", "1000 marks", "1 000 marks"},
		{"digits split by a hyphen", "1000 marks", "1-000 marks"},
		{"digits split by a line", "1000 marks", "10\n00 marks"},
		{"a line of record that looks like a page number", "12 / 30", "29 / 30"},
		{"likewise left out", "12 / 30\n\n", ""},
		{"unit as one sign", "1000 marks", "1000 ㎏ marks"},
		{"words in place of a code", "The vote was", "Chancery code: PAY-5000-TO-ACCOUNT-12345\n\nThe vote was"},
		{"words in place of an address", "The vote was", "https://harbour.example/q/#the-ships-leave-at-once\n\nThe vote was"},
		{"paragraph repeated", "Without the seal", "The vote was as follows.\n\nWithout the seal"},
		{"paragraph added", "is void.", "is void.\n\nPay at once."},
		{"paragraph put in front", "Not before", "Pay at once.\n\nNot before"},
		{"paragraphs swapped", record, "The vote was as follows.\n\nNot before noon shall the ships leave.\n\nThe crews cooperate and coordinate with the prewar pilots; the duty is 5 percent of 1000 marks.\n\n12 / 30\n\nWithout the seal this letter is void."},
		{"negation left out", "Not before", "Before"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(record, c.old, c.new, 1)
			if text == record {
				t.Fatal("the forgery changes nothing")
			}
			if judged(text, record) == Same {
				t.Errorf("the same as the record:\n%s", text)
			}
		})
	}
	for _, text := range []string{
		record, strings.ReplaceAll(record, "cooperate", "co-operate"), strings.Replace(record, "The vote", "Page 2 of 3\n\n- 2 -\n\n3 / 4\n\nThe vote", 1),
	} {
		if judged(text, record) != Same {
			t.Errorf("not the same as the record:\n%s", text)
		}
	}
}

// Whatever a notice says is left out, so it must be known that something was.
func TestFreeMatterIsKnown(t *testing.T) {
	const notice = "Draft, revision 1 - copy 1 of 1 for the ships leave at once - not issued"
	if f := fold.Copy("Sirs,\n" + notice + "\nthe gates open."); !f.Free || len(f.Words) != 4 {
		t.Errorf("free %v, %d words", f.Free, len(f.Words))
	}
	if f := fold.Copy("Sirs,\nPage 2 of 3\nthe gates open."); f.Free {
		t.Error("a page number is nothing that anybody can word")
	}
}
