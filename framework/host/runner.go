package host

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"time"

	"github.com/hashicorp/go-plugin/runner"
)

// command runs a plugin for go-plugin, which would hand our standard input
// down, start from any thread, forget the exit status, and throw away what is
// printed on standard output after the handshake.
type command struct {
	cmd            *exec.Cmd
	stdout, stderr io.ReadCloser
	handshake      io.ReadCloser // the first line of stdout, open as long as it is

	mu     sync.Mutex
	reaped bool
	ours   bool          // it was running when the host killed it
	silent bool          // it closed its standard output: it is over, or will be at once
	done   chan struct{} // closed once state and everything printed are known
	state  *os.ProcessState
}

var _ runner.Runner = (*command)(nil)

func newCommand(cmd *exec.Cmd) (*command, error) {
	c := &command{cmd: cmd, done: make(chan struct{})}
	var err error
	if c.stdout, err = cmd.StdoutPipe(); err == nil {
		c.stderr, err = cmd.StderrPipe()
	}
	return c, err
}

func (c *command) Start(context.Context) error { return onStarter(c.cmd.Start) }

// longestHandshake is more than the path of a socket can make it.
const longestHandshake = 1 << 12

// divert passes the first line of standard output on as the handshake, and
// whatever else is printed there to out.
func (c *command) divert(out *lineWriter) {
	reader, writer := io.Pipe()
	c.handshake = reader
	go func() {
		defer writer.Close()
		defer c.fallSilent()
		defer out.end()
		stdout := bufio.NewReaderSize(c.stdout, longestHandshake)
		line, _ := stdout.ReadSlice('\n')
		writer.Write(line)
		if !bytes.HasPrefix(line, []byte("1|")) { // go-plugin's own version
			out.Write(line)
		}
		io.Copy(out, stdout)
	}()
}

func (c *command) fallSilent() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.silent = true
}

// Wait is called after the pipes have ended, as exec.Cmd wants it.
func (c *command) Wait(context.Context) error {
	awaitExit(c.cmd)
	c.mu.Lock()
	defer c.mu.Unlock()
	killGroup(c.cmd) // what the plugin started and left behind
	err := c.cmd.Wait()
	c.reaped, c.state = true, c.cmd.ProcessState
	close(c.done)
	return err
}

// Kill kills the plugin and whatever it started, go-plugin's way.
func (c *command) Kill(context.Context) error {
	c.kill()
	return nil
}

// pipePatience is how long the pipes of a killed plugin may stay open.
const pipePatience = time.Second

// kill kills the plugin and its group. A process that left the group may hold
// the pipes open for ever; what it prints is not waited for.
func (c *command) kill() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cmd.Process == nil || c.reaped {
		return
	}
	c.ours = c.ours || !c.silent && !over(c.cmd)
	killGroup(c.cmd)
	time.AfterFunc(pipePatience, func() {
		c.stdout.Close()
		c.stderr.Close()
	})
}

// killedHere tells whether it was this host that ended the plugin.
func (c *command) killedHere() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ours
}

func (c *command) Stdout() io.ReadCloser           { return c.handshake }
func (c *command) Stderr() io.ReadCloser           { return c.stderr }
func (c *command) Name() string                    { return c.cmd.Path }
func (c *command) Diagnose(context.Context) string { return "" }

func (c *command) ID() string {
	if c.cmd.Process == nil {
		return ""
	}
	return fmt.Sprint(c.cmd.Process.Pid)
}

func (c *command) PluginToHost(network, address string) (string, string, error) {
	return network, address, nil
}

func (c *command) HostToPlugin(network, address string) (string, string, error) {
	return network, address, nil
}

// starter runs functions on one thread that lives as long as this process:
// the death signal of a child is sent when the thread that started it ends,
// and a child inherits which signals its thread blocks.
var starter = sync.OnceValue(func() chan<- func() {
	work := make(chan func())
	go func() {
		runtime.LockOSThread()
		shield()
		for f := range work {
			f()
		}
	}()
	return work
})

func onStarter(f func() error) error {
	done := make(chan error)
	starter() <- func() { done <- f() }
	return <-done
}
