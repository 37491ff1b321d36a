package host

import (
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
// down, start from any thread and forget the exit status.
type command struct {
	cmd            *exec.Cmd
	stdout, stderr io.ReadCloser

	mu     sync.Mutex
	reaped bool
	done   chan struct{} // closed once state and everything printed are known
	state  *os.ProcessState
}

var _ runner.Runner = (*command)(nil)

func newCommand(cmd *exec.Cmd) (*command, error) {
	c := &command{cmd: cmd, done: make(chan struct{})}
	var err error
	if c.stdout, err = cmd.StdoutPipe(); err != nil {
		return nil, err
	}
	if c.stderr, err = cmd.StderrPipe(); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *command) Start(context.Context) error { return onStarter(c.cmd.Start) }

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
	killGroup(c.cmd)
	time.AfterFunc(pipePatience, func() {
		c.stdout.Close()
		c.stderr.Close()
	})
}

func (c *command) Stdout() io.ReadCloser           { return c.stdout }
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
