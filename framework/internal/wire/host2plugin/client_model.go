package host2plugin

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"

	"google.golang.org/grpc"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
)

// Model is a core.Model in another process. It has every optional method;
// those whose power the Spec does not declare fail with Unsupported.
//
// Shared memory holds, from the start: theta; the batch drawn last, left alone
// until the next draw so that it need not be sent again; the arrays of the call
// being made.
type Model struct {
	link  Link
	rpc   wirepb.ModelClient
	spec  core.ModelSpec
	out   outbox
	theta []byte // encoded, when there is no shared memory
	stale bool   // theta has changed since the plugin last loaded it

	labels int  // of the state of one configuration, 0 if there are none
	walks  bool // it keeps Markov chains

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
	if err := wire.CheckModelSpec(m.spec, space); err != nil {
		return nil, l.broken(op, fmt.Errorf("in its spec, %w", err))
	}
	m.labels, m.walks = labels(m.spec), slices.Contains(m.spec.Powers, core.PowerWalk)
	if r.Shared && l.Segment != nil {
		m.out.segment = l.Segment
		m.out.kept = after[float64](0, m.spec.Parameters)
		if err := l.Segment.Ensure(m.out.kept); err != nil {
			return nil, l.internal(op, err)
		}
	}
	return m, nil
}

// labels is the number of those in Batch.K that say the state of one
// configuration.
func labels(spec core.ModelSpec) int {
	if slices.Contains(spec.Powers, core.PowerQuantum) {
		return spec.Space.Count()
	}
	return 0
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
		m.theta = wire.Append(m.theta[:0], theta)
		return nil
	}
	if err := write(&m.out, m.thetaPlace(), theta); err != nil {
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
	m.out.kept = after[float64](0, m.spec.Parameters)
	m.out.begin()
	request := &wirepb.SampleRequest{BatchId: newBatchID(), Seed: seed, N: uint64(n), X: m.out.want(n * d), LogP: m.out.want(n)}
	if m.labels > 0 {
		request.K = want[int32](&m.out, n*m.labels)
	}
	if m.walks {
		request.Accept = m.out.want(n)
	}
	m.out.kept = m.out.next
	segment, err := m.out.seal()
	if err != nil {
		return m.link.internal(op, err)
	}
	request.Segment, request.Theta = segment, m.news()
	r, err := ask(m, op, m.rpc.Sample, request)
	if err != nil {
		return err
	}
	if err := m.takeBatch(op, dst, request, r); err != nil {
		return err
	}
	dst.ID, m.drawn, m.drawnN = request.BatchId, request.BatchId, n
	return nil
}

func (m *Model) takeBatch(op string, dst *core.Batch, asked *wirepb.SampleRequest, got *wirepb.SampleReply) error {
	err := cmp.Or(m.take(op, dst.X, asked.X, got.X, "x"), m.take(op, dst.LogP, asked.LogP, got.LogP, "log_p"))
	if err == nil && m.labels > 0 {
		dst.K = core.Resize(dst.K, dst.N*m.labels)
		err = takeAny(m, op, dst.K, asked.K, got.K, "k")
	}
	if err == nil && m.walks {
		dst.Chains, dst.Accept = int(got.Chains), core.Resize(dst.Accept, dst.N)
		err = m.take(op, dst.Accept, asked.Accept, got.Accept, "accept")
	}
	return err
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
	var place *wirepb.Array
	r, err := about(m, op, b, m.rpc.Pull, func(batch *wirepb.Batch) *wirepb.PullRequest {
		weights := m.out.send(w)
		place = m.out.want(len(grad))
		return &wirepb.PullRequest{Segment: m.out.state(), Theta: m.news(),
			N: batch.N, BatchId: batch.BatchId, X: batch.X, K: batch.K, W: weights, Grad: place}
	})
	if err != nil {
		return err
	}
	return m.take(op, grad, place, r.Grad, "grad")
}

// about makes a call about b: by its name as long as the plugin may hold it,
// else, or if the plugin asks, with all that is needed of it. request places
// the other arrays of the call.
func about[Q any, R interface {
	reply
	GetUnknownBatch() bool
}](m *Model, op string, b *core.Batch, method func(context.Context, Q, ...grpc.CallOption) (R, error), request func(*wirepb.Batch) Q) (R, error) {
	mustLen(op+": x", len(b.X), b.N*m.spec.Space.Size())
	mustLen(op+": k", len(b.K), b.N*m.labels)
	known := m.drew(b)
	for {
		m.out.begin()
		batch := &wirepb.Batch{N: uint64(b.N)}
		if known {
			batch.BatchId = b.ID
		} else if batch.X = m.out.send(b.X); m.labels > 0 {
			batch.K = send(&m.out, b.K)
		}
		q := request(batch)
		if m.out.err != nil {
			var none R
			return none, m.link.internal(op, m.out.err)
		}
		r, err := ask(m, op, method, q)
		if err != nil || !r.GetUnknownBatch() {
			return r, err
		}
		if !known {
			return r, m.link.broken(op, fmt.Errorf("it asked for x although x was sent"))
		}
		known, m.drawn = false, 0
	}
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
	return takeAny(m, op, dst, asked, got, what)
}

func takeAny[T wire.Number](m *Model, op string, dst []T, asked, got *wirepb.Array, what string) error {
	return m.link.broken(op, take(&m.out, dst, asked, got, what))
}

// mustLen panics on a slice of the wrong length, a programmer's mistake.
func mustLen(what string, got, want int) {
	if got != want {
		panic(fmt.Sprintf("host2plugin: %s has length %d, want %d", what, got, want))
	}
}
