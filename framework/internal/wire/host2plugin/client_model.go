package host2plugin

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync/atomic"

	"google.golang.org/grpc"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
)

// Model is a core.Model in another process. It has every optional method;
// those whose power the Spec does not declare fail with Unsupported.
//
// Shared memory holds, from the start: theta; the x and ln p of the batch
// drawn last, left alone until the next draw so that Pull need not send them
// again; the arrays of the call being made.
type Model struct {
	link  Link
	rpc   wirepb.ModelClient
	spec  core.ModelSpec
	out   outbox
	theta []byte // encoded, when there is no shared memory
	stale bool   // theta has changed since the plugin last loaded it

	drawn  uint64 // the batch drawn last, 0 if there is none
	drawnN int
}

// batchID numbers the batches drawn by this process. It starts anywhere, so
// that a batch of a model with numbers of its own is not mistaken for ours.
var batchID atomic.Uint64

func init() { batchID.Store(rand.Uint64()) }

// newBatchID returns a number never used before, and not 0.
func newBatchID() uint64 {
	for {
		if id := batchID.Add(1); id != 0 {
			return id
		}
	}
}

// OpenModel binds the plugin's model. It takes complete settings.
func OpenModel(l Link, name string, s core.Settings, space core.Space) (*Model, error) {
	const op = "open model"
	m := &Model{link: l, rpc: wirepb.NewModelClient(l.Conn)}
	request, err := openRequest(&l, op, name, s)
	if err != nil {
		return nil, err
	}
	if request.SpaceJson, err = json.Marshal(space); err != nil {
		return nil, l.internal(op, err)
	}
	r, err := call(&m.link, op, m.rpc.Open, request)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(r.SpecJson, &m.spec); err != nil {
		return nil, l.broken(op, fmt.Errorf("its spec is not the JSON that was expected: %w", err))
	}
	if err := checkModelSpec(m.spec, space); err != nil {
		return nil, l.broken(op, err)
	}
	if r.Shared && l.Segment != nil {
		m.out.segment = l.Segment
		m.out.kept = after(0, m.spec.Parameters)
		if err := l.Segment.Ensure(m.out.kept); err != nil {
			return nil, l.internal(op, err)
		}
	}
	return m, nil
}

func openRequest(l *Link, op, name string, s core.Settings) (*wirepb.OpenRequest, error) {
	settings, err := wire.EncodeSettings(s)
	if err != nil {
		return nil, &core.Error{Kind: core.Invalid, Op: op, Subject: l.Subject, Err: err}
	}
	request := &wirepb.OpenRequest{Name: name, SettingsJson: settings}
	if l.Segment != nil {
		request.SharedFile, request.Segment = cmp.Or(l.SharedFile, wire.SharedFile), l.Segment.State()
	}
	return request, nil
}

func checkModelSpec(spec core.ModelSpec, space core.Space) error {
	if spec.Space.Kind != space.Kind || spec.Space.Size() != space.Size() {
		return fmt.Errorf("its spec says %v, it was opened on %v", spec.Space, space)
	}
	if spec.Parameters < 0 {
		return fmt.Errorf("its spec says %d parameters", spec.Parameters)
	}
	total := 0
	for _, b := range spec.Blocks {
		total += b.Size()
	}
	if n := len(spec.LatentScale); n > 0 && n != space.Size() {
		return fmt.Errorf("its spec gives scales to %d latent variables of %d", n, space.Size())
	}
	if len(spec.Blocks) > 0 && total != spec.Parameters {
		return fmt.Errorf("its blocks add up to %d parameters, its spec says %d", total, spec.Parameters)
	}
	return nil
}

// Shared tells whether arrays go through shared memory.
func (m *Model) Shared() bool { return m.out.segment != nil }

func (m *Model) Spec() core.ModelSpec { return m.spec }

func (m *Model) Init(theta []float64, seed uint64) error {
	const op = "initialise"
	mustLen("Init: theta", len(theta), m.spec.Parameters)
	m.out.begin()
	place := m.out.want(len(theta))
	segment, err := m.out.seal()
	if err != nil {
		return m.link.internal(op, err)
	}
	r, err := call(&m.link, op, m.rpc.Init, &wirepb.InitRequest{Segment: segment, Seed: seed, Theta: place})
	if err != nil {
		return err
	}
	return m.take(op, theta, place, r.Theta, "theta")
}

// Load keeps theta; it crosses with the next call that uses it, so an error of
// the part about theta comes back from that call.
func (m *Model) Load(theta []float64) error {
	mustLen("Load: theta", len(theta), m.spec.Parameters)
	m.stale = true
	if m.out.segment == nil {
		m.theta = wire.AppendFloats(m.theta[:0], theta)
		return nil
	}
	if err := m.out.write(m.thetaPlace(), theta); err != nil {
		return m.link.internal("load", err)
	}
	return nil
}

// thetaPlace is the start of the segment.
func (m *Model) thetaPlace() *wirepb.Array {
	return &wirepb.Array{Length: uint64(m.spec.Parameters), Place: &wirepb.Array_Offset{}}
}

// news is theta for a request, nil when the plugin has it already.
func (m *Model) news() *wirepb.Array {
	if !m.stale {
		return nil
	}
	if m.out.segment == nil {
		return &wirepb.Array{Length: uint64(m.spec.Parameters), Place: &wirepb.Array_Data{Data: m.theta}}
	}
	return m.thetaPlace()
}

func (m *Model) Sample(dst *core.Batch, seed uint64, n int) error {
	const op = "sample"
	d := m.spec.Space.Size()
	dst.Reset(n, d)
	m.drawn = 0
	// The draw goes right behind theta, where it outlives this call.
	m.out.kept = after(0, m.spec.Parameters)
	m.out.begin()
	x, logP := m.out.want(n*d), m.out.want(n)
	m.out.kept = m.out.next
	segment, err := m.out.seal()
	if err != nil {
		return m.link.internal(op, err)
	}
	id := newBatchID()
	r, err := ask(m, op, m.rpc.Sample, &wirepb.SampleRequest{
		Segment: segment, Theta: m.news(), BatchId: id, Seed: seed, N: uint64(n), X: x, LogP: logP})
	if err != nil {
		return err
	}
	if err := cmp.Or(m.take(op, dst.X, x, r.X, "x"), m.take(op, dst.LogP, logP, r.LogP, "log_p")); err != nil {
		return err
	}
	dst.ID, m.drawn, m.drawnN = id, id, n
	return nil
}

func (m *Model) LogProb(dst []float64, x []float64) error {
	const op = "log_prob"
	mustLen("LogProb: x", len(x), len(dst)*m.spec.Space.Size())
	m.out.begin()
	sent, place := m.out.send(x), m.out.want(len(dst))
	segment, err := m.out.seal()
	if err != nil {
		return m.link.internal(op, err)
	}
	r, err := ask(m, op, m.rpc.LogProb, &wirepb.LogProbRequest{
		Segment: segment, Theta: m.news(), N: uint64(len(dst)), X: sent, LogP: place})
	if err != nil {
		return err
	}
	return m.take(op, dst, place, r.LogP, "log_p")
}

func (m *Model) Pull(grad []float64, b *core.Batch, w []float64) error {
	const op = "pull"
	mustLen("Pull: grad", len(grad), m.spec.Parameters)
	mustLen("Pull: w", len(w), b.N)
	mustLen("Pull: x", len(b.X), b.N*m.spec.Space.Size())
	known := m.drew(b)
	for {
		r, place, err := m.pull(op, grad, b, w, known)
		if err != nil {
			return err
		}
		if !r.UnknownBatch {
			return m.take(op, grad, place, r.Grad, "grad")
		}
		if !known {
			return m.link.broken(op, fmt.Errorf("it asked for x although x was sent"))
		}
		known, m.drawn = false, 0
	}
}

// pull makes one call, with x unless the plugin knows the batch.
func (m *Model) pull(op string, grad []float64, b *core.Batch, w []float64, known bool) (*wirepb.PullReply, *wirepb.Array, error) {
	m.out.begin()
	request := &wirepb.PullRequest{N: uint64(b.N)}
	if known {
		request.BatchId = b.ID
	} else {
		request.X = m.out.send(b.X)
	}
	request.W, request.Grad = m.out.send(w), m.out.want(len(grad))
	segment, err := m.out.seal()
	if err != nil {
		return nil, nil, m.link.internal(op, err)
	}
	request.Segment, request.Theta = segment, m.news()
	r, err := ask(m, op, m.rpc.Pull, request)
	return r, request.Grad, err
}

// drew tells whether b is the batch drawn last.
func (m *Model) drew(b *core.Batch) bool { return b.ID != 0 && b.ID == m.drawn && b.N == m.drawnN }

// ask makes a call that brings theta if it is news; when it succeeds, the
// plugin has it.
func ask[Q any, R reply](m *Model, op string, method func(context.Context, Q, ...grpc.CallOption) (R, error), request Q) (R, error) {
	r, err := call(&m.link, op, method, request)
	if err == nil {
		m.stale = false
	}
	return r, err
}

func (m *Model) take(op string, dst []float64, asked, got *wirepb.Array, what string) error {
	if err := m.out.take(dst, asked, got, what); err != nil {
		return m.link.broken(op, err)
	}
	return nil
}

// mustLen panics on a slice of the wrong length, a programmer's mistake.
func mustLen(what string, got, want int) {
	if got != want {
		panic(fmt.Sprintf("host2plugin: %s has length %d, want %d", what, got, want))
	}
}
