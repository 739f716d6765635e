package story

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/letter"
	"chancery.example/register"
)

// texts reads texts, given by language and file name.
func (p *player) texts(files map[string]string) ([]letter.LangText, error) {
	var out []letter.LangText
	for _, tag := range slices.Sorted(maps.Keys(files)) {
		lang, err := letter.ParseLang(tag)
		if err != nil {
			return nil, err
		}
		raw, err := p.story.file(files[tag])
		if err != nil {
			return nil, err
		}
		text, err := letter.Canonicalize(raw)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", files[tag], err)
		}
		out = append(out, letter.LangText{Lang: lang, Text: text})
	}
	return out, nil
}

// said makes texts of words in the scenario itself.
func said(words map[string]string) ([]letter.LangText, error) {
	var out []letter.LangText
	for _, tag := range slices.Sorted(maps.Keys(words)) {
		text, err := letter.Canonicalize([]byte(words[tag]))
		if err != nil {
			return nil, err
		}
		out = append(out, letter.LangText{Lang: letter.Lang(tag), Text: text})
	}
	return out, nil
}

func (p *player) content(a Act) (letter.Content, error) {
	texts, err := p.texts(a.Texts)
	typ := letter.Type(a.Type)
	if typ == "" {
		typ = letter.TypeLetter
	}
	return letter.Content{
		Reference: letter.Ref(a.Reference), Type: typ, Prevailing: letter.Lang(a.Prevails),
		Addressees: a.Addressees, Texts: texts,
	}, err
}

func (p *player) draft(ctx context.Context, a Act) (string, error) {
	c, err := p.content(a)
	if err != nil {
		return "", err
	}
	by, err := p.holder(a.Office, register.RoleDrafter)
	if err != nil {
		return "", err
	}
	p.current, p.reference = a.Office, c.Reference
	p.owners[c.Reference] = a.Office
	return fmt.Sprintf("drafts %s in %s", c.Reference, langs(c.Texts)), p.reg.Start(ctx, a.Office, by, c)
}

func langs(ts []letter.LangText) string {
	var names []string
	for _, t := range ts {
		names = append(names, string(t.Lang))
	}
	return strings.Join(names, " and ")
}

func (p *player) seal(ctx context.Context, a Act) (string, error) {
	by, err := p.holder(a.Office, register.RoleDrafter)
	if err != nil {
		return "", err
	}
	s, err := p.reg.Seal(ctx, a.Office, by, p.reference)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("seals revision %d of it: log entry %d, which says nothing to outsiders", s.Revision, s.Receipt.Index), p.keep(ctx, s)
}

// keep remembers which text goes with which slip, as the holder of a copy would.
func (p *player) keep(ctx context.Context, s office.Sealed) error {
	l, err := p.reg.Letter(ctx, p.current, p.reference)
	if err != nil {
		return err
	}
	for _, t := range l.Draft.Texts {
		for _, slip := range s.Slips {
			if slip.Language == t.Lang {
				p.slips[string(t.Lang)+t.Text.String()] = slip
			}
		}
	}
	return nil
}

func (p *player) circulate(ctx context.Context, a Act) (string, error) {
	var holders []office.Holder
	outside := 0
	for _, c := range a.Copies {
		h := office.Holder{Name: c.Holder, Purpose: c.Purpose, Outside: strings.Contains(c.Purpose, "outside")}
		if h.Outside {
			outside++
		}
		holders = append(holders, h)
	}
	by, err := p.holder(a.Office, register.RoleClerk, register.RoleDrafter)
	if err != nil {
		return "", err
	}
	c, err := p.reg.Circulate(ctx, a.Office, by, p.reference, holders)
	if err != nil {
		return "", err
	}
	p.papers.copies = append(p.papers.copies, c.Copies...)
	return fmt.Sprintf("gives out %d numbered copies, %d of them outside the house", len(c.Copies), outside), p.keep(ctx, c.Sealed)
}

func (p *player) revise(ctx context.Context, a Act) (string, error) {
	texts, err := p.texts(a.Texts)
	if err != nil {
		return "", err
	}
	by, err := p.holder(a.Office, register.RoleDrafter)
	if err != nil {
		return "", err
	}
	err = p.reg.Revise(ctx, a.Office, by, p.reference, a.Why, func(c *letter.Content) error {
		for _, t := range texts {
			c.Texts = slices.DeleteFunc(slices.Clone(c.Texts), func(x letter.LangText) bool { return x.Lang == t.Lang })
			c.Texts = append(c.Texts, t)
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	s, err := p.reg.Seal(ctx, a.Office, by, p.reference)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("revises it (%s) and seals revision %d", a.Why, s.Revision), p.keep(ctx, s)
}

func (p *player) issue(ctx context.Context, a Act) (string, error) {
	c, err := p.content(a)
	if err != nil {
		return "", err
	}
	terms := office.Terms{}
	for _, ref := range a.Supersedes {
		terms.Supersedes = append(terms.Supersedes, letter.Ref(ref))
	}
	for _, name := range a.Files {
		raw, err := p.story.file(name)
		if err != nil {
			return "", err
		}
		terms.Files = append(terms.Files, register.File{Role: "form", MediaType: mediaType(name), Digest: sha256.Sum256(raw)})
	}
	drafter, err1 := p.holder(a.Office, register.RoleDrafter, register.RoleClerk)
	clerk, err2 := p.holder(a.Office, register.RoleClerk)
	if err := errors.Join(err1, err2); err != nil {
		return "", err
	}
	q, err := p.reg.SubmitFinished(ctx, a.Office, drafter, c, terms)
	told := fmt.Sprintf("issues %s", c.Reference)
	if errors.Is(err, kind.Conflict) {
		var accepted int
		if accepted, err = p.accept(ctx, a, drafter, c, err); err == nil {
			told += fmt.Sprintf(", whose languages differ in %d places that are accepted", accepted)
			q, err = p.reg.SubmitFinished(ctx, a.Office, drafter, c, terms)
		}
	}
	if err != nil {
		return "", err
	}
	p.owners[c.Reference] = a.Office
	if len(a.Supersedes) > 0 {
		told += ", which replaces " + strings.Join(a.Supersedes, " and ")
	}
	return told, p.carry(ctx, a, q, clerk)
}

// accept accepts what differs between the languages of a letter that the story issues
// as it is, and returns how much it was; refusal when that is not why it was refused.
func (p *player) accept(ctx context.Context, a Act, by string, c letter.Content, refusal error) (int, error) {
	v, err := p.reg.Parity(ctx, a.Office, c.Reference)
	if err != nil || len(v.Open()) == 0 {
		return 0, refusal
	}
	for _, f := range v.Open() {
		if err := p.reg.AcceptParity(ctx, a.Office, by, c.Reference, f.ID, cmp.Or(a.Why, "The story has it so.")); err != nil {
			return 0, err
		}
	}
	return len(v.Open()), nil
}

func mediaType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html"
	case ".pdf":
		return "application/pdf"
	case ".txt":
		return "text/plain"
	}
	return "application/octet-stream"
}

func (p *player) withdraw(ctx context.Context, a Act) (string, error) {
	clerk, err := p.holder(a.Office, register.RoleClerk)
	if err != nil {
		return "", err
	}
	q, err := p.reg.ProposeWithdraw(ctx, a.Office, clerk, letter.Ref(a.Reference), wordsOf(a.Reason))
	if err != nil {
		return "", err
	}
	return "withdraws " + a.Reference, p.carry(ctx, a, q, clerk)
}

func (p *player) supersede(ctx context.Context, a Act) (string, error) {
	clerk, err := p.holder(a.Office, register.RoleClerk)
	if err != nil {
		return "", err
	}
	if len(a.Supersedes) != 1 {
		return "", errors.New("names not one letter under \"supersedes\"")
	}
	q, err := p.reg.ProposeSupersede(ctx, a.Office, clerk, letter.Ref(a.Supersedes[0]), letter.Ref(a.Reference))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("says that %s replaces %s", a.Reference, a.Supersedes[0]), p.carry(ctx, a, q, clerk)
}

// words are what an office says; a default stands for it when the scenario has
// none.
func (p *player) words(a Act) (office.Say, error) {
	texts, err := said(a.Text)
	return office.Say{Texts: texts, Regarding: p.regarding(a.Regarding)}, err
}

func (p *player) regarding(ref string) []register.Target {
	if ref == "" {
		return nil
	}
	owner := p.owners[letter.Ref(ref)]
	if owner == "" {
		owner = p.current
	}
	return []register.Target{{Office: register.Office("https://" + p.offices[owner].Domain), Reference: letter.Ref(ref)}}
}

func (p *player) press(a Act) (string, error) {
	if a.By != "" {
		return a.By, nil
	}
	return p.holder(a.Office, register.RolePress)
}

func (p *player) received(ctx context.Context, a Act) (string, error) {
	by, err := p.press(a)
	if err != nil {
		return "", err
	}
	texts, err := p.texts(a.Of)
	if err != nil {
		return "", err
	}
	var slips []office.Slip
	for _, t := range texts {
		slip, ok := p.slips[string(t.Lang)+t.Text.String()]
		if !ok {
			return "", fmt.Errorf("nobody was given the %s text %s", t.Lang, a.Of[string(t.Lang)])
		}
		slips = append(slips, slip)
	}
	say, err := p.words(a)
	if err != nil {
		return "", err
	}
	q, err := p.reg.ProposeReceived(ctx, a.Office, by, say, slips)
	if err != nil {
		return "", err
	}
	return "records that it received the paper (" + langs(texts) + ")", p.carry(ctx, a, q, by)
}

func (p *player) sighting(ctx context.Context, a Act) (string, error) {
	return p.seen(ctx, a, p.reg.ProposeSighting, "records that it saw the paper")
}

func (p *player) collected(ctx context.Context, a Act) (string, error) {
	return p.seen(ctx, a, p.reg.ProposeCollected, "keeps the text it found at "+a.Source)
}

func (p *player) seen(ctx context.Context, a Act, propose func(context.Context, string, string, office.Say, office.Sighted) (office.Request, error), told string) (string, error) {
	by, err := p.press(a)
	if err != nil {
		return "", err
	}
	texts, err := p.texts(a.Of)
	if err != nil {
		return "", err
	}
	say, err := p.words(a)
	if err != nil {
		return "", err
	}
	q, err := propose(ctx, a.Office, by, say, office.Sighted{Texts: texts, Source: a.Source})
	if err != nil {
		return "", err
	}
	return told, p.carry(ctx, a, q, by)
}

func (p *player) holding(ctx context.Context, a Act) (string, error) {
	by, err := p.press(a)
	if err != nil {
		return "", err
	}
	if a.NextWordBy == nil {
		return "", errors.New("a holding statement needs \"next_word_by\"")
	}
	q, err := p.reg.ProposeHolding(ctx, a.Office, by, *a.NextWordBy, p.regarding(a.Regarding))
	if err != nil {
		return "", err
	}
	return "says that a paper is circulating; next word by " + a.NextWordBy.Format("15:04"), p.carry(ctx, a, q, by)
}

func (p *player) statement(ctx context.Context, a Act) (string, error) {
	by, err := p.press(a)
	if err != nil {
		return "", err
	}
	say, err := p.words(a)
	if err != nil {
		return "", err
	}
	q, err := p.reg.ProposeStatement(ctx, a.Office, by, say)
	if err != nil {
		return "", err
	}
	return "states: " + strings.TrimSpace(say.Texts[len(say.Texts)-1].Text.String()), p.carry(ctx, a, q, by)
}

func (p *player) open(ctx context.Context, a Act) (string, error) {
	by, err := p.press(a)
	if err != nil {
		return "", err
	}
	if a.Revisions != "" && a.Revisions != "all" {
		return "", fmt.Errorf("revisions %q: only \"all\" can be played", a.Revisions)
	}
	q, err := p.reg.ProposeOpen(ctx, a.Office, by, p.ref(a))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("opens its drafts of %s", p.ref(a)), p.carry(ctx, a, q, by)
}

func (p *player) ref(a Act) letter.Ref {
	if a.Reference != "" {
		return letter.Ref(a.Reference)
	}
	return p.reference
}

func (p *player) close(ctx context.Context, a Act) (string, error) {
	by := a.By
	if by == "" {
		var err error
		if by, err = p.holder(a.Office, register.RoleDrafter); err != nil {
			return "", err
		}
	}
	q, err := p.reg.ProposeClose(ctx, a.Office, by, p.ref(a))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("closes %s: it will not be issued", p.ref(a)), p.carry(ctx, a, q, by)
}

func (p *player) disavow(ctx context.Context, a Act) (string, error) {
	by, err := p.press(a)
	if err != nil {
		return "", err
	}
	texts, err := p.texts(a.Of)
	if err != nil {
		return "", err
	}
	q, err := p.reg.ProposeDisavow(ctx, a.Office, by, office.Forgery{Texts: texts}, wordsOf(a.Reason))
	if err != nil {
		return "", err
	}
	return "disavows a page: not its own", p.carry(ctx, a, q, by)
}
