package office

import (
	"context"
	"fmt"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/register"
)

// A Say is what an office says in public.
type Say struct {
	Texts     []letter.LangText
	Regarding []register.Target // letters it is about, of any office
}

// ProposeStatement asks for the approvals of public words of an office.
func (r *Register) ProposeStatement(ctx context.Context, officeID, by string, s Say) (Request, error) {
	return r.state(ctx, officeID, by, s, register.Statement{Type: register.About})
}

// ProposeHolding asks for the holding statement that one person can make at any
// hour: a paper is circulating; the office will speak again by an hour.
func (r *Register) ProposeHolding(ctx context.Context, officeID, by string, nextWordBy time.Time, regarding []register.Target) (Request, error) {
	if !nextWordBy.After(r.Now()) {
		return Request{}, kind.Invalid.Errorf("a holding statement must say by when the next word comes, and %s is past", nextWordBy.Format(time.RFC3339))
	}
	texts, err := holdingWords(nextWordBy)
	if err != nil {
		return Request{}, err
	}
	return r.state(ctx, officeID, by, Say{Texts: texts, Regarding: regarding},
		register.Statement{Type: register.Holding, NextWordBy: register.StampOf(nextWordBy)})
}

func holdingWords(nextWordBy time.Time) ([]letter.LangText, error) {
	at := nextWordBy.UTC().Format("15:04 UTC on 2 January 2006")
	atArabic := nextWordBy.UTC().Format("15:04 UTC 2006-01-02")
	return plainTexts(map[letter.Lang]string{
		"en": fmt.Sprintf("A paper that bears our name is circulating. We are looking into it. Our next word comes by %s.", at),
		"ar": fmt.Sprintf("تُتداول ورقة تحمل اسمنا. ونحن ننظر في أمرها. وتصدر كلمتنا التالية في موعد أقصاه %s.", atArabic),
	})
}

// plainTexts makes texts of words written by ourselves.
func plainTexts(words map[letter.Lang]string) ([]letter.LangText, error) {
	var out []letter.LangText
	for l, s := range words {
		t, err := letter.Canonicalize([]byte(s))
		if err != nil {
			return nil, kind.Invalid.Wrap(err)
		}
		out = append(out, letter.LangText{Lang: l, Text: t})
	}
	return out, nil
}

// state proposes a statement of any type; s gives its words.
func (r *Register) state(ctx context.Context, officeID, by string, s Say, body register.Statement) (Request, error) {
	return r.propose(ctx, officeID, func(t *turn, o store.Office) (proposal, error) {
		what := "making a statement"
		if _, err := t.may(o, by, what, register.RolePress); err != nil {
			return proposal{}, err
		}
		leaves, texts, err := t.leaves(s.Texts, what)
		if err != nil {
			return proposal{}, err
		}
		body.Texts, body.Regarding = leaves, s.Regarding
		return proposal{by: by, typ: string(body.Type), subject: register.OfficeSubject(register.Office(o.URI)), texts: texts,
			body: func(a register.Approvals) register.Body { body.Approvals = a; return body }}, nil
	})
}

// leaves seals texts that stand by themselves, each under a fresh salt.
func (t *turn) leaves(texts []letter.LangText, what string) ([]letter.Disclosure, []store.Text, error) {
	if len(texts) == 0 {
		return nil, nil, kind.Invalid.Errorf("%s: there are no words; give a text in at least one language", what)
	}
	var leaves []letter.Disclosure
	var out []store.Text
	for _, x := range sortedTexts(texts) {
		var salt letter.Salt
		if err := t.draw(salt[:]); err != nil {
			return nil, nil, err
		}
		d := letter.SealText(x, salt)
		leaves, out = append(leaves, d), append(out, store.Text{Leaf: d.Hash, Text: x.Text.String()})
	}
	return leaves, out, nil
}

// requestName is the intent's name of an act that may be done many times.
func requestName(act string, q store.Request) string {
	return fmt.Sprintf("%s:%s/%d", act, q.Office, q.ID)
}

var statementAct = act{
	performers: []register.Role{register.RolePress},
	name:       func(q store.Request, _ register.Body) string { return requestName("statement", q) },
	effect:     func(*turn, store.Request, register.Body) error { return nil },
}
