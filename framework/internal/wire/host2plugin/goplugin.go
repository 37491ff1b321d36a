package host2plugin

import (
	"context"
	"math"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/stats"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
)

// Handshake lets a plugin recognise that a host of ours started it.
var Handshake = plugin.HandshakeConfig{MagicCookieKey: wire.CookieKey, MagicCookieValue: wire.CookieValue}

// setName is the only entry of our plugin sets.
const setName = "helmholtz"

// Sets are the plugin sets by protocol version; the host's has no parts.
func Sets(parts []core.Part) map[int]plugin.PluginSet {
	return map[int]plugin.PluginSet{wire.Version: {setName: &glue{parts: parts}}}
}

// Connection returns the gRPC connection of a started plugin.
func Connection(c plugin.ClientProtocol) (grpc.ClientConnInterface, error) {
	conn, err := c.Dispense(setName)
	if err != nil {
		return nil, err
	}
	return conn.(grpc.ClientConnInterface), nil
}

// glue makes our services a plugin in go-plugin's sense.
type glue struct {
	plugin.NetRPCUnsupportedPlugin
	parts []core.Part
}

func (g *glue) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	Register(s, g.parts)
	return nil
}

func (g *glue) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return conn, nil
}

// DialOptions are the host's: a connection that went idle would be closed, and
// the plugin ends with its connection.
func DialOptions() []grpc.DialOption {
	return []grpc.DialOption{grpc.WithIdleTimeout(0)}
}

// NewServer returns a server factory without gRPC's limit of 4 MiB on what a
// plugin receives. connected and disconnected are told of the host's
// connection; either may be nil.
func NewServer(connected, disconnected func()) func([]grpc.ServerOption) *grpc.Server {
	return func(opts []grpc.ServerOption) *grpc.Server {
		return grpc.NewServer(append(opts, grpc.MaxRecvMsgSize(math.MaxInt32), grpc.MaxSendMsgSize(math.MaxInt32),
			grpc.StatsHandler(watch{connected, disconnected}))...)
	}
}

// watch reports connections.
type watch struct{ connected, disconnected func() }

func (watch) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context   { return ctx }
func (watch) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }
func (watch) HandleRPC(context.Context, stats.RPCStats)                         {}
func (w watch) HandleConn(_ context.Context, s stats.ConnStats) {
	switch s.(type) {
	case *stats.ConnBegin:
		if w.connected != nil {
			w.connected()
		}
	case *stats.ConnEnd:
		if w.disconnected != nil {
			w.disconnected()
		}
	}
}
