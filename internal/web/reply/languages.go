package reply

import (
	"chancery.example/internal/web/pages/record"
	"chancery.example/internal/web/pages/result"
	"chancery.example/internal/web/shared"
	"chancery.example/letter"
	"chancery.example/register"
)

// mostCompared is how long the texts of a revision may be together to be compared
// for a page; letters are far shorter.
const mostCompared = 64 << 10

// Languages says beside each revision of a letter's page where its languages differ,
// by the checks that its officers were shown, without the office's glossary. It
// decides nothing: which text counts says the letter.
func Languages(r shared.Records, l *register.Letter) func(*record.View) {
	return func(v *record.View) {
		fields := fieldsOf(l)
		if v.Standing == register.Embargoed {
			return
		}
		for i, rev := range v.Revisions {
			v.Revisions[i].Languages = differing(r, fields[rev.Number])
		}
	}
}

// fieldsOf are the public fields of a letter's revisions.
func fieldsOf(l *register.Letter) map[uint32][]letter.Disclosure {
	fields := map[uint32][]letter.Disclosure{}
	for _, o := range l.Opened {
		fields[o.Revision.Number] = o.Revision.Fields
	}
	for _, i := range l.Issues {
		fields[i.Issue.Seal.Opening.Revision] = i.Issue.Fields
	}
	for _, c := range l.Corrected {
		fields[c.Correct.Seal.Opening.Revision] = c.Correct.Fields
	}
	return fields
}

// disagreeing says in an answer where the languages of the revision that was found
// differ: whoever holds one of them sees what the other says there.
func disagreeing(r shared.Records, v *result.View) {
	if len(v.Languages) < 2 || v.Record == nil || v.Standing == register.Embargoed {
		return
	}
	if l, ok := r.State().Letter(v.Record.OfficeURI, v.Record.Reference); ok {
		v.Disagree = differing(r, fieldsOf(l)[v.Record.Revision])
	}
}

// differing compares the public texts of a revision.
func differing(r shared.Records, fields []letter.Disclosure) []record.LanguageDifference {
	var c letter.Content
	size := 0
	for _, f := range fields {
		if f.Field == letter.FieldPrevailing && f.Salt != nil {
			c.Prevailing = letter.Lang(f.Value)
		}
		lang, isText := f.Field.Lang()
		if !isText || f.Salt == nil {
			continue
		}
		if text, there := r.TextOf(f.Hash); there {
			c.Texts = append(c.Texts, letter.LangText{Lang: lang, Text: text})
			size += len(text.String())
		}
	}
	if len(c.Texts) < 2 || size > mostCompared {
		return nil
	}
	return compared(c)
}
