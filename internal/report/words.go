package report

import "strings"

func set(words ...string) map[string]bool {
	m := map[string]bool{}
	for _, s := range words {
		for _, w := range strings.Fields(s) {
			m[w] = true
		}
	}
	return m
}

// Words that say who said something, in the languages of most reports. A verb
// missing here leaves a quotation without a speaker, which is the safe side.
var (
	saying = set(
		"said says say told tells added adds stated states wrote writes asked asks replied replies insisted insists declared declares announced announces explained explains noted notes warned warns tweeted posted claimed claims argued argues continued continues recalled acknowledged commented remarked responded concluded confirmed",
		"dit disait déclaré déclare affirmé affirme ajouté ajoute expliqué explique écrit assuré assure indiqué indique précisé répondu",
		"sagte sagt erklärte erklärt betonte betont schrieb schreibt meinte fügte",
		"dijo dice afirmó declaró agregó añadió aseguró señaló explicó escribió",
		"disse afirmou declarou detto dichiarato affermato dichiarò",
		"сказал сказала заявил заявила отметил отметила подчеркнул написал добавил сообщил",
		"dedi söyledi belirtti")
	sourcing  = set("selon según segundo secondo laut per zufolge согласно")
	auxiliary = set("has had have also then later a ha hat had avait")
	adverbs   = set("also then later reportedly publicly repeatedly simply just now today yesterday again once ausdrücklich")
	particles = set("al el de del della di da dos van von der den bin ibn ben abu of the and la le du")
	barriers  = set("for to of in on at by from with about after before as that because when while who which what it he she they we i there this these nobody no and but or if")
	titles    = set(
		"mr mrs ms dr prof gen brig maj col lt ltg sgt capt adm sen rep gov pres sir lord lady",
		"president minister secretary chairman chairwoman chair commissioner general brigadier major colonel captain admiral director governor senator ambassador speaker spokesman spokeswoman spokesperson premier chancellor mayor king queen prince princess chief judge professor pm officer inspector commander skipper",
		"président ministre secrétaire général directeur präsident ministerin bundeskanzler außenminister presidente ministro")
	notNames = set(
		"he she they it we i you this that these those there the a an but and so then on in at as if when while after before his her their its our your my one two some many",
		"monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december",
		"il elle ils nous on er sie es wir man él ella ellos")

	arabicSaying   = set("قال قالت صرح صرّح صرحت أكد أكدت أضاف أضافت ذكر ذكرت أعلن أعلنت كتب كتبت أوضح أوضحت يقول تقول يؤكد تؤكد اعلن اكد اضاف اوضح شدد شددت تابع تابعت أشار أشارت لفت لفتت نفى نفت")
	arabicSourcing = set("بحسب حسب وفق")
	arabicBarriers = set("إن أن ان إنه إنها بأن في خلال أمام على عن من إلى للصحفيين لـ يوم أمس مساء بعد قبل و ثم")
	arabicTitles   = set("السيد السيدة الوزير الوزيرة وزير وزيرة الرئيس رئيس الفريق اللواء العميد العقيد الدكتور الدكتورة المفوض المفوضة مفوض مفوضة مدير المدير مديرة المديرة العميدة المستشار المستشارة النائب النائبة النقل الدفاع الخارجية الداخلية الوزراء الميناء الجنرال القبطان")
	arabicNotNames = set("المتحدث المتحدثة الناطق مصدر مسؤول المسؤول باسم الوزارة وزارة المكتب هيئة الهيئة مكتب أحد بعض الذي التي")
)
