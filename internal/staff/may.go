package staff

import (
	"slices"

	"chancery.example/register"
)

// A Role is what a person may do at the desk. The first four are the policy's:
// whether a person has one of them in earnest says the office's policy, and the
// desk adds them from there. The others are the desk's own.
type Role string

// The roles.
const (
	Drafter    = Role(register.RoleDrafter)
	Approver   = Role(register.RoleApprover)
	Clerk      = Role(register.RoleClerk)
	Press      = Role(register.RolePress)
	Translator = Role("translator") // edits the text of one language
	Clearer    = Role("clearer")    // answers for another office whether a draft is clear
	Custodian  = Role("custodian")  // two of them enrol keys and give back lost access
	Admin      = Role("admin")      // people and settings; never signs
	Auditor    = Role("auditor")    // reads everything, changes nothing
)

// Roles are all roles, in order of the table of who may do what.
func Roles() []Role {
	return []Role{Drafter, Translator, Clearer, Approver, Clerk, Press, Custodian, Admin, Auditor}
}

// OwnRoles are those that the desk gives; the policy gives the others.
func OwnRoles() []Role {
	return slices.DeleteFunc(Roles(), func(r Role) bool { return register.Role(r).Valid() })
}

// Valid reports whether the role is one.
func (r Role) Valid() bool { return slices.Contains(Roles(), r) }

// An Act is something that is done at the desk.
type Act string

// The acts. What every reader may do without signing in, checking and proving, is
// none of them.
const (
	StartDraft      Act = "start_draft"
	EditText        Act = "edit_text"
	SeeDrafts       Act = "see_drafts"
	GiveInside      Act = "give_copies_inside"
	GiveOutside     Act = "give_copies_outside"
	GiveEmbargoed   Act = "give_embargoed"
	AskClearance    Act = "ask_clearance"
	Clear           Act = "clear"            // answer a clearance that was asked of oneself
	SettleClearance Act = "settle_clearance" // a condition or an objection
	Submit          Act = "submit"
	Approve         Act = "approve" // sign, or refuse to; whose signature counts, and for what, says the policy
	RecallApproval  Act = "recall_approval"
	Issue           Act = "issue" // carry out what has its approvals
	Embargo         Act = "embargo"
	Correct         Act = "correct"
	Withdraw        Act = "withdraw"
	WithdrawAtOnce  Act = "withdraw_at_once" // in an emergency
	Ratify          Act = "ratify"
	Supersede       Act = "supersede"
	Close           Act = "close"
	OpenSeal        Act = "open"
	SetAnswers      Act = "set_answers" // what sealed drafts tell who presents their words
	State           Act = "state"
	Retract         Act = "retract"
	Disavow         Act = "disavow"
	SeeEnquiries    Act = "see_enquiries"
	AnswerEnquiry   Act = "answer_enquiry"
	Trace           Act = "trace"       // a copy to its holder: a clerk and an auditor together
	ProposeKey      Act = "propose_key" // a new policy, or a key's revocation
	EnrolKey        Act = "enrol_key"   // agree to it, as custodian
	Recover         Act = "recover"     // vote that a person gets back in
	ManagePeople    Act = "people"      // invite, change roles, end access
	ManageTokens    Act = "tokens"      // of programs
	ChangeSettings  Act = "settings"    // webhooks, mail, the desk's own
	SeeAudit        Act = "audit"       // the journals, and export them
	SeePeople       Act = "see_people"  // who works here and what they may
)

// A Reach is how far a permission goes.
type Reach int

// The reaches, the least first.
const (
	None  Reach = iota
	Title       // that a draft exists and what it is called
	Part        // what is one's own or assigned: drafts, copies, the own language
	With        // together with somebody else, whom the table of acts names
	Whole
)

// String names the reach for the golden table.
func (r Reach) String() string {
	switch r {
	case None:
		return "-"
	case Title:
		return "title"
	case Part:
		return "own"
	case With:
		return "with another"
	case Whole:
		return "yes"
	}
	return "?"
}

// table says who may do what; a role that is not named may not. It is the table
// "People" of the design, and no wider than what package office lets people
// propose: office decides again, by the policy.
var table = map[Act]map[Role]Reach{
	StartDraft:      {Drafter: Whole, Clerk: Whole},
	EditText:        {Drafter: Whole, Translator: Part},
	SeeDrafts:       {Drafter: Part, Translator: Part, Clearer: Part, Approver: Part, Clerk: Whole, Press: Title, Auditor: Whole},
	GiveInside:      {Drafter: Whole, Clerk: Whole},
	GiveOutside:     {Clerk: Whole},
	GiveEmbargoed:   {Clerk: Whole, Press: Whole},
	AskClearance:    {Drafter: Whole, Clerk: Whole},
	Clear:           {Clearer: Whole},
	SettleClearance: {Drafter: Whole, Clerk: Whole},
	Submit:          {Drafter: Whole, Clerk: Whole},
	Approve:         {Drafter: With, Approver: Whole, Press: Whole},
	RecallApproval:  {Approver: Whole},
	Issue:           {Clerk: Whole},
	Embargo:         {Drafter: Whole, Clerk: Whole},
	Correct:         {Drafter: Whole, Clerk: Whole},
	Withdraw:        {Drafter: Whole, Clerk: Whole},
	WithdrawAtOnce:  {Drafter: Whole, Approver: Whole, Clerk: Whole, Press: Whole},
	Ratify:          {Drafter: Whole, Approver: Whole, Clerk: Whole},
	Supersede:       {Drafter: Whole, Clerk: Whole},
	Close:           {Drafter: Whole, Clerk: Whole, Press: Whole},
	OpenSeal:        {Press: Whole},
	SetAnswers:      {Clerk: Whole, Press: Whole},
	State:           {Press: Whole},
	Retract:         {Press: Whole},
	Disavow:         {Press: Whole},
	SeeEnquiries:    {Approver: Whole, Clerk: Whole, Press: Whole, Auditor: Whole},
	AnswerEnquiry:   {Press: Whole},
	Trace:           {Clerk: With, Auditor: With},
	ProposeKey:      {Drafter: Whole, Approver: Whole, Clerk: Whole, Press: Whole, Admin: Whole},
	EnrolKey:        {Custodian: With},
	Recover:         {Custodian: With},
	ManagePeople:    {Admin: Whole},
	ManageTokens:    {Admin: Whole},
	ChangeSettings:  {Admin: Whole},
	SeeAudit:        {Admin: Whole, Auditor: Whole},
	SeePeople:       {Drafter: Whole, Translator: Whole, Clearer: Whole, Approver: Whole, Clerk: Whole, Press: Whole, Custodian: Whole, Admin: Whole, Auditor: Whole},
}

// Acts are all acts, in order of their names.
func Acts() []Act {
	var out []Act
	for a := range table {
		out = append(out, a)
	}
	slices.Sort(out)
	return out
}

// May reports whether somebody of these roles may do something, as far as the
// desk goes; ReachOf says how far.
func May(roles []Role, a Act) bool { return ReachOf(roles, a) != None }

// ReachOf returns how far somebody of these roles may do something: the furthest
// that any role gives. Who administers the desk never signs, whatever else they
// are.
func ReachOf(roles []Role, a Act) Reach {
	if a == Approve && slices.Contains(roles, Admin) {
		return None
	}
	most := None
	for _, r := range roles {
		most = max(most, table[a][r])
	}
	return most
}
