package check

import "chancery.example/register"

// standingWords are the words of one standing: its noun in a headline, one
// sentence for a lay reader, and what it does not mean.
type standingWords struct {
	noun, says, not Words
	intent          Intent
	icon            string
	exit            int
}

var standings = map[register.Standing]standingWords{
	register.Conflict: {
		noun:   Words{"a text on which the record contradicts itself", "نص تتناقض قيود السجل بشأنه"},
		says:   Words{"The office's own entries, or independent witnesses, disagree about it; both are shown.", "قيود الجهة نفسها لا تتفق بشأنه، أو لا يتفق الشهود المستقلون؛ والروايتان معروضتان."},
		not:    Words{"It does not mean that one of them may be picked.", "لا يعني أنه يجوز اختيار إحداهما."},
		intent: IntentDisavowed, icon: "shield", exit: ExitConflict,
	},
	register.Lookalike: {
		noun: Words{"a paper signed, but not by the office it names", "ورقة موقّعة، ولكن ليس من الجهة التي تسمّيها"},
		says: Words{
			"The signature in it is sound, but nothing on record shows that it is that of {office}. Whose it is, is not said here: a certificate can bear any name.",
			"التوقيع الذي فيه سليم، لكن لا شيء في السجل يدل على أنه توقيع {office}. ولا يقال هنا لمن هو: فالشهادة الرقمية قد تحمل أي اسم.",
		},
		not:    Words{"It does not mean that whoever signed it is a criminal.", "لا يعني إدانة من وقّعه بجرم."},
		intent: IntentDisavowed, icon: "shield", exit: ExitLookalike,
	},
	register.Disavowed: {
		noun:   Words{"a text that {office} says is not theirs", "نص نُفي صدوره في بيان من {office}"},
		says:   Words{"On {date} {office} stated, signed by {k}, that this text is not theirs: {reason}", "في {date} صدر عن {office} بيان، بتوقيع {k}، ينفي صدور هذا النص عن الجهة: {reason}"},
		not:    Words{"It does not mean that someone was found guilty.", "لا يعني أن أحداً أُدين."},
		intent: IntentDisavowed, icon: "shield", exit: ExitDisavowed,
	},
	register.Withdrawn: {
		noun:   Words{"a letter that was issued, then withdrawn", "رسالة صدرت ثم سُحبت"},
		says:   Words{"{office} issued this letter and took it back on {date}: {reason}", "صدرت هذه الرسالة عن {office} ثم سُحبت في {date}: {reason}"},
		not:    Words{"It does not mean that it was not sent.", "لا يعني أنها لم تُرسل."},
		intent: IntentWithdrawn, icon: "cross", exit: ExitWithdrawn,
	},
	register.Superseded: {
		noun:   Words{"a letter that was issued, then replaced", "رسالة صدرت ثم حلّت محلها أخرى"},
		says:   Words{"On {date} it was replaced by {ref}{successor}.", "في {date} حلّت محلها {ref}{successor}."},
		not:    Words{"It does not mean that it was false when issued.", "لا يعني أنها كانت غير صحيحة حين صدرت."},
		intent: IntentSuperseded, icon: "arrow", exit: ExitSuperseded,
	},
	register.DraftClosed: {
		noun:   Words{"a draft that was closed without being issued", "مسودة أُغلقت دون أن تصدر"},
		says:   Words{"{office} recorded it as a draft on {sealed} and closed it on {date}; its register holds no issue entry for it.", "سُجّلت لدى {office} مسودةً في {sealed} وأُغلقت في {date}؛ وليس في السجل قيد إصدار لها."},
		not:    Words{"It does not mean that nobody outside received it.", "لا يعني أن أحداً في الخارج لم يتسلمها."},
		intent: IntentDraft, icon: "pen", exit: ExitDraft,
	},
	register.DraftOpened: {
		noun:   Words{"a draft that was not issued", "مسودة لم تصدر"},
		says:   Words{"Recorded by {office} as a draft on {sealed}; no issue entry as of {time}.", "سُجّلت لدى {office} مسودةً في {sealed}؛ ولا قيد إصدار لها حتى {time}."},
		not:    Words{"It does not mean that it is fake, or that it will not be issued later.", "لا يعني أنها مزوّرة، ولا أنها لن تصدر لاحقاً."},
		intent: IntentDraft, icon: "pen", exit: ExitDraft,
	},
	register.DraftReplaced: {
		noun:   Words{"an earlier draft of a letter issued in other words", "مسودة سابقة لرسالة صدرت بكلمات أخرى"},
		says:   Words{"{office} issued {ref} on {date}, but not with these words.", "صدرت الرسالة {ref} عن {office} في {date}، ولكن ليس بهذه الكلمات."},
		not:    Words{"It does not mean that the issued letter is void.", "لا يعني أن الرسالة الصادرة باطلة."},
		intent: IntentDraft, icon: "pen", exit: ExitDraft,
	},
	register.Embargoed: {
		noun:   Words{"a letter that was issued, but is not public before {date}", "رسالة صدرت ولا تُعلَن قبل {date}"},
		says:   Words{"It takes effect on {date}.", "يبدأ مفعولها في {date}."},
		not:    Words{"It does not mean that you may not hold it.", "لا يعني أنه لا يجوز لك حيازتها."},
		intent: IntentSuperseded, icon: "arrow", exit: ExitEmbargoed,
	},
	register.CannotCheck: {
		noun:   Words{"a text that could not be checked to the end", "نص تعذّر استكمال التحقق منه"},
		says:   Words{"The newest proof we have is from {time}.", "أحدث إثبات لدينا تاريخه {time}."},
		not:    Words{"It does not mean that the letter is good or bad.", "لا يعني أن الرسالة سليمة أو غير سليمة."},
		intent: IntentUnknown, icon: "question", exit: ExitCannotCheck,
	},
	register.Expired: {
		noun:   Words{"a letter that was issued; its period is over", "رسالة صدرت وانتهت مدتها"},
		says:   Words{"It applied until {date}.", "كانت سارية حتى {date}."},
		not:    Words{"It does not mean that it was withdrawn.", "لا يعني أنها سُحبت."},
		intent: IntentSuperseded, icon: "arrow", exit: ExitExpired,
	},
	register.InForce: {
		noun:   Words{"a letter in force", "رسالة سارية"},
		says:   Words{"{office} issued this letter {issued}; not replaced or withdrawn as of {time}.", "صدرت هذه الرسالة عن {office} {issued}؛ ولم تُستبدل ولم تُسحب حتى {time}."},
		not:    Words{"It does not mean that what it says is true.", "لا يعني أن ما تقوله صحيح."},
		intent: IntentInForce, icon: "check", exit: ExitInForce,
	},
	register.NotOnRecord: {
		noun:   Words{"a text that is not on record", "نص ليس في السجل"},
		says:   Words{"None of the letters and statements published here since {from} ({n} in all) has these words. They are in {languages}; a quotation translated from another language cannot be found.", "لا ترد هذه الكلمات في أي من الرسائل والبيانات المنشورة هنا منذ {from}، وعددها {n}. لغات هذه النصوص: {languages}؛ ولا يمكن العثور على اقتباس مترجم من لغة أخرى."},
		not:    Words{"It does not mean that it is forged: it may be private, a draft, older, or issued outside the register.", "لا يعني أنه مزوّر: فقد يكون خاصاً، أو مسودة، أو أقدم، أو صادراً خارج السجل."},
		intent: IntentUnknown, icon: "question", exit: ExitNotOnRecord,
	},
	register.NoRegister: {
		noun:   Words{"a text of an office that keeps no register here", "نص لجهة لا سجل لها هنا"},
		says:   Words{"We can say nothing about this paper.", "لا يمكننا أن نقول شيئاً عن هذه الورقة."},
		not:    Words{"It does not mean that the paper is forged, and it does not mean that it is not.", "لا يعني أن الورقة مزوّرة، ولا يعني أنها غير مزوّرة."},
		intent: IntentUnknown, icon: "question", exit: ExitNoRegister,
	},
	register.Stated: {
		noun:   Words{"a statement on record", "بيان مسجَّل"},
		says:   Words{"{office} stated this on {date}, signed by {k}.", "ورد هذا في بيان عن {office} في {date}، بتوقيع {k}."},
		not:    Words{"It does not mean that what it says is true, or that it is a letter.", "لا يعني أن ما يقوله صحيح، ولا أنه رسالة."},
		intent: IntentStated, icon: "quote", exit: ExitPart,
	},
	register.Retracted: {
		noun:   Words{"a statement that was taken back", "بيان سُحب"},
		says:   Words{"{office} stated this and took it back on {date}: {reason}", "ورد هذا في بيان عن {office} سُحب في {date}: {reason}"},
		not:    Words{"It does not mean that it was not said, or that it was false.", "لا يعني أنه لم يُقل، ولا أنه كان غير صحيح."},
		intent: IntentWithdrawn, icon: "cross", exit: ExitWithdrawn,
	},
}
