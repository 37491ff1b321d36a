// Package wiretest puts both ends of the wire into one process.
package wiretest

import (
	"context"
	"fmt"
	"net"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/host2plugin"
)

// Loopback serves the parts in this process and returns a link to them, with
// shared memory if wanted and available. Everything ends with the test.
func Loopback(t testing.TB, shared bool, parts ...core.Part) host2plugin.Link {
	t.Helper()
	listener := bufconn.Listen(1 << 20)
	server := host2plugin.NewServer(nil, nil)(nil)
	host2plugin.Register(server, parts)
	go server.Serve(listener)
	t.Cleanup(server.Stop)
	options := append(host2plugin.DialOptions(),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))
	conn, err := grpc.NewClient("passthrough:///loopback", options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	link := host2plugin.Link{Conn: conn, Subject: "part over the loopback", Timeout: time.Minute,
		Fault: func(op string, late time.Duration, err error) error {
			return core.Errorf(core.Plugin, op, "loopback", "late %v: %w", late, err)
		}}
	if !shared {
		return link
	}
	if link.Segment, err = wire.NewSegment(1 << 12); err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { link.Segment.Close() })
	link.SharedFile = fmt.Sprintf("/proc/self/fd/%d", link.Segment.File().Fd())
	return link
}
