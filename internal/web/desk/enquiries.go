package desk

import (
	"fmt"
	"strconv"
	"strings"

	"chancery.example/internal/check"
	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/web/desk/pages/enquiries"
	"chancery.example/internal/web/desk/pages/enquiry"
	publicoffice "chancery.example/internal/web/pages/office"
	"chancery.example/register"
)

func (d *Desk) enquiryRoutes() []route {
	return []route{
		{pattern: "GET /desk/enquiries", act: "see_enquiries", serve: (*call).enquiries},
		{pattern: "GET /desk/enquiry/{id}", act: "see_enquiries", serve: (*call).enquiry},
		{pattern: "POST /desk/enquiry/{id}/answer", act: "answer_enquiry", serve: (*call).answerEnquiry},
		{pattern: "POST /desk/enquiry/{id}/dismiss", act: "answer_enquiry", serve: (*call).dismissEnquiry},
	}
}

// enquiries shows what readers ask, those that wait first.
func (c *call) enquiries() answer {
	all, err := c.d.house.Enquiries(c.ctx(), c.who.Office)
	if err != nil {
		return c.failed(err)
	}
	var v enquiries.View
	for _, e := range all {
		row := enquiries.Row{Enquiry: e, Waits: c.d.house.Now().Sub(e.AskedAt)}
		if e.State == office.EnquiryOpen {
			v.Open = append(v.Open, row)
			continue
		}
		row.Waits = e.EndedAt.Sub(e.AskedAt)
		v.Ended = append(v.Ended, row)
	}
	return view(enquiries.Page, v, c.printer.T("desk.enquiries.title"), "/desk/enquiries", "enquiries")
}

func (c *call) enquiryID() (int64, error) {
	id, err := strconv.ParseInt(c.PathValue("id"), 10, 64)
	if err != nil {
		return 0, kind.NotFound.Errorf("there is no such enquiry")
	}
	return id, nil
}

// enquiry shows one question, what a reader of that paper is told now, and the ways
// to answer.
func (c *call) enquiry() answer {
	id, err := c.enquiryID()
	if err != nil {
		return c.failed(err)
	}
	e, err := c.d.house.Enquiry(c.ctx(), c.who.Office, id)
	if err != nil {
		return c.failed(err)
	}
	snap, err := c.d.records.Snapshot(c.ctx())
	if err != nil {
		return c.failed(err)
	}
	v := enquiry.View{Enquiry: e, Waits: c.d.house.Now().Sub(e.AskedAt), MayAnswer: c.may("answer_enquiry") && e.State == office.EnquiryOpen}
	if e.State != office.EnquiryOpen {
		v.Waits = e.EndedAt.Sub(e.AskedAt)
	}
	if strings.TrimSpace(e.Exhibit) != "" {
		f, err := snap.Examine(c.ctx(), check.Exhibit{Data: []byte(e.Exhibit), As: check.KindText}, c.d.house.Now())
		if err != nil {
			return c.failed(fmt.Errorf("checking what the reader sent: %w", err))
		}
		if f.Headline != nil {
			v.Today = f.Headline.Text.In(c.lang)
		}
	}
	if o, ok := snap.State().OfficeByID(c.who.Office); ok && v.MayAnswer {
		v.Said, _ = publicoffice.Said(snap, o.Office)
	}
	return view(enquiry.Page, v, c.printer.T("desk.enquiry.title", "n", id), "/desk/enquiry/"+c.PathValue("id"), "enquiries")
}

// answerEnquiry ends a question by a statement or disavowal that is public.
func (c *call) answerEnquiry() answer {
	id, err := c.enquiryID()
	if err != nil {
		return c.failed(err)
	}
	entry, err := strconv.ParseUint(strings.TrimSpace(c.FormValue("entry")), 10, 63)
	if err != nil {
		return c.failed(kind.Invalid.Errorf("choose the statement that answers it; to say something new, make the statement first"))
	}
	if err := c.d.house.AnswerEnquiry(c.ctx(), c.who.Office, c.who.ID, id, register.Index(entry)); err != nil {
		return c.failed(err)
	}
	return c.done("/desk/enquiry/"+c.PathValue("id"), "enquiry")
}

// dismissEnquiry ends a question without an answer, with a reason that the reader
// sees.
func (c *call) dismissEnquiry() answer {
	id, err := c.enquiryID()
	if err != nil {
		return c.failed(err)
	}
	if err := c.d.house.DismissEnquiry(c.ctx(), c.who.Office, c.who.ID, id, c.FormValue("reason")); err != nil {
		return c.failed(err)
	}
	return c.done("/desk/enquiry/"+c.PathValue("id"), "dismissed")
}
