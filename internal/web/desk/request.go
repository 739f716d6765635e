package desk

import (
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"chancery.example/approval"
	"chancery.example/internal/check"
	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/staff"
	"chancery.example/internal/web/desk/pages/problem"
	"chancery.example/internal/web/desk/pages/request"
	"chancery.example/internal/web/pages/entry"
	"chancery.example/internal/web/shared"
	"chancery.example/letter"
	"chancery.example/register"
)

func (d *Desk) requestRoutes() []route {
	return []route{
		{pattern: "GET /desk/request/{id}", serve: (*call).request},
		{pattern: "GET /desk/request/{id}/statement.txt", serve: (*call).statement},
		{pattern: "GET /desk/request/{id}/letter.pdf", serve: (*call).requestPDF},
		{pattern: "POST /desk/request/{id}/approve", act: "approve", serve: (*call).approve},
		{pattern: "POST /desk/request/{id}/refuse", act: "approve", serve: (*call).refuse},
		{pattern: "POST /desk/request/{id}/perform", fresh: true, serve: (*call).perform},
	}
}

// asked returns the request that an address names, if the reader may know of it.
func (c *call) asked() (office.Request, error) {
	id, err := strconv.ParseInt(c.PathValue("id"), 10, 64)
	if err != nil || !c.seesRequests() {
		return office.Request{}, kind.NotFound.Errorf("there is no such request")
	}
	return c.d.house.Request(c.ctx(), id) //nolint:wrapcheck // the act's own words
}

// seesRequests: what waits for officers is seen by officers and auditors.
func (c *call) seesRequests() bool {
	return c.who.Holds(string(register.RoleDrafter), string(register.RoleApprover), string(register.RoleClerk), string(register.RolePress), "auditor")
}

// performers maps what waits to the act that carries it out.
var performers = map[register.Kind]string{
	register.KindIssue: "issue", register.KindCorrect: "issue", register.KindWithdraw: "issue", register.KindSupersede: "issue", register.KindRatify: "issue",
	register.KindDraftOpen: "open", register.KindDraftClose: "close", register.KindStatement: "state", register.KindRetract: "retract",
	register.KindDisavow: "disavow", register.KindPolicy: "propose_key", register.KindKeyRevoke: "propose_key",
}

// quick are the acts that may follow an officer's approval with the same button:
// public words, which are wanted at once and can be taken back.
var quick = map[register.Kind]bool{register.KindStatement: true, register.KindRetract: true, register.KindDisavow: true}

// mayPerform reports whether the reader can carry out what was approved. In an
// emergency whoever may take part may.
func (c *call) mayPerform(q office.Request) bool {
	if w, ok := q.Body.(register.Withdraw); ok && w.Emergency {
		return c.may("withdraw_at_once")
	}
	return c.may(performers[q.Kind])
}

// request shows what waits for approval.
func (c *call) request() answer {
	q, err := c.asked()
	if err != nil {
		return c.failed(err)
	}
	v, err := c.requestView(q)
	if err != nil {
		return c.failed(err)
	}
	title := shared.Up(c.printer.T("act." + v.Act))
	if v.Reference != "" {
		title += " " + string(v.Reference)
	}
	a := view(request.Page, v, title, "/desk/request/"+c.PathValue("id"), "forme")
	return c.passkeys(a)
}

func (c *call) requestView(q office.Request) (request.View, error) {
	statement := q.Statement.Bytes()
	v := request.View{
		UI: c.lang, ID: q.ID, Act: string(q.Statement.Act), Kind: q.Kind, Reference: q.Reference, Revision: q.Revision, State: string(q.State),
		Statement: string(statement), Digest: letter.Hash(sha256.Sum256(statement)), SixWords: q.SixWords, Needed: q.Needed, Missing: q.Missing, Ready: q.Ready,
		Refused: q.Refused, Mine: slices.Contains(q.Approved, c.who.ID), Fresh: c.who.Fresh, MayPerform: c.mayPerform(q),
		Irrevocable: q.Kind == register.KindIssue || q.Kind == register.KindDraftOpen,
	}
	policy, _, err := c.d.house.PolicyOf(c.ctx(), c.who.Office)
	if err != nil {
		return v, err //nolint:wrapcheck // the act's own words
	}
	me, _ := policy.Officer(c.who.ID)
	v.Approvals = approvers(q, policy)
	v.MayRecall = q.Kind == register.KindIssue && v.State == "waiting" && c.may(string(staff.RecallApproval))
	v.Counts = q.Counts(policy, me)
	v.MayApprove = v.Counts && c.may("approve") && v.State == "waiting" && !v.Mine
	if v.MayApprove {
		if v.Options, err = c.passkeyOf(q, me); err != nil {
			return v, err
		}
	}
	v.AndThen = v.MayApprove && v.MayPerform && v.Fresh && quick[q.Kind] && len(q.Approved)+1 >= q.Needed
	// A draft's words are not for everybody who may know that there is one.
	if v.Hidden = q.Revision != 0 && !v.Counts && !c.who.Holds("drafter", "approver", "issuing clerk", "auditor"); v.Hidden {
		return v, nil
	}
	return v, c.document(&v, q)
}

// approvers returns who has approved, and with what kind of key. The signatures were
// verified when they were given.
func approvers(q office.Request, policy register.Policy) []request.Approver {
	var out []request.Approver
	set, _ := register.ApprovalsOf(q.Body)
	for _, id := range q.Approved {
		o, _ := policy.Officer(id)
		a := request.Approver{ID: id, Name: o.Name}
		for _, sig := range set.Signatures {
			if key, err := approval.Signer(sig.Signature); sig.Officer == id && err == nil {
				a.Key = key.Fingerprint()
				a.Passkey, _, _ = key.Passkey()
			}
		}
		out = append(out, a)
	}
	return out
}

// passkeyOf returns what the reader's browser is given to approve with; "" when the
// policy names no passkey of theirs.
func (c *call) passkeyOf(q office.Request, me register.Officer) (string, error) {
	options, err := c.d.people.BeginApproval(c.ctx(), c.who, q.Statement.Bytes(), me.Keys)
	if k := kind.Of(err); k == kind.Conflict || k == kind.NotFound {
		return "", nil
	}
	return string(options), err //nolint:wrapcheck // says what it read
}

// document sets what will stand, and what differs from what this officer saw.
func (c *call) document(v *request.View, q office.Request) error {
	snap, err := c.d.records.Snapshot(c.ctx())
	if err != nil {
		return err //nolint:wrapcheck // says what it read
	}
	v.Fields = entry.Fields(c.printer, snap, q.Body)
	if digest, ok := q.FormOf(); ok {
		raw, err := c.d.house.Form(c.ctx(), c.who.Office, digest)
		if err != nil && kind.Of(err) != kind.NotFound {
			return err //nolint:wrapcheck // the act's own words
		}
		v.Form = &request.Form{Digest: digest, Kept: err == nil, KB: (len(raw) + 1023) / 1024}
	}
	if q.Kind == register.KindDisavow {
		if v.Today, err = c.today(snap, q); err != nil {
			return err
		}
	}
	if q.Revision == 0 {
		v.DocumentOf(c.printer, q, nil)
		return nil
	}
	revs, err := c.d.house.Revisions(c.ctx(), c.who.Office, q.Reference)
	if err != nil {
		return err //nolint:wrapcheck // the act's own words
	}
	byNumber := map[uint32]letter.Content{}
	for _, r := range revs {
		byNumber[r.Number] = r.Content
	}
	content := byNumber[q.Revision]
	v.DocumentOf(c.printer, q, &content)
	v.CoordinatedOf(q, content)
	last, err := c.d.house.LastSeen(c.ctx(), c.who.Office, c.who.ID, q.Reference, q.Revision)
	if err != nil {
		return err //nolint:wrapcheck // the act's own words
	}
	seen := last != 0
	if !seen {
		last = q.Revision - 1
	}
	if before, ok := byNumber[last]; ok {
		v.Since = request.Differ(c.printer, last, seen, before.Texts, content.Texts)
	}
	return c.d.house.Saw(c.ctx(), c.who.Office, c.who.ID, q.Reference, q.Revision) //nolint:wrapcheck // the act's own words
}

// today is what a reader is told now of a paper that is to be disavowed, in each
// of its languages.
func (c *call) today(snap *check.Snapshot, q office.Request) ([]string, error) {
	var out []string
	for _, x := range q.Texts {
		f, err := snap.Examine(c.ctx(), check.Exhibit{Data: []byte(x.Text.String()), As: check.KindText}, c.d.house.Now())
		if err != nil {
			return nil, err //nolint:wrapcheck // says what it read
		}
		if f.Headline != nil {
			out = append(out, f.Headline.Text.In(c.lang))
		}
	}
	return out, nil
}

// statement sends the lines to sign elsewhere, with ssh-keygen or a smart card.
func (c *call) statement() answer {
	q, err := c.asked()
	if err != nil {
		return c.failed(err)
	}
	return answer{file: &download{"statement.txt", "text/plain; charset=utf-8", q.Statement.Bytes()}}
}

// requestPDF sends the PDF that a request asks officers to approve, to those who are
// shown its words.
func (c *call) requestPDF() answer {
	q, err := c.asked()
	if err != nil {
		return c.failed(err)
	}
	v, err := c.requestView(q)
	if err != nil {
		return c.failed(err)
	}
	digest, ok := q.FormOf()
	if !ok || v.Hidden {
		return c.failed(kind.NotFound.Errorf("there is no such request"))
	}
	raw, err := c.d.house.Form(c.ctx(), c.who.Office, digest)
	if err != nil {
		return c.failed(err)
	}
	return answer{file: &download{strings.ReplaceAll(string(q.Reference), "/", "_") + ".pdf", "application/pdf", raw}}
}

// approve takes an officer's signature: of a passkey, or one made elsewhere. The
// form carries the digest of the statement that was shown; of another statement
// nothing is approved, whatever the signature says.
func (c *call) approve() answer {
	q, err := c.asked()
	if err != nil {
		return c.failed(err)
	}
	signature, err := c.signature(q)
	if err != nil {
		return c.failed(err)
	}
	after, err := c.d.house.Approve(c.ctx(), q.ID, c.who.ID, signature)
	if err != nil {
		return c.failed(err)
	}
	if c.FormValue("then") == "perform" && after.Ready && c.who.Fresh && quick[q.Kind] {
		return c.perform()
	}
	return c.done("/desk/request/"+c.PathValue("id"), "approved")
}

func (c *call) signature(q office.Request) ([]byte, error) {
	if c.FormValue("statement") != letter.Hash(sha256.Sum256(q.Statement.Bytes())).String() {
		return nil, kind.Conflict.Errorf("approving: the page was about another statement than the one that waits; open the request again, read it, and approve that")
	}
	if c.FormValue("answer") != "" {
		return c.evidence(q)
	}
	f, _, err := c.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return nil, kind.Invalid.Errorf("approving: there is no signature; choose the file that ssh-keygen wrote beside the statement, statement.txt.sig")
	}
	if err != nil {
		return nil, kind.Invalid.Errorf("approving: %w", err)
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(io.LimitReader(f, maxSignature+1))
	if err != nil || len(b) > maxSignature {
		return nil, kind.Invalid.Errorf("approving: the file is not a signature: it is too long, or was cut off")
	}
	return b, nil
}

const maxSignature = 1 << 14

// evidence reads what a browser sent of a passkey's answer.
func (c *call) evidence(q office.Request) ([]byte, error) {
	policy, _, err := c.d.house.PolicyOf(c.ctx(), c.who.Office)
	if err != nil {
		return nil, err //nolint:wrapcheck // the act's own words
	}
	me, _ := policy.Officer(c.who.ID)
	return c.d.people.Evidence(c.ctx(), c.who, q.Statement.Bytes(), me.Keys, []byte(c.FormValue("answer"))) //nolint:wrapcheck // the act's own words
}

// refuse is an officer's no.
func (c *call) refuse() answer {
	q, err := c.asked()
	if err != nil {
		return c.failed(err)
	}
	if err := c.d.house.Refuse(c.ctx(), q.ID, c.who.ID, c.FormValue("reason")); err != nil {
		return c.failed(err)
	}
	return c.done("/desk/request/"+c.PathValue("id"), "refused")
}

// perform carries out what was approved.
func (c *call) perform() answer {
	q, err := c.asked()
	if err != nil {
		return c.failed(err)
	}
	if !c.mayPerform(q) {
		return c.problem(problem.View{Kind: "role", Act: performers[q.Kind]})
	}
	rec, err := c.d.house.Perform(c.ctx(), q.ID, c.who.ID)
	if err != nil {
		return c.failed(err)
	}
	notice := "performed"
	if rec.Embargoed != "" {
		notice = "embargoed"
	}
	return c.done("/desk/request/"+c.PathValue("id"), notice)
}
