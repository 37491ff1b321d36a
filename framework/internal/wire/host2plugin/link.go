package host2plugin

import (
	"context"
	"math"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
)

// Link is a connection to one plugin process, with what its calls need.
type Link struct {
	// Conn is the gRPC connection.
	Conn grpc.ClientConnInterface
	// Subject names the part in errors: "model van".
	Subject string
	// Timeout bounds every call; time in which the host stood still does not
	// count.
	Timeout time.Duration
	// Segment is shared memory that the plugin can map, nil to send arrays
	// inside the messages.
	Segment *wire.Segment
	// SharedFile is the path it is mapped from; default wire.SharedFile.
	SharedFile string
	// Fault makes the error for the user when the connection broke during op,
	// or did not answer within the time that is late; else that is 0.
	Fault func(op string, late time.Duration, err error) error
	// Explain adds to an error that the part answered with what the host knows
	// besides; nil adds nothing.
	Explain func(error) error
}

const (
	opExact  = "exact values"
	exactRow = "exact"
)

// reply is any message of the protocol that can carry an error of the part.
type reply interface{ GetError() *wirepb.Error }

// patience is how long so many calls may take; no shorter than one, and no longer than can be said.
func (l *Link) patience(calls float64) time.Duration {
	if t := float64(l.Timeout) * max(1, calls); t < math.MaxInt64 {
		return time.Duration(t)
	}
	return math.MaxInt64
}

// call makes one call. It never repeats it: a draw must not happen twice.
func call[Q any, R reply](l *Link, op string, method func(context.Context, Q, ...grpc.CallOption) (R, error), request Q) (R, error) {
	return callFor(l, 1, op, method, request)
}

// callFor makes a call that does what so many others would.
func callFor[Q any, R reply](l *Link, calls float64, op string, method func(context.Context, Q, ...grpc.CallOption) (R, error), request Q) (R, error) {
	// The deadline is the host's alone: the plugin's end would count the time
	// in which both stood still.
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	patience, late := l.patience(calls), time.Duration(0)
	defer wire.AfterAwake(patience, cancel)()
	r, err := method(ctx, request)
	switch code := status.Code(err); code {
	case codes.OK:
		return r, l.answered(wire.ErrorFromProto(r.GetError()))
	case codes.Unavailable, codes.Canceled:
		if ctx.Err() != nil {
			late = patience
		}
		return r, l.Fault(op, late, err)
	case codes.Unimplemented:
		return r, core.Errorf(core.Unsupported, op, l.Subject, "the plugin has no such method")
	default: // a plugin that does not put its errors into its replies
		return r, core.Errorf(core.Plugin, op, l.Subject, "%s", status.Convert(err).Message())
	}
}

// answered completes an error that the part itself reported.
func (l *Link) answered(err error) error {
	if err == nil || l.Explain == nil {
		return err
	}
	return l.Explain(err)
}

// internal reports a failure of this end.
func (l *Link) internal(op string, err error) error {
	return &core.Error{Kind: core.Internal, Op: op, Subject: l.Subject, Err: err}
}

// broken reports an answer that the protocol does not allow, unless err is nil.
func (l *Link) broken(op string, err error) error {
	if err == nil {
		return nil
	}
	return &core.Error{Kind: core.Plugin, Op: op, Subject: l.Subject, Err: err, Hint: "the plugin is at fault"}
}
