package proof

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// A Policy is whom the reader trusts: the logs whose checkpoints count and the
// witnesses whose cosignatures count, with the quorum they must reach. It is
// written as a C2SP tlog-policy file, the same for servers and readers:
//
//	log letters.example/main+7a3b...+AZ...
//	witness w1 witness.example/w1+1c...+BA...
//	witness w2 other.example/w+99...+BB...
//	group both 2 w1 w2
//	quorum both
//
// A witness whose key name is the name of a log is that register's own clock:
// its timestamp is shown, but it is never counted as a witness and cannot be a
// member of a group (proof.md MUST-16). The zero Policy trusts nobody.
type Policy struct {
	keys   []trusted
	logs   []trusted
	groups map[string]group
	quorum string
	own    bool
}

type role int

const (
	roleNone role = iota
	roleLog
	roleWitness
	roleClock
)

type trusted struct {
	verifierKey
	role role
	name string // in the policy file; logs have none
	url  string
	vkey string
}

type group struct {
	k       int
	members []string
}

// none is the quorum that asks for no cosignature.
const none = "none"

// Limits of a policy file (proof.md MUST-13).
const (
	maxPolicy     = 64 << 10
	maxPolicyKeys = 256
	maxGroups     = 64
)

// ParsePolicy reads a tlog-policy file (C2SP tlog-policy, "Policy file syntax
// and structure"; proof.md MUST-12 to MUST-16).
func ParsePolicy(b []byte) (Policy, error) {
	if len(b) > maxPolicy {
		return Policy{}, refuse(BadPolicy, nil, "policy of %d bytes: at most %d", len(b), maxPolicy)
	}
	if i := slices.IndexFunc(b, func(c byte) bool { return c < 0x20 && c != '\t' && c != '\n' || c == 0x7f }); i >= 0 {
		return Policy{}, refuse(BadPolicy, nil, "policy: byte %d is the control character %#02x; lines end with one LF", i, b[i])
	}
	p := Policy{groups: make(map[string]group)}
	for i, line := range strings.Split(string(b), "\n") {
		f := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' })
		if len(f) == 0 || strings.HasPrefix(f[0], "#") {
			continue
		}
		if err := p.addLine(f); err != nil {
			return Policy{}, refuse(BadPolicy, err, "policy, line %d", i+1)
		}
	}
	if p.quorum == "" {
		return Policy{}, refuse(BadPolicy, nil, "policy: no quorum line; write %q to ask for no witness", "quorum none")
	}
	if err := p.settleClocks(); err != nil {
		return Policy{}, refuse(BadPolicy, err, "policy")
	}
	return p, nil
}

func (p *Policy) addLine(f []string) error {
	switch {
	case f[0] == "log" && (len(f) == 2 || len(f) == 3):
		return p.addKey(roleLog, typeEd25519, "", f[1], f[2:])
	case f[0] == "witness" && (len(f) == 3 || len(f) == 4):
		if err := p.newName(f[1]); err != nil {
			return err
		}
		return p.addKey(roleWitness, typeCosignature, f[1], f[2], f[3:])
	case f[0] == "group" && len(f) >= 4:
		return p.addGroup(f[1], f[2], f[3:])
	case f[0] == "quorum" && len(f) == 2:
		if p.quorum != "" {
			return fmt.Errorf("a second quorum line; want exactly one")
		}
		if f[1] != none && !p.defined(f[1]) {
			return fmt.Errorf("quorum %s names no witness or group defined above it", clip(f[1]))
		}
		p.quorum = f[1]
		return nil
	}
	return fmt.Errorf("%s: want log VKEY [URL], witness NAME VKEY [URL], group NAME all|any|K NAME..., or quorum NAME", clip(strings.Join(f, " ")))
}

func (p *Policy) addKey(r role, typ byte, name, vkey string, url []string) error {
	k, err := parseKey(vkey)
	if err != nil {
		return err
	}
	if k.typ != typ {
		return fmt.Errorf("key %s has signature type %#02x: a log has %#02x, a witness %#02x", clip(k.name), k.typ, typeEd25519, typeCosignature)
	}
	if len(p.keys) == maxPolicyKeys {
		return fmt.Errorf("more than %d logs and witnesses", maxPolicyKeys)
	}
	for _, o := range p.keys {
		// The same key twice could count twice (tlog-policy, "Defining a witness").
		if o.pub.Equal(k.pub) {
			return fmt.Errorf("the key of %s is already that of %s", clip(k.name), clip(o.verifierKey.name))
		}
	}
	t := trusted{verifierKey: k, role: r, name: name, vkey: vkey}
	if len(url) > 0 {
		t.url = url[0]
	}
	p.keys = append(p.keys, t)
	if r == roleLog {
		p.logs = append(p.logs, t)
	}
	return nil
}

func (p *Policy) addGroup(name, threshold string, members []string) error {
	if err := p.newName(name); err != nil {
		return err
	}
	if len(p.groups) == maxGroups {
		return fmt.Errorf("more than %d groups", maxGroups)
	}
	k, err := strconv.Atoi(threshold)
	switch {
	case threshold == "all":
		k = len(members)
	case threshold == "any":
		k = 1
	case err != nil || strconv.Itoa(k) != threshold || k < 1 || k > len(members):
		return fmt.Errorf("group %s: threshold %s: want all, any or a number from 1 to %d", clip(name), clip(threshold), len(members))
	}
	for _, m := range members {
		if !p.defined(m) {
			return fmt.Errorf("group %s: %s is no witness or group defined above it", clip(name), clip(m))
		}
		for other, g := range p.groups {
			if slices.Contains(g.members, m) {
				return fmt.Errorf("group %s: %s is already a member of %s", clip(name), clip(m), clip(other))
			}
		}
	}
	if len(slices.Compact(slices.Sorted(slices.Values(members)))) != len(members) {
		return fmt.Errorf("group %s names a member twice", clip(name))
	}
	p.groups[name] = group{k: k, members: members}
	return nil
}

func (p *Policy) newName(name string) error {
	if name == none || p.defined(name) {
		return fmt.Errorf("the name %s is already taken", clip(name))
	}
	return nil
}

func (p *Policy) defined(name string) bool {
	_, ok := p.groups[name]
	return ok || slices.ContainsFunc(p.keys, func(t trusted) bool { return t.role != roleLog && t.name == name })
}

// settleClocks tells the registers' own clocks from the witnesses (MUST-16).
func (p *Policy) settleClocks() error {
	for i, t := range p.keys {
		own := slices.ContainsFunc(p.logs, func(l trusted) bool { return l.verifierKey.name == t.verifierKey.name })
		if t.role != roleWitness || !own {
			continue
		}
		p.keys[i].role = roleClock
		for name, g := range p.groups {
			if slices.Contains(g.members, t.name) {
				return fmt.Errorf("group %s counts %s, which is the register's own clock and no witness", clip(name), clip(t.name))
			}
		}
		if p.quorum == t.name {
			return fmt.Errorf("the quorum is %s, which is the register's own clock and no witness", clip(t.name))
		}
	}
	return nil
}

// FromFolder returns the policy marked as what the register folder says of
// itself: good for reading one's own register, no trust in a stranger's.
func (p Policy) FromFolder() Policy {
	p.own = true
	return p
}

// OwnKeys reports whether the policy is a register folder's own word.
func (p Policy) OwnKeys() bool { return p.own }

// Logs returns the origins of the trusted logs.
func (p Policy) Logs() []string {
	var names []string
	for _, l := range p.logs {
		names = append(names, l.verifierKey.name)
	}
	return names
}

// Witnesses returns how many witnesses the policy knows.
func (p Policy) Witnesses() int {
	n := 0
	for _, t := range p.keys {
		if t.role == roleWitness {
			n++
		}
	}
	return n
}

// A Witness is one that a policy counts, as its file names it.
type Witness struct {
	Name string // in the policy alone
	Key  string // verifier key, NAME+ID+KEY
	URL  string // submission prefix (C2SP tlog-witness); "" when the policy has none
}

// WitnessList returns the policy's witnesses in the order of its file. The
// registers' own clocks are none.
func (p Policy) WitnessList() []Witness {
	var out []Witness
	for _, t := range p.keys {
		if t.role == roleWitness {
			out = append(out, Witness{Name: t.name, Key: t.vkey, URL: t.url})
		}
	}
	return out
}

// A LogKey is a log that a policy trusts.
type LogKey struct {
	Origin, Key, URL string
}

// LogList returns the policy's logs in the order of its file.
func (p Policy) LogList() []LogKey {
	var out []LogKey
	for _, t := range p.logs {
		out = append(out, LogKey{Origin: t.verifierKey.name, Key: t.vkey, URL: t.url})
	}
	return out
}

// HasClock reports whether the policy knows the clock of the log of this origin.
func (p Policy) HasClock(origin string) bool {
	return slices.ContainsFunc(p.keys, func(t trusted) bool { return t.role == roleClock && t.verifierKey.name == origin })
}

// Needed returns the smallest number of witnesses that can meet the quorum.
func (p Policy) Needed() int {
	if p.quorum == none || p.quorum == "" {
		return 0
	}
	return p.least(p.quorum)
}

func (p Policy) least(name string) int {
	g, ok := p.groups[name]
	if !ok {
		return 1
	}
	var each []int
	for _, m := range g.members {
		each = append(each, p.least(m))
	}
	slices.Sort(each)
	sum := 0
	for _, n := range each[:g.k] {
		sum += n
	}
	return sum
}

// satisfied reports whether the witnesses that cosigned reach the quorum
// (tlog-policy, "Defining a witness group").
func (p Policy) satisfied(cosigned map[string]bool) bool {
	if p.quorum == none {
		return true
	}
	var holds func(string) bool
	holds = func(name string) bool {
		g, ok := p.groups[name]
		if !ok {
			return cosigned[name]
		}
		n := 0
		for _, m := range g.members {
			if holds(m) {
				n++
			}
		}
		return n >= g.k
	}
	return holds(p.quorum)
}

// met reports whether the witnesses that cosigned reach the quorum, and until
// when they did: the latest time for which those that cosigned then or later
// still reach it.
func (p Policy) met(cosigned map[string]time.Time) (bool, time.Time) {
	reached := func(since time.Time) bool {
		then := make(map[string]bool)
		for name, at := range cosigned {
			then[name] = !at.Before(since)
		}
		return p.satisfied(then)
	}
	if p.Needed() == 0 || !reached(time.Time{}) {
		return p.satisfied(nil), time.Time{}
	}
	var newest time.Time
	for _, at := range cosigned {
		if at.After(newest) && reached(at) {
			newest = at
		}
	}
	return true, newest
}

func (p Policy) verifiers() note.Verifiers {
	list := make([]note.Verifier, len(p.keys))
	for i, t := range p.keys {
		list[i] = t.verifierKey
	}
	return note.VerifierList(list...)
}

// find returns the key with this name and ID, or a zero one.
func (p Policy) find(name string, id uint32) trusted {
	for _, t := range p.keys {
		if t.verifierKey.name == name && t.id == id {
			return t
		}
	}
	return trusted{}
}

// Bytes writes the policy as a tlog-policy file.
func (p Policy) Bytes() []byte {
	var b strings.Builder
	for _, t := range p.keys {
		kind := "witness " + t.name
		if t.role == roleLog {
			kind = "log"
		}
		fmt.Fprintln(&b, strings.TrimSpace(kind+" "+t.vkey+" "+t.url))
	}
	for _, name := range p.groupOrder() {
		g := p.groups[name]
		fmt.Fprintf(&b, "group %s %d %s\n", name, g.k, strings.Join(g.members, " "))
	}
	if p.quorum != "" {
		fmt.Fprintf(&b, "quorum %s\n", p.quorum)
	}
	return []byte(b.String())
}

// groupOrder lists the groups so that members come before the groups they are in.
func (p Policy) groupOrder() []string {
	var order []string
	var visit func(string)
	visit = func(name string) {
		g, ok := p.groups[name]
		if !ok || slices.Contains(order, name) {
			return
		}
		for _, m := range g.members {
			visit(m)
		}
		order = append(order, name)
	}
	names := make([]string, 0, len(p.groups))
	for name := range p.groups {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		visit(name)
	}
	return order
}
