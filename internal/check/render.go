package check

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"chancery.example/internal/fold"
	"chancery.example/letter"
	"chancery.example/register"
)

// conclude fills in match, standing, record, verdict and words.
func (s *Snapshot) conclude(f Finding, m Match, standing register.Standing, st *register.Status) Finding {
	said := standing
	standing = s.rests(standing, f.CheckedAt)
	v := VerdictOf(m, standing)
	f.Match, f.Standing, f.Verdict = &m, &standing, &v
	if st != nil {
		now := *st
		now.Standing = standing
		f.Status, f.Record, st = now, s.record(now), &now
	}
	fill := s.filler(f, st)
	f.Headline = &Headline{v.Code, fill.words(v.Headline)}
	f.Details, f.NotMean = fill.words(v.Explanation), fill.words(v.NotMean)
	if said != standing {
		f.Details = join(s.checkpoint.Why(s.checkpoint.Trouble(f.CheckedAt, s.state.Exercise())), f.Details)
	}
	if f.unread != nil && m != ExactFile && v.Intent == IntentInForce {
		f = f.notAllRead(v)
	}
	if f.doubtful > 0 || f.Note == Ambiguous {
		f = f.notSure(*f.Verdict)
	}
	if f.Note == CommonWording {
		f = f.common(*f.Verdict)
	}
	f.Extent = f.extent()
	if f.Note == TooShort {
		f.Headline.Text = Words{"Too short to tell", "أقصر من أن يُعرف مصدره"}
		f.Details = Words{
			"So few words (fewer than 5, and fewer than 25 letters) can stand in many papers. Give a whole sentence.",
			"كلمات بهذه القلة (أقل من 5 كلمات، وأقل من 25 حرفاً) قد ترد في أوراق كثيرة. أدخل جملة كاملة.",
		}
	}
	return s.chips(f)
}

// notAllRead takes the green from an answer about words that are perhaps not all
// that a reader sees.
func (f Finding) notAllRead(v Verdict) Finding {
	v.Intent, v.Icon, v.Exit = IntentStated, "quote", ExitPart
	f.Verdict, f.Note = &v, NotAllRead
	f.Headline.Text = Words{"The words that were compared are those of a letter in force", "الكلمات التي جرت مقارنتها هي كلمات رسالة سارية"}
	f.Details = join(*f.unread, f.Details)
	return f
}

// notSure says of an answer that words of a picture could not be read for sure, or
// that it cannot be told which of two revisions a copy is, and takes the green
// from it.
func (f Finding) notSure(v Verdict) Finding {
	why := Words{
		"It cannot be told which of several revisions of this letter the copy is: they differ in fewer letters there than the copy does. The one whose standing is more serious is shown; the others are listed.",
		"لا يمكن الجزم بأي مراجعات هذه الرسالة هي النسخة: فالفرق بينها هنا أقل من حروف الاختلاف في النسخة. وتظهر المراجعة الأخطر وضعاً، وتُذكر الأخرى.",
	}
	if f.Note != Ambiguous {
		n := counted(f.doubtful, word)
		why = Words{
			"To look at yourself: " + n.EN + ". It could not be read for sure; compare the places marked below with the picture.",
			"للتحقق بالعين: " + n.AR + ". تعذّرت قراءته على وجه اليقين؛ قارن المواضع المعلّمة أدناه بالصورة.",
		}
		if f.doubtful > 1 {
			why.EN = "To look at yourself: " + n.EN + ". They could not be read for sure; compare the places marked below with the picture."
		}
	}
	f.Details = join(why, f.sayingOther())
	if v.Intent != IntentInForce {
		return f
	}
	v.Intent, v.Icon, v.Exit = IntentStated, "quote", ExitPart
	f.Verdict = &v
	f.Headline.Text = Words{"What could be read for sure are words of a letter in force", "ما قُرئ على وجه اليقين هو من كلمات رسالة سارية"}
	if f.Note == Ambiguous {
		f.Headline.Text = Words{"Words of a letter in force, or of another revision of it", "كلمات رسالة سارية، أو مراجعة أخرى لها"}
	}
	return f
}

// sayingOther is what an answer says, with "all other words" where words are to be looked
// at.
func (f Finding) sayingOther() Words {
	if f.Match == nil || f.Note == Ambiguous {
		return f.Details
	}
	other, ok := map[Match]Words{
		SameText: {"All other words agree with the text on record.", "جميع الكلمات الأخرى تطابق النص المسجَّل."},
		Part:     {"All other words here stand in the text on record, which says more.", "جميع الكلمات الأخرى هنا واردة في النص المسجَّل، وفيه أكثر منها."},
	}[*f.Match]
	if !ok {
		return f.Details
	}
	all := matchSays(*f.Match)
	return Words{strings.Replace(f.Details.EN, all.EN, other.EN, 1), strings.Replace(f.Details.AR, all.AR, other.AR, 1)}
}

// common says of words that many records hold that they show none of them, so
// that no reader takes the standing of one for theirs.
func (f Finding) common(v Verdict) Finding {
	v.Intent, v.Icon = IntentStated, "quote"
	f.Verdict = &v
	f.Headline.Text = Words{
		"Common wording: several records say this, so it does not show where your words come from",
		"صيغة شائعة: ترد في سجلات عدة، فلا تدل على مصدر كلماتك",
	}
	f.Details = join(Words{"One record that has them is shown, the others are listed.", "يظهر سجل واحد ترد فيه، وتُذكر السجلات الأخرى."}, f.Details)
	return f
}

// notRead says why an exhibit may show other words than were compared; nil when
// it does not.
func notRead(p paper, copied *fold.Folded) *Words {
	switch {
	case p.unread:
		return &Words{
			"This page may show other words than those that were read: it holds hidden words, styles, scripts, pictures or other elements that only a browser can place.",
			"قد تُظهر هذه الصفحة كلمات غير التي قُرئت: ففيها كلمات مخفية أو أنماط أو برامج أو صور أو عناصر أخرى لا يضعها في مواضعها إلا متصفح.",
		}
	case p.pdf.doubt() != nil:
		return p.pdf.doubt()
	case p.picture.beside():
		return &Words{
			"Beside the page the picture shows other writing, which was not compared.",
			"إلى جانب الصفحة تُظهر الصورة كتابة أخرى لم تجرِ مقارنتها.",
		}
	case copied.Free:
		return &Words{
			"It bears the notice of a draft's copy; what that line says was not compared.",
			"عليها سطر نسخة من مسودة؛ ولم تجرِ مقارنة ما يقوله ذلك السطر.",
		}
	}
	return nil
}

// A filler puts names, dates and numbers in place of placeholders.
type filler struct{ en, ar []string }

func (f *filler) set(name string, w Words) {
	f.en = append(f.en, "{"+name+"}", w.EN)
	f.ar = append(f.ar, "{"+name+"}", w.AR)
}

func (f *filler) words(w Words) Words {
	return Words{clean(strings.NewReplacer(f.en...).Replace(w.EN)), clean(strings.NewReplacer(f.ar...).Replace(w.AR))}
}

// clean ends a sentence whose last placeholder was filled with a sentence.
func clean(s string) string {
	return strings.TrimSpace(strings.NewReplacer("..", ".", " .", ".", ".؛", "؛").Replace(s))
}

// filler returns what is known about the answer.
func (s *Snapshot) filler(f Finding, st *register.Status) *filler {
	fill := &filler{}
	n, since, langs := s.published()
	fill.set("n", Words{strconv.Itoa(n), strconv.Itoa(n)})
	fill.set("from", day(register.StampOf(since)))
	fill.set("languages", languageNames(langs))
	fill.set("time", s.provenAt(f.CheckedAt, st))
	fill.set("words", counted(f.differing, word))
	fill.set("n_places", counted(len(f.Differences), place))
	fill.set("language", languageName(f.otherLang))
	unknown := Words{"the office", "الجهة"}
	if st == nil {
		fill.set("office", unknown)
		for _, name := range []string{"date", "issued", "sealed", "ref", "reason", "k"} {
			fill.set(name, Words{"-", "-"})
		}
		fill.set("successor", Words{})
		return fill
	}
	office := unknown
	if o, ok := s.state.OfficeOf(st.Record.Office); ok {
		office = bothNames(o.Name)
	}
	fill.set("office", office)
	fill.set("date", dateOf(*st))
	fill.set("issued", issuedOn(*st))
	fill.set("sealed", day(cmpStamp(st.SealedAt, st.OpenedAt)))
	ref, successor := refOf(s.state, *st, f.CheckedAt)
	fill.set("ref", ref)
	fill.set("successor", successor)
	fill.set("reason", sentence(bothNames(st.Reason)))
	fill.set("k", counted(len(st.ApprovedBy), officer))
	return fill
}

// asOf is the time up to which the register was searched.
func (s *Snapshot) asOf(at time.Time) Words {
	if s.checkpoint != nil && s.checkpoint.Time != nil {
		return moment(*s.checkpoint.Time)
	}
	return moment(at)
}

// provenAt is the time that an answer speaks of: of one that could not be checked
// that of the newest proof.
func (s *Snapshot) provenAt(at time.Time, st *register.Status) Words {
	if s.checkpoint != nil && st != nil && st.Standing == register.CannotCheck {
		if t := s.checkpoint.ProvenAt(); t != nil {
			return moment(*t)
		}
	}
	return s.asOf(at)
}

// issuedOn says when a letter was issued: on the day of its entry, or at some time
// before, when it was recorded later.
func issuedOn(st register.Status) Words {
	d := day(st.IssuedAt)
	if st.Written != "" {
		return Words{"before " + d.EN + ", when it was recorded here", "قبل " + d.AR + "، حين قُيّدت هنا"}
	}
	return Words{"on " + d.EN, "في " + d.AR}
}

// dateOf is the date that the sentence of a standing speaks of.
func dateOf(st register.Status) Words {
	switch st.Standing {
	case register.DraftClosed:
		return day(st.ClosedAt)
	case register.Withdrawn, register.Superseded, register.Disavowed, register.Retracted:
		return day(st.EndedAt)
	case register.Embargoed:
		return moment(st.NotBefore.Time())
	case register.Expired:
		return moment(st.Expires.Time())
	case register.Conflict, register.Lookalike, register.DraftOpened, register.DraftReplaced, register.CannotCheck,
		register.InForce, register.NotOnRecord, register.NoRegister, register.Stated:
	}
	return day(st.IssuedAt)
}

// refOf is the letter that a standing points to: the successor with what became
// of it, else itself.
func refOf(s *register.State, st register.Status, at time.Time) (ref, successor Words) {
	r := st.Record.Reference
	if st.Standing == register.Superseded {
		r, successor = Succession(s, st, at)
	}
	return Words{string(r), string(r)}, successor
}

func cmpStamp(a, b register.Stamp) register.Stamp {
	if a != 0 {
		return a
	}
	return b
}

// bothNames gives a register's words in both languages of the pages.
func bothNames(w register.Words) Words {
	en, _ := w.In("en")
	ar, ok := w["ar"]
	if !ok {
		ar = en
	}
	return Words{en, ar}
}

// sentence makes words end like a sentence.
func sentence(w Words) Words {
	end := func(s string) string {
		s = strings.TrimSpace(s)
		if s == "" || strings.ContainsAny(s[len(s)-1:], ".!?") || strings.HasSuffix(s, "؟") {
			return s
		}
		return s + "."
	}
	return Words{end(w.EN), end(w.AR)}
}

var arabicMonths = [...]string{
	"كانون الثاني/يناير", "شباط/فبراير", "آذار/مارس", "نيسان/أبريل", "أيار/مايو", "حزيران/يونيو",
	"تموز/يوليو", "آب/أغسطس", "أيلول/سبتمبر", "تشرين الأول/أكتوبر", "تشرين الثاني/نوفمبر", "كانون الأول/ديسمبر",
}

func day(s register.Stamp) Words {
	if s == 0 {
		return Words{"an unknown date", "تاريخ غير معروف"}
	}
	t := s.Time()
	return Words{t.Format("2 January 2006"), fmt.Sprintf("%d %s %d", t.Day(), arabicMonths[t.Month()-1], t.Year())}
}

// written spells the year, month or day in which a letter was written that was
// recorded later.
func written(d register.Day) Words {
	t, err := time.Parse(time.DateOnly, d.First())
	if err != nil {
		return day(0) // refused when the entry was read
	}
	month := arabicMonths[t.Month()-1]
	switch year := t.Format("2006"); len(d) {
	case len("1962"):
		return Words{year, year}
	case len("1962-10"):
		return Words{t.Format("January ") + year, month + " " + year}
	default:
		return Words{t.Format("2 January ") + year, fmt.Sprintf("%d %s %s", t.Day(), month, year)}
	}
}

func moment(t time.Time) Words {
	if t.IsZero() {
		return day(0)
	}
	t = t.UTC()
	d := day(register.StampOf(t))
	return Words{d.EN + t.Format(", 15:04 UTC"), d.AR + t.Format("، 15:04") + " بالتوقيت العالمي"}
}

// A countedNoun holds the forms of a noun after a number: English one and many;
// Arabic one, two, three to ten, eleven to ninety-nine, and whole hundreds.
type countedNoun struct{ one, many, arOne, arTwo, arFew, arMany, arHundred string }

var (
	word      = countedNoun{"1 word", "words", "كلمة واحدة", "كلمتين", "كلمات", "كلمة", "كلمة"}
	place     = countedNoun{"1 place", "places", "موضع واحد", "موضعين", "مواضع", "موضعاً", "موضع"}
	officer   = countedNoun{"1 officer", "officers", "مسؤول واحد", "مسؤولَين", "مسؤولين", "مسؤولاً", "مسؤول"}
	quotation = countedNoun{"1 quotation", "quotations", "اقتباس واحد", "اقتباسان", "اقتباسات", "اقتباساً", "اقتباس"}
)

func counted(n int, c countedNoun) Words {
	en := strconv.Itoa(n) + " " + c.many
	if n == 1 {
		en = c.one
	}
	switch last := n % 100; {
	case n == 1:
		return Words{en, c.arOne}
	case n == 2:
		return Words{en, c.arTwo}
	case last >= 3 && last <= 10:
		return Words{en, strconv.Itoa(n) + " " + c.arFew}
	case n > 0 && last <= 2:
		return Words{en, strconv.Itoa(n) + " " + c.arHundred}
	}
	return Words{en, strconv.Itoa(n) + " " + c.arMany}
}

// languages in the forms that the sentences need: English name, and Arabic
// adjective.
var languages = map[letter.Lang]Words{
	"ar": {"Arabic", "العربي"}, "en": {"English", "الإنجليزي"}, "fr": {"French", "الفرنسي"}, "de": {"German", "الألماني"},
	"es": {"Spanish", "الإسباني"}, "fa": {"Persian", "الفارسي"}, "ku": {"Kurdish", "الكردي"}, "ru": {"Russian", "الروسي"},
	"tr": {"Turkish", "التركي"}, "zh": {"Chinese", "الصيني"}, "he": {"Hebrew", "العبري"}, "it": {"Italian", "الإيطالي"},
	"uk": {"Ukrainian", "الأوكراني"}, "pt": {"Portuguese", "البرتغالي"}, "ja": {"Japanese", "الياباني"},
}

func languageName(l letter.Lang) Words {
	base, _, _ := strings.Cut(string(l), "-")
	if w, ok := languages[letter.Lang(base)]; ok {
		return w
	}
	if l == "" {
		return Words{"other", "الآخر"}
	}
	return Words{string(l), string(l)}
}

func languageNames(ls []letter.Lang) Words {
	if len(ls) == 0 {
		return Words{"no language yet", "لا لغة بعد"}
	}
	var en, ar []string
	for _, l := range ls {
		w := languageName(l)
		en = append(en, w.EN)
		base, _, _ := strings.Cut(string(l), "-")
		if _, ok := languages[letter.Lang(base)]; ok {
			w.AR += "ة" // languages by themselves are feminine
		}
		ar = append(ar, w.AR)
	}
	slices.Sort(en)
	return Words{strings.Join(en, ", "), strings.Join(ar, "، ")}
}
