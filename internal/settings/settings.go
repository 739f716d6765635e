// Package settings makes the settings of a program out of one struct: each field
// says in its tags what it is called and what it means, and from that come the
// flags, the variables of the environment, the keys of a TOML file and the manual.
//
//	type Config struct {
//		Addr string `name:"addr" word:"HOST:PORT" doc:"to listen on"`
//	}
//	c := Config{Addr: "127.0.0.1:8080"} // what it is when nobody says anything
//	settings.Declare(flags, &c)
//	// parse the flags, then the environment, then:
//	err := settings.Apply(flags, given, raw, "chancery.toml")
//
// A flag goes before the environment, that before the file, and that before the
// default. A key that the program does not know is refused, not passed over.
package settings

import (
	"flag"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
)

// MaxFile is how many bytes a file of settings may have.
const MaxFile = 64 << 10

// Declare declares a flag for every field of the struct that v points to and that
// has a name. The field's value is the default. Fields are string, bool, int,
// int64, float64, time.Duration, *time.Duration, []string or []netip.Prefix; any
// other is a defect of the program, and panics.
func Declare(fs *flag.FlagSet, v any) {
	s := reflect.ValueOf(v).Elem()
	for i := range s.NumField() {
		f := s.Type().Field(i)
		name := f.Tag.Get("name")
		if name == "" {
			continue
		}
		usage := f.Tag.Get("doc")
		if word := f.Tag.Get("word"); word != "" {
			usage = "`" + word + "` " + usage
		}
		declare(fs, s.Field(i).Addr().Interface(), name, usage)
	}
}

func declare(fs *flag.FlagSet, field any, name, usage string) {
	switch p := field.(type) {
	case *string:
		fs.StringVar(p, name, *p, usage)
	case *bool:
		fs.BoolVar(p, name, *p, usage)
	case *int:
		fs.IntVar(p, name, *p, usage)
	case *int64:
		fs.Int64Var(p, name, *p, usage)
	case *float64:
		fs.Float64Var(p, name, *p, usage)
	case *time.Duration:
		fs.DurationVar(p, name, *p, usage)
	case **time.Duration:
		if *p == nil {
			*p = new(time.Duration)
		}
		fs.DurationVar(*p, name, **p, usage)
	case *[]string:
		fs.Var((*words)(p), name, usage)
	case *[]netip.Prefix:
		fs.Var((*prefixes)(p), name, usage)
	default:
		panic(fmt.Sprintf("settings: flag --%s is of type %T, which is none of a setting", name, field))
	}
}

// words is a setting that can be given several times.
type words []string

func (w *words) String() string     { return strings.Join(*w, ", ") }
func (w *words) Set(s string) error { *w = append(*w, s); return nil }

// prefixes is a setting of networks that can be given several times.
type prefixes []netip.Prefix

func (p *prefixes) String() string {
	var out []string
	for _, n := range *p {
		out = append(out, n.String())
	}
	return strings.Join(out, ", ")
}

func (p *prefixes) Set(s string) error {
	n, err := netip.ParsePrefix(s)
	if err != nil {
		a, errAddr := netip.ParseAddr(s)
		if errAddr != nil {
			return fmt.Errorf("want a network such as 10.0.0.0/8, or an address")
		}
		n = netip.PrefixFrom(a, a.BitLen())
	}
	*p = append(*p, n.Masked())
	return nil
}

// Apply sets the flags that were not given from a TOML file: one key for each
// flag, by the flag's name, and a list for one that can be given several times.
// given are the names that flags or the environment have set; where names the file
// in errors. but are flags that a file may not set.
func Apply(fs *flag.FlagSet, given map[string]bool, raw []byte, where string, but ...string) error {
	if len(raw) > MaxFile {
		return fmt.Errorf("%s: it has more than the %d kB that are taken; is it the right file?", where, MaxFile>>10)
	}
	var file map[string]any
	if _, err := toml.Decode(string(raw), &file); err != nil {
		return fmt.Errorf("%s: %w", where, err)
	}
	names := make([]string, 0, len(file))
	for name := range file {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		f := fs.Lookup(name)
		if f == nil || slices.Contains(but, name) {
			return fmt.Errorf("%s: setting %q is not known; \"chancery help %s\" lists them", where, name, fs.Name())
		}
		values, err := valuesOf(file[name])
		if err != nil {
			return fmt.Errorf("%s: setting %s: %w", where, name, err)
		}
		if given[name] {
			continue
		}
		for _, v := range values {
			if err := f.Value.Set(v); err != nil {
				return fmt.Errorf("%s: setting %s = %q: %w", where, name, v, err)
			}
		}
	}
	return nil
}

// valuesOf gives a value of TOML as a flag takes it.
func valuesOf(v any) ([]string, error) {
	switch v := v.(type) {
	case string, bool, int64, float64:
		return []string{fmt.Sprint(v)}, nil
	case []any:
		var out []string
		for _, x := range v {
			one, err := valuesOf(x)
			if _, nested := x.([]any); nested || err != nil {
				return nil, fmt.Errorf("a list holds words or numbers")
			}
			out = append(out, one[0])
		}
		return out, nil
	}
	return nil, fmt.Errorf("want a word, a number, true or false, or a list of words")
}

// Manual returns what the flags of a set are called in each place, what they are
// without a word, and what they mean: a table in Markdown, in order of their
// names. env gives the name of a flag in the environment; but are left out.
func Manual(fs *flag.FlagSet, env func(string) string, but ...string) string {
	var b strings.Builder
	b.WriteString("| key, flag | environment | without it | |\n|---|---|---|---|\n")
	fs.VisitAll(func(f *flag.Flag) {
		if slices.Contains(but, f.Name) {
			return
		}
		_, usage := flag.UnquoteUsage(f)
		without := f.DefValue
		if without == "" {
			without = "-"
		}
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s |\n", f.Name, env(f.Name), without, strings.NewReplacer("|", `\|`, "\n", " ").Replace(usage))
	})
	return b.String()
}
