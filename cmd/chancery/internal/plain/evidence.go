package plain

import (
	"fmt"
	"strings"
	"time"

	"chancery.example/proof"
)

// Evidence explains to a lay person what evidence shows that holds: who signed,
// what contradicts, what it proves and what it does not (evidence.md MUST-2).
func (w Writer) Evidence(c proof.Contradiction) {
	w.say("The evidence holds: the log %s signed two heads that do not fit.", Safe(c.Origin))
	w.say("")
	w.words("A head is the log's signed word about all that is on record up to then: so many entries, and one number that stands for every one of them in order. A log may only grow, so each later head must continue each earlier one. These two do not:", "")
	w.say("")
	w.signedHead("first head ", c.First)
	w.signedHead("second head", c.Second)
	w.say("")
	if c.First.Size == c.Second.Size {
		w.words(fmt.Sprintf("Both are over %s, and they are not over the same ones: the numbers differ.", counted(int(c.First.Size), "entry", "entries")), "") //nolint:gosec // below 2^62
	} else {
		w.words(fmt.Sprintf("In the log of the second head, the first %s add up to %s. The first head says that they add up to %s. So some of the first %d entries were changed, left out or put in between.",
			counted(int(c.First.Size), "entry", "entries"), short(c.Root.String()), short(c.First.Root.String()), c.First.Size), "") //nolint:gosec // likewise
	}
	w.say("")
	w.words("What this proves: whoever holds the log's key told two stories about the same past. Both signatures were checked with the key in your policy, and nobody can make them without the log's key. The file is enough; it needs no server and does not go out of date.", "")
	w.words("What it does not prove: who did it - the register's operator, or somebody who stole its key; why - it can follow from a restored backup; which of the two stories is right; or anything about a letter. Answers that rest on this log should not be relied on until it is explained.", "")
	if len(c.Both) > 0 {
		w.words("These witnesses cosigned both heads, which a witness must never do: "+Safe(strings.Join(c.Both, ", "))+". Do not count on them either.", "")
	}
	w.words("What to do: keep this file, send it to the register's operator, to its witnesses and to others who read it, and compare which head their mirrors have.", "")
}

// short is enough of a root to compare by eye.
func short(root string) string { return root[:16] + "..." }

func (w Writer) signedHead(which string, h proof.SignedHead) {
	at := "no time given"
	if !h.Time.IsZero() {
		at = h.Time.Format(time.RFC3339) + " by the register's own clock"
	}
	w.say("  %s  %s, root %s", which, counted(int(h.Size), "entry", "entries"), h.Root) //nolint:gosec // below 2^62
	w.say("               %s", at)
	for _, k := range h.Keys {
		w.say("               signed by log key %s", Safe(k))
	}
	for _, m := range h.Marks {
		w.say("               cosigned by witness %s on %s", Safe(m.Witness), m.Time.Format(time.RFC3339))
	}
}

type evidenceJSON struct {
	Holds     bool           `json:"holds"`
	Kind      string         `json:"kind"`
	Origin    string         `json:"origin"`
	First     signedHeadJSON `json:"first"`
	Second    signedHeadJSON `json:"second"`
	RootUnder string         `json:"second_root_over_first_size"`
	Both      []string       `json:"witnesses_of_both"`
}

type signedHeadJSON struct {
	Size      uint64     `json:"size"`
	Root      string     `json:"root"`
	Time      *time.Time `json:"time,omitempty"`
	Keys      []string   `json:"log_keys"`
	Witnesses []string   `json:"witnesses"`
}

// EvidenceJSON is the same for programs.
func EvidenceJSON(c proof.Contradiction) any {
	head := func(h proof.SignedHead) signedHeadJSON {
		out := signedHeadJSON{Size: h.Size, Root: h.Root.String(), Keys: h.Keys, Witnesses: []string{}}
		if !h.Time.IsZero() {
			out.Time = &h.Time
		}
		for _, m := range h.Marks {
			out.Witnesses = append(out.Witnesses, m.Witness)
		}
		return out
	}
	return evidenceJSON{true, "fork", c.Origin, head(c.First), head(c.Second), c.Root.String(), append([]string{}, c.Both...)}
}
