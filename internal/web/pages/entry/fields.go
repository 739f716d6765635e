package entry

import (
	"html/template"
	"strings"
	"time"

	"chancery.example/approval"
	"chancery.example/internal/web/i18n"
	"chancery.example/internal/web/shared"
	"chancery.example/letter"
	"chancery.example/register"
)

// A Field is one thing that an entry says, perhaps several times. Name is a key
// of messages under "field".
type Field struct {
	Name   string
	Values []template.HTML // escaped
}

type fieldList struct {
	p    *i18n.Printer
	r    shared.Records
	list []Field
}

func (f *fieldList) add(name string, v template.HTML) {
	switch last := len(f.list) - 1; {
	case v == "":
	case last >= 0 && f.list[last].Name == name:
		f.list[last].Values = append(f.list[last].Values, v)
	default:
		f.list = append(f.list, Field{name, []template.HTML{v}})
	}
}
func (f *fieldList) text(name, v string)          { f.add(name, shared.Show(v)) }
func (f *fieldList) digest(name string, v string) { f.add(name, shared.Digest(v)) }
func (f *fieldList) words(name string, v register.Words) {
	if len(v) > 0 {
		f.add(name, shared.Words(f.p, v))
	}
}

func (f *fieldList) stamp(name string, v register.Stamp) {
	if v != 0 {
		f.add(name, shared.Moment(f.p, v.Time()))
	}
}

func (f *fieldList) entry(name string, i register.Index) {
	f.add(name, f.link(shared.EntryPath(i), f.p.T("entry.link", "n", f.p.Num(uint64(i)))))
}

func (f *fieldList) link(path, words string) template.HTML {
	return template.HTML(`<a href="` + template.HTMLEscapeString(shared.Href(f.p.Lang(), path)) + `">` + //nolint:gosec // escaped
		template.HTMLEscapeString(words) + `</a>`)
}

func (f *fieldList) targets(name string, ts ...register.Target) {
	for _, t := range ts {
		office := shared.NameOf(f.r.State(), t.Office)
		words := string(shared.Words(f.p, office.Name))
		if t.Reference != "" {
			words += " · " + string(shared.Ref(t.Reference))
		}
		if t.Index != 0 {
			words += " · " + string(f.link(shared.EntryPath(t.Index), f.p.T("entry.link", "n", f.p.Num(uint64(t.Index)))))
		}
		f.add(name, template.HTML(words)) //nolint:gosec // escaped above
	}
}

func (f *fieldList) leaves(ds []letter.Disclosure) {
	for _, d := range ds {
		state := f.p.T("field.closed")
		if d.Salt != nil {
			state = f.p.T("field.disclosed")
		}
		f.add("leaves", template.HTML(`<bdi dir="ltr">`+template.HTMLEscapeString(string(d.Field))+`</bdi> (`+ //nolint:gosec // escaped
			template.HTMLEscapeString(state)+`) `+string(leaf(d.Hash))))
	}
}

// leaf shows a digest on a line of its own.
func leaf(h letter.Hash) template.HTML {
	return `<span class="block sm">` + shared.Digest(h.String()) + `</span>`
}

// Fields decodes what an entry says, or will say, kind by kind.
func Fields(p *i18n.Printer, r shared.Records, b register.Body) []Field {
	f := &fieldList{p: p, r: r}
	switch b := b.(type) {
	case register.Genesis:
		f.genesis(b)
	case register.KeyAdd:
		f.words("office", b.Name)
		f.text("id", b.ID)
		f.text("domain", b.Domain)
		f.digest("key", b.Key.Thumbprint().String())
		f.text("keyrole", string(b.Role))
	case register.KeyRevoke:
		f.revoked(b)
	case register.IndexHead:
		f.indexHead(b)
	case register.Policy:
		f.policy(b)
	case register.Commit:
		f.text("sequence", p.Num(b.Number()))
		f.digest("commitment", b.Commitment.String())
		f.text("hides", p.T("field.hidestext"))
	case register.DraftOpen:
		f.opened(b)
	case register.DraftClose:
		f.add("reference", shared.Ref(b.Reference))
		f.digest("tag", b.Tag.String())
	case register.Issue:
		f.issue(b)
	case register.Withdraw:
		f.targets("target", b.Target)
		f.words("reason", b.Reason)
		if b.Emergency {
			f.text("emergency", p.T("field.emergencytext"))
		}
	case register.Ratify:
		f.targets("target", b.Target)
	case register.Correct:
		f.correct(b)
	case register.Supersede:
		f.targets("target", b.Target)
		f.targets("successor", b.Successor)
	case register.Statement:
		f.statement(b)
	case register.Retract:
		f.targets("target", b.Target)
		f.words("reason", b.Reason)
	case register.Disavow:
		f.words("reason", b.Reason)
		f.leaves(b.Texts)
		f.files(b.Files)
		f.targets("regarding", b.Regarding...)
	}
	return f.list
}

func (f *fieldList) genesis(b register.Genesis) {
	f.text("origin", b.Origin)
	f.words("name", b.Name)
	f.digest("logkey", b.LogKey)
	f.digest("operator", b.Operator.Thumbprint().String())
	if b.Exercise {
		f.text("exercise", f.p.T("exercise.short"))
	}
}

func (f *fieldList) indexHead(b register.IndexHead) {
	f.text("size", f.p.Num(b.Size))
	f.digest("root", b.Root.String())
	f.text("keys", f.p.Num(b.Keys))
}

func (f *fieldList) revoked(b register.KeyRevoke) {
	f.words("office", shared.NameOf(f.r.State(), b.Office).Name)
	f.digest("key", b.Thumbprint.String())
	f.entry("after", b.After)
	f.words("reason", b.Reason)
}

func (f *fieldList) policy(b register.Policy) {
	for _, o := range b.Officers {
		roles := make([]string, len(o.Roles))
		for i, r := range o.Roles {
			roles[i] = f.p.T("role." + strings.ReplaceAll(string(r), " ", "_"))
		}
		f.add("officer", shared.Show(o.Name+" ("+strings.Join(roles, ", ")+")")+f.keys(o.Keys))
	}
	for _, r := range b.Rules {
		act := f.p.T("act." + string(r.Act))
		if what := shared.RuleType(f.p, r); what != "" {
			act += " (" + what + ")"
		}
		f.text("rule", f.p.N("field.ruletext", r.K, "act", act))
	}
	f.text("speakers", strings.Join(b.Speakers, ", "))
	if b.RatifyWithin != 0 {
		f.text("ratifywithin", (time.Duration(b.RatifyWithin) * time.Second).String()) //nolint:gosec // at most a year
	}
}

// keys shows an officer's keys: what kind each is, and for a passkey where.
func (f *fieldList) keys(lines []string) template.HTML {
	var out template.HTML
	for _, l := range lines {
		k, err := approval.ParseKey(l)
		if err != nil {
			continue // no entry holds such a policy
		}
		what := template.HTML(template.HTMLEscapeString(f.p.T("with.ssh"))) //nolint:gosec // escaped
		if origin, _, ok := k.Passkey(); ok {
			what = f.p.H("with.passkey", "origin", shared.Origin(origin))
		}
		out += `<span class="sub block">` + what + ` <bdi class="digest" dir="ltr">` + shared.Show(k.Fingerprint()) + `</bdi></span>`
	}
	return out
}

func (f *fieldList) opened(b register.DraftOpen) {
	f.add("reference", shared.Ref(b.Reference))
	f.text("chain", f.p.N("letter.revisions", len(b.Chain)))
	for _, l := range b.Chain {
		f.entry("seal", l.Index)
	}
	for _, r := range b.Revisions {
		f.text("revision", f.p.Num(uint64(r.Number)))
		f.leaves(r.Fields)
	}
}

func (f *fieldList) issue(b register.Issue) {
	f.add("reference", shared.Ref(b.Reference))
	f.text("type", f.p.T("type."+string(b.Type)))
	f.text("disclosure", f.p.T("field."+b.Disclosure))
	f.entry("seal", b.Seal.Index)
	if b.Written != "" {
		f.text("written", f.p.Written(b.Written))
	}
	f.stamp("notbefore", b.NotBefore)
	f.stamp("expires", b.Expires)
	f.targets("supersedes", b.Supersedes...)
	f.targets("regarding", b.Regarding...)
	f.issuedFiles(b.Files)
	f.leaves(b.Fields)
}

func (f *fieldList) correct(b register.Correct) {
	f.targets("target", b.Target)
	f.words("reason", b.Reason)
	f.text("revision", f.p.Num(uint64(b.Seal.Opening.Revision)))
	f.text("disclosure", f.p.T("field."+b.Disclosure))
	f.entry("seal", b.Seal.Index)
	f.issuedFiles(b.Files)
	f.leaves(b.Fields)
}

func (f *fieldList) issuedFiles(files []register.File) {
	for _, file := range files {
		f.text("file", file.Role+", "+file.MediaType)
		f.digest("filedigest", file.Digest.String())
	}
}

func (f *fieldList) statement(b register.Statement) {
	f.text("type", f.p.T("statement."+string(b.Type)))
	f.text("source", b.Source)
	f.stamp("seen", b.SeenAt)
	f.stamp("next", b.NextWordBy)
	f.targets("regarding", b.Regarding...)
	f.leaves(b.Of)
	f.leaves(b.Texts)
	f.files(b.Files)
}

func (f *fieldList) files(hs []letter.Hash) {
	for _, h := range hs {
		f.digest("filedigest", h.String())
	}
}

// bodies returns the words that an entry makes public, except those of letters,
// which have their own page.
func bodies(p *i18n.Printer, r shared.Records, b register.Body) []shared.Body {
	switch b := b.(type) {
	case register.Statement:
		return shared.Bodies(r, b.Texts, p.T("letter.absent"))
	case register.Disavow:
		return shared.Bodies(r, b.Texts, p.T("letter.absent"))
	}
	return nil
}
