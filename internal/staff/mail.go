package staff

import (
	"context"
	"fmt"
	"strings"

	"chancery.example/internal/store"
)

// A mailKind is a mail that people get. Its words are in English, and in Arabic
// for those whose language that is: mail is read outside the desk's pages, so its
// words are not among theirs.
type mailKind int

const (
	mailInvited mailKind = iota
	mailRecovery
	mailRecoveryAsked
	mailRecovered
	mailPasskeyAdded
	mailApprovalKeyMade
	mailAddressChanged
)

// letters of mail: subject and text. NAME is the person's, DESK the register's
// name, OFFICE the office's short name, LINK the link, and WHERE the desk's address.
var mailWords = map[mailKind]map[string][2]string{
	mailInvited: {
		"en": {"Your access to the desk of OFFICE", "NAME,\n\nyou have been given access to the desk of OFFICE at DESK. Open this link on the device you will work with, and make a passkey:\n\nLINK\n\nThe link works once, and for 72 hours. Do not pass it on: whoever opens it first signs in as you.\n"},
		"ar": {"الوصول إلى مكتب OFFICE", "NAME،\n\nأُعطيتَ حق الوصول إلى مكتب OFFICE في DESK. افتح هذا الرابط على الجهاز الذي ستعمل به وأنشئ مفتاح مرور:\n\nLINK\n\nيعمل الرابط مرة واحدة خلال 72 ساعة. لا تعطه لغيرك: فأول من يفتحه يدخل باسمك.\n"},
	},
	mailRecovery: {
		"en": {"A new link to the desk of OFFICE", "NAME,\n\ntwo custodians of OFFICE have agreed that you get back in. Open this link and make a new passkey:\n\nLINK\n\nThe link works once, and for 72 hours. When you use it, your older passkeys stop working and all your sessions end. If you did not ask for this, tell a custodian at once.\n"},
		"ar": {"رابط جديد إلى مكتب OFFICE", "NAME،\n\nوافق أمينان من OFFICE على استعادة دخولك. افتح هذا الرابط وأنشئ مفتاح مرور جديدًا:\n\nLINK\n\nيعمل الرابط مرة واحدة خلال 72 ساعة. عند استعماله تتوقف مفاتيحك السابقة وتنتهي كل جلساتك. إن لم تطلب ذلك فأخبر أحد الأمناء فورًا.\n"},
	},
	mailRecoveryAsked: {
		"en": {"Somebody asked to recover your access to OFFICE", "NAME,\n\na custodian of OFFICE has asked that you get a new link to the desk. A second custodian has to agree. If you did not ask for this, sign in and cancel it, or tell a custodian at once:\n\nWHERE\n"},
		"ar": {"طلبٌ لاستعادة دخولك إلى OFFICE", "NAME،\n\nطلب أحد أمناء OFFICE أن تُعطى رابطًا جديدًا إلى المكتب، ولا بد من موافقة أمين ثانٍ. إن لم تطلب ذلك فسجّل الدخول وألغِه، أو أخبر أحد الأمناء فورًا:\n\nWHERE\n"},
	},
	mailRecovered: {
		"en": {"Your access to OFFICE was recovered", "NAME,\n\na new passkey was made with the link you were given. Your older passkeys no longer work, and all your sessions have ended. If this was not you, tell a custodian at once:\n\nWHERE\n"},
		"ar": {"استُعيد دخولك إلى OFFICE", "NAME،\n\nأُنشئ مفتاح مرور جديد بالرابط الذي أُعطيته. لم تعد مفاتيحك السابقة تعمل، وانتهت كل جلساتك. إن لم تكن أنت من فعل ذلك فأخبر أحد الأمناء فورًا:\n\nWHERE\n"},
	},
	mailPasskeyAdded: {
		"en": {"A passkey was added to your access to OFFICE", "NAME,\n\na new passkey can now sign in as you. If this was not you, remove it and tell a custodian at once:\n\nWHERE\n"},
		"ar": {"أُضيف مفتاح مرور إلى دخولك إلى OFFICE", "NAME،\n\nيمكن الآن لمفتاح مرور جديد أن يدخل باسمك. إن لم تكن أنت من أضافه فاحذفه وأخبر أحد الأمناء فورًا:\n\nWHERE\n"},
	},
	mailApprovalKeyMade: {
		"en": {"A passkey to approve was made for you at OFFICE", "NAME,\n\na passkey with which you could approve letters was made. It counts only after the office's policy names it. If this was not you, tell a custodian at once:\n\nWHERE\n"},
		"ar": {"أُنشئ لك مفتاح مرور للموافقة في OFFICE", "NAME،\n\nأُنشئ مفتاح مرور يمكنك أن توافق به على الرسائل. لا يُعتدّ به إلا بعد أن تسمّيه قواعد الجهة. إن لم تكن أنت من أنشأه فأخبر أحد الأمناء فورًا:\n\nWHERE\n"},
	},
	mailAddressChanged: {
		"en": {"Your mail address at OFFICE was changed", "NAME,\n\nmail from the desk of OFFICE will go to another address from now on. If you did not want this, tell a custodian at once:\n\nWHERE\n"},
		"ar": {"غُيِّر عنوان بريدك لدى OFFICE", "NAME،\n\nستُرسل رسائل مكتب OFFICE إلى عنوان آخر من الآن. إن لم ترد ذلك فأخبر أحد الأمناء فورًا:\n\nWHERE\n"},
	},
}

// mail sends a person one of these mails and reports whether it was taken. A mail
// that was not taken is in the journal and no error: what it tells of has
// happened.
func (s *Staff) mail(ctx context.Context, p store.Person, what mailKind, link string) (bool, error) {
	if s.opts.Mailer == nil || p.Email == "" {
		return false, nil
	}
	words, ok := mailWords[what][string(p.Lang)]
	if !ok {
		words = mailWords[what]["en"]
	}
	name := s.opts.Name
	if name == "" {
		name = s.opts.Origin
	}
	fill := strings.NewReplacer("NAME", p.Name, "DESK", name, "OFFICE", p.Office, "LINK", link, "WHERE", s.opts.Origin+"/desk")
	err := s.opts.Mailer.Mail(ctx, p.Email, fill.Replace(words[0]), fill.Replace(words[1]))
	if err == nil {
		return true, nil
	}
	if err := s.act(ctx, p.Office, func(t *turn) error {
		return t.alarm(Operator, p.ID, MailFailed, "%s: %v", fill.Replace(words[0]), err)
	}); err != nil {
		return false, fmt.Errorf("writing down that mail failed: %w", err)
	}
	return false, nil
}
