package host2plugin

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
)

// A plugin that somebody else started waits at a door, a unix socket. A host that connects there
// asks with one line what it would ask by an argument, "describe" or "serve", and is answered what
// a plugin that it started would print: the description, or the handshake with the socket of a
// server of its own. That ends when the host closes its connection to the door, or dies, and the
// plugin waits on. So one process serves several parts, and several runs, one after another or at
// the same time, and each finds it as if it had just begun.

// Door is the name of the socket in the folder that a plugin waits in.
const Door = "door"

// Wait answers at a door until it is closed. Sockets of servers are made in folder. describe writes
// the description of the parts.
func Wait(door net.Listener, folder string, parts []core.Part, describe func(io.Writer) error) error {
	var sockets atomic.Int64
	for {
		conn, err := door.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer conn.Close()
			asked, err := bufio.NewReader(conn).ReadString('\n')
			switch {
			case err != nil:
			case asked == "describe\n":
				err = describe(conn)
			case asked == "serve\n":
				err = serveAt(conn, filepath.Join(folder, fmt.Sprint(sockets.Add(1))), parts)
			default:
				err = fmt.Errorf("a host asked %q", asked)
			}
			if err != nil {
				fmt.Fprintln(os.Stderr, "attached host:", err)
			}
		}()
	}
}

// serveAt serves at a socket as long as the host keeps its connection to the door.
func serveAt(conn net.Conn, socket string, parts []core.Part) error {
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	server := NewServer(nil, nil)(nil)
	Register(server, parts)
	go server.Serve(listener)
	defer server.Stop()
	if _, err := fmt.Fprintf(conn, "1|%d|unix|%s|grpc\n", wire.Version, socket); err != nil {
		return err
	}
	io.Copy(io.Discard, conn) // until the host closes it
	return nil
}

// Attach asks a waiting plugin for a server and connects to it. The caller closes both in the end,
// the connection first.
func Attach(door string) (conn *grpc.ClientConn, held net.Conn, err error) {
	held, err = Knock(door, "serve")
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			held.Close()
		}
	}()
	line, err := bufio.NewReader(io.LimitReader(held, 1<<12)).ReadString('\n')
	if err != nil {
		return nil, nil, fmt.Errorf("it did not answer: %w", err)
	}
	fields := strings.Split(strings.TrimSpace(line), "|")
	if len(fields) != 5 || fields[0] != "1" || fields[1] != fmt.Sprint(wire.Version) || fields[2] != "unix" {
		return nil, nil, fmt.Errorf("it answered %q, which is no handshake of protocol %d", core.Shorten(line), wire.Version)
	}
	conn, err = grpc.NewClient("unix:"+fields[3], append(DialOptions(), grpc.WithTransportCredentials(insecure.NewCredentials()))...)
	return conn, held, err
}

// Knock asks at a door; the answer is to be read from the connection.
func Knock(door, asked string) (net.Conn, error) {
	conn, err := net.Dial("unix", door)
	if err != nil {
		return nil, err
	}
	if _, err := fmt.Fprintln(conn, asked); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}
