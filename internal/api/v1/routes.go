package v1

import (
	"net/http"
	"slices"

	"chancery.example/internal/check"
	"chancery.example/internal/proved"
	"chancery.example/internal/staff"
	"chancery.example/proof"
)

// A route is one address with one method. The table is what is served, and what
// openapi.json is made of.
type route struct {
	method, path string
	summary      string
	query        []string // names of parameters: see parameters
	body, out    any      // their zero values; nil: none
	also         any      // another form of answer: to a proof file
	media        string   // of an answer that is no JSON
	status       int
	may          []staff.Act // one of them is needed; nil: everybody may
	public       bool        // shows records although it takes a token
	match        bool        // takes If-Match
	looks        bool        // changes nothing, though what it looks at is sent
	serve        func(*call) (any, error)
}

// parameters says what may follow the question mark.
var parameters = map[string]string{
	"cursor":   "where the list goes on: next_cursor of the part before",
	"limit":    "how many at most, 1 to 200; 50 when not given",
	"standing": "only letters of this standing",
	"language": "only letters with a text in this language",
	"as":       "what is sent, when the sender knows better: text, quotation or report",
}

// any token may.
var whoever = []staff.Act{}

func routes() []route {
	return slices.Concat(publicRoutes(), letterRoutes(), houseRoutes(), elsewhereRoutes(), otherRoutes())
}

func publicRoutes() []route {
	paged := []string{"cursor", "limit"}
	get := func(path, summary string, out any, serve func(*call) (any, error), query ...string) route {
		return route{method: http.MethodGet, path: path, summary: summary, out: out, status: http.StatusOK, serve: serve, query: query}
	}
	proofAt := func(path, summary string, serve func(*call) (any, error)) route {
		return route{method: http.MethodGet, path: path, summary: summary, media: proof.MediaType, status: http.StatusOK, serve: serve}
	}
	return []route{
		{method: http.MethodGet, path: "/openapi.json", summary: "this document", media: "application/json", status: http.StatusOK,
			serve: func(*call) (any, error) { return file{"application/json", "", document}, nil }},
		{method: http.MethodPost, path: "/checks", summary: "where a paper stands: text, a file or a report, as a form, as JSON or as it is", query: []string{"as"},
			body: Paper{}, out: check.Finding{}, also: proved.Answer{}, status: http.StatusOK},
		get("/offices", "the offices of the register", Offices{}, (*call).offices),
		get("/offices/{office}", "an office", Office{}, (*call).oneOffice),
		get("/offices/{office}/letters", "the public letters of an office, the newest first", Letters{}, (*call).letters, append([]string{"standing", "language"}, paged...)...),
		get("/offices/{office}/letters/{ref}", "a public letter and where it stands", Letter{}, (*call).letter),
		get("/offices/{office}/letters/{ref}/texts", "the words of a public letter", Texts{}, (*call).texts),
		proofAt("/offices/{office}/letters/{ref}/proof", "the proof file of a public letter", (*call).proof),
		get("/offices/{office}/statements", "what an office said and disavowed, the newest first", Statements{}, (*call).statements, paged...),
		get("/offices/{office}/statements/{entry}", "one statement or disavowal", Statement{}, (*call).statement),
		get("/checkpoint", "the newest signed head", Checkpoint{}, (*call).checkpoint),
		get("/log/entries", "the entries of the log, the newest first", Entries{}, (*call).entries, paged...),
		get("/log/entries/{entry}", "one entry", Entry{}, (*call).entry),
		proofAt("/absence/{what}/{digest}", "the proof that nothing is on record under a digest: what is text or file", (*call).absenceOf),
		proofAt("/absence/reference/{office}/{ref}", "the proof that nothing is on record under a reference", (*call).absenceOfLetter),
	}
}

func act(method, path, summary string, body, out any, status int, serve func(*call) (any, error), may ...staff.Act) route {
	return route{method: method, path: "/office" + path, summary: summary, body: body, out: out, status: status, serve: serve, may: may}
}

const (
	ok      = http.StatusOK
	created = http.StatusCreated
	nothing = http.StatusNoContent
)

func letterRoutes() []route {
	get, post := http.MethodGet, http.MethodPost
	list := act(get, "/drafts", "the office's letters, drafts included, the newest first", nil, Titles{}, ok, (*call).drafts, staff.SeeDrafts)
	list.query = []string{"cursor", "limit"}
	one := act(get, "/drafts/{ref}", "a letter as the office has it", nil, Draft{}, ok, about((*call).mine, (*call).draft), staff.SeeDrafts)
	revise := act(http.MethodPut, "/drafts/{ref}", "revise a draft", Revising{}, Draft{}, ok, about((*call).mine, (*call).revise), staff.EditText)
	revise.match = true
	return []route{
		list, one, revise,
		act(post, "/drafts", "start a draft", Content{}, Draft{}, created, with((*call).start), staff.StartDraft),
		act(post, "/drafts/{ref}/seal", "seal the draft: its commitment goes into the log", nil, Sealed{}, ok, about((*call).mine, (*call).seal), staff.StartDraft, staff.GiveInside),
		act(post, "/drafts/{ref}/submit", "ask officers for the approvals that issue it", Terms{}, Request{}, created, aboutWith((*call).mine, (*call).submit), staff.Submit),
		act(post, "/drafts/{ref}/copies", "give out numbered copies", Circulating{}, Copies{}, created, aboutWith((*call).mine, (*call).circulate), staff.GiveInside, staff.GiveOutside),
		act(get, "/drafts/{ref}/copies", "the copies that were given out", nil, Copies{}, ok, about((*call).mine, (*call).copies), staff.SeeDrafts),
		act(get, "/drafts/{ref}/clearances", "the clearances of a draft", nil, Clearances{}, ok, about((*call).mine, (*call).clearances), staff.SeeDrafts),
		act(post, "/drafts/{ref}/clearances", "ask for a clearance", ClearanceAsked{}, Clearance{}, created, aboutWith((*call).mine, (*call).askClearance), staff.AskClearance),
		act(post, "/drafts/{ref}/clearances/{id}/answer", "answer a clearance that was asked of oneself", ClearanceAnswered{}, nil, nothing, (*call).answerClearance, staff.Clear),
		act(post, "/drafts/{ref}/clearances/{id}/settle", "settle a condition or an objection", ClearanceSettled{}, nil, nothing, (*call).settleClearance, staff.SettleClearance, staff.Clear),
		act(post, "/drafts/{ref}/close", "ask to close a draft for good", nil, Request{}, created, about((*call).mine, (*call).closeDraft), staff.Close),
		act(post, "/drafts/{ref}/open", "ask to open the seal of a draft", Opening{}, Request{}, created, aboutWith((*call).ref, (*call).open), staff.OpenSeal),
		act(post, "/drafts/{ref}/issue", "issue what has its approvals", nil, Receipt{}, ok, about((*call).mine, (*call).issue), staff.Issue),
		act(post, "/letters/{ref}/correct", "ask to correct an issued letter", Correction{}, Request{}, created, aboutWith((*call).ref, (*call).correct), staff.Correct),
		act(post, "/letters/{ref}/withdraw", "ask to withdraw an issued letter", Reason{}, Request{}, created, aboutWith((*call).ref, (*call).withdraw), staff.Withdraw, staff.WithdrawAtOnce),
		act(post, "/letters/{ref}/ratify", "ask to ratify a withdrawal in an emergency", nil, Request{}, created, about((*call).ref, (*call).ratify), staff.Ratify),
		act(post, "/letters/{ref}/supersede", "ask to say which issued letter replaces it", Successor{}, Request{}, created, aboutWith((*call).ref, (*call).supersede), staff.Supersede),
		act(post, "/letters/{ref}/dispatches", "send an issued letter to addressees by mail", Sending{}, Dispatches{}, created, aboutWith((*call).ref, (*call).dispatch), staff.Issue),
		act(get, "/letters/{ref}/dispatches", "to whom a letter was sent, and who confirmed it", nil, Dispatches{}, ok, about((*call).mine, (*call).dispatches), staff.SeeDrafts),
	}
}

func otherRoutes() []route {
	get, post := http.MethodGet, http.MethodPost
	deliveries := act(get, "/webhooks/{id}/deliveries", "what went to a webhook, the newest first", nil, Deliveries{}, ok, (*call).deliveries, settings...)
	deliveries.query = []string{"cursor", "limit"}
	return []route{
		act(get, "", "what this token is", nil, Me{}, ok, (*call).me, whoever...).forAll(),
		act(get, "/requests", "what waits for officers", nil, Requests{}, ok, (*call).requests, staff.SeeDrafts),
		act(get, "/requests/{id}", "one request, with what officers sign", nil, Request{}, ok, (*call).request, staff.SeeDrafts),
		act(post, "/requests/{id}/perform", "carry out a request that has its approvals", nil, Receipt{}, ok, (*call).perform, staff.Issue, staff.State),
		act(post, "/statements", "ask to make a statement", Saying{}, Request{}, created, with((*call).say), staff.State),
		act(post, "/statements/{entry}/retract", "ask to take a statement or disavowal back", Reason{}, Request{}, created, (*call).retract, staff.Retract),
		act(post, "/disavowals", "ask to disavow a text or file", Disavowing{}, Request{}, created, with((*call).disavow), staff.Disavow),
		act(get, "/enquiries", "what readers ask", nil, Enquiries{}, ok, (*call).enquiries, staff.SeeEnquiries),
		act(get, "/enquiries/{id}", "one enquiry", nil, Enquiry{}, ok, (*call).enquiry, staff.SeeEnquiries),
		act(post, "/enquiries/{id}/answer", "answer an enquiry by a statement or disavowal that is public", Answering{}, nil, nothing, (*call).answerEnquiry, staff.AnswerEnquiry),
		act(post, "/enquiries/{id}/dismiss", "end an enquiry without an answer", Recalling{}, nil, nothing, (*call).dismissEnquiry, staff.AnswerEnquiry),
		act(get, "/webhooks", "the office's webhooks", nil, Webhooks{}, ok, (*call).webhooks, settings...),
		act(post, "/webhooks", "add a webhook", Subscribing{}, Webhook{}, created, with((*call).subscribe), settings...),
		act(get, "/webhooks/key", "the register's own key, which signs messages of scheme v1a", nil, PublicKey{}, ok, (*call).webhookKey, settings...),
		act(get, "/webhooks/{id}", "one webhook", nil, Webhook{}, ok, (*call).webhook, settings...),
		act(http.MethodDelete, "/webhooks/{id}", "remove a webhook", nil, nil, nothing, (*call).unsubscribe, settings...),
		act(post, "/webhooks/{id}/enable", "use a webhook again that was given up", nil, nil, nothing, (*call).enable, settings...),
		act(post, "/webhooks/{id}/test", "send a test message", nil, Delivery{}, ok, (*call).test, settings...),
		deliveries,
	}
}

// settings: no token administers, so clerks and press officers keep their programs'
// webhooks; at the desk administrators do.
var settings = []staff.Act{staff.ChangeSettings, staff.Issue, staff.State}

// acts reports whether an address changes something, and takes an Idempotency-Key.
func (r route) acts() bool { return r.method != http.MethodGet && r.may != nil && !r.looks }

// most is how much a request may hold.
func (r route) most() int64 {
	switch r.body.(type) {
	case Terms, Finished, Correction:
		return maxWithForm
	}
	return maxBody
}

// look marks what changes nothing: doing it again is looking again.
func (r route) look() route {
	r.looks = true
	return r
}

func (r route) forAll() route {
	r.may = whoever
	return r
}
