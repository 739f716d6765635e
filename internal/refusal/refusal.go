// Package refusal says in other languages what package office and the desk refuse.
//
// A refusal is an error with a kind. Its English words are written where it is made;
// the table refusals.toml gives each a code that stays when words change, and its
// Arabic words. Tests hold the table to the code: whoever adds a refusal adds a row.
//
//	if r, ok := refusal.Of(err); ok {
//		fmt.Println(r.Code, r.Arabic())
//	}
//
// What is put into the words - references, names, times, what a reader typed - stands
// between U+2068 and U+2069 (first strong isolate), so that a page can set it apart.
package refusal

import (
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"

	"chancery.example/internal/kind"
)

// Begin stands before what is put into the words, End after it.
const (
	Begin = "\u2068"
	End   = "\u2069"
)

//go:embed refusals.toml
var source string

//go:embed obstacles.toml
var obstacles string

// A row is one refusal of the table.
type row struct {
	English   string `toml:"en"`
	Arabic    string `toml:"ar"`
	Elsewhere bool   `toml:"elsewhere"` // known by its words, not by its form
	code      string
	words     *regexp.Regexp // of one that is known by them
}

// A Refusal is one that was found in the table.
type Refusal struct {
	Code string // as "issue.already": stays when its words change
	row  row
	args []any
}

var table = sync.OnceValues(func() (map[string]row, error) {
	var rows map[string]row
	if _, err := toml.Decode(source, &rows); err != nil {
		return nil, fmt.Errorf("reading the table of refusals: %w", err)
	}
	out := map[string]row{}
	for code, r := range rows {
		r.code = code
		if r.Elsewhere {
			var err error
			if r.words, err = pattern(r.English); err != nil {
				return nil, fmt.Errorf("reading the table of refusals: %s: %w", code, err)
			}
		}
		out[r.English] = r
	}
	return out, nil
})

var verb = regexp.MustCompile(`%(\.\d+)?[sdqvw]`)

// pattern matches the words that a form makes.
func pattern(form string) (*regexp.Regexp, error) {
	var b strings.Builder
	last := 0
	for _, at := range verb.FindAllStringIndex(form, -1) {
		b.WriteString(regexp.QuoteMeta(form[last:at[0]]) + "(.*?)")
		last = at[1]
	}
	re, err := regexp.Compile("(?s)^" + b.String() + regexp.QuoteMeta(form[last:]) + "$")
	if err != nil {
		return nil, fmt.Errorf("a form of words: %w", err)
	}
	return re, nil
}

// An Obstacle is an error about a file that has a name of its own, as "lint.covered":
// its words are in the table obstacles.toml, with what is quoted of the file.
type Obstacle interface {
	error
	Obstacle() (name string, page int, quoted string)
}

var named = sync.OnceValues(func() (map[string]string, error) {
	var out map[string]string
	if _, err := toml.Decode(obstacles, &out); err != nil {
		return nil, fmt.Errorf("reading the table of obstacles: %w", err)
	}
	return out, nil
})

// ofObstacle finds the words of one.
func ofObstacle(o Obstacle) (Refusal, bool) {
	words, err := named()
	if err != nil {
		return Refusal{}, false
	}
	name, page, quoted := o.Obstacle()
	r := row{Arabic: words[name], code: name}
	if page > 0 {
		r.Arabic = "الصفحة {2}: " + r.Arabic
	}
	return Refusal{name, r, []any{quoted, page}}, words[name] != ""
}

// Of finds a refusal: by its name when it is an obstacle, by the form in which it was
// put, or by its words when it comes from a package that knows no kinds.
func Of(err error) (Refusal, bool) {
	rows, errTable := table()
	if errTable != nil || err == nil {
		return Refusal{}, false
	}
	if o := Obstacle(nil); errors.As(err, &o) {
		return ofObstacle(o)
	}
	if format, args, ok := kind.Said(err); ok {
		r, found := rows[format]
		return Refusal{r.code, r, args}, found
	}
	for ; err != nil; err = errors.Unwrap(err) {
		for _, r := range rows {
			if r.words == nil {
				continue
			}
			if m := r.words.FindStringSubmatch(err.Error()); m != nil {
				var args []any
				for _, s := range m[1:] {
					args = append(args, s)
				}
				return Refusal{r.code, r, args}, true
			}
		}
	}
	return Refusal{}, false
}

// vocabulary are the words of the program that stand in refusals.
var vocabulary = map[string]string{ //nolint:gosec // words, no credentials
	"drafting": "كتابة المسودة", "coordination": "التنسيق", "approval": "الموافقة", "approved": "موافق عليها", "embargoed": "تحت حظر النشر", "issued": "صدرت", "closed": "مغلقة",
	"waiting": "ينتظر", "refused": "رُفض", "void": "بطل", "done": "تمّ",
	"drafter": "محرّر", "approver": "مُقِرّ", "issuing clerk": "كاتب الإصدار", "press officer": "مسؤول صحفي", "without a role": "بلا دور",
	"a drafter": "محرّر", "an approver": "مُقِرّ", "an issuing clerk": "كاتب الإصدار", "a press officer": "مسؤول صحفي",
	"translator": "مترجم", "clearer": "مُجيز", "custodian": "أمين المفاتيح", "admin": "مدير النظام", "auditor": "مدقّق",
	"a person's name": "اسم الشخص", "the name of a passkey": "اسم مفتاح المرور", "the name of a token": "اسم الرمز المميّز", "the subject of a mail": "موضوع الرسالة البريدية",
	"clear": "موافقة", "remark": "موافقة مع ملاحظة", "condition": "شرط", "objection": "اعتراض", "nil-return": "لا رأي",
	"silent": "الصمت", "by_code": "القول لمن معه الرمز", "on_copy": "القول لمن معه الكلمات", "answered": "أُجيب عنه", "dismissed": "أُنهي بلا جواب",
	"paragraphs": "عدد الفقرات", "numbers": "أعداد", "dates": "تواريخ", "times": "أوقات", "references": "أرقام رسائل", "acronyms": "مختصرات", "names": "أسماء", "terms": "مصطلحات",
	"lines": "أسطر", "enclosures": "مرفقات", "segments": "فقرات", "bidi": "علامات اتجاه", "addressees": "المرسَل إليهم", "distribution": "نسخة إلى", "signature": "التوقيع",
	"en": "الإنكليزية", "ar": "العربية",
}

var hole = regexp.MustCompile(`\{(\d)\}`)

// Arabic says it in Arabic.
func (r Refusal) Arabic() string {
	return hole.ReplaceAllStringFunc(r.row.Arabic, func(s string) string {
		n, _ := strconv.Atoi(s[1 : len(s)-1])
		if n < 1 || n > len(r.args) {
			return ""
		}
		return r.arg(r.args[n-1])
	})
}

// arg is what is put into Arabic words: a refusal within a refusal in its own, what the
// program calls something by its Arabic name, and all else as it is.
func (r Refusal) arg(a any) string {
	if err, ok := a.(error); ok {
		if inner, ok := Of(err); ok {
			return inner.Arabic()
		}
	}
	s := fmt.Sprint(a)
	for _, sep := range []string{" or ", ", "} {
		if parts := strings.Split(s, sep); len(parts) > 1 && known(parts) {
			for i, p := range parts {
				parts[i] = vocabulary[p]
			}
			return strings.Join(parts, map[string]string{" or ": " أو ", ", ": "، "}[sep])
		}
	}
	if w, ok := vocabulary[s]; ok {
		return w
	}
	return Begin + strings.NewReplacer(Begin, "", End, "").Replace(s) + End
}

func known(words []string) bool {
	for _, w := range words {
		if vocabulary[w] == "" {
			return false
		}
	}
	return true
}
