package sdk

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/host2plugin"
)

// attend serves parts to whatever host is told of this process by HELMHOLTZ_REATTACH, until a
// signal ends it. It prints the line that tells.
func attend(out io.Writer, parts []core.Part) error {
	folder, err := os.MkdirTemp("", "helmholtz-attach-") // a folder of this user alone
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	name := filepath.Join(folder, host2plugin.Door)
	door, err := net.Listen("unix", name)
	if err != nil {
		return err
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		door.Close()
	}()
	// Others that wait stay in the list.
	fmt.Fprintf(out, "export %s=%s\n", wire.ReattachKey, wire.JoinDoors(os.Getenv(wire.ReattachKey), name))
	host2plugin.Wait(door, folder, served(parts), func(w io.Writer) error { return describe(w, parts) })
	return nil
}
