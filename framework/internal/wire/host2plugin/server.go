package host2plugin

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
	"sync"

	"google.golang.org/grpc"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
)

// Register serves the parts on s.
func Register(s *grpc.Server, parts []core.Part) {
	wirepb.RegisterModelServer(s, &modelServer{parts: parts})
	wirepb.RegisterEnergyServer(s, &energyServer{parts: parts})
}

// border is what every server has: one call at a time, and nothing that goes
// wrong in a part ends the process.
type border struct {
	mu sync.Mutex
	in inbox
}

// run calls f and returns its error, or its panic, for the reply.
func (b *border) run(op string, segment *wirepb.Segment, f func() error) (failure *wirepb.Error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	defer func() {
		if p := recover(); p != nil {
			fmt.Fprintf(os.Stderr, "panic in %s: %v\n%s", op, p, debug.Stack())
			failure = wire.ErrorToProto(&core.Error{Kind: core.Internal, Op: op, Err: fmt.Errorf("panic: %v", p),
				Hint: "a bug of the plugin; the stack is in its log"})
		}
	}()
	if err := b.in.begin(segment); err != nil {
		return wire.ErrorToProto(misfit(op, err))
	}
	return wire.ErrorToProto(f())
}

// misfit reports a call that does not keep to the protocol, or a part whose
// answer does not fit the question.
func misfit(op string, err error) error {
	return &core.Error{Kind: core.Plugin, Op: op, Err: err}
}

// encode writes a document of a part as JSON, which has no NaN and no infinity.
func encode(op, what string, v any) ([]byte, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, misfit(op, fmt.Errorf("%s cannot be sent: %w", what, err))
	}
	return data, nil
}

// lacks reports a call that needs a power that the part does not have.
func lacks(op string) error {
	return core.Errorf(core.Unsupported, op, "", "it does not have the power %q", powerOf[op])
}

var errNotOpen = core.Errorf(core.Internal, "", "", "nothing was opened yet")

// choose finds the part to open and completes its settings.
func choose(parts []core.Part, kind core.PartKind, r *wirepb.OpenRequest) (*core.Part, core.Settings, error) {
	op := fmt.Sprintf("open %s", kind)
	for i := range parts {
		p := &parts[i]
		if p.Kind != kind || p.Name != r.Name {
			continue
		}
		given, err := wire.DecodeSettings(r.SettingsJson)
		if err != nil {
			return nil, nil, core.Errorf(core.Invalid, op, p.Name, "%w", err)
		}
		full, problems := core.Complete(p.Params, given)
		if len(problems) > 0 {
			return nil, nil, &core.Error{Kind: core.Invalid, Op: op, Subject: p.Name, Err: problems[0]}
		}
		return p, full, nil
	}
	return nil, nil, core.Errorf(core.Invalid, op, r.Name, "this plugin does not serve it")
}
