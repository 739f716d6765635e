package plain

import "chancery.example/internal/server"

// Index writes what a finding index holds.
func (w Writer) Index(r server.IndexReport) {
	w.say("%s of %d letters, statements and disavowals", counted(r.Texts, "text", "texts"), r.Families)
	w.say("covers %d of %d log entries; %s newer than that, indexed in memory by who searches", r.Covers, r.Log, counted(r.Newer, "text is", "texts are"))
	w.say("signed by the operator as %s", r.SignedBy)
	w.say("%d bytes, %d for each family: segments %d, word model %d (of the first %s)", r.Bytes, r.PerFamily, r.Segments, r.Model, counted(r.ModelOf, "text", "texts"))
	w.say("%d postings in %s", r.Postings, counted(len(r.Runs), "run", "runs"))
	for _, l := range r.Levels {
		w.say("grams of %d letters: %d different; in one family %d, in up to 10 %d, in up to 100 %d, in more %d; most: %d",
			l.Letters, l.Keys, l.One, l.Ten, l.Hundred, l.More, l.Most)
	}
}
