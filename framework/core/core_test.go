package core

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

type config struct {
	Lattice string             `key:"lattice" choices:"square,triangular" help:"neighbours"`
	L       int                `key:"L" min:"1" opt:"required" help:"edge"`
	J       float64            `key:"J" unit:"J" help:"coupling"`
	Z2      bool               `key:"z2" help:"symmetrise"`
	Betas   []float64          `key:"betas" above:"0" below:"9" help:"list"`
	Seed    uint64             `key:"seed" min:"0" help:"instance"`
	Masses  map[string]float64 `key:"masses" above:"0" help:"by name"`
	Hidden  int
}

func TestCompleteFillsDefaultsAndDecodes(t *testing.T) {
	params := SchemaOf(config{Lattice: "square", J: 1, Seed: 7})
	full, problems := Complete(params, Settings{"L": int64(4), "betas": []any{int64(1), 2.5}, "masses": map[string]any{"He": int64(4), "H": 1.008}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	var c config
	Decode(full, &c)
	if got, want := fmt.Sprint(c), "{square 4 1 false [1 2.5] 7 map[H:1.008 He:4] 0}"; got != want {
		t.Errorf("decoded %s, want %s", got, want)
	}
}

func TestCompleteNamesEveryProblem(t *testing.T) {
	params := SchemaOf(config{Lattice: "square"})
	for _, c := range []struct {
		name  string
		given Settings
		want  string
	}{
		{"missing", Settings{}, "L is required"},
		{"zero", Settings{"L": int64(0)}, "L must be at least 1, got 0"},
		{"type", Settings{"L": "four"}, `L must be an integer, got the string "four"`},
		{"fraction", Settings{"L": 4.5}, "L must be an integer, got the number 4.5"},
		{"choice", Settings{"L": int64(4), "lattice": "squre"}, `lattice must be one of "square", "triangular", got "squre"; did you mean "square"?`},
		{"unknown", Settings{"L": int64(4), "latice": "square"}, `latice is not a known key; did you mean "lattice"?`},
		{"element", Settings{"L": int64(4), "betas": []any{0.0}}, "betas has an element that must be greater than 0, got 0"},
		{"entry", Settings{"L": int64(4), "masses": map[string]any{"He": int64(4), "H": -1}}, "masses has H, which must be greater than 0, got -1"},
		{"table", Settings{"L": int64(4), "masses": []any{1}}, "masses must be a table of numbers, got [1]"},
		{"text", Settings{"L": int64(4), "masses": map[string]any{"He": "four"}}, "masses must be a table of numbers, got the table { He = four }"},
		{"table for a number", Settings{"L": map[string]any{"b": int64(2), "a": 1.5}}, "L must be an integer, got the table { a = 1.5, b = 2 }"},
		{"tables", Settings{"L": []map[string]any{{}}}, "L must be an integer, got a list of tables"},
		{"date", Settings{"L": time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}, "L must be an integer, got a date or time; a string stands in quotes"},
		{"below", Settings{"L": int64(4), "betas": []any{9.0}}, "betas has an element that must be less than 9, got 9"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, problems := Complete(params, c.given)
			if len(problems) != 1 || !strings.Contains(problems[0].Error(), c.want) {
				t.Errorf("problems %v, want one containing %q", problems, c.want)
			}
		})
	}
}

type rate struct {
	Schedule string  `key:"schedule" choices:"constant,step,cosine" help:"over the run"`
	Decay    float64 `key:"decay" only:"schedule=step" help:"factor"`
	Warm     bool    `key:"warm" help:"whether there is a warm-up"`
	Warmup   int     `key:"warmup" only:"warm=true" help:"steps"`
}

type stepper struct {
	Rate     rate
	rate             // its keys are the stepper's
	Momentum float64 `key:"momentum" power:"quantum" help:"kept"`
}

// The keys of an embedded struct come in its place, those of a field do not.
func TestEmbeddedKeys(t *testing.T) {
	params := SchemaOf(stepper{rate: rate{Schedule: "constant", Decay: 0.5, Warmup: 3}})
	var names []string
	for _, p := range params {
		names = append(names, p.Name)
	}
	if got := strings.Join(names, " "); got != "schedule decay warm warmup momentum" || params[4].Power != PowerQuantum {
		t.Errorf("keys %s, power %q", got, params[4].Power)
	}
	full, problems := Complete(params, Settings{"momentum": 0.9})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	var s stepper
	Decode(full, &s)
	if s.Decay != 0.5 || s.Warmup != 3 || s.Schedule != "constant" || s.Momentum != 0.9 || s.Rate.Decay != 0 {
		t.Errorf("decoded %+v", s)
	}
}

// A condition holds by what was given or by default, and says why it does not.
func TestConditions(t *testing.T) {
	params := SchemaOf(rate{Schedule: "constant"})
	for _, c := range []struct {
		given Settings
		want  string
	}{
		{Settings{"schedule": "step", "warm": true}, "schedule decay warm warmup"},
		{Settings{}, `schedule (schedule = "constant") warm (warm = false)`},
		{Settings{"schedule": "cosine"}, `schedule (schedule = "cosine") warm (warm = false)`},
	} {
		full, problems := Complete(params, c.given)
		var words []string
		for _, p := range params {
			if words = append(words, p.Name); !p.Only.Holds(full) {
				words[len(words)-1] = "(" + p.Only.With(full) + ")"
			}
		}
		if got := strings.Join(words, " "); got != c.want || len(problems) > 0 {
			t.Errorf("given %v: %s, want %s (%v)", c.given, got, c.want, problems)
		}
	}
}

func TestNearest(t *testing.T) {
	names := []string{"learning_rate", "batch", "steps", "anneal"}
	for word, want := range map[string]string{
		"learnig_rate": "learning_rate", "bacth": "batch", "step": "steps", "Batch": "batch", "temperature": "",
	} {
		if got := Nearest(word, names); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}

// The first outputs of splitmix64 with state 1234567, from the reference C
// program of S. Vigna (prng.di.unimi.it/splitmix64.c).
func TestMixIsSplitmix64(t *testing.T) {
	const golden = 0x9e3779b97f4a7c15
	state := uint64(1234567)
	for i, want := range []uint64{6457827717110365317, 3203168211198807973, 9817491932198370423} {
		if got := Mix(state); got != want {
			t.Errorf("output %d = %d, want %d", i, got, want)
		}
		state += golden
	}
}

func TestStreamsDiffer(t *testing.T) {
	seen := map[uint64]bool{}
	var r rand.PCG
	for seed := range uint64(10) {
		for i := range uint64(100) {
			SeedStream(&r, seed, i)
			v := r.Uint64()
			if seen[v] {
				t.Fatalf("seed %d sample %d repeats an earlier stream", seed, i)
			}
			seen[v] = true
		}
	}
	if Derive(1, 2, 3) == Derive(1, 3, 2) || Derive(1) == Derive(1, 0) {
		t.Error("Derive ignores the order or number of its words")
	}
}

func TestErrorTextAndKind(t *testing.T) {
	cause := errors.New("exit status 2")
	err := fmt.Errorf("running: %w", &Error{Kind: Plugin, Op: "sample", Subject: "model van", Err: cause, Hint: "see its log"})
	if got, want := err.Error(), "running: sample: model van: exit status 2 (see its log)"; got != want {
		t.Errorf("text %q, want %q", got, want)
	}
	if KindOf(err) != Plugin || !errors.Is(err, cause) {
		t.Errorf("kind %v, or the cause is lost", KindOf(err))
	}
}

func TestBlame(t *testing.T) {
	for _, c := range []struct {
		err  error
		kind Kind
		text string
	}{
		{errors.New("no licence"), Plugin, "energy ising: no licence"},
		{Errorf(Internal, "evaluate", "", "panic: nil map"), Plugin, "evaluate: energy ising: panic: nil map"},
		{Errorf(Invalid, "open energy", "ising", "L = 0"), Invalid, "open energy: energy ising: L = 0"},
		{Errorf(Numeric, "evaluate", "energy ising", "E is NaN"), Numeric, "evaluate: energy ising: E is NaN"},
		{Errorf(Storage, "open energy", "j.csv", "no such file"), Storage, "energy ising: open energy: j.csv: no such file"},
		{fmt.Errorf("site 2: %w", Errorf(Numeric, "", "", "overflow")), Numeric, "energy ising: site 2: overflow"},
	} {
		got := Blame(KindEnergy, "ising", c.err)
		if KindOf(got) != c.kind || got.Error() != c.text {
			t.Errorf("%v error %q, want %v error %q", KindOf(got), got, c.kind, c.text)
		}
	}
}

func TestSpaceCounts(t *testing.T) {
	lattice := Space{Kind: Spins, Shape: []int{4, 6}}
	gas := Space{Kind: Particles, Shape: []int{5, 3}}
	if lattice.Size() != 24 || lattice.Count() != 24 || lattice.Each() != "site" {
		t.Error("lattice counts", lattice.Size(), lattice.Count(), lattice.Each())
	}
	if gas.Size() != 15 || gas.Count() != 5 || gas.Each() != "particle" {
		t.Error("gas counts", gas.Size(), gas.Count(), gas.Each())
	}
	if n := (Block{Shape: []int{3, 4}}).Size(); n != 12 {
		t.Error("a block of 3 x 4 has the size", n)
	}
	if n := (Block{}).Size(); n != 1 {
		t.Error("a block of one number has the size", n)
	}
}

// A column in a role is another column: a batch can have both.
func TestRoles(t *testing.T) {
	b := &Batch{N: 2}
	a, other := E.As("a"), E.As("b")
	if a != E.As("a") || a == other || a.Info().Name != "energy@a" || E.Info().Name != "energy" {
		t.Errorf("roles %q and %q of %q", a.Info().Name, other.Info().Name, E.Info().Name)
	}
	copy(a.Room(b, 2), []float64{1, 2})
	copy(other.Room(b, 2), []float64{3, 4})
	copy(E.Room(b, 2), []float64{5, 6})
	if a.Of(b)[1] != 2 || other.Of(b)[0] != 3 || b.E[0] != 5 {
		t.Errorf("batch has %v, %v and %v", a.Of(b), other.Of(b), b.E)
	}
	b.Reset(1, 1)
	if a.Len(b)+other.Len(b) != 0 {
		t.Error("a column outlived its batch")
	}
}

// Every illegal number is found, and none else, wherever it stands.
func TestLegalNumbers(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		q       *Quantity[float64]
		legal   []float64
		illegal []float64
	}{
		{E, []float64{0, -1e300, inf}, []float64{nan, -inf}},
		{LogP, []float64{0, -inf}, []float64{nan, inf}},
		{LogDet, []float64{1e308}, []float64{nan, inf, -inf}},
		{Accept, []float64{0, 1}, []float64{-1e-9, 1.1, nan, inf}},
		{Damping, []float64{nan, inf}, nil},
	} {
		for place := range 19 { // eight are looked at together
			b := &Batch{}
			v := c.q.Room(b, 19)
			for i := range v {
				v[i] = c.legal[i%len(c.legal)]
			}
			if k := c.q.Illegal(b); k != -1 {
				t.Errorf("%s %v: number %d is illegal", c.q.Name, v, k)
			}
			for _, x := range c.illegal {
				was := v[place]
				v[place] = x
				if k := c.q.Illegal(b); k != place {
					t.Errorf("%s %v: number %d is illegal, want %d", c.q.Name, v, k, place)
				}
				v[place] = was
			}
		}
	}
	// Where the energy is infinite its slope may be anything.
	b := &Batch{N: 2, E: []float64{inf, 1}, Slope: []float64{nan, inf, 1, 2}}
	if k := Slope.Illegal(b); k != -1 {
		t.Errorf("component %d is illegal", k)
	}
	b.Slope[3] = nan
	if k := Slope.Illegal(b); k != 3 {
		t.Errorf("component %d is illegal, want 3", k)
	}
}

// A row is about columns, not about who plays a role: a second energy or a second space
// costs no row. Only children have a role of their own.
func TestRowsNameNoRoles(t *testing.T) {
	for _, r := range Rows {
		for _, c := range slices.Concat(r.In, r.Out, r.Bar) {
			if role := c.Info().Role; role != "" && role != r.Children {
				t.Errorf("%s %s names the role %q of %s", r.Kind, r.Name, role, c.Info().Name)
			}
		}
	}
	if e := E.As("b"); e.Base() != Column(E) || e.Info().Role != "b" || e != E.As("b") {
		t.Error("E in the role b is not one column, of the base E")
	}
}

// The velocity along an arc is the derivative of its place, and it leads from start to end.
func TestArc(t *testing.T) {
	b := &Batch{N: 3}
	X.As(RoleStart).Put(b, []float64{1, -2, 0.5, 0.3, 2, 1})
	X.As(RoleEnd).Put(b, []float64{0.7, 1, -1, 3, 0, 2})
	at := func(phase ...float64) (x, goal []float64) {
		Phase.Put(b, phase)
		out := &Batch{N: 3}
		Time.Room(out, 3)
		x, goal = X.Room(out, 6), Goal.Room(out, 6)
		if err := RowArc.On(Host{}, &Call{In: b, Out: out}); err != nil || !slices.Equal(Time.Of(out), phase) {
			t.Fatal(err, Time.Of(out))
		}
		return x, goal
	}
	const h = 1e-5
	_, goal := at(0.2, 0.5, 0.9)
	before, _ := at(0.2-h, 0.5-h, 0.9-h)
	after, _ := at(0.2+h, 0.5+h, 0.9+h)
	for k, v := range goal {
		if slope := (after[k] - before[k]) / (2 * h); math.Abs(slope-v) > 1e-8 { // h^2 times a third derivative
			t.Errorf("component %d: velocity %v, differences %v", k, v, slope)
		}
	}
	start, _ := at(0, 0, 0)
	end, _ := at(1, 1, 1)
	for k := range start {
		if math.Abs(start[k]-X.As(RoleStart).Of(b)[k]) > 1e-15 || math.Abs(end[k]-X.As(RoleEnd).Of(b)[k]) > 1e-15 {
			t.Errorf("component %d goes from %v to %v", k, start[k], end[k])
		}
	}
}
