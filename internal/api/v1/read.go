package v1

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"chancery.example/internal/notify"
	"chancery.example/internal/web/shared"
	"chancery.example/letter"
	"chancery.example/lookup"
	"chancery.example/proof"
	"chancery.example/register"
)

func moment(s register.Stamp) *time.Time {
	if s == 0 {
		return nil
	}
	t := s.Time()
	return &t
}

func later(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// some is a list that is never null.
func some[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}

func (c *call) checkpoint() (any, error) {
	cp, err := c.api.Source.Checkpoint(c.Context())
	if err != nil {
		return nil, err
	}
	out := Checkpoint{Origin: cp.Origin, Size: cp.Size, Root: cp.Root.String(), Witnesses: cp.Witnesses, Needed: cp.Needed, Note: string(cp.Raw), Time: later(cp.Time)}
	return out, nil
}

func (c *call) offices() (any, error) {
	out := Offices{[]Office{}}
	for _, o := range c.records.State().Offices() {
		out.Offices = append(out.Offices, c.officeOf(o))
	}
	return out, nil
}

func (c *call) oneOffice() (any, error) {
	o, err := c.office()
	if err != nil {
		return nil, err
	}
	return c.officeOf(o), nil
}

func (c *call) officeOf(o register.OfficeView) Office {
	out := Office{
		Office: o.ID, OfficeURI: o.Office, Name: o.Name, Domain: o.Domain, Since: o.Since, Statements: o.Statements, Disavowals: o.Disavowals,
		Sealed: o.Sealed, Opened: o.Opened, Keys: []Key{},
	}
	for _, k := range o.Keys {
		key := Key{Thumbprint: k.Thumbprint, Added: k.Added}
		if k.Revoked != nil {
			key.After = &k.Revoked.After
		}
		out.Keys = append(out.Keys, key)
	}
	for _, l := range c.records.State().Letters() {
		if l.Office == o.Office {
			out.Letters++
		}
	}
	return out
}

// shownBy is the entry by which a letter became public, and when.
func shownBy(l *register.Letter) (register.Index, time.Time) {
	var at register.Index
	var when register.Stamp
	take := func(i register.Index, s register.Stamp) {
		if at == 0 || i < at {
			at, when = i, s
		}
	}
	for _, i := range l.Issues {
		take(i.Index, i.At)
	}
	for _, o := range l.Opened {
		take(o.Index, o.At)
	}
	if l.Closed != nil && at == 0 {
		take(l.Closed.Index, l.Closed.At)
	}
	return at, when.Time()
}

// disclosed are the fields that a letter shows now: of its newest correction, its
// issue, or the newest revision that was opened.
func disclosed(l *register.Letter) []letter.Disclosure {
	if n := len(l.Corrected); n > 0 {
		return l.Corrected[n-1].Correct.Fields
	}
	if len(l.Issues) > 0 {
		return l.Issues[0].Issue.Fields
	}
	var newest uint32
	var out []letter.Disclosure
	for _, o := range l.Opened {
		if o.Revision.Number >= newest {
			newest, out = o.Revision.Number, o.Revision.Fields
		}
	}
	return out
}

func (c *call) letterOf(o register.OfficeView, l *register.Letter) Letter {
	st := shared.StatusOf(c.records, l, c.api.Source.Now())
	at, when := shownBy(l)
	out := Letter{
		Office: o.ID, OfficeURI: o.Office, Reference: l.Reference, Type: l.Type, Standing: st.Standing, Revision: st.Revision, Languages: []letter.Lang{},
		At: when, Entry: at, EndedAt: moment(st.EndedAt), Expires: moment(st.Expires), Reason: st.Reason, Sealed: st.Sealed, ApprovedBy: []string{},
		Needed: st.Needed, Statements: []register.Index{}, Entries: some(st.Entries), Page: shared.LetterPath(o.ID, l.Reference),
	}
	for _, d := range disclosed(l) {
		if lang, isText := d.Field.Lang(); isText {
			out.Languages = append(out.Languages, lang)
		}
	}
	for _, r := range st.ReplacedBy {
		if r.By != nil {
			out.ReplacedBy = append(out.ReplacedBy, r.By.Reference)
		}
	}
	for _, x := range st.Corrected {
		out.Corrected = append(out.Corrected, x.Index)
	}
	for _, a := range st.ApprovedBy {
		out.ApprovedBy = append(out.ApprovedBy, a.Name)
	}
	for _, s := range c.records.State().StatementsRegarding(o.Office, l.Reference) {
		out.Statements = append(out.Statements, s.Index)
	}
	return out
}

func (c *call) letters() (any, error) {
	o, err := c.office()
	if err != nil {
		return nil, err
	}
	p, err := c.page()
	if err != nil {
		return nil, err
	}
	standing, lang := register.Standing(c.URL.Query().Get("standing")), letter.Lang(c.URL.Query().Get("language"))
	if standing != "" && !slices.Contains(register.Standings(), standing) {
		return nil, invalid("There is no such standing.")
	}
	var all []Letter
	for _, l := range c.records.State().Letters() {
		if l.Office != o.Office {
			continue
		}
		v := c.letterOf(o, l)
		if (standing == "" || v.Standing == standing) && (lang == "" || slices.Contains(v.Languages, lang)) {
			all = append(all, v)
		}
	}
	slices.SortFunc(all, func(a, b Letter) int { return int(b.Entry) - int(a.Entry) }) //nolint:gosec // positions are far below 2^63
	at := func(l Letter) uint64 { return uint64(l.Entry) }
	list, last, more := pick(p, all, at)
	return Letters{list, c.next(last, more)}, nil
}

func (c *call) find() (register.OfficeView, *register.Letter, error) {
	o, err := c.office()
	if err != nil {
		return o, nil, err
	}
	ref, err := c.ref()
	if err != nil {
		return o, nil, err
	}
	l, ok := c.records.State().Letter(o.Office, ref)
	if !ok {
		return o, nil, notThere
	}
	return o, l, nil
}

func (c *call) letter() (any, error) {
	o, l, err := c.find()
	if err != nil {
		return nil, err
	}
	return c.letterOf(o, l), nil
}

func (c *call) texts() (any, error) {
	_, l, err := c.find()
	if err != nil {
		return nil, err
	}
	st := shared.StatusOf(c.records, l, c.api.Source.Now())
	out := Texts{Reference: l.Reference, Standing: st.Standing, Revision: st.Revision, Texts: []Text{}}
	for _, d := range disclosed(l) {
		lang, isText := d.Field.Lang()
		if !isText {
			continue
		}
		t := Text{Language: lang, Leaf: d.Hash}
		if d.Salt != nil {
			t.Salt = hex.EncodeToString(d.Salt[:])
		}
		if words, ok := c.records.TextOf(d.Hash); ok {
			s := words.String()
			t.Text = &s
		}
		out.Texts = append(out.Texts, t)
	}
	return out, nil
}

func (c *call) proof() (any, error) {
	o, l, err := c.find()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := c.api.Source.Proof(c.Context(), o.ID, l.Reference, &b); err != nil {
		return nil, err
	}
	return file{proof.MediaType, shared.ProofName(l.Reference), b.Bytes()}, nil
}

func (c *call) absenceOf() (any, error) {
	d, err := letter.ParseHash(c.PathValue("digest"))
	if err != nil {
		return nil, notThere
	}
	return c.absence(lookup.Name{Kind: lookup.Kind(c.PathValue("what")), Values: [][]byte{d[:]}})
}

func (c *call) absenceOfLetter() (any, error) {
	o, err := c.office()
	if err != nil {
		return nil, err
	}
	ref, err := c.ref()
	if err != nil {
		return nil, err
	}
	return c.absence(lookup.OfLetter(o.Office, ref))
}

func (c *call) absence(n lookup.Name) (any, error) {
	if n.Validate() != nil {
		return nil, notThere
	}
	var b bytes.Buffer
	if err := c.api.Source.Absence(c.Context(), []lookup.Name{n}, nil, &b); err != nil {
		return nil, refusal{http.StatusConflict, "not_absent", "This absence cannot be proved now: the register has no index head yet, or something is on record here.", 0}
	}
	return file{proof.MediaType, "absence" + proof.Extension, b.Bytes()}, nil
}

func (c *call) words(ds []letter.Disclosure) map[letter.Lang]string {
	out := map[letter.Lang]string{}
	for _, d := range ds {
		if lang, isText := d.Field.Lang(); isText {
			if words, ok := c.records.TextOf(d.Hash); ok {
				out[lang] = words.String()
			}
		}
	}
	return out
}

func regarded(targets []register.Target) []notify.Regarded {
	out := []notify.Regarded{}
	for _, t := range targets {
		out = append(out, notify.Regarded{OfficeURI: t.Office, Reference: t.Reference, Entry: t.Index})
	}
	return out
}

func names(by []register.ApprovedBy) []string {
	out := []string{}
	for _, a := range by {
		out = append(out, a.Name)
	}
	return out
}

func retracted(r *register.Retraction) *time.Time {
	if r == nil {
		return nil
	}
	return moment(r.At)
}

// said are all statements and disavowals of an office, the newest first.
func (c *call) said(o register.OfficeView) []Statement {
	var out []Statement
	for _, s := range c.records.State().Statements() {
		if s.Office == o.Office {
			out = append(out, Statement{
				Office: o.ID, Entry: s.Index, At: s.At.Time(), Kind: register.KindStatement, Type: s.Statement.Type, Text: c.words(s.Statement.Texts),
				Files: s.Statement.Files, Regarding: regarded(s.Statement.Regarding), Source: s.Statement.Source, NextWordBy: moment(s.Statement.NextWordBy),
				Retracted: retracted(s.Retracted), ApprovedBy: names(s.ApprovedBy),
			})
		}
	}
	for _, d := range c.records.State().Disavowals() {
		if d.Office == o.Office {
			out = append(out, Statement{
				Office: o.ID, Entry: d.Index, At: d.At.Time(), Kind: register.KindDisavow, Text: c.words(d.Disavow.Texts), Reason: d.Disavow.Reason,
				Files: d.Disavow.Files, Regarding: regarded(d.Disavow.Regarding), Retracted: retracted(d.Retracted), ApprovedBy: names(d.ApprovedBy),
			})
		}
	}
	slices.SortFunc(out, func(a, b Statement) int { return int(b.Entry) - int(a.Entry) }) //nolint:gosec // positions are far below 2^63
	return out
}

func (c *call) statements() (any, error) {
	o, err := c.office()
	if err != nil {
		return nil, err
	}
	p, err := c.page()
	if err != nil {
		return nil, err
	}
	list, last, more := pick(p, c.said(o), func(s Statement) uint64 { return uint64(s.Entry) })
	return Statements{list, c.next(last, more)}, nil
}

func (c *call) statement() (any, error) {
	o, err := c.office()
	if err != nil {
		return nil, err
	}
	for _, s := range c.said(o) {
		if strconv.FormatUint(uint64(s.Entry), 10) == c.PathValue("entry") {
			return s, nil
		}
	}
	return nil, notThere
}

func (c *call) entryOf(i register.Index) (Entry, error) {
	raw, err := c.api.Source.Entry(c.Context(), i)
	if err != nil {
		return Entry{}, err
	}
	e, err := register.Parse(raw)
	if err != nil {
		return Entry{}, fmt.Errorf("entry %d: %w", i, err)
	}
	return Entry{i, e.Body.Kind(), e.Claims.Issuer, e.Claims.Subject, e.Claims.IssuedAt, e.LeafHash(), e.KeyID, shared.EntryPath(i) + "/raw"}, nil
}

func (c *call) entries() (any, error) {
	p, err := c.page()
	if err != nil {
		return nil, err
	}
	end := c.records.State().Size()
	if p.below != 0 {
		end = min(end, p.below)
	}
	out := Entries{Entries: []Entry{}}
	for i := end; i > 0 && len(out.Entries) < p.most; i-- {
		e, err := c.entryOf(register.Index(i - 1))
		if err != nil {
			return nil, err
		}
		out.Entries = append(out.Entries, e)
	}
	left := end - uint64(len(out.Entries))
	out.Next = c.next(left, left > 0)
	return out, nil
}

func (c *call) entry() (any, error) {
	n, err := c.id("entry")
	if err != nil || uint64(n) >= c.records.State().Size() { //nolint:gosec // not negative
		return nil, notThere
	}
	return c.entryOf(register.Index(n)) //nolint:gosec // not negative
}

// check passes a paper on to the pages, which have the limits, and makes their
// problems ours. JSON becomes the plain text that they read.
func (a *api) check(w http.ResponseWriter, r *http.Request) {
	c := &call{Request: r, api: a, w: w}
	inner := r.Clone(r.Context())
	inner.URL.Path, inner.URL.RawPath = "/check", ""
	inner.Header.Set("Accept", "application/json")
	inner.Header.Del("Origin") // no cookie is looked at, so no site can send one in another's name
	inner.Header.Del("Sec-Fetch-Site")
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		p, err := bodyOf[Paper](c)
		if err != nil {
			a.refuse(w, r, err)
			return
		}
		inner.Header.Set("Content-Type", "text/plain; charset=utf-8")
		inner.Body, inner.ContentLength = readCloser{strings.NewReader(p.Text)}, int64(len(p.Text))
		q := inner.URL.Query()
		if p.As != "" {
			q.Set("as", p.As)
		}
		inner.URL.RawQuery = q.Encode()
	}
	rec := &recorder{header: http.Header{}}
	a.Check.ServeHTTP(rec, inner)
	for _, h := range []string{"Content-Type", "Retry-After", "Connection"} {
		if v := rec.header.Get(h); v != "" {
			w.Header().Set(h, v)
		}
	}
	var form struct {
		Exhibit string          `json:"exhibit_kind"`
		Letters json.RawMessage `json:"letters"`
	}
	if rec.status == http.StatusOK && json.Unmarshal(rec.body.Bytes(), &form) == nil && form.Exhibit == "" && form.Letters != nil {
		rec.status = http.StatusSeeOther // a reference: the pages list who has it
	}
	if rec.status == http.StatusSeeOther {
		fail(w, refusal{http.StatusUnprocessableEntity, "invalid", "That is a reference and nothing else: it proves nothing. Look the letter up under /offices, or send the words.", 0})
		return
	}
	w.WriteHeader(rec.status)
	_, _ = w.Write(rec.body.Bytes())
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }
