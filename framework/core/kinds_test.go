package core

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
)

var spaces = map[string]Space{
	"spins":     {Kind: Spins, Shape: []int{2, 3}},
	"levels":    {Kind: Levels, Shape: []int{4}, Levels: 3},
	"field":     {Kind: Field, Shape: []int{3, 2}, Lattice: "square", Periodic: true},
	"particles": {Kind: Particles, Shape: []int{3, 2}},
	"box":       {Kind: Particles, Shape: []int{3, 2}, Periodic: true, Box: []float64{2, 3}},
	"spinful":   {Kind: Particles, Shape: []int{5, 2}, Periodic: true, Box: []float64{2, 3}, Kinds: []int{3, 2}},
	"angles":    {Kind: Angles, Shape: []int{5}, Periodic: true},
	"sphere":    {Kind: Sphere, Shape: []int{2, 2, 3}, Periodic: true},
	"mixed": {Kind: Mixed, Fields: []NamedSpace{{"nuclei", Space{Kind: Particles, Shape: []int{1, 3}}},
		{"electrons", Space{Kind: Particles, Shape: []int{2, 3}}}, {"dipoles", Space{Kind: Sphere, Shape: []int{2, 3}}}}},
	"machine": {Kind: Mixed, Fields: []NamedSpace{{"visible", Space{Kind: Levels, Shape: []int{3}, Levels: 4}}, {"hidden", Space{Kind: Spins, Shape: []int{2}}}}},
}

// Sizes by hand: a sphere of three components has two degrees of freedom, and ln 4 pi
// as the logarithm of its area.
func TestKinds(t *testing.T) {
	inf := math.Inf(1)
	for name, c := range map[string]struct {
		size, count, freedom int
		logVolume            float64
		each                 string
	}{
		"spins": {6, 6, 0, 6 * math.Ln2, "site"}, "levels": {4, 4, 0, 4 * math.Log(3), "site"},
		"field": {6, 6, 6, inf, "site"}, "particles": {6, 3, 6, inf, "particle"}, "box": {6, 3, 6, 3 * math.Log(6), "particle"},
		"spinful": {10, 5, 10, 5 * math.Log(6), "particle"},
		"angles":  {5, 5, 5, 5 * math.Log(2*math.Pi), "site"}, "sphere": {12, 4, 8, 4 * math.Log(4*math.Pi), "site"},
		"mixed": {15, 5, 13, inf, "entry"}, "machine": {5, 5, 0, 3*math.Log(4) + 2*math.Ln2, "site"},
	} {
		s := spaces[name]
		if err := s.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if s.Size() != c.size || s.Count() != c.count || s.Freedom() != c.freedom || s.Each() != c.each {
			t.Errorf("%s: size %d, count %d, freedom %d, each %s, want %+v", name, s.Size(), s.Count(), s.Freedom(), s.Each(), c)
		}
		if got := s.LogVolume(); got != c.logVolume && !(math.Abs(got-c.logVolume) < 1e-13) {
			t.Errorf("%s: ln of the volume %v, want %v", name, got, c.logVolume)
		}
		if measure := map[string]string{"spins": "counting", "mixed": "Lebesgue, area of the sphere"}[name]; measure != "" && s.Measure() != measure {
			t.Errorf("%s: measure %s", name, s.Measure())
		}
		if n := len(s.Values()); n != 0 && n != c.size || (n == 0) != s.Continuous() {
			t.Errorf("%s: values of %d numbers, continuous %v", name, n, s.Continuous())
		}
	}
}

func TestSpaceThroughJSON(t *testing.T) {
	for name, s := range spaces {
		text, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var back Space
		if err := json.Unmarshal(text, &back); err != nil || !reflect.DeepEqual(back, s) || !back.Fits(s) {
			t.Errorf("%s: %s came back as %v, %v", name, text, back, err)
		}
		if s.Fits(spaces["machine"]) != (name == "machine") {
			t.Errorf("%s fits another space", name)
		}
	}
	const machine = `{"kind":"mixed","shape":null,"fields":[{"name":"visible","kind":"levels","shape":[3],"levels":4},{"name":"hidden","kind":"spins","shape":[2]}]}`
	if text, _ := json.Marshal(spaces["machine"]); string(text) != machine {
		t.Errorf("a mixed space is %s", text)
	}
}

func TestView(t *testing.T) {
	s := spaces["mixed"]
	v, ok := s.View("electrons")
	if !ok || v != (View{3, 9}) {
		t.Errorf("electrons are at %v, want 3 to 9", v)
	}
	x := make([]float64, 2*15)
	if x[15+3] = 7; v.Of(x, 1, 15)[0] != 7 || len(v.Of(x, 1, 15)) != 6 {
		t.Errorf("electrons of the second configuration are %v", v.Of(x, 1, 15))
	}
	if _, ok := s.View("protons"); ok {
		t.Error("it has protons")
	}
}

// A random configuration is legal, and stays so along a geodesic and under all symmetries.
func TestLegal(t *testing.T) {
	all := []Symmetry{Z2, Translation, Reflection, Permutation, Rotation, U1, Zq}
	r := rand.New(rand.NewPCG(1, 2))
	for name, s := range spaces {
		d := s.Size()
		x, y := make([]float64, 3*d), make([]float64, d)
		for i := range 3 {
			s.Random(r, x[i*d:(i+1)*d])
		}
		if k := s.Illegal(x); k >= 0 {
			t.Errorf("%s: number %d of %v is illegal", name, k, x)
		}
		acted := 0
		for _, g := range all {
			for _, act := range g.Actions(s, 5) {
				acted++
				act(y, x[:d])
				if k := s.Illegal(y); k >= 0 {
					t.Errorf("%s: %s makes number %d of %v illegal", name, g, k, y)
				}
			}
		}
		if acted == 0 && name != "machine" {
			t.Errorf("%s has no symmetry", name)
		}
		if x[d+1] = math.NaN(); s.Illegal(x) < d || s.Illegal(x) > d+1 {
			t.Errorf("%s: number %d is illegal, want %d", name, s.Illegal(x), d+1)
		}
	}
	for name, v := range map[string]float64{"spins": 0, "levels": 3, "angles": math.Pi, "sphere": 2, "machine": 0.5, "field": math.Inf(-1)} {
		s := spaces[name]
		x := make([]float64, s.Size())
		s.Random(r, x)
		if x[0] = v; s.Illegal(x) != 0 {
			t.Errorf("%s may be %v", name, v)
		}
	}
	if got := (Space{Kind: Mixed, Fields: spaces["machine"].Fields}).Legal(4); got != "spins are +1 or -1" {
		t.Errorf("number 4 of a machine: %s", got)
	}
}

// The motion along a geodesic is that back in time undone, keeps the speed, and starts
// with the velocity.
func TestMove(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for name, s := range spaces {
		if !s.Continuous() {
			continue
		}
		d := s.Size()
		x, v := make([]float64, d), make([]float64, d)
		s.Random(r, x)
		for j := range v {
			v[j] = r.NormFloat64()
		}
		s.Project(x, v)
		if p := append([]float64(nil), v...); true {
			if s.Project(x, p); !near(p, v, 1e-14) {
				t.Errorf("%s: projected twice, %v is %v", name, v, p)
			}
		}
		to, w := append([]float64(nil), x...), append([]float64(nil), v...)
		s.Move(to, w, 1.7)
		if k := s.Illegal(to); k >= 0 {
			t.Errorf("%s: number %d of %v is illegal", name, k, to)
		}
		if math.Abs(inner(w, w)-inner(v, v)) > 1e-12 {
			t.Errorf("%s: v^2 went from %v to %v", name, inner(v, v), inner(w, w))
		}
		s.Move(to, w, -1.7)
		if !near(to, x, 1e-13) || !near(w, v, 1e-13) {
			t.Errorf("%s: there and back leads from %v to %v", name, x, to)
		}
		const t0 = 1e-7
		s.Move(to, w, t0)
		for j := range to {
			if step := (to[j] - x[j]) / t0; math.Abs(step-v[j]) > 1e-5 {
				t.Errorf("%s: number %d starts with %v, want %v", name, j, step, v[j])
			}
		}
	}
}

func near(a, b []float64, within float64) bool {
	for j := range a {
		if !(math.Abs(a[j]-b[j]) <= within) {
			return false
		}
	}
	return true
}

// The numbers of images: L^D translations; 3! and 2! orders of two species of
// particles; lattices of vectors move the vectors as a whole.
func TestGroups(t *testing.T) {
	two := Space{Kind: Mixed, Fields: []NamedSpace{{"a", Space{Kind: Particles, Shape: []int{3, 2}}}, {"b", Space{Kind: Particles, Shape: []int{2, 1}}}}}
	layers := Space{Kind: Mixed, Fields: []NamedSpace{{"a", Space{Kind: Spins, Shape: []int{3, 3}, Periodic: true}}, {"b", Space{Kind: Sphere, Shape: []int{3, 3, 3}, Periodic: true}}}}
	for _, c := range []struct {
		space Space
		of    []Symmetry
		want  int
		err   string
	}{
		{two, []Symmetry{Permutation}, 12, ""}, {two, []Symmetry{Permutation, Z2}, 24, ""},
		{layers, []Symmetry{Translation, Reflection, Z2}, 9 * 8 * 2, ""},
		{spaces["sphere"], []Symmetry{Translation}, 4, ""},
		{spaces["sphere"], []Symmetry{Rotation}, 0, "rotation in sphere [2 2 3], periodic: the group is continuous"},
		{spaces["box"], []Symmetry{Translation}, 0, "translation in particles [3 2], periodic: the group is continuous"},
		{spaces["levels"], []Symmetry{Z2}, 0, "z2 in levels [4] of 3 levels: levels have no sign"},
		{spaces["mixed"], []Symmetry{Translation}, 0, ": there is no lattice"},
		{spaces["machine"], []Symmetry{Reflection}, 0, ": its fields are on different lattices"},
		{spaces["levels"], []Symmetry{Zq}, 3, ""},
		{spaces["spins"], []Symmetry{Zq}, 0, "zq in spins [2 3]: there are no levels"},
		{spaces["spins"], []Symmetry{U1}, 0, "u1 in spins [2 3]: there are no angles"},
		{layers, []Symmetry{Translation, Reflection}, 0, "the group has more than 50 images"},
	} {
		most := 1000
		if c.err != "" {
			most = 50
		}
		group, err := Images(c.space, most, c.of...)
		if len(group) != c.want || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%v of %v: %d images, %v, want %d %s", c.of, c.space, len(group), err, c.want, c.err)
		}
	}
	// The shift of a lattice of vectors by one site along x.
	g := Translation.Generators(spaces["sphere"])[1]
	y := make([]float64, 12)
	g.Apply(y, []float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
	if want := []float64{3, 4, 5, 0, 1, 2, 9, 10, 11, 6, 7, 8}; !reflect.DeepEqual(y, want) {
		t.Errorf("shifted vectors are %v, want %v", y, want)
	}
}

// What continuous symmetries keep: distances in a box and of rotated vectors, and
// differences of angles up to a turn.
func TestContinuousActions(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for name, g := range map[string]Symmetry{"box": Translation, "particles": Rotation, "mixed": Rotation, "angles": U1} {
		s := spaces[name]
		d := s.Size()
		x, y := make([]float64, d), make([]float64, d)
		s.Random(r, x)
		actions := g.Actions(s, 9)
		if len(actions) != 2 {
			t.Fatalf("%s has %d actions", g, len(actions))
		}
		actions[0](y, x)
		if near(y, x, 1e-3) {
			t.Errorf("%s does nothing", g)
		}
		invariant := func(x []float64) (all []float64) {
			for i := range d {
				for j := range i {
					switch {
					case g == U1:
						all = append(all, math.Cos(x[i]-x[j]))
					case g == Translation && (i-j)%2 == 0:
						all = append(all, x[i]-x[j])
					}
				}
			}
			if g == Rotation {
				e := s.first().entry()
				for i := 0; i < d; i += e {
					for j := 0; j <= i; j += e {
						all = append(all, inner(x[i:i+e], x[j:j+e]))
					}
				}
			}
			return all
		}
		if before, after := invariant(x), invariant(y); len(before) == 0 || !near(after, before, 1e-13) {
			t.Errorf("%s of %s takes %v to %v", g, name, before, after)
		}
	}
}

func TestDataShape(t *testing.T) {
	images, sites := Space{Kind: Field, Shape: []int{2, 3, 4}}, Space{Kind: Spins, Shape: []int{6}}
	for _, c := range []struct {
		Space
		size int
		want []int
	}{{images, 24, []int{2, 3, 4}}, {images, 6, []int{2, 3}}, {images, 2, []int{2}}, {images, 8, []int{8}}, {sites, 6, []int{6}}, {sites, 5, []int{5}},
		{Space{Kind: Mixed, Fields: []NamedSpace{{"a", sites}}}, 6, []int{6}}} {
		if got := c.DataShape(c.size); !slices.Equal(got, c.want) {
			t.Errorf("%d numbers of data in %v: shape %v, want %v", c.size, c.Space, got, c.want)
		}
	}
}
