package web_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jba/templatecheck"

	"chancery.example/approval"
	"chancery.example/internal/check"
	"chancery.example/internal/marked"
	"chancery.example/internal/parity"
	deskaudit "chancery.example/internal/web/desk/pages/audit"
	"chancery.example/internal/web/desk/pages/circulate"
	"chancery.example/internal/web/desk/pages/draft"
	"chancery.example/internal/web/desk/pages/embargoes"
	deskenquiries "chancery.example/internal/web/desk/pages/enquiries"
	deskenquiry "chancery.example/internal/web/desk/pages/enquiry"
	deskform "chancery.example/internal/web/desk/pages/form"
	"chancery.example/internal/web/desk/pages/forme"
	"chancery.example/internal/web/desk/pages/join"
	deskkeys "chancery.example/internal/web/desk/pages/keys"
	"chancery.example/internal/web/desk/pages/letters"
	"chancery.example/internal/web/desk/pages/paper"
	deskpeople "chancery.example/internal/web/desk/pages/people"
	deskperson "chancery.example/internal/web/desk/pages/person"
	deskpolicy "chancery.example/internal/web/desk/pages/policy"
	deskproblem "chancery.example/internal/web/desk/pages/problem"
	"chancery.example/internal/web/desk/pages/prove"
	deskrequest "chancery.example/internal/web/desk/pages/request"
	"chancery.example/internal/web/desk/pages/revisions"
	desksettings "chancery.example/internal/web/desk/pages/settings"
	"chancery.example/internal/web/desk/pages/signin"
	"chancery.example/internal/web/desk/pages/statements"
	"chancery.example/internal/web/desk/pages/submit"
	desktokens "chancery.example/internal/web/desk/pages/tokens"
	"chancery.example/internal/web/i18n"
	"chancery.example/internal/web/pages/about"
	"chancery.example/internal/web/pages/ask"
	"chancery.example/internal/web/pages/checker"
	"chancery.example/internal/web/pages/code"
	"chancery.example/internal/web/pages/compare"
	"chancery.example/internal/web/pages/enquire"
	"chancery.example/internal/web/pages/enquiry"
	"chancery.example/internal/web/pages/entry"
	"chancery.example/internal/web/pages/found"
	"chancery.example/internal/web/pages/link"
	"chancery.example/internal/web/pages/log"
	"chancery.example/internal/web/pages/office"
	"chancery.example/internal/web/pages/offices"
	"chancery.example/internal/web/pages/problem"
	"chancery.example/internal/web/pages/proved"
	"chancery.example/internal/web/pages/receipt"
	"chancery.example/internal/web/pages/record"
	"chancery.example/internal/web/pages/result"
	"chancery.example/internal/web/pages/sheet"
	"chancery.example/internal/web/pages/verify"
	"chancery.example/internal/web/shared"
	"chancery.example/register"
)

func typed[V any](t *testing.T, p shared.Page[V]) {
	t.Helper()
	for _, lang := range i18n.Langs() {
		if err := templatecheck.CheckHTMLStrict(p.Template(lang), shared.Doc[V]{}); err != nil {
			t.Errorf("page %s in %s: %v", p.Name(), lang, err)
		}
	}
}

func TestTemplatesFitTheirViews(t *testing.T) {
	typed(t, about.Page)
	typed(t, ask.Page)
	typed(t, checker.Page)
	typed(t, verify.Page)
	typed(t, code.Page)
	typed(t, deskproblem.Page)
	typed(t, embargoes.Page)
	typed(t, deskform.Page)
	typed(t, forme.Page)
	typed(t, deskenquiries.Page)
	typed(t, deskenquiry.Page)
	typed(t, deskaudit.Page)
	typed(t, desksettings.Page)
	typed(t, deskkeys.Page)
	typed(t, deskpeople.Page)
	typed(t, deskperson.Page)
	typed(t, deskpolicy.Page)
	typed(t, desktokens.Page)
	typed(t, circulate.Page)
	typed(t, draft.Page)
	typed(t, join.Page)
	typed(t, letters.Page)
	typed(t, paper.Page)
	typed(t, prove.Page)
	typed(t, revisions.Page)
	typed(t, signin.Page)
	typed(t, submit.Page)
	typed(t, deskrequest.Page)
	typed(t, statements.Page)
	typed(t, compare.Page)
	typed(t, enquire.Page)
	typed(t, enquiry.Page)
	typed(t, receipt.Page)
	typed(t, entry.Page)
	typed(t, found.Page)
	typed(t, link.Page)
	typed(t, log.Page)
	typed(t, office.Page)
	typed(t, offices.Page)
	typed(t, problem.Page)
	typed(t, proved.Page)
	typed(t, record.Page)
	typed(t, result.Page)
	typed(t, sheet.Page)
	for _, lang := range i18n.Langs() {
		if err := templatecheck.CheckHTMLStrict(sheet.FileTemplate(lang), shared.Doc[sheet.View]{}); err != nil {
			t.Errorf("sheet as a file in %s: %v", lang, err)
		}
		if err := templatecheck.CheckHTMLStrict(result.FileTemplate(lang), shared.Doc[result.View]{}); err != nil {
			t.Errorf("answer as a file in %s: %v", lang, err)
		}
	}
}

// Keys that are put together at run time: their beginning in the templates, and
// every value that may follow.
func composed() map[string][]string {
	standings, matches, acts := []string{}, []string{}, []string{}
	for _, s := range register.Standings() {
		standings = append(standings, string(s))
	}
	for _, m := range check.Matches() {
		matches = append(matches, string(m))
	}
	for _, a := range approval.Acts() {
		acts = append(acts, string(a))
	}
	kinds := []string{"genesis", "key-add", "policy", "commit", "draft-open", "draft-close", "issue", "withdraw", "supersede", "statement", "retract", "disavow", "correct", "ratify", "key-revoke", "index-head"}
	said := []string{"about", "received", "sighting", "holding", "collected", "disavowal"}
	differences := []string{"only_in_copy", "only_on_record", "replaced", "moved", "languages_disagree"}
	var problems, signs []string
	for _, s := range shared.Signs() {
		signs = append(signs, string(s))
	}
	for _, k := range problem.Kinds() {
		problems = append(problems, k+".title", k+".text")
	}
	var deskActs []string
	for _, a := range []string{"withdraw", "emergency", "ratify", "supersede", "close", "open", "correct", "retract", "holding", "draft", "about", "received", "sighting", "collected", "disavow", "finished", "officer", "speakers", "revoke"} {
		deskActs = append(deskActs, a+".title", a+".lead", a+".then", a+".button")
	}
	var deskProblems []string
	for _, k := range deskproblem.Kinds() {
		deskProblems = append(deskProblems, k+".title", k+".text")
	}
	var parityKinds []string
	for _, k := range parity.Kinds() {
		parityKinds = append(parityKinds, string(k))
	}
	return map[string][]string{
		"standing.": standings, "letter.title.": standings, "letter.sentence.": standings, "letter.not.": standings,
		"match.": matches, "act.": acts, "kind.": kinds, "statement.": said, "event.": append(said, "sealed", "opened", "issued", "closed", "withdrawn", "superseded", "corrected", "ratified", "retracted"),
		"type.":       {"letter", "memorandum", "note-verbale", "statement", "notice"},
		"recordkind.": {"letter", "statement", "disavowal"},
		"role.":       {"drafter", "approver", "issuing_clerk", "press_officer"},
		"field.":      {"public", "on_presentation"},
		"diff.":       differences, "look.": append([]string{"untold", "unread", "unread_more"}, differences...), "legend.": signs, "drawn.of.": {string(marked.OfForm), string(marked.OfText), string(marked.OfNone), "device"},
		"note.":        {"too_short", "common_wording", "other_speaker", "not_marked", "not_all_read", "ambiguous", "check_words"},
		"count.":       {"quotations", "on_record", "of_drafts", "altered", "other_speaker", "no_register", "not_on_record", "too_short", "edited", "unmarked"},
		"problem.":     problems,
		"characters.":  {"invisible", "look_alike", "bidi_control", "compatibility_form", "other_digits", "unusual_marks"},
		"result.todo.": {"in-force", "part", "differs", "superseded", "expired", "embargoed", "withdrawn", "retracted", "draft", "disavowed", "lookalike", "conflict", "stated", "short", "common", "cut", "look", "unknown"},
		"enquire.bad.": {"empty", "long", "full"}, "enquiry.state.": {"open", "answered", "dismissed"},
		"limits.":        {"unknown", "words", "true", "now", "picture", "pressed", "unwitnessed"},
		"domain.":        {"bound", "disagrees", "missing", "unreachable"},
		"language.":      {"en", "ar", "fr", "ku", "fa"},
		"proved.kind.":   {"record", "draft", "absence", "foreign", "fork", "refused"},
		"proved.name.":   {"reference", "file", "text", "leaf", "office"},
		"compare.title.": {"once", "vary", "length", "alike"},
		"compare.texts.": {"same_text", "part", "altered", "resembles", "none"},
		"stage.":         {"drafting", "coordination", "approval", "approved", "embargoed", "issued", "closed"},
		"step.":          {"drafting", "coordination", "approval", "approved", "embargoed", "issued", "closed"},
		"stepstate.":     {"done", "now", "todo"},
		"answers.":       {"silent", "by_code", "on_copy"},
		"signature.":     {"typed", "conformed", "image", "ink", "digital", "none"},
		"approvalstate.": {"approved", "refused", "waiting"},
		"desk.wrong.": {
			"reference", "taken", "text", "notext", "twice", "lang", "prevailing", "content", "enclosure", "why", "meanwhile", "time", "ask",
			"holders", "circulate", "submit", "unsettled", "file", "nofile", "form",
		},
		"desk.unsettled.":    {"tracked", "comment", "hidden", "note", "field", "embedded", "symbol", "margin", "markup"},
		"desk.do.":           {"edit", "circulate", "submit", "approve", "issue", "seal", "close", "open", "correct", "supersede", "withdraw"},
		"desk.before.":       {"done", "open", "waiting"},
		"desk.letter.":       {"equal", "prevails", "courtesy"},
		"desk.draft.":        {"type", "prevailing", "addressees", "distribution", "enclosures", "signature"},
		"clearance.state.":   {"waiting", "lapsed", "clear", "remark", "condition", "objection", "nil-return", "void"},
		"clearance.settled.": {"resolved", "overruled"},
		"before.": {
			"rule.done", "rule.open", "parity.done", "parity.open", "clearance.done", "clearance.waiting", "clearance.open", "submit.done",
			"submit.open", "approvals.done", "approvals.waiting", "issue.waiting", "issue.open",
		},
		"parity.kind.": parityKinds, "parity.look.": parityKinds,
		"journal.": {
			"start", "revise", "seal", "circulate", "receipt", "answers", "approve", "refuse", "recall", "take-back", "ask-clearance",
			"answer-clearance", "clearance-void", "resolved", "overruled", "accept-difference", "propose-issue", "propose-withdraw",
			"propose-supersede", "propose-correct", "propose-draft-open", "propose-draft-close", "propose-ratify", "confirm-form",
		},
		"desk.problem.":    deskProblems,
		"desk.act.":        deskActs,
		"desk.field.":      {"roles", "officerid", "name", "keys", "removeofficer", "speakers", "reason", "words", "paper", "forgery", "next", "regarding", "successor", "revisions", "text", "reference", "type", "addressees", "document", "signature", "notbefore", "expires", "supersedes", "slip", "seenfile", "source", "seenat", "elsewhere"},
		"desk.statements.": {"received", "sighting", "collected"}, "desk.say.": {"received", "sighting", "collected"},
		"desk.hint.":          {"roles", "officerid", "keys", "speakers", "reason", "words", "paper", "forgery", "next", "regarding", "successor", "revisions", "correct", "notours", "reference", "lines", "document", "finished", "notbefore", "expires", "supersedes", "slip", "seenfile", "seen", "source", "seenat", "elsewhere"},
		"desk.request.state.": {"done", "refused", "void"},
		"desk.done.":          {"enquiry", "dismissed", "domain", "glossary", "tried", "hook", "roles", "ended", "sessions", "voted", "cancelled", "removed", "named", "rotated", "revokedtoken", "answers", "accepted", "started", "revised", "sealed", "circulated", "received", "asked", "answered", "settled", "submitted", "approved", "refused", "recalled", "performed", "embargoed", "proposed"},
		"desk.person.state.":  {"active", "invited", "ended", "outside"}, "desk.tokens.": {"good", "over", "revoked"},
		"deskrole.": {"drafter", "approver", "issuing clerk", "press officer", "translator", "clearer", "custodian", "admin", "auditor"},
		"mark.":     {"in-force", "superseded", "withdrawn", "draft", "altered", "disavowed", "unknown", "stated"},
	}
}

var literal = regexp.MustCompile(`\b(?:t|h|n|\.T|\.H|\.N|add|text|digest|words|stamp|entry|targets)[ (]"([a-z]+(?:\.[A-Za-z0-9_-]+)*)"`)

// Every message that a template or a Go file names is there, and every message
// is named somewhere.
func TestMessagesAreThereAndUsed(t *testing.T) {
	en, err := i18n.Load(i18n.English)
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for begin, ends := range composed() {
		for _, end := range ends {
			used[begin+end] = true
		}
	}
	err = filepath.WalkDir(".", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "webtest") {
			return err
		}
		if ext := filepath.Ext(path); ext != ".go" && ext != ".tmpl" {
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range literal.FindAllStringSubmatch(string(src), -1) {
			key := m[1]
			if !strings.Contains(key, ".") {
				key = "field." + key
				if !en.Has(key) {
					continue // not a field, but some other call
				}
			}
			used[key] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for key := range used {
		if !en.Has(key) {
			t.Errorf("no message %s", key)
		}
	}
	for _, key := range en.Keys() {
		stem := key[:strings.LastIndex(key, ".")]
		if !used[key] && !used[stem] {
			t.Errorf("message %s is not used", key)
		}
	}
}

// The style sheets know no left and right, so that one serves both directions.
func TestStylesAreLogical(t *testing.T) {
	physical := regexp.MustCompile(`(?:^|[\s;{])(?:min-|max-)?(left|right|width|height|top|bottom)\s*:|text-align\s*:\s*(left|right)|(margin|padding|border)-(left|right|top|bottom)`)
	media := regexp.MustCompile(`@media[^{]*\{`)
	for _, sheet := range sheets(t) {
		css, err := os.ReadFile(sheet)
		if err != nil {
			t.Fatal(err)
		}
		if m := physical.FindString(media.ReplaceAllString(string(css), "@media {")); m != "" {
			t.Errorf("%s uses %q; use the logical property", sheet, strings.TrimSpace(m))
		}
	}
}

// sheets are the names of all style sheets.
func sheets(t *testing.T) []string {
	t.Helper()
	var sheets []string
	for _, in := range []string{"*/*.css", "pages/*/*.css", "desk/pages/*/*.css"} {
		more, err := filepath.Glob(in)
		if err != nil {
			t.Fatal(err)
		}
		sheets = append(sheets, more...)
	}
	if len(sheets) < 5 {
		t.Fatalf("found only %v", sheets)
	}
	return sheets
}
