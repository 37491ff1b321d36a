package expression

import "slices"

// total is E as far as it has been read,
//
//	E = offset + sum_d sum_(items of d) of[d],
//
// or a condition or number outside of all sums, which has no terms.
type total struct {
	offset *node
	of     [domains]*node
}

// bare tells that there are no sums in it.
func (t total) bare() bool { return t.of == [domains]*node{} }

// sums lists the domains that E sums over.
func (t total) sums() (all []domain) {
	for d, n := range t.of {
		if n != nil {
			all = append(all, domain(d))
		}
	}
	return all
}

// energy reads a formula as E, which is linear in its sums.
func (r *reader) energy(s *syntax) (t total, err error) {
	switch {
	case s.form == formCall && functions[s.name].op < 0 && s.name != "shift":
		return r.sum(s)
	case s.form == formName && r.f.definitions[s.name] != nil:
		return r.part(s)
	case s.form != formSign || !slices.Contains([]string{"+", "-", "*", "/"}, s.name):
		n, err := r.number(s, place{})
		return total{offset: n}, err
	}
	var v [2]total
	for i, arg := range s.args {
		if v[i], err = r.energy(arg); err != nil {
			return t, err
		}
	}
	if len(s.args) == 1 {
		return v[0].each(r.neg), nil
	}
	a, b := v[0], v[1]
	scale := func(t total, by *node) total { return t.each(func(n *node) *node { return r.mul(by, n) }) }
	switch {
	case s.name == "+":
		return a.with(b, r.add), nil
	case s.name == "-":
		return a.with(b.each(r.neg), r.add), nil
	case s.name == "*" && a.bare():
		return scale(b, a.offset), nil
	case s.name == "*" && b.bare():
		return scale(a, b.offset), nil
	case s.name == "/" && b.bare() && b.offset.is(0):
		return t, r.fault(s, "divides by 0")
	case s.name == "/" && b.bare():
		return a.each(func(n *node) *node { return r.div(n, b.offset) }), nil
	case s.name == "/":
		return t, r.fault(s, "divides by a sum; sums can only be added, and multiplied by constants")
	}
	return t, r.fault(s, "multiplies two sums; sums can only be added, and multiplied by constants")
}

// part reads a definition as a part of E.
func (r *reader) part(s *syntax) (t total, err error) {
	if t, ok := r.parts[s.name]; ok {
		return t, nil
	}
	if slices.Contains(r.inside, s.name) {
		return t, r.fault(s, "%s is defined by itself", s.name)
	}
	r.used[s.name] = true
	r.inside = append(r.inside, s.name)
	t, err = r.energy(r.f.definitions[s.name])
	r.inside = r.inside[:len(r.inside)-1]
	if err == nil {
		r.parts[s.name] = t
	}
	return t, err
}

// each applies f to the offset and to the terms of all sums.
func (t total) each(f func(*node) *node) total {
	t.offset = f(t.offset)
	for d, n := range t.of {
		if n != nil {
			t.of[d] = f(n)
		}
	}
	return t
}

func (t total) with(u total, add func(a, b *node) *node) total {
	t.offset = add(t.offset, u.offset)
	for d, n := range u.of {
		if t.of[d] == nil {
			t.of[d] = n
		} else if n != nil {
			t.of[d] = add(t.of[d], n)
		}
	}
	return t
}

// sum reads sum(f), neighbours(f), pairs(f) or pairs(f, condition).
func (r *reader) sum(s *syntax) (t total, err error) {
	d, why := r.system.domain(s.name)
	if why != "" {
		return t, r.fault(s, "%s", why)
	}
	if n := len(s.args); n != 1 && (n != 2 || d != pairs) {
		return t, r.fault(s, "%s takes %s, got %d", s.name, map[bool]string{true: "a term, and a condition where it is to hold", false: "one argument"}[d == pairs], n)
	}
	t.offset = r.constant(0)
	t.of[d], err = r.number(s.args[0], place{domain: d})
	if err != nil {
		return t, err
	}
	r.sums++
	if has(t.of[d], leafPlace, leafAxis) && !has(t.of[d], leafSite, leafEnd) {
		r.still = append(r.still, s)
	}
	if len(s.args) == 1 {
		return t, nil
	}
	condition, err := r.isCondition(s.args[1], place{domain: d})
	if err == nil {
		t.of[d] = r.choose(condition, t.of[d], r.constant(0))
	}
	return t, err
}
