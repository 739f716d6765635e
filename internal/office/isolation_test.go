package office_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/letter"
	"chancery.example/register"
)

// notOfAnOffice are the methods of a Register that take no office, reference,
// request or entry from who calls, so that nothing of another can be named. Erase
// and EraseForm take the leaf of a public text and the digest of a public PDF, at the
// operator's hand; ForgetEnquirers is about
// what is long answered, of all; PublicEnquiry takes the reader's secret alone.
var notOfAnOffice = []string{"AddRoleKey", "Close", "Enrol", "Erase", "EraseForm", "Folder", "ForgetEnquirers", "LogMap", "Now", "Offices", "PublicEnquiry", "RevokeRoleKey", "Run", "Sync"}

// A foreign act is one that office b tries with what is office a's, or with what
// is nobody's.
type foreign struct {
	ref     letter.Ref
	request int64
	entry   register.Index
	key     letter.Hash
	enquiry int64
}

// foreignActs are all acts that name something of an office, by method.
var foreignActs = map[string]func(ctx context.Context, h *officetest.House, x foreign) error{
	"Form": func(ctx context.Context, h *officetest.House, x foreign) error {
		_, err := h.Form(ctx, "b", x.key)
		return err
	},
	"Revise": func(ctx context.Context, h *officetest.House, x foreign) error {
		return h.Revise(ctx, "b", "drafter", x.ref, "why", func(*letter.Content) error { return nil })
	},
	"ReviseText": func(ctx context.Context, h *officetest.House, x foreign) error {
		return h.ReviseText(ctx, "b", office.Officer("drafter"), x.ref, "en", letter.Text{}, "why")
	},
	"AskClearance": func(ctx context.Context, h *officetest.House, x foreign) error {
		_, err := h.AskClearance(ctx, "b", "drafter", x.ref, office.ClearanceAsked{Of: "legal", Due: h.Now().Add(time.Hour)})
		return err
	},
	"AnswerClearance": func(ctx context.Context, h *officetest.House, x foreign) error {
		return h.AnswerClearance(ctx, "b", office.By{ID: "legal", Roles: []string{office.RoleClearer}}, x.ref, 1, office.AnswerClear, "")
	},
	"SettleClearance": func(ctx context.Context, h *officetest.House, x foreign) error {
		return h.SettleClearance(ctx, "b", office.Officer("drafter"), x.ref, 1, office.Overruled, "why")
	},
	"Clearances": func(ctx context.Context, h *officetest.House, x foreign) error {
		_, err := h.Clearances(ctx, "b", x.ref)
		return err
	},
	"Parity": func(ctx context.Context, h *officetest.House, x foreign) error {
		_, err := h.Parity(ctx, "b", x.ref)
		return err
	},
	"AcceptParity": func(ctx context.Context, h *officetest.House, x foreign) error {
		return h.AcceptParity(ctx, "b", "drafter", x.ref, "0000000000000000", "why")
	},
	"Before": func(ctx context.Context, h *officetest.House, x foreign) error {
		_, err := h.Before(ctx, "b", x.ref)
		return err
	},
	"Recall": func(ctx context.Context, h *officetest.House, x foreign) error {
		return h.Recall(ctx, "b", "legal", x.ref, "why")
	},
	"Enquiry": func(ctx context.Context, h *officetest.House, x foreign) error {
		_, err := h.Enquiry(ctx, "b", x.enquiry)
		return err
	},
	"AnswerEnquiry": func(ctx context.Context, h *officetest.House, x foreign) error {
		return h.AnswerEnquiry(ctx, "b", "press", x.enquiry, x.entry)
	},
	"DismissEnquiry": func(ctx context.Context, h *officetest.House, x foreign) error {
		return h.DismissEnquiry(ctx, "b", "press", x.enquiry, "why")
	},
	"Seal": func(ctx context.Context, h *officetest.House, x foreign) error {
		_, err := h.Seal(ctx, "b", "drafter", x.ref)
		return err
	},
	"Circulate": func(ctx context.Context, h *officetest.House, x foreign) error {
		_, err := h.Circulate(ctx, "b", "clerk", x.ref, []office.Holder{{Name: "N", Purpose: "p"}})
		return err
	},
	"CirculateAnswering": func(ctx context.Context, h *officetest.House, x foreign) error {
		_, err := h.CirculateAnswering(ctx, "b", "clerk", x.ref, []office.Holder{{Name: "N", Purpose: "p"}}, office.Silent)
		return err
	},
	"SetAnswers": func(ctx context.Context, h *officetest.House, x foreign) error {
		return h.SetAnswers(ctx, "b", "clerk", x.ref, 0, office.Silent)
	},
	"AnswersOf": func(ctx context.Context, h *officetest.House, x foreign) error {
		_, err := h.AnswersOf(ctx, "b", x.ref)
		return err
	},
	"Submit": func(ctx context.Context, h *officetest.House, x foreign) error {
		_, err := h.Submit(ctx, "b", "drafter", x.ref, office.Terms{})
		return err
	},
	"Issue": func(ctx context.Context, h *officetest.House, x foreign) error {
		_, err := h.Issue(ctx, "b", "clerk", x.ref)
		return err
	},
	"GiveEmbargoed": func(ctx context.Context, h *officetest.House, x foreign) error {
		_, err := h.GiveEmbargoed(ctx, "b", "clerk", x.ref, "The Herald")
		return err
	},
	"ProposeOpen": func(ctx context.Context, h *officetest.House, x foreign) error {
		_, err := h.ProposeOpen(ctx, "b", "press", x.ref)
		return err
	},
	"ProposeClose": func(ctx context.Context, h *officetest.House, x foreign) error {
		_, err := h.ProposeClose(ctx, "b", "drafter", x.ref)
		return err
	},
	"ProposeWithdraw": func(ctx context.Context, h *officetest.House, x foreign) error {
		_, err := h.ProposeWithdraw(ctx, "b", "clerk", x.ref, register.Words{"en": "No."})
		return err
	},
	"ProposeSupersede": func(ctx context.Context, h *officetest.House, x foreign) error {
		_, err := h.ProposeSupersede(ctx, "b", "clerk", x.ref, x.ref)
		return err
	},
	"ProposeRetract": func(ctx context.Context, h *officetest.House, x foreign) error {
		_, err := h.ProposeRetract(ctx, "b", "press", x.entry, register.Words{"en": "No."})
		return err
	},
	"ProposeCorrect": func(ctx context.Context, h *officetest.House, x foreign) error {
		_, err := h.ProposeCorrect(ctx, "b", "drafter", x.ref, office.Correction{Reason: register.Words{"en": "A slip."}, Change: func(*letter.Content) error { return nil }})
		return err
	},
	"ShowCorrection": func(ctx context.Context, h *officetest.House, x foreign) error {
		_, err := h.ShowCorrection(ctx, "b", "drafter", x.ref, office.Correction{Form: []byte("%PDF"), Change: func(*letter.Content) error { return nil }})
		return err
	},
	"ProposeRatify": func(ctx context.Context, h *officetest.House, x foreign) error {
		_, err := h.ProposeRatify(ctx, "b", "clerk", x.ref)
		return err
	},
	"ProposeEmergencyWithdraw": func(ctx context.Context, h *officetest.House, x foreign) error {
		_, err := h.ProposeEmergencyWithdraw(ctx, "b", "press", x.ref, register.Words{"en": "No."})
		return err
	},
	"ProposeRevokeKey": func(ctx context.Context, h *officetest.House, x foreign) error {
		_, err := h.ProposeRevokeKey(ctx, "b", "clerk", x.key, nil, register.Words{"en": "No."})
		return err
	},
	"Letter": func(ctx context.Context, h *officetest.House, x foreign) error {
		_, err := h.Letter(ctx, "b", x.ref)
		return err
	},
	"Journal": func(ctx context.Context, h *officetest.House, x foreign) error {
		_, err := h.Journal(ctx, "b", x.ref)
		return err
	},
	"LastSeen": func(ctx context.Context, h *officetest.House, x foreign) error {
		_, err := h.LastSeen(ctx, "b", "legal", x.ref, 9)
		return err
	},
	"Saw": func(ctx context.Context, h *officetest.House, x foreign) error {
		return h.Saw(ctx, "b", "legal", x.ref, 1)
	},
	"Revisions": func(ctx context.Context, h *officetest.House, x foreign) error {
		_, err := h.Revisions(ctx, "b", x.ref)
		return err
	},
	"Copies": func(ctx context.Context, h *officetest.House, x foreign) error {
		_, err := h.Copies(ctx, "b", x.ref)
		return err
	},
	"CopyReceived": func(ctx context.Context, h *officetest.House, x foreign) error {
		return h.CopyReceived(ctx, "b", "clerk", x.ref, 1, 1, "")
	},
	"DraftProof": func(ctx context.Context, h *officetest.House, x foreign) error {
		_, err := h.DraftProof(ctx, "b", x.ref, 1)
		return err
	},
	"RequestsOf": func(ctx context.Context, h *officetest.House, x foreign) error {
		_, err := h.RequestsOf(ctx, "b", x.ref)
		return err
	},
	"IssuedForm": func(ctx context.Context, h *officetest.House, x foreign) error {
		_, err := h.IssuedForm(ctx, "b", x.ref)
		return err
	},
	"Prove": func(ctx context.Context, h *officetest.House, x foreign) error {
		_, err := h.Prove(ctx, "b", x.ref)
		return err
	},
	"Approve": func(ctx context.Context, h *officetest.House, x foreign) error {
		_, err := h.Approve(office.Within(ctx, "b"), x.request, "legal", []byte("-----BEGIN SSH SIGNATURE-----"))
		return err
	},
	"Refuse": func(ctx context.Context, h *officetest.House, x foreign) error {
		return h.Refuse(office.Within(ctx, "b"), x.request, "legal", "no")
	},
	"Perform": func(ctx context.Context, h *officetest.House, x foreign) error {
		_, err := h.Perform(office.Within(ctx, "b"), x.request, "clerk")
		return err
	},
	"Carry": func(ctx context.Context, h *officetest.House, x foreign) error {
		_, err := h.Carry(office.Within(ctx, "b"), office.Request{ID: x.request}, "clerk")
		return err
	},
	"Request": func(ctx context.Context, h *officetest.House, x foreign) error {
		_, err := h.Request(office.Within(ctx, "b"), x.request)
		return err
	},
}

// ownLists are acts that name only the office itself, or begin something new in
// it: they must show and take nothing of another.
var ownLists = []string{
	"Binding", "BindingChecks", "CheckBinding", "Embargoes", "Enquire", "Enquiries", "Glossary", "Keys", "Letters", "Note", "NoteSeals", "OfficeJournal", "PaperOf", "PolicyOf", "ProposeCollected", "ProposeDisavow", "ProposeHolding", "ProposePolicy",
	"ProposeReceived", "ProposeSighting", "ProposeStatement", "RotateKey", "SealsOf", "SetGlossary", "SetPaper", "ShowForm", "Start", "SubmitFinished", "Waiting",
}

// TestForeignIsAbsent is attack B18: what is another office's is answered, by every
// act, as what is not there at all - in the same words. A new method of Register
// has to be put into one of the three lists.
func TestForeignIsAbsent(t *testing.T) {
	h := officetest.New(t)
	h.Enrol(t, "a", 2, 2)
	h.Enrol(t, "b", 2, 2)
	rec := h.IssueLetter(t, "a", officetest.Content(t, "A-1", "The letter of a.\n"), office.Terms{})
	q, err := h.SubmitFinished(t.Context(), "a", "drafter", officetest.Content(t, "A-2", "The draft of a.\n"), office.Terms{})
	if err != nil {
		t.Fatal(err)
	}
	h.IssueLetter(t, "a", officetest.Content(t, "A-3", "The secret of a.\n"), office.Terms{NotBefore: h.Now().Add(time.Hour)})
	asked, err := h.Enquire(t.Context(), "a", office.Question{Words: "Is it yours?"})
	if err != nil {
		t.Fatal(err)
	}
	state := readLog(t, h)
	a, _ := state.OfficeByID("a")
	key, size := a.Keys[0].Thumbprint, state.Size()
	for method, act := range foreignActs {
		for _, ref := range []letter.Ref{"A-1", "A-2", "A-3"} {
			theirs := act(t.Context(), h, foreign{ref, q.ID, rec.Index, key, asked.ID})
			nobodys := act(t.Context(), h, foreign{"Z-9", 9999, 999, letter.Hash{9}, 999})
			if kind.Of(theirs) != kind.NotFound || kind.Of(nobodys) != kind.NotFound {
				t.Errorf("%s of %s: %v; of nothing: %v", method, ref, theirs, nobodys)
				continue
			}
			clean := strings.NewReplacer(" "+key.String(), " KEY", " "+letter.Hash{9}.String(), " KEY", string(ref), "REF", "Z-9", "REF", " 9999", " N", fmt.Sprintf(" %d", q.ID), " N", " 999", " E", fmt.Sprintf(" number %d", asked.ID), " number E", fmt.Sprintf(" %d", rec.Index), " E")
			if a, b := clean.Replace(theirs.Error()), clean.Replace(nobodys.Error()); a != b {
				t.Errorf("%s: of another office: %q, of nothing: %q", method, a, b)
			}
		}
	}
	if got := readLog(t, h).Size(); got != size {
		t.Errorf("%d entries were written", got-size)
	}
	listsShowTheirOwn(t, h)
	everyMethodIsListed(t)
}

func listsShowTheirOwn(t *testing.T, h *officetest.House) {
	t.Helper()
	ls, err := h.Letters(t.Context(), "b")
	ws, errW := h.Waiting(t.Context(), "b")
	es, errE := h.Embargoes(t.Context(), "b")
	cs, errC := h.BindingChecks(t.Context(), "b")
	js, errJ := h.OfficeJournal(t.Context(), "b", 0, 10)
	qs, errQ := h.Enquiries(t.Context(), "b")
	g, errG := h.Glossary(t.Context(), "b")
	if err = errors.Join(err, errW, errE, errC, errJ, errQ, errG); err != nil || len(ls)+len(ws)+len(es)+len(cs)+len(qs)+len(g.Concepts) != 0 {
		t.Errorf("office b is shown %v %v %v %v %v %v (%v)", ls, ws, es, cs, qs, g, err)
	}
	for _, line := range js {
		if line.Reference != "" {
			t.Errorf("office b is shown the journal of %s", line.Reference)
		}
	}
	// A reference is an office's own: another may use the same.
	if err := h.Start(t.Context(), "b", "drafter", officetest.Content(t, "A-1", "The letter of b.\n")); err != nil {
		t.Errorf("b starts a letter under a reference that a has: %v", err)
	}
	b, domain, err := h.Binding(t.Context(), "b")
	if err != nil || b.ShortName != "b" || domain != "b.example" || b.Office != register.Office("https://b.example") {
		t.Errorf("the binding of b: %+v, %s (%v)", b, domain, err)
	}
}

func everyMethodIsListed(t *testing.T) {
	t.Helper()
	r := reflect.TypeFor[*office.Register]()
	for i := range r.NumMethod() {
		name := r.Method(i).Name
		if _, ok := foreignActs[name]; !ok && !slices.Contains(notOfAnOffice, name) && !slices.Contains(ownLists, name) {
			t.Errorf("office.Register.%s is in none of the lists: what does it say of another office's id?", name)
		}
	}
	for _, name := range slices.Concat(slices.Collect(maps.Keys(foreignActs)), notOfAnOffice, ownLists) {
		if _, ok := r.MethodByName(name); !ok {
			t.Errorf("office.Register has no method %s any more", name)
		}
	}
}
