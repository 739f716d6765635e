package check

import (
	"strings"

	"chancery.example/register"
)

// VerdictOf returns the cell of the table match x standing. It is pure and
// total: every pair has a cell, also those that Examine never gives, because an
// answer from elsewhere may hold them. testdata/verdicts.golden lists all.
//
// The exit code is the standing's, except: an altered copy, or one whose
// languages differ, is 30 whatever it is a copy of; what is no match is 50, or
// 52 or 53 when nothing could be looked up; what could not be read is 51; and
// only the same words of a letter in force are 0, so that a part of one is 14.
// The words of a statement are 14 too, of one that was taken back 11.
func VerdictOf(m Match, st register.Standing) Verdict {
	s, ok := standings[st]
	if !ok {
		s, st = standings[register.CannotCheck], register.CannotCheck
	}
	v := Verdict{
		Code: string(m) + "/" + string(st), Headline: headline(m, st, s),
		Explanation: s.says, NotMean: s.not, Intent: s.intent, Icon: s.icon, Exit: s.exit,
	}
	if st == register.NotOnRecord || st == register.NoRegister {
		return v.ofMatch(m, st)
	}
	v.Explanation = join(matchSays(m), s.says)
	return v.ofMatch(m, st)
}

// ofMatch is what the match changes in a standing's cell.
func (v Verdict) ofMatch(m Match, st register.Standing) Verdict {
	switch m {
	case ExactFile, SameText:
	case Part, Most:
		if st == register.InForce {
			v.Intent, v.Icon, v.Exit = IntentStated, "quote", ExitPart
		}
	case Altered, TranslationDiffers:
		v.Intent, v.Icon, v.Exit = IntentAltered, "differ", ExitAltered
		v.NotMean = join(v.NotMean, Words{
			"Nor does it say who changed the words, or whether it was done on purpose.",
			"ولا يدل على من غيّر الكلمات، ولا على أنه فعل ذلك عن قصد.",
		})
	case OtherLanguage, Resembles, None:
		v.Intent, v.Icon = IntentUnknown, "question"
		if st != register.NoRegister && st != register.CannotCheck {
			v.Exit = ExitNotOnRecord
		}
	case Unreadable:
		v.Intent, v.Icon, v.Exit = IntentUnknown, "question", ExitUnreadable
	default:
		v.Intent, v.Icon, v.Exit = IntentUnknown, "question", ExitCannotCheck
	}
	return v
}

// headline says both axes in one sentence: the match, then the standing.
func headline(m Match, st register.Standing, s standingWords) Words {
	if st == register.NotOnRecord || st == register.NoRegister || st == register.CannotCheck {
		if w, ok := absent[m][st]; ok {
			return w
		}
	}
	p, ok := matches[m]
	if !ok {
		p = matches[Unreadable]
	}
	return Words{strings.Replace(p.EN, "{it}", s.noun.EN, 1), strings.Replace(p.AR, "{it}", s.noun.AR, 1)}
}

// matches are the first clauses; {it} is the standing's noun.
var matches = map[Match]Words{
	ExactFile:          {"This very file is {it}", "هذا الملف بعينه هو {it}"},
	SameText:           {"The words of {it}", "كلمات {it}"},
	Part:               {"Part of {it}", "جزء من {it}"},
	Most:               {"Most of the words of {it}", "معظم كلمات {it}"},
	Altered:            {"Differs in {words} from {it}", "يختلف في {words} عن {it}"},
	OtherLanguage:      {"In a language not on record for {it}", "بلغة غير اللغات المسجَّلة لدى {it}"},
	TranslationDiffers: {"Its {language} text is not the one on record for {it}", "نصه {language} ليس النص المسجَّل في {it}"},
	Resembles:          {"No match, though it resembles {it}", "لا تطابق، وإن كان شبيهاً ب{it}"},
	None:               {"No match with {it}", "لا تطابق مع {it}"},
	Unreadable:         {"Too little could be read to compare it with {it}", "لم يُقرأ منه ما يكفي لمقارنته مع {it}"},
}

// absent are the headlines where there is no standing to name.
var absent = map[Match]map[register.Standing]Words{
	None: {
		register.NotOnRecord: {"No match: no letter or statement on record has these words", "لا تطابق: ما من رسالة أو بيان في السجل بهذه الكلمات"},
		register.NoRegister:  {"No match: this office keeps no register here", "لا تطابق: لا سجل لهذه الجهة هنا"},
		register.CannotCheck: {"No match found, and the search could not be finished", "لم يُعثر على تطابق، ولم يكتمل البحث"},
	},
	Resembles: {
		register.NotOnRecord: {"No match, though it resembles a text on record: no letter or statement has these words", "لا تطابق، وإن كان شبيهاً بنص مسجَّل: ما من رسالة أو بيان في السجل بهذه الكلمات"},
	},
	Unreadable: {
		register.NotOnRecord: {"Too little could be read, and what was read is not on record", "لم يُقرأ منه ما يكفي، وما قُرئ ليس في السجل"},
		register.NoRegister:  {"Too little could be read, and this office keeps no register here", "لم يُقرأ منه ما يكفي، ولا سجل لهذه الجهة هنا"},
		register.CannotCheck: {"Too little could be read, and it could not be checked", "لم يُقرأ منه ما يكفي، وتعذّر التحقق منه"},
	},
}

// matchSays is the sentence that a match adds before the standing's own.
func matchSays(m Match) Words {
	switch m {
	case ExactFile:
		return Words{"This file is, byte for byte, one that the register names.", "هذا الملف مطابق، بايتاً ببايت، لملف يسمّيه السجل."}
	case SameText:
		return Words{"All words agree with the text on record.", "جميع الكلمات تطابق النص المسجَّل."}
	case Part:
		return Words{"All words here stand in the text on record, which says more.", "جميع الكلمات هنا واردة في النص المسجَّل، وفيه أكثر منها."}
	case Most:
		return Words{
			"At least 60 % of its words stand here. It is sealed, so no more is said: whether single words differ, or lack, is not told, but for whole passages of yours that are not the draft's. Who has the .chancery-draft that came with a copy sees every difference.",
			"يرد هنا ما لا يقل عن 60 % من كلماتها. وهي مختومة، فلا يقال أكثر: لا يُذكر هل تختلف كلمات بعينها أو تنقص، إلا مقاطع كاملة عندك ليست من المسودة. ومن لديه ملف chancery-draft المرفق بالنسخة يرى كل اختلاف.",
		}
	case Altered:
		return Words{"It differs in {n_places}, shown below.", "الاختلاف في {n_places}، وهو مبيَّن أدناه."}
	case TranslationDiffers:
		return Words{"One language agrees with the record; the {language} text is not the one on record.", "إحدى اللغتين تطابق السجل؛ أما النص {language} فليس النص المسجَّل."}
	case OtherLanguage:
		return Words{"It names this letter, but the register holds no text of it in this language, so the words could not be compared.", "يسمّي هذه الرسالة، لكن ليس لها في السجل نص بهذه اللغة، فتعذّرت مقارنة الكلمات."}
	case Resembles:
		return Words{"Some passages are the same; most words are not, so it is no copy of it.", "بعض المقاطع متطابقة، ومعظم الكلمات ليست كذلك؛ فليس نسخة منه."}
	case Unreadable:
		return Words{"Try a flatter, sharper photo, or type one sentence.", "جرّب صورة مستوية أوضح، أو اكتب جملة واحدة."}
	case None:
	}
	return Words{}
}

func join(a, b Words) Words {
	return Words{strings.TrimSpace(a.EN + " " + b.EN), strings.TrimSpace(a.AR + " " + b.AR)}
}
