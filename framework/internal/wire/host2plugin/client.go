package host2plugin

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
)

// Remote is a part in another process.
//
// Shared memory holds, from the start: theta; the batch drawn last, left alone
// until the next draw so that it need not be sent again; the arrays of the call
// being made.
type Remote struct {
	link  Link
	rpc   wirepb.PartClient
	sizes core.Sizes
	out   outbox
	theta []byte // encoded, where there is no shared memory
	stale bool   // theta has changed since the plugin last loaded it

	drawn             uint64 // the batch drawn last, 0 if there is none
	drawnFrom, drawnN int

	notices []core.Notice // that nobody has asked for yet
}

var _ core.Instance = (*Remote)(nil)

// OpenModel binds the plugin's model. It takes complete settings.
func OpenModel(l Link, name string, s core.Settings, space core.Space) (*Remote, core.ModelSpec, error) {
	var spec core.ModelSpec
	const op = "open model"
	onSpace, err := json.Marshal(space)
	if err != nil {
		return nil, spec, l.internal(op, err)
	}
	p, err := open(l, op, &wirepb.OpenRequest{Kind: string(core.KindModel), Name: name, SpaceJson: onSpace}, s, &spec,
		func() error { return wire.CheckModelSpec(spec, space) })
	if err != nil {
		return nil, spec, err
	}
	return p, spec, p.settle(op, spec.Sizes())
}

// OpenEnergy binds the plugin's energy. It takes complete settings.
func OpenEnergy(l Link, name string, s core.Settings) (*Remote, core.EnergySpec, error) {
	var spec core.EnergySpec
	const op = "open energy"
	p, err := open(l, op, &wirepb.OpenRequest{Kind: string(core.KindEnergy), Name: name}, s, &spec,
		func() error { return wire.CheckEnergySpec(spec) })
	if err != nil {
		return nil, spec, err
	}
	return p, spec, p.settle(op, spec.Sizes())
}

// OpenObserver binds the plugin's observer. It takes complete settings.
func OpenObserver(l Link, name string, s core.Settings, of core.System) (*Remote, core.ObserverSpec, error) {
	var spec core.ObserverSpec
	const op = "open estimator"
	onSpace, err := json.Marshal(of.Space)
	if err != nil {
		return nil, spec, l.internal(op, err)
	}
	system, err := wire.EncodeSystem(of)
	if err != nil {
		return nil, spec, l.internal(op, err)
	}
	p, err := open(l, op, &wirepb.OpenRequest{Kind: string(core.KindEstimator), Name: name, SpaceJson: onSpace, SystemJson: system}, s, &spec,
		func() error { return wire.CheckObserverSpec(spec) })
	if err != nil {
		return nil, spec, err
	}
	return p, spec, p.settle(op, spec.Sizes(of.Space))
}

// OpenObjective binds the plugin's objective. It takes complete settings; of the
// setting, what is data crosses: Beta, and the specs of energy and model.
func OpenObjective(l Link, name string, s core.Settings, of core.Setting) (*Remote, core.ObjectiveSpec, error) {
	var spec core.ObjectiveSpec
	const op = "open objective"
	onSpace, err := json.Marshal(of.Energy.Space)
	if err != nil {
		return nil, spec, l.internal(op, err)
	}
	setting, err := wire.EncodeSetting(of)
	if err != nil {
		return nil, spec, l.internal(op, err)
	}
	var document wire.ObjectiveSpec
	p, err := open(l, op, &wirepb.OpenRequest{Kind: string(core.KindObjective), Name: name, SpaceJson: onSpace, SystemJson: setting}, s, &document,
		func() (err error) {
			spec, err = document.Spec()
			return err
		})
	if err != nil {
		return nil, spec, err
	}
	return p, spec, p.settle(op, spec.Sizes(of))
}

// open makes the first call and reads into spec what the part says of itself.
func open(l Link, op string, request *wirepb.OpenRequest, s core.Settings, spec any, check func() error) (*Remote, error) {
	var err error
	if request.SettingsJson, err = wire.EncodeSettings(s); err != nil {
		return nil, &core.Error{Kind: core.Invalid, Op: op, Subject: l.Subject, Err: err}
	}
	if l.Segment != nil {
		request.SharedFile, request.Segment = cmp.Or(l.SharedFile, wire.SharedFile), l.Segment.State()
	}
	p := &Remote{link: l, rpc: wirepb.NewPartClient(l.Conn)}
	r, err := call(&p.link, op, p.rpc.Open, request)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(r.SpecJson, spec); err != nil {
		return nil, l.broken(op, fmt.Errorf("its spec is not the JSON that was expected: %w", err))
	}
	if err := check(); err != nil {
		return nil, l.broken(op, fmt.Errorf("in its spec, %w", err))
	}
	if r.Shared {
		p.out.segment = l.Segment
	}
	return p, nil
}

// settle makes room for theta.
func (p *Remote) settle(op string, sizes core.Sizes) error {
	p.sizes = sizes
	p.out.kept = after[float64](0, sizes.Theta)
	if p.out.segment == nil {
		return nil
	}
	if err := p.out.segment.Ensure(p.out.kept); err != nil {
		return p.link.internal(op, err)
	}
	return nil
}

// Shared tells whether arrays go through shared memory.
func (p *Remote) Shared() bool { return p.out.segment != nil }

// Init implements core.Instance.
func (p *Remote) Init(theta []float64, seed uint64) error {
	const op = "initialise"
	mustLen(op, "theta", len(theta), p.sizes.Theta)
	p.out.begin()
	request := &wirepb.InitRequest{Seed: seed, Theta: p.out.want(len(theta))}
	if p.out.err != nil {
		return p.link.internal(op, p.out.err)
	}
	request.Segment = p.out.state()
	r, err := call(&p.link, op, p.rpc.Init, request)
	if err != nil {
		return err
	}
	return p.link.broken(op, take(&p.out, theta, request.Theta, r.Theta, "theta"))
}

// Load keeps theta; it crosses with the next call that uses it, so an error of
// the part about theta comes back from that call.
func (p *Remote) Load(theta []float64) error {
	mustLen("load", "theta", len(theta), p.sizes.Theta)
	p.stale = true
	if p.out.segment == nil {
		p.theta = wire.Append(p.theta[:0], theta)
		return nil
	}
	if err := write(&p.out, p.thetaPlace(), theta); err != nil {
		return p.link.internal("load", err)
	}
	return nil
}

// thetaPlace is the start of the segment.
func (p *Remote) thetaPlace() *wirepb.Array {
	return &wirepb.Array{Name: core.Theta.Name, Length: uint64(p.sizes.Theta), Place: &wirepb.Array_Offset{}}
}

// thetaIfChanged is theta for a request, nil when the plugin has it already.
func (p *Remote) thetaIfChanged() *wirepb.Array {
	switch {
	case !p.stale:
		return nil
	case p.out.segment == nil:
		return &wirepb.Array{Name: core.Theta.Name, Length: uint64(p.sizes.Theta), Place: &wirepb.Array_Data{Data: p.theta}}
	}
	return p.thetaPlace()
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

// Draw implements core.Instance.
func (p *Remote) Draw(dst *core.Batch, seed uint64, n int) error {
	const op = "sample"
	dst.Reset(n, p.sizes.X)
	p.drawn = 0
	// The draw goes right behind theta, where it outlives this call.
	p.out.kept = after[float64](0, p.sizes.Theta)
	p.out.begin()
	request := &wirepb.DrawRequest{BatchId: newBatchID(), Seed: seed, First: uint64(dst.From), N: uint64(n),
		Total: uint64(dst.Total), Shares: uint64(dst.Shares)}
	request.Out = p.out.wantColumns(core.Drawn, dst, p.sizes)
	p.out.kept = p.out.next
	if p.out.err != nil {
		return p.link.internal(op, p.out.err)
	}
	request.Segment, request.Theta = p.out.state(), p.thetaIfChanged()
	r, err := call(&p.link, op, p.rpc.Draw, request)
	if err != nil {
		return err
	}
	p.stale = false
	for _, c := range core.Drawn {
		c.Make(dst, c.Info().Length(n, p.sizes))
	}
	err = cmp.Or(p.out.takeColumns(core.Drawn, dst, p.sizes, request.Out, r.Out), p.note(r.NoticesJson))
	if err != nil {
		return p.link.broken(op, err)
	}
	dst.Chains = int(r.Chains)
	dst.ID, p.drawn, p.drawnFrom, p.drawnN = request.BatchId, request.BatchId, dst.From, n
	return nil
}

// drew tells whether b is the batch drawn last, or some of it.
func (p *Remote) drew(b *core.Batch) bool {
	if b.ID == 0 || b.ID != p.drawn {
		return false
	}
	return b.N == p.drawnN || b.Total > 0 && b.From >= p.drawnFrom && b.From+b.N <= p.drawnFrom+p.drawnN
}

// Call implements core.Instance. A batch that the plugin drew goes by its name as
// long as it may hold it, and is sent if it does not.
func (p *Remote) Call(r *core.Row, c *core.Call) error {
	known := p.drew(c.In)
	if r.Noise && !known { // that never left the plugin
		return lostNoise(r, p.link.Subject)
	}
	mustFit(r, c, p.sizes)
	for {
		p.out.begin()
		request, columns := &wirepb.CallRequest{Row: r.Name, N: uint64(c.In.N),
			From: uint64(c.In.From), Total: uint64(c.In.Total), Shares: uint64(c.In.Shares)}, r.In
		if known {
			request.BatchId, columns = c.In.ID, beside(r.In)
		}
		request.In = p.out.sendColumns(columns, c.In, p.sizes)
		request.Bar = p.out.sendColumns(r.Bar, c.Bar, p.sizes)
		request.Out = p.out.wantColumns(r.Out, c.In, p.sizes)
		if p.out.err != nil {
			return p.link.internal(r.Name, p.out.err)
		}
		request.Segment, request.Theta = p.out.state(), p.thetaIfChanged()
		reply, err := call(&p.link, r.Name, p.rpc.Call, request)
		if err != nil {
			return err
		}
		p.stale = false
		switch {
		case reply.UnknownBatch && known:
			known, p.drawn = false, 0
			continue
		case reply.UnknownBatch:
			return p.link.broken(r.Name, fmt.Errorf("it asked for x although x was sent"))
		}
		return p.link.broken(r.Name, cmp.Or(p.out.takeColumns(r.Out, c.Out, p.sizes, request.Out, reply.Out), p.note(reply.NoticesJson)))
	}
}

// State implements core.Instance.
func (p *Remote) State() (core.State, error) { return p.state("state", nil) }

// SetState implements core.Instance.
func (p *Remote) SetState(s core.State) error {
	_, err := p.state("set_state", packState(s))
	return err
}

func (p *Remote) state(op string, set *wirepb.Remembered) (core.State, error) {
	r, err := call(&p.link, op, p.rpc.State, &wirepb.StateRequest{Segment: p.out.state(), Theta: p.thetaIfChanged(), Set: set})
	if err != nil {
		return core.State{}, err
	}
	p.stale = false
	state, err := unpackState(r.State)
	return state, p.link.broken(op, err)
}

// note keeps what came with a reply until it is asked for.
func (p *Remote) note(data []byte) error {
	if len(data) == 0 {
		return nil
	}
	notices, err := wire.DecodeNotices(data)
	p.notices = append(p.notices, notices...)
	return err
}

// Notices implements core.Instance: what came with the replies so far.
func (p *Remote) Notices() ([]core.Notice, error) {
	notices := slices.Clone(p.notices)
	p.notices = p.notices[:0]
	return notices, nil
}

// Exact implements core.Instance.
func (p *Remote) Exact(beta float64) (core.Exact, error) {
	r, err := call(&p.link, opExact, p.rpc.Call, &wirepb.CallRequest{Row: exactRow, Beta: beta})
	if err != nil {
		return core.Exact{}, err
	}
	exact, err := wire.DecodeExact(r.ExactJson)
	return exact, p.link.broken(opExact, err)
}

// mustFit panics on columns of the wrong length, a programmer's mistake.
func mustFit(r *core.Row, c *core.Call, s core.Sizes) {
	for _, q := range r.In {
		if want := q.Info().LengthIn(c.In, s); want >= 0 {
			mustLen(r.Name, q.Info().Name, q.Len(c.In), want)
		}
	}
	for k, q := range r.Bar {
		if k == 0 || q.Len(c.Bar) > 0 {
			mustLen(r.Name, "cotangents of "+q.Info().Name, q.Len(c.Bar), q.Info().Length(c.In.N, s))
		}
	}
	for _, q := range r.Out {
		if want := q.Info().Length(c.In.N, s); want >= 0 {
			mustLen(r.Name, q.Info().Name, q.Len(c.Out), want)
		}
	}
}

func mustLen(op, what string, got, want int) {
	if got != want {
		panic(fmt.Sprintf("host2plugin: %s: %s has length %d, want %d", op, what, got, want))
	}
}
