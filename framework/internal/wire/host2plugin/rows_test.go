package host2plugin_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/coretest/reference"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/host2plugin"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wiretest"
)

// subject is an opened part with the rows that it has.
type subject struct {
	part  core.Instance
	rows  []*core.Row
	sizes core.Sizes
	conn  *counting
}

// subjects have, together, every row of the table.
func subjects(t *testing.T, shared bool) map[string]subject {
	t.Helper()
	field, fieldEnergy, cf, ce := openFlow(t, shared)
	states, _, cs, _ := openQuantum(t, shared, core.Settings{"walk": true, "warn": true})
	all := map[string]subject{
		"gaussian":     {field.remote, rows(core.KindModel, field.Spec().Powers), field.Spec().Sizes(), cf},
		"free_field":   {fieldEnergy.remote, rows(core.KindEnergy, fieldEnergy.Spec().Powers), fieldEnergy.Spec().Sizes(), ce},
		"walls":        openWalls(t, shared),
		"bound":        openBound(t, shared),
		"determinants": {states.remote, rows(core.KindModel, states.Spec().Powers), states.Spec().Sizes(), cs},
	}
	for name, s := range references(t, shared) {
		all[name] = s
	}
	for _, r := range core.Rows {
		if !slices.ContainsFunc(slices.Collect(maps.Values(all)), func(s subject) bool { return slices.Contains(s.rows, r) }) {
			t.Fatalf("no part here has the row %s of kind %s", r.Name, r.Kind)
		}
	}
	return all
}

// references are the parts with the rows of lattice Hamiltonians, of weak derivatives, of densities
// that are not normalised, of scores, and of encoders.
func references(t *testing.T, shared bool) map[string]subject {
	t.Helper()
	all := map[string]subject{}
	for _, p := range []core.Part{coretest.Product(), reference.Ornstein(1), reference.Boltzmann(2, 1), reference.Factor(), reference.Jastrow(false), reference.TransverseIsing(4, 1), reference.Points([]float64{0, 1, 2, 3})} {
		space := core.Space{Kind: core.Spins, Shape: []int{4}}
		if p.Name == "ornstein" || p.Name == "factor" {
			space.Kind = core.Field
		}
		link := wiretest.Loopback(t, shared, p)
		c := &counting{ClientConnInterface: link.Conn}
		link.Conn = c
		if p.Kind == core.KindEnergy {
			e, spec, err := host2plugin.OpenEnergy(link, p.Name, core.Settings{})
			check(t, err)
			all[p.Name] = subject{e, rows(p.Kind, spec.Powers), spec.Sizes(), c}
			continue
		}
		m, spec, err := host2plugin.OpenModel(link, p.Name, core.Settings{}, space)
		check(t, err)
		check(t, m.Load(make([]float64, spec.Parameters)))
		all[p.Name] = subject{m, rows(p.Kind, spec.Powers), spec.Sizes(), c}
	}
	return all
}

// openWalls opens an observer that has ln p too.
func openWalls(t *testing.T, shared bool) subject {
	t.Helper()
	link := wiretest.Loopback(t, shared, coretest.Walls())
	c := &counting{ClientConnInterface: link.Conn}
	link.Conn = c
	space := core.Space{Kind: core.Spins, Shape: []int{sites}}
	o, spec, err := host2plugin.OpenObserver(link, "walls", core.Settings{"weigh": true}, core.System{Space: space, Units: "J", Beta: 0.5})
	check(t, err)
	return subject{o, rows(core.KindEstimator, nil), spec.Sizes(space), c}
}

// openBound opens an objective of two numbers, with slopes.
func openBound(t *testing.T, shared bool) subject {
	t.Helper()
	link := wiretest.Loopback(t, shared, coretest.Bound())
	c := &counting{ClientConnInterface: link.Conn}
	link.Conn = c
	space := core.Space{Kind: core.Field, Shape: []int{2}}
	setting := core.Setting{Beta: 0.5, Energy: core.EnergySpec{Space: space, Units: "J"}, Model: core.ModelSpec{Space: space}}
	o, spec, err := host2plugin.OpenObjective(link, "bound", core.Settings{"score": false}, setting)
	check(t, err)
	return subject{o, []*core.Row{spec.Row()}, spec.Sizes(setting), c}
}

func rows(kind core.PartKind, powers []core.Power) []*core.Row {
	has, _ := core.RowsOf(kind, powers)
	return has
}

// arguments of a call about two configurations, those of models drawn.
func (s subject) arguments(t *testing.T, r *core.Row) *core.Call {
	t.Helper()
	c := &core.Call{In: &core.Batch{N: 2}, Bar: &core.Batch{N: 2}, Out: &core.Batch{N: 2}}
	if r.Kind == core.KindModel {
		check(t, s.part.Draw(c.In, 1, 2))
	}
	make := func(b *core.Batch, columns []core.Column) {
		for _, q := range columns {
			if n := q.Info().Length(2, s.sizes); n > 0 && q.Len(b) == 0 {
				q.Make(b, n)
			}
		}
	}
	make(c.In, r.In)
	if slices.Contains(r.In, core.Column(core.Span)) {
		core.Span.Put(c.In, c.In.K)
	}
	core.PutShare(c.In, 0, 1)
	core.Tiles.Room(c.In, s.sizes.Theta*s.sizes.Theta) // of determinants, as many as rows and columns
	make(c.Bar, r.Bar)
	make(c.Out, r.Out)
	for i := range core.Damping.Of(c.In) {
		core.Damping.Of(c.In)[i] = 1
	}
	return c
}

// Answers of the wrong length, of another name or cut are refused, of every
// column of every row.
func TestWrongAnswers(t *testing.T) {
	faults := map[string]func(a *wirepb.Array){
		"longer":  func(a *wirepb.Array) { a.Length++ },
		"renamed": func(a *wirepb.Array) { a.Name = "other" },
		"cut": func(a *wirepb.Array) {
			if d, ok := a.Place.(*wirepb.Array_Data); ok {
				d.Data = d.Data[:len(d.Data)-1]
			} else {
				a.Length--
			}
		},
	}
	bothWays(t, func(t *testing.T, shared bool) {
		for name, s := range subjects(t, shared) {
			for what, fault := range faults {
				spoil := func(k int) {
					s.conn.spoil = func(reply any) {
						switch r := reply.(type) {
						case *wirepb.CallReply:
							fault(r.Out[k])
						case *wirepb.InitReply:
							if what != "renamed" { // there is only one
								fault(r.Theta)
							} else {
								r.Theta.Length = 0
							}
						}
					}
				}
				for _, r := range s.rows {
					s.conn.spoil = nil
					c := s.arguments(t, r)
					check(t, s.part.Call(r, c))
					for k := range r.Out {
						spoil(k)
						if err := s.part.Call(r, c); core.KindOf(err) != core.Plugin || err == nil {
							t.Errorf("%s, %s with column %d %s: error %v", name, r.Name, k, what, err)
						}
					}
				}
				if s.sizes.Theta > 0 {
					spoil(0)
					if err := s.part.Init(make([]float64, s.sizes.Theta), 1); core.KindOf(err) != core.Plugin || err == nil {
						t.Errorf("%s, initial parameters %s: error %v", name, what, err)
					}
				}
			}
		}
	})
}

// So are those of a draw, of the state and of notices.
func TestWrongDraws(t *testing.T) {
	bothWays(t, func(t *testing.T, shared bool) {
		s := subjects(t, shared)["determinants"]
		for k := range []core.Column{core.X, core.LogP, core.K, core.Accept} { // all that it draws
			s.conn.spoil = func(reply any) { reply.(*wirepb.DrawReply).Out[k].Length++ }
			if err := s.part.Draw(&core.Batch{}, 1, 1); core.KindOf(err) != core.Plugin || err == nil {
				t.Errorf("column %d of a draw is too long: error %v", k, err)
			}
		}
		s.conn.spoil = func(reply any) { reply.(*wirepb.DrawReply).NoticesJson = []byte("none") }
		if err := s.part.Draw(&core.Batch{}, 1, 1); core.KindOf(err) != core.Plugin || err == nil {
			t.Errorf("notices that are no JSON: error %v", err)
		}
		s.conn.spoil = nil
		check(t, s.part.Draw(&core.Batch{}, 1, 3))
		for what, spoil := range map[string]func(r *wirepb.StateReply){
			"bytes for":                      func(r *wirepb.StateReply) { r.State.Rows.Length++ },
			"built when a state had no rows": func(r *wirepb.StateReply) { r.State = nil },
			"rows of equal length":           func(r *wirepb.StateReply) { r.State.N = 1 << 30 },
			"are too many":                   func(r *wirepb.StateReply) { r.State.From = 1 << 63 },
		} {
			s.conn.spoil = func(reply any) { spoil(reply.(*wirepb.StateReply)) }
			if _, err := s.part.State(); core.KindOf(err) != core.Plugin || err == nil || !strings.Contains(err.Error(), what) {
				t.Errorf("a wrong state: error %v, want one with %q", err, what)
			}
		}
	})
}

// bytes of n numbers of a size, under a name.
func bytes(name string, n, size int) *wirepb.Array {
	return &wirepb.Array{Name: name, Length: uint64(n), Place: &wirepb.Array_Data{Data: make([]byte, size*n)}}
}

// The plugin's end refuses requests that do not add up, whatever the row.
func TestMalformedCalls(t *testing.T) {
	for name, s := range subjects(t, false) {
		rpc, ctx := wirepb.NewPartClient(s.conn), context.Background()
		for _, r := range s.rows {
			request := func() *wirepb.CallRequest {
				arrays := func(columns []core.Column) (all []*wirepb.Array) {
					for _, q := range columns {
						if n := q.Info().Length(2, s.sizes); n != 0 {
							_, integer := q.(*core.Quantity[int32])
							size := map[bool]int{true: 4, false: 8}[integer]
							if _, ok := q.(*core.Quantity[complex128]); ok {
								n *= 2
							}
							all = append(all, bytes(q.Info().Name, max(n, 0), size))
						}
					}
					return all
				}
				return &wirepb.CallRequest{Row: r.Name, N: 2, In: arrays(r.In), Bar: arrays(r.Bar), Out: arrays(r.Out)}
			}
			refused := func(what string, q *wirepb.CallRequest, text string) {
				t.Helper()
				reply, err := rpc.Call(ctx, q)
				check(t, err)
				if got := reply.GetError().GetText(); !strings.Contains(got, text) || reply.Error == nil {
					t.Errorf("%s, %s, %s: error %q, want %q", name, r.Name, what, got, text)
				}
			}
			if r.Noise {
				continue // the host has no batch to name
			}
			for list, of := range map[string]func(*wirepb.CallRequest) []*wirepb.Array{
				"in": (*wirepb.CallRequest).GetIn, "bar": (*wirepb.CallRequest).GetBar, "out": (*wirepb.CallRequest).GetOut,
			} {
				for k, a := range of(request()) {
					if a.Length == 0 { // of an open length
						continue
					}
					q := request()
					of(q)[k].Length++
					refused(fmt.Sprint(list, " ", k, " too long"), q, "numbers, want")
					q = request()
					if d := of(q)[k].Place.(*wirepb.Array_Data); list != "out" {
						d.Data = d.Data[1:]
						refused(fmt.Sprint(list, " ", k, " cut"), q, "bytes for")
					}
				}
			}
			q := request()
			q.Theta = bytes("theta", s.sizes.Theta+1, 8)
			refused("theta", q, "numbers, want")
			q = request()
			q.N = 1 << 63
			if len(r.In) > 0 {
				refused("n", q, "is too large")
			}
		}
		reply, err := rpc.State(ctx, &wirepb.StateRequest{Set: &wirepb.Remembered{N: 5, Rows: &wirepb.Array{Name: "rows", Length: 5, Place: &wirepb.Array_Data{Data: make([]byte, 32)}}}})
		check(t, err)
		if reply.Error == nil {
			t.Errorf("%s: a state of 5 numbers in 32 bytes was accepted", name)
		}
	}
}

// Parts are opened once, and used only then.
func TestOpening(t *testing.T) {
	link := wiretest.Loopback(t, false, coretest.Product())
	rpc, ctx := wirepb.NewPartClient(link.Conn), context.Background()
	reply, err := rpc.Draw(ctx, &wirepb.DrawRequest{N: 1})
	check(t, err)
	if reply.Error == nil {
		t.Error("drew from a model that was not opened")
	}
	space := core.Space{Kind: core.Spins, Shape: []int{2}}
	if _, _, err := host2plugin.OpenModel(link, "other", nil, space); core.KindOf(err) != core.Invalid {
		t.Errorf("opened a part that is not there: %v", err)
	}
	if _, _, err := host2plugin.OpenEnergy(link, "product", nil); core.KindOf(err) != core.Invalid {
		t.Errorf("opened a model as an energy: %v", err)
	}
	openModel(t, link, "product", nil, space)
	if _, _, err := host2plugin.OpenModel(link, "product", nil, space); err == nil {
		t.Error("opened twice")
	}
	if answer, err := rpc.Draw(ctx, &wirepb.DrawRequest{N: 1 << 62}); err != nil || !strings.Contains(answer.GetError().GetText(), "is too large") {
		t.Errorf("a draw without end: %v, %v", answer.GetError(), err)
	}
}
