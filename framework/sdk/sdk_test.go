package sdk

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
)

func init() { fmt.Println("printed while packages are initialised") }

// This binary is a plugin when its test asks for one.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && (os.Args[1] == "serve" || os.Args[1] == "describe" || os.Args[1] == "by-hand") {
		fmt.Println("printed before serving")
		Serve(coretest.Product(), coretest.Chain())
	}
	os.Exit(m.Run())
}

// hosted prepares this binary as a host would start it, but without the
// kernel's help to end with its parent.
func hosted(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), wire.CookieKey+"="+wire.CookieValue, "PLUGIN_PROTOCOL_VERSIONS=1", "PLUGIN_UNIX_SOCKET_DIR="+t.TempDir())
	return cmd
}

// ends waits for a process to end.
func ends(t *testing.T, wait func() error) {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- wait() }()
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Error("the plugin still runs")
	}
}

// The plugin's standard output is one line, whatever it prints, and it ends
// when its host's connection does.
func TestEndsWithConnection(t *testing.T) {
	cmd := hosted(t, os.Args[0], "serve", "energy", "chain")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	out := bufio.NewReader(stdout)
	line, err := out.ReadString('\n')
	fields := strings.Split(strings.TrimSpace(line), "|")
	if err != nil || len(fields) < 5 || fields[0] != "1" || fields[1] != "2" || fields[2] != "unix" || fields[4] != "grpc" {
		t.Fatalf("handshake %q, error %v", line, err)
	}
	conn, err := grpc.NewClient("unix:"+fields[3], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	reply, err := wirepb.NewPartClient(conn).Open(context.Background(), &wirepb.OpenRequest{Kind: "energy", Name: "chain", SettingsJson: []byte(`{"N": 2}`)})
	if err != nil || reply.Error == nil || reply.Error.Kind != int32(core.Invalid) {
		t.Errorf("reply %v, error %v, want the setting refused", reply, err)
	}
	conn.Close()
	rest, _ := io.ReadAll(out)
	ends(t, cmd.Wait)
	if len(rest) > 0 {
		t.Errorf("standard output after the handshake: %q", rest)
	}
	for _, want := range []string{"printed while packages are initialised", "printed before serving"} {
		if !strings.Contains(stderr.String(), want) {
			t.Errorf("standard error has no %q: %s", want, stderr.String())
		}
	}
}

// A plugin whose parent dies before it connects ends by itself.
func TestEndsWithParent(t *testing.T) {
	// The parent lives until its standard input ends.
	cmd := hosted(t, "/bin/sh", "-c", `"$0" serve energy chain 2>/dev/null & echo $!; read end`, os.Args[0])
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	out := bufio.NewReader(stdout)
	var pid int
	if _, err := fmt.Fscanln(out, &pid); err != nil {
		t.Fatal(err)
	}
	if line, err := out.ReadString('\n'); err != nil || !strings.HasSuffix(line, "|grpc|\n") {
		t.Fatalf("handshake %q, error %v", line, err)
	}
	stdin.Close()
	ends(t, func() error { // it holds the pipe until it ends
		_, err := io.Copy(io.Discard, out)
		return err
	})
	if t.Failed() {
		syscall.Kill(pid, syscall.SIGKILL)
	}
	cmd.Wait()
}

func TestDescribe(t *testing.T) {
	out, err := hosted(t, os.Args[0], "describe").Output()
	if err != nil {
		t.Fatal(err)
	}
	d, err := wire.ParseDescription(out)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if len(d.Parts) != 2 || d.Parts[0].Name != "product" || d.Parts[1].Kind != core.KindEnergy || d.Name == "" || d.Version == "" {
		t.Errorf("description %+v", d)
	}
}

func TestByHand(t *testing.T) {
	out, err := exec.Command(os.Args[0], "by-hand").CombinedOutput()
	if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() != 2 {
		t.Errorf("error %v, want exit status 2", err)
	}
	for _, want := range []string{"is a plugin of helmholtz", "model product: independent spins", "describe"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("no %q in:\n%s", want, out)
		}
	}
}
