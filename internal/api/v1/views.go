package v1

import (
	"time"

	"chancery.example/internal/notify"
	"chancery.example/internal/office"
	"chancery.example/letter"
	"chancery.example/register"
)

// What programs get and send. Members without omitempty are always there.

// A Checkpoint is the signed head that an answer rests on.
type Checkpoint struct {
	Origin    string     `json:"origin"`
	Size      uint64     `json:"size" doc:"how many entries the log has"`
	Root      string     `json:"root" doc:"RFC 6962 root, in hexadecimal"`
	Time      *time.Time `json:"time,omitempty" doc:"by the register's own clock"`
	Witnesses int        `json:"witnesses" doc:"how many of the policy's witnesses cosigned"`
	Needed    int        `json:"needed"`
	Note      string     `json:"note" doc:"the head as it was signed (C2SP tlog-checkpoint)"`
}

// An Office is an office of the register.
type Office struct {
	Office     string          `json:"office" doc:"short name, as addresses have it"`
	OfficeURI  register.Office `json:"office_uri"`
	Name       register.Words  `json:"name"`
	Domain     string          `json:"domain"`
	Since      time.Time       `json:"since"`
	Letters    int             `json:"letters" doc:"that are public"`
	Statements int             `json:"statements"`
	Disavowals int             `json:"disavowals"`
	Sealed     int             `json:"sealed" doc:"commitments that nobody opened"`
	Opened     int             `json:"opened"`
	Keys       []Key           `json:"keys"`
}

// A Key is a key of an office.
type Key struct {
	Thumbprint letter.Hash     `json:"thumbprint"`
	Added      register.Index  `json:"added" doc:"the entry that named it"`
	After      *register.Index `json:"not_trusted_after,omitempty" doc:"of a revoked key"`
}

// Offices is the list of offices.
type Offices struct {
	Offices []Office `json:"offices"`
}

// A Letter is a public letter: issued, or a draft that its office opened.
type Letter struct {
	Office     string            `json:"office"`
	OfficeURI  register.Office   `json:"office_uri"`
	Reference  letter.Ref        `json:"reference"`
	Type       letter.Type       `json:"type"`
	Standing   register.Standing `json:"standing"`
	Revision   uint32            `json:"revision"`
	Languages  []letter.Lang     `json:"languages"`
	At         time.Time         `json:"at" doc:"when it became public"`
	Entry      register.Index    `json:"entry" doc:"by which it became public"`
	EndedAt    *time.Time        `json:"ended_at,omitempty"`
	Expires    *time.Time        `json:"expires,omitempty"`
	Reason     register.Words    `json:"reason,omitempty" doc:"of a withdrawal"`
	ReplacedBy []letter.Ref      `json:"replaced_by,omitempty"`
	Corrected  []register.Index  `json:"corrected,omitempty" doc:"entries that corrected it"`
	Sealed     int               `json:"sealed_revisions" doc:"known to exist and not opened"`
	ApprovedBy []string          `json:"approved_by" doc:"names of officers"`
	Needed     int               `json:"approvals_needed"`
	Statements []register.Index  `json:"statements" doc:"entries of any office about it"`
	Entries    []register.Index  `json:"entries" doc:"that the standing rests on"`
	Page       string            `json:"page"`
}

// Letters is a part of a list of letters.
type Letters struct {
	Letters []Letter `json:"letters"`
	Next    string   `json:"next_cursor,omitempty"`
}

// A Text is the words of a letter in one language.
type Text struct {
	Language letter.Lang `json:"language"`
	Text     *string     `json:"text" doc:"null when the words are no longer kept"`
	Leaf     letter.Hash `json:"leaf" doc:"the salted leaf in the log that stands for them"`
	Salt     string      `json:"salt,omitempty" doc:"in hexadecimal"`
}

// Texts are the words of a letter.
type Texts struct {
	Reference letter.Ref        `json:"reference"`
	Standing  register.Standing `json:"standing"`
	Revision  uint32            `json:"revision"`
	Texts     []Text            `json:"texts"`
}

// A Statement is public words of an office, or a disavowal.
type Statement struct {
	Office     string                 `json:"office"`
	Entry      register.Index         `json:"entry"`
	At         time.Time              `json:"at"`
	Kind       register.Kind          `json:"kind" enum:"statement,disavow"`
	Type       register.StatementType `json:"type,omitempty" doc:"of a statement"`
	Text       map[letter.Lang]string `json:"text" doc:"of a statement its words; of a disavowal the text that is disavowed"`
	Reason     register.Words         `json:"reason,omitempty" doc:"of a disavowal"`
	Files      []letter.Hash          `json:"files,omitempty" doc:"SHA-256 of whole files"`
	Regarding  []notify.Regarded      `json:"regarding"`
	Source     string                 `json:"source,omitempty"`
	NextWordBy *time.Time             `json:"next_word_by,omitempty"`
	Retracted  *time.Time             `json:"retracted_at,omitempty"`
	ApprovedBy []string               `json:"approved_by"`
}

// Statements is a part of a list of statements.
type Statements struct {
	Statements []Statement `json:"statements"`
	Next       string      `json:"next_cursor,omitempty"`
}

// An Entry is an entry of the log.
type Entry struct {
	Entry     register.Index  `json:"entry"`
	Kind      register.Kind   `json:"kind"`
	OfficeURI register.Office `json:"office_uri"`
	Subject   string          `json:"subject"`
	At        time.Time       `json:"at"`
	Leaf      letter.Hash     `json:"leaf" doc:"RFC 6962 leaf hash"`
	Key       letter.Hash     `json:"key" doc:"thumbprint of the key that signed it"`
	Raw       string          `json:"raw" doc:"where its bytes are"`
}

// Entries is a part of the log.
type Entries struct {
	Entries []Entry `json:"entries"`
	Next    string  `json:"next_cursor,omitempty"`
}

// A Paper is what is to be checked, when it is sent as JSON.
type Paper struct {
	Text string `json:"text"`
	As   string `json:"as,omitempty" enum:"text,quotation,report" doc:"what it is, when the sender knows better"`
}

// Me is what a token is.
type Me struct {
	Office string    `json:"office"`
	Person string    `json:"person"`
	Name   string    `json:"name"`
	Roles  []string  `json:"roles"`
	Until  time.Time `json:"until"`
}

// An Enclosure is named by its title and digest.
type Enclosure struct {
	Title  string      `json:"title"`
	Digest letter.Hash `json:"digest"`
}

// A Signature is what is typed under a letter.
type Signature struct {
	Kind  letter.SignatureKind `json:"kind"`
	Lines []string             `json:"lines"`
}

// A Content is what one revision of a letter says.
type Content struct {
	Reference    letter.Ref             `json:"reference"`
	Type         letter.Type            `json:"type"`
	Texts        map[letter.Lang]string `json:"texts"`
	Prevailing   letter.Lang            `json:"prevailing,omitempty"`
	Addressees   []string               `json:"addressees,omitempty"`
	Distribution []string               `json:"distribution,omitempty"`
	Enclosures   []Enclosure            `json:"enclosures,omitempty"`
	Signature    *Signature             `json:"signature,omitempty"`
}

// A Draft is a letter as its office has it.
type Draft struct {
	Stage     string    `json:"stage" enum:"drafting,coordination,approval,approved,embargoed,issued,closed"`
	Drafter   string    `json:"drafter"`
	CreatedAt time.Time `json:"created_at"`
	Content   Content   `json:"content"`
}

// A Title is that a letter exists, and how far it is.
type Title struct {
	Reference letter.Ref  `json:"reference"`
	Type      letter.Type `json:"type"`
	Stage     string      `json:"stage" enum:"drafting,coordination,approval,approved,embargoed,issued,closed"`
	Drafter   string      `json:"drafter"`
	CreatedAt time.Time   `json:"created_at"`
}

// Titles is a part of an office's letters.
type Titles struct {
	Drafts []Title `json:"drafts"`
	Next   string  `json:"next_cursor,omitempty"`
}

// A Revising is a new wording of a draft.
type Revising struct {
	Content Content `json:"content"`
	Why     string  `json:"why,omitempty"`
}

// Sealed is a revision whose commitment is in the log.
type Sealed struct {
	Revision uint32         `json:"revision"`
	Digest   letter.Hash    `json:"digest" doc:"the revision digest"`
	Entry    register.Index `json:"entry"`
}

// Terms are what an issue says beside the letter.
type Terms struct {
	NotBefore  *time.Time   `json:"not_before,omitempty" doc:"under embargo until then"`
	Expires    *time.Time   `json:"expires,omitempty"`
	Supersedes []letter.Ref `json:"supersedes,omitempty"`
	Regarding  []Regarding  `json:"regarding,omitempty"`
	Files      []File       `json:"files,omitempty" doc:"issued with the letter, by digest"`
	Elsewhere
}

// A File is named by what it is and its digest.
type File struct {
	Role      string      `json:"role" enum:"form,enclosure" doc:"form: the document itself"`
	MediaType string      `json:"media_type"`
	Digest    letter.Hash `json:"digest" doc:"SHA-256 of the whole file"`
}

// A Holder gets a numbered copy.
type Holder struct {
	Name    string `json:"name"`
	Purpose string `json:"purpose"`
	Outside bool   `json:"outside,omitempty" doc:"the copy leaves the house"`
}

// Circulating is to whom copies go.
type Circulating struct {
	Holders []Holder `json:"holders"`
	Answers string   `json:"answers,omitempty" enum:"silent,by_code,on_copy" doc:"to whom the revision says that it is a draft from now on: nobody; who holds the code of a copy outside the house; or also who presents most of its words. on_copy when a copy leaves the house"`
}

// A Copy is a numbered copy of a revision.
type Copy struct {
	Revision   uint32        `json:"revision"`
	Number     uint32        `json:"number"`
	Of         uint32        `json:"of"`
	Holder     string        `json:"holder"`
	Purpose    string        `json:"purpose"`
	Outside    bool          `json:"outside"`
	Languages  []letter.Lang `json:"languages"`
	At         time.Time     `json:"at"`
	ReceivedAt *time.Time    `json:"received_at,omitempty"`
}

// Copies are the copies of a letter.
type Copies struct {
	Copies []Copy `json:"copies"`
}

// A Clearance is another's answer on a draft, given or awaited.
type Clearance struct {
	ID       int64          `json:"id"`
	Revision uint32         `json:"revision"`
	Of       string         `json:"of"`
	Outside  bool           `json:"outside"`
	Parts    []letter.Field `json:"parts" doc:"empty: the whole letter"`
	Note     string         `json:"note"`
	Due      time.Time      `json:"due"`
	State    string         `json:"state"`
	Comment  string         `json:"comment,omitempty"`
	Settled  string         `json:"settled,omitempty"`
	Blocks   bool           `json:"blocks" doc:"keeps the letter from being submitted"`
}

// Clearances are those of a letter.
type Clearances struct {
	Clearances []Clearance `json:"clearances"`
}

// ClearanceAsked is whom to ask.
type ClearanceAsked struct {
	Of      string         `json:"of"`
	Outside bool           `json:"outside,omitempty"`
	Due     time.Time      `json:"due"`
	Parts   []letter.Field `json:"parts,omitempty"`
	Note    string         `json:"note,omitempty"`
}

// ClearanceAnswered is an answer.
type ClearanceAnswered struct {
	Answer  string `json:"answer" enum:"clear,remark,condition,objection,nil-return"`
	Comment string `json:"comment,omitempty"`
}

// ClearanceSettled is how a condition or an objection was settled.
type ClearanceSettled struct {
	How    string `json:"how" enum:"resolved,overruled"`
	Reason string `json:"reason"`
}

// A Request is an act that waits for officers.
type Request struct {
	ID        int64         `json:"id"`
	Kind      register.Kind `json:"kind"`
	Reference letter.Ref    `json:"reference,omitempty"`
	Revision  uint32        `json:"revision,omitempty"`
	State     string        `json:"state" enum:"waiting,refused,void,done"`
	Statement string        `json:"statement" doc:"what officers sign, byte for byte; a signature is given with chancery approve or at the desk, never here"`
	SixWords  string        `json:"six_words"`
	Approved  []string      `json:"approved"`
	Refused   []string      `json:"refused"`
	Needed    int           `json:"needed"`
	Ready     bool          `json:"ready"`
	Missing   string        `json:"missing,omitempty"`
}

// Requests are what waits.
type Requests struct {
	Requests []Request `json:"requests"`
}

// A Receipt says where an act's entry stands.
type Receipt struct {
	Entry     register.Index `json:"entry"`
	Leaf      letter.Hash    `json:"leaf"`
	Embargoed letter.Ref     `json:"embargoed,omitempty" doc:"the letter is public only from until on, and the entry is the commitment that holds its place"`
	Until     *time.Time     `json:"until,omitempty"`
}

// A Reason is why, in public, by language.
type Reason struct {
	Reason    register.Words `json:"reason"`
	Emergency bool           `json:"emergency,omitempty" doc:"of a withdrawal: by fewer than it takes, to be ratified"`
}

// A Correction mends an error of form.
type Correction struct {
	Content Content        `json:"content"`
	Reason  register.Words `json:"reason"`
	Files   []File         `json:"files,omitempty" doc:"issued with the corrected letter, by digest"`
	Elsewhere
}

// A Successor replaces a letter.
type Successor struct {
	Successor letter.Ref `json:"successor"`
}

// An Opening names revisions to be opened.
type Opening struct {
	Revisions []uint32 `json:"revisions,omitempty" doc:"empty: the newest"`
}

// A Recalling says why approvals are taken back.
type Recalling struct {
	Reason string `json:"reason"`
}

// A Regarding names a letter of this register.
type Regarding struct {
	Office    string     `json:"office"`
	Reference letter.Ref `json:"reference"`
}

// A Saying is what an office wants to say.
type Saying struct {
	Type       string                 `json:"type" enum:"about,holding,received,sighting,collected"`
	Text       map[letter.Lang]string `json:"text,omitempty" doc:"not of a holding statement, which has words of its own"`
	Regarding  []Regarding            `json:"regarding,omitempty"`
	NextWordBy *time.Time             `json:"next_word_by,omitempty" doc:"of a holding statement"`
	Slips      []office.Slip          `json:"slips,omitempty" doc:"of what was received: the slips that came with the copies"`
	Seen       map[letter.Lang]string `json:"seen,omitempty" doc:"of what was seen or collected: its words"`
	Source     string                 `json:"source,omitempty" doc:"where it was seen, or collected from"`
	SeenAt     *time.Time             `json:"seen_at,omitempty" doc:"now, when not given"`
}

// A Disavowing says of a text or file that it is not the office's.
type Disavowing struct {
	Text      map[letter.Lang]string `json:"text,omitempty"`
	Files     []letter.Hash          `json:"files,omitempty" doc:"SHA-256 of whole files"`
	Reason    register.Words         `json:"reason"`
	Regarding []Regarding            `json:"regarding,omitempty"`
}

// An Enquiry is a reader's question.
type Enquiry struct {
	ID      int64           `json:"id"`
	Words   string          `json:"words"`
	Exhibit string          `json:"exhibit,omitempty"`
	Contact string          `json:"contact,omitempty"`
	AskedAt time.Time       `json:"asked_at"`
	State   string          `json:"state"`
	Entry   *register.Index `json:"entry,omitempty"`
	Reason  string          `json:"reason,omitempty"`
	EndedAt *time.Time      `json:"ended_at,omitempty"`
}

// Enquiries are those of an office.
type Enquiries struct {
	Enquiries []Enquiry `json:"enquiries"`
}

// An Answering names the statement or disavowal that answers.
type Answering struct {
	Entry register.Index `json:"entry"`
}

// A Webhook is where events are sent.
type Webhook struct {
	ID          string     `json:"id"`
	URL         string     `json:"url"`
	Events      []string   `json:"events" doc:"empty: all"`
	Scheme      string     `json:"scheme" enum:"v1,v1a"`
	Note        string     `json:"note,omitempty"`
	CreatedBy   string     `json:"created_by"`
	CreatedAt   time.Time  `json:"created_at"`
	SucceededAt *time.Time `json:"succeeded_at,omitempty"`
	Disabled    string     `json:"disabled,omitempty" doc:"why it is no longer used"`
	Secret      string     `json:"secret,omitempty" doc:"of v1, and only in the answer that made it"`
}

// Webhooks are those of an office.
type Webhooks struct {
	Webhooks []Webhook `json:"webhooks"`
}

// A Subscribing asks for a webhook.
type Subscribing struct {
	URL    string   `json:"url"`
	Events []string `json:"events,omitempty"`
	Scheme string   `json:"scheme,omitempty" enum:"v1,v1a"`
	Note   string   `json:"note,omitempty"`
}

// A Delivery is one message on its way.
type Delivery struct {
	ID       int64      `json:"id"`
	Message  string     `json:"message" doc:"its webhook-id"`
	Event    string     `json:"event"`
	State    string     `json:"state" enum:"waiting,done,failed"`
	Attempts int        `json:"attempts"`
	NextAt   *time.Time `json:"next_at,omitempty"`
	LastAt   *time.Time `json:"last_at,omitempty"`
	Status   int        `json:"status" doc:"of the last answer; 0: there was none"`
	Problem  string     `json:"problem,omitempty"`
}

// Deliveries is a part of what went to a webhook.
type Deliveries struct {
	Deliveries []Delivery `json:"deliveries"`
	Next       string     `json:"next_cursor,omitempty"`
}

// A PublicKey is the register's own key of webhooks.
type PublicKey struct {
	Key string `json:"key" doc:"whpk_ and base64: of scheme v1a"`
}

// An Addressee is to whom a letter is sent by mail.
type Addressee struct {
	Name    string      `json:"name"`
	Address string      `json:"address"`
	Lang    letter.Lang `json:"language,omitempty"`
}

// A Sending names addressees.
type Sending struct {
	Addressees []Addressee `json:"addressees"`
}

// A Dispatch is a letter on its way to one addressee.
type Dispatch struct {
	ID         int64      `json:"id"`
	Addressee  string     `json:"addressee"`
	Address    string     `json:"address"`
	SentBy     string     `json:"sent_by"`
	At         time.Time  `json:"at"`
	State      string     `json:"state" enum:"waiting,done,failed"`
	Problem    string     `json:"problem,omitempty"`
	ReceivedAt *time.Time `json:"received_at,omitempty"`
}

// Dispatches are those of a letter.
type Dispatches struct {
	Dispatches []Dispatch `json:"dispatches"`
}
