//go:build cgo && unix

package mpi

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/ranks"
	"github.com/helmholtz-physics/helmholtz/framework/ranks/rankstest"
)

// sceneVariable names what this binary does when mpirun starts it as a rank.
const sceneVariable = "MPI_TEST_SCENE"

// scenes are what a rank does in a test, and end in its exit code.
var scenes = map[string]func() int{
	"suite":         suite,
	"far":           far,
	"pieces":        pieces,
	"signals":       signals,
	"library":       libraryOnly,
	"kill":          func() int { return vanish(func(*World) { syscall.Kill(os.Getpid(), syscall.SIGKILL) }) },
	"exit":          func() int { return vanish(func(*World) { os.Exit(7) }) },
	"panic":         func() int { return vanish(func(*World) { panic("a bug") }) },
	"abort":         func() int { return vanish(func(w *World) { w.Abort(7) }) },
	"abort waiting": abortWaiting,
	"wrong call":    wrongCall,
	"leave":         leave,
	"child":         child,
	"stop":          stop,
	"speed":         speed,
	"late":          late,
}

func TestMain(m *testing.M) {
	if name := os.Getenv(sceneVariable); name != "" {
		scene, ok := scenes[name]
		if !ok {
			fmt.Println("no scene", name)
			os.Exit(1)
		}
		os.Exit(scene())
	}
	code := m.Run()
	stopSlurm()
	os.Exit(code)
}

// joined is the world, or the end of the process.
func joined() *World {
	w, err := Join()
	if err != nil {
		fmt.Println("Join:", err)
		os.Exit(3)
	}
	if w == nil {
		fmt.Println("Join: no launcher")
		os.Exit(0)
	}
	return w
}

// numberOf is the value of a variable that a test has set.
func numberOf(variable string) int {
	n, _ := strconv.Atoi(os.Getenv(variable))
	return n
}

func suite() int {
	w := joined()
	if err := rankstest.Comm(w); err != nil {
		fmt.Println(err)
		w.Abort(5)
	}
	done := make(chan error)
	go func() { done <- rankstest.Comm(w) }() // from another goroutine
	if err := <-done; err != nil {
		fmt.Println(err)
		w.Abort(5)
	}
	fmt.Printf("rank %d of %d is well, %s\n", w.Rank(), w.Size(), w.Library())
	w.Leave(0)
	return 0
}

// far takes all ranks for those of other machines, and then there is room for one number of each
// of three, and of this one.
func far() int {
	w := joined()
	c := w.Comm.(*comm)
	if c.near == registers() {
		fmt.Println("ranks of one machine are not near")
		w.Abort(5)
	}
	for _, room := range []int{sizeOfRoom, 4} {
		c.near = false
		w.thread.makeRoom(room)
		if err := rankstest.Comm(w); err != nil {
			fmt.Println(err)
			w.Abort(5)
		}
	}
	fmt.Printf("rank %d of %d is well\n", w.Rank(), w.Size())
	w.Leave(0)
	return 0
}

// pieces has messages without a copy that are too long for a call.
func pieces() int {
	w := joined()
	w.thread.most, w.Comm.(*comm).near = 3, true
	if err := rankstest.Comm(w); err != nil {
		fmt.Println(err)
		w.Abort(5)
	}
	fmt.Printf("rank %d of %d is well\n", w.Rank(), w.Size())
	w.Leave(0)
	return 0
}

// signals are Go's after Join: a nil pointer is a panic that can be recovered, and what
// a batch system sends arrives, also where it was asked for before.
func signals() int {
	stops := []os.Signal{syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP}
	before := make(chan os.Signal, 9)
	signal.Notify(before, stops...)
	w := joined()
	after := make(chan os.Signal, 9)
	signal.Notify(after, stops...)
	for k := range 3 {
		var nothing *World
		if caught := func() (caught any) {
			defer func() { caught = recover() }()
			return nothing.library
		}(); !strings.Contains(fmt.Sprint(caught), "nil pointer") {
			fmt.Println("caught", caught)
			return 5
		}
		for _, s := range stops {
			syscall.Kill(os.Getpid(), s.(syscall.Signal))
			for _, c := range []chan os.Signal{before, after} {
				select {
				case got := <-c:
					if got != s {
						fmt.Println("got", got, "for", s)
						return 5
					}
				case <-time.After(20 * time.Second):
					fmt.Println(s, "did not arrive")
					return 5
				}
			}
		}
		if k == 1 { // MPI is in use
			if err := rankstest.Comm(w); err != nil {
				fmt.Println(err)
				w.Abort(5)
			}
		}
	}
	fmt.Printf("rank %d has its signals\n", w.Rank())
	w.Leave(0)
	return 0
}

// libraryOnly says what was loaded, as Join and as the system have it.
func libraryOnly() int {
	w := joined()
	maps, _ := os.ReadFile("/proc/self/maps")
	loaded := "nothing"
	for _, field := range strings.Fields(string(maps)) {
		if name := filepath.Base(field); strings.HasPrefix(name, "libmpi") {
			loaded = name
		}
	}
	fmt.Printf("rank %d of %d: %s; loaded: %s\n", w.Rank(), w.Size(), w.Library(), loaded)
	w.Leave(0)
	return 0
}

// vanish ends the last rank, while the others wait for it.
func vanish(how func(*World)) int {
	w := joined()
	if err := w.Barrier(); err != nil {
		fmt.Println(err)
		return 5
	}
	fmt.Printf("rank %d is process %d\n", w.Rank(), os.Getpid())
	if w.Rank() == w.Size()-1 {
		time.Sleep(100 * time.Millisecond)
		how(w)
	}
	err := w.Barrier()
	fmt.Println("went on without the last rank:", err)
	w.Abort(6)
	return 6
}

// abortWaiting ends a rank by Abort while a call of its own waits for the others.
func abortWaiting() int {
	w := joined()
	fmt.Printf("rank %d is process %d\n", w.Rank(), os.Getpid())
	if w.Rank() == w.Size()-1 {
		go w.Broadcast(make([]float64, 1<<20), 0) // waits for rank 0
		time.Sleep(200 * time.Millisecond)
		w.Abort(7)
	}
	time.Sleep(time.Minute)
	return 0
}

// wrongCall breaks a rule that MPI checks itself.
func wrongCall() int {
	w := joined()
	first := w.Broadcast([]float64{1}, w.Size()+7)
	fmt.Println(first)
	if again := w.Barrier(); again != first {
		fmt.Println("a call after a failed one gives", again)
	}
	w.Leave(7) // does not wait
	return 0
}

// leave ends all with the exit code of a run that waits to be continued, after rank 0
// has taken its time to write.
func leave() int {
	w := joined()
	if w.Rank() == 0 {
		time.Sleep(500 * time.Millisecond)
		if err := os.WriteFile(os.Getenv("MPI_TEST_FILE"), []byte("a checkpoint"), 0o666); err != nil {
			fmt.Println(err)
		}
	}
	w.Leave(85)
	return 0
}

// child starts a process from each rank, which must not take its place.
func child() int {
	w := joined()
	exe, _ := os.Executable()
	cmd := exec.Command(exe)
	cmd.Env = append(ranks.CleanEnvironment(os.Environ()), sceneVariable+"=suite")
	out, err := cmd.CombinedOutput()
	fmt.Printf("rank %d: child: %s %v\n", w.Rank(), strings.TrimSpace(string(out)), err)
	w.Leave(0)
	return 0
}

// late has a rank that comes after the others have lost their patience.
func late() int {
	patienceOfStart = 100 * time.Millisecond
	if l, _ := ranks.Launch(os.Getenv); l.Rank == l.Size-1 {
		time.Sleep(2 * time.Second)
	}
	joined().Leave(0)
	return 0
}

// stop works until a signal arrives at any rank, which all learn from a call that is made
// anyway, and ends as a run does that waits to be continued.
func stop() int {
	w := joined()
	stops := make(chan os.Signal, 9)
	signal.Notify(stops, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	fmt.Printf("rank %d is process %d\n", w.Rank(), os.Getpid())
	all := make([]float64, w.Size())
	for range 3000 {
		mine := []float64{0}
		select {
		case s := <-stops:
			mine[0] = float64(s.(syscall.Signal))
		case <-time.After(20 * time.Millisecond):
		}
		counts := make([]int, w.Size())
		for i := range counts {
			counts[i] = 1
		}
		if err := w.Gather(all, mine, counts); err != nil {
			fmt.Println(err)
			w.Abort(5)
		}
		for rank, s := range all {
			if s != 0 {
				if w.Rank() == 0 {
					name := os.Getenv("MPI_TEST_FILE")
					os.WriteFile(name, []byte("rank "+strconv.Itoa(rank)+": "+syscall.Signal(s).String()), 0o666)
				}
				w.Leave(85)
			}
		}
	}
	return 0
}
