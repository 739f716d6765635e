package proved

import (
	"fmt"

	"chancery.example/internal/check"
	"chancery.example/proof"
)

// holds says under whose keys a proof holds.
func (x *reading) holds() check.Words {
	if x.v.Checkpoint.OwnKeys {
		return check.Words{
			EN: "This proof verifies under the keys of this register. With keys that you had before, \"chancery verify\" checks it without this server.",
			AR: "هذا الإثبات صحيح بمفاتيح هذا السجل. وبمفاتيح كانت لديك من قبل يتحقق منه الأمر chancery verify دون هذا الخادم.",
		}
	}
	return check.Words{EN: "This proof verifies under the keys that were given here for this register.", AR: "هذا الإثبات صحيح بالمفاتيح المعطاة هنا لهذا السجل."}
}

// newerHead says that nothing later can be told.
func (x *reading) newerHead() check.Words {
	here, there := x.Snapshot.State().Size(), x.v.Checkpoint.Size
	return check.Words{
		EN: fmt.Sprintf("Its head has %d entries, and the copy of the log that is known here has %d. So the answer is the proof's alone; what came after its head cannot be told from here.", there, here),
		AR: fmt.Sprintf("عدد القيود عند رأس هذا الإثبات %d، وعددها في نسخة الدفتر المعروفة هنا %d. فالجواب من الإثبات وحده، ولا يُعرف من هنا ما جاء بعد رأسه.", there, here),
	}
}

// since says what the newer log changes.
func (x *reading) since(before, after check.Finding, later []Later) check.Words {
	here, there := x.Snapshot.State().Size(), x.v.Checkpoint.Size
	changed := before.Status.Standing != after.Status.Standing
	switch {
	case changed && len(later) == 0:
		return check.Words{
			EN: fmt.Sprintf("No later entry is about it, but the hour has changed where it stands. The log known here has %d entries, the proof's head %d.", here, there),
			AR: fmt.Sprintf("ليس بشأنه قيد لاحق، لكن حلول الموعد غيّر وضعه. عدد قيود الدفتر المعروف هنا %d، وعددها عند رأس الإثبات %d.", here, there),
		}
	case changed:
		n := laterWords(len(later))
		return check.Words{
			EN: fmt.Sprintf("It does not stand where it stood at the proof's head, changed by %s of the log. The newer answer is the first one.", n.EN),
			AR: fmt.Sprintf("لم يعد وضعه كما كان عند رأس الإثبات. والسبب: %s في الدفتر. والجواب الأحدث هو الأول.", n.AR),
		}
	case len(later) > 0:
		n := laterWords(len(later))
		return check.Words{
			EN: fmt.Sprintf("The log has %s about it; where it stands is as it was at the proof's head.", n.EN),
			AR: fmt.Sprintf("في الدفتر بشأنه %s؛ ووضعه كما كان عند رأس الإثبات.", n.AR),
		}
	}
	return check.Words{
		EN: fmt.Sprintf("No later entry changes it: the log known here has %d entries, the proof's head %d.", here, there),
		AR: fmt.Sprintf("ما من قيد لاحق يغيّره: عدد قيود الدفتر المعروف هنا %d، وعددها عند رأس الإثبات %d.", here, there),
	}
}

// ownWord is what the file shows about later entries by itself.
func (x *reading) ownWord() *check.Words {
	l := x.v.Later()
	switch {
	case l.None():
		return &check.Words{
			EN: fmt.Sprintf("The file shows by itself that no later entry was about it, as of entry %d.", l.AsOf),
			AR: fmt.Sprintf("يُثبت الملف بنفسه أن ما من قيد لاحق كان بشأنه، حتى القيد %d.", l.AsOf),
		}
	case l.Shown:
		return &check.Words{
			EN: fmt.Sprintf("Caution: as of entry %d the register knew of more about it than the file carries; whoever made the file left that out.", l.AsOf),
			AR: fmt.Sprintf("تنبيه: حتى القيد %d كان في السجل بشأنه أكثر مما في الملف؛ وقد أغفله صانع الملف.", l.AsOf),
		}
	case x.bundle.Draft != nil:
		return nil
	}
	return &check.Words{
		EN: "By itself the file does not show that nothing came later.",
		AR: "لا يُثبت الملف بنفسه أن شيئاً لم يأتِ بعده.",
	}
}

// reasons say in words for everybody why a file shows nothing.
var reasons = map[proof.Class]check.Words{
	proof.BadFormat: {
		EN: "The file is damaged, incomplete, too large or no proof at all. Download it again, or ask who gave it to you.",
		AR: "الملف تالف أو ناقص أو أكبر من المسموح أو ليس إثباتاً أصلاً. نزّله من جديد، أو اسأل من أعطاك إياه.",
	},
	proof.BadText: {
		EN: "The words in the file are not those that its entries stand for. Whatever it says, it does not prove these words.",
		AR: "الكلمات التي في الملف ليست التي تدل عليها قيوده. فمهما قال، فهو لا يُثبت هذه الكلمات.",
	},
	proof.NoPolicy: {
		EN: "Nobody's keys were given, so nothing can be verified. Name a register, or the keys that you trust.",
		AR: "لم تُعطَ مفاتيح لأحد، فلا يمكن التحقق من شيء. سمِّ سجلاً، أو المفاتيح التي تثق بها.",
	},
	proof.BadPolicy: {EN: "The keys to verify it with could not be read here.", AR: "تعذّرت هنا قراءة المفاتيح اللازمة للتحقق منه."},
	proof.BadCheckpoint: {
		EN: "The part of the file that the register signs is damaged. Download it again.",
		AR: "الجزء الذي يوقّعه السجل من الملف تالف. نزّله من جديد.",
	},
	proof.BadCheckpointSignature: {
		EN: "The register's signature in it is not the register's: the file was changed or made by somebody else.",
		AR: "توقيع السجل فيه ليس توقيع السجل: فالملف تغيّر أو صنعه غيره.",
	},
	proof.BadCosignature: {
		EN: "A witness's signature in it is not that witness's: the file was changed or made by somebody else.",
		AR: "توقيع أحد الشهود فيه ليس توقيع ذلك الشاهد: فالملف تغيّر أو صنعه غيره.",
	},
	proof.UnknownLog: {
		EN: "It names this register, but none of the register's keys signed it.",
		AR: "يسمّي هذا السجل، لكن لم يوقّعه أي من مفاتيح السجل.",
	},
	proof.QuorumNotMet: {
		EN: "Too few of the witnesses that are asked for here vouch for it. If it was made when fewer were asked for, download a newer one.",
		AR: "الشهود عليه أقل مما يُطلب هنا. فإن صُنع حين كان المطلوب أقل، فنزّل إثباتاً أحدث.",
	},
	proof.BadInclusion: {
		EN: "What it shows does not stand in the register's log where the file says it does.",
		AR: "ما يعرضه ليس في دفتر السجل حيث يقول الملف.",
	},
	proof.BadEntry: {
		EN: "It holds an entry that is damaged, not signed by the office it names, or not allowed by the rules.",
		AR: "فيه قيد تالف، أو غير موقّع من الجهة التي يسمّيها، أو لا تجيزه القواعد.",
	},
	proof.BadLookup: {
		EN: "It says that something is not on record, or was not later changed, and the register's own list does not say so.",
		AR: "يقول إن شيئاً ليس في السجل، أو لم يتغيّر لاحقاً، وقائمة السجل نفسه لا تقول ذلك.",
	},
	proof.BadReceipt: {
		EN: "It carries a receipt that is not this register's receipt for this entry.",
		AR: "فيه إيصال ليس إيصال هذا السجل عن هذا القيد.",
	},
}

var otherwise = check.Words{EN: "It could not be verified here.", AR: "تعذّر التحقق منه هنا."}

// laterWords count entries.
func laterWords(n int) check.Words {
	w := check.Words{EN: fmt.Sprintf("%d later entries", n), AR: fmt.Sprintf("قيود لاحقة عددها: %d", n)}
	if n == 1 {
		w = check.Words{EN: "1 later entry", AR: "قيد لاحق واحد"}
	}
	return w
}
